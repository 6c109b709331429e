//! The way from the workspace to the app: envelopes over Socket Mode
//! (<https://docs.slack.dev/apis/events-api/using-socket-mode>) or signed HTTP requests. What is not
//! acknowledged in time is delivered again, as Slack does, up to three times.

use super::{APP_ID, Inner, SIGNING_SECRET};
use axum::{
    extract::{
        Query, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

/// How often a delivery is tried in all.
const TRIES: u32 = 4;

/// How long after so many failed tries Slack tries an event again: at once, a minute later, five minutes
/// later. `None`: it gives the event up (<https://docs.slack.dev/apis/events-api/#retries>).
fn retry_after_ms(tries: u32) -> Option<i64> {
    match tries {
        0 | 1 => Some(0),
        2 => Some(60_000),
        3 => Some(300_000),
        _ => None,
    }
}

/// Which of Slack's payloads it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A slash command.
    Command,
    /// An event.
    Event,
    /// An interaction.
    Interaction,
}

/// What became of a delivery.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The app acknowledged it.
    pub acked: bool,
    /// How often it was sent.
    pub tries: u32,
    /// What the acknowledgement carried.
    pub ack: Option<Value>,
    /// The HTTP status of the last try, over HTTP.
    pub status: Option<u16>,
    /// From the last try's sending to its acknowledgement.
    pub took: Duration,
}

#[derive(Default)]
pub(super) struct Delivery {
    pub(super) request_url: Option<String>,
    pub(super) lose_acks: u32,
    sockets: Vec<Socket>,
    pending: HashMap<String, oneshot::Sender<Value>>,
    last: Option<(Kind, Value)>,
    count: u64,
    waiting: Vec<Waiting>,
    pub(super) held: Option<Vec<Value>>,
    pub(super) given_up: u32,
}

/// An event that Slack tries again later.
#[derive(Clone)]
struct Waiting {
    payload: Value,
    tries: u32,
    due_ms: i64,
}

struct Socket {
    id: u64,
    out: mpsc::UnboundedSender<Out>,
}

enum Out {
    Text(String),
    Cut,
}

fn delivery(inner: &Inner) -> MutexGuard<'_, Delivery> {
    inner.delivery.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn socket_url(inner: &Inner) -> String {
    let ticket = inner.change(|state| state.id("ticket"));
    format!("ws://{}/link/?ticket={ticket}&app_id={APP_ID}", inner.address)
}

pub(super) fn connections(inner: &Inner) -> usize {
    delivery(inner).sockets.len()
}

pub(super) fn cut_connections(inner: &Inner) {
    for socket in delivery(inner).sockets.drain(..) {
        let _ = socket.out.send(Out::Cut);
    }
}

pub(super) fn send_disconnect(inner: &Inner) {
    let text =
        json!({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "sandbox"}});
    for socket in &delivery(inner).sockets {
        let _ = socket.out.send(Out::Text(text.to_string()));
    }
}

