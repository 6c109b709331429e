//! Days, hours, time zone, quiet hours, days off, pause, and the practices with the one in focus.

mod handle;
mod parse;
mod respond;

pub use handle::{form_with_slack_zone, handle, open_without_words, pause_until, submit};
pub use respond::respond;

use crate::{coach::hat::Practice, interaction::ScheduleValues};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open the schedule form.
    Open,
    /// Open the pause form.
    OpenPause,
    /// Pause until a day that the member chose of two.
    PauseUntil {
        /// The first date after the pause.
        until_on: Date,
    },
    /// End the pause.
    Resume,
    /// Show the nine practices.
    Practices,
    /// Put a practice in focus, or none.
    Focus { practice: Option<Practice> },
}

/// A submitted form of this feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// The schedule.
    Schedule(ScheduleValues),
    /// The pause.
    Pause { until_on: Option<Date> },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The schedule was stored.
    Stored,
    /// Paused.
    Paused,
    /// The pause was ended.
    Resumed,
    /// Another practice is in focus, or none.
    Focused,
}
