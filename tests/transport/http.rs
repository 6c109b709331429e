//! Signed HTTP: who may speak, what is refused and with which status, and that Slack is told to
//! come again when something was not kept.

use crate::world::{FORM, Fate, JSON, NOW_S, World, sent};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const COMMAND: &str = "team_id=T0LENS&user_id=U0ANA&command=%2Fleadlens&text=help&trigger_id=1.2.3";

#[tokio::test]
async fn only_slack_may_speak_and_only_now() {
    let world = World::new();
    let transport = world.http().await;
    let forged = transport.unsigned(FORM, COMMAND).header("x-slack-request-timestamp", NOW_S.to_string());
    let zeros = format!("v0={}", "0".repeat(64));
    for (what, request) in [
        ("unsigned", transport.unsigned(FORM, COMMAND)),
        (
            "no signature",
            transport.unsigned(FORM, COMMAND).header("x-slack-request-timestamp", NOW_S.to_string()),
        ),
        (
            "a time that is none",
            transport
                .unsigned(FORM, COMMAND)
                .header("x-slack-request-timestamp", "soon")
                .header("x-slack-signature", &zeros),
        ),
        ("no time", transport.unsigned(FORM, COMMAND).header("x-slack-signature", &zeros)),
        ("forged", forged.header("x-slack-signature", &zeros)),
        ("changed", transport.signed(FORM, COMMAND).body("command=%2Fother")),
        ("expired", transport.signed_at(NOW_S - 301, FORM, COMMAND)),
        ("from the future", transport.signed_at(NOW_S + 301, FORM, COMMAND)),
    ] {
        assert_eq!(sent(request).await.0, 401, "{what}");
    }
    assert_eq!(sent(transport.signed_at(NOW_S - 299, FORM, COMMAND)).await.0, 200);
    assert_eq!(world.counted("http", "unsigned", "refused"), 8);
}

#[tokio::test]
async fn a_replay_inside_the_window_answers_the_same_and_does_nothing() {
    let world = World::new();
    let transport = world.http().await;
    let first = sent(transport.signed(FORM, COMMAND)).await;
    let again = sent(transport.signed(FORM, COMMAND).header("x-slack-retry-num", "1")).await;
    assert_eq!(first, again);
    assert!(first.1.contains("ephemeral"), "{first:?}");
    assert_eq!(world.effects(), [1]);
    assert_eq!(world.counted("http", "retry", "noted"), 1);
}

