//! A nudge as the DM shows it.

use super::{LookBackScreen, ReflectionScreen};
use crate::coach::ids::RowId;
use jiff::civil::DateTime;

#[derive(Debug, Clone, PartialEq)]
pub struct NudgeScreen {
    pub nudge: RowId,
    /// What it looks back on. `None`: it is an ordinary question.
    pub look_back: Option<LookBackScreen>,
    pub question: String,
    /// What is shown below the question.
    pub state: NudgeScreenState,
}

/// What is shown below the question of a nudge.
#[derive(Debug, Clone, PartialEq)]
pub enum NudgeScreenState {
    /// The buttons *Reflect*, *Later* and *Skip*.
    Open,
    /// The reflection, with *Edit* and *Delete*.
    Answered(ReflectionScreen),
    Skipped,
    /// Postponed to this local time.
    Later {
        at: DateTime,
    },
    /// Its reflection was deleted.
    Deleted,
    /// No buttons, because a newer message replaces it or nudges were stopped.
    Closed,
}
