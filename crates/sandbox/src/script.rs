//! What members do, as tests and the demo say it. Each method changes the workspace as
//! Slack's client would, delivers what Slack would deliver, and takes in the acknowledgement.

mod acknowledged;
mod channel;
mod modal;
pub(crate) mod payload;

use super::{
    Delivered, Sandbox,
    deliver::{self, Kind},
    transcript,
    workspace::{File, Message, Trigger, View, Workspace},
};
use acknowledged::take_in;
pub use channel::Conversation;
pub use modal::Modal;
use serde_json::{Value, json};

/// Something that was waited for did not come about.
#[derive(Debug, Clone, thiserror::Error)]
#[error("never happened: {what}\ninstead:\n{instead}")]
pub struct NeverHappened {
    /// What was waited for.
    pub what: String,
    /// What was there.
    pub instead: String,
}

/// A member controlled by a script.
#[derive(Clone)]
pub struct Person {
    sandbox: Sandbox,
    /// Their user id.
    pub user: String,
}

/// What a tap or a form needs is not there.
fn missing(sandbox: &Sandbox, what: impl Into<String>) -> NeverHappened {
    NeverHappened { what: what.into(), instead: sandbox.look(transcript::everything) }
}

/// What a button, or a menu with a choice, of that label sends: for a tap on what a screen showed
/// earlier, see [`Person::taps`].
pub fn action_of(blocks: &Value, label: &str) -> Option<Value> {
    payload::find_action(blocks, label)
}

type DeliveryResult = Result<Delivered, NeverHappened>;

impl Person {
    pub(super) fn new(sandbox: Sandbox, user: &str) -> Self {
        Self { sandbox, user: user.to_owned() }
    }

    /// Their direct message with the bot.
    pub fn dm(&self) -> String {
        self.sandbox.change(|state| state.dm(&self.user))
    }

