//! Computes which occurrences of a series lie in a window (RFC 5545, 3.3.10), for rules from daily to yearly
//! with all of their parts. `rule` parses the rules. Every step is charged to a budget, which bounds the time
//! for a whole file whatever its rules are.

use super::error::CalendarError;
use super::rule::{Frequency, RecurrenceRule, SeriesEnd};
use super::zone::CalendarZone;
use jiff::{
    Span, Timestamp, ToSpan,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

/// The number of steps that all series of a file may take together.
const MAX_STEPS: u32 = 4_000_000;

/// The steps that are left.
pub(super) struct StepBudget(u32);

impl Default for StepBudget {
    fn default() -> Self {
        Self(MAX_STEPS)
    }
}

impl StepBudget {
    fn spend(&mut self, steps: usize) -> Result<(), CalendarError> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.0 = self.0.checked_sub(steps.max(1)).ok_or(CalendarError::TooMuch)?;
        Ok(())
    }
}

impl RecurrenceRule {
    /// The occurrences in the window, both ends included, of a series that begins at `start`.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if the budget is used up.
    pub(super) fn occurrences(
        &self,
        start: DateTime,
        zone: &CalendarZone,
        (from, to): (Timestamp, Timestamp),
        budget: &mut StepBudget,
    ) -> Result<Vec<Timestamp>, CalendarError> {
        let mut found = Vec::new();
        let first = zone.local(from).date().saturating_sub(1.day());
        let last = zone.local(to).date().saturating_add(1.day());
        if self.until().is_some_and(|until| until.date() < first.saturating_sub(1.day())) {
            return Ok(found);
        }
        // Only a rule with COUNT has to be followed from its beginning.
        let counts = matches!(self.end, SeriesEnd::Count(_));
        let mut period = if counts { 0 } else { self.period_before(start.date(), first) };
        let mut passed: u64 = 0;
        let until = self.until_instant(zone);
        let times = self.times_of_day(start.time());
        let cost = self.cost(times.len());
        loop {
            budget.spend(cost)?;
            let Some(begins) = self.period_start(start.date(), period) else { return Ok(found) };
            if begins > last {
                return Ok(found);
            }
            for local in self.period(start, begins, &times).into_iter().filter(|at| *at >= start) {
                passed = passed.saturating_add(1);
                if matches!(self.end, SeriesEnd::Count(count) if passed > count) {
                    return Ok(found);
                }
                if local.date() < first {
                    continue;
                }
                let at = zone.instant(local);
                if until.is_some_and(|until| at > until) {
                    return Ok(found);
                }
                if at >= from && at <= to {
                    found.push(at);
                }
            }
            period += 1;
        }
    }

    /// The instant after which nothing takes place.
    fn until_instant(&self, zone: &CalendarZone) -> Option<Timestamp> {
        match self.end {
            SeriesEnd::Never | SeriesEnd::Count(_) => None,
            SeriesEnd::Until { at, is_utc: true } => Some(CalendarZone::Known(TimeZone::UTC).instant(at)),
            SeriesEnd::Until { at, is_utc: false } => Some(zone.instant(at)),
        }
    }

    /// The number of a period that begins shortly before a date.
    fn period_before(&self, start: Date, date: Date) -> i64 {
        let days = i64::from((date - start).get_days());
        let months = i64::from(date.year() - start.year()) * 12 + i64::from(date.month() - start.month());
        let periods = match self.frequency {
            Frequency::Daily => days,
            Frequency::Weekly => days / 7,
            Frequency::Monthly => months,
            Frequency::Yearly => months / 12,
        };
        (periods / self.interval - 2).max(0)
    }

    /// The first day of a period; `None` beyond the end of the calendar.
    fn period_start(&self, start: Date, period: i64) -> Option<Date> {
        let ahead = period.checked_mul(self.interval)?;
        let begins = match self.frequency {
            Frequency::Daily => start.checked_add(Span::new().try_days(ahead).ok()?),
            Frequency::Weekly => {
                let back = i64::from(start.weekday().since(self.week_begins));
                let days = ahead.checked_mul(7)?.checked_sub(back)?;
                start.checked_add(Span::new().try_days(days).ok()?)
            }
            Frequency::Monthly => start.first_of_month().checked_add(Span::new().try_months(ahead).ok()?),
            Frequency::Yearly => start.first_of_year().checked_add(Span::new().try_years(ahead).ok()?),
        };
        begins.ok()
    }

