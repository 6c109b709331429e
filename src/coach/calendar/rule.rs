//! Parses recurrence rules (RFC 5545, 3.3.10). `recurrence` computes their occurrences.

use super::written_time::{date, date_time};
use jiff::civil::{DateTime, Weekday};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SeriesEnd {
    Never,
    Count(u64),
    /// UNTIL: the last possible time, in UTC or on the clock of the series.
    Until {
        at: DateTime,
        is_utc: bool,
    },
}

/// A recurrence rule.
pub(super) struct RecurrenceRule {
    pub(super) frequency: Frequency,
    /// At least 1.
    pub(super) interval: i64,
    pub(super) end: SeriesEnd,
    /// Weekdays, each with its position in the month or year, or 0 for all of them.
    pub(super) days: Vec<(i8, Weekday)>,
    pub(super) month_days: Vec<i8>,
    pub(super) year_days: Vec<i16>,
    pub(super) weeks: Vec<i8>,
    pub(super) months: Vec<i8>,
    pub(super) positions: Vec<i32>,
    pub(super) hours: Vec<i8>,
    pub(super) minutes: Vec<i8>,
    pub(super) seconds: Vec<i8>,
    pub(super) week_begins: Weekday,
}

impl RecurrenceRule {
    /// `None` for a malformed rule and for the frequencies HOURLY, MINUTELY and SECONDLY, which calendars of
    /// people do not use.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let frequency = text.split(';').find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("FREQ").then_some(value)
        })?;
        let frequency = match frequency.trim().to_ascii_uppercase().as_str() {
            "DAILY" => Frequency::Daily,
            "WEEKLY" => Frequency::Weekly,
            "MONTHLY" => Frequency::Monthly,
            "YEARLY" => Frequency::Yearly,
            _ => return None,
        };
        let mut rule = Self {
            frequency,
            interval: 1,
            end: SeriesEnd::Never,
            days: Vec::new(),
            month_days: Vec::new(),
            year_days: Vec::new(),
            weeks: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            week_begins: Weekday::Monday,
        };
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=')?;
            rule.take(name.trim(), value.trim())?;
        }
        rule.makes_sense().then_some(rule)
    }

    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name.to_ascii_uppercase().as_str() {
            "FREQ" => {}
            "INTERVAL" => self.interval = value.parse::<u32>().ok().filter(|it| *it > 0)?.into(),
            "COUNT" => self.end = SeriesEnd::Count(value.parse().ok()?),
            "UNTIL" => self.end = until(value)?,
            "BYDAY" => self.days = list(value, weekday)?,
            "BYMONTHDAY" => self.month_days = list(value, |it| within(it, -31..=31).filter(|it| *it != 0))?,
            "BYYEARDAY" => self.year_days = list(value, |it| within(it, -366..=366).filter(|it| *it != 0))?,
            "BYWEEKNO" => self.weeks = list(value, |it| within(it, -53..=53).filter(|it| *it != 0))?,
            "BYMONTH" => self.months = list(value, |it| within(it, 1..=12))?,
            "BYSETPOS" => self.positions = list(value, |it| within(it, -366..=366).filter(|it| *it != 0))?,
            "BYHOUR" => self.hours = list(value, |it| within(it, 0..=23))?,
            "BYMINUTE" => self.minutes = list(value, |it| within(it, 0..=59))?,
            // A leap second is treated as the second before it.
            "BYSECOND" => self.seconds = list(value, |it| within(it, 0..=60).map(|it: i8| it.min(59)))?,
            "WKST" => self.week_begins = weekday(value)?.1,
            // RFC 7529: these values state the default.
            "RSCALE" if value.eq_ignore_ascii_case("GREGORIAN") => {}
            "SKIP" if value.eq_ignore_ascii_case("OMIT") => {}
            name if name.starts_with("X-") => {}
            _ => return None,
        }
        Some(())
    }

    /// RFC 5545 does not define every part for every frequency. The limit on times of day bounds the cost of
    /// one day.
    fn makes_sense(&self) -> bool {
        const MAX_TIMES_A_DAY: usize = 96;
        let is_yearly = self.frequency == Frequency::Yearly;
        let times =
            [&self.hours, &self.minutes, &self.seconds].iter().map(|it| it.len().max(1)).product::<usize>();
        (is_yearly || self.weeks.is_empty() && self.year_days.is_empty())
            && (self.frequency != Frequency::Weekly || self.month_days.is_empty())
            && times <= MAX_TIMES_A_DAY
    }

    /// The time of UNTIL, without its zone.
    pub(super) fn until(&self) -> Option<DateTime> {
        match self.end {
            SeriesEnd::Until { at, .. } => Some(at),
            SeriesEnd::Never | SeriesEnd::Count(_) => None,
        }
    }
}

fn within<T: std::str::FromStr + PartialOrd>(text: &str, range: std::ops::RangeInclusive<T>) -> Option<T> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// The most items of one list: a year has fewer days.
const MAX_ITEMS: usize = 400;

/// A comma-separated list of at most [`MAX_ITEMS`] items.
fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let items: Vec<T> =
        value.split(',').take(MAX_ITEMS + 1).map(|item| read(item.trim())).collect::<Option<_>>()?;
    (items.len() <= MAX_ITEMS).then_some(items)
}

fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let (nth, name) = text.split_at_checked(at)?;
    let day = match name.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let nth = if nth.is_empty() { 0 } else { within(nth, -53..=53).filter(|nth| *nth != 0)? };
    Some((nth, day))
}

fn until(value: &str) -> Option<SeriesEnd> {
    let (value, is_utc) = match value.strip_suffix(['Z', 'z']) {
        Some(value) => (value, true),
        None => (value, false),
    };
    match date_time(value) {
        Some(at) => Some(SeriesEnd::Until { at, is_utc }),
        // A date includes the whole day.
        None => date(value).map(|on| SeriesEnd::Until { at: on.at(23, 59, 59, 0), is_utc: false }),
    }
}
