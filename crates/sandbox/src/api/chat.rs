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
/// A history's page (<https://docs.slack.dev/reference/methods/conversations.history#arguments>).
const MOST_MESSAGES: usize = 999;
/// How long a history lacks a message with files, where those come late.
const FILES_SHOWN_AFTER_MS: i64 = 3_000;
/// What a limited app gets of a history, and how often.
const LIMITED_MESSAGES: usize = 15;
const LIMITED_EVERY_MS: i64 = 60_000;

pub(super) fn call(inner: &Inner, method: &str, args: &Map<String, Value>) -> Answer {
    let now_ms = inner.now_ms();
    inner.change(|state| match method {
        "chat.postMessage" => post(state, args, now_ms),
        "chat.postEphemeral" => ephemeral(state, args, now_ms),
        "chat.update" => update(state, args),
        "chat.delete" => delete(state, args),
        "conversations.history" => {
            limited(state, method, now_ms).and_then(|most| history(state, args, most, now_ms))
        }
        "reactions.add" => react(state, args, true),
        "reactions.remove" => react(state, args, false),
        _ => limited(state, method, now_ms).and_then(|most| replies(state, args, most)),
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
        edited_ts: None,
        reactions: Vec::new(),
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
    // The app is in no channel.
    if channel.im_with.is_none() {
        return Err("not_in_channel".into());
    }
    if state.messages_tab_disabled {
        return Err("messages_tab_disabled".into());
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

/// Adds or removes a reaction of the app (<https://docs.slack.dev/reference/methods/reactions.add>).
fn react(state: &mut Workspace, args: &Map<String, Value>, adds: bool) -> Answer {
    let id = text(args, "channel").ok_or("no_item_specified")?;
    let ts = text(args, "timestamp").ok_or("no_item_specified")?;
    let name = text(args, "name").filter(|name| !name.contains(':')).ok_or("invalid_name")?.to_owned();
    let channel = state.channels.get_mut(id).ok_or("channel_not_found")?;
    let found = channel.messages.iter_mut().find(|message| message.ts == ts && message.only_for.is_none());
    let reactions = &mut found.ok_or("message_not_found")?.reactions;
    match (adds, reactions.iter().position(|reaction| *reaction == name)) {
        (true, Some(_)) => return Err("already_reacted".into()),
        (true, None) => reactions.push(name),
        (false, Some(nth)) => {
            reactions.remove(nth);
        }
        (false, None) => return Err("no_reaction".into()),
    }
    Ok(json!({}))
}

/// How many messages a call may bring; refused while a limited app has asked within the minute
/// (<https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps>).
fn limited(state: &mut Workspace, method: &str, now_ms: i64) -> Result<usize, Refusal> {
    if !state.history_limited {
        return Ok(MOST_MESSAGES);
    }
    let last_ms = state.history_read_at_ms.get(method).copied();
    let wait_ms = last_ms.map_or(0, |last_ms| last_ms + LIMITED_EVERY_MS - now_ms);
    if wait_ms > 0 {
        let retry_after = (wait_ms + 999) / 1_000;
        return Err(Refusal { code: "ratelimited".to_owned(), extra: json!({"retry_after": retry_after}) });
    }
    state.history_read_at_ms.insert(method.to_owned(), now_ms);
    Ok(LIMITED_MESSAGES)
}

fn is_set(args: &Map<String, Value>, name: &str) -> bool {
    matches!(args.get(name), Some(Value::Bool(true))) || matches!(text(args, name), Some("true" | "1"))
}

/// Whether a message lies between `oldest` and `latest`.
fn is_within(args: &Map<String, Value>, ts: &str) -> bool {
    let inclusive = is_set(args, "inclusive");
    let (oldest, latest) = (text(args, "oldest"), text(args, "latest"));
    oldest.is_none_or(|oldest| ts > oldest || (inclusive && ts == oldest))
        && latest.is_none_or(|latest| ts < latest || (inclusive && ts == latest))
}

fn limit(args: &Map<String, Value>, most: usize) -> usize {
    let asked = args.get("limit").and_then(|limit| match limit {
        Value::Number(number) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
        other => other.as_str().and_then(|limit| limit.parse().ok()),
    });
    asked.unwrap_or(100_usize).clamp(1, most)
}

/// One page of messages in the order given, and where the next begins.
fn page<'a>(
    messages: impl Iterator<Item = &'a Message>,
    args: &Map<String, Value>,
    most: usize,
) -> Result<Value, Refusal> {
    let metadata = is_set(args, "include_all_metadata");
    let from = match text(args, "cursor") {
        Some(cursor) => Some(cursor.strip_prefix("next_ts:").ok_or("invalid_cursor")?),
        None => None,
    };
    let mut rest = messages.skip_while(|message| from.is_some_and(|from| message.ts != from));
    let shown: Vec<Value> =
        rest.by_ref().take(limit(args, most)).map(|message| message.json(BOT_ID, APP_ID, metadata)).collect();
    let next = rest.next().map(|message| format!("next_ts:{}", message.ts));
    let mut answer = json!({"messages": shown, "has_more": next.is_some()});
    if let Some(next) = next {
        answer["response_metadata"] = json!({"next_cursor": next});
    }
    Ok(answer)
}

fn history(state: &Workspace, args: &Map<String, Value>, most: usize, now_ms: i64) -> Answer {
    let id = text(args, "channel").ok_or("channel_not_found")?;
    let channel = state.channels.get(id).ok_or("channel_not_found")?;
    let newest_first = channel.messages.iter().rev();
    let top_level = newest_first.filter(|message| message.thread_ts.is_none() && message.only_for.is_none());
    let is_late = |message: &Message| {
        let shown_ms = ms_of(&message.ts).unwrap_or_default() + FILES_SHOWN_AFTER_MS;
        state.files_shared_late && !message.files.is_empty() && now_ms < shown_ms
    };
    let shown = top_level.filter(|message| is_within(args, &message.ts) && !is_late(message));
    page(shown, args, most)
}

fn replies(state: &Workspace, args: &Map<String, Value>, most: usize) -> Answer {
    let id = text(args, "channel").ok_or("channel_not_found")?;
    let ts = text(args, "ts").ok_or("thread_not_found")?;
    let channel = state.channels.get(id).ok_or("channel_not_found")?;
    let asked = channel.messages.iter().find(|message| message.ts == ts).ok_or("thread_not_found")?;
    // For the timestamp of a reply, Slack shows the thread that contains it.
    let parent = asked.thread_ts.as_deref().unwrap_or(ts);
    let thread = channel.messages.iter().filter(|message| {
        message.ts == parent || (message.thread_ts.as_deref() == Some(parent) && is_within(args, &message.ts))
    });
    page(thread, args, most)
}

pub(crate) async fn respond(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    body: Bytes,
) -> (StatusCode, String) {
    let Ok(Value::Object(args)) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, "invalid_payload".to_owned());
    };
    if inner.state().unreachable {
        return (StatusCode::BAD_GATEWAY, String::new());
    }
    let own_fault = |state: &mut Workspace| {
        let nth = state.faults.iter().position(|(name, _)| name == "response_url")?;
        state.faults.remove(nth)
    };
    if inner.change(own_fault).is_some() {
        return (StatusCode::NOT_FOUND, "used_url".to_owned());
    }
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
