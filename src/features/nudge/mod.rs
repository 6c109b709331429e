//! Nudges: planned when their slot comes, requested, postponed or skipped. `coach::conversation` decides
//! how an event changes a nudge, and `interaction::steps::nudge` carries the decision out.

mod create;
mod handle;
mod look_back;
mod outbox;
mod planning;
mod respond;

pub use handle::handle;
pub use outbox::{asked_to_go_on, compose, compose_go_on, compose_update, refused, sent};
pub use planning::plan_due;
pub use respond::respond;

use crate::coach::{cadence::Later, ids::RowId, look_back::CameOfIt};
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open the form that answers a nudge.
    Reflect { nudge: RowId },
    /// Ask again later.
    Later { nudge: RowId, when: Later },
    /// Skip a nudge.
    Skip { nudge: RowId },
    /// Show why this question was chosen.
    Why { nudge: RowId },
    /// Say what came of what the nudge looks back on.
    CameOfIt { nudge: RowId, came: CameOfIt },
    /// A question now, outside the cadence.
    AskNow,
    /// Answer to the last message of back-off: go on with nudges.
    GoOn,
    /// Answer to the last message of back-off: no more nudges.
    Stop,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The nudge was skipped or postponed; its message shows it.
    Left,
    /// What came of an intention was stored; the message of the nudge shows it.
    CameOfItStored,
    /// A question is on its way.
    Queued,
    /// Nudges go on.
    GoesOn,
    /// No more nudges until the member sets a cadence again.
    Stopped,
    /// An earlier tap or message did it.
    AlreadyDone,
    /// The button belongs to no nudge of this member.
    UnknownNudge,
}
