//! Dates and times as calendars write them.

use jiff::civil::{Date, DateTime, Time};

/// A moment as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// A date and a time on the clock of a zone.
    At(DateTime, ZoneRef),
    /// A whole day.
    On(Date),
}

/// Whose clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZoneRef {
    /// UTC.
    Utc,
    /// None is named: the member's own.
    Own,
    /// The zone with this number.
    Named(usize),
}

impl When {
    /// The date, wherever that is.
    pub(super) fn date(self) -> Date {
        match self {
            When::At(at, _) => at.date(),
            When::On(date) => date,
        }
    }

    /// Whether it is midnight here and at a later end: whole days, however they are written.
    pub(super) fn whole_days_to(self, end: When) -> bool {
        match (self, end) {
            (When::At(start, here), When::At(end, there)) => {
                let is_midnight = start.time() == Time::midnight() && end.time() == Time::midnight();
                is_midnight && here == there && end > start
            }
            _ => false,
        }
    }
}

/// `20261002T093000`; a date alone is `None`.
pub(super) fn date_time(value: &str) -> Option<DateTime> {
    let (on, time) = value.split_once(['T', 't'])?;
    Some(date(on)?.to_datetime(time_of(time)?))
}

/// `20261002`.
pub(super) fn date(value: &str) -> Option<Date> {
    if value.len() != 8 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from, to| value.get(from..to)?.parse::<i16>().ok();
    Date::new(number(0, 4)?, i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?).ok()
}

fn time_of(value: &str) -> Option<Time> {
    // Some programs leave the seconds out.
    if !matches!(value.len(), 4 | 6) || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from, to| value.get(from..to)?.parse::<i8>().ok();
    let second = if value.len() == 6 { number(4, 6)? } else { 0 };
    // A leap second is the second before it.
    Time::new(number(0, 2)?, number(2, 4)?, second.min(59), 0).ok()
}

/// `+0530`, `-033000`, in seconds.
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
