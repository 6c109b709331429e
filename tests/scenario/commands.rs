//! Every command and the shortcut: what it answers, where, and what it says to what it does not know.

use crate::{setting::over_both_transports, world::ANA};
use leadlens_sandbox::transcript;

#[tokio::test]
async fn nothing_help_and_nonsense_show_the_short_usage() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for typed in ["/leadlens", "/leadlens help", "/leadlens HELP ", "/leadlens \u{200b}", "/leadlens ?"] {
            ana.types(typed).await;
            let usage = transcript::message(&ana.sees("/leadlens checkin: think one thing through"));
            assert!(usage.contains("[Check in] [A question now] [Set a cadence] [History]"), "{usage}");
            assert!(!usage.contains("I don't know"), "{typed}: {usage}");
        }
        for (typed, says) in [
            ("/leadlens chekin", "Did you mean /leadlens checkin?"),
            ("/leadlens schedul", "Did you mean /leadlens schedule?"),
            ("/leadlens rapport", "Did you mean /leadlens report?"),
            ("/leadlens make me a sandwich", "I don't know that command.\n[Show the list]"),
            ("/leadlens '; DROP TABLE member; --", "I don't know that command.\n"),
            ("/leadlens <!channel> & <@U0RAJ>", "I don't know that command.\n"),
            ("/leadlens 出張", "I don't know that command.\n"),
        ] {
            ana.types(typed).await;
            let usage = ana.sees(says);
            let shown = transcript::message(&usage);
            assert!(!shown.contains("sandwich") && !shown.contains("<@"), "nothing typed is echoed: {shown}");
            assert!(!shown.contains("think one thing through"), "one sentence and one button: {shown}");
        }
        let three_thousand = format!("/leadlens {}", "x".repeat(3_000));
        ana.types(&three_thousand).await;
        ana.sees("I don't know that command.");
    })
    .await;
}

#[tokio::test]
async fn every_command_answers_with_its_screen() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for (typed, title) in [
            ("/leadlens checkin", "Check in"),
            ("/leadlens check in", "Check in"),
            ("/leadlens Check-In", "Check in"),
            ("/leadlens schedule", "Schedule"),
            ("/leadlens pause", "Pause"),
            ("/leadlens history", "History"),
            ("/leadlens forget", "Erase everything"),
        ] {
            ana.types(typed).await;
            ana.sees_form(title);
            ana.sees_nothing_new();
            ana.closes_form();
        }
        ana.types("/leadlens resume").await;
        ana.sees("Nothing is paused.");
        ana.types("/leadlens pause 2026-10-19").await;
        ana.sees("Paused. Nothing comes by itself before Mon 19 Oct 2026.");
        ana.types("/leadlens resume").await;
        ana.sees("Resumed. No question is planned");
        ana.types("/leadlens nudge").await;
        ana.sees("A question is on its way");
        ana.sees("[Reflect]");
        ana.types("/leadlens nudge").await;
        ana.sees("A question is still open in our direct message");
        ana.types("/leadlens report").await;
        ana.sees("Your hat balance for October 2026 is on its way");
        ana.sees("October 2026");
        ana.types("/leadlens export").await;
        ana.sees("Your export is on its way");
        ana.sees("Here is everything LeadLens keeps about you");
    })
    .await;
}

#[tokio::test]
async fn a_month_or_a_date_that_does_not_exist_is_answered_with_an_example() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for month in ["2026-13", "2026-00", "2026-11", "9999-12", "next month", "2026-10-01", "26-10", "-1"] {
            ana.types(&format!("/leadlens report {month}")).await;
            ana.sees("for example /leadlens report last month or /leadlens report 2026-10");
        }
        for date in ["2026-02-30", "2026-10-01", "2020-01-01", "yesterday", "19.10.2025", "2026-10-19 noon"] {
            ana.types(&format!("/leadlens pause {date}")).await;
            ana.sees("for example /leadlens pause until monday or /leadlens pause 2026-12-24");
        }
        ana.sees_nothing_new();
        ana.types("/leadlens resume").await;
        ana.sees("Nothing is paused.");
    })
    .await;
}

