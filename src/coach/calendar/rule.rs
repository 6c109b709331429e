//! How a rule of repetition is written (RFC 5545, 3.3.10). When it holds is in `recurrence`.

use super::when::{date, date_time};
use jiff::civil::{DateTime, Weekday};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// When a series ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Never,
    After(u64),
    /// At a time, which is UTC's or the series' own.
    At(DateTime, bool),
}

/// A rule that was understood.
pub(super) struct Rule {
    pub(super) every: Every,
    /// From 1.
    pub(super) interval: i64,
    pub(super) ends: Ends,
    /// Weekdays, with a position in the month or year, or 0.
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

impl Rule {
    /// `None` for what is no rule, and for what people do not make: every hour, minute and second.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let every = text.split(';').find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("FREQ").then_some(value)
        })?;
        let every = match every.trim().to_ascii_uppercase().as_str() {
            "DAILY" => Every::Day,
            "WEEKLY" => Every::Week,
            "MONTHLY" => Every::Month,
            "YEARLY" => Every::Year,
            _ => return None,
        };
        let mut rule = Self {
            every,
            interval: 1,
            ends: Ends::Never,
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
            "COUNT" => self.ends = Ends::After(value.parse().ok()?),
            "UNTIL" => self.ends = until(value)?,
            "BYDAY" => self.days = list(value, weekday)?,
            "BYMONTHDAY" => self.month_days = list(value, |it| within(it, -31..=31).filter(|it| *it != 0))?,
            "BYYEARDAY" => self.year_days = list(value, |it| within(it, -366..=366).filter(|it| *it != 0))?,
            "BYWEEKNO" => self.weeks = list(value, |it| within(it, -53..=53).filter(|it| *it != 0))?,
            "BYMONTH" => self.months = list(value, |it| within(it, 1..=12))?,
            "BYSETPOS" => self.positions = list(value, |it| within(it, -366..=366).filter(|it| *it != 0))?,
            "BYHOUR" => self.hours = list(value, |it| within(it, 0..=23))?,
            "BYMINUTE" => self.minutes = list(value, |it| within(it, 0..=59))?,
            // A leap second is the second before it.
            "BYSECOND" => self.seconds = list(value, |it| within(it, 0..=60).map(|it: i8| it.min(59)))?,
            "WKST" => self.week_begins = weekday(value)?.1,
            // RFC 7529: what everybody means anyway.
            "RSCALE" if value.eq_ignore_ascii_case("GREGORIAN") => {}
            "SKIP" if value.eq_ignore_ascii_case("OMIT") => {}
            name if name.starts_with("X-") => {}
            _ => return None,
        }
        Some(())
    }

    /// The standard gives no meaning to some parts together with some frequencies.
    fn makes_sense(&self) -> bool {
        const MOST_TIMES: usize = 96;
        let is_yearly = self.every == Every::Year;
        let times =
            [&self.hours, &self.minutes, &self.seconds].iter().map(|it| it.len().max(1)).product::<usize>();
        (is_yearly || self.weeks.is_empty() && self.year_days.is_empty())
            && (self.every != Every::Week || self.month_days.is_empty())
            && times <= MOST_TIMES
    }

    /// The last moment, on a clock that is not known here.
    pub(super) fn until(&self) -> Option<DateTime> {
        match self.ends {
            Ends::At(until, _) => Some(until),
            Ends::Never | Ends::After(_) => None,
        }
    }

    /// The month, the position (5: the last) and the weekday of a rule such as a zone's clock has.
    pub(super) fn yearly_weekday(&self) -> Option<(i8, i8, Weekday)> {
        let ([month], [(nth, weekday)]) = (self.months.as_slice(), self.days.as_slice()) else { return None };
        let plain = self.every == Every::Year
            && self.interval == 1
            && [&self.hours, &self.weeks].iter().all(|it| it.is_empty())
            && self.year_days.is_empty()
            && self.positions.is_empty();
        // Seven days in a row from the 8th on hold the second Sunday.
        let from_days = match self.month_days.as_slice() {
            [] => None,
            [first, rest @ ..] => {
                let in_a_row = rest.len() == 6 && (1_i8..).zip(rest).all(|(nth, day)| *day == first + nth);
                (in_a_row && first % 7 == 1 && (1..=22).contains(first)).then_some(first / 7 + 1)
            }
        };
        let nth = match (*nth, from_days) {
            (-1, None) if self.month_days.is_empty() => 5,
            (nth @ 1..=5, None) if self.month_days.is_empty() => nth,
            (0, Some(nth)) => nth,
            _ => return None,
        };
        plain.then_some((*month, nth, *weekday))
    }
}

/// A number in a range.
fn within<T: std::str::FromStr + PartialOrd>(text: &str, range: std::ops::RangeInclusive<T>) -> Option<T> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// A list of at most a year's days.
fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    const MOST: usize = 400;
    let items: Vec<T> =
        value.split(',').take(MOST + 1).map(|item| read(item.trim())).collect::<Option<_>>()?;
    (items.len() <= MOST).then_some(items)
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

fn until(value: &str) -> Option<Ends> {
    let (value, is_utc) = match value.strip_suffix(['Z', 'z']) {
        Some(value) => (value, true),
        None => (value, false),
    };
    match date_time(value) {
        Some(at) => Some(Ends::At(at, is_utc)),
        // The whole of that day still counts.
        None => date(value).map(|on| Ends::At(on.at(23, 59, 59, 0), false)),
    }
}