#[tokio::test]
async fn bad_bodies_get_a_clear_status_and_reach_nobody() {
    let world = World::new();
    let transport = world.http().await;
    let huge = format!("payload={}", "a".repeat(2 * 1024 * 1024));
    let just_over = format!("{COMMAND}&x={}", "a".repeat(1024 * 1024 - COMMAND.len() - 2));
    for (what, status, request) in [
        ("two megabytes", 413, transport.signed(FORM, huge)),
        ("one byte over", 413, transport.signed(FORM, just_over)),
        ("not JSON", 400, transport.signed(JSON, "{")),
        ("JSON without a type", 400, transport.signed(JSON, "{}")),
        ("a list", 400, transport.signed(JSON, "[]")),
        ("a challenge without one", 400, transport.signed(JSON, r#"{"type":"url_verification"}"#)),
        ("an empty body", 400, transport.signed(FORM, "")),
        ("an empty JSON body", 400, transport.signed(JSON, "")),
        ("a form of nothing", 400, transport.signed(FORM, "a=b")),
        ("a payload that is not JSON", 400, transport.signed(FORM, "payload=%7B")),
        ("bytes that are not UTF-8", 400, transport.signed(FORM, b"command=\xff".to_vec())),
        ("escapes that are not UTF-8", 400, transport.signed(FORM, format!("{COMMAND}%FF"))),
        ("text", 400, transport.signed("text/plain", COMMAND)),
        ("an event without an event", 400, transport.signed(JSON, r#"{"type":"event_callback"}"#)),
        ("a command of nobody", 400, transport.signed(FORM, "command=%2Fleadlens&team_id=T0LENS")),
        ("deep nesting", 400, transport.signed(JSON, "[".repeat(10_000))),
    ] {
        let (answered, body) = sent(request).await;
        assert_eq!(answered, status, "{what}: {body}");
    }
    assert_eq!(world.given(), Vec::<String>::new());
    assert_eq!(sent(transport.signed(FORM, COMMAND)).await.0, 200, "the transport still answers");
}

#[tokio::test]
async fn a_body_that_never_arrives_is_not_waited_for() {
    let world = World::new();
    let transport = world.http().await;
    let mut slow =
        tokio::net::TcpStream::connect(transport.base.strip_prefix("http://").unwrap()).await.unwrap();
    let head = "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ncommand=";
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut status = [0_u8; 12];
    slow.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 408");
}

#[tokio::test]
async fn what_asks_for_nothing_is_acknowledged_and_counted() {
    let world = World::new();
    let transport = world.http().await;
    let challenge = json!({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "x"}).to_string();
    assert_eq!(sent(transport.signed(JSON, challenge)).await, (200, "3eZbrw1aB".into()));
    assert_eq!(sent(transport.unsigned(FORM, "ssl_check=1&token=x")).await, (200, String::new()));
    let limited = json!({"type": "app_rate_limited", "team_id": "T0LENS"}).to_string();
    assert_eq!(sent(transport.signed(JSON, limited)).await, (200, String::new()));
    assert_eq!(world.counted("http", "unknown-envelope", "ignored"), 1);
    let unknown = json!({"type": "event_callback", "event_id": "Ev1", "event": {"type": "star_added"}});
    assert_eq!(sent(transport.signed("application/json; charset=utf-8", unknown.to_string())).await.0, 200);
    assert_eq!(world.counted("http", "unknown-event", "ignored"), 1);
    let unknown = format!("payload={}", json!({"type": "dialog_submission"}));
    assert_eq!(sent(transport.signed(FORM, unknown)).await, (200, String::new()));
    assert_eq!(world.counted("http", "unknown-interaction", "ignored"), 1);
    assert_eq!(world.given(), Vec::<String>::new());
}

#[tokio::test]
async fn slack_is_asked_to_retry_a_delivery_that_was_not_stored() {
    let world = World::hasty();
    let transport = world.http().await;
    world.fates([Fate::Panics, Fate::IsNotKept, Fate::Waits]);
    for outcome in ["panicked", "failed", "late"] {
        assert_eq!(sent(transport.signed(FORM, COMMAND)).await, (503, String::new()), "{outcome}");
        assert_eq!(world.counted("http", "command", outcome), 1, "{outcome}");
    }
    world.let_one_go_on();
    let (status, body) = sent(transport.signed(FORM, COMMAND).header("x-slack-retry-num", "1")).await;
    assert_eq!(status, 200);
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["response_type"], "ephemeral");
    assert_eq!(world.effects(), [1]);
}

#[tokio::test]
async fn the_pages_beside_slacks_answer_what_they_are_for() {
    let world = World::new();
    let transport = world.http().await;
    let get = |path: &str| transport.client.get(format!("{}{path}", transport.base));
    assert_eq!(sent(get("/healthz")).await, (200, "alive\n".into()));
    assert_eq!(sent(get("/readyz")).await, (200, "ready\n".into()));
    assert_eq!(
        sent(transport.client.head(format!("{}/healthz", transport.base))).await,
        (200, String::new())
    );
    assert_eq!(sent(get("/slack/events")).await.0, 405);
    assert_eq!(sent(transport.client.post(format!("{}/metrics", transport.base))).await.0, 405);
    assert_eq!(sent(get("/elsewhere")).await.0, 404);
    sent(transport.signed(FORM, COMMAND)).await;
    let (status, text) = sent(get("/metrics")).await;
    assert_eq!(status, 200);
    assert!(
        text.contains(r#"leadlens_inbound_total{kind="command",outcome="taken",transport="http"} 1"#),
        "{text}"
    );
}

#[tokio::test]
async fn a_stop_lets_an_open_request_be_answered() {
    let world = World::new();
    let transport = world.http().await;
    // An idle connection must not hold the stop up.
    let mut idle =
        tokio::net::TcpStream::connect(transport.base.strip_prefix("http://").unwrap()).await.unwrap();
    world.fates([Fate::Waits]);
    let request = transport.signed(FORM, COMMAND);
    let answered = tokio::spawn(sent(request));
    world.begun(1).await;
    transport.stop.cancel();
    world.let_one_go_on();
    assert_eq!(answered.await.unwrap().0, 200);
    transport.served.await.unwrap();
    let _ = idle.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").await;
    let mut heard = Vec::new();
    let _ = idle.read_to_end(&mut heard).await;
    assert!(heard.is_empty(), "nothing is served after the stop");
}