/// `GET /link/`: a websocket for envelopes.
pub(super) async fn socket(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !query.get("ticket").is_some_and(|ticket| ticket.starts_with("ticket")) {
        return (StatusCode::FORBIDDEN, "no ticket").into_response();
    }
    if inner.state().unreachable {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if connections(&inner) >= 10 {
        return (StatusCode::TOO_MANY_REQUESTS, "too many connections").into_response();
    }
    upgrade.on_upgrade(move |websocket| serve_socket(inner, websocket))
}

async fn serve_socket(inner: Arc<Inner>, mut websocket: WebSocket) {
    let hello = json!({
        "type": "hello", "num_connections": connections(&inner) + 1, "connection_info": {"app_id": APP_ID},
        "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
    });
    if websocket.send(Message::Text(hello.to_string().into())).await.is_err() {
        return;
    }
    let (out, mut outgoing) = mpsc::unbounded_channel();
    let id = {
        let mut delivery = delivery(&inner);
        delivery.count += 1;
        let id = delivery.count;
        delivery.sockets.push(Socket { id, out });
        id
    };
    inner.change(|_| ());
    loop {
        tokio::select! {
            said = outgoing.recv() => match said {
                Some(Out::Text(text)) => {
                    if websocket.send(Message::Text(text.into())).await.is_err() { break }
                }
                Some(Out::Cut) | None => break,
            },
            heard = websocket.recv() => match heard {
                Some(Ok(Message::Text(text))) => take_ack(&inner, &text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
            () = inner.stop.cancelled() => {
                let _ = websocket.send(Message::Close(None::<CloseFrame>)).await;
                break;
            }
        }
    }
    delivery(&inner).sockets.retain(|socket| socket.id != id);
    inner.change(|_| ());
}

fn take_ack(inner: &Inner, text: &str) {
    let Ok(ack) = serde_json::from_str::<Value>(text) else { return };
    let mut delivery = delivery(inner);
    if delivery.lose_acks > 0 {
        delivery.lose_acks -= 1;
        return;
    }
    let id = ack["envelope_id"].as_str().unwrap_or_default();
    if let Some(waiting) = delivery.pending.remove(id) {
        let _ = waiting.send(ack);
    }
}

/// Delivers once more what was delivered last.
pub(super) async fn redeliver_last(inner: &Arc<Inner>) -> Delivered {
    let last = delivery(inner).last.clone();
    match last {
        Some((kind, payload)) => deliver(inner, kind, payload).await,
        None => Delivered { acked: false, tries: 0, ack: None, status: None, took: Duration::ZERO },
    }
}

/// Delivers a payload until it is acknowledged or the tries are used up.
pub(super) async fn deliver(inner: &Arc<Inner>, kind: Kind, payload: Value) -> Delivered {
    let request_url = {
        let mut delivery = delivery(inner);
        delivery.last = Some((kind, payload.clone()));
        delivery.request_url.clone()
    };
    if inner.state().deliveries_fail {
        return fail(inner, kind, payload);
    }
    if kind == Kind::Event
        && let Some(held) = &mut delivery(inner).held
    {
        held.push(payload);
        return Delivered { acked: true, tries: 0, ack: None, status: None, took: Duration::ZERO };
    }
    // Over HTTP Slack repeats events alone; a command or a tap that fails is shown as failed.
    let tries = if request_url.is_some() && kind != Kind::Event { 1 } else { TRIES };
    let mut delivered = Delivered { acked: false, tries: 0, ack: None, status: None, took: Duration::ZERO };
    for nth in 0..tries {
        let began = Instant::now();
        delivered.tries = nth + 1;
        let outcome = match &request_url {
            Some(url) => over_http(inner, url, kind, &payload, nth).await,
            None => over_socket(inner, kind, &payload, nth).await,
        };
        delivered.took = began.elapsed();
        delivered.status = outcome.status;
        if let Some(Acknowledged(payload)) = outcome.ack {
            delivered.acked = true;
            delivered.ack = payload;
            break;
        }
    }
    delivered
}

/// Slack cannot reach the app: an event waits for its retries, anything else has failed.
fn fail(inner: &Inner, kind: Kind, payload: Value) -> Delivered {
    // The first retry follows at once.
    let tries = if kind == Kind::Event { 2 } else { 1 };
    if kind == Kind::Event {
        wait_for_retry(&mut delivery(inner), payload, tries, inner.now_ms());
    }
    Delivered { acked: false, tries, ack: None, status: None, took: Duration::ZERO }
}

fn wait_for_retry(delivery: &mut Delivery, payload: Value, tries: u32, failed_ms: i64) {
    match retry_after_ms(tries) {
        Some(after_ms) => {
            delivery.waiting.push(Waiting { payload, tries, due_ms: failed_ms + after_ms });
        }
        None => delivery.given_up += 1,
    }
}

/// When the next event is tried again.
pub(super) fn next_retry_ms(inner: &Inner) -> Option<i64> {
    delivery(inner).waiting.iter().map(|waiting| waiting.due_ms).min()
}

/// Tries again what is due.
pub(super) async fn retry_due(inner: &Arc<Inner>) -> Vec<Delivered> {
    let now_ms = inner.now_ms();
    let due: Vec<Waiting> = {
        let mut delivery = delivery(inner);
        let (due, later) =
            std::mem::take(&mut delivery.waiting).into_iter().partition(|it| it.due_ms <= now_ms);
        delivery.waiting = later;
        due
    };
    let mut delivered = Vec::new();
    for Waiting { payload, tries, due_ms } in due {
        if !inner.state().deliveries_fail {
            delivered.push(deliver(inner, Kind::Event, payload).await);
            continue;
        }
        wait_for_retry(&mut delivery(inner), payload, tries + 1, due_ms);
    }
    delivered
}

/// The last event once more, under an event id of its own.
pub(super) async fn repeat_last(inner: &Arc<Inner>) -> Delivered {
    let last = delivery(inner).last.clone();
    match last {
        Some((kind, mut payload)) => {
            payload["event_id"] = json!(inner.change(|state| state.id("Ev")));
            deliver(inner, kind, payload).await
        }
        None => Delivered { acked: false, tries: 0, ack: None, status: None, took: Duration::ZERO },
    }
}

struct Outcome {
    ack: Option<Acknowledged>,
    status: Option<u16>,
}

/// The app acknowledged a delivery, perhaps with a payload.
struct Acknowledged(Option<Value>);

async fn over_socket(inner: &Arc<Inner>, kind: Kind, payload: &Value, retry: u32) -> Outcome {
    let missed = Outcome { ack: None, status: None };
    let Some((envelope_id, waiting)) = send_envelope(inner, kind, payload, retry).await else {
        return missed;
    };
    let heard = tokio::time::timeout(inner.ack_timeout, waiting).await;
    delivery(inner).pending.remove(&envelope_id);
    match heard {
        Ok(Ok(mut ack)) => {
            let payload = ack.get_mut("payload").map(Value::take);
            Outcome { ack: Some(Acknowledged(payload)), status: None }
        }
        _ => missed,
    }
}

/// Waits for a connection, and sends the envelope over one of them in turn.
async fn send_envelope(
    inner: &Arc<Inner>,
    kind: Kind,
    payload: &Value,
    retry: u32,
) -> Option<(String, oneshot::Receiver<Value>)> {
    let mut changed = inner.changed.subscribe();
    let connected = async {
        while connections(inner) == 0 {
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), connected).await.ok()?;
    let name = match kind {
        Kind::Command => "slash_commands",
        Kind::Event => "events_api",
        Kind::Interaction => "interactive",
    };
    let mut delivery = delivery(inner);
    delivery.count += 1;
    let count = delivery.count;
    let envelope_id = format!("envelope-{count}");
    let mut envelope = json!({
        "envelope_id": envelope_id, "type": name, "payload": payload,
        "accepts_response_payload": kind != Kind::Event,
    });
    if kind == Kind::Event {
        envelope["retry_attempt"] = json!(retry);
        envelope["retry_reason"] = json!(if retry > 0 { "timeout" } else { "" });
    }
    let (tell, waiting) = oneshot::channel();
    delivery.pending.insert(envelope_id.clone(), tell);
    let open = delivery.sockets.len();
    let nth = usize::try_from(count).unwrap_or_default().checked_rem(open)?;
    delivery.sockets.get(nth)?.out.send(Out::Text(envelope.to_string())).ok()?;
    Some((envelope_id, waiting))
}

/// Signs as Slack does; for requests that a test makes by hand as well.
pub fn sign(timestamp: &str, body: &str) -> String {
    let mut text = "v0=".to_owned();
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SIGNING_SECRET.as_bytes()) {
        mac.update(format!("v0:{timestamp}:{body}").as_bytes());
        for byte in mac.finalize().into_bytes() {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

async fn over_http(inner: &Arc<Inner>, url: &str, kind: Kind, payload: &Value, retry: u32) -> Outcome {
    let (content_type, body) = match kind {
        Kind::Event => ("application/json", payload.to_string()),
        Kind::Interaction => (
            "application/x-www-form-urlencoded",
            serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap_or_default(),
        ),
        Kind::Command => ("application/x-www-form-urlencoded", form(payload)),
    };
    let timestamp = inner.now_ms().div_euclid(1_000).to_string();
    let mut request = inner
        .http
        .post(url)
        .timeout(inner.ack_timeout)
        .header("content-type", content_type)
        .header("x-slack-signature", sign(&timestamp, &body))
        .header("x-slack-request-timestamp", timestamp);
    if retry > 0 {
        request = request.header("x-slack-retry-num", retry).header("x-slack-retry-reason", "http_timeout");
    }
    let Ok(response) = request.body(body).send().await else {
        return Outcome { ack: None, status: None };
    };
    let status = response.status();
    let answer = response.text().await.unwrap_or_default();
    {
        let mut delivery = delivery(inner);
        if delivery.lose_acks > 0 {
            delivery.lose_acks -= 1;
            return Outcome { ack: None, status: Some(status.as_u16()) };
        }
    }
    let ack = status.is_success().then(|| Acknowledged(serde_json::from_str(&answer).ok()));
    Outcome { ack, status: Some(status.as_u16()) }
}

/// The fields of a command as a form.
fn form(payload: &Value) -> String {
    let fields: Vec<(&String, &str)> = payload
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| value.as_str().map(|value| (name, value)))
        .collect();
    serde_urlencoded::to_string(fields).unwrap_or_default()
}
