//! A nudge as the DM shows it.

use super::ReflectionScreen;
use crate::coach::ids::RowId;
use jiff::civil::DateTime;

/// A nudge as the DM shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct NudgeScreen {
    /// Its row.
    pub nudge: RowId,
    /// The question.
    pub question: String,
    /// What to show below it.
    pub state: NudgeScreenState,
}

/// The state of a nudge on the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum NudgeScreenState {
    /// *Reflect*, *Later*, *Skip*.
    Open,
    /// Kept, with *Edit* and *Delete*.
    Answered(ReflectionScreen),
    /// Skipped.
    Skipped,
    /// Postponed, to a local time.
    Later { at: DateTime },
    /// Its reflection was deleted.
    Deleted,
    /// A newer message took its place, or nudges were stopped: no buttons.
    Closed,
}