    /// The open modal.
    pub fn in_modal(&self) -> Modal<'_> {
        Modal(self)
    }

    /// A conversation.
    pub fn in_channel<'a>(&'a self, channel: &'a str) -> Conversation<'a> {
        Conversation { person: self, channel }
    }

    fn trigger(&self, state: &mut Workspace, at_ms: i64) -> String {
        let id = state.id("trigger.");
        state.triggers.insert(id.clone(), Trigger { user: self.user.clone(), at_ms, used: false });
        id
    }

    /// Types a slash command, such as `/leadlens checkin`, in the direct message.
    pub async fn types(&self, line: &str) -> Delivered {
        let channel = self.dm();
        self.in_channel(&channel).types(line).await
    }

    /// Uses a global shortcut.
    pub async fn uses_shortcut(&self, callback_id: &str) -> Delivered {
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let trigger = self.trigger(state, now_ms);
            let mut payload = payload::base(state, &self.user, "shortcut", &trigger);
            payload["callback_id"] = json!(callback_id);
            payload["action_ts"] = json!(state.ts(now_ms));
            payload
        });
        deliver::deliver(&self.sandbox.inner, Kind::Interaction, payload).await
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
            payload["message"] = message.json(super::BOT_ID, super::APP_ID, false);
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

    /// Writes in the direct message; returns the message's timestamp.
    pub async fn says(&self, text: &str) -> (String, Delivered) {
        self.writes(text, None).await
    }

    /// Replies in the thread of a message.
    pub async fn replies(&self, thread_ts: &str, text: &str) -> (String, Delivered) {
        self.writes(text, Some(thread_ts)).await
    }

    async fn writes(&self, text: &str, thread_ts: Option<&str>) -> (String, Delivered) {
        let channel = self.dm();
        let now_ms = self.sandbox.now_ms();
        let (ts, payload) = self.sandbox.change(|state| {
            let ts = state.ts(now_ms);
            let message = Message {
                ts: ts.clone(),
                user: self.user.clone(),
                bot: false,
                text: payload::as_sent(state, text),
                blocks: json!([]),
                metadata: Value::Null,
                thread_ts: thread_ts.map(str::to_owned),
                only_for: None,
                edited: false,
                edited_ts: None,
                reactions: Vec::new(),
                files: Vec::new(),
            };
            let mut event = message.json("", "", false);
            event["channel"] = json!(channel);
            event["channel_type"] = json!("im");
            event["event_ts"] = json!(ts);
            if let Some(channel) = state.channels.get_mut(&channel) {
                channel.messages.push(message);
            }
            (ts, payload::event(state, &event, now_ms))
        });
        (ts, deliver::deliver(&self.sandbox.inner, Kind::Event, payload).await)
    }

    /// Edits a message of theirs.
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn edits(&self, ts: &str, text: &str) -> DeliveryResult {
        let channel = self.dm();
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let event_ts = state.ts(now_ms);
            let text = payload::as_sent(state, text);
            let found = state.channels.get_mut(&channel)?;
            let message = found.messages.iter_mut().find(|message| message.ts == ts && !message.bot)?;
            let previous = message.json("", "", false);
            message.text = text;
            message.edited = true;
            message.edited_ts = Some(event_ts.clone());
            let now = message.json("", "", false);
            let event = json!({
                "type": "message", "subtype": "message_changed", "hidden": true, "channel": channel,
                "channel_type": "im", "message": now, "previous_message": previous, "ts": event_ts, "event_ts": event_ts,
            });
            Some(payload::event(state, &event, now_ms))
        });
        let payload = payload.ok_or_else(|| missing(&self.sandbox, "a message of theirs to edit"))?;
        Ok(deliver::deliver(&self.sandbox.inner, Kind::Event, payload).await)
    }

    /// Slack shows a preview of a link in a message of theirs: the message has changed and the words have not
    /// (<https://docs.slack.dev/reference/events/message/message_changed>).
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn gets_a_preview(&self, ts: &str) -> DeliveryResult {
        let channel = self.dm();
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let found = state.channels.get(&channel)?;
            let message = found.messages.iter().find(|message| message.ts == ts && !message.bot)?;
            let previous = message.json("", "", false);
            let mut now = previous.clone();
            now["attachments"] = json!([{"id": 1, "from_url": "https://a.example", "title": "A page"}]);
            let event_ts = state.ts(now_ms);
            let event = json!({
                "type": "message", "subtype": "message_changed", "hidden": true, "channel": channel,
                "channel_type": "im", "message": now, "previous_message": previous, "ts": event_ts, "event_ts": event_ts,
            });
            Some(payload::event(state, &event, now_ms))
        });
        let payload = payload.ok_or_else(|| missing(&self.sandbox, "a message of theirs with a link"))?;
        Ok(deliver::deliver(&self.sandbox.inner, Kind::Event, payload).await)
    }

    /// Deletes a message of theirs.
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn deletes(&self, ts: &str) -> DeliveryResult {
        let channel = self.dm();
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let found = state.channels.get_mut(&channel)?;
            let nth = found.messages.iter().position(|message| message.ts == ts && !message.bot)?;
            let previous = found.messages.remove(nth).json("", "", false);
            let event_ts = state.ts(now_ms);
            let event = json!({
                "type": "message", "subtype": "message_deleted", "hidden": true, "channel": channel,
                "channel_type": "im", "deleted_ts": ts, "previous_message": previous, "ts": event_ts, "event_ts": event_ts,
            });
            Some(payload::event(state, &event, now_ms))
        });
        let payload = payload.ok_or_else(|| missing(&self.sandbox, "a message of theirs to delete"))?;
        Ok(deliver::deliver(&self.sandbox.inner, Kind::Event, payload).await)
    }

    /// Opens the Home tab.
    pub async fn opens_home(&self) -> Delivered {
        self.opens("home").await
    }

    /// Opens the conversation with the app.
    pub async fn opens_conversation(&self) -> Delivered {
        self.opens("messages").await
    }

    async fn opens(&self, tab: &str) -> Delivered {
        let now_ms = self.sandbox.now_ms();
        let channel = self.dm();
        let payload = self.sandbox.change(|state| {
            let event = json!({"type": "app_home_opened", "user": self.user, "channel": channel, "tab": tab, "event_ts": state.ts(now_ms)});
            payload::event(state, &event, now_ms)
        });
        deliver::deliver(&self.sandbox.inner, Kind::Event, payload).await
    }

    /// Taps a button, or an option of a menu, of the newest message in the direct message that has it.
    ///
    /// # Errors
    /// [`NeverHappened`] when no message has such a button.
    pub async fn clicks(&self, label: &str) -> DeliveryResult {
        let channel = self.dm();
        let found = self.sandbox.look(|state| {
            let messages = &state.channels.get(&channel)?.messages;
            messages.iter().rev().find_map(|message| {
                let visible = message.only_for.as_ref().is_none_or(|user| *user == self.user);
                let action = payload::find_action(&message.blocks, label).filter(|_| visible)?;
                Some((message.clone(), action))
            })
        });
        let (message, action) =
            found.ok_or_else(|| missing(&self.sandbox, format!("a message with [{label}]")))?;
        Ok(self.taps(&channel, &message, action).await)
    }

    /// Taps a button of one message.
    ///
    /// # Errors
    /// [`NeverHappened`] when that message has no such button.
    pub async fn clicks_on(&self, ts: &str, label: &str) -> DeliveryResult {
        let channel = self.dm();
        let found = self.sandbox.look(|state| {
            let message = state.channels.get(&channel)?.messages.iter().find(|message| message.ts == ts)?;
            Some((message.clone(), payload::find_action(&message.blocks, label)?))
        });
        let (message, action) = found.ok_or_else(|| missing(&self.sandbox, format!("[{label}] on {ts}")))?;
        Ok(self.taps(&channel, &message, action).await)
    }

    /// Taps what a message showed earlier, as a slow finger or an old screen does.
    pub async fn taps(&self, channel: &str, message: &Message, action: Value) -> Delivered {
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let trigger = self.trigger(state, now_ms);
            let mut payload = payload::actions(state, &self.user, action, &trigger, now_ms);
            payload["container"] = json!({
                "type": "message", "message_ts": message.ts, "channel_id": channel, "is_ephemeral": message.only_for.is_some(),
            });
            payload["channel"] = json!({"id": channel, "name": "directmessage"});
            payload["message"] = message.json(super::BOT_ID, super::APP_ID, false);
            payload["response_url"] = json!(payload::response_url(&self.sandbox, state, &self.user, channel));
            payload
        });
        deliver::deliver(&self.sandbox.inner, Kind::Interaction, payload).await
    }

    /// Taps a button of the Home tab.
    ///
    /// # Errors
    /// [`NeverHappened`] when it has no such button.
    pub async fn clicks_home(&self, label: &str) -> DeliveryResult {
        let view = self.sandbox.look(|state| state.homes.get(&self.user).cloned());
        let view = view.ok_or_else(|| missing(&self.sandbox, "a Home tab"))?;
        self.taps_view(&view, label).await
    }

    async fn taps_view(&self, view: &View, label: &str) -> DeliveryResult {
        let action = payload::find_action(&view.content["blocks"], label)
            .ok_or_else(|| missing(&self.sandbox, format!("[{label}] in the view")))?;
        Ok(self.acts_in_view(view, action).await)
    }

    /// Acts in a view: a button, a menu, an input that acts.
    pub async fn acts_in_view(&self, view: &View, action: Value) -> Delivered {
        let now_ms = self.sandbox.now_ms();
        let payload = self.sandbox.change(|state| {
            let trigger = self.trigger(state, now_ms);
            let mut payload = payload::actions(state, &self.user, action, &trigger, now_ms);
            payload["container"] = json!({"type": "view", "view_id": view.id});
            payload["view"] = state.view_json(view, super::APP_ID);
            payload
        });
        deliver::deliver(&self.sandbox.inner, Kind::Interaction, payload).await
    }

    /// Waits for a message in the direct message (also one that only they see) that shows a text.
    ///
    /// # Errors
    /// [`NeverHappened`] when none does.
    pub async fn sees(&self, text: &str) -> Result<Message, NeverHappened> {
        let channel = self.dm();
        self.sandbox
            .until(&format!("{} sees \"{text}\"", self.user), |state| {
                let messages = &state.channels.get(&channel)?.messages;
                let mine =
                    |message: &&Message| message.only_for.as_ref().is_none_or(|user| *user == self.user);
                messages
                    .iter()
                    .rev()
                    .filter(mine)
                    .find(|message| transcript::message(message).contains(text))
                    .cloned()
            })
            .await
    }

    /// Every message of the direct message that they see, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        let channel = self.dm();
        self.sandbox.look(|state| {
            let messages =
                state.channels.get(&channel).map(|channel| channel.messages.clone()).unwrap_or_default();
            messages
                .into_iter()
                .filter(|message| message.only_for.as_ref().is_none_or(|user| *user == self.user))
                .collect()
        })
    }

    /// What the bot wrote in the direct message, without ephemeral messages.
    pub fn from_bot(&self) -> Vec<Message> {
        self.messages().into_iter().filter(|message| message.bot && message.only_for.is_none()).collect()
    }
}
