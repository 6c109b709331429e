//! The words of one exchange with a member: what identifies a delivery, where an answer goes, what
//! is answered, and what a feature may use while it handles one. Nothing here knows Slack's JSON.
//!
//! [`steps`] holds what two features need. A feature never imports another feature: a rule that
//! both need belongs to `coach`, a step with the database that both need belongs to `steps`.

mod classifier;
mod context;
mod delivery;
mod error;
mod gateways;
mod load_shedding;
mod outbound;

mod questions;
mod reply;
mod state;
pub mod steps;
mod target;

pub use classifier::Classify;
pub use context::{Ctx, Outcome, Services, Settings};
pub use delivery::{DeliveryKey, FormStep, ScheduleValues};
pub use error::{InteractionError, Result};
pub use gateways::{Download, HomeUpdates, SlackGateway, Unavailable};
pub use outbound::{
    Composed, DeliveryOutcome, FailureScope, OutboundFile, Outgoing, RATE_LIMITED, SlackCall,
};
pub use questions::{
    ChosenQuestion, NO_REPEAT_WITHIN, QuestionLibrary, QuestionQuery, choose_follow_up, choose_opening,
    standing_prompt,
};
pub use reply::{Ack, ClassifyAnswer, FieldError, FieldProblem, PostAck, Priority, Reply};
pub use state::AppState;
pub use target::{OpenForm, Origin, ReplyTarget, ResponseContext, ResponseUrl, Trigger};
