//! More of what Slack's client lets a member do, for the page and for tests: writing where the app is
//! not, message shortcuts, uploads, and closing a form that wants to know of it.

use super::{Person, payload};
use crate::{
    APP_ID, BOT_ID, Delivered,
    deliver::{self, Kind},
    workspace::{File, Message},
};
use serde_json::{Value, json};

impl Person {
    /// Writes in a channel that the app is not in; it hears nothing of it.
    pub fn says_in(&self, channel: &str, text: &str, thread_ts: Option<&str>) -> String {
        let now_ms = self.sandbox.now_ms();
        self.sandbox
            .change(|state| state.put_message(channel, &self.user, &payload::escape(text), thread_ts, now_ms))
    }

    /// Edits a message of theirs in a channel that the app is not in.
    pub fn edits_in(&self, channel: &str, ts: &str, text: &str) {
        self.sandbox.change(|state| {
            let messages = state.channels.get_mut(channel).map(|channel| &mut channel.messages);
            let mine = messages.into_iter().flatten().find(|it| it.ts == ts && it.user == self.user);
            if let Some(message) = mine {
                message.text = payload::escape(text);
                message.edited = true;
            }
        });
    }

    /// Deletes a message of theirs in a channel that the app is not in.
    pub fn deletes_in(&self, channel: &str, ts: &str) {
        self.sandbox.change(|state| {
            if let Some(channel) = state.channels.get_mut(channel) {
                channel.messages.retain(|it| it.ts != ts || it.user != self.user);
            }
        });
    }

    /// Uses a message shortcut on a message
    /// (<https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload>).
    pub async fn uses_message_shortcut(
        &self,
        callback_id: &str,
        channel: &str,
        message: &Message,
    ) -> Delivered {
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let trigger = self.trigger(state, now_ms);
            let name = state.channels.get(channel).and_then(|channel| channel.name.clone());
            let mut payload = payload::base(state, &self.user, "message_action", &trigger);
            payload["callback_id"] = json!(callback_id);
            payload["action_ts"] = json!(state.ts(now_ms));
            payload["message_ts"] = json!(message.ts);
            payload["channel"] = json!({"id": channel, "name": name.unwrap_or_else(|| "room".to_owned())});
            payload["message"] = message.json(BOT_ID, APP_ID, false);
            payload["response_url"] = json!(payload::response_url(&self.sandbox, state, &self.user, channel));
            payload
        });
        deliver::deliver(&self.sandbox.inner, Kind::Interaction, payload).await
    }

    /// Uploads a file that is not shared anywhere yet; answers its id.
    pub fn uploads(&self, name: &str, bytes: Vec<u8>) -> String {
        self.sandbox.change(|state| {
            let id = state.id("F");
            let length = bytes.len();
            let file =
                File { id: id.clone(), name: name.to_owned(), alt: None, bytes, length, shared_in: None };
            state.files.insert(id.clone(), file);
            id
        })
    }

    /// Writes a message with files of theirs, in the direct message or elsewhere. The app hears of the
    /// one and not of the other.
    pub async fn shares(
        &self,
        channel: &str,
        text: &str,
        files: &[String],
        thread_ts: Option<&str>,
    ) -> Option<Delivered> {
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let text = payload::as_sent(state, text);
            let ts = state.put_message(channel, &self.user, &text, thread_ts, now_ms);
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
        Some(deliver::deliver(&self.sandbox.inner, Kind::Event, payload).await)
    }

    /// Closes the topmost form; the app hears of it when the form asked for that.
    pub async fn dismisses_modal(&self) {
        let Some(view) = self.modal() else { return };
        self.closes_modal();
        if view.content["notify_on_close"] != true {
            return;
        }
        let payload = self.sandbox.change(|state| {
            let trigger = state.id("trigger.");
            let mut payload = payload::base(state, &self.user, "view_closed", &trigger);
            payload["view"] = state.view_json(&view, APP_ID);
            payload["is_cleared"] = json!(false);
            payload
        });
        deliver::deliver(&self.sandbox.inner, Kind::Interaction, payload).await;
    }
}
