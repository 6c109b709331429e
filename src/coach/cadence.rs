//! When something comes: the next slot of a cadence, the end of quiet hours, *Later*, and the day of
//! the report, all in the member's zone and across its clock changes. Whether it is then sent is
//! decided in `nudge`. A new rule of time takes its instant as an argument and ends in [`resolve`].

use super::{
    member::{Cadence, Member, QuietHours, Zone},
    month::Month,
    screen::Later,
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::{AmbiguousOffset, TimeZone},
};

/// The instant at which a zone's clock shows a date and a time.
///
/// A time that a clock change skips moves to the next existing minute (the whole of 2011-12-30 in
/// Pacific/Apia moves to 2011-12-31 00:00); one that occurs twice means its first occurrence.
/// Dates past the ends of the calendar mean its ends.
pub fn resolve(date: Date, time: Time, tz: &TimeZone) -> Timestamp {
    let wanted = date.to_datetime(time);
    let end_of_calendar = if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let ambiguous = tz.to_ambiguous_timestamp(wanted);
    let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let Ok(earlier) = ambiguous.earlier() else { return end_of_calendar };
    if !skipped {
        return earlier;
    }
    tz.following(earlier)
        .map(|transition| transition.timestamp())
        .find(|at| tz.to_datetime(*at) >= wanted)
        .unwrap_or(end_of_calendar)
}

/// The first slot strictly after an instant; `None` only at the end of the calendar. Two times of
/// the cadence that a clock change moves to one minute are one slot.
pub fn next_slot(cadence: &Cadence, zone: &Zone, after: Timestamp) -> Option<Timestamp> {
    let tz = zone.time_zone();
    // Eight days reach the same weekday of the next week, whatever the hour.
    let mut date = zone.local(after).date();
    for _ in 0..=8 {
        if cadence.has_day(date.weekday()) {
            let next = cadence.times().iter().map(|time| resolve(date, *time, &tz)).find(|at| *at > after);
            if next.is_some() {
                return next.filter(|at| *at < Timestamp::MAX);
            }
        }
        date = date.tomorrow().ok()?;
    }
    None
}

/// The newest slot at or before an instant; `None` only at the beginning of the calendar.
pub fn newest_slot(cadence: &Cadence, zone: &Zone, until: Timestamp) -> Option<Timestamp> {
    let tz = zone.time_zone();
    // Where the clock was set back over midnight, a slot of tomorrow's date may have passed already.
    let mut date = zone.local(until).date().tomorrow().ok()?;
    for _ in 0..=9 {
        if cadence.has_day(date.weekday()) {
            let newest =
                cadence.times().iter().rev().map(|time| resolve(date, *time, &tz)).find(|at| *at <= until);
            if newest.is_some() {
                return newest.filter(|at| *at > Timestamp::MIN);
            }
        }
        date = date.yesterday().ok()?;
    }
    None
}

/// How many slots a week of this cadence has.
pub fn slots_per_week(cadence: &Cadence) -> u32 {
    let slots = cadence.days().count().saturating_mul(cadence.times().len());
    u32::try_from(slots).unwrap_or(u32::MAX)
}

/// What is left to do about slots that are due, however long nobody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatchUp {
    /// The newest slot that is due: the only one that may be sent.
    pub slot_at: Timestamp,
    /// Slots before it that nobody acted on, as far as two weeks back: they are let go.
    pub passed: u32,
    /// The first slot to come; `None` only at the end of the calendar.
    pub next_at: Option<Timestamp>,
}

/// Settles everything between the slot that was due first and now, so that after downtime one
/// nudge is considered and no more. The cost does not grow with the length of the downtime.
pub fn catch_up(cadence: &Cadence, zone: &Zone, due_at: Timestamp, now: Timestamp) -> CatchUp {
    let next_at = next_slot(cadence, zone, now.max(due_at));
    let slot_at = newest_slot(cadence, zone, now).map_or(due_at, |newest| newest.max(due_at));
    let two_weeks_back = minus(slot_at, SignedDuration::from_hours(14 * 24));
    let mut passed = u32::from(due_at < slot_at && due_at >= two_weeks_back);
    let mut at = due_at.max(two_weeks_back);
    while let Some(slot) = next_slot(cadence, zone, at).filter(|slot| *slot < slot_at) {
        passed = passed.saturating_add(1);
        at = slot;
    }
    CatchUp { slot_at, passed, next_at }
}

