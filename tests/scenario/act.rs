//! *Ask, don't fix*: a question given back, counted once, undone or deleted at will.

use crate::{setting::over_both_transports, world::World};
use leadlens_sandbox::workspace::Message;

const THEIRS: &str = "Which supplier do we take, zebra or okapi?";

/// Somebody asks Ana in a channel that the bot is not in.
fn asked_in_a_channel(world: &World) -> Message {
    world.slack().change(|state| {
        state.channels.entry("C0ROOM".to_owned()).or_insert_with(|| leadlens_sandbox::workspace::Channel {
            id: "C0ROOM".to_owned(),
            name: Some("room".to_owned()),
            im_with: None,
            messages: Vec::new(),
        });
    });
    let ts = world.raj().client().in_channel("C0ROOM").says(THEIRS, None);
    let found = world.slack().look(|state| {
        let messages = &state.channels.get("C0ROOM")?.messages;
        messages.iter().find(|message| message.ts == ts).cloned()
    });
    found.expect("a message in the channel")
}

#[tokio::test]
async fn a_question_is_given_back_and_counts_as_one_act() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let theirs = asked_in_a_channel(world);
        ana.uses_shortcut_on("ask_dont_fix", "C0ROOM", &theirs).await;
        let form = ana.sees_form("Ask, don't fix");
        assert!(form.contains("Edit and copy (optional)\n  What do you think the best move is?"), "{form}");
        assert!(!form.contains("zebra"), "nothing of theirs is read");
        ana.taps_form("Take this one").await;
        let form = ana.sees_form("Ask, don't fix");
        assert!(!form.contains("\n  What do you think the best move is?"), "{form}");
        ana.fills([("second-question", "Raj, what would you take, with okapi in mind?")]);
        ana.submits().await;
        assert!(ana.sees_form("Ask, don't fix").contains("Counted: one question given back."));
        // The same form again, from a client that did not hear.
        world.slack().deliveries().redeliver_last().await;
        world.settle().await;
        ana.closes_form();
        assert_eq!(world.database().count("select count(*) from act").await, 1);
        ana.types("/leadlens report 2026-10").await;
        ana.sees("on its way");
        ana.sees("Leader hat 1 of 1.");
        ana.opens_home().await;
        let words = "select count(*) from act where question like '%okapi%' or question like '%zebra%'";
        assert_eq!(world.database().count(words).await, 0, "no word of theirs or of hers is kept");
        // LeadLens wrote nowhere but in its own direct message.
        let in_room = world.slack().look(|state| state.channels["C0ROOM"].messages.len());
        assert_eq!(in_room, 1);
    })
    .await;
}

#[tokio::test]
async fn an_act_is_undone_at_once_or_deleted_in_the_history() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let theirs = asked_in_a_channel(world);
        for _ in 0..2 {
            ana.uses_shortcut_on("ask_dont_fix", "C0ROOM", &theirs).await;
            ana.sees_form("Ask, don't fix");
            ana.submits().await;
            ana.sees_form("Ask, don't fix");
            ana.closes_form();
        }
        ana.uses_shortcut_on("ask_dont_fix", "C0ROOM", &theirs).await;
        ana.submits().await;
        ana.sees_form("Ask, don't fix");
        ana.taps_form("Undo").await;
        assert!(ana.sees_form("LeadLens").contains("Undone."));
        ana.closes_form();
        assert_eq!(world.database().count("select count(*) from act").await, 2);
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.taps_form("Questions given back (2)").await;
        assert!(ana.sees_form("Questions given back").contains("What do you think the best move is?"));
        ana.taps_form("Delete").await;
        assert!(ana.sees_form("Questions given back").contains("1 to 1 of 1"));
        ana.taps_form("History").await;
        ana.sees_form("History");
        ana.closes_form();
        assert_eq!(world.database().count("select count(*) from act").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_act_gets_another_question_and_another_day() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let theirs = asked_in_a_channel(world);
        ana.uses_shortcut_on("ask_dont_fix", "C0ROOM", &theirs).await;
        ana.sees_form("Ask, don't fix");
        ana.submits().await;
        ana.sees_form("Ask, don't fix");
        ana.closes_form();
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.taps_form("Questions given back (1)").await;
        ana.sees_form("Questions given back");
        ana.taps_form("Edit").await;
        ana.sees_form("Ask, don't fix");
        ana.fills([("given-back-on", "2026-10-02")]);
        ana.submits().await;
        assert!(ana.sees_form("Ask, don't fix").contains("! That day has not come yet."));
        ana.fills([("given-back-on", "2026-09-30"), ("given-back", "Which ways forward do you see?")]);
        ana.submits().await;
        let kept = ana.sees_form("Ask, don't fix");
        assert!(kept.contains("Which ways forward do you see?") && kept.contains("30 Sep"), "{kept}");
        ana.closes_form();
        assert_eq!(world.database().count("select count(*) from act where local_on = '2026-09-30'").await, 1);
        ana.types("/leadlens report 2026-09").await;
        ana.sees("on its way");
        ana.sees("Leader hat 1 of 1.");
    })
    .await;
}
