//! If–then plans and experiments: stored, shown once more in the member's own words, followed up once
//! through the outbox, and what came of them.

mod handle;
mod outbox;
mod outcome;
mod respond;

pub use handle::{handle, submit};
pub use outbox::{compose, compose_update, sent};
pub use outcome::{edited, edited_to, message_deleted, reply_in_thread};
pub use respond::respond;

use crate::coach::{hat::Hat, ids::RowId, member_text::MemberText, plan::PlanFields};
use serde::{Deserialize, Serialize};

/// How many plans the list shows.
const LISTED: usize = 20;

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open the form of a plan, or of an experiment with a hat.
    Open { experiment: Option<Hat> },
    /// Open a plan for editing.
    Edit { plan: RowId },
    /// Delete a plan; the button asks for confirmation itself.
    Delete { plan: RowId },
    /// The plan was carried out.
    MarkDone { plan: RowId },
    /// The plan was not carried out yet.
    MarkNotYet { plan: RowId },
    /// Open the form for what came of a plan.
    OpenOutcome { plan: RowId },
    /// Show the plans.
    List,
}

/// A submitted form of this feature. `care_acknowledged`: the care screen was shown, so submitting
/// means *Keep*.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// A new plan, or the one that is edited.
    Plan { plan: Option<RowId>, experiment: Option<Hat>, care_acknowledged: bool, fields: PlanFields },
    /// What came of a plan.
    Outcome { plan: RowId, care_acknowledged: bool, text: MemberText },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A plan was stored.
    Stored { plan: RowId },
    /// What came of a plan was stored by its form.
    OutcomeStored,
    /// A plan was marked by a button.
    Marked,
    /// A plan was deleted.
    Deleted,
    /// The plan does not exist any more.
    NotFound,
    /// An earlier tap did the same.
    AlreadyDone,
}