/// The first instant from `at` on that is not in the quiet hours: `at` itself when it is not.
pub fn end_of_quiet_hours(quiet: QuietHours, zone: &Zone, at: Timestamp) -> Timestamp {
    let tz = zone.time_zone();
    let mut end = at;
    // A clock change can put the end of one quiet night into the next one; it cannot do so twice.
    for _ in 0..3 {
        let local = zone.local(end);
        if !quiet.contains(local.time()) {
            break;
        }
        let date = if local.time() < quiet.to { local.date() } else { tomorrow(local.date()) };
        let first = resolve(date, quiet.to, &tz);
        let second = tz.to_ambiguous_timestamp(date.to_datetime(quiet.to)).later().unwrap_or(first);
        end = if first > end { first } else { second.max(end) };
    }
    end
}

/// The hour at which LeadLens writes to a member: the first time of the cadence, 09:30 without one.
pub fn nudge_hour(member: &Member) -> Time {
    let cadence = member.cadence.as_ref().and_then(|cadence| cadence.times().first().copied());
    cadence.unwrap_or(Time::constant(9, 30, 0, 0))
}

/// When a nudge comes back for which the member chose *Later*: in an hour; tomorrow, or on the
/// first day of the cadence next week (Monday without one), at the first time of the cadence (the
/// same time of day without one). Moved past days off and quiet hours.
pub fn later_at(choice: Later, member: &Member, now: Timestamp) -> Timestamp {
    let local = member.zone.local(now);
    let time = match &member.cadence {
        Some(_) => nudge_hour(member),
        None => Time::constant(local.hour(), local.minute(), 0, 0),
    };
    let wanted = match choice {
        Later::OneHour => plus(now, SignedDuration::from_hours(1)),
        Later::Tomorrow => resolve(tomorrow(local.date()), time, &member.zone.time_zone()),
        Later::NextWeek => {
            let cadence_day = member.cadence.as_ref().and_then(|cadence| cadence.days().next());
            let day = cadence_day.unwrap_or(Weekday::Monday);
            let next_week = monday_of(local.date()).saturating_add(1.week());
            let date = next_week.saturating_add(i64::from(day.to_monday_zero_offset()).days());
            resolve(date, time, &member.zone.time_zone())
        }
    };
    next_allowed_at(member, wanted)
}

/// The first instant from `at` on that is neither on a day off nor in the quiet hours. A day off
/// moves to the same time of the next day that is none.
pub fn next_allowed_at(member: &Member, at: Timestamp) -> Timestamp {
    let tz = member.zone.time_zone();
    let mut end = end_of_quiet_hours(member.quiet, &member.zone, at);
    // Each round leaves one day off behind; leaving the quiet hours may run into the next one.
    for _ in 0..member.days_off.len() {
        if !member.is_day_off(end) {
            break;
        }
        let local = member.zone.local(end);
        let next = resolve(tomorrow(local.date()), local.time(), &tz);
        end = end_of_quiet_hours(member.quiet, &member.zone, next.max(end));
    }
    end
}

/// When the report that is sent *in* a month is due, which is about the month before: its first
/// Monday-to-Friday day at the nudge hour, past quiet hours.
pub fn report_due_at(member: &Member, month: Month) -> Timestamp {
    let date = working_day_from(month.first_day());
    let at = resolve(date, nudge_hour(member), &member.zone.time_zone());
    end_of_quiet_hours(member.quiet, &member.zone, at)
}

/// The first time strictly after an instant at which a report is due.
pub fn next_report_at(member: &Member, after: Timestamp) -> Timestamp {
    let this_month = Month::containing(member.local_date(after));
    let due = report_due_at(member, this_month);
    if due > after { due } else { report_due_at(member, this_month.next()) }
}

/// The next morning on which something that was held may be tried again: a Monday-to-Friday day
/// from `from_on` on that is no day off, at the nudge hour, past quiet hours, after `now`.
pub fn next_working_morning(member: &Member, from_on: Date, now: Timestamp) -> Timestamp {
    let tz = member.zone.time_zone();
    let mut date = working_day_from(from_on);
    // Every round leaves a day off or a morning of the past behind, and those are at most two.
    for _ in 0..member.days_off.len().saturating_add(3) {
        let at = end_of_quiet_hours(member.quiet, &member.zone, resolve(date, nudge_hour(member), &tz));
        if at > now && !member.is_day_off(at) {
            return at;
        }
        date = working_day_from(tomorrow(date));
    }
    next_allowed_at(member, resolve(date, nudge_hour(member), &tz))
}

/// The Monday of a date's week.
pub fn monday_of(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

/// The date itself, or the Monday after it when it is a Saturday or a Sunday.
fn working_day_from(date: Date) -> Date {
    match date.weekday() {
        Weekday::Saturday => date.saturating_add(2.days()),
        Weekday::Sunday => date.saturating_add(1.day()),
        _ => date,
    }
}

fn tomorrow(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

/// Adds a length of time; the ends of the calendar hold.
pub(super) fn plus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

/// Takes a length of time away; the ends of the calendar hold.
pub(super) fn minus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(at)
}

#[cfg(test)]
mod tests;
