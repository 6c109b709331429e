//! A page of the member's reflections.

use super::{LookBackScreen, LookedBack, ReflectionScreen};
use crate::coach::{member_text::MemberText, reflection::AnsweredFollowUp, room::Room};

#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    /// The searched text; blank shows all reflections.
    pub search: MemberText,
    /// From 0, the newest.
    pub page: u32,
    /// The number of matching reflections on all pages.
    pub total: u64,
    /// The reflections of this page, newest first.
    pub entries: Vec<HistoryEntry>,
    /// The number of coaching acts, which have their own list.
    pub acts: u64,
    /// The number of audits, which have their own list.
    pub audits: u64,
    /// The number of plans, which have their own list.
    pub plans: u64,
}

/// Each reflection takes three of the hundred blocks of a modal; this leaves room for the rest of the form.
pub const HISTORY_PAGE_SIZE: u32 = 8;

/// One reflection in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    pub question: String,
    pub room: Option<Room>,
    /// The follow-up, if it was answered.
    pub follow_up: Option<AnsweredFollowUp>,
    pub kept: ReflectionScreen,
    /// What came of what it set out to do, once LeadLens has asked.
    pub looked_back: Option<LookedBack>,
    /// What it looks back on itself.
    pub looks_back_on: Option<LookBackScreen>,
}
