//! Which meetings of a series lie in a window (RFC 5545, 3.3.10): daily to yearly, with everything that
//! such a rule may say. How a rule is written is read in `rule`. Every step is paid from a budget, so that no
//! series costs more than a moment, however long it goes on.

use super::error::CalendarError;
use super::rule::{Ends, Every};
use crate::coach::cadence;
use jiff::{
    Span, Timestamp, ToSpan,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

pub(super) use super::rule::Rule;

/// Steps that all series of a calendar may take together.
const STEPS: u32 = 4_000_000;

/// What is left of the steps.
pub(super) struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self(STEPS)
    }
}

impl Budget {
    fn pay(&mut self, steps: usize) -> Result<(), CalendarError> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.0 = self.0.checked_sub(steps.max(1)).ok_or(CalendarError::TooMuch)?;
        Ok(())
    }
}

impl Rule {
    /// The meetings of a series that began at `start` which lie in the window, both ends included.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] when the budget is used up.
    pub(super) fn between(
        &self,
        start: DateTime,
        zone: &TimeZone,
        (from, to): (Timestamp, Timestamp),
        budget: &mut Budget,
    ) -> Result<Vec<Timestamp>, CalendarError> {
        let mut found = Vec::new();
        let first = zone.to_datetime(from).date().saturating_sub(1.day());
        let last = zone.to_datetime(to).date().saturating_add(1.day());
        if self.until().is_some_and(|until| until.date() < first.saturating_sub(1.day())) {
            return Ok(found);
        }
        // Only a count has to be counted from the beginning.
        let counts = matches!(self.ends, Ends::After(_));
        let mut period = if counts { 0 } else { self.period_before(start.date(), first) };
        let mut passed: u64 = 0;
        let times = self.times_of_day(start.time());
        let cost = self.cost(times.len());
        loop {
            budget.pay(cost)?;
            let Some(begins) = self.begin_of(start.date(), period) else { return Ok(found) };
            if begins > last {
                return Ok(found);
            }
            for local in self.period(start, begins, &times).into_iter().filter(|at| *at >= start) {
                passed = passed.saturating_add(1);
                if matches!(self.ends, Ends::After(count) if passed > count) {
                    return Ok(found);
                }
                if local.date() < first {
                    continue;
                }
                let at = cadence::resolve(local.date(), local.time(), zone);
                if self.is_over(local, at) {
                    return Ok(found);
                }
                if at >= from && at <= to {
                    found.push(at);
                }
            }
            period += 1;
        }
    }

