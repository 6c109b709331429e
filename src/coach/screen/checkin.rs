//! A kept reflection, and the inputs of one that is not kept yet.

use crate::coach::{
    hat::Hats, ids::RowId, lens_result::LensScreen, member_text::MemberText, reflection::CheckinFields,
};
use jiff::civil::Date;

/// A kept reflection as messages show it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReflectionScreen {
    pub reflection: RowId,
    /// May be blank.
    pub situation: MemberText,
    /// The whole answer; the renderer shortens it.
    pub answer: MemberText,
    /// `None` shows buttons to say it.
    pub hat_said: Option<Hats>,
    /// What the lens read in the answer.
    pub lens: LensScreen,
    pub local_on: Date,
}

/// The inputs of a care form, which keep the member's text.
#[derive(Debug, Clone, PartialEq)]
pub enum CareInputs {
    /// The check-in, with the question that was asked.
    Checkin { question: Option<String>, fields: CheckinFields },
    /// The follow-up.
    FollowUp { question: String, answer: MemberText },
}
