//! Messages: posting, changing, deleting, reading back; and the response URLs of interactions.

use super::{Answer, Inner, Refusal, text};
use crate::{
    APP_ID, BOT_ID, BOT_USER,
    blocks::{Surface, check},
    workspace::{Message, Workspace},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A message's text (<https://docs.slack.dev/reference/methods/chat.postMessage#truncating>).
const MAX_TEXT: usize = 40_000;
/// Blocks and text together must stay below this, or Slack answers `msg_blocks_too_long`.
const MAX_PAYLOAD: usize = 13_200;
/// A response URL works five times within half an hour.
const RESPONSE_USES: u32 = 5;
const RESPONSE_MS: i64 = 30 * 60 * 1_000;

pub(super) fn call(inner: &Inner, method: &str, args: &Map<String, Value>) -> Answer {
    let now_ms = inner.now_ms();
    inner.change(|state| match method {
        "chat.postMessage" => post(state, args, now_ms),
        "chat.postEphemeral" => ephemeral(state, args, now_ms),
        "chat.update" => update(state, args),
        "chat.delete" => delete(state, args),
        "conversations.history" => history(state, args),
        _ => replies(state, args),
    })
}

/// Text, blocks and metadata, checked.
fn content(state: &Workspace, args: &Map<String, Value>) -> Result<Message, Refusal> {
    let blocks = args.get("blocks").cloned().unwrap_or(json!([]));
    let said = text(args, "text").unwrap_or_default();
    if said.is_empty() && blocks.as_array().is_none_or(Vec::is_empty) {
        return Err("no_text".into());
    }
    if said.chars().count() > MAX_TEXT {
        return Err("msg_too_long".into());
    }
    let mut findings = check(&blocks, Surface::Message);
    let is_native = |block: &&Value| block["type"] == "data_visualization" || block["type"] == "data_table";
    if let Some(block) = blocks.as_array().into_iter().flatten().find(is_native)
        && state.refuse_charts
    {
        findings
            .push(format!("[ERROR] unsupported block type: {}", block["type"].as_str().unwrap_or_default()));
    }
    if !findings.is_empty() {
        return Err(Refusal::because("invalid_blocks", &findings));
    }
    if blocks.to_string().chars().count() > MAX_PAYLOAD {
        return Err("msg_blocks_too_long".into());
    }
    let metadata = args.get("metadata").cloned().unwrap_or(Value::Null);
    if !metadata.is_null() && (!metadata["event_type"].is_string() || !metadata["event_payload"].is_object())
    {
        return Err("invalid_metadata_format".into());
    }
    Ok(Message {
        ts: String::new(),
        user: BOT_USER.to_owned(),
        bot: true,
        text: said.to_owned(),
        blocks,
        metadata,
        thread_ts: text(args, "thread_ts").map(str::to_owned),
        only_for: None,
        edited: false,
        files: Vec::new(),
    })
}

fn writable(state: &Workspace, args: &Map<String, Value>) -> Result<String, Refusal> {
    let id = text(args, "channel").ok_or("channel_not_found")?;
    let channel = state.channels.get(id).ok_or("channel_not_found")?;
    if let Some(user) = &channel.im_with
        && state.users.get(user).is_some_and(|user| user.deleted)
    {
        return Err("user_disabled".into());
    }
    Ok(id.to_owned())
}

/// A timestamp's instant in whole milliseconds: `1700000000.123456` is 1700000000123.
fn ms_of(ts: &str) -> Option<i64> {
    let (seconds, micros) = ts.split_once('.')?;
    Some(seconds.parse::<i64>().ok()? * 1_000 + micros.parse::<i64>().ok()? / 1_000)
}

fn post(state: &mut Workspace, args: &Map<String, Value>, now_ms: i64) -> Answer {
    let id = writable(state, args)?;
    let mut message = content(state, args)?;
    if state.strict_limits {
        let last =
            state.channels.get(&id).and_then(|channel| channel.messages.iter().rfind(|message| message.bot));
        let last_ms = last.and_then(|message| ms_of(&message.ts));
        if last_ms.is_some_and(|last_ms| now_ms - last_ms < 1_000) {
            return Err("ratelimited".into());
        }
    }
    message.ts = state.ts(now_ms);
    let answer = json!({"channel": id, "ts": message.ts, "message": message.json(BOT_ID, APP_ID, true)});
    if let Some(channel) = state.channels.get_mut(&id) {
        channel.messages.push(message);
    }
    Ok(answer)
}

fn ephemeral(state: &mut Workspace, args: &Map<String, Value>, now_ms: i64) -> Answer {
    let id = writable(state, args)?;
    let user = text(args, "user").ok_or("user_not_found")?.to_owned();
    if !state.users.contains_key(&user) {
        return Err("user_not_found".into());
    }
    let mut message = content(state, args)?;
    message.ts = state.ts(now_ms);
    message.only_for = Some(user);
    let answer = json!({"message_ts": message.ts});
    if let Some(channel) = state.channels.get_mut(&id) {
        channel.messages.push(message);
    }
    Ok(answer)
}

fn update(state: &mut Workspace, args: &Map<String, Value>) -> Answer {
    let id = writable(state, args)?;
    let fresh = content(state, args)?;
    let ts = text(args, "ts").ok_or("message_not_found")?.to_owned();
    let message = state
        .channels
        .get_mut(&id)
        .and_then(|channel| {
            channel.messages.iter_mut().find(|message| message.ts == ts && message.only_for.is_none())
        })
        .ok_or("message_not_found")?;
    if !message.bot {
        return Err("cant_update_message".into());
    }
    message.text = fresh.text;
    message.blocks = fresh.blocks;
    if !fresh.metadata.is_null() {
        message.metadata = fresh.metadata;
    }
    message.edited = true;
    Ok(json!({"channel": id, "ts": ts, "text": message.text}))
}

fn delete(state: &mut Workspace, args: &Map<String, Value>) -> Answer {
    let id = text(args, "channel").ok_or("channel_not_found")?;
    let ts = text(args, "ts").ok_or("message_not_found")?;
    let channel = state.channels.get_mut(id).ok_or("channel_not_found")?;
    let nth = channel.messages.iter().position(|message| message.ts == ts).ok_or("message_not_found")?;
    if !channel.messages.get(nth).is_some_and(|message| message.bot) {
        return Err("cant_delete_message".into());
    }
    channel.messages.remove(nth);
    Ok(json!({"channel": id, "ts": ts}))
}

fn history(state: &Workspace, args: &Map<String, Value>) -> Answer {
    let id = text(args, "channel").ok_or("channel_not_found")?;
    let channel = state.channels.get(id).ok_or("channel_not_found")?;
    let inclusive = matches!(text(args, "inclusive"), Some("true" | "1"));
    let within = |message: &&Message| {
        let (ts, oldest, latest) = (message.ts.as_str(), text(args, "oldest"), text(args, "latest"));
        oldest.is_none_or(|oldest| ts > oldest || (inclusive && ts == oldest))
            && latest.is_none_or(|latest| ts < latest || (inclusive && ts == latest))
    };
    let limit = text(args, "limit").and_then(|limit| limit.parse().ok()).unwrap_or(100_usize);
    let metadata = matches!(text(args, "include_all_metadata"), Some("true" | "1"));
    let messages: Vec<Value> = channel
        .messages
        .iter()
        .rev()
        .filter(|message| message.thread_ts.is_none() && message.only_for.is_none())
        .filter(within)
        .take(limit)
        .map(|message| message.json(BOT_ID, APP_ID, metadata))
        .collect();
    Ok(json!({"messages": messages, "has_more": false}))
}

fn replies(state: &Workspace, args: &Map<String, Value>) -> Answer {
    let id = text(args, "channel").ok_or("channel_not_found")?;
    let ts = text(args, "ts").ok_or("thread_not_found")?;
    let channel = state.channels.get(id).ok_or("channel_not_found")?;
    let metadata = matches!(text(args, "include_all_metadata"), Some("true" | "1"));
    let asked = channel.messages.iter().find(|message| message.ts == ts).ok_or("thread_not_found")?;
    // For the timestamp of a reply, Slack shows the thread that contains it.
    let parent = asked.thread_ts.as_deref().unwrap_or(ts);
    let messages: Vec<Value> = channel
        .messages
        .iter()
        .filter(|message| message.ts == parent || message.thread_ts.as_deref() == Some(parent))
        .map(|message| message.json(BOT_ID, APP_ID, metadata))
        .collect();
    Ok(json!({"messages": messages, "has_more": false}))
}

pub(crate) async fn respond(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    body: Bytes,
) -> (StatusCode, String) {
    let Ok(Value::Object(args)) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, "invalid_payload".to_owned());
    };
    let now_ms = inner.now_ms();
    inner.change(|state| match respond_in(state, &id, &args, now_ms) {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(refusal) if refusal.code == "expired_url" || refusal.code == "used_url" => {
            (StatusCode::NOT_FOUND, refusal.code)
        }
        Err(refusal) => (StatusCode::INTERNAL_SERVER_ERROR, refusal.code),
    })
}

fn respond_in(
    state: &mut Workspace,
    id: &str,
    args: &Map<String, Value>,
    now_ms: i64,
) -> Result<(), Refusal> {
    let url = state.response_urls.get_mut(id).ok_or("used_url")?;
    if url.uses >= RESPONSE_USES {
        return Err("used_url".into());
    }
    if now_ms - url.at_ms > RESPONSE_MS {
        return Err("expired_url".into());
    }
    url.uses += 1;
    let (user, channel) = (url.user.clone(), url.channel.clone());
    let mut message = content(state, args)?;
    message.ts = state.ts(now_ms);
    if text(args, "response_type") != Some("in_channel") {
        message.only_for = Some(user);
    }
    if let Some(channel) = state.channels.get_mut(&channel) {
        channel.messages.push(message);
    }
    Ok(())
}
