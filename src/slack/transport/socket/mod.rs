//! The Socket Mode transport. slack-morphism holds the websockets; this listener gets each raw envelope
//! and returns its acknowledgement. The callback runs in the reader loop of its connection, so that
//! nothing else is read from that connection meanwhile: it awaits the commit, with a deadline, and
//! nothing else. `slots` decides when a connection is renewed.

mod slots;

use super::delivery_span::delivery_span;
use crate::slack::{
    inbound::Kind,
    receive::{Answer, DEADLINE, Receiver},
    web_api::Connector,
};
use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use slack_morphism::{
    SlackApiToken, SlackApiTokenValue, SlackClient, SlackClientSocketModeConfig,
    SlackSocketModeClientListener, SlackSocketModeWssClientId,
    clients_manager::{SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory},
    listener::SlackClientEventsListenerEnvironment,
};
use slots::{FLUSH_DELAY, Slots};
use std::{
    sync::{Arc, OnceLock, Weak},
    time::{Duration, Instant},
};
use tokio::sync::RwLock;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// The name of this transport in metrics and logs.
const TRANSPORT: &str = "socket";

/// How often the connections are checked.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// How many checks in a row must find no connection before a warning is logged. One is usual while
/// connections are renewed.
const CHECKS_BEFORE_WARNING: u32 = 2;

/// A connection that answers no ping for twice this long is closed and replaced.
const PING_EVERY_S: u64 = 10;

type Manager = dyn SlackSocketModeClientsManager + Send + Sync;

/// How many connections are held, and how fast they are retried.
#[derive(Debug, Clone, Copy)]
pub struct SocketOptions {
    /// Connections held at once, 1 to 10
    /// (<https://docs.slack.dev/apis/events-api/using-socket-mode>). With two or more, the others
    /// receive the deliveries while one is renewed.
    pub connections: u8,
    /// Seconds before a failed connection is tried again; at least 1.
    pub reconnect_s: u64,
}

impl Default for SocketOptions {
    fn default() -> Self {
        Self { connections: 2, reconnect_s: 5 }
    }
}

/// Socket Mode while it is running. Dropping it does not close the connections;
/// [`SocketTransport::close`] does.
pub struct SocketTransport {
    manager: Arc<Manager>,
    listener: Arc<Listener>,
}

impl SocketTransport {
    /// Opens the connections in the background. Each is renewed whenever Slack or the network ends it.
    ///
    /// # Errors
    /// When slack-morphism does not accept the token. Its own error is dropped, because it may hold the
    /// token.
    pub async fn open(
        client: Arc<SlackClient<Connector>>,
        app_token: &SecretString,
        options: SocketOptions,
        receiver: Receiver,
    ) -> Result<Self, &'static str> {
        let connections = options.connections.clamp(1, 10);
        let listener = Arc::new(Listener {
            receiver,
            manager: OnceLock::new(),
            stop: CancellationToken::new(),
            processing: RwLock::new(()),
            slots: Mutex::new(Slots::new(connections, Instant::now())),
        });
        let environment = SlackClientEventsListenerEnvironment::new(Arc::clone(&client))
            .with_error_handler(|_error, _client, _state| http::StatusCode::OK);
        let manager = client.http_api.connector.new_clients_manager(Arc::new(environment));
        // Set before the first connection can deliver anything. It is empty, so this cannot fail.
        let _ = listener.manager.set(Arc::downgrade(&manager));
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(u32::from(connections))
            .with_initial_backoff_in_seconds(1)
            .with_reconnect_timeout_in_seconds(options.reconnect_s.max(1))
            .with_ping_interval_in_seconds(PING_EVERY_S)
            .with_ping_failure_threshold_times(2);
        let token = SlackApiToken::new(SlackApiTokenValue::new(app_token.expose_secret().to_owned()));
        manager
            .register_new_token(&config, token, listener.clone())
            .await
            .map_err(|_| "Socket Mode could not be started")?;
        manager.start().await;
        tokio::spawn(check_connections(Arc::clone(&listener)));
        Ok(Self { manager, listener })
    }

    /// Whether Slack has sent `hello` on at least one connection that is still open.
    #[cfg(feature = "test-support")]
    pub fn is_connected(&self) -> bool {
        self.connections() > 0
    }

    /// The number of open connections on which Slack has sent `hello`.
    #[cfg(feature = "test-support")]
    pub fn connections(&self) -> usize {
        self.listener.slots().open()
    }

    /// Accepts no more envelopes, waits until those that were accepted are answered, and closes the
    /// connections. Work that follows an answer is finished by the receiver's tasks.
    pub async fn close(&self) {
        self.listener.stop.cancel();
        // The write lock is granted when no envelope is being processed. After the deadline there is
        // nothing left to wait for: an answer would be too late for Slack.
        let _ = tokio::time::timeout(DEADLINE, self.listener.processing.write()).await;
        tokio::time::sleep(FLUSH_DELAY).await;
        self.manager.shutdown().await;
    }
}

