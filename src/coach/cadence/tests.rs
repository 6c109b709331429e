//! When something comes, around the real clock changes of five zones.

use super::*;
use crate::coach::sample::{ZONES, at, cadence, daily, local, mira, quiet, zone};
use Weekday::*;
use jiff::civil::{date, time};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn a_skipped_time_moves_to_the_next_minute_and_a_doubled_one_means_the_first() {
    let table = [
        // zone, date, time, instant
        ("Europe/Berlin", (2026, 3, 29), (1, 59), "2026-03-29T00:59:00Z"),
        ("Europe/Berlin", (2026, 3, 29), (2, 0), "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", (2026, 3, 29), (2, 30), "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", (2026, 3, 29), (3, 0), "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", (2026, 10, 25), (2, 30), "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", (2026, 10, 25), (3, 0), "2026-10-25T02:00:00Z"),
        ("America/New_York", (2026, 3, 8), (2, 30), "2026-03-08T07:00:00Z"),
        ("America/New_York", (2026, 11, 1), (1, 30), "2026-11-01T05:30:00Z"),
        ("America/New_York", (2026, 11, 1), (2, 0), "2026-11-01T07:00:00Z"),
        ("Australia/Lord_Howe", (2026, 10, 4), (2, 15), "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", (2026, 10, 4), (2, 30), "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", (2026, 4, 5), (1, 45), "2026-04-04T14:45:00Z"),
        ("Australia/Lord_Howe", (2026, 4, 5), (2, 0), "2026-04-04T15:30:00Z"),
        ("Asia/Kolkata", (2026, 3, 29), (2, 30), "2026-03-28T21:00:00Z"),
        ("Pacific/Apia", (2011, 12, 29), (9, 30), "2011-12-29T19:30:00Z"),
        ("Pacific/Apia", (2011, 12, 30), (0, 0), "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", (2011, 12, 30), (9, 30), "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", (2011, 12, 31), (0, 0), "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", (2011, 12, 31), (9, 30), "2011-12-30T19:30:00Z"),
    ];
    for (name, (year, month, day), (hour, minute), instant) in table {
        let resolved = resolve(date(year, month, day), time(hour, minute, 0, 0), &zone(name).time_zone());
        assert_eq!(resolved, at(instant), "{name} {year}-{month}-{day} {hour}:{minute}");
    }
}

#[test]
fn the_ends_of_the_calendar_hold() {
    for name in ZONES {
        let tz = zone(name).time_zone();
        assert!(resolve(Date::MAX, Time::MAX, &tz) > at("9999-12-29T00:00:00Z"));
        assert!(resolve(Date::MIN, Time::MIN, &tz) < at("-009999-01-04T00:00:00Z"));
        let weekdays = Cadence::weekdays_at_half_past_nine();
        assert_eq!(next_slot(&weekdays, &zone(name), Timestamp::MAX), None);
        assert_eq!(newest_slot(&weekdays, &zone(name), Timestamp::MIN), None);
        for edge in [Timestamp::MIN, Timestamp::MAX] {
            end_of_quiet_hours(QuietHours::default(), &zone(name), edge);
            next_report_at(&mira(), edge);
            catch_up(&weekdays, &zone(name), Timestamp::MIN, edge);
            for choice in [Later::OneHour, Later::Tomorrow, Later::NextWeek] {
                later_at(choice, &mira(), edge);
            }
        }
    }
}

/// The local times of the next slots, one after the other.
fn slots(cadence: &Cadence, name: &str, after: &str, number: usize) -> Vec<String> {
    let zone = zone(name);
    let mut at_ = at(after);
    (0..number)
        .map(|_| {
            at_ = next_slot(cadence, &zone, at_).unwrap();
            local(&zone, at_)
        })
        .collect()
}

