//! The schedule: what it opens with, what it refuses, when it begins; the pause.

use crate::setting::over_both_transports;

#[tokio::test]
async fn it_opens_with_weekdays_at_half_past_nine_in_slacks_zone() {
    over_both_transports(async |world| {
        let mia = world.mia().who_is_known().await;
        mia.types("/leadlens schedule").await;
        let form = mia.sees_form("Schedule");
        assert!(form.contains("No questions come yet. They begin when you press Save."), "{form}");
        assert!(form.contains("  Monday, Tuesday, Wednesday, Thursday, Friday\n"), "{form}");
        assert!(form.contains("Time\n  09:30\n"), "{form}");
        assert!(form.contains("Time zone (optional)\n  America/New_York\n"), "{form}");
        assert!(form.contains("Quiet from\n  19:00\nQuiet until\n  08:00\n"), "{form}");
        mia.submits().await;
        let kept = mia.sees_form("LeadLens");
        assert!(
            kept.contains("The next question comes on Thu 1 Oct, 09:30. Zone: America/New_York."),
            "{kept}"
        );
        mia.closes_form();
        mia.types("/leadlens schedule").await;
        assert!(!mia.sees_form("Schedule").contains("No questions come yet"));
        mia.closes_form();
        world.clock_to("2026-10-01 15:30").await; // half past nine in New York
        mia.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_is_lost() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens schedule").await;
        ana.sees_form("Schedule");
        ana.fills([
            ("zone", "Middle/Earth"),
            ("first-time", "20:15"),
            ("second-time", "10:00"),
            ("days-off", "2026-02-30"),
            ("pause-until", "2026-10-01"),
        ]);
        ana.submits().await;
        let form = ana.sees_form("Schedule");
        for error in [
            "! There is no time zone of that name. An example: Europe/Berlin",
            "! This lies in your quiet hours, 19:00 to 08:00: no question would ever come.",
            "! Write each date as year, month and day, for example 2026-10-02",
            "! A pause ends on a day to come. Choose tomorrow or later.",
        ] {
            assert!(form.contains(error), "{error}\n{form}");
        }
        assert!(form.contains("Middle/Earth"), "what was typed stays: {form}");
        ana.fills([
            ("zone", "asia/kolkata"),
            ("first-time", "12:15"),
            ("second-time", "12:15"), // the same time twice is one time
            ("days-off", "2026-10-05 2026-10-02"),
            ("pause-until", ""),
            ("days", "Thursday, Friday, Monday"),
        ]);
        ana.submits().await;
        let kept = ana.sees_form("LeadLens");
        assert!(kept.contains("The next question comes on Thu 1 Oct, 12:15. Zone: Asia/Kolkata."), "{kept}");
        ana.closes_form();
        world.clock_to("2026-10-01 08:44").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 08:45").await; // a quarter past twelve in Kolkata
        ana.sees("[Reflect]");
        world.clock_to("2026-10-07 08:45").await; // Friday and Monday are days off
        ana.sees_nothing_new();
        world.clock_to("2026-10-08 08:45").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn no_day_is_no_cadence() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens schedule").await;
        ana.sees_form("Schedule");
        ana.fills([("days", "")]);
        let refused = ana.client().in_modal().submits().await;
        assert!(refused.is_err(), "Slack's client does not submit a required input that is empty");
        ana.sees_form("Schedule");
        ana.closes_form();
        world.clock_to("2026-10-02 12:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn three_times_a_day_are_three_questions() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens schedule").await;
        ana.sees_form("Schedule");
        ana.fills([("first-time", "16:00"), ("second-time", "09:00"), ("third-time", "12:00")]);
        ana.submits().await;
        assert!(ana.sees_form("LeadLens").contains("Thu 1 Oct, 09:00"), "in the order of the day");
        ana.closes_form();
        for hour in ["09:00", "12:00", "16:00"] {
            world.clock_to(&format!("2026-10-01 {hour}")).await;
            let nudge = ana.sees("[Reflect]");
            ana.taps_on(&nudge, "Skip").await;
            ana.sees("Skipped.");
        }
        world.clock_to("2026-10-02 08:59").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn the_zone_follows_slack_until_the_member_sets_one() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().admin().set_zone("U0ANA", "America/New_York").await;
        world.clock_to("2026-10-01 15:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 15:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        ana.types("/leadlens schedule").await;
        assert!(ana.sees_form("Schedule").contains("America/New_York"));
        ana.fills([("zone", "Europe/Berlin")]);
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        world.slack().admin().set_zone("U0ANA", "Asia/Kolkata").await;
        world.clock_to("2026-10-02 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_zone_that_is_cleared_follows_slack_again() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        ana.types("/leadlens schedule").await;
        ana.sees_form("Schedule");
        ana.fills([("zone", "Asia/Kolkata")]);
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.types("/leadlens schedule").await;
        assert!(ana.sees_form("Schedule").contains("Asia/Kolkata"));
        ana.fills([("zone", "")]);
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.types("/leadlens schedule").await;
        assert!(ana.sees_form("Schedule").contains("Europe/Berlin"));
    })
    .await;
}

#[tokio::test]
async fn a_zone_that_is_saved_as_it_was_shown_still_follows_slack() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        ana.types("/leadlens schedule").await;
        assert!(ana.sees_form("Schedule").contains("Europe/Berlin"));
        // She flies while the form is open.
        world.slack().admin().set_zone("U0ANA", "America/New_York").await;
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        world.slack().admin().set_zone("U0ANA", "Asia/Kolkata").await;
        ana.types("/leadlens schedule").await;
        assert!(ana.sees_form("Schedule").contains("Asia/Kolkata"));
    })
    .await;
}

#[tokio::test]
async fn a_pause_holds_until_its_day_or_until_resumed() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        ana.types("/leadlens pause").await;
        ana.sees_form("Pause");
        ana.fills([("pause-until", "2026-10-01")]);
        ana.submits().await;
        assert!(ana.sees_form("Pause").contains("! A pause ends on a day to come."));
        ana.fills([("pause-until", "2026-10-05")]);
        ana.submits().await;
        assert!(ana.sees_form("LeadLens").contains("Nothing comes by itself before Mon 5 Oct 2026."));
        ana.closes_form();
        assert!(ana.home().contains("Paused until Mon 5 Oct 2026."));
        world.clock_to("2026-10-05 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-05 09:30").await;
        ana.sees("[Reflect]");
        ana.types("/leadlens pause").await;
        ana.sees_form("Pause");
        ana.submits().await;
        assert!(ana.sees_form("LeadLens").contains("Paused. Nothing comes by itself until you resume."));
        ana.closes_form();
        world.clock_to("2026-10-20 09:00").await;
        ana.sees_nothing_new();
        ana.opens_home().await;
        ana.taps_home("Resume").await;
        assert!(ana.sees_form("LeadLens").contains("The next question comes on Tue 20 Oct, 09:30."));
        ana.closes_form();
        world.clock_to("2026-10-20 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}
