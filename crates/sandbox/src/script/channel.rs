//! What a member does in one conversation, also where the app is not.

use super::{Person, payload};
use crate::{
    Delivered,
    deliver::{self, Kind},
};
use serde_json::{Value, json};

/// A conversation, as a member uses it. Made by [`Person::in_channel`].
#[derive(Clone, Copy)]
pub struct Conversation<'a> {
    pub(super) person: &'a Person,
    pub(super) channel: &'a str,
}

impl Conversation<'_> {
    /// Types a slash command in a conversation.
    pub async fn types(self, line: &str) -> Delivered {
        let Self { person, channel } = self;
        let now_ms = person.sandbox.now_ms();
        let (command, text) = line.split_once(' ').unwrap_or((line, ""));
        let payload = person.sandbox.change(|state| {
            let trigger = person.trigger(state, now_ms);
            payload::command(&person.sandbox, state, &person.user, channel, (command, text), &trigger)
        });
        let delivered = deliver::deliver(&person.sandbox.inner, Kind::Command, payload).await;
        if let Some(Value::Object(ack)) = &delivered.ack {
            // The body of an acknowledgement is a message that only the member sees.
            person.sandbox.change(|state| {
                let ts = state.ts(now_ms);
                let message = payload::ephemeral(ack, ts, &person.user);
                if let Some(channel) = state.channels.get_mut(channel) {
                    channel.messages.push(message);
                }
            });
        }
        delivered
    }

    /// Writes in a channel that the app is not in; it hears nothing of it.
    pub fn says(self, text: &str, thread_ts: Option<&str>) -> String {
        let Self { person, channel } = self;
        let now_ms = person.sandbox.now_ms();
        person.sandbox.change(|state| {
            state.put_message(channel, &person.user, &payload::escape(text), thread_ts, now_ms)
        })
    }

    /// Edits a message of theirs in a channel that the app is not in.
    pub fn edits(self, ts: &str, text: &str) {
        let Self { person, channel } = self;
        person.sandbox.change(|state| {
            let messages = state.channels.get_mut(channel).map(|channel| &mut channel.messages);
            let mine = messages.into_iter().flatten().find(|it| it.ts == ts && it.user == person.user);
            if let Some(message) = mine {
                message.text = payload::escape(text);
                message.edited = true;
            }
        });
    }

    /// Deletes a message of theirs in a channel that the app is not in.
    pub fn deletes(self, ts: &str) {
        let Self { person, channel } = self;
        person.sandbox.change(|state| {
            if let Some(channel) = state.channels.get_mut(channel) {
                channel.messages.retain(|it| it.ts != ts || it.user != person.user);
            }
        });
    }

    /// Writes a message with files of theirs, in the direct message or elsewhere. The app hears of the
    /// one and not of the other.
    pub async fn shares(self, text: &str, files: &[String], thread_ts: Option<&str>) -> Option<Delivered> {
        let Self { person, channel } = self;
        let now_ms = person.sandbox.now_ms();
        let payload = person.sandbox.change(|state| {
            let text = payload::as_sent(state, text);
            let ts = state.put_message(channel, &person.user, &text, thread_ts, now_ms);
            for id in files {
                if let Some(file) = state.files.get_mut(id) {
                    file.shared_in = Some(channel.to_owned());
                }
            }
            let shared: Vec<Value> = files
                .iter()
                .filter_map(|id| state.files.get(id))
                .map(|file| file.json(&state.origin))
                .collect();
            let found = state.channels.get_mut(channel)?;
            let is_dm = found.im_with.is_some();
            let message = found.messages.iter_mut().find(|message| message.ts == ts)?;
            message.files = files.to_vec();
            let mut event = message.json("", "", false);
            event["subtype"] = json!("file_share");
            event["files"] = json!(shared);
            event["channel"] = json!(channel);
            event["channel_type"] = json!("im");
            event["event_ts"] = json!(ts);
            is_dm.then(|| payload::event(state, &event, now_ms))
        })?;
        Some(deliver::deliver(&person.sandbox.inner, Kind::Event, payload).await)
    }
}
