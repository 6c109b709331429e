//! Why a calendar cannot be used.

use strum::{Display, EnumString};

/// Why an uploaded calendar cannot be used. The sentences are the renderer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum CalendarError {
    /// Slack did not deliver the file.
    NotFetched,
    /// The file is larger than [`super::MAX_BYTES`].
    TooLarge,
    /// The file is not a calendar, or it is cut off.
    NoCalendar,
    /// The file exceeds one of the limits on nesting, events, zones or steps.
    TooMuch,
    /// The file has no meeting within the last four weeks.
    NoMeetings,
}
