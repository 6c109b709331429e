//! The coaching acts of a member: their list, and the form that edits one.

use crate::coach::{
    coaching_act::CounterQuestion,
    ids::{PromptId, RowId},
};
use jiff::civil::Date;

/// A page of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct CoachingActsPage {
    /// From 0, the newest.
    pub page: u32,
    /// The number of acts on all pages.
    pub total: u64,
    /// The acts of this page, newest first.
    pub entries: Vec<CoachingActEntry>,
}

pub const COACHING_ACTS_PAGE_SIZE: u32 = 15;

/// One act in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct CoachingActEntry {
    pub act: RowId,
    /// The question that the member started from.
    pub question: String,
    pub local_on: Date,
}

/// The form that edits an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditCoachingActForm {
    pub act: RowId,
    /// The questions to choose from, including the current one.
    pub questions: Vec<CounterQuestion>,
    /// The current question.
    pub prompt: PromptId,
    /// The current date.
    pub on: Date,
}
