//! What a form carries while it is open: its own state, and the names of its fields. What it shows
//! is [`super::Form`].

use super::Invitation;
use crate::coach::{
    hat::Hat,
    ids::{MessageRef, PromptId, RowId},
    room::Room,
};

/// What a form remembers about itself until it is submitted .
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormState {
    /// A new check-in, or the answer to a nudge. `care_acknowledged` is set once the care screen was shown,
    /// so that submitting it means *Keep*. `room`: the question is the one for this reading of the room.
    Checkin { nudge: Option<RowId>, prompt: Option<PromptId>, room: Option<Room>, care_acknowledged: bool },
    /// An existing reflection is being edited.
    EditReflection { reflection: RowId, care_acknowledged: bool },
    /// The second step: the follow-up question of a reflection just kept.
    FollowUp { reflection: RowId, care_acknowledged: bool },
    /// The schedule.
    Schedule,
    /// The pause.
    Pause,
    /// History, at a page of a search. It has nothing to submit. The search text itself is in
    /// the form's input and is never put here.
    History { page: u32 },
    /// *Ask, don't fix*: the questions that are offered, and which of them is taken.
    Ask { offered: Vec<PromptId>, taken: u8 },
    /// The questions that were given back, at a page. It has nothing to submit.
    Acts { page: u32 },
    /// One of them is being edited.
    EditAct { act: RowId },
    /// Whom to ask for feedback.
    FeedbackAsk,
    /// The answer to a feedback question, and the message with the question. `care_acknowledged` as in the
    /// check-in.
    Feedback { from: Box<Invitation>, at: Box<MessageRef>, care_acknowledged: bool },
    /// The readings of the room. It has nothing to submit.
    Room,
    /// An audit: a new one, or the one of that row, kept or proposed. `care_acknowledged` as in the check-in.
    Audit { audit: Option<RowId>, care_acknowledged: bool },
    /// A plan, new or of that row; `experiment` names the hat that is tried.
    Plan { plan: Option<RowId>, experiment: Option<Hat>, care_acknowledged: bool },
    /// A plan was kept and is said once more.
    Rehearsal,
    /// What came of a plan.
    PlanOutcome { plan: RowId, care_acknowledged: bool },
    /// The list of plans. It has nothing to submit.
    Plans,
    /// The list of practices. It has nothing to submit.
    Practices,
    /// The list of audits. It has nothing to submit.
    Audits,
    /// The one confirmation before everything is erased.
    Forget,
    /// Words only; nothing to submit.
    Notice,
}

/// A field of a form, for the errors beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Situation,
    Room,
    Answer,
    Hat,
    FollowUpAnswer,
    Days,
    FirstTime,
    SecondTime,
    ThirdTime,
    Zone,
    QuietFrom,
    QuietTo,
    DaysOff,
    PauseUntil,
    Practice,
    LookBack,
    Search,
    FirstQuestion,
    SecondQuestion,
    ThirdQuestion,
    GivenBack,
    GivenBackOn,
    People,
    Step,
    Comment,
    /// The title of a meeting of an audit; 0 is the first.
    Meeting(u8),
    /// The mark of a meeting of an audit; 0 is the first.
    Mark(u8),
    Calendar,
    Cue,
    Act,
    FollowUpOn,
    FollowUpTime,
    Outcome,
    Rehearsal,
    Confirm,
}

impl Field {
    /// The input of one of the questions to give back; 0 is the first.
    pub fn question(nth: u8) -> Self {
        match nth {
            0 => Field::FirstQuestion,
            1 => Field::SecondQuestion,
            _ => Field::ThirdQuestion,
        }
    }
}
