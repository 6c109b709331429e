//! Looking back: two to four weeks after a member wrote what they would do, one question asks what came of it.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{Transport, World},
};
use leadlens_sandbox::transcript;

/// Checks in with these words.
async fn checks_in(ana: &Member, answer: &str) {
    ana.types("/leadlens checkin").await;
    ana.sees_form("Check in");
    ana.fills([("answer", answer), ("hat", "Leader: what and why")]);
    ana.submits().await;
    ana.stops_here();
}

/// Two weeks later the questions begin, in the morning.
async fn gets_questions_from(world: &World, ana: &Member, morning: &str) {
    world.clock_to(morning).await;
    ana.types("/leadlens schedule").await;
    ana.sees_form("Schedule");
    ana.submits().await;
    ana.sees_form("LeadLens");
    ana.closes_form();
}

#[tokio::test]
async fn two_weeks_later_she_is_asked_once_what_came_of_it() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        checks_in(&ana, "The handover went badly. I will ask Raj first, before I say a word. Then we see.")
            .await;
        gets_questions_from(world, &ana, "2026-10-15 09:00").await;
        world.clock_to("2026-10-15 09:30").await;
        let asked = ana.sees("On Thu 1 Oct 2026 you wrote:");
        let shown = transcript::message(&asked);
        assert!(shown.contains("> I will ask Raj first, before I say a word.\n"), "{shown}");
        assert!(!shown.contains("Then we see") && !shown.contains("went badly"), "{shown}");
        assert!(shown.contains("[I did it] [Partly] [Changed my mind] [Not yet]"), "{shown}");
        ana.taps_on(&asked, "Why this one?").await;
        ana.sees("On Thu 1 Oct 2026 you wrote what you would do. I ask about it once");
        ana.taps_on(&asked, "Partly").await;
        assert_eq!(ana.sees("You said: Partly.").ts, asked.ts);
        ana.taps_on(&asked, "Reflect").await;
        let form = ana.sees_form("Check in");
        assert!(form.contains("you wrote: “I will ask Raj first, before I say a word.” W"), "{form}");
        ana.closes_form();
        ana.replies(&asked, "He knew the reason and had a better plan.").await;
        let answered = transcript::message(&ana.sees("> He knew the reason and had a better plan."));
        assert!(
            answered.contains("> I will ask Raj first") && answered.contains("You said: Partly."),
            "{answered}"
        );
        ana.types("/leadlens history").await;
        let history = ana.sees_form("History");
        assert!(
            history.contains("I asked what came of it on Thu 15 Oct 2026. You said: Partly."),
            "{history}"
        );
        assert_eq!(history.matches("> He knew the reason and had a better plan.").count(), 2, "{history}");
        ana.closes_form();
        ana.types("/leadlens report").await;
        ana.sees("is on its way");
        let report = ana.sees("OCTOBER 2026");
        assert!(report.text.contains("One answer of this month says what you would do."), "{}", report.text);
        assert!(report.text.contains("I asked you back about 1: partly 1."), "{}", report.text);
        world.clock_to("2026-10-16 09:30").await;
        let next = transcript::message(&ana.sees("[Reflect]"));
        assert!(!next.contains("you wrote"), "{next}");
    })
    .await;
}

#[tokio::test]
async fn at_most_one_question_in_five_looks_back_and_none_after_four_weeks() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().who_is_known().await;
            checks_in(&ana, "I'll ask Raj.").await;
            checks_in(&ana, "I'll thank Mia.").await;
            checks_in(&ana, "I'll write to Ben.").await;
            gets_questions_from(world, &ana, "2026-10-15 09:00").await;
            let mut quoted = Vec::new();
            for day in [15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30] {
                world.clock_to(&format!("2026-10-{day} 09:30")).await;
                let question = ana.sees("[Reflect]");
                if transcript::message(&question).contains("you wrote:") {
                    quoted.push(day);
                }
                ana.taps_on(&question, "Skip").await;
                ana.sees("Skipped.");
            }
            // The third would be asked on the 29th, four weeks and an hour later.
            assert_eq!(quoted, [15, 22]);
        })
        .await;
}

#[tokio::test]
async fn nothing_is_asked_about_trouble_or_what_was_deleted_or_when_it_is_turned_off() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().who_is_known().await;
            ana.types("/leadlens checkin").await;
            ana.sees_form("Check in");
            let heavy = "I'll go home now. Since the layoffs I want to die.";
            ana.fills([("answer", heavy), ("hat", "Neither")]);
            ana.submits().await;
            ana.sees_form("Before you go on");
            ana.submits().await;
            ana.sees_no_form();
            world.clock_to("2026-10-01 08:05").await;
            checks_in(&ana, "I'll ask Raj.").await;
            ana.types("/leadlens history").await;
            ana.sees_form("History");
            ana.taps_form("Delete").await; // the newest
            ana.sees_form("History");
            ana.closes_form();
            gets_questions_from(world, &ana, "2026-10-15 09:00").await;
            world.clock_to("2026-10-15 09:30").await;
            assert!(!transcript::message(&ana.sees("[Reflect]")).contains("you wrote"));
            checks_in(&ana, "I'll ask Mia.").await;
            ana.types("/leadlens schedule").await;
            ana.sees_form("Schedule");
            ana.fills([("look-back", "")]);
            ana.submits().await;
            ana.sees_form("LeadLens");
            ana.closes_form();
            ana.types("/leadlens pause 2026-10-30").await;
            ana.sees("Paused.");
            ana.sees_nothing_new();
            world.clock_to("2026-10-30 09:30").await;
            assert!(!transcript::message(&ana.sees("[Reflect]")).contains("you wrote"));
            assert_eq!(world.database().count("select count(*) from look_back").await, 0);
        })
        .await;
}

#[tokio::test]
async fn words_that_are_deleted_later_leave_the_message_that_quotes_them() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        checks_in(&ana, "I'll ask Raj.").await;
        gets_questions_from(world, &ana, "2026-10-15 09:00").await;
        world.clock_to("2026-10-15 09:30").await;
        let asked = ana.sees("> I'll ask Raj.");
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.taps_form("Delete").await;
        ana.sees_form("History");
        ana.closes_form();
        let gone = ana.sees("What this asks about is not there any more.");
        assert_eq!(gone.ts, asked.ts);
        assert!(!transcript::message(&gone).contains("Raj"), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn later_asks_about_the_same_words_again() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().who_is_known().await;
            checks_in(&ana, "I'll ask Raj.").await;
            gets_questions_from(world, &ana, "2026-10-15 09:00").await;
            world.clock_to("2026-10-15 09:30").await;
            let asked = ana.sees("> I'll ask Raj.");
            ana.taps_on(&asked, "In an hour").await;
            ana.sees("Later: Thu 15 Oct, 10:30.");
            world.clock_to("2026-10-15 10:31").await;
            let again = ana.sees("> I'll ask Raj.");
            ana.taps_on(&again, "I did it").await;
            ana.sees("You said: I did it.");
            assert_eq!(
                world.database().count("select count(*) from look_back where came_of_it = 'did-it'").await,
                1
            );
        })
        .await;
}
