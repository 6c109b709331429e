//! Ignored questions thin out, end with a last one, and then there is silence until the member acts.

use crate::{member::Member, setting::over_both_transports, world::World};
use leadlens_sandbox::transcript;

/// The local dates on which something came until a day, all of it read.
async fn days_with_a_message(world: &World, ana: &Member, until: &str) -> Vec<String> {
    let before = ana.client().from_bot().len();
    world.clock_to(until).await;
    let came: Vec<_> = ana.client().from_bot().into_iter().skip(before).collect();
    let days = came.iter().map(|message| {
        ana.sees(transcript::message(message).lines().next().expect("a line"));
        let seconds = message.ts.split('.').next().expect("seconds").parse().expect("a number");
        let at = jiff::Timestamp::from_second(seconds).expect("an instant");
        at.in_tz("Europe/Berlin").expect("a zone").strftime("%a %-d %b").to_string()
    });
    days.collect()
}

#[tokio::test]
async fn ignored_questions_thin_out_and_end_with_one_that_asks() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        let days = days_with_a_message(world, &ana, "2026-12-24 12:00").await;
        let expected = [
            "Thu 1 Oct", // every slot
            "Fri 2 Oct", // two unanswered from here on: every second one
            "Tue 6 Oct",
            "Thu 8 Oct", // four: once a week
            "Thu 15 Oct",
            "Thu 22 Oct", // six: one last message
            "Thu 29 Oct",
        ];
        assert_eq!(days, expected);
        let last = ana.client().from_bot().pop().expect("a message");
        let shown = transcript::message(&last);
        assert!(shown.contains("[Keep them coming] [Change the cadence] [Stop the questions]"), "{shown}");
        assert!(shown.contains("Without an answer I stay quiet until you come back."), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn any_act_ends_back_off_and_the_silence_after_it() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        days_with_a_message(world, &ana, "2026-10-05 12:00").await;
        ana.opens_home().await; // two were ignored, and she is back
        let days = days_with_a_message(world, &ana, "2026-12-16 12:00").await;
        assert_eq!(days[..2], ["Tue 6 Oct", "Wed 7 Oct"], "every slot again");
        assert_eq!(days.len(), 7, "then silence: {days:?}");
        ana.types("/leadlens help").await;
        ana.sees("/leadlens checkin");
        let days = days_with_a_message(world, &ana, "2026-12-18 12:00").await;
        assert_eq!(days, ["Thu 17 Dec", "Fri 18 Dec"]);
    })
    .await;
}

#[tokio::test]
async fn the_last_question_has_three_answers() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        days_with_a_message(world, &ana, "2026-11-02 12:00").await;
        ana.taps("Keep them coming").await;
        ana.sees("I'll keep asking. The next question comes on Tue 3 Nov, 09:30.");
        assert_eq!(days_with_a_message(world, &ana, "2026-11-03 12:00").await, ["Tue 3 Nov"]);
        ana.taps("Change the cadence").await;
        ana.sees_form("Schedule");
        ana.closes_form();
        ana.taps("Stop the questions").await;
        ana.sees("No more questions. You can still check in whenever you like.");
        assert!(days_with_a_message(world, &ana, "2026-12-24 12:00").await.is_empty());
        ana.taps("Keep them coming").await;
        ana.sees("No question is planned");
    })
    .await;
}

#[tokio::test]
async fn skipping_counts_against_nobody() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        for day in ["01", "02", "05", "06", "07", "08", "09", "12"] {
            world.clock_to(&format!("2026-10-{day} 10:00")).await;
            let nudge = ana.sees("[Reflect]");
            ana.taps_on(&nudge, "Skip").await;
            ana.sees("Skipped.");
        }
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn no_report_comes_into_the_silence() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 10:00").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "Ask them.").await;
        ana.sees("> Ask them.");
        days_with_a_message(world, &ana, "2026-10-31 12:00").await;
        ana.sees_nothing_new();
        world.clock_to("2026-12-31 12:00").await;
        ana.sees_nothing_new();
    })
    .await;
}
