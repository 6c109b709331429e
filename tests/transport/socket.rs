//! Socket Mode: one acknowledgement for what was kept, none for what was not, and connections that
//! come and go without an envelope being lost.

use crate::{
    wire::Wire,
    world::{Fate, World},
};
use serde_json::{Value, json};

fn command(trigger: &str) -> Value {
    json!({"team_id": "T0LENS", "user_id": "U0ANA", "command": "/leadlens", "text": "help", "trigger_id": trigger})
}

fn message(id: &str) -> Value {
    json!({"type": "event_callback", "team_id": "T0LENS", "event_id": id, "event": {
        "type": "message", "channel_type": "im", "channel": "D0DM", "user": "U0ANA", "text": "I ask", "ts": "1.2",
    }})
}

#[tokio::test]
async fn what_is_kept_is_acknowledged_with_its_answer_where_slack_takes_one() {
    let (world, wire) = (World::new(), Wire::new().await);
    let transport = wire.transport(&world, 1).await;
    wire.deliver(0, "a", "slash_commands", &command("1.1"));
    let answered = wire.heard().await;
    assert_eq!(answered["envelope_id"], "a");
    assert_eq!(answered["payload"]["response_type"], "ephemeral");
    wire.deliver(0, "b", "events_api", &message("Ev1"));
    assert_eq!(wire.heard().await, json!({"envelope_id": "b"}));
    let unaccepting = json!({"envelope_id": "c", "type": "slash_commands", "payload": command("1.2")});
    wire.say(0, unaccepting.to_string());
    assert_eq!(wire.heard().await, json!({"envelope_id": "c"}));
    assert_eq!(world.counted("socket", "command", "answer-not-accepted"), 1);
    assert!(transport.is_connected());
    assert!(
        world.metrics.render().contains(r#"leadlens_ack_seconds_count{kind="command",transport="socket"} 2"#)
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_acknowledged_and_counted() {
    let (world, wire) = (World::new(), Wire::new().await);
    let _transport = wire.transport(&world, 1).await;
    wire.say(0, r#"{"envelope_id":"lone-surrogate","type":"events_api","payload":{"text":"\ud800"}}"#);
    assert_eq!(wire.acknowledged().await, "lone-surrogate");
    wire.say(0, "neither an envelope nor JSON");
    wire.say(0, r#"["a list"]"#);
    wire.say(0, r#"{"type":"events_api","payload":{}}"#);
    wire.deliver(0, "new", "something_new", &json!({}));
    assert_eq!(wire.acknowledged().await, "new");
    wire.deliver(0, "no-event", "events_api", &json!({"event": null}));
    assert_eq!(wire.acknowledged().await, "no-event");
    wire.deliver(0, "no-object", "interactive", &json!("text"));
    assert_eq!(wire.acknowledged().await, "no-object");
    assert_eq!(world.counted("socket", "malformed", "refused"), 4);
    assert_eq!(world.counted("socket", "unknown-envelope", "ignored"), 1);
    assert_eq!(world.counted("socket", "event", "refused"), 1);
    assert_eq!(world.given(), Vec::<String>::new());
}

#[tokio::test]
async fn a_panic_costs_one_acknowledgement_and_the_connection_survives() {
    let (world, wire) = (World::new(), Wire::new().await);
    let _transport = wire.transport(&world, 1).await;
    world.fates([Fate::Panics, Fate::IsNotKept]);
    wire.deliver(0, "panics", "slash_commands", &command("1.1"));
    wire.deliver(0, "not-kept", "slash_commands", &command("1.2"));
    wire.deliver(0, "fine", "slash_commands", &command("1.3"));
    assert_eq!(wire.acknowledged().await, "fine");
    wire.deliver(0, "panics", "slash_commands", &command("1.1"));
    assert_eq!(wire.acknowledged().await, "panics", "delivered again, it is kept");
    assert_eq!(wire.opened_so_far(), 1);
    assert_eq!(world.counted("socket", "command", "panicked"), 1);
    assert_eq!(world.counted("socket", "command", "failed"), 1);
}

#[tokio::test]
async fn a_slow_use_case_gets_no_acknowledgement_and_its_redelivery_the_same_answer() {
    let (world, wire) = (World::hasty(), Wire::new().await);
    let _transport = wire.transport(&world, 1).await;
    world.fates([Fate::Waits]);
    wire.deliver(0, "slow", "slash_commands", &command("1.1"));
    wire.deliver(0, "next", "events_api", &message("Ev1"));
    assert_eq!(
        wire.acknowledged().await,
        "next",
        "the slow one holds nothing up for longer than its deadline"
    );
    assert_eq!(world.counted("socket", "command", "late"), 1);
    world.let_one_go_on();
    wire.deliver(0, "slow", "slash_commands", &command("1.1"));
    let answered = wire.heard().await;
    assert_eq!(answered["envelope_id"], "slow");
    assert_eq!(answered["payload"]["response_type"], "ephemeral");
    assert_eq!(world.effects(), [1, 1], "each took effect once");
    assert_eq!(world.counted("socket", "command", "taken"), 1, "a late one is counted as late alone");
    assert!(wire.is_silent().await);
}

#[tokio::test]
async fn a_cut_connection_is_replaced_and_what_it_owed_is_delivered_there() {
    let (world, wire) = (World::new(), Wire::new().await);
    let transport = wire.transport(&world, 1).await;
    world.fates([Fate::Waits]);
    wire.deliver(0, "owed", "slash_commands", &command("1.1"));
    world.begun(1).await;
    wire.cut(0);
    world.let_one_go_on();
    wire.opened(2).await;
    wire.deliver(1, "owed", "slash_commands", &command("1.1"));
    assert_eq!(wire.acknowledged().await, "owed");
    assert_eq!(world.effects(), [1]);
    assert_eq!(transport.connections(), 1);
}

#[tokio::test]
async fn connections_are_refreshed_without_losing_an_envelope() {
    let (world, wire) = (World::new(), Wire::new().await);
    let transport = wire.transport(&world, 2).await;
    wire.say(0, json!({"type": "disconnect", "reason": "warning"}).to_string());
    wire.deliver(0, "after-the-warning", "events_api", &message("Ev1"));
    assert_eq!(wire.acknowledged().await, "after-the-warning");
    assert_eq!(wire.opened_so_far(), 2, "a warned connection serves on");
    wire.say(0, json!({"type": "disconnect", "reason": "refresh_requested"}).to_string());
    wire.deliver(1, "on-the-other", "events_api", &message("Ev2"));
    assert_eq!(wire.acknowledged().await, "on-the-other");
    wire.opened(3).await;
    wire.deliver(2, "on-the-new", "events_api", &message("Ev3"));
    assert_eq!(wire.acknowledged().await, "on-the-new");
    wire.ended(1).await;
    wire.deliver(1, "still-there", "events_api", &message("Ev4"));
    assert_eq!(wire.acknowledged().await, "still-there");
    assert_eq!(transport.connections(), 2);
    assert_eq!(wire.opened_so_far(), 3, "one end, one new connection");
}

#[tokio::test]
async fn an_envelope_sent_right_before_the_refresh_is_answered() {
    let (world, wire) = (World::new(), Wire::new().await);
    let _transport = wire.transport(&world, 1).await;
    for round in 0..3 {
        wire.deliver(round, "last", "slash_commands", &command(&format!("1.{round}")));
        wire.say(round, json!({"type": "disconnect", "reason": "refresh_requested"}).to_string());
        assert_eq!(wire.acknowledged().await, "last");
        wire.opened(round + 2).await;
    }
}

#[tokio::test]
async fn a_connection_that_slack_refuses_is_asked_for_again() {
    let (world, wire) = (World::new(), Wire::new().await);
    wire.refuse(1);
    let transport = wire.transport(&world, 1).await;
    wire.deliver(0, "a", "slash_commands", &command("1.1"));
    assert_eq!(wire.acknowledged().await, "a");
    wire.refuse(1);
    wire.say(0, json!({"type": "disconnect", "reason": "too_many_websockets"}).to_string());
    wire.opened(2).await;
    wire.deliver(1, "b", "slash_commands", &command("1.2"));
    assert_eq!(wire.acknowledged().await, "b");
    assert_eq!(transport.connections(), 1);
}

#[tokio::test]
async fn a_closing_transport_answers_what_it_accepted_and_accepts_no_more() {
    let (world, wire) = (World::new(), Wire::new().await);
    let transport = wire.transport(&world, 1).await;
    world.fates([Fate::Waits]);
    wire.deliver(0, "taken", "slash_commands", &command("1.1"));
    world.begun(1).await;
    let closing = tokio::spawn(async move { transport.close().await });
    wire.deliver(0, "too-late", "slash_commands", &command("1.2"));
    world.let_one_go_on();
    assert_eq!(wire.acknowledged().await, "taken");
    closing.await.unwrap();
    wire.ended(1).await;
    assert!(wire.is_silent().await);
    assert_eq!(world.given().len(), 1);
    assert_eq!(wire.opened_so_far(), 1, "a closed transport opens no connection");
}

#[tokio::test]
async fn what_follows_an_acknowledgement_runs_after_it_and_is_waited_for() {
    let (world, wire) = (World::new(), Wire::new().await);
    let _transport = wire.transport(&world, 1).await;
    let opened = json!({"type": "event_callback", "team_id": "T0LENS", "event_id": "Ev1",
        "event": {"type": "app_home_opened", "user": "U0ANA", "tab": "home"}});
    wire.deliver(0, "home", "events_api", &opened);
    assert_eq!(wire.acknowledged().await, "home");
    world.followed(1).await;
    world.tasks.close();
    tokio::time::timeout(crate::world::PATIENCE, world.tasks.wait()).await.unwrap();
}
