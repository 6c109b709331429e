//! The same payloads through both transports: the same deliveries reach the app, in the same words, and
//! the same answers come back.

use crate::{
    wire::{TICKET, Wire},
    world::{FORM, JSON, World, sent},
};
use leadlens::telemetry::{LogFormat, subscriber};
use serde_json::Value;
use std::{
    io::Write,
    path::Path,
    sync::{Arc, LazyLock, Mutex},
};
use tracing_subscriber::util::SubscriberInitExt;

/// Name and payload of every fixture, in the order of their names.
fn fixtures() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/slack");
    let mut fixtures: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap())
        })
        .collect();
    fixtures.sort_by(|(one, _), (other, _)| one.cmp(other));
    fixtures
}

/// As Slack sends it over HTTP: content type and body.
fn over_http(name: &str, payload: &Value) -> (&'static str, String) {
    match name.split('-').next() {
        Some("event") => (JSON, payload.to_string()),
        Some("interaction") => {
            (FORM, serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap())
        }
        _ => {
            let field = |(name, value): (&String, &Value)| match value {
                Value::Null => None,
                Value::String(text) => Some((name.clone(), text.clone())),
                other => Some((name.clone(), other.to_string())),
            };
            let fields: Vec<_> = payload.as_object().unwrap().iter().filter_map(field).collect();
            (FORM, serde_urlencoded::to_string(fields).unwrap())
        }
    }
}

/// Sends every fixture through both transports; what reached the app by HTTP, and by Socket Mode.
async fn through_both_transports() -> (Vec<String>, Vec<String>) {
    let (by_http, by_socket, wire) = (World::new(), World::new(), Wire::new().await);
    let http = by_http.http().await;
    let _socket = wire.transport(&by_socket, 1).await;
    for (name, payload) in fixtures() {
        let (content_type, body) = over_http(&name, &payload);
        let (status, answered) = sent(http.signed(content_type, body)).await;
        let kind = match name.split('-').next() {
            Some("event") => "events_api",
            Some("interaction") => "interactive",
            _ => "slash_commands",
        };
        wire.deliver(0, &name, kind, &payload);
        let acknowledged = wire.heard().await;
        assert_eq!(acknowledged["envelope_id"], *name);
        assert_eq!(status, if name.contains("malformed") { 400 } else { 200 }, "{name}: {answered}");
        if status == 200 {
            let answered = serde_json::from_str(&answered).unwrap_or(Value::Null);
            assert_eq!(acknowledged["payload"], answered, "{name}");
        }
    }
    (by_http.given(), by_socket.given())
}

#[tokio::test]
async fn both_transports_deliver_and_answer_the_same() {
    let (by_http, by_socket) = through_both_transports().await;
    assert!(by_http.len() > 50, "{} deliveries", by_http.len());
    assert_eq!(by_http.len(), by_socket.len());
    for (one, other) in by_http.iter().zip(&by_socket) {
        assert_eq!(one, other);
    }
}

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The log of this whole process. A subscriber of one thread would not do: whether a call site is heard at
/// all is remembered for the process, and asked of whichever thread of the tests comes by first.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    subscriber("trace", LogFormat::Json, move || writer.clone()).unwrap().init();
    tracing::callsite::rebuild_interest_cache();
    log
});

#[tokio::test]
async fn no_filter_lets_a_members_words_or_a_ticket_into_the_log() {
    let log = LOG.0.clone();
    through_both_transports().await;
    let logged = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    let refused = logged.lines().find(|line| line.contains("a delivery was refused"));
    let refused: Value = serde_json::from_str(refused.expect("the log was heard")).unwrap();
    assert_eq!(refused["span"]["name"], "delivery", "{refused}");
    assert!(refused["span"]["delivery.kind"].is_string(), "{refused}");
    assert!(logged.contains(r#""workspace.id":"T"#), "the span names the workspace");
    for never in ["What I wrote", "hooks.slack.com", TICKET, "xapp-1-test", "the signing secret"] {
        assert!(!logged.contains(never), "{never}");
    }
}
