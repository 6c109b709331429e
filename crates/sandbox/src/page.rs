//! The page in which one is a member of the workspace: its assets, a small JSON interface over the
//! state (`view` for what a member sees, `actions` for what they do, `inputs` for the content of forms), and
//! the controls of the person who runs the workspace, which the caller passes as a [`PageControls`]. It is
//! served on loopback alone, and only after [`super::Sandbox::open_page`].

mod actions;
mod inputs;
mod view;

use super::{Sandbox, workspace::Fault};
use async_trait::async_trait;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures::{Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc, time::Duration};

/// What a member uploads here is small: a calendar, a picture.
const MAX_UPLOAD_BYTES: usize = 8 * 1024 * 1024;

/// Changes that come together are told together.
const QUIET: Duration = Duration::from_millis(25);

/// A header that a page of another origin cannot send without being asked first.
const OWN_HEADER: &str = "x-sandbox-page";

/// What the page's controls reach beyond the workspace: the app that lives in it, and the clock that
/// both share. Every error is a sentence for the page.
#[async_trait]
pub trait PageControls: Send + Sync + 'static {
    /// The app as the workspace knows it: `{"manifest": …, "hints": [{"text": …, "says": …}]}`, the
    /// manifest in Slack's form, and what can be typed after its command.
    fn app(&self) -> Value;

    /// Lets the app do what is due now.
    ///
    /// # Errors
    /// When it cannot.
    async fn settle(&self) -> Result<(), String>;

    /// Moves the clock the way that a member chose, and says what came of it.
    ///
    /// # Errors
    /// When it cannot, or does not know the way.
    async fn move_clock(&self, user: &str, how: &str) -> Result<String, String>;

    /// Gives a member a past, marked as made up, and says so.
    ///
    /// # Errors
    /// When it cannot.
    async fn fill(&self, user: &str) -> Result<String, String>;

    /// A member's own rows as the app keeps them: `[{"table": …, "rows": [{column: value}]}]`.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn stored(&self, user: &str) -> Result<Value, String>;
}

/// Name, media type, content.
const ASSETS: [(&str, &str, &str); 14] = [
    ("page.css", "text/css", include_str!("page/assets/page.css")),
    ("blocks.css", "text/css", include_str!("page/assets/blocks.css")),
    ("page.js", "text/javascript", include_str!("page/assets/page.js")),
    ("net.js", "text/javascript", include_str!("page/assets/net.js")),
    ("dom.js", "text/javascript", include_str!("page/assets/dom.js")),
    ("first.js", "text/javascript", include_str!("page/assets/first.js")),
    ("text.js", "text/javascript", include_str!("page/assets/text.js")),
    ("blocks.js", "text/javascript", include_str!("page/assets/blocks.js")),
    ("inputs.js", "text/javascript", include_str!("page/assets/inputs.js")),
    ("figures.js", "text/javascript", include_str!("page/assets/figures.js")),
    ("composer.js", "text/javascript", include_str!("page/assets/composer.js")),
    ("dialog.js", "text/javascript", include_str!("page/assets/dialog.js")),
    ("modals.js", "text/javascript", include_str!("page/assets/modals.js")),
    ("control_bar.js", "text/javascript", include_str!("page/assets/control_bar.js")),
];
const INDEX: &str = include_str!("page/assets/index.html");

/// Nothing from anywhere else, no script that is not ours.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn router(sandbox: Sandbox) -> Router {
    let page = Page { turn: Arc::default(), sandbox };
    Router::new()
        .route("/", get(|| async { asset("text/html", INDEX) }))
        .route("/page/{asset}", get(serve_asset))
        .route("/page/api/state", get(state))
        .route("/page/api/events", get(events))
        .route("/page/api/do", post(act))
        .route("/page/api/upload", post(upload))
        .route("/page/api/files/{id}", get(file))
        .route("/page/api/clock", post(clock))
        .route("/page/api/fill", post(fill))
        .route("/page/api/stored", get(stored))
        .route("/page/api/trouble", post(trouble))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES))
        .layer(middleware::from_fn_with_state(page.clone(), guard))
        .with_state(page)
}

#[derive(Clone)]
struct Page {
    sandbox: Sandbox,
    /// One thing at a time: what a member does, and what the clock does on the way.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Page {
    fn controls(&self) -> Result<Arc<dyn PageControls>, Answer> {
        self.sandbox
            .inner
            .page
            .get()
            .cloned()
            .ok_or_else(|| Answer::Refused("There is no page here.".to_owned()))
    }

    fn member(&self, user: &str) -> Result<(), Answer> {
        let is_member = self
            .sandbox
            .look(|state| state.users.get(user).is_some_and(|user| !user.is_bot && !user.deleted));
        if is_member { Ok(()) } else { Err(Answer::Refused("There is no such member.".to_owned())) }
    }
}

/// The answer to something done.
enum Answer {
    Done(String),
    /// Nothing was done, and why.
    Refused(String),
    /// Nothing was submitted: these fields are not ready, as Slack's client says beside them.
    FieldErrors(serde_json::Map<String, Value>),
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Answer::Done(says) => Json(json!({"ok": true, "says": says})).into_response(),
            Answer::Refused(says) => {
                (StatusCode::BAD_REQUEST, Json(json!({"ok": false, "says": says}))).into_response()
            }
            Answer::FieldErrors(fields) => {
                Json(json!({"ok": false, "says": "", "fields": fields})).into_response()
            }
        }
    }
}

/// Serves this machine alone, only once the page is open, and no page of another origin: it refuses names
/// that a foreign page could point at loopback, and a request that changes something needs our header.
async fn guard(State(page): State<Page>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_ours = request.method() == Method::GET || request.headers().contains_key(OWN_HEADER);
    if page.sandbox.inner.page.get().is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !matches!(name, "127.0.0.1" | "localhost") || !is_ours {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn asset(kind: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, format!("{kind}; charset=utf-8"))], content).into_response()
}

