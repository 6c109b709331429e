//! External upload: reserve, upload, complete (<https://docs.slack.dev/messaging/working-with-files>).

use super::{Answer, Inner, check_bot_token, text};
use crate::{
    BOT_USER,
    workspace::{File, Message, Served, Workspace},
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use futures::StreamExt;
use serde_json::{Map, Value, json};
use std::{convert::Infallible, sync::Arc};

/// <https://docs.slack.dev/reference/methods/files.getUploadURLExternal#errors>
const MAX_ALT: usize = 1_000;

pub(crate) async fn upload(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    body: Bytes,
) -> (StatusCode, &'static str) {
    inner.change(|state| match state.files.get_mut(&id) {
        Some(file) if file.length == body.len() => {
            file.bytes = body.to_vec();
            (StatusCode::OK, "OK")
        }
        Some(_) => (StatusCode::BAD_REQUEST, "length does not match"),
        None => (StatusCode::NOT_FOUND, "no such upload"),
    })
}

/// `url_private`: the content, for a token of the app with `files:read`; anybody else is sent to the
/// sign-in page.
pub(crate) async fn download(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|text| text.strip_prefix("Bearer "));
    let is_app = token.is_some_and(|token| check_bot_token(&inner, token).is_ok());
    let state = inner.state();
    if !is_app || state.revoked || !state.scopes.contains("files:read") {
        return (StatusCode::FOUND, [(header::LOCATION, "/signin")]).into_response();
    }
    match state.files.get(&id) {
        Some(file) => served(&state.served, &file.bytes),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The content, as the file host hands it out at the moment.
fn served(how: &Served, bytes: &[u8]) -> Response {
    let whole = Bytes::copy_from_slice(bytes);
    let chunks =
        |times: usize| futures::stream::iter((0..times).map(move |_| Ok::<_, Infallible>(whole.clone())));
    match how {
        Served::Whole | Served::At(_) => bytes.to_vec().into_response(),
        Served::MovedTo(address) => {
            (StatusCode::FOUND, [(header::LOCATION, address.as_str())]).into_response()
        }
        Served::SignIn => Html("<!DOCTYPE html><title>Sign in</title>").into_response(),
        Served::Streamed(times) => Body::from_stream(chunks(*times)).into_response(),
        Served::Announced(length) => {
            // What there is goes out before the connection breaks.
            let flushed = futures::stream::once(async {
                tokio::task::yield_now().await;
                Ok(Bytes::new())
            });
            let body = Body::from_stream(chunks(1).chain(flushed));
            ([(header::CONTENT_LENGTH, length.to_string())], body).into_response()
        }
        Served::Gzip => ([(header::CONTENT_ENCODING, "gzip")], bytes.to_vec()).into_response(),
        Served::Stalled => {
            let half = Bytes::copy_from_slice(bytes.get(..bytes.len() / 2).unwrap_or_default());
            let half = futures::stream::once(async { Ok::<_, Infallible>(half) });
            Body::from_stream(half.chain(futures::stream::pending())).into_response()
        }
    }
}

pub(super) fn call(inner: &Inner, method: &str, args: &Map<String, Value>) -> Answer {
    let now_ms = inner.now_ms();
    let address = inner.address;
    inner.change(|state| match method {
        "files.getUploadURLExternal" => {
            let name = text(args, "filename").ok_or("invalid_arguments")?.to_owned();
            let length =
                text(args, "length").and_then(|length| length.parse().ok()).ok_or("invalid_arguments")?;
            let alt = text(args, "alt_txt").map(str::to_owned);
            if alt.as_ref().is_some_and(|alt| alt.chars().count() > MAX_ALT) {
                return Err("alt_txt_too_large".into());
            }
            let id = state.id("F");
            let file = File { id: id.clone(), name, alt, bytes: Vec::new(), length, shared_in: None };
            state.files.insert(id.clone(), file);
            Ok(json!({"upload_url": format!("http://{address}/upload/{id}"), "file_id": id}))
        }
        "files.completeUploadExternal" => complete(state, args, now_ms),
        "files.info" => {
            let file =
                state.files.get(text(args, "file").ok_or("file_not_found")?).ok_or("file_not_found")?;
            let mut shares = Map::new();
            for channel in state.channels.values() {
                let shared = channel.messages.iter().filter(|message| message.files.contains(&file.id));
                let shared: Vec<Value> = shared.map(|message| json!({"ts": message.ts})).collect();
                if !shared.is_empty() {
                    shares.insert(channel.id.clone(), json!(shared));
                }
            }
            let ims: Vec<&String> = file.shared_in.iter().collect();
            let url = match &state.served {
                Served::At(elsewhere) => elsewhere.clone(),
                _ => format!("http://{address}/files-pri/{}", file.id),
            };
            Ok(json!({"file": {
                "id": file.id, "name": file.name, "size": file.bytes.len(), "ims": ims,
                "url_private_download": url, "shares": {"private": shares},
            }}))
        }
        _ => {
            let id = text(args, "file").ok_or("file_not_found")?;
            state.files.remove(id).ok_or("file_not_found")?;
            for channel in state.channels.values_mut() {
                for message in &mut channel.messages {
                    message.files.retain(|file| file != id);
                }
            }
            Ok(json!({}))
        }
    })
}

fn complete(state: &mut Workspace, args: &Map<String, Value>, now_ms: i64) -> Answer {
    let files = args.get("files").and_then(Value::as_array).ok_or("invalid_arguments")?;
    let ids: Vec<String> = files.iter().filter_map(|file| file["id"].as_str().map(str::to_owned)).collect();
    let channel = text(args, "channel_id").ok_or("invalid_channel")?.to_owned();
    if !state.channels.contains_key(&channel) {
        return Err("channel_not_found".into());
    }
    for id in &ids {
        let file = state.files.get_mut(id).ok_or("file_not_found")?;
        if file.bytes.len() != file.length {
            return Err("file_upload_size_mismatch".into());
        }
        file.shared_in = Some(channel.clone());
    }
    let ts = state.ts(now_ms);
    let message = Message {
        ts,
        user: BOT_USER.to_owned(),
        bot: true,
        text: text(args, "initial_comment").unwrap_or_default().to_owned(),
        blocks: json!([]),
        metadata: Value::Null,
        thread_ts: None,
        only_for: None,
        edited: false,
        edited_ts: None,
        reactions: Vec::new(),
        files: ids.clone(),
    };
    if let Some(channel) = state.channels.get_mut(&channel) {
        channel.messages.push(message);
    }
    Ok(json!({"files": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()}))
}
