//! A page of one's own reflections.

use super::ReflectionScreen;
use crate::coach::{member_text::MemberText, reflection::AnsweredFollowUp, room::Room};

/// A page of one's own reflections.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    /// What was searched for; blank for everything.
    pub search: MemberText,
    /// 0 is the newest.
    pub page: u32,
    /// How many reflections match in all.
    pub total: u64,
    /// Those of this page, newest first.
    pub entries: Vec<HistoryEntry>,
    /// How many questions were given back; they have a list of their own.
    pub acts: u64,
    /// How many audits there are; they have a list of their own.
    pub audits: u64,
    /// How many plans there are; they have a list of their own.
    pub plans: u64,
}

/// How many reflections a page shows: each takes three blocks of a modal's hundred.
pub const HISTORY_PAGE_SIZE: u32 = 8;

/// One reflection in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The question that was asked.
    pub question: String,
    /// The room that was read.
    pub room: Option<Room>,
    /// What followed up, where it was answered.
    pub follow_up: Option<AnsweredFollowUp>,
    /// The rest.
    pub kept: ReflectionScreen,
}
