//! The HTTP transport: `POST /slack/events` accepts events, commands and interactions, as Bolt does.
//! The signature is verified before anything is parsed, and no body is ever logged.

use super::{
    delivery_span::delivery_span,
    signature::{self, SignatureError},
};
use crate::{
    clock::Clock,
    slack::{
        inbound::{Kind, read_interaction},
        receive::{Answer, Receiver},
    },
};
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
use tracing::Instrument as _;

/// The largest body that is accepted; Slack's payloads are far smaller.
const MAX_BODY: usize = 1024 * 1024;

/// How much of a body is read at most. What exceeds [`MAX_BODY`] is read and discarded, because closing
/// the connection while the client still sends can make it lose the answer.
const MAX_READ: usize = 8 * MAX_BODY;

/// How long a body may take to arrive. Slack itself gives up after three seconds.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// The name of this transport in metrics and logs.
const TRANSPORT: &str = "http";

#[derive(Clone)]
struct HttpTransport {
    receiver: Receiver,
    clock: Arc<dyn Clock>,
    secret: SecretString,
}

/// The route. `secret` is the app's signing secret.
pub fn router(receiver: Receiver, clock: Arc<dyn Clock>, secret: SecretString) -> Router {
    let transport = HttpTransport { receiver, clock, secret };
    Router::new().route("/slack/events", post(receive)).with_state(transport)
}

async fn receive(State(transport): State<HttpTransport>, headers: HeaderMap, body: Body) -> Response {
    let body = match tokio::time::timeout(READ_TIMEOUT, read_body(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return transport.refuse("unread", status, ""),
        Err(_) => return transport.refuse("unread", StatusCode::REQUEST_TIMEOUT, ""),
    };
    match transport.verify(&headers, &body) {
        Ok(()) => transport.process(&headers, &body).await,
        // Slack checks our certificate with an unsigned request. Bolt answers it too.
        Err(SignatureError::Missing) if is_ssl_check(&headers, &body) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::warn!(transport = TRANSPORT, %error, "a request was not signed by Slack");
            transport.refuse("unsigned", StatusCode::UNAUTHORIZED, &error.to_string())
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

impl HttpTransport {
    async fn process(&self, headers: &HeaderMap, body: &[u8]) -> Response {
        if headers.contains_key("x-slack-retry-num") {
            self.receiver.metrics().inbound(TRANSPORT, "retry", "noted");
        }
        let request = match content_type(headers).as_str() {
            "application/json" => read_json(body),
            "application/x-www-form-urlencoded" => read_form(body),
            _ => Err("neither JSON nor a form"),
        };
        match request {
            Ok(Request::Challenge(challenge)) => challenge.into_response(),
            Ok(Request::Ignored(kind)) => {
                self.receiver.metrics().inbound(TRANSPORT, kind, "ignored");
                StatusCode::OK.into_response()
            }
            Ok(Request::Delivery(kind, payload)) => {
                let span = delivery_span(kind, &payload);
                answer(self.receiver.receive(TRANSPORT, kind, payload).instrument(span).await)
            }
            Err(problem) => self.refuse("malformed", StatusCode::BAD_REQUEST, problem),
        }
    }

    fn refuse(&self, kind: &str, status: StatusCode, problem: &str) -> Response {
        self.receiver.metrics().inbound(TRANSPORT, kind, "refused");
        (status, problem.to_owned()).into_response()
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), SignatureError> {
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
        && matches!(read_form(body), Ok(Request::Ignored("ssl-check")))
}

fn answer(answer: Answer) -> Response {
    match answer {
        Answer::Ack(Some(body)) => Json(body).into_response(),
        Answer::Ack(None) => StatusCode::OK.into_response(),
        Answer::Malformed => (StatusCode::BAD_REQUEST, "not a payload of Slack's").into_response(),
        Answer::NotStored => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

enum Request {
    /// `url_verification`, which is answered with its challenge.
    Challenge(String),
    /// Needs an acknowledgement and nothing else. Holds its name in metrics.
    Ignored(&'static str),
    Delivery(Kind, Value),
}

fn read_json(body: &[u8]) -> Result<Request, &'static str> {
    let payload: Value = serde_json::from_slice(body).map_err(|_| "not JSON")?;
    match payload["type"].as_str() {
        Some("url_verification") => {
            Ok(Request::Challenge(payload["challenge"].as_str().ok_or("no challenge")?.to_owned()))
        }
        Some("event_callback") => Ok(Request::Delivery(Kind::Event, payload)),
        // `app_rate_limited`, and envelopes that Slack may add.
        Some(_) => Ok(Request::Ignored("unknown-envelope")),
        None => Err("no type"),
    }
}

fn read_form(body: &[u8]) -> Result<Request, &'static str> {
    let fields = form_fields(body).ok_or("not a form")?;
    if fields.contains_key("ssl_check") {
        return Ok(Request::Ignored("ssl-check"));
    }
    if let Some(payload) = fields.get("payload") {
        let text = payload.as_str().unwrap_or_default();
        let payload = read_interaction(text).map_err(|_| "payload is not JSON")?;
        return Ok(Request::Delivery(Kind::Interaction, payload));
    }
    if fields.contains_key("command") {
        return Ok(Request::Delivery(Kind::Command, Value::Object(fields)));
    }
    Err("neither a command nor a payload")
}

/// Parses a form, and refuses one that is not UTF-8 after percent-decoding.
///
/// The parser replaces such bytes with U+FFFD, which would change a member's text without notice. So
/// there must not be more of these characters than were sent.
fn form_fields(body: &[u8]) -> Option<Map<String, Value>> {
    let text = std::str::from_utf8(body).ok()?;
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(text).ok()?;
    let replaced: usize = fields
        .iter()
        .map(|(name, value)| name.matches('\u{fffd}').count() + value.matches('\u{fffd}').count())
        .sum();
    let sent = || text.matches('\u{fffd}').count() + text.to_ascii_uppercase().matches("%EF%BF%BD").count();
    (replaced == 0 || replaced <= sent())
        .then(|| fields.into_iter().map(|(name, value)| (name, json!(value))).collect())
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
        fn no_bytes_make_the_parsers_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (read_form(&bytes), read_json(&bytes));
        }
    }
}
