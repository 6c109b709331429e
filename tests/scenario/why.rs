//! *Why this one?*, and the list of the nine practices.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::Transport,
};

#[tokio::test]
async fn the_practices_are_listed_and_one_is_put_in_focus() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        ana.types("/leadlens practices").await;
        let list = ana.sees_form("Practices");
        assert_eq!(list.matches("[Put in focus]").count(), 9, "{list}");
        assert!(list.contains("You ask a question where you could give the answer."), "{list}");
        let button = "Put in focus";
        ana.taps_form(button).await; // the first: stop solving
        let list = ana.sees_form("Practices");
        assert!(list.contains("Stop solving · leader hat · in focus"), "{list}");
        assert_eq!(list.matches("[Put in focus]").count(), 8, "{list}");
        ana.closes_form();
        ana.types("/leadlens schedule").await;
        assert!(ana.sees_form("Schedule").contains("\n  Stop solving\n"));
        ana.closes_form();
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.taps_on(&nudge, "Why this one?").await;
        let why = ana.sees("You put its practice in focus.");
        assert!(
            why.text.contains("The practice is \"stop solving\". You ask a question where you could"),
            "{}",
            why.text
        );
        ana.taps("All practices").await;
        ana.sees_form("Practices");
        ana.taps_form("No focus").await;
        assert!(!ana.sees_form("Practices").contains("in focus\n"));
        ana.closes_form();
        ana.says("practices").await;
        ana.sees("The nine practices that my questions come from.");
        ana.taps_on(&nudge, "Skip").await;
        ana.sees("Skipped.");
    })
    .await;
}

/// Asks for questions, skips them, and returns what was said about why each was chosen.
async fn reasons(ana: &Member, count: usize) -> Vec<String> {
    let mut reasons = Vec::new();
    for _ in 0..count {
        ana.types("/leadlens nudge").await;
        ana.sees("A question is on its way");
        let nudge = ana.sees("[Reflect]");
        ana.taps_on(&nudge, "Why this one?").await;
        reasons.push(ana.sees("The practice is").text);
        ana.taps_on(&nudge, "Skip").await;
        ana.sees("Skipped.");
    }
    reasons
}

#[tokio::test]
async fn why_tells_what_was_true_of_her_when_it_was_chosen() {
    let conversation = async |world: &crate::world::World| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens room").await;
        ana.sees_form("Read the room");
        ana.taps_form("Without direction").await;
        ana.sees_form("Read the room");
        ana.closes_form();
        let read =
            "On Thu 1 Oct 2026 you read the room as \"Without direction\". That suggests the leader hat";
        let asked = reasons(&ana, 8).await;
        assert!(asked.iter().any(|reason| reason.contains(read)), "{asked:#?}");
        world.clock_to("2026-10-09 08:00").await;
        for _ in 0..3 {
            ana.types("/leadlens checkin").await;
            ana.sees_form("Check in");
            ana.fills([("answer", "I put the dates into one sheet."), ("hat", "Manager: how and when")]);
            ana.submits().await;
            ana.stops_here();
        }
        let asked = reasons(&ana, 8).await;
        assert!(!asked.iter().any(|reason| reason.contains("you read the room")), "{asked:#?}");
        let worn = "In your last 3 answers you ticked the manager hat 3 times, and the leader hat never. \
                    This question draws to the leader hat.";
        assert!(asked.iter().any(|reason| reason.contains(worn)), "{asked:#?}");
    };
    Setting::at("2026-10-01 08:00").over(Transport::Http, conversation).await;
}
