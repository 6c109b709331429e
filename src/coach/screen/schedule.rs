//! The values of the schedule form.

use crate::coach::{
    hat::Practice,
    member::{Cadence, QuietHours},
};
use jiff::civil::Date;

/// The schedule form's values: what is set, or the defaults it opens with.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleForm {
    /// Days and times.
    pub cadence: Cadence,
    /// IANA name.
    pub zone: String,
    /// Quiet hours.
    pub quiet: QuietHours,
    /// Days off from today on, sorted.
    pub days_off: Vec<Date>,
    /// First date after the pause, while one is set with a date.
    pub pause_until_on: Option<Date>,
    /// Paused without a date.
    pub paused: bool,
    /// The practice in focus.
    pub focus: Option<Practice>,
    /// False until the member has set a cadence: the form then says that nudges begin on submit.
    pub nudges_on: bool,
}