#[test]
fn slots_keep_their_local_time_over_weekends_and_clock_changes() {
    let weekdays = Cadence::weekdays_at_half_past_nine();
    assert_eq!(
        slots(&weekdays, "Europe/Berlin", "2026-10-23T07:29:59Z", 3),
        ["2026-10-23T09:30:00", "2026-10-26T09:30:00", "2026-10-27T09:30:00"]
    );
    let monday = next_slot(&weekdays, &zone("Europe/Berlin"), at("2026-10-23T07:30:00Z"));
    assert_eq!(monday, Some(at("2026-10-26T08:30:00Z")), "strictly after, and an hour later in UTC");
    assert_eq!(
        slots(&weekdays, "America/New_York", "2026-03-06T14:30:00Z", 2),
        ["2026-03-09T09:30:00", "2026-03-10T09:30:00"]
    );
    assert_eq!(
        slots(&weekdays, "Asia/Kolkata", "2026-03-27T04:00:00Z", 2),
        ["2026-03-30T09:30:00", "2026-03-31T09:30:00"]
    );
    assert_eq!(
        slots(&cadence(&[Sunday], &[(2, 30)]), "Europe/Berlin", "2026-03-22T12:00:00Z", 2),
        ["2026-03-29T03:00:00", "2026-04-05T02:30:00"]
    );
    assert_eq!(
        slots(&cadence(&[Sunday], &[(2, 10)]), "Australia/Lord_Howe", "2026-09-28T00:00:00Z", 2),
        ["2026-10-04T02:30:00", "2026-10-11T02:10:00"]
    );
    assert_eq!(
        slots(&cadence(&[Friday], &[(9, 30)]), "Pacific/Apia", "2011-12-24T12:00:00Z", 2),
        ["2011-12-31T00:00:00", "2012-01-06T09:30:00"],
        "the Friday that Samoa skipped"
    );
}

#[test]
fn a_doubled_hour_fires_once() {
    let sundays = cadence(&[Sunday], &[(1, 45)]);
    for (name, first, next) in [
        ("America/New_York", "2026-11-01T05:45:00Z", "2026-11-08T06:45:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-11T15:15:00Z"),
    ] {
        let zone = zone(name);
        let day_before = minus(at(first), SignedDuration::from_hours(24));
        assert_eq!(next_slot(&sundays, &zone, day_before), Some(at(first)), "{name}");
        assert_eq!(next_slot(&sundays, &zone, at(first)), Some(at(next)), "{name}");
        let in_second_occurrence = plus(at(first), SignedDuration::from_mins(40));
        assert_eq!(newest_slot(&sundays, &zone, in_second_occurrence), Some(at(first)), "{name}");
    }
}

#[test]
fn a_midnight_that_comes_twice_fires_once() {
    // Newfoundland set its clocks back at 00:01, to 23:01 of the day before.
    let (sundays, zone) = (cadence(&[Sunday], &[(0, 0)]), zone("America/St_Johns"));
    let first = at("2010-11-07T02:30:00Z");
    let saturday_again = at("2010-11-07T03:00:00Z");
    assert_eq!(local(&zone, saturday_again), "2010-11-06T23:30:00");
    assert_eq!(next_slot(&sundays, &zone, at("2010-11-06T12:00:00Z")), Some(first));
    assert_eq!(newest_slot(&sundays, &zone, saturday_again), Some(first));
    assert_eq!(next_slot(&sundays, &zone, saturday_again), Some(at("2010-11-14T03:30:00Z")));
}

