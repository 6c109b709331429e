//! Slack's end of Socket Mode, as raw as a wire: it opens connections, sends what the test says byte
//! for byte, and hears what comes back.

use crate::world::{PATIENCE, World};
use axum::{
    Json, Router,
    extract::{
        Path, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    response::Response,
    routing::{get, post},
};
use leadlens::slack::{
    transport::socket::{SocketOptions, SocketTransport},
    web_api::SlackApi,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::{mpsc, watch};

/// A client with a connection's ticket can read what members write.
pub const TICKET: &str = "a-ticket-of-slacks";

enum Order {
    Text(String),
    Cut,
}

/// Slack's end.
pub struct Wire {
    base: String,
    asked: AtomicUsize,
    refusals: AtomicUsize,
    links: Mutex<Vec<mpsc::UnboundedSender<Order>>>,
    opened: watch::Sender<usize>,
    ended: watch::Sender<usize>,
    heard: mpsc::UnboundedSender<Value>,
    hearing: tokio::sync::Mutex<mpsc::UnboundedReceiver<Value>>,
}

impl Wire {
    pub async fn new() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (heard, hearing) = mpsc::unbounded_channel();
        let wire = Arc::new(Self {
            base: listener.local_addr().unwrap().to_string(),
            asked: AtomicUsize::new(0),
            refusals: AtomicUsize::new(0),
            links: Mutex::default(),
            opened: watch::Sender::new(0),
            ended: watch::Sender::new(0),
            heard,
            hearing: tokio::sync::Mutex::new(hearing),
        });
        let router = Router::new()
            .route("/api/apps.connections.open", post(open))
            .route("/link/{nth}", get(link))
            .with_state(Arc::clone(&wire));
        tokio::spawn(async move { axum::serve(listener, router).await });
        wire
    }

    /// The transport under test, with its first connection made.
    pub async fn transport(self: &Arc<Self>, world: &Arc<World>, connections: u8) -> SocketTransport {
        let url = format!("http://{}/api", self.base).parse().unwrap();
        let api = SlackApi::new(&url, Arc::clone(&world.metrics)).unwrap();
        let options = SocketOptions { connections, reconnect_s: 1 };
        let token = SecretString::from("xapp-1-test");
        let transport =
            SocketTransport::open(api.morphism(), &token, options, world.receiver()).await.unwrap();
        self.opened(usize::from(connections)).await;
        transport
    }

    /// Slack refuses the next requests for a connection.
    pub fn refuse(&self, times: usize) {
        self.refusals.store(times, Ordering::SeqCst);
    }

    /// Until so many connections have been made in all.
    pub async fn opened(&self, count: usize) {
        let mut opened = self.opened.subscribe();
        tokio::time::timeout(PATIENCE, opened.wait_for(|so_far| *so_far >= count)).await.unwrap().unwrap();
    }

    /// How many connections have been made in all.
    pub fn opened_so_far(&self) -> usize {
        *self.opened.borrow()
    }

    /// Until so many connections have ended.
    pub async fn ended(&self, count: usize) {
        let mut ended = self.ended.subscribe();
        tokio::time::timeout(PATIENCE, ended.wait_for(|so_far| *so_far >= count)).await.unwrap().unwrap();
    }

    /// Sends a text on a connection.
    pub fn say(&self, link: usize, text: impl Into<String>) {
        let _ = self.links.lock().unwrap()[link].send(Order::Text(text.into()));
    }

    /// Ends a connection without a word.
    pub fn cut(&self, link: usize) {
        let _ = self.links.lock().unwrap()[link].send(Order::Cut);
    }

    /// Delivers an envelope.
    pub fn deliver(&self, link: usize, id: &str, kind: &str, payload: &Value) {
        let accepts = kind != "events_api";
        let envelope = json!({
            "envelope_id": id, "type": kind, "accepts_response_payload": accepts, "payload": payload,
        });
        self.say(link, envelope.to_string());
    }

    /// The next thing that the bot sends.
    pub async fn heard(&self) -> Value {
        tokio::time::timeout(PATIENCE, self.hearing.lock().await.recv()).await.expect("silence").unwrap()
    }

    /// The envelope that the next acknowledgement is for.
    pub async fn acknowledged(&self) -> String {
        self.heard().await["envelope_id"].as_str().unwrap().to_owned()
    }

    /// Whether everything that the bot sent was heard.
    pub async fn is_silent(&self) -> bool {
        self.hearing.lock().await.try_recv().is_err()
    }
}

async fn open(State(wire): State<Arc<Wire>>) -> Json<Value> {
    let refused =
        wire.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |times| times.checked_sub(1));
    if refused.is_ok() {
        return Json(json!({"ok": false, "error": "internal_error"}));
    }
    let nth = wire.asked.fetch_add(1, Ordering::SeqCst);
    Json(json!({"ok": true, "url": format!("ws://{}/link/{nth}?ticket={TICKET}", wire.base)}))
}

async fn link(State(wire): State<Arc<Wire>>, Path(_nth): Path<usize>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| talk(wire, socket))
}

async fn talk(wire: Arc<Wire>, mut socket: WebSocket) {
    let (orders, mut to_do) = mpsc::unbounded_channel();
    let hello = json!({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0APP"}});
    socket.send(Message::Text(hello.to_string().into())).await.unwrap();
    wire.links.lock().unwrap().push(orders);
    wire.opened.send_modify(|count| *count += 1);
    loop {
        tokio::select! {
            order = to_do.recv() => match order {
                Some(Order::Text(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        break;
                    }
                }
                Some(Order::Cut) | None => break,
            },
            said = socket.recv() => match said {
                Some(Ok(Message::Text(text))) => {
                    let _ = wire.heard.send(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    wire.ended.send_modify(|count| *count += 1);
}
