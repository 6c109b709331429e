//! Which meetings of a series lie in a window (RFC 5545, 3.3.10), as far as people make series: daily
//! to yearly, by weekday, day of the month, month and position. Every step is paid from a budget, so
//! that no series costs more than a moment, however long it goes on.

use super::{date, date_time};
use crate::coach::{cadence, screen::CalendarTrouble};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

/// Steps that all series of a calendar may take together.
const STEPS: u32 = 2_000_000;

/// What is left of the steps.
pub(super) struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self(STEPS)
    }
}

impl Budget {
    fn pay(&mut self, steps: u32) -> Result<(), CalendarTrouble> {
        self.0 = self.0.checked_sub(steps).ok_or(CalendarTrouble::TooMuch)?;
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// When a series ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Never,
    After(u32),
    At(DateTime, bool),
}

/// A rule that was understood.
pub(super) struct Rule {
    every: Every,
    interval: i64,
    ends: Ends,
    /// Weekdays, with a position in the month or 0.
    days: Vec<(i8, Weekday)>,
    month_days: Vec<i8>,
    months: Vec<i8>,
    positions: Vec<i32>,
    week_begins: Weekday,
}

impl Rule {
    /// `None` for what people do not make: every hour and minute, by hour, by week number.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rule = Self {
            every: Every::Day,
            interval: 1,
            ends: Ends::Never,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            week_begins: Weekday::Monday,
        };
        let mut has_frequency = false;
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => {
                    has_frequency = true;
                    rule.every = match value.to_ascii_uppercase().as_str() {
                        "DAILY" => Every::Day,
                        "WEEKLY" => Every::Week,
                        "MONTHLY" => Every::Month,
                        "YEARLY" => Every::Year,
                        _ => return None,
                    };
                }
                "INTERVAL" => rule.interval = value.parse().ok().filter(|it| (1..=1_000).contains(it))?,
                "COUNT" => rule.ends = Ends::After(value.parse().ok()?),
                "UNTIL" => rule.ends = until(value)?,
                "BYDAY" => rule.days = list(value, weekday)?,
                "BYMONTHDAY" => rule.month_days = list(value, |it| it.parse().ok().filter(|it| *it != 0))?,
                "BYMONTH" => rule.months = list(value, |it| it.parse().ok())?,
                "BYSETPOS" => rule.positions = list(value, |it| it.parse().ok().filter(|it| *it != 0))?,
                "WKST" => rule.week_begins = weekday(value)?.1,
                _ => return None,
            }
        }
        has_frequency.then_some(rule)
    }

    /// The meetings of a series that began at `start` which lie in the window, both ends included.
    ///
    /// # Errors
    /// [`CalendarTrouble::TooMuch`] when the budget is used up.
    pub(super) fn between(
        &self,
        start: DateTime,
        zone: &TimeZone,
        (from, to): (Timestamp, Timestamp),
        budget: &mut Budget,
    ) -> Result<Vec<Timestamp>, CalendarTrouble> {
        let mut found = Vec::new();
        let first = zone.to_datetime(from).date().saturating_sub(1.day());
        let last = zone.to_datetime(to).date().saturating_add(1.day());
        // Only a count has to be counted from the beginning.
        let counts = matches!(self.ends, Ends::After(_));
        let mut period = if counts { 0 } else { self.period_before(start.date(), first) };
        let mut passed: u32 = 0;
        loop {
            let dates = self.dates(start.date(), period, budget)?;
            let Some((begins, dates)) = dates else { return Ok(found) };
            if begins > last {
                return Ok(found);
            }
            for on in dates.into_iter().filter(|on| *on >= start.date()) {
                passed = passed.saturating_add(1);
                let local = on.to_datetime(start.time());
                let at = cadence::resolve(on, start.time(), zone);
                let over = match self.ends {
                    Ends::Never => false,
                    Ends::After(count) => passed > count,
                    Ends::At(until, true) => {
                        at > cadence::resolve(until.date(), until.time(), &TimeZone::UTC)
                    }
                    Ends::At(until, false) => local > until,
                };
                if over {
                    return Ok(found);
                }
                if at >= from && at <= to {
                    found.push(at);
                }
            }
            period += 1;
        }
    }

    /// A period that begins before a date, as near as a division gets.
    fn period_before(&self, start: Date, date: Date) -> i64 {
        let days = i64::from((date - start).get_days());
        let months = i64::from(date.year() - start.year()) * 12 + i64::from(date.month() - start.month());
        let periods = match self.every {
            Every::Day => days,
            Every::Week => days / 7,
            Every::Month => months,
            Every::Year => months / 12,
        };
        (periods / self.interval - 2).max(0)
    }

    /// The first day of a period and the dates of the series in it; `None` past the calendar's end.
    fn dates(
        &self,
        start: Date,
        period: i64,
        budget: &mut Budget,
    ) -> Result<Option<(Date, Vec<Date>)>, CalendarTrouble> {
        let ahead = period.saturating_mul(self.interval);
        let dates = match self.every {
            Every::Day => {
                budget.pay(1)?;
                start.checked_add(ahead.days()).ok().map(|on| (on, vec![on]))
            }
            Every::Week => {
                budget.pay(7)?;
                self.week(start, ahead)
            }
            Every::Month => {
                budget.pay(31)?;
                let first = start.first_of_month();
                first.checked_add(ahead.months()).ok().map(|month| (month, self.month(start, month)))
            }
            Every::Year => {
                budget.pay(366)?;
                self.year(start, ahead)
            }
        };
        let Some((begins, mut dates)) = dates else { return Ok(None) };
        dates.retain(|on| self.allows(*on));
        Ok(Some((begins, self.positioned(dates))))
    }

    fn week(&self, start: Date, ahead: i64) -> Option<(Date, Vec<Date>)> {
        let back = start.weekday().since(self.week_begins);
        let begins = start.checked_sub(i64::from(back).days()).ok()?.checked_add(ahead.weeks()).ok()?;
        let days = (0..7_i64).filter_map(|day| begins.checked_add(day.days()).ok());
        let is_wanted = |on: &Date| match self.days.is_empty() {
            true => on.weekday() == start.weekday(),
            false => self.days.iter().any(|(_, day)| *day == on.weekday()),
        };
        Some((begins, days.filter(is_wanted).collect()))
    }

    fn year(&self, start: Date, ahead: i64) -> Option<(Date, Vec<Date>)> {
        let begins = start.first_of_year().checked_add(ahead.years()).ok()?;
        let months = if self.months.is_empty() { vec![start.month()] } else { self.months.clone() };
        let first = |month: i8| Date::new(begins.year(), month, 1).ok();
        let mut dates: Vec<Date> =
            months.into_iter().filter_map(first).flat_map(|month| self.month(start, month)).collect();
        dates.sort_unstable();
        Some((begins, dates))
    }

    /// The dates in a month, in order.
    fn month(&self, start: Date, month: Date) -> Vec<Date> {
        let length = month.days_in_month();
        let days = (1..=length).filter_map(|day| Date::new(month.year(), month.month(), day).ok());
        let is_wanted = |on: &Date| {
            let by_number = self.month_days.iter().any(|day| on.day() == from_end(*day, length));
            let by_weekday = self.days.iter().any(|(nth, weekday)| {
                on.weekday() == *weekday
                    && match *nth {
                        0 => true,
                        nth if nth > 0 => (on.day() - 1) / 7 + 1 == nth,
                        nth => (length - on.day()) / 7 + 1 == -nth,
                    }
            });
            match (self.month_days.is_empty(), self.days.is_empty()) {
                (true, true) => on.day() == start.day(),
                (false, true) => by_number,
                (true, false) => by_weekday,
                (false, false) => by_number && by_weekday,
            }
        };
        days.filter(is_wanted).collect()
    }

    /// What limits every kind of series.
    fn allows(&self, on: Date) -> bool {
        let month = self.months.is_empty() || self.months.contains(&on.month());
        let day = self.every != Every::Day || {
            let length = on.days_in_month();
            let weekday = self.days.is_empty() || self.days.iter().any(|(_, day)| *day == on.weekday());
            let number = self.month_days.is_empty()
                || self.month_days.iter().any(|day| on.day() == from_end(*day, length));
            weekday && number
        };
        month && day
    }

    fn positioned(&self, dates: Vec<Date>) -> Vec<Date> {
        if self.positions.is_empty() {
            return dates;
        }
        let length = i32::try_from(dates.len()).unwrap_or(i32::MAX);
        let is_wanted = |nth: usize| {
            let nth = i32::try_from(nth).unwrap_or(i32::MAX);
            self.positions
                .iter()
                .any(|at| if *at > 0 { nth == at - 1 } else { nth == length.saturating_add(*at) })
        };
        dates.into_iter().enumerate().filter(|(nth, _)| is_wanted(*nth)).map(|(_, on)| on).collect()
    }
}

/// The day of the month that a number names; -1 is the last.
fn from_end(day: i8, length: i8) -> i8 {
    if day > 0 { day } else { length.saturating_add(1).saturating_add(day) }
}

/// A list of at most a year's days.
fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    const MOST: usize = 366;
    let items: Vec<T> = value.split(',').take(MOST).map(|item| read(item.trim())).collect::<Option<_>>()?;
    Some(items)
}

fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let (nth, name) = (text.get(..at)?, text.get(at..)?);
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
    let nth = if nth.is_empty() { 0 } else { nth.parse().ok().filter(|nth| (-53..=53).contains(nth))? };
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
