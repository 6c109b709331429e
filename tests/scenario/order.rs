//! Events about one message in another order than they happened, again under new event ids, and without any
//! edit. Slack promises neither an order nor one event id
//! (<https://docs.slack.dev/apis/events-api/#event-delivery>).

use crate::{member::Member, setting::over_both_transports, world::World};
use jiff::SignedDuration;
use leadlens_sandbox::workspace::Message;
use serde_json::Value;

async fn asked(world: &World) -> (Member, Message) {
    let ana = world.ana().with_a_cadence().await;
    world.clock_to("2026-10-01 09:30").await;
    let nudge = ana.sees("[Reflect]");
    (ana, nudge)
}

async fn comes(world: &World, payload: &Value) {
    let delivered = world.slack().deliveries().deliver_held(payload.clone()).await;
    assert!(delivered.acked, "{delivered:?}");
    world.settle().await;
}

#[tokio::test]
async fn words_that_were_deleted_before_they_came_are_not_kept() {
    over_both_transports(async |world| {
        let (ana, nudge) = asked(world).await;
        world.slack().deliveries().hold_events();
        let (ts, _) = ana.client().replies(&nudge.ts, "I should not say this.").await;
        ana.client().deletes(&ts).await.expect("a message");
        let held = world.slack().deliveries().release_events();
        comes(world, &held[1]).await;
        world.clock_forward(SignedDuration::from_mins(5)).await;
        comes(world, &held[0]).await;
        ana.sees_nothing_new();
        assert!(ana.reflections().await.is_empty());
        assert!(!world.database().holds("I should not say this."));
        ana.replies(&nudge, "Ask them.").await; // the question is open
        ana.sees("> Ask them.");
    })
    .await;
}

#[tokio::test]
async fn the_newest_wording_wins_in_whatever_order_it_comes() {
    for order in [[1, 0, 2], [2, 1, 0], [2, 0, 1], [1, 2, 0], [0, 2, 1]] {
        over_both_transports(async |world| {
            let (ana, nudge) = asked(world).await;
            world.slack().deliveries().hold_events();
            let (ts, _) = ana.client().replies(&nudge.ts, "First.").await;
            for words in ["Second.", "Third."] {
                world.clock_forward(SignedDuration::from_secs(20)).await;
                ana.client().edits(&ts, words).await.expect("a message");
            }
            let held = world.slack().deliveries().release_events();
            for nth in order {
                comes(world, &held[nth]).await;
            }
            ana.sees("> Third.");
            assert_eq!(ana.only_reflection().await.answer.reveal(), "Third.", "{order:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_late_edit_does_not_take_back_what_the_form_says() {
    over_both_transports(async |world| {
        let (ana, nudge) = asked(world).await;
        let ts = ana.replies(&nudge, "First.").await;
        ana.sees("> First.");
        world.slack().deliveries().hold_events();
        world.clock_forward(SignedDuration::from_secs(20)).await;
        ana.client().edits(&ts, "Second.").await.expect("a message");
        let held = world.slack().deliveries().release_events();
        world.clock_forward(SignedDuration::from_secs(20)).await;
        ana.taps_on(&nudge, "Edit").await;
        ana.sees_form("Edit");
        ana.fills([("answer", "As I mean it."), ("hat", "Both")]);
        ana.submits().await;
        ana.sees("> As I mean it.");
        comes(world, &held[0]).await;
        ana.client().gets_a_preview(&ts).await.expect("a message");
        world.settle().await;
        assert_eq!(ana.only_reflection().await.answer.reveal(), "As I mean it.");
        world.clock_forward(SignedDuration::from_secs(20)).await;
        ana.edits(&ts, "As I mean it now.").await; // a true edit counts
        ana.sees("> As I mean it now.");
    })
    .await;
}

#[tokio::test]
async fn an_event_under_another_id_changes_nothing() {
    over_both_transports(async |world| {
        let (ana, nudge) = asked(world).await;
        let again = async || {
            assert!(world.slack().deliveries().repeat_last().await.acked);
            world.settle().await;
            world.slack().deliveries().repeat_last().await;
            world.settle().await;
        };
        ana.says("I want to die.").await;
        ana.sees("Keep");
        again().await;
        ana.sees_nothing_new();
        let first = ana.replies(&nudge, "Ask them.").await;
        ana.sees("> Ask them.");
        again().await;
        ana.sees_nothing_new();
        ana.edits(&first, "Ask them all.").await;
        ana.sees("> Ask them all.");
        again().await;
        ana.deletes(&first).await;
        ana.sees("The answer was deleted.");
        again().await;
        ana.sees_nothing_new();
        assert!(ana.reflections().await.is_empty());
        world.clock_to("2026-10-04 12:00").await; // Sunday
        ana.sees("[Reflect]");
        ana.says("Something else.").await;
        ana.sees("Keep this as a check-in?");
        again().await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn what_is_said_of_an_old_unknown_message_is_not_stored() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().deliveries().hold_events();
        let (ts, _) = ana.client().says("Long ago.").await;
        let _lost = world.slack().deliveries().release_events();
        world.clock_forward(SignedDuration::from_hours(3)).await;
        let keys = world.database().count("select count(*) from seen").await;
        ana.edits(&ts, "Long ago, said again.").await;
        ana.deletes(&ts).await;
        assert_eq!(world.database().count("select count(*) from seen").await, keys);
        ana.sees_nothing_new();
    })
    .await;
}
