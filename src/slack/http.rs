//! The HTTP door: `POST /slack/events` takes events, commands and interactions, as Bolt does. The
//! signature is checked before anything is parsed, and no body is ever logged.

use super::{
    inbound::Kind,
    receive::{Answer, Receiver},
    signature::{self, Forged},
};
use crate::clock::Clock;
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::BytesMut;
use futures::StreamExt;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::{sync::Arc, time::Duration};

/// The largest body that is taken; Slack's own payloads stay far below.
pub const MAX_BODY: usize = 1024 * 1024;

/// How much of a body is read at most. What is over [`MAX_BODY`] is thrown away, but read, because
/// a connection closed on a client that still sends may lose it the answer.
const MAX_READ: usize = 8 * MAX_BODY;

/// How long a body may take to arrive: Slack itself gives up after three seconds.
const READ_LIMIT: Duration = Duration::from_secs(3);

const DOOR: &str = "http";

/// What the door needs.
#[derive(Clone)]
struct HttpDoor {
    receiver: Receiver,
    clock: Arc<dyn Clock>,
    secret: SecretString,
}

/// The route.
pub fn router(receiver: Receiver, clock: Arc<dyn Clock>, secret: SecretString) -> Router {
    let door = HttpDoor { receiver, clock, secret };
    Router::new().route("/slack/events", post(receive)).with_state(door)
}

async fn receive(State(door): State<HttpDoor>, headers: HeaderMap, body: Body) -> Response {
    let body = match tokio::time::timeout(READ_LIMIT, read_body(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return door.refuse("unread", status, ""),
        Err(_slow) => return door.refuse("unread", StatusCode::REQUEST_TIMEOUT, ""),
    };
    match door.check(&headers, &body) {
        Ok(()) => door.take(&headers, &body).await,
        // Slack checks a certificate without signing; Bolt answers that as well. Nothing is read of it.
        Err(Forged::Missing) if is_ssl_check(&headers, &body) => StatusCode::OK.into_response(),
        Err(forged) => {
            tracing::warn!(door = DOOR, %forged, "a request is not Slack's");
            door.refuse("unsigned", StatusCode::UNAUTHORIZED, &forged.to_string())
        }
    }
}

async fn read_body(body: Body) -> Result<BytesMut, StatusCode> {
    let mut chunks = body.into_data_stream();
    let (mut kept, mut size) = (BytesMut::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        size = size.saturating_add(chunk.len());
        if size <= MAX_BODY {
            kept.extend_from_slice(&chunk);
        } else if size > MAX_READ {
            break;
        }
    }
    if size > MAX_BODY { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(kept) }
}

impl HttpDoor {
    async fn take(&self, headers: &HeaderMap, body: &[u8]) -> Response {
        if headers.contains_key("x-slack-retry-num") {
            self.receiver.metrics().inbound(DOOR, "retry", "noted");
        }
        let read = match content_type(headers).as_str() {
            "application/json" => read_json(body),
            "application/x-www-form-urlencoded" => read_form(body),
            _ => Err("neither JSON nor a form"),
        };
        match read {
            Ok(Request::Challenge(challenge)) => challenge.into_response(),
            Ok(Request::Nothing(kind)) => {
                self.receiver.metrics().inbound(DOOR, kind, "ignored");
                StatusCode::OK.into_response()
            }
            Ok(Request::Delivery(kind, payload)) => answer(self.receiver.receive(DOOR, kind, payload).await),
            Err(problem) => self.refuse("malformed", StatusCode::BAD_REQUEST, problem),
        }
    }

    fn refuse(&self, kind: &str, status: StatusCode, problem: &str) -> Response {
        self.receiver.metrics().inbound(DOOR, kind, "refused");
        (status, problem.to_owned()).into_response()
    }

    fn check(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Forged> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        signature::verify(
            &self.secret,
            header("x-slack-request-timestamp"),
            header("x-slack-signature"),
            body,
            self.clock.now().as_second(),
        )
    }
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_ssl_check(headers: &HeaderMap, body: &[u8]) -> bool {
    content_type(headers) == "application/x-www-form-urlencoded"
        && matches!(read_form(body), Ok(Request::Nothing("ssl-check")))
}

fn answer(answer: Answer) -> Response {
    match answer {
        Answer::Ack(Some(body)) => Json(body).into_response(),
        Answer::Ack(None) => StatusCode::OK.into_response(),
        Answer::Refused => (StatusCode::BAD_REQUEST, "not a payload of Slack's").into_response(),
        Answer::NotKept => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

enum Request {
    /// `url_verification` wants its challenge back.
    Challenge(String),
    /// Asks for nothing but an acknowledgement; its name in metrics.
    Nothing(&'static str),
    Delivery(Kind, Value),
}

fn read_json(body: &[u8]) -> Result<Request, &'static str> {
    let payload: Value = serde_json::from_slice(body).map_err(|_| "not JSON")?;
    match payload["type"].as_str() {
        Some("url_verification") => {
            Ok(Request::Challenge(payload["challenge"].as_str().ok_or("no challenge")?.to_owned()))
        }
        Some("event_callback") => Ok(Request::Delivery(Kind::Event, payload)),
        // `app_rate_limited` and whatever else Slack may add asks for nothing.
        Some(_) => Ok(Request::Nothing("unknown-envelope")),
        None => Err("no type"),
    }
}

fn read_form(body: &[u8]) -> Result<Request, &'static str> {
    let fields = form_fields(body).ok_or("not a form")?;
    if fields.contains_key("ssl_check") {
        return Ok(Request::Nothing("ssl-check"));
    }
    if let Some(payload) = fields.get("payload") {
        let text = payload.as_str().unwrap_or_default();
        let payload = serde_json::from_str(text).map_err(|_| "payload is not JSON")?;
        return Ok(Request::Delivery(Kind::Interaction, payload));
    }
    if fields.contains_key("command") {
        return Ok(Request::Delivery(Kind::Command, Value::Object(fields)));
    }
    Err("neither a command nor a payload")
}

/// The parser puts U+FFFD where bytes are not UTF-8; a member's text must not be changed unseen, so
/// one that was not sent as such is refused.
fn form_fields(body: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(body).ok()?;
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(text).ok()?;
    let replaced: usize = fields
        .iter()
        .map(|(name, value)| name.matches('\u{fffd}').count() + value.matches('\u{fffd}').count())
        .sum();
    let sent = text.matches('\u{fffd}').count() + text.to_ascii_uppercase().matches("%EF%BF%BD").count();
    (replaced <= sent).then(|| fields.into_iter().map(|(name, value)| (name, json!(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_typed_comes_through_a_form_byte_for_byte(text in "\\PC*|[\u{fffd}%&=+ \n]{0,20}") {
            let body = serde_urlencoded::to_string([("command", "/leadlens"), ("text", text.as_str())]).unwrap();
            let read = read_form(body.as_bytes());
            let Ok(Request::Delivery(Kind::Command, fields)) = read else { panic!("not a command") };
            prop_assert_eq!(fields["text"].as_str(), Some(text.as_str()));
        }

        #[test]
        fn no_bytes_break_the_door(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (read_form(&bytes), read_json(&bytes));
        }
    }
}