#[test]
fn times_that_fall_into_one_gap_are_one_slot() {
    let three = cadence(&[Sunday], &[(2, 10), (2, 50), (3, 0)]);
    assert_eq!(
        slots(&three, "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
        ["2026-03-29T03:00:00", "2026-04-05T02:10:00"]
    );
}

#[test]
fn a_year_of_weekdays_has_as_many_slots_as_the_calendar_has_weekdays() {
    for name in ZONES {
        let zone = zone(name);
        let tz = zone.time_zone();
        let mut at = minus(resolve(date(2026, 1, 1), Time::midnight(), &tz), SignedDuration::from_secs(1));
        let end = resolve(date(2027, 1, 1), Time::midnight(), &tz);
        let mut number = 0;
        while let Some(next) =
            next_slot(&Cadence::weekdays_at_half_past_nine(), &zone, at).filter(|s| *s < end)
        {
            (number, at) = (number + 1, next);
        }
        assert_eq!(number, 261, "{name}: 52 weeks and a Thursday");
    }
}

#[test]
fn quiet_hours_end_when_the_clock_says_so() {
    let night = quiet((19, 0), (8, 0));
    let table = [
        (night, "Europe/Berlin", "2026-10-23T16:59:00Z", "2026-10-23T18:59:00"),
        (night, "Europe/Berlin", "2026-10-23T17:00:00Z", "2026-10-24T08:00:00"),
        (night, "Europe/Berlin", "2026-10-24T22:30:00Z", "2026-10-25T08:00:00"),
        (night, "Europe/Berlin", "2026-10-25T06:59:00Z", "2026-10-25T08:00:00"),
        (quiet((22, 0), (2, 30)), "Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T03:00:00"),
        (quiet((22, 0), (2, 30)), "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-25T02:30:00"),
        (quiet((12, 0), (13, 0)), "Asia/Kolkata", "2026-10-23T06:45:00Z", "2026-10-23T13:00:00"),
        (quiet((9, 0), (9, 0)), "Asia/Kolkata", "2026-10-23T03:30:00Z", "2026-10-23T09:00:00"),
        (quiet((22, 0), (2, 10)), "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-04T02:30:00"),
        (night, "Pacific/Apia", "2011-12-30T06:00:00Z", "2011-12-31T08:00:00"),
    ];
    for (quiet, name, from, ends) in table {
        let zone = zone(name);
        assert_eq!(local(&zone, end_of_quiet_hours(quiet, &zone, at(from))), ends, "{name} {from}");
    }
    // The second 02:10 of the night is quiet until the second 02:30.
    let second =
        end_of_quiet_hours(quiet((22, 0), (2, 30)), &zone("Europe/Berlin"), at("2026-10-25T01:10:00Z"));
    assert_eq!(second, at("2026-10-25T01:30:00Z"));
}

#[test]
fn later_keeps_the_nudge_hour_and_the_quiet_hours() {
    let mira = mira();
    let mut no_cadence = mira.clone();
    no_cadence.cadence = None;
    let mut tuesdays = mira.clone();
    tuesdays.cadence = Some(cadence(&[Tuesday, Thursday], &[(10, 15), (16, 0)]));
    let mut saturday_off = mira.clone();
    saturday_off.days_off = vec![date(2026, 10, 24), date(2026, 10, 25)];
    let mut night_owl = mira.clone();
    night_owl.cadence = Some(daily(&[(2, 30)]));
    night_owl.quiet = quiet((0, 0), (0, 0));
    // A Friday, 10:00 in Berlin; the clock changes on the Sunday after it.
    let friday = "2026-10-23T08:00:42Z";
    let evening = "2026-10-23T16:30:00Z";
    let table = [
        (&mira, Later::OneHour, friday, "2026-10-23T11:00:42"),
        (&mira, Later::OneHour, evening, "2026-10-24T08:00:00"),
        (&mira, Later::Tomorrow, friday, "2026-10-24T09:30:00"),
        (&mira, Later::NextWeek, friday, "2026-10-26T09:30:00"),
        (&mira, Later::NextWeek, "2026-10-19T06:00:00Z", "2026-10-26T09:30:00"),
        (&mira, Later::NextWeek, "2026-10-25T12:00:00Z", "2026-10-26T09:30:00"),
        (&no_cadence, Later::Tomorrow, friday, "2026-10-24T10:00:00"),
        (&no_cadence, Later::Tomorrow, "2026-10-23T20:00:00Z", "2026-10-25T08:00:00"),
        (&no_cadence, Later::NextWeek, friday, "2026-10-26T10:00:00"),
        (&tuesdays, Later::Tomorrow, friday, "2026-10-24T10:15:00"),
        (&tuesdays, Later::NextWeek, friday, "2026-10-27T10:15:00"),
        (&saturday_off, Later::Tomorrow, friday, "2026-10-26T09:30:00"),
        (&saturday_off, Later::OneHour, evening, "2026-10-26T08:00:00"),
        (&night_owl, Later::Tomorrow, "2026-03-28T12:00:00Z", "2026-03-29T03:00:00"),
    ];
    for (member, choice, now, comes) in table {
        let back_at = later_at(choice, member, at(now));
        assert_eq!(local(&member.zone, back_at), comes, "{choice:?} at {now}");
    }
}

#[test]
fn a_report_comes_on_the_first_working_day_at_the_nudge_hour() {
    let mira = mira();
    let mut no_cadence = mira.clone();
    no_cadence.cadence = None;
    let mut late_riser = mira.clone();
    late_riser.quiet = quiet((20, 0), (10, 0));
    let mut afternoons = mira.clone();
    afternoons.cadence = Some(cadence(&[Sunday], &[(15, 45), (17, 0)]));
    let table = [
        (&mira, "2026-10", "2026-10-01T09:30:00"),
        (&mira, "2026-11", "2026-11-02T09:30:00"),
        (&mira, "2026-08", "2026-08-03T09:30:00"),
        (&no_cadence, "2027-01", "2027-01-01T09:30:00"),
        (&late_riser, "2026-10", "2026-10-01T10:00:00"),
        (&afternoons, "2026-10", "2026-10-01T15:45:00"),
    ];
    for (member, month, due) in table {
        let due_at = report_due_at(member, month.parse().unwrap());
        assert_eq!(local(&member.zone, due_at), due, "{month}");
        assert_eq!(next_report_at(member, minus(due_at, SignedDuration::from_secs(1))), due_at);
        assert_eq!(moved_report(member, due_at), due_at);
        assert!(next_report_at(member, due_at) > plus(due_at, SignedDuration::from_hours(26 * 24)));
    }
}

fn any_cadence() -> impl Strategy<Value = Cadence> {
    let days = prop::collection::vec(1_i8..=7, 1..=7);
    let times = prop::collection::vec((0_i8..24, 0_i8..60), 1..=3);
    (days, times).prop_map(|(days, times)| {
        let days: Vec<Weekday> =
            days.into_iter().map(|day| Weekday::from_monday_one_offset(day).unwrap()).collect();
        cadence(&days, &times)
    })
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(&ZONES[..]).prop_map(zone)
}

/// Milliseconds from 2011-12-20 to 2027, with Samoa's lost day and many clock changes; half of them
/// near one.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    let changes = [
        "2011-12-30T10:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-03-08T07:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-10-03T15:30:00Z",
        "2026-04-04T15:00:00Z",
    ];
    let near = (prop::sample::select(changes.to_vec()), -172_800_i64..172_800)
        .prop_map(|(change, seconds)| plus(at(change), SignedDuration::from_secs(seconds)));
    let anywhere =
        (1_324_339_200_000_i64..1_798_761_600_000).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap());
    prop_oneof![near, anywhere]
}

