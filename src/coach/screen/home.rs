//! The Home tab.

use super::{HistoryEntry, LlmConsentStatus, PlanScreen};
use crate::coach::{hat::Practice, month::Month, plan::PlanTally};
use jiff::civil::{Date, DateTime};

#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// Whether the member has set a cadence.
    pub nudges_on: bool,
    /// When the next nudge comes, in the member's time zone.
    pub next_nudge: Option<DateTime>,
    /// The current pause; `Some(None)` has no end.
    #[allow(clippy::option_option, reason = "not paused, paused without an end, paused until a date")]
    pub paused: Option<Option<Date>>,
    pub focus: Option<Practice>,
    /// The current month so far, by what the member said.
    pub this_month: MonthSummary,
    /// The whole month before.
    pub last_month: MonthSummary,
    /// Active weeks among the last four.
    pub active_weeks: u8,
    /// The experiments that were begun in the current month.
    pub experiments: PlanTally,
    /// The plans that may still get an outcome, the next first.
    pub plans: Vec<PlanScreen>,
    /// The newest reflections, at most three.
    pub recent: Vec<HistoryEntry>,
    /// When the member's open feedback round ends at the latest.
    pub feedback_until: Option<Date>,
    /// Whether the member does not want to be asked for feedback.
    pub feedback_opted_out: bool,
    /// The number of coaching acts, which have their own list.
    pub acts: u64,
    /// The language model that the member was asked about. `None` if there is none, or they have not been
    /// asked.
    pub llm_consent: Option<LlmConsentStatus>,
}

/// The counts of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSummary {
    pub month: Month,
    /// Pieces of evidence with a hat that the member said.
    pub evidence: u32,
    /// Pieces that show the leader hat.
    pub leader: u32,
    /// Pieces that show the manager hat.
    pub manager: u32,
}