    /// An upper bound of the steps that one period takes.
    fn cost(&self, times: usize) -> usize {
        let of_days = self.days.len().max(1);
        let in_month = self.month_days.len().max(1).saturating_mul(of_days);
        let dates = match self.frequency {
            Frequency::Daily => self.month_days.len() + of_days,
            Frequency::Weekly => of_days,
            Frequency::Monthly => in_month,
            Frequency::Yearly if self.selects_by_month() => self.months.len().max(1).saturating_mul(in_month),
            Frequency::Yearly => {
                let lists = self.weeks.len() + self.year_days.len() + self.month_days.len() + of_days;
                lists.saturating_mul(366)
            }
        };
        dates.saturating_mul(times).saturating_add(self.positions.len())
    }

    /// The occurrences of one period, in order.
    fn period(&self, start: DateTime, begins: Date, times: &[Time]) -> Vec<DateTime> {
        let mut dates = match self.frequency {
            Frequency::Daily => vec![begins],
            Frequency::Weekly => self.week(start.date(), begins),
            Frequency::Monthly => self.month(start.date(), begins),
            Frequency::Yearly => self.year(start.date(), begins),
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

    /// Whether a yearly rule selects days within months rather than within the year.
    fn selects_by_month(&self) -> bool {
        let by_year = !self.weeks.is_empty() || !self.year_days.is_empty();
        !by_year && (!self.months.is_empty() || self.days.is_empty())
    }

    /// The dates in a year, in order.
    fn year(&self, start: Date, begins: Date) -> Vec<Date> {
        if !self.selects_by_month() {
            let all = begins.series(1.day()).take_while(|on| on.year() == begins.year());
            return all.filter(|on| self.selects_date_of_year(*on, start)).collect();
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

    /// Whether a rule by week number, day of the year, or weekday of the year selects a date.
    fn selects_date_of_year(&self, on: Date, start: Date) -> bool {
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

    /// Whether the date is one of the rule's weekdays, counted from the given ends of its month or year.
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

    /// The limits that apply to rules of every frequency.
    fn allows(&self, on: Date) -> bool {
        let month = self.months.is_empty() || self.months.contains(&on.month());
        let day = self.frequency != Frequency::Daily || {
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

/// The dates of a weekday in a month: all of them for position 0, otherwise the one at that position.
fn weekdays_of(month: Date, (nth, weekday): (i8, Weekday)) -> Vec<Date> {
    if nth != 0 {
        return month.nth_weekday_of_month(nth, weekday).into_iter().collect();
    }
    (1..=5).filter_map(|nth| month.nth_weekday_of_month(nth, weekday).ok()).collect()
}

/// The number of a date's week, and the number of the last week in the same year. A week belongs to the year
/// that contains most of its days.
fn week_of(on: Date, week_begins: Weekday) -> (i8, i8) {
    let middle = |on: Date| {
        let back = i64::from(on.weekday().since(week_begins));
        on.saturating_add((3 - back).days())
    };
    let number = |on: Date| i8::try_from((middle(on).day_of_year() - 1) / 7 + 1).unwrap_or(i8::MAX);
    // 4 January is always in the first week, so 28 December is always in the last one.
    let last = Date::new(middle(on).year(), 12, 28).map_or(52, number);
    (number(on), last)
}

/// The day or week that a number selects. Negative numbers count from the end; -1 is the last.
fn from_end(day: i8, length: i8) -> i8 {
    if day > 0 { day } else { length.saturating_add(1).saturating_add(day) }
}

fn from_end_of_year(day: i16, length: i16) -> i16 {
    if day > 0 { day } else { length.saturating_add(1).saturating_add(day) }
}
