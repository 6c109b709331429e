//! The Socket Mode door: slack-morphism keeps the websockets, this listener gets each raw envelope
//! and returns its acknowledgement. The callback runs in the reader loop of its connection, so it
//! awaits the commit with a deadline and nothing else. When connections are renewed is in `slots`.

mod slots;

use super::{
    client::Connector,
    inbound::Kind,
    receive::{Answer, DEADLINE, Receiver},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use slack_morphism::{
    SlackApiToken, SlackApiTokenValue, SlackClient, SlackClientSocketModeConfig,
    SlackSocketModeClientListener, SlackSocketModeWssClientId,
    clients_manager::{SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory},
    listener::SlackClientEventsListenerEnvironment,
};
use slots::{LINGER, Slots};
use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
    time::{Duration, Instant},
};
use tokio::sync::RwLock;
use tokio_util::sync::CancellationToken;

const DOOR: &str = "socket";

/// How often it is looked whether a connection hangs.
const WATCH_EVERY: Duration = Duration::from_secs(5);

/// After so many looks without any connection the operator is told; one short gap is usual.
const SILENT_LOOKS: u32 = 2;

/// A connection that does not answer a ping for twice this long is dead; its place is taken.
const PING_EVERY_S: u64 = 10;

type Manager = dyn SlackSocketModeClientsManager + Send + Sync;

/// How connections are kept.
#[derive(Debug, Clone, Copy)]
pub struct SocketOptions {
    /// Held at once, 1 to 10 (<https://docs.slack.dev/apis/events-api/using-socket-mode>). Two or
    /// more carry each other's deliveries while one is renewed.
    pub connections: u8,
    /// Seconds before a connection that could not be made is tried again; at least 1.
    pub reconnect_s: u64,
}

impl Default for SocketOptions {
    fn default() -> Self {
        Self { connections: 2, reconnect_s: 5 }
    }
}

/// The open door; dropping it does not close the connections, [`SocketDoor::close`] does.
pub struct SocketDoor {
    manager: Arc<Manager>,
    listener: Arc<Listener>,
}

impl SocketDoor {
    /// Opens the connections in the background; each is renewed whenever Slack or the network ends it.
    ///
    /// # Errors
    /// slack-morphism's refusal to register the token, by kind alone.
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
            taking: RwLock::new(()),
            slots: Mutex::new(Slots::new(connections, Instant::now())),
        });
        let environment = SlackClientEventsListenerEnvironment::new(Arc::clone(&client))
            .with_error_handler(|_error, _client, _state| http::StatusCode::OK);
        let manager = client.http_api.connector.new_clients_manager(Arc::new(environment));
        // The listener is set before the first connection can deliver anything.
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
        tokio::spawn(watch(Arc::clone(&listener)));
        Ok(Self { manager, listener })
    }

    /// Whether Slack has said hello on at least one connection that is still open.
    pub fn is_connected(&self) -> bool {
        self.connections() > 0
    }

    /// On how many connections Slack has said hello.
    pub fn connections(&self) -> usize {
        self.listener.slots().open()
    }

    /// Takes no more envelopes, lets those that were taken be answered, and ends the connections.
    /// What outlives its answer is finished by the receiver's tasks.
    pub async fn close(&self) {
        self.listener.stop.cancel();
        let _nothing_is_taken = tokio::time::timeout(DEADLINE, self.listener.taking.write()).await;
        tokio::time::sleep(LINGER).await;
        self.manager.shutdown().await;
    }
}

/// Gives up connections that hang and tells the operator when there is none at all, until the door
/// closes. (What slack-morphism says about it holds the connection's ticket and is never logged.)
async fn watch(listener: Arc<Listener>) {
    let (stop, mut silent) = (listener.stop.clone(), 0_u32);
    while stop.run_until_cancelled(tokio::time::sleep(WATCH_EVERY)).await.is_some() {
        let (overdue, open) = {
            let mut slots = listener.slots();
            (slots.overdue(Instant::now()), slots.open())
        };
        for id in overdue {
            listener.restart(id, Duration::ZERO);
        }
        if open > 0 {
            if silent >= SILENT_LOOKS {
                tracing::info!(door = DOOR, connections = open, "Slack is connected again");
            }
            silent = 0;
        } else {
            silent = silent.saturating_add(1);
            if silent == SILENT_LOOKS {
                tracing::warn!(door = DOOR, "Slack is not connected; `leadlens doctor` says what is wrong");
            }
        }
    }
}

