//! The questions that a member gave back: the list, and one that is edited.

use crate::coach::{
    coaching_act::CounterQuestion,
    ids::{PromptId, RowId},
};
use jiff::civil::Date;

/// A page of the questions that a member gave back.
#[derive(Debug, Clone, PartialEq)]
pub struct CoachingActsPage {
    /// 0 is the newest.
    pub page: u32,
    /// How many there are in all.
    pub total: u64,
    /// Those of this page, newest first.
    pub entries: Vec<CoachingActEntry>,
}

/// How many acts a page shows.
pub const COACHING_ACTS_PAGE_SIZE: u32 = 15;

/// One act in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct CoachingActEntry {
    /// Its row.
    pub act: RowId,
    /// The question that it began from.
    pub question: String,
    /// Its local date.
    pub local_on: Date,
}

/// An act of *Ask, don't fix* that is being edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditCoachingActForm {
    /// Its row.
    pub act: RowId,
    /// The questions that it can have begun from; the one it has is among them.
    pub questions: Vec<CounterQuestion>,
    /// The one it has.
    pub prompt: PromptId,
    /// The date it has.
    pub on: Date,
}
