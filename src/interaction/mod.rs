//! The words of one exchange with a member: what identifies a delivery, where an answer goes, what
//! is answered, and what a feature may use while it handles one. Nothing here knows Slack's JSON.
//!
//! [`steps`] holds what two features need. A feature never imports another feature: a rule that
//! both need belongs to `coach`, a step with the database that both need belongs to `steps`.

mod activity;
mod classifier;
mod context;
mod delivery;
mod error;
mod gateways;
mod load_shedding;
mod outbound;
mod pepper;
mod question_choice;
mod questions;
mod reply;
mod response_context;
mod state;
pub mod steps;
mod target;

pub use context::{Ctx, Outcome, Settings};
pub use delivery::{DeliveryKey, FormStep, MessageFact, ScheduleValues};
pub use error::{InteractionError, Result};
pub use gateways::{
    Download, HomeUpdates, MessagePage, PastMessage, Presences, Room, SlackGateway, Unavailable,
};
pub use outbound::{
    Composed, DeliveryOutcome, FailureScope, FileContent, HoldReason, OutboundFile, Outgoing, RATE_LIMITED,
    SlackCall,
};
pub use pepper::Pepper;
pub use question_choice::{NO_REPEAT_WITHIN, choose_follow_up, choose_opening, standing_prompt};
#[cfg(feature = "test-support")]
pub use questions::{QuestionLibrary, QuestionQuery};
pub use reply::{Ack, ClassifyAnswer, FieldError, PostAck, Priority, Reply};
pub use response_context::{ResponseContext, ResponseUrl, Trigger};
pub use state::AppState;
pub use target::{OpenForm, Origin, ReplyTarget};
