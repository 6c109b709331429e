//! A reflection that is kept, and the inputs of one that is not kept yet.

use crate::coach::{
    hat::Hats, ids::RowId, lens_result::LensScreen, member_text::MemberText, reflection::CheckinFields,
};
use jiff::civil::Date;

/// A reflection that is kept, as a message shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReflectionScreen {
    /// Its row.
    pub reflection: RowId,
    /// The situation; may be blank.
    pub situation: MemberText,
    /// The answer, whole; the renderer cuts what it shows.
    pub answer: MemberText,
    /// The hat the member said; `None` asks for it with one tap.
    pub hat_said: Option<Hats>,
    /// What the lens saw in the answer.
    pub lens: LensScreen,
    /// Its local date.
    pub local_on: Date,
}

/// The inputs that a care form keeps the member's words in.
#[derive(Debug, Clone, PartialEq)]
pub enum CareInputs {
    /// Those of the check-in, with the question that was asked.
    Checkin { question: Option<String>, fields: CheckinFields },
    /// That of the follow-up.
    FollowUp { question: String, answer: MemberText },
}