#[tokio::test]
async fn a_pause_ends_on_the_day_that_was_meant() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await; // Thursday, 1 October 2026
        for (typed, until) in [
            ("friday", "Fri 2 Oct 2026"),
            ("until monday", "Mon 5 Oct 2026"),
            ("2 weeks", "Thu 15 Oct 2026"),
            ("for the rest of the month", "Sun 1 Nov 2026"),
        ] {
            ana.types(&format!("/leadlens pause {typed}")).await;
            ana.sees(&format!("Paused. Nothing comes by itself before {until}."));
        }
        ana.types("/leadlens pause for the holidays").await;
        ana.sees_form("Pause");
        ana.closes_form();
        ana.types("/leadlens pause until next friday").await;
        let asked = ana.sees("Which day do you mean: Fri 2 Oct 2026 or Fri 9 Oct 2026?");
        ana.taps_on(&asked, "Until Fri 9 Oct 2026").await;
        ana.sees("Paused. Nothing comes by itself before Fri 9 Oct 2026.");
        world.clock_to("2026-10-12 12:00").await;
        ana.taps_on(&asked, "Until Fri 2 Oct 2026").await;
        ana.sees("[Reflect]");
        ana.sees("[Reflect]");
        ana.sees("I can pause until a day that is still to come");
    })
    .await;
}

#[tokio::test]
async fn a_report_is_on_the_month_that_was_meant() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens report last month").await;
        ana.sees("There is no report on September 2026: your first entry is later.");
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Ask them first."), ("hat", "Leader: what and why")]);
        ana.submits().await;
        ana.stops_here();
        ana.types("/leadlens report").await; // the first of October, and nothing is from September
        ana.sees("Your hat balance for October 2026 is on its way");
        ana.sees("OCTOBER 2026");
        world.clock_jumps_to("2026-11-05 12:00");
        world.settle().await;
        ana.sees("OCTOBER 2026"); // by itself
        ana.types("/leadlens report").await;
        ana.sees("Your hat balance for October 2026 is on its way");
        ana.sees("OCTOBER 2026");
        world.clock_to("2026-11-06 12:00").await;
        ana.types("/leadlens report").await;
        ana.sees("Your hat balance for November 2026 is on its way");
        ana.sees("NOVEMBER 2026");
        ana.types("/leadlens report october").await;
        ana.sees("Your hat balance for October 2026 is on its way");
        ana.sees("OCTOBER 2026");
    })
    .await;
}

#[tokio::test]
async fn words_after_schedule_are_said_to_be_unread() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens schedule mon 25:99").await;
        ana.sees("I don't read what comes after “schedule”. Choose days and times in the form.");
        ana.sees_form("Schedule");
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn the_shortcut_opens_a_check_in() {
    over_both_transports(async |world| {
        let ana = world.ana();
        ana.uses_shortcut("check_in").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Ask them."), ("hat", "Leader: what and why")]);
        ana.submits().await;
        ana.stops_here();
        ana.sees("I am LeadLens");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Ask them.");
        ana.uses_shortcut("a_shortcut_of_another_app").await;
        ana.sees_no_form();
    })
    .await;
}

#[tokio::test]
async fn a_command_in_a_channel_is_answered_for_their_eyes_or_in_the_direct_message() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().change(|state| state.open_channel("C0TEAM", "team"));
        ana.types_in("C0TEAM", "/leadlens report").await;
        ana.types_in("C0TEAM", "/leadlens export").await;
        ana.types_in("C0TEAM", "/leadlens nudge").await;
        let answers = world.messages_in("C0TEAM");
        assert_eq!(answers.len(), 3);
        for answer in &answers {
            assert_eq!(answer.only_for.as_deref(), Some(ANA), "nobody else sees it");
            assert!(transcript::message(answer).contains("is on its way to our direct message."));
        }
        ana.sees("October 2026");
        ana.sees("Here is everything LeadLens keeps about you");
        ana.sees("[Reflect]");
        ana.types_in("C0TEAM", "/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.closes_form();
        ana.types_in("C0TEAM", "/leadlens schedule").await;
        ana.sees_form("Schedule");
        ana.closes_form();
        assert_eq!(world.messages_in("C0TEAM").len(), 3, "nothing of hers is said there");
    })
    .await;
}
