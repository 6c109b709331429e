//! Plain replies in the direct message: answers where a question is open, offered as a check-in where
//! none is, and following the Slack message they came from.

use crate::setting::over_both_transports;
use leadlens::coach::reflection::Origin;
use leadlens_sandbox::transcript;

#[tokio::test]
async fn a_reply_outside_the_thread_answers_the_newest_open_question_of_the_last_day() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-02 12:00").await;
        let _thursday = ana.sees("[Reflect]");
        let friday = ana.sees("[Reflect]");
        ana.says("Ask them what they would drop.").await;
        assert_eq!(ana.sees("> Ask them what they would drop.").ts, friday.ts);
        let kept = ana.only_reflection().await;
        assert_eq!(kept.origin, Origin::Nudge);
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn messages_within_ten_minutes_belong_together() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.says("First I listen.").await;
        ana.sees("> First I listen.");
        world.clock_to("2026-10-01 09:39").await;
        ana.says("Then I ask.").await;
        ana.sees("> First I listen.\n> Then I ask.");
        world.clock_to("2026-10-01 09:48").await;
        ana.says("Then I wait.").await;
        ana.sees("> Then I wait.");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "First I listen.\nThen I ask.\nThen I wait.");
        world.clock_to("2026-10-01 09:59").await;
        ana.says("And now for something else.").await;
        let offer = ana.sees("Keep this as a check-in?");
        ana.taps_on(&offer, "Don't keep").await;
        ana.sees("Not kept. Nothing was stored.");
        assert_eq!(ana.only_reflection().await.answer.char_count(), 40);
    })
    .await;
}

#[tokio::test]
async fn without_an_open_question_it_is_stored_on_the_tap_alone() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.says("I let the meeting run without me.").await;
        let offer = ana.sees("Keep this as a check-in?");
        assert_eq!(offer.thread_ts, None, "in the open conversation, right after the message");
        assert!(ana.reflections().await.is_empty());
        let (words, everywhere) =
            ("I let the meeting", "select count(*) from outbox where subject like '%I let%'");
        assert_eq!(world.database().count(everywhere).await, 0, "{words} is stored nowhere");
        ana.taps_on(&offer, "Keep").await;
        let kept = ana.sees("> I let the meeting run without me.");
        assert_eq!(kept.ts, offer.ts);
        assert_eq!(ana.only_reflection().await.origin, Origin::Checkin);
        ana.taps_on(&kept, "Both").await;
        ana.sees("You said: both hats.");
        ana.taps_on(&kept, "Delete").await;
        ana.sees("Deleted.");
        assert!(ana.reflections().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_question_older_than_a_day_is_answered_in_its_thread_only() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-04 12:00").await; // Sunday
        ana.sees("[Reflect]");
        let friday = ana.sees("[Reflect]");
        ana.says("Something on my mind.").await;
        let offer = ana.sees("Keep this as a check-in?");
        ana.replies(&friday, "The answer to Friday's.").await;
        assert_eq!(ana.sees("> The answer to Friday's.").ts, friday.ts);
        ana.taps_on(&offer, "Keep").await;
        ana.sees("> Something on my mind.");
        assert_eq!(ana.reflections().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_kept_bears_a_check_mark_and_loses_it_with_the_reflection() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        let first = ana.says("First I listen.").await;
        assert_eq!(ana.marks_on(&first), ["white_check_mark"]);
        let kept = ana.sees("> First I listen.");
        let second = ana.says("Then I ask.").await;
        assert_eq!(ana.marks_on(&second), ["white_check_mark"]);
        ana.sees("> Then I ask.");
        ana.taps_on(&kept, "Delete").await;
        ana.sees("The answer was deleted.");
        assert!(ana.marks_on(&first).is_empty() && ana.marks_on(&second).is_empty());
        let offered = ana.says("I let the meeting run without me.").await;
        let offer = ana.sees("Keep this as a check-in?");
        assert!(ana.marks_on(&offered).is_empty(), "nothing is kept before the tap");
        ana.taps_on(&offer, "Keep").await;
        ana.sees("> I let the meeting run without me.");
        assert_eq!(ana.marks_on(&offered), ["white_check_mark"]);
    })
    .await;
}

#[tokio::test]
async fn a_workspace_that_did_not_grant_the_check_mark_goes_without() {
    over_both_transports(async |world| {
        world.slack().admin().withdraw_scope("reactions:write");
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let said = ana.says("First I listen.").await;
        assert!(ana.marks_on(&said).is_empty());
        assert_eq!(ana.sees("> First I listen.").ts, nudge.ts, "the question shows that it is kept");
        world.still_waits(0);
    })
    .await;
}

#[tokio::test]
async fn editing_or_deleting_the_message_edits_or_deletes_the_reflection() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let first = ana.replies(&nudge, "Fix it myself.").await;
        ana.sees("> Fix it myself.");
        let second = ana.replies(&nudge, "Tonight.").await;
        ana.sees("> Tonight.");
        ana.edits(&first, "Let Raj fix it.").await;
        ana.sees("> Let Raj fix it.\n> Tonight.");
        ana.deletes(&second).await;
        let shown = transcript::message(&ana.sees("> Let Raj fix it."));
        assert!(!shown.contains("Tonight."), "{shown}");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Let Raj fix it.");
        world.clock_to("2026-10-01 20:00").await;
        ana.deletes(&first).await;
        ana.sees("The answer was deleted.");
        assert!(ana.reflections().await.is_empty());
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn a_message_that_was_never_kept_can_be_edited_and_deleted_in_peace() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let said = ana.says("Just thinking aloud.").await;
        let offer = ana.sees("Keep this as a check-in?");
        ana.edits(&said, "Just thinking aloud, twice.").await;
        ana.sees_nothing_new();
        ana.deletes(&said).await;
        ana.sees_nothing_new();
        ana.taps_on(&offer, "Keep").await;
        ana.sees("Not kept. Nothing was stored.");
        assert!(ana.reflections().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_is_what_stands_there_when_it_is_tapped() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let said = ana.says("A first try.").await;
        let offer = ana.sees("Keep this as a check-in?");
        ana.edits(&said, "A second try.").await;
        ana.taps_on(&offer, "Keep").await;
        ana.sees("> A second try.");
        ana.edits(&said, "A third try.").await;
        ana.sees("> A third try.");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "A third try.");
    })
    .await;
}

#[tokio::test]
async fn a_long_reply_is_kept_whole_shown_cut_and_edited_by_editing_the_message() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let long = "All of it, <@U0RAJ> & more. ".repeat(1_100);
        let said = ana.replies(&nudge, &long).await;
        let kept = ana.sees("Shown cut, kept whole.");
        assert_eq!(ana.only_reflection().await.answer.reveal(), long);
        ana.taps_on(&kept, "Edit").await;
        ana.sees("Edit your message in Slack and the reflection follows.");
        ana.sees_no_form();
        ana.edits(&said, "Shorter.").await;
        ana.sees("> Shorter.");
        ana.taps_on(&kept, "Edit").await;
        ana.sees_form("Edit");
        ana.closes_form();
    })
    .await;
}
