//! The Web API over the workspace's state: tokens, scopes and faults first, then the method. Errors
//! are Slack's (<https://docs.slack.dev/reference/methods>).

mod chat;
mod files;
mod people;
mod views;

use super::{APP_TOKEN, Inner, deliver, workspace::Fault};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use serde_json::{Map, Value, json};
use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

/// What a method answers: its body, or Slack's error code.
type Answer = Result<Value, Refusal>;

/// Slack's error, with the messages that some carry.
pub(super) struct Refusal {
    code: String,
    extra: Value,
}

impl From<&str> for Refusal {
    fn from(code: &str) -> Self {
        Self { code: code.to_owned(), extra: Value::Null }
    }
}

impl Refusal {
    /// With `response_metadata.messages`.
    fn because(code: &str, messages: &[String]) -> Self {
        Self { code: code.to_owned(), extra: json!({"response_metadata": {"messages": messages}}) }
    }
}

pub(super) fn router(inner: Arc<Inner>) -> Router {
    Router::new()
        .route("/api/{method}", any(call))
        .route("/link/", get(deliver::socket))
        .route("/upload/{file}", post(files::upload))
        .route("/files-pri/{file}", get(files::download))
        .route("/respond/{id}", post(chat::respond))
        .layer(DefaultBodyLimit::max(64 * 1024 * 1024))
        .with_state(inner)
}

async fn call(
    State(inner): State<Arc<Inner>>,
    Path(method): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let args = arguments(query.as_deref().unwrap_or_default(), &headers, &body);
    let inner = meant(inner, &headers, &args);
    if inner.state().unreachable {
        return note(&inner, &method, cut());
    }
    let now_ms = inner.now_ms();
    if let Some(seconds) = inner.change(|state| state.exceeds_limit(&method, now_ms)) {
        return note(&inner, &method, rate_limited(seconds));
    }
    let fault = inner.change(|state| state.take_fault(&method));
    match &fault {
        Some(Fault::RateLimited(seconds)) => return note(&inner, &method, rate_limited(*seconds)),
        Some(Fault::ServerError) => {
            return note(&inner, &method, StatusCode::INTERNAL_SERVER_ERROR.into_response());
        }
        Some(Fault::Error(code)) => {
            return note(&inner, &method, refused(Refusal::from(code.as_str())));
        }
        Some(Fault::CutBefore) => return note(&inner, &method, cut()),
        Some(Fault::Slow(ms)) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        Some(Fault::CutAfter | Fault::ServerErrorAfter) | None => {}
    }
    let answer = answer(&inner, &method, &headers, &args);
    let mut response = match answer {
        Ok(body) => json_response(body),
        Err(Refusal { code, extra }) if code == "ratelimited" => {
            rate_limited(extra["retry_after"].as_u64().unwrap_or(1))
        }
        Err(refusal) => refused(refusal),
    };
    if let Ok(scopes) = HeaderValue::from_str(&scopes(&inner)) {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    match fault {
        Some(Fault::CutAfter) => note(&inner, &method, cut()),
        Some(Fault::ServerErrorAfter) => {
            note(&inner, &method, StatusCode::INTERNAL_SERVER_ERROR.into_response())
        }
        _ => note(&inner, &method, response),
    }
}

/// The workspace that a call is about: the one whose token, or whose code of an installation, it carries.
fn meant(inner: Arc<Inner>, headers: &HeaderMap, args: &Map<String, Value>) -> Arc<Inner> {
    let (token, code) = (token_of(headers, args), text(args, "code"));
    let others = inner.others.lock().unwrap_or_else(PoisonError::into_inner);
    let other = others.iter().find(|other| {
        token.into_iter().chain(text(args, "refresh_token")).any(|token| is_token_of(other, token))
            || code.is_some_and(|code| code == install_code(other))
    });
    let meant = other.map(Arc::clone);
    drop(others);
    meant.unwrap_or(inner)
}

fn token_of<'a>(headers: &'a HeaderMap, args: &'a Map<String, Value>) -> Option<&'a str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    bearer.and_then(|text| text.strip_prefix("Bearer ")).or_else(|| args.get("token")?.as_str())
}

/// Whether a token was given for this workspace.
fn is_token_of(inner: &Inner, token: &str) -> bool {
    token == inner.bot_token || inner.state().rotation.as_ref().is_some_and(|rotation| rotation.knows(token))
}

/// Whether the token of a call is one of the bot's that works now.
fn check_bot_token(inner: &Inner, token: &str) -> Result<(), Refusal> {
    match &inner.state().rotation {
        Some(rotation) => Ok(rotation.check(token, inner.now_ms())?),
        None if token == inner.bot_token => Ok(()),
        None => Err("invalid_auth".into()),
    }
}

pub(super) fn install_code(inner: &Inner) -> String {
    format!("code-of-{}", inner.state().team)
}

fn scopes(inner: &Inner) -> String {
    inner.state().scopes.iter().cloned().collect::<Vec<_>>().join(",")
}