/// Replaces connections that hang, and warns when there is none at all. slack-morphism's own messages
/// about that are not logged, because they hold the ticket of the connection.
async fn check_connections(listener: Arc<Listener>) {
    let (stop, mut checks_without_connection) = (listener.stop.clone(), 0_u32);
    while stop.run_until_cancelled(tokio::time::sleep(CHECK_EVERY)).await.is_some() {
        let (overdue, open) = {
            let mut slots = listener.slots();
            (slots.overdue(Instant::now()), slots.open())
        };
        for id in overdue {
            listener.restart(id, Duration::ZERO);
        }
        if open > 0 {
            if checks_without_connection >= CHECKS_BEFORE_WARNING {
                tracing::info!(transport = TRANSPORT, connections = open, "Slack is connected again");
            }
            checks_without_connection = 0;
        } else {
            checks_without_connection = checks_without_connection.saturating_add(1);
            if checks_without_connection == CHECKS_BEFORE_WARNING {
                tracing::warn!(
                    transport = TRANSPORT,
                    "Slack is not connected; `leadlens doctor` says what is wrong"
                );
            }
        }
    }
}

struct Listener {
    receiver: Receiver,
    manager: OnceLock<Weak<Manager>>,
    /// Cancelled by [`SocketTransport::close`].
    stop: CancellationToken,
    /// Locked for reading while an envelope is processed.
    processing: RwLock<()>,
    slots: Mutex<Slots>,
}