async fn serve_asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, content)) => asset(kind, content),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct As {
    #[serde(rename = "as")]
    user: String,
}

async fn state(State(page): State<Page>, Query(who): Query<As>) -> Result<Json<Value>, Answer> {
    page.member(&who.user)?;
    let app = page.controls()?.app();
    let now_ms = page.sandbox.now_ms();
    Ok(Json(page.sandbox.look(|state| view::of(state, &who.user, now_ms, &app))))
}

/// A line for every change, so that the page looks again.
async fn events(State(page): State<Page>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changed = page.sandbox.inner.changed.subscribe();
    changed.mark_changed();
    let stop = page.sandbox.inner.stop.clone();
    let lines = futures::stream::unfold(changed, |mut changed| async move {
        changed.changed().await.ok()?;
        tokio::time::sleep(QUIET).await;
        let count = *changed.borrow_and_update();
        Some((Ok(Event::default().data(count.to_string())), changed))
    });
    Sse::new(lines.take_until(stop.cancelled_owned())).keep_alive(KeepAlive::default())
}

#[derive(Deserialize)]
struct ActionRequest {
    #[serde(rename = "as")]
    user: String,
    #[serde(flatten)]
    action: actions::Action,
}

async fn act(State(page): State<Page>, Json(request): Json<ActionRequest>) -> Result<Answer, Answer> {
    page.member(&request.user)?;
    let controls = page.controls()?;
    let _turn = page.turn.lock().await;
    actions::perform(&page.sandbox, &request.user, request.action).await?;
    controls.settle().await.map_err(Answer::Refused)?;
    Ok(Answer::Done(String::new()))
}

#[derive(Deserialize)]
struct Upload {
    #[serde(rename = "as")]
    user: String,
    name: String,
}

async fn upload(
    State(page): State<Page>,
    Query(upload): Query<Upload>,
    body: Bytes,
) -> Result<Json<Value>, Answer> {
    page.member(&upload.user)?;
    let id = page.sandbox.person(&upload.user).uploads(&upload.name, body.to_vec());
    Ok(Json(json!({"ok": true, "id": id})))
}

/// A file that the member sees. Pictures are shown, everything else is saved.
async fn file(
    State(page): State<Page>,
    Path(id): Path<String>,
    Query(who): Query<As>,
) -> Result<Response, StatusCode> {
    let found = page.sandbox.look(|state| view::file(state, &who.user, &id));
    let (name, bytes) = found.ok_or(StatusCode::NOT_FOUND)?;
    let mut headers = HeaderMap::new();
    let kind = match bytes.get(..4) {
        Some([0x89, b'P', b'N', b'G']) => "image/png",
        Some([0xff, 0xd8, 0xff, _]) => "image/jpeg",
        _ => "application/octet-stream",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if !kind.starts_with("image/") {
        let safe: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' })
            .collect();
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{safe}\""));
        headers.insert(
            header::CONTENT_DISPOSITION,
            disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")),
        );
    }
    Ok((headers, bytes).into_response())
}

#[derive(Deserialize)]
struct MoveClock {
    #[serde(rename = "as")]
    user: String,
    how: String,
}

async fn clock(State(page): State<Page>, Json(wish): Json<MoveClock>) -> Result<Answer, Answer> {
    page.member(&wish.user)?;
    let controls = page.controls()?;
    let _turn = page.turn.lock().await;
    controls.move_clock(&wish.user, &wish.how).await.map(Answer::Done).map_err(Answer::Refused)
}

async fn fill(State(page): State<Page>, Json(who): Json<As>) -> Result<Answer, Answer> {
    page.member(&who.user)?;
    let controls = page.controls()?;
    let _turn = page.turn.lock().await;
    let says = controls.fill(&who.user).await.map_err(Answer::Refused)?;
    // Home shows what is kept once it is opened again.
    page.sandbox.person(&who.user).opens_home().await;
    controls.settle().await.map_err(Answer::Refused)?;
    Ok(Answer::Done(says))
}

async fn stored(State(page): State<Page>, Query(who): Query<As>) -> Result<Json<Value>, Answer> {
    page.member(&who.user)?;
    let tables = page.controls()?.stored(&who.user).await.map_err(Answer::Refused)?;
    Ok(Json(json!({"ok": true, "tables": tables})))
}

#[derive(Deserialize)]
struct Trouble {
    kind: String,
}

/// How long a limited caller is asked to wait, in seconds.
const RETRY_AFTER_S: u64 = 30;
/// How slow is slow: long enough to be seen, shorter than what a caller waits for.
const SLOW_MS: u64 = 1_500;

async fn trouble(State(page): State<Page>, Json(wish): Json<Trouble>) -> Result<Answer, Answer> {
    let controls = page.controls()?;
    let (fault, says) = match wish.kind.as_str() {
        "none" => (None, "Slack is well again."),
        "limited" => (Some(Fault::RateLimited(RETRY_AFTER_S)), "Slack answers 429: ask again in 30 seconds."),
        "down" => (Some(Fault::ServerError), "Slack answers 500 to everything."),
        "slow" => (Some(Fault::Slow(SLOW_MS)), "Slack takes a second and a half for everything."),
        "charts" => (None, "This workspace takes no charts: invalid_blocks."),
        _ => return Err(Answer::Refused("There is no such trouble.".to_owned())),
    };
    page.sandbox.change(|state| {
        state.trouble = fault;
        state.refuse_charts = wish.kind == "charts";
    });
    let _turn = page.turn.lock().await;
    controls.settle().await.map_err(Answer::Refused)?;
    Ok(Answer::Done(says.to_owned()))
}