/// Whether a slot shows one of the cadence's days and times, or is at the end of a gap.
fn is_wanted(cadence: &Cadence, zone: &Zone, slot: Timestamp) -> bool {
    let shown = zone.local(slot);
    let plain = cadence.has_day(shown.date().weekday()) && cadence.times().contains(&shown.time());
    let before = zone.local(minus(slot, SignedDuration::from_secs(1)));
    let jumped = shown.duration_since(before) > SignedDuration::from_secs(1);
    plain || jumped
}

proptest! {
    #[test]
    fn slots_only_move_forward_and_show_the_wanted_time(
        cadence in any_cadence(), zone in any_zone(), after in any_instant()
    ) {
        let mut at = after;
        for _ in 0..30 {
            let next = next_slot(&cadence, &zone, at).unwrap();
            prop_assert!(next > at);
            prop_assert!(next.duration_since(at) <= SignedDuration::from_hours(8 * 24 + 24));
            prop_assert!(is_wanted(&cadence, &zone, next), "{}", zone.local(next));
            prop_assert_eq!(newest_slot(&cadence, &zone, next), Some(next));
            prop_assert_eq!(next_slot(&cadence, &zone, minus(next, SignedDuration::from_nanos(1))), Some(next));
            at = next;
        }
    }

    #[test]
    fn a_year_has_every_slot_of_the_calendar_and_no_other(cadence in any_cadence(), zone in any_zone(), year in 2011_i16..2028) {
        let tz = zone.time_zone();
        let (first, last) = (date(year, 1, 1), date(year, 12, 31));
        let mut expected = BTreeSet::new();
        let mut day = first;
        while day <= last {
            if cadence.has_day(day.weekday()) {
                expected.extend(cadence.times().iter().map(|time| resolve(day, *time, &tz)));
            }
            day = day.tomorrow().unwrap();
        }
        let mut found = BTreeSet::new();
        let mut at = minus(resolve(first, Time::midnight(), &tz), SignedDuration::from_secs(1));
        let end = resolve(date(year + 1, 1, 1), Time::midnight(), &tz);
        while let Some(next) = next_slot(&cadence, &zone, at).filter(|slot| *slot < end) {
            found.insert(next);
            at = next;
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn after_any_downtime_one_slot_is_left_and_it_is_the_newest(
        cadence in any_cadence(), zone in any_zone(), start in any_instant(), down_s in 0_i64..40_000_000
    ) {
        let due_at = next_slot(&cadence, &zone, start).unwrap();
        let now = plus(due_at, SignedDuration::from_secs(down_s));
        let left = catch_up(&cadence, &zone, due_at, now);
        prop_assert!(due_at <= left.slot_at && left.slot_at <= now);
        prop_assert_eq!(left.next_at, next_slot(&cadence, &zone, left.slot_at));
        prop_assert!(left.next_at.unwrap() > now);
        prop_assert!(left.passed <= 2 * slots_per_week(&cadence) + 3);
        if down_s < 13 * 86_400 {
            let mut number = 0;
            let mut at = due_at;
            while at < left.slot_at {
                at = next_slot(&cadence, &zone, at).unwrap();
                number += 1;
            }
            prop_assert_eq!(left.passed, number);
        }
    }

    #[test]
    fn quiet_hours_always_end_and_never_in_quiet(
        from in (0_i8..24, 0_i8..60), to in (0_i8..24, 0_i8..60), zone in any_zone(), now in any_instant()
    ) {
        let quiet = quiet(from, to);
        let end = end_of_quiet_hours(quiet, &zone, now);
        prop_assert!(end >= now);
        prop_assert!(!quiet.contains(zone.local(end).time()));
        prop_assert!(end.duration_since(now) <= SignedDuration::from_hours(49));
        prop_assert_eq!(end == now, !quiet.contains(zone.local(now).time()));
    }

    #[test]
    fn later_lies_ahead_and_outside_quiet_hours(
        cadence in prop::option::of(any_cadence()), zone in any_zone(), now in any_instant(),
        from in (0_i8..24, 0_i8..60), to in (0_i8..24, 0_i8..60)
    ) {
        let mut member = mira();
        (member.cadence, member.zone, member.quiet) = (cadence, zone, quiet(from, to));
        for choice in [Later::OneHour, Later::Tomorrow, Later::NextWeek] {
            let back_at = later_at(choice, &member, now);
            prop_assert!(back_at > now, "{choice:?}");
            prop_assert!(!member.quiet.contains(member.zone.local(back_at).time()));
        }
    }
}
