//! The Home tab.

use super::{HistoryEntry, LlmConsentStatus, PlanScreen};
use crate::coach::{hat::Practice, month::Month, plan::PlanTally};
use jiff::civil::{Date, DateTime};

/// The Home tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// True once the member has set a cadence.
    pub nudges_on: bool,
    /// The next nudge in the member's zone.
    pub next_nudge: Option<DateTime>,
    /// The pause, if one holds: `Some(None)` is a pause without a date.
    pub paused: Option<Option<Date>>,
    /// The practice in focus.
    pub focus: Option<Practice>,
    /// The running month so far, as the member says it.
    pub this_month: MonthSummary,
    /// The month before, whole.
    pub last_month: MonthSummary,
    /// Active weeks of the last four.
    pub active_weeks: u8,
    /// The experiments that were begun in the running month.
    pub experiments: PlanTally,
    /// Plans that something may still come of, the next first.
    pub plans: Vec<PlanScreen>,
    /// The newest reflections, at most three.
    pub recent: Vec<HistoryEntry>,
    /// When the member's open feedback round ends at the latest.
    pub feedback_until: Option<Date>,
    /// The member does not want to be asked for feedback.
    pub feedback_opted_out: bool,
    /// How many questions were given back; they have a list of their own.
    pub acts: u64,
    /// The model that the member was asked about; `None` without one, and before they were asked.
    pub llm_consent: Option<LlmConsentStatus>,
}

/// Counts of a month at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSummary {
    /// The month.
    pub month: Month,
    /// Pieces of self-said evidence.
    pub evidence: u32,
    /// Those that showed the leader hat.
    pub leader: u32,
    /// Those that showed the manager hat.
    pub manager: u32,
}
