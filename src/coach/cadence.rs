//! Rules of time: the next slot of a cadence, the end of quiet hours, *Later*, and the day of the report, in
//! the member's time zone and across its clock changes. `nudge` decides whether something is sent. Every new
//! rule takes the instant as an argument and ends in [`resolve`].

use super::{
    member::{Cadence, Member, QuietHours, Zone},
    month::Month,
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::{AmbiguousOffset, TimeZone},
};

/// The instant at which the clock of a zone shows a date and a time.
///
/// A time that a clock change skips moves to the next existing minute: the whole of 2011-12-30 in
/// Pacific/Apia moves to 2011-12-31 00:00. Of a time that occurs twice, the first occurrence is meant. Dates
/// beyond the calendar's range give its ends.
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

/// The first slot strictly after an instant. `None` only at the end of the calendar. Two times of the cadence
/// that a clock change moves to the same minute are one slot.
pub fn next_slot(cadence: &Cadence, zone: &Zone, after: Timestamp) -> Option<Timestamp> {
    let tz = zone.time_zone();
    // The slot is at most a week away. Eight days cover it whatever the time of day is now.
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

/// The next slot of a member whose zone has just changed and who was asked `asked` times since midnight there:
/// a journey west does not bring the same day's questions twice.
pub fn next_slot_after_journey(
    cadence: &Cadence,
    zone: &Zone,
    now: Timestamp,
    asked: usize,
) -> Option<Timestamp> {
    let today = zone.local(now).date();
    let tz = zone.time_zone();
    let is_asked = |slot: Timestamp| {
        let so_far = cadence.times().iter().filter(|time| resolve(today, **time, &tz) <= slot).count();
        zone.local(slot).date() == today && so_far <= asked
    };
    let mut at = next_slot(cadence, zone, now)?;
    while is_asked(at) {
        at = next_slot(cadence, zone, at)?;
    }
    Some(at)
}

/// The last slot at or before an instant. `None` only at the beginning of the calendar.
pub fn newest_slot(cadence: &Cadence, zone: &Zone, until: Timestamp) -> Option<Timestamp> {
    let tz = zone.time_zone();
    // If the clock was set back across midnight, a slot of tomorrow's date may already have passed.
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

pub fn slots_per_week(cadence: &Cadence) -> u32 {
    let slots = cadence.days().count().saturating_mul(cadence.times().len());
    u32::try_from(slots).unwrap_or(u32::MAX)
}

/// The slots that are due, after any length of downtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatchUp {
    /// The newest due slot, the only one that may still be sent.
    pub slot_at: Timestamp,
    /// Earlier slots that were missed, at most two weeks back. They are skipped.
    pub passed: u32,
    /// The next slot in the future. `None` only at the end of the calendar.
    pub next_at: Option<Timestamp>,
}

/// Finds the slots between the first one that was due and now, so that after downtime at most one nudge is
/// considered. It looks at most two weeks back, so that its cost does not grow with the downtime.
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

/// The first instant at or after `at` that is not in the quiet hours.
pub fn end_of_quiet_hours(quiet: QuietHours, zone: &Zone, at: Timestamp) -> Timestamp {
    let tz = zone.time_zone();
    let mut end = at;
    // A clock change can move the end of one quiet night into the next one, but not twice.
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

/// The time of day at which LeadLens writes to a member: the first time of the cadence, or 09:30 without one.
pub fn nudge_hour(member: &Member) -> Time {
    let cadence = member.cadence.as_ref().and_then(|cadence| cadence.times().first().copied());
    cadence.unwrap_or(Time::constant(9, 30, 0, 0))
}

/// The three choices of *Later*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// In an hour.
    OneHour,
    /// Tomorrow at the nudge hour.
    Tomorrow,
    /// Next week at the nudge hour.
    NextWeek,
}

/// When a nudge returns for which the member chose *Later*: in an hour, tomorrow, or on the cadence's first
/// day next week (Monday without a cadence). *Tomorrow* and *next week* use the cadence's first time of day,
/// or the current one without a cadence. The result is moved past days off and quiet hours.
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

/// The first instant at or after `at` that is neither on a day off nor in the quiet hours. On a day off it
/// moves to the same time of the next day that is not one.
pub fn next_allowed_at(member: &Member, at: Timestamp) -> Timestamp {
    let tz = member.zone.time_zone();
    let mut end = end_of_quiet_hours(member.quiet, &member.zone, at);
    // Each round leaves one day off; leaving the quiet hours may enter the next day off.
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

/// When the report about the month before `month` is due: at the nudge hour of the first day of `month` that
/// is Monday to Friday, moved past quiet hours.
pub fn report_due_at(member: &Member, month: Month) -> Timestamp {
    let date = working_day_from(month.first_day());
    let at = resolve(date, nudge_hour(member), &member.zone.time_zone());
    end_of_quiet_hours(member.quiet, &member.zone, at)
}

/// The due time of a report that was due at `due_at` before zone, cadence or quiet hours changed: on the
/// day of the same month, also when that has passed.
pub fn moved_report(member: &Member, due_at: Timestamp) -> Timestamp {
    report_due_at(member, Month::containing(member.local_date(due_at)))
}

/// The first due time of a report strictly after an instant.
pub fn next_report_at(member: &Member, after: Timestamp) -> Timestamp {
    let this_month = Month::containing(member.local_date(after));
    let due = report_due_at(member, this_month);
    if due > after { due } else { report_due_at(member, this_month.next()) }
}

/// When something that was held back is tried again: the first Monday-to-Friday day from `from_on` on that is
/// not a day off, at the nudge hour, moved past quiet hours, and after `now`.
pub fn next_working_morning(member: &Member, from_on: Date, now: Timestamp) -> Timestamp {
    let tz = member.zone.time_zone();
    let mut date = working_day_from(from_on);
    // Each round leaves one day off, or one morning that has passed; at most two have.
    for _ in 0..member.days_off.len().saturating_add(3) {
        let at = end_of_quiet_hours(member.quiet, &member.zone, resolve(date, nudge_hour(member), &tz));
        if at > now && !member.is_day_off(at) {
            return at;
        }
        date = working_day_from(tomorrow(date));
    }
    next_allowed_at(member, resolve(date, nudge_hour(member), &tz))
}

pub fn monday_of(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

/// The date itself, or the following Monday for a Saturday or Sunday.
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

/// Addition that stops at the ends of the calendar.
pub(super) fn plus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

/// Subtraction that stops at the ends of the calendar.
pub(super) fn minus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(at)
}

#[cfg(test)]
mod tests;