impl Listener {
    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock()
    }

    /// Opens another connection in place of one that has ended. Slack delivers envelopes that were not
    /// acknowledged on the old one again; dispatch recognises them by their delivery key.
    fn renew(&self, id: &SlackSocketModeWssClientId) {
        if self.stop.is_cancelled() {
            return;
        }
        let pause = self.slots().end(id, Instant::now());
        if let Some(pause) = pause {
            self.restart(id.clone(), pause);
        }
    }

    /// Restarts in a task of its own, because `restart_client` waits for the reader and writer tasks of
    /// the connection, and those are the tasks that call this.
    fn restart(&self, id: SlackSocketModeWssClientId, pause: Duration) {
        let (manager, stop) = (self.manager.get().cloned(), self.stop.clone());
        tokio::spawn(async move {
            let waited = stop.run_until_cancelled(tokio::time::sleep(pause)).await;
            if let (Some(()), Some(manager)) = (waited, manager.and_then(|manager| manager.upgrade())) {
                manager.restart_client(&id).await;
            }
        });
    }

    fn disconnected(&self, id: &SlackSocketModeWssClientId, reason: &str) {
        match reason {
            // The connection goes on working until Slack closes it or announces the end again.
            "warning" => return,
            "link_disabled" => tracing::error!(
                transport = TRANSPORT,
                "Socket Mode is switched off for this app: switch it on at https://api.slack.com/apps"
            ),
            "too_many_websockets" => tracing::warn!(
                transport = TRANSPORT,
                "Slack holds ten connections for this app already: is it running elsewhere?"
            ),
            _ => tracing::info!(transport = TRANSPORT, "Slack renews a Socket Mode connection"),
        }
        self.renew(id);
    }

    async fn envelope(&self, mut envelope: Value, kind: Option<Kind>) -> Option<String> {
        let Some(envelope_id) = envelope["envelope_id"].as_str().map(str::to_owned) else {
            return self.malformed(None);
        };
        if envelope["retry_attempt"].as_u64().is_some_and(|attempt| attempt > 0) {
            self.receiver.metrics().inbound(TRANSPORT, "retry", "noted");
        }
        let Some(kind) = kind else {
            self.receiver.metrics().inbound(TRANSPORT, "unknown-envelope", "ignored");
            return Some(acknowledgement(&envelope_id, None));
        };
        let payload = envelope.get_mut("payload").map(Value::take).unwrap_or_default();
        let span = delivery_span(kind, &payload);
        let body = match self.receiver.receive(TRANSPORT, kind, payload).instrument(span).await {
            Answer::Ack(body) => body,
            // A redelivery would not parse either, so it is acknowledged. The receiver has logged it.
            Answer::Malformed => None,
            Answer::NotStored => return None,
        };
        let accepts = envelope["accepts_response_payload"] == true;
        if body.is_some() && !accepts {
            self.receiver.metrics().inbound(TRANSPORT, kind.as_str(), "answer-not-accepted");
        }
        Some(acknowledgement(&envelope_id, body.filter(|_| accepts)))
    }

    /// Counts and logs an envelope that is not valid JSON, and acknowledges it if its id is readable: a
    /// redelivery would not parse either.
    fn malformed(&self, envelope_id: Option<&str>) -> Option<String> {
        self.receiver.metrics().inbound(TRANSPORT, "malformed", "refused");
        tracing::warn!(transport = TRANSPORT, "an envelope could not be parsed");
        envelope_id.map(|id| acknowledgement(id, None))
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Listener {
    async fn on_message(&self, id: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let Ok(envelope) = serde_json::from_str::<Value>(&body) else {
            return self.malformed(envelope_id_in(&body));
        };
        let kind = match envelope["type"].as_str().unwrap_or_default() {
            "hello" => {
                self.slots().note_hello(id, Instant::now());
                tracing::info!(transport = TRANSPORT, connection = id.initial_index, "Slack is connected");
                return None;
            }
            "disconnect" => {
                self.disconnected(id, envelope["reason"].as_str().unwrap_or_default());
                return None;
            }
            "events_api" => Some(Kind::Event),
            "slash_commands" => Some(Kind::Command),
            "interactive" => Some(Kind::Interaction),
            _ => None,
        };
        // While closing, nothing is accepted. Slack delivers it on another connection, or later.
        let _processing = self.processing.try_read().ok().filter(|_| !self.stop.is_cancelled())?;
        self.envelope(envelope, kind).await
    }

    async fn on_error(&self, _error: Box<dyn std::error::Error + Send + Sync>) {
        // The error may hold a frame with a member's text, so it is not logged.
        tracing::warn!(transport = TRANSPORT, "a Socket Mode connection broke");
    }

    async fn on_disconnect(&self, id: &SlackSocketModeWssClientId) {
        self.renew(id);
    }
}

fn acknowledgement(envelope_id: &str, payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({"envelope_id": envelope_id, "payload": payload}).to_string(),
        None => json!({"envelope_id": envelope_id}).to_string(),
    }
}

/// Finds the envelope id in a text that is not valid JSON. Slack writes it before the payload.
fn envelope_id_in(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("\"envelope_id\"")?;
    let id = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split('"').next()?;
    let is_id_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!id.is_empty() && id.len() <= 255 && id.chars().all(is_id_char)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_invalid_envelope_is_found() {
        let table = [
            (r#"{"envelope_id":"a-1","payload":{"text":"\ud800"}}"#, Some("a-1")),
            (r#"{"type":"events_api","envelope_id" : "b_2.x","payload":"#, Some("b_2.x")),
            (r#"{"envelope_id":"a b"}"#, None),
            (r#"{"envelope_id":""}"#, None),
            (r#"{"envelope_id":7}"#, None),
            (r#"{"payload":{}}"#, None),
            ("", None),
        ];
        for (body, expected) in table {
            assert_eq!(envelope_id_in(body), expected, "{body}");
        }
    }
}
