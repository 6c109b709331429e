//! A language model of its own on loopback, behind the same address as an OpenAI-compatible one: it
//! says what a script tells it to and remembers what it heard. It understands nothing.

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// The largest request that is read.
const MOST_BYTES: usize = 1 << 20;

/// What it says to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// This text, in the documented shape.
    Text(String),
    /// This text, with status 200.
    Raw(String),
    /// An error with this status.
    Status(u16),
    /// Go elsewhere: to a path of its own that would answer.
    Redirect,
    /// Far more than anybody reads.
    Huge,
    /// Half an answer, and then the connection breaks.
    HalfAndHangsUp,
    /// A byte now and then, without an end.
    Trickle,
    /// Nothing, until [`Model::lets_go`].
    Nothing,
}

/// A request that it heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The path.
    pub path: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The body.
    pub body: Value,
}

impl Heard {
    /// The message of the role `system`.
    pub fn instructions(&self) -> String {
        self.content("system")
    }

    /// The message of the role `user`.
    pub fn message(&self) -> String {
        self.content("user")
    }

    fn content(&self, role: &str) -> String {
        let messages = self.body["messages"].as_array().into_iter().flatten();
        let of_role = messages.filter(|message| message["role"] == role);
        of_role.filter_map(|message| message["content"].as_str()).collect()
    }
}

#[derive(Default)]
struct Script {
    /// What it says next, one after the other.
    next: VecDeque<Says>,
    /// What it says when nothing is next.
    always: Option<Says>,
    heard: Vec<Heard>,
}

struct Inner {
    script: Mutex<Script>,
    let_go: Notify,
    address: SocketAddr,
    stop: tokio_util::sync::CancellationToken,
}

impl Inner {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running model. Cheap to clone; it ends when the last clone is dropped.
#[derive(Clone)]
pub struct Model {
    inner: Arc<Inner>,
    _running: Arc<tokio_util::sync::DropGuard>,
}

impl Model {
    /// Starts on a free port of the loopback interface. Until it is told otherwise it asks one good
    /// question.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let stop = tokio_util::sync::CancellationToken::new();
        let inner =
            Arc::new(Inner { script: Mutex::default(), let_go: Notify::new(), address, stop: stop.clone() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(async move {
            if let Err(error) = served.await {
                tracing::warn!(%error, "the scripted model stopped serving");
            }
        });
        Ok(Self { inner, _running: Arc::new(stop.drop_guard()) })
    }

    /// For `LEADLENS_LLM_URL`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.inner.address)
    }

    /// Its host and port.
    pub fn host(&self) -> String {
        self.inner.address.to_string()
    }

    /// Says this next; several are said one after the other.
    pub fn says(&self, says: Says) {
        self.inner.script().next.push_back(says);
    }

    /// Says this whenever nothing else is next.
    pub fn always_says(&self, says: Says) {
        self.inner.script().always = Some(says);
    }

    /// Everything it has heard, the first first.
    pub fn heard(&self) -> Vec<Heard> {
        self.inner.script().heard.clone()
    }

    /// Answers a caller that waits for [`Says::Nothing`] with the usual question.
    pub fn lets_go(&self) {
        self.inner.let_go.notify_waiters();
    }

    /// Stops the server: requests get no answer any more.
    pub fn shutdown(&self) {
        self.inner.stop.cancel();
    }
}

/// What it asks unless told otherwise.
pub const QUESTION: &str = "What do you want them to say about it in a year?";

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let authorization = request.headers().get(header::AUTHORIZATION);
    let authorization = authorization.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = axum::body::to_bytes(request.into_body(), MOST_BYTES).await.unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let let_go = inner.let_go.notified();
    tokio::pin!(let_go);
    let_go.as_mut().enable();
    let says = {
        let mut script = inner.script();
        script.heard.push(Heard { path: path.clone(), authorization, body });
        let usual = script.always.clone().unwrap_or_else(|| Says::Text(QUESTION.to_owned()));
        script.next.pop_front().unwrap_or(usual)
    };
    if path != "/v1/chat/completions" {
        return StatusCode::NOT_FOUND.into_response();
    }
    // A connection that was kept open outlives the listener.
    let says = if inner.stop.is_cancelled() { Says::HalfAndHangsUp } else { says };
    match says {
        Says::Text(text) => said(&text),
        Says::Raw(raw) => raw.into_response(),
        Says::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(json!({"error": {"message": "the script says so"}}))).into_response()
        }
        Says::Redirect => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response()
        }
        Says::Huge => said(&"What do you see? ".repeat(20_000)),
        Says::HalfAndHangsUp => {
            let half = futures::stream::iter([
                Ok("{\"choices\": [".to_owned()),
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
            ]);
            Body::from_stream(half).into_response()
        }
        Says::Trickle => {
            let blanks = futures::stream::repeat(()).then(|()| async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok::<_, std::io::Error>(" ")
            });
            Body::from_stream(blanks).into_response()
        }
        Says::Nothing => {
            let_go.await;
            said(QUESTION)
        }
    }
}

fn said(text: &str) -> Response {
    let message = json!({"role": "assistant", "content": text});
    Json(json!({
        "id": "chatcmpl-sandbox", "object": "chat.completion", "created": 0, "model": "sandbox",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }))
    .into_response()
}
