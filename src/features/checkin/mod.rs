//! Forms that hold a reflection: the check-in in its two steps, the answer to a nudge, and the edit. What
//! they submit is committed before it is acknowledged, once for a form and a step.

mod edit;
mod fields;
mod follow_up;
mod handle;
mod outbox;
mod respond;
mod submit;

pub use handle::{handle, open_form, submit};
pub use outbox::compose_kept;
pub use respond::respond;

use crate::coach::{
    hat::Hats,
    ids::{PromptId, RowId},
    member_text::MemberText,
    reflection::CheckinFields,
    room::Room,
};
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open the check-in form.
    Open,
    /// Open it with the room filled in, and with the question for that room.
    OpenInRoom { room: Room },
    /// Open a reflection for editing.
    Edit { reflection: RowId },
    /// Say which hat a reflection showed.
    SayHat { reflection: RowId, hats: Hats },
}

/// A submitted form of this feature. `care_acknowledged`: the care screen was shown, so submitting
/// means *Keep*.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// A new check-in, or the answer to a nudge.
    Checkin {
        nudge: Option<RowId>,
        prompt: Option<PromptId>,
        /// The question was the one for this reading of the room.
        room: Option<Room>,
        care_acknowledged: bool,
        fields: CheckinFields,
    },
    /// An edited reflection.
    Edit { reflection: RowId, care_acknowledged: bool, fields: CheckinFields },
    /// The answer to the follow-up question.
    FollowUp { reflection: RowId, care_acknowledged: bool, answer: MemberText },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A check-in was stored; its follow-up question comes next.
    Stored { reflection: RowId },
    /// An edit or the answer to a follow-up was stored.
    Edited,
    /// The hat was stored.
    HatSaid,
    /// The reflection does not exist any more.
    NotFound,
}
