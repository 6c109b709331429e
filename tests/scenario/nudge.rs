//! Nudges: one question at the member's own hour, and what its buttons do.

use crate::setting::over_both_transports;
use leadlens_sandbox::transcript;

#[tokio::test]
async fn a_nudge_at_half_past_nine_is_answered_in_its_thread() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "Let Raj answer it.").await;
        let kept = ana.sees("> Let Raj answer it.");
        assert_eq!(kept.ts, nudge.ts, "the question itself shows that it is kept");
        ana.taps_on(&kept, "Leader: what and why").await;
        ana.sees("You said: leader hat.");
        world.clock_to("2026-10-01 23:00").await;
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Let Raj answer it.");
    })
    .await;
}

#[tokio::test]
async fn reflect_opens_a_form_with_the_question_and_the_nudge_shows_the_answer() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let question = transcript::message(&nudge).lines().next().expect("a question").to_owned();
        ana.taps("Reflect").await;
        assert!(ana.sees_form("Check in").contains(&question));
        ana.fills([
            ("situation", "The migration slipped."),
            ("room", "Missing deadlines"),
            ("answer", "One list on the wall."),
            ("hat", "Manager: how and when"),
        ]);
        ana.submits().await;
        ana.stops_here();
        let kept = ana.sees("> One list on the wall.");
        assert_eq!(kept.ts, nudge.ts);
        let shown = transcript::message(&kept);
        assert!(shown.contains("You said: manager hat.") && shown.contains("\n[Edit] [Delete]"), "{shown}");
        let reflection = ana.only_reflection().await;
        assert_eq!(reflection.question, question);
        assert!(reflection.nudge.is_some());
        // The tap of an old screen finds that it is done.
        ana.client().taps(&ana.client().dm(), &nudge, transcript_action(&nudge, "Reflect")).await;
        world.settle().await;
        ana.sees("That was already done. Nothing was changed.");
        ana.sees_no_form();
    })
    .await;
}

#[tokio::test]
async fn edit_and_delete_work_afterwards() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "Do it myself.").await;
        ana.sees("> Do it myself.");
        world.clock_to("2026-10-05 12:00").await;
        ana.sees("[Reflect]");
        ana.sees("[Reflect]");
        ana.taps_on(&nudge, "Edit").await;
        assert!(ana.sees_form("Edit").contains("Do it myself."));
        ana.fills([("answer", "Let Raj do it."), ("hat", "Leader: what and why")]);
        ana.submits().await;
        ana.sees_no_form();
        ana.sees("> Let Raj do it.");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Let Raj do it.");
        ana.taps_on(&nudge, "Delete").await;
        let gone = transcript::message(&ana.sees("The answer was deleted."));
        assert!(!gone.contains("Let Raj"), "{gone}");
        assert!(ana.reflections().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn skipping_is_an_answer_and_why_has_one() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.taps("Why this one?").await;
        let reason = ana.sees("");
        assert!(reason.only_for.is_some(), "only for her: {reason:?}");
        assert!(reason.text.contains("Nothing you told me decided it"), "{}", reason.text);
        assert!(reason.text.contains("The practice is \""), "{}", reason.text);
        ana.taps("Skip").await;
        let skipped = ana.sees("Skipped.");
        assert_eq!(skipped.ts, nudge.ts);
        assert!(!transcript::message(&skipped).contains('['), "no buttons are left");
        assert!(ana.reflections().await.is_empty());
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn later_in_an_hour_is_kept_outside_the_cadence() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let question = transcript::message(&nudge).lines().next().expect("a question").to_owned();
        ana.taps("In an hour").await;
        assert_eq!(ana.sees("Later: Thu 1 Oct, 10:30.").ts, nudge.ts);
        world.clock_to("2026-10-01 10:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 10:31").await;
        let again = ana.sees("[Reflect]");
        assert!(transcript::message(&again).starts_with(&question), "the same question");
        ana.taps_on(&again, "Skip").await;
        ana.sees("Skipped.");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn later_tomorrow_and_next_week_come_once_beside_the_cadence() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-02 09:30").await; // a Friday
        ana.sees("[Reflect]");
        ana.sees("[Reflect]");
        ana.taps("Tomorrow").await;
        ana.sees("Later: Sat 3 Oct, 09:30.");
        world.clock_to("2026-10-03 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-03 09:31").await; // no day of the cadence
        let saturday = ana.sees("[Reflect]");
        ana.taps_on(&saturday, "Next week").await;
        ana.sees("Later: Mon 5 Oct, 09:30.");
        world.clock_to("2026-10-05 23:00").await; // it meets a slot of the cadence: one question comes
        ana.sees("[Reflect]");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn later_is_moved_past_quiet_hours() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        world.clock_to("2026-10-01 18:30").await;
        ana.taps("In an hour").await;
        ana.sees("Later: Fri 2 Oct, 08:00.");
        world.clock_to("2026-10-02 07:59").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 08:00").await;
        let morning = ana.sees("[Reflect]");
        ana.taps_on(&morning, "Skip").await;
        ana.sees("Skipped.");
    })
    .await;
}

#[tokio::test]
async fn a_pause_cancels_what_was_to_come_later() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("In an hour").await;
        ana.sees("Later: Thu 1 Oct, 10:30.");
        ana.types("/leadlens pause 2026-10-02").await;
        ana.sees("Paused.");
        world.clock_to("2026-10-01 18:00").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
        assert_eq!(world.database().count("select count(*) from nudge where state = 'not-sent'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_taps_do_once() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let dm = ana.client().dm();
        let tap = |label: &'static str| ana.client().taps(&dm, &nudge, transcript_action(&nudge, label));
        let (one, other) = futures::join!(tap("Skip"), tap("In an hour"));
        assert!(one.acked && other.acked);
        world.settle().await;
        ana.sees("That was already done. Nothing was changed.");
        let waiting = world.database().count("select count(*) from nudge where state = 'waiting'").await;
        let skipped = world.database().count("select count(*) from nudge where state = 'skipped'").await;
        assert_eq!(waiting + skipped, 1, "the nudge left open once");
        ana.sees(if skipped == 1 { "Skipped." } else { "Later: Thu 1 Oct, 10:30." });
        world.still_waits(usize::try_from(waiting).expect("a count"));
    })
    .await;
}

/// What a button of a message sends, also when the message has changed since.
fn transcript_action(message: &leadlens_sandbox::workspace::Message, label: &str) -> serde_json::Value {
    leadlens_sandbox::script::action_of(&message.blocks, label).expect("a button of that label")
}
