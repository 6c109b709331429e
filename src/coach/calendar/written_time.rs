//! Dates and times as calendars write them.

use jiff::civil::{Date, DateTime, Time};

/// A date or a time as it is written, without resolving its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenTime {
    /// A local date and time, and the zone it is in.
    Timed(DateTime, ZoneRef),
    /// The date of an all-day event.
    AllDay(Date),
}

/// The zone of a written time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZoneRef {
    Utc,
    /// No zone is named (RFC 5545: floating time). The zone that the calendar names for such times is used, or
    /// the member's.
    Floating {
        /// The number of the calendar in the file.
        calendar: usize,
    },
    /// The zone with this index among the names of the file.
    Named(usize),
}

impl WrittenTime {
    /// The local date.
    pub(super) fn date(self) -> Date {
        match self {
            WrittenTime::Timed(at, _) => at.date(),
            WrittenTime::AllDay(date) => date,
        }
    }

    /// The same time, in `zone` if it names none itself.
    pub(super) fn or_in(self, zone: ZoneRef) -> Self {
        match self {
            WrittenTime::Timed(at, ZoneRef::Floating { .. }) => WrittenTime::Timed(at, zone),
            WrittenTime::Timed(..) | WrittenTime::AllDay(_) => self,
        }
    }
}

/// Parses `20261002T093000`; `None` for a date alone.
pub(super) fn date_time(value: &str) -> Option<DateTime> {
    let (on, time) = value.split_once(['T', 't'])?;
    Some(date(on)?.to_datetime(time_of(time)?))
}

/// Parses `20261002`.
pub(super) fn date(value: &str) -> Option<Date> {
    if value.len() != 8 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from, to| value.get(from..to)?.parse::<i16>().ok();
    Date::new(number(0, 4)?, i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?).ok()
}

fn time_of(value: &str) -> Option<Time> {
    // Some programs leave out the seconds.
    if !matches!(value.len(), 4 | 6) || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from, to| value.get(from..to)?.parse::<i8>().ok();
    let second = if value.len() == 6 { number(4, 6)? } else { 0 };
    // A leap second is treated as the second before it.
    Time::new(number(0, 2)?, number(2, 4)?, second.min(59), 0).ok()
}

/// Parses an offset from UTC such as `+0530` or `-033000`, in seconds.
pub(super) fn offset(value: &str) -> Option<i32> {
    let (sign, digits) = match value.trim().split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let time = time_of(digits)?;
    let seconds = time.duration_since(Time::midnight()).as_secs();
    i32::try_from(seconds).ok().map(|seconds| sign * seconds)
}