    fn is_over(&self, local: DateTime, at: Timestamp) -> bool {
        match self.ends {
            Ends::Never | Ends::After(_) => false,
            Ends::At(until, true) => at > cadence::resolve(until.date(), until.time(), &TimeZone::UTC),
            Ends::At(until, false) => local > until,
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

    /// The first day of a period; `None` past the calendar's end.
    fn begin_of(&self, start: Date, period: i64) -> Option<Date> {
        let ahead = period.checked_mul(self.interval)?;
        let begins = match self.every {
            Every::Day => start.checked_add(Span::new().try_days(ahead).ok()?),
            Every::Week => {
                let back = i64::from(start.weekday().since(self.week_begins));
                let days = ahead.checked_mul(7)?.checked_sub(back)?;
                start.checked_add(Span::new().try_days(days).ok()?)
            }
            Every::Month => start.first_of_month().checked_add(Span::new().try_months(ahead).ok()?),
            Every::Year => start.first_of_year().checked_add(Span::new().try_years(ahead).ok()?),
        };
        begins.ok()
    }

    /// The steps that a period takes at most.
    fn cost(&self, times: usize) -> usize {
        let of_days = self.days.len().max(1);
        let in_month = self.month_days.len().max(1).saturating_mul(of_days);
        let dates = match self.every {
            Every::Day => self.month_days.len() + of_days,
            Every::Week => of_days,
            Every::Month => in_month,
            Every::Year if self.goes_by_month() => self.months.len().max(1).saturating_mul(in_month),
            Every::Year => {
                let lists = self.weeks.len() + self.year_days.len() + self.month_days.len() + of_days;
                lists.saturating_mul(366)
            }
        };
        dates.saturating_mul(times).saturating_add(self.positions.len())
    }

    /// What a period holds, in order.
    fn period(&self, start: DateTime, begins: Date, times: &[Time]) -> Vec<DateTime> {
        let mut dates = match self.every {
            Every::Day => vec![begins],
            Every::Week => self.week(start.date(), begins),
            Every::Month => self.month(start.date(), begins),
            Every::Year => self.year(start.date(), begins),
        };
        dates.retain(|on| self.allows(*on));
        let all = dates.into_iter().flat_map(|on| times.iter().map(move |time| on.to_datetime(*time)));
        self.positioned(all.collect())
    }

    fn times_of_day(&self, start: Time) -> Vec<Time> {
        let or = |given: &[i8], start: i8| if given.is_empty() { vec![start] } else { given.to_vec() };
        let (hours, minutes, seconds) = (
            or(&self.hours, start.hour()),
            or(&self.minutes, start.minute()),
            or(&self.seconds, start.second()),
        );
        let mut times = Vec::new();
        for hour in hours {
            for minute in &minutes {
                times.extend(seconds.iter().filter_map(|second| Time::new(hour, *minute, *second, 0).ok()));
            }
        }
        times.sort_unstable();
        times.dedup();
        times
    }

    fn week(&self, start: Date, begins: Date) -> Vec<Date> {
        let on = |day: Weekday| begins.checked_add(i64::from(day.since(self.week_begins)).days()).ok();
        let mut dates: Vec<Date> = match self.days.is_empty() {
            true => on(start.weekday()).into_iter().collect(),
            false => self.days.iter().filter_map(|(_, day)| on(*day)).collect(),
        };
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// The dates in a month, in order.
    fn month(&self, start: Date, month: Date) -> Vec<Date> {
        let length = month.days_in_month();
        let on = |day: i8| Date::new(month.year(), month.month(), day).ok();
        let mut dates: Vec<Date> = match (self.month_days.is_empty(), self.days.is_empty()) {
            (true, true) => on(start.day()).into_iter().collect(),
            (true, false) => self.days.iter().flat_map(|day| weekdays_of(month, *day)).collect(),
            (false, _) => {
                let numbered = self.month_days.iter().filter_map(|day| on(from_end(*day, length)));
                numbered.filter(|on| self.is_weekday(*on, month, month.last_of_month())).collect()
            }
        };
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// Whether a yearly rule names its days within months.
    fn goes_by_month(&self) -> bool {
        let by_year = !self.weeks.is_empty() || !self.year_days.is_empty();
        !by_year && (!self.months.is_empty() || self.days.is_empty())
    }

    /// The dates in a year, in order.
    fn year(&self, start: Date, begins: Date) -> Vec<Date> {
        if !self.goes_by_month() {
            let all = begins.series(1.day()).take_while(|on| on.year() == begins.year());
            return all.filter(|on| self.is_of_year(*on, start)).collect();
        }
        let months = match (self.months.is_empty(), self.month_days.is_empty()) {
            (false, _) => self.months.clone(),
            (true, false) => (1..=12).collect(),
            (true, true) => vec![start.month()],
        };
        let first = |month: i8| Date::new(begins.year(), month, 1).ok();
        let months = months.into_iter().filter_map(first);
        let mut dates: Vec<Date> = months.flat_map(|month| self.month(start, month)).collect();
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// Whether a rule by week, by day of the year, or by weekday of the year names a date.
    fn is_of_year(&self, on: Date, start: Date) -> bool {
        let year = (on.first_of_year(), on.last_of_year());
        let length = on.days_in_year();
        let of_year = self.year_days.is_empty()
            || self.year_days.iter().any(|day| on.day_of_year() == from_end_of_year(*day, length));
        let of_month = self.month_days.is_empty()
            || self.month_days.iter().any(|day| on.day() == from_end(*day, on.days_in_month()));
        let of_week = self.weeks.is_empty() || {
            let (number, last) = week_of(on, self.week_begins);
            self.weeks.iter().any(|week| number == from_end(*week, last))
        };
        let weekday = match (self.days.is_empty(), self.weeks.is_empty()) {
            (true, false) if self.month_days.is_empty() && self.year_days.is_empty() => {
                on.weekday() == start.weekday()
            }
            (true, _) => true,
            (false, _) => self.is_weekday(on, year.0, year.1),
        };
        of_year && of_month && of_week && weekday
    }

    /// Whether a date is one of the rule's weekdays, counted from the ends of its month or year.
    fn is_weekday(&self, on: Date, first: Date, last: Date) -> bool {
        let days_between = |a: Date, b: Date| (b - a).get_days();
        self.days.is_empty()
            || self.days.iter().any(|(nth, weekday)| {
                on.weekday() == *weekday
                    && match i32::from(*nth) {
                        0 => true,
                        nth if nth > 0 => days_between(first, on) / 7 + 1 == nth,
                        nth => days_between(on, last) / 7 + 1 == -nth,
                    }
            })
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

    fn positioned(&self, times: Vec<DateTime>) -> Vec<DateTime> {
        if self.positions.is_empty() {
            return times;
        }
        let length = i32::try_from(times.len()).unwrap_or(i32::MAX);
        let wanted =
            self.positions.iter().map(|at| if *at > 0 { at - 1 } else { length.saturating_add(*at) });
        let mut wanted: Vec<usize> = wanted.filter_map(|at| usize::try_from(at).ok()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.into_iter().filter_map(|at| times.get(at).copied()).collect()
    }
}

/// The dates of a weekday in a month: all of them, or the one that a position names.
fn weekdays_of(month: Date, (nth, weekday): (i8, Weekday)) -> Vec<Date> {
    if nth != 0 {
        return month.nth_weekday_of_month(nth, weekday).into_iter().collect();
    }
    (1..=5).filter_map(|nth| month.nth_weekday_of_month(nth, weekday).ok()).collect()
}

/// The number of a week in the year that most of it lies in, and the number of that year's last week.
fn week_of(on: Date, week_begins: Weekday) -> (i8, i8) {
    let middle = |on: Date| {
        let back = i64::from(on.weekday().since(week_begins));
        on.saturating_add((3 - back).days())
    };
    let number = |on: Date| i8::try_from((middle(on).day_of_year() - 1) / 7 + 1).unwrap_or(i8::MAX);
    // The fourth of January is always in the first week, so the week of 28 December is the last.
    let last = Date::new(middle(on).year(), 12, 28).map_or(52, number);
    (number(on), last)
}

/// The day of the month, or the week, that a number names; -1 is the last.
fn from_end(day: i8, length: i8) -> i8 {
    if day > 0 { day } else { length.saturating_add(1).saturating_add(day) }
}

fn from_end_of_year(day: i16, length: i16) -> i16 {
    if day > 0 { day } else { length.saturating_add(1).saturating_add(day) }
}
