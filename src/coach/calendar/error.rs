//! Why a calendar cannot be used.

use strum::{Display, EnumString};

/// Why an uploaded calendar could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum CalendarError {
    /// Slack did not hand the file out.
    NotFetched,
    /// It is larger than what is read.
    TooLarge,
    /// It is no calendar, or cut off.
    NoCalendar,
    /// It holds more than is read: too deep, too many.
    TooMuch,
    /// It holds no meeting of the last four weeks.
    NoMeetings,
}