struct Listener {
    receiver: Receiver,
    manager: OnceLock<Weak<Manager>>,
    /// Cancelled when the door closes.
    stop: CancellationToken,
    /// Held for reading while an envelope is being answered.
    taking: RwLock<()>,
    slots: Mutex<Slots>,
}

impl Listener {
    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens another connection in place of one that ends. Envelopes that were not acknowledged on
    /// the old one are delivered again by Slack, and recognised by their key.
    fn renew(&self, id: &SlackSocketModeWssClientId) {
        if self.stop.is_cancelled() {
            return;
        }
        let pause = self.slots().end(id, Instant::now());
        if let Some(pause) = pause {
            self.restart(id.clone(), pause);
        }
    }

    /// In a task of its own: the reader and the writer that call this would wait for themselves.
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
            // The end itself is announced again, or the connection closes; until then it serves.
            "warning" => return,
            "link_disabled" => tracing::error!(
                door = DOOR,
                "Socket Mode is switched off for this app: switch it on at https://api.slack.com/apps"
            ),
            "too_many_websockets" => tracing::warn!(
                door = DOOR,
                "Slack holds ten connections for this app already: is it running elsewhere?"
            ),
            _ => tracing::info!(door = DOOR, "Slack renews a Socket Mode connection"),
        }
        self.renew(id);
    }

    async fn envelope(&self, mut envelope: Value, kind: Option<Kind>) -> Option<String> {
        let Some(envelope_id) = envelope["envelope_id"].as_str().map(str::to_owned) else {
            return self.malformed(None);
        };
        if envelope["retry_attempt"].as_u64().is_some_and(|attempt| attempt > 0) {
            self.receiver.metrics().inbound(DOOR, "retry", "noted");
        }
        let Some(kind) = kind else {
            self.receiver.metrics().inbound(DOOR, "unknown-envelope", "ignored");
            return Some(acknowledgement(&envelope_id, None));
        };
        let payload = envelope.get_mut("payload").map(Value::take).unwrap_or_default();
        let body = match self.receiver.receive(DOOR, kind, payload).await {
            Answer::Ack(body) => body,
            // It would never parse better, so it is acknowledged; it was counted and logged by name.
            Answer::Refused => None,
            Answer::NotKept => return None,
        };
        let accepts = envelope["accepts_response_payload"] == true;
        if body.is_some() && !accepts {
            self.receiver.metrics().inbound(DOOR, kind.as_str(), "answer-not-accepted");
        }
        Some(acknowledgement(&envelope_id, body.filter(|_| accepts)))
    }

    /// What cannot be read would not be read the next time either: it is acknowledged where its id
    /// can be made out, and never lost without a trace.
    fn malformed(&self, envelope_id: Option<&str>) -> Option<String> {
        self.receiver.metrics().inbound(DOOR, "malformed", "refused");
        tracing::warn!(door = DOOR, "an envelope could not be read");
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
                self.slots().greet(id, Instant::now());
                tracing::info!(door = DOOR, connection = id.initial_index, "Slack is connected");
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
        // Slack delivers what a closing door does not take to another connection, or later.
        let _taking = self.taking.try_read().ok().filter(|_| !self.stop.is_cancelled())?;
        self.envelope(envelope, kind).await
    }

    async fn on_error(&self, _error: Box<dyn std::error::Error + Send + Sync>) {
        // The error may hold a frame with a member's words, so only the fact is noted.
        tracing::warn!(door = DOOR, "a Socket Mode connection broke");
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

/// The envelope id in a text that is not JSON as a whole: Slack writes it before the payload.
fn envelope_id_in(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("\"envelope_id\"")?;
    let id = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split('"').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!id.is_empty() && id.len() <= 255 && id.chars().all(plain)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_broken_envelope_is_still_read() {
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
