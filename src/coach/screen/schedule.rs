//! The values of the schedule form.

use crate::coach::{
    hat::Practice,
    member::{Cadence, QuietHours},
};
use jiff::civil::Date;

/// The current settings, or the defaults of a new member.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleForm {
    pub cadence: Cadence,
    /// The IANA name; `None` until Slack has named it or the member has set it.
    pub zone: Option<String>,
    pub quiet: QuietHours,
    /// Days off from today on, sorted.
    pub days_off: Vec<Date>,
    /// The first date after the pause, if the pause has an end.
    pub pause_until_on: Option<Date>,
    /// Whether the member has paused without an end.
    pub paused: bool,
    pub focus: Option<Practice>,
    /// Whether LeadLens looks back.
    pub look_back: bool,
    /// False until the member has set a cadence. The form then says that submitting it starts the nudges.
    pub nudges_on: bool,
}
