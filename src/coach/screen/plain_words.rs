//! The answer to plain words: what was understood, and what it meets.

use crate::coach::{ids::RowId, month::Month, plain_words::Wish};
use jiff::civil::{Date, DateTime};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainWordsScreen {
    pub wish: Wish,
    /// The first dates after a pause that the words can mean, at most two.
    pub until: Vec<Date>,
    /// The question that is open.
    pub open: Option<OpenQuestion>,
    /// The current pause; `Some(None)` has no end.
    #[allow(clippy::option_option, reason = "not paused, paused without an end, paused until a day")]
    pub paused: Option<Option<Date>>,
    pub has_cadence: bool,
    /// When the next question comes, in the member's time zone.
    pub next: Option<DateTime>,
    /// The month of a report.
    pub month: Month,
}

/// A question that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion {
    pub nudge: RowId,
    /// When it comes back if it is asked again tomorrow, in the member's time zone.
    pub tomorrow: DateTime,
}