/// Keeps the call in the log that tests read.
fn note(inner: &Inner, method: &str, response: Response) -> Response {
    let status = response.status().as_u16().to_string();
    let outcome = response.headers().get("x-sandbox-error").and_then(|value| value.to_str().ok());
    let outcome = outcome.map_or(status, str::to_owned);
    inner.change(|state| state.calls.push((method.to_owned(), outcome)));
    response
}

fn json_response(mut body: Value) -> Response {
    if body["ok"].is_null() {
        body["ok"] = json!(true);
    }
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

fn refused(refusal: Refusal) -> Response {
    let mut body = json!({"ok": false, "error": refusal.code});
    if let (Some(body), Value::Object(extra)) = (body.as_object_mut(), refusal.extra) {
        body.extend(extra);
    }
    let mut response = json_response(body);
    if let Ok(code) = HeaderValue::from_str(&refusal.code) {
        response.headers_mut().insert("x-sandbox-error", code);
    }
    response
}

fn rate_limited(seconds: u64) -> Response {
    let mut response = refused(Refusal::from("ratelimited"));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
        response.headers_mut().insert("retry-after", value);
    }
    response
}

/// An answer that is cut off because the connection breaks.
fn cut() -> Response {
    let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
    let mut response = Body::from_stream(broken).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("100"));
    response
}

/// Arguments from the query, a form or a JSON body; nested values in forms are JSON text.
fn arguments(query: &str, headers: &HeaderMap, body: &[u8]) -> Map<String, Value> {
    let mut args = Map::new();
    let pairs = |text: &str| serde_urlencoded::from_str::<Vec<(String, String)>>(text).unwrap_or_default();
    args.extend(pairs(query).into_iter().map(|(name, value)| (name, json!(value))));
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        if let Ok(Value::Object(object)) = serde_json::from_slice(body) {
            args.extend(object);
        }
    } else if let Ok(text) = std::str::from_utf8(body) {
        for (name, value) in pairs(text) {
            let nested = matches!(name.as_str(), "view" | "blocks" | "metadata" | "files");
            let value =
                if nested { serde_json::from_str(&value).unwrap_or(json!(value)) } else { json!(value) };
            args.insert(name, value);
        }
    }
    args
}

/// The scope that a method needs; `None`: no such method here.
fn needed_scope(method: &str) -> Option<&'static str> {
    Some(match method {
        "auth.test"
        | "apps.connections.open"
        | "oauth.v2.access"
        | "views.open"
        | "views.push"
        | "views.update"
        | "views.publish"
        | "auth.revoke" => "",
        "chat.postMessage" | "chat.update" | "chat.delete" | "chat.postEphemeral" => "chat:write",
        "conversations.open" => "im:write",
        "conversations.history" | "conversations.replies" => "im:history",
        "reactions.add" | "reactions.remove" => "reactions:write",
        "users.info" | "users.list" => "users:read",
        "dnd.teamInfo" | "dnd.info" => "dnd:read",
        "files.getUploadURLExternal" | "files.completeUploadExternal" | "files.delete" => "files:write",
        "files.info" => "files:read",
        _ => return None,
    })
}

fn answer(inner: &Inner, method: &str, headers: &HeaderMap, args: &Map<String, Value>) -> Answer {
    if method == "api.test" {
        // It needs no token (<https://docs.slack.dev/reference/methods/api.test>).
        return Ok(json!({"args": args}));
    }
    let needed = needed_scope(method).ok_or("unknown_method")?;
    if method == "oauth.v2.access" {
        return people::oauth(inner, args);
    }
    let of_app = method == "apps.connections.open";
    match token_of(headers, args) {
        None | Some("") => return Err("not_authed".into()),
        Some(APP_TOKEN) if of_app => {}
        Some(APP_TOKEN) => return Err("not_allowed_token_type".into()),
        Some(token) if of_app && is_token_of(inner, token) => return Err("not_allowed_token_type".into()),
        Some(_) if of_app => return Err("invalid_auth".into()),
        Some(token) => check_bot_token(inner, token)?,
    }
    let (token_error, provided) = {
        let state = inner.state();
        let revoked = state.revoked.then(|| "token_revoked".to_owned());
        (revoked.or_else(|| state.token_error.clone()), state.scopes.clone())
    };
    if let Some(code) = token_error.filter(|_| !of_app) {
        return Err(code.as_str().into());
    }
    if !needed.is_empty() && !provided.contains(needed) {
        let provided = provided.into_iter().collect::<Vec<_>>().join(",");
        return Err(Refusal {
            code: "missing_scope".to_owned(),
            extra: json!({"needed": needed, "provided": provided}),
        });
    }
    match method {
        "auth.test" | "users.info" | "users.list" | "dnd.teamInfo" | "dnd.info" | "conversations.open"
        | "auth.revoke" => people::call(inner, method, args),
        "apps.connections.open" => Ok(json!({"url": deliver::socket_url(inner)})),
        "views.open" | "views.push" | "views.update" | "views.publish" => views::call(inner, method, args),
        method if method.starts_with("files.") => files::call(inner, method, args),
        _ => chat::call(inner, method, args),
    }
}

/// A text argument.
fn text<'a>(args: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    args.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}
