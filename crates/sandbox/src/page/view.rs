//! What one member sees: what Slack's client would show them, as JSON. Another's direct messages,
//! ephemeral words, forms, Home and files are not in it.

use crate::{
    BOT_USER,
    workspace::{Channel, Fault, File, Message, View, Workspace},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How much of the log of calls is shown.
const CALLS: usize = 40;

pub(super) fn of(state: &Workspace, user: &str, now_ms: i64, app: &Value) -> Value {
    let people: Vec<Value> = state
        .users
        .values()
        .filter(|person| !person.deleted)
        .map(|person| {
            json!({
                "id": person.id, "name": person.name, "handle": person.handle(), "tz": person.tz, "bot": person.is_bot,
                "emoji": person.status.0, "status": person.status.1,
            })
        })
        .collect();
    let channels: Vec<Value> = state
        .channels
        .values()
        .filter(|channel| sees(channel, user))
        .map(|channel| channel_json(channel, user))
        .collect();
    let modals: Vec<Value> = state
        .stacks
        .get(user)
        .into_iter()
        .flatten()
        .filter_map(|id| state.views.get(id))
        .map(view_json)
        .collect();
    let calls: Vec<Value> = state
        .calls
        .iter()
        .rev()
        .take(CALLS)
        .map(|(method, outcome)| json!({"method": method, "outcome": outcome}))
        .collect();
    json!({
        "now_ms": now_ms, "as": user, "bot": BOT_USER, "app": app, "people": people, "channels": channels,
        "modals": modals, "home": state.homes.get(user).map(view_json), "files": files(state, user),
        "trouble": trouble(state), "calls": calls, "calls_total": state.calls.len(),
    })
}

/// A channel is everybody's, a direct message with the app is one member's.
pub(super) fn sees(channel: &Channel, user: &str) -> bool {
    channel.im_with.as_ref().is_none_or(|member| member == user)
}

fn is_shown(message: &Message, user: &str) -> bool {
    message.only_for.as_ref().is_none_or(|only| only == user)
}

/// A message that the member sees.
pub(super) fn message(state: &Workspace, user: &str, channel: &str, ts: &str) -> Option<Message> {
    let channel = state.channels.get(channel).filter(|channel| sees(channel, user))?;
    channel.messages.iter().find(|message| message.ts == ts && is_shown(message, user)).cloned()
}

fn channel_json(channel: &Channel, user: &str) -> Value {
    let messages: Vec<Value> =
        channel.messages.iter().filter(|message| is_shown(message, user)).map(message_json).collect();
    json!({
        "id": channel.id, "app": channel.im_with.is_some(), "name": channel.name, "messages": messages,
    })
}

fn message_json(message: &Message) -> Value {
    let mut json = json!({
        "ts": message.ts, "user": message.user, "bot": message.bot, "text": message.text,
        "blocks": message.blocks, "files": message.files,
    });
    if let Some(thread) = &message.thread_ts {
        json["thread"] = json!(thread);
    }
    if message.only_for.is_some() {
        json["only_me"] = json!(true);
    }
    if !message.reactions.is_empty() {
        json["reactions"] = json!(message.reactions);
    }
    if message.edited {
        json["edited"] = json!(true);
    }
    json
}

fn view_json(view: &View) -> Value {
    json!({
        "id": view.id, "hash": view.hash, "view": view.content, "values": view.values, "errors": view.errors,
        "trouble": view.trouble,
    })
}

/// Ids of the files in conversations that the member sees.
fn visible_files(state: &Workspace, user: &str) -> BTreeSet<String> {
    let channels = state.channels.values().filter(|channel| sees(channel, user));
    channels
        .flat_map(|channel| channel.messages.iter().filter(|message| is_shown(message, user)))
        .flat_map(|message| message.files.iter().cloned().chain(slack_files(&message.blocks)))
        .collect()
}

/// Files that image blocks point at.
fn slack_files(blocks: &Value) -> Vec<String> {
    let blocks = blocks.as_array().into_iter().flatten();
    blocks.filter_map(|block| block["slack_file"]["id"].as_str().map(str::to_owned)).collect()
}

fn files(state: &Workspace, user: &str) -> Map<String, Value> {
    let visible = visible_files(state, user);
    let known = state.files.values().filter(|file| visible.contains(&file.id));
    known.map(|file| (file.id.clone(), file_json(file))).collect()
}

fn file_json(file: &File) -> Value {
    let is_picture = matches!(file.bytes.get(..4), Some([0x89, b'P', b'N', b'G'] | [0xff, 0xd8, 0xff, _]));
    json!({"name": file.name, "size": file.bytes.len(), "picture": is_picture})
}

/// Name and content of a file that the member sees.
pub(super) fn file(state: &Workspace, user: &str, id: &str) -> Option<(String, Vec<u8>)> {
    let file = state.files.get(id)?;
    visible_files(state, user).contains(id).then(|| (file.name.clone(), file.bytes.clone()))
}

fn trouble(state: &Workspace) -> &'static str {
    match &state.trouble {
        None if state.refuse_charts => "charts",
        None => "none",
        Some(Fault::RateLimited(_)) => "limited",
        Some(Fault::Slow(_)) => "slow",
        Some(_) => "down",
    }
}
