//! Plain words in the conversation: what a member types to a bot without having read a manual, and what it
//! answers. Nothing of it is kept, and nothing happens before the tap on its one button.

use crate::setting::over_both_transports;
use leadlens_sandbox::transcript;

/// What the member says, and the whole answer.
const WORDS: &[(&str, &str)] = &[
    (
        "stop",
        "I can stop asking you questions. What you wrote stays yours, and you can set a cadence again any time.\n\
         [Stop the questions]",
    ),
    ("Please stop!", "[Stop the questions]"),
    ("unsubscribe", "[Stop the questions]"),
    (" /leadlens stop", "[Stop the questions]"),
    (
        "pause",
        "A pause holds everything I send by myself, until a day you choose or until you resume.\n[Pause]",
    ),
    ("resume", "Nothing is paused. The next question comes on Fri 2 Oct, 09:30.\n[Ask me a question]"),
    ("help", "keep your answers for you alone"),
    ("?", "[Show what I can do]"),
    ("hi", "Hello! A question is open here. Reply to it in your own words.\n[Reflect]"),
    ("thanks :pray:", "You're welcome. I'm here when the next thing comes up.\n[Check in]"),
    ("skip", "I can skip the open question. Skipping never counts against you.\n[Skip it]"),
    ("later", "I can ask this again tomorrow: Fri 2 Oct, 09:30.\n[Ask me tomorrow]"),
    ("not now", "[Ask me tomorrow]"),
    ("report", "Your hat balance for October 2026, here in this conversation.\n[Send my report]"),
    (
        " /leadlens report 2026-09",
        "Your hat balance for September 2026, here in this conversation.\n[Send my report]",
    ),
    ("export my data", "Everything I keep about you, as files, here in this conversation.\n[Export my data]"),
    (" /leadlens chekin", "I don't know that command.\n[Show the list]"),
];

#[tokio::test]
async fn plain_words_are_understood_answered_with_one_button_and_not_kept() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        for (words, expected) in WORDS {
            ana.says(words).await;
            let answer = ana.sees(expected);
            assert_eq!(answer.thread_ts, None, "{words}: it is in the open conversation");
            assert_eq!(transcript::message(&answer).matches('[').count(), 1, "{words}: one button");
            ana.replies(&nudge, words).await;
            let answer = ana.sees(expected);
            assert_eq!(answer.thread_ts.as_deref(), Some(nudge.ts.as_str()), "{words}: where she is");
        }
        ana.sees_nothing_new();
        assert!(ana.reflections().await.is_empty());
        assert!(!world.database().holds("unsubscribe") && !world.database().holds("export my data"));
        ana.says("Stop solving it for them.").await;
        assert_eq!(ana.sees("> Stop solving it for them.").ts, nudge.ts, "a sentence is an answer");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Stop solving it for them.");
    })
    .await;
}

#[tokio::test]
async fn the_button_does_what_the_words_ask_for() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.says("not today").await;
        let answer = ana.sees("[Ask me tomorrow]");
        ana.taps_on(&answer, "Ask me tomorrow").await;
        assert_eq!(ana.sees("Later: Fri 2 Oct, 09:30.").ts, nudge.ts);
        ana.says("skip").await;
        ana.sees("No question is open, so there is nothing to skip.\n[Ask me a question]");
        ana.says("stop").await;
        let answer = ana.sees("[Stop the questions]");
        ana.taps_on(&answer, "Stop the questions").await;
        ana.sees("No more questions.");
        ana.says("stop").await;
        ana.sees("No questions are planned. A pause also holds back the monthly report.\n[Pause]");
        ana.says("start").await;
        ana.sees("No questions are planned yet. Choose when I ask you.\n[Set a cadence]");
        ana.says("report").await;
        let answer = ana.sees("[Send my report]");
        ana.taps_on(&answer, "Send my report").await;
        ana.sees("is on its way");
        ana.sees("October 2026");
    })
    .await;
}

#[tokio::test]
async fn a_pause_with_a_day_is_understood_and_begins_with_the_tap() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await; // Thursday, 1 October 2026
        for (typed, until) in [
            ("pause friday", "Fri 2 Oct 2026"),
            ("Pause until Monday please", "Mon 5 Oct 2026"),
            ("pause 2 weeks", "Thu 15 Oct 2026"),
            (" /leadlens pause until monday", "Mon 5 Oct 2026"),
        ] {
            ana.says(typed).await;
            let answer = ana.sees(&format!("[Pause until {until}]"));
            assert!(leadlens_sandbox::transcript::message(&answer).contains(&format!("ends on {until}.")));
            assert_eq!(world.database().count("select count(*) from member where paused = 1").await, 0);
        }
        ana.says("pause until next friday").await;
        let asked = ana.sees("Which day do you mean: Fri 2 Oct 2026 or Fri 9 Oct 2026?");
        ana.taps_on(&asked, "Pause until Fri 9 Oct 2026").await;
        ana.sees("Paused. Nothing comes by itself before Fri 9 Oct 2026.");
        ana.says("pause for the holidays").await;
        ana.sees("[Resume]");
        assert!(ana.reflections().await.is_empty(), "none of it is an answer");
        ana.says("Pause the launch until Friday and ask Raj what he needs").await;
        ana.sees("Keep this as a check-in?"); // that is one
    })
    .await;
}

#[tokio::test]
async fn plain_words_after_the_command_find_their_meaning_too() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        for (typed, expected) in [
            ("/leadlens stop", "[Stop the questions]"),
            ("/leadlens skip", "[Skip it]"),
            ("/leadlens snooze", "[Ask me tomorrow]"),
            ("/leadlens start", "Nothing is paused. The next question comes on Fri 2 Oct, 09:30."),
            ("/leadlens hat", "Your hat balance for October 2026 is on its way"),
        ] {
            ana.types(typed).await;
            ana.sees(expected);
        }
        ana.sees("October 2026");
        ana.types("/leadlens settings").await;
        ana.sees_form("Schedule");
        ana.closes_form();
        ana.types("/leadlens checkin I am stuck between two people").await;
        assert!(ana.sees_form("Check in").contains("I am stuck between two people"));
        ana.closes_form();
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn ok_and_a_thumb_are_no_answers_and_the_first_is_told_so() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        ana.says("ok").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.says("👍").await;
        ana.sees(
            "I haven't kept that as your answer: it's too short to learn from. The question is still open.\n[Skip it]",
        );
        ana.says("ok").await;
        ana.says("...").await;
        ana.sees_nothing_new();
        assert!(ana.reflections().await.is_empty());
        ana.says("I ask Raj what he would do.").await;
        assert_eq!(ana.sees("> I ask Raj what he would do.").ts, nudge.ts);
        ana.says(":+1:").await;
        ana.sees_nothing_new();
        assert_eq!(ana.only_reflection().await.answer.reveal(), "I ask Raj what he would do.");
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_shows_no_hat_is_kept_and_not_counted() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.says("No idea.").await;
        assert_eq!(ana.sees("> No idea.").ts, nudge.ts);
        world.settle().await;
        let kept = ana.only_reflection().await;
        assert!(!kept.counts_in_balance);
        assert_eq!((kept.read_at, kept.lens_hats), (None, None), "the lens does not read it");
    })
    .await;
}
