//! Time: downtime, hours that a clock change skips or repeats, zones that are not whole hours. The rules
//! themselves have their tables in `coach::cadence`; here they pass through the worker.

use crate::{
    setting::{Setting, over_both_transports},
    world::{Transport, World},
};
use jiff::SignedDuration;

#[tokio::test]
async fn after_downtime_one_question_comes_and_none_older_than_four_hours() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.bot().stops().await;
        world.clock_jumps_to("2026-10-05 13:29"); // three slots have passed, today's within four hours
        world.bot().starts().await;
        world.settle().await;
        ana.sees("[Reflect]");
        world.clock_to("2026-10-05 23:00").await;
        ana.sees_nothing_new();
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        world.bot().stops().await;
        world.clock_jumps_to("2026-10-07 13:31"); // just over four hours
        world.bot().starts().await;
        world.settle().await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-08 09:30").await;
        ana.sees("[Reflect]");
        world.clock_to("2026-10-08 23:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn a_question_that_was_planned_when_the_machine_went_down_is_let_go_when_it_is_late() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("In an hour").await;
        ana.sees("Later: Thu 1 Oct, 10:30.");
        world.bot().stops().await;
        world.clock_jumps_to("2026-10-01 18:00");
        world.bot().starts().await;
        world.settle().await;
        world.clock_to("2026-10-02 09:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

/// A member's questions at a time of every day, as instants, from the schedule on until a local time.
async fn questions(world: &World, time: &'static str, until: &str) -> Vec<String> {
    let ana = world.ana().who_is_known().await;
    ana.types("/leadlens schedule").await;
    ana.sees_form("Schedule");
    ana.fills([
        ("days", "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
        ("first-time", time),
        ("quiet-from", "12:00"),
        ("quiet-to", "12:00"),
    ]);
    ana.submits().await;
    ana.sees_form("LeadLens");
    ana.closes_form();
    let until = world.at(until);
    let mut came = Vec::new();
    while world.now() < until {
        world.clock_to_instant((world.now() + SignedDuration::from_hours(6)).min(until)).await;
        for question in ana.client().from_bot().into_iter().skip(1 + came.len()) {
            let seconds = question.ts.split('.').next().expect("seconds").parse().expect("a number");
            came.push(jiff::Timestamp::from_second(seconds).expect("an instant").to_string());
            // A member who answers is asked every day.
            ana.taps_on(&question, "Skip").await;
            ana.sees("Skipped.");
        }
    }
    came
}

/// Where, since when, at what time of day, until when; and when the questions come in UTC.
type Change = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const CHANGES: [Change; 9] = [
    (
        "Europe/Berlin",
        "2026-03-27 12:00",
        "02:30", // skipped on the 29th: the next minute that exists is three o'clock
        "2026-03-30 12:00",
        &["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
    ),
    (
        "Europe/Berlin",
        "2026-10-24 12:00",
        "02:30", // comes twice on the 25th
        "2026-10-26 12:00",
        &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    ),
    (
        "America/New_York",
        "2026-03-07 12:00",
        "02:15",
        "2026-03-09 12:00",
        &["2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z"],
    ),
    (
        "America/New_York",
        "2026-10-31 12:00",
        "01:30",
        "2026-11-02 12:00",
        &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
    ),
    (
        "Australia/Lord_Howe", // half an hour
        "2026-10-03 12:00",
        "02:10",
        "2026-10-05 12:00",
        &["2026-10-03T15:30:00Z", "2026-10-04T15:10:00Z"],
    ),
    (
        "Australia/Lord_Howe",
        "2026-04-04 12:00",
        "01:45",
        "2026-04-06 12:00",
        &["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"],
    ),
    (
        "Asia/Kolkata",
        "2026-03-28 12:00",
        "09:30",
        "2026-03-30 12:00",
        &["2026-03-29T04:00:00Z", "2026-03-30T04:00:00Z"],
    ),
    (
        "Pacific/Apia", // 30 December 2011 never was: the next minute that exists is the 31st's first
        "2011-12-28 12:00",
        "09:30",
        "2011-12-31 12:00",
        &["2011-12-29T19:30:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:30:00Z"],
    ),
    (
        "Pacific/Apia",
        "2026-10-01 12:00",
        "09:30",
        "2026-10-03 12:00",
        &["2026-10-01T20:30:00Z", "2026-10-02T20:30:00Z"],
    ),
];

#[tokio::test]
async fn a_skipped_minute_moves_and_a_repeated_one_fires_once() {
    for (zone, since, time, until, expected) in CHANGES {
        Setting::at(since)
            .in_zone(zone)
            .over(Transport::Http, async |world| {
                assert_eq!(questions(world, time, until).await, expected, "{zone} {time} since {since}");
            })
            .await;
    }
}
