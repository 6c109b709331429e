//! What members do, as tests and the demo say it. Each method changes the workspace as
//! Slack's client would, delivers what Slack would deliver, and takes in the acknowledgement.

mod acknowledged;
mod admin;
mod client;
mod payload;

use super::{
    Delivered, Sandbox,
    deliver::{self, Kind},
    transcript,
    workspace::{Message, Trigger, View, Workspace},
};
use acknowledged::take_in;
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

    fn trigger(&self, state: &mut Workspace, at_ms: i64) -> String {
        let id = state.id("trigger.");
        state.triggers.insert(id.clone(), Trigger { user: self.user.clone(), at_ms, used: false });
        id
    }

    /// Types a slash command, such as `/leadlens checkin`, in the direct message.
    pub async fn types(&self, line: &str) -> Delivered {
        let channel = self.dm();
        self.types_in(&channel, line).await
    }

    /// Types a slash command in a conversation.
    pub async fn types_in(&self, channel: &str, line: &str) -> Delivered {
        let now_ms = self.sandbox.now_ms();
        let (command, text) = line.split_once(' ').unwrap_or((line, ""));
        let payload = self.sandbox.change(|state| {
            let trigger = self.trigger(state, now_ms);
            payload::command(&self.sandbox, state, &self.user, channel, (command, text), &trigger)
        });
        let delivered = deliver::deliver(&self.sandbox.inner, Kind::Command, payload).await;
        if let Some(Value::Object(ack)) = &delivered.ack {
            // The body of an acknowledgement is a message that only the member sees.
            self.sandbox.change(|state| {
                let ts = state.ts(now_ms);
                let message = payload::ephemeral(ack, ts, &self.user);
                if let Some(channel) = state.channels.get_mut(channel) {
                    channel.messages.push(message);
                }
            });
        }
        delivered
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
        let now_ms = self.sandbox.now_ms();
        let channel = self.dm();
        let payload = self.sandbox.change(|state| {
            let event = json!({"type": "app_home_opened", "user": self.user, "channel": channel, "tab": "home", "event_ts": state.ts(now_ms)});
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

    /// Taps a button of the open modal.
    ///
    /// # Errors
    /// [`NeverHappened`] when no modal is open or it has no such button.
    pub async fn clicks_modal(&self, label: &str) -> DeliveryResult {
        let view = self.modal().ok_or_else(|| missing(&self.sandbox, "an open modal"))?;
        self.taps_view(&view, label).await
    }

    /// Presses Enter in an input of the open modal that acts on it.
    ///
    /// # Errors
    /// [`NeverHappened`] when no modal is open or it has no such input.
    pub async fn presses_enter(&self, input: &str) -> DeliveryResult {
        let view = self.modal().ok_or_else(|| missing(&self.sandbox, "an open modal"))?;
        let acts = |block_id: &str| {
            let mut blocks = view.content["blocks"].as_array().into_iter().flatten();
            blocks.any(|block| block["block_id"] == block_id && block["dispatch_action"] == true)
        };
        let found = payload::find_input(&view, input).filter(|(block_id, _)| acts(block_id));
        let (block_id, element) =
            found.ok_or_else(|| missing(&self.sandbox, format!("an input {input} that acts")))?;
        let value = view.values.get(block_id).map_or(Value::Null, |value| value["value"].clone());
        let action = json!({"type": "plain_text_input", "block_id": block_id, "action_id": element["action_id"], "value": value});
        Ok(self.acts_in_view(&view, action).await)
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

    /// The topmost open modal.
    pub fn modal(&self) -> Option<View> {
        self.sandbox.look(|state| state.modal(&self.user).cloned())
    }

    /// Waits for a modal with that title.
    ///
    /// # Errors
    /// [`NeverHappened`] when none opens.
    pub async fn sees_modal(&self, title: &str) -> Result<View, NeverHappened> {
        self.sandbox
            .until(&format!("{} sees a modal \"{title}\"", self.user), |state| {
                state
                    .modal(&self.user)
                    .filter(|view| transcript::plain(&view.content["title"]) == title)
                    .cloned()
            })
            .await
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

    /// Fills an input of the open modal, named by its block or action id: text, a date, a time, or the
    /// label of a choice; several choices are separated by commas.
    ///
    /// # Errors
    /// [`NeverHappened`] when there is no such input, or it does not take the value, as Slack's
    /// client would not.
    pub fn fills(&self, input: &str, value: &str) -> Result<(), NeverHappened> {
        let view = self.modal().ok_or_else(|| missing(&self.sandbox, "an open modal"))?;
        let found = payload::find_input(&view, input);
        let filled = found.and_then(|(id, element)| Some((id, payload::filled(element, value)?)));
        let (block_id, filled) = filled
            .ok_or_else(|| missing(&self.sandbox, format!("an input {input} that takes that value")))?;
        self.sandbox.change(|state| {
            if let Some(view) = state.views.get_mut(&view.id) {
                view.values.insert(block_id.to_owned(), filled);
            }
        });
        Ok(())
    }

    /// Uploads a file into a file input of the open modal.
    ///
    /// # Errors
    /// [`NeverHappened`] when there is no such input, or it does not take files of that kind.
    pub fn attaches(&self, input: &str, name: &str, bytes: &[u8]) -> Result<(), NeverHappened> {
        let view = self.modal().ok_or_else(|| missing(&self.sandbox, "an open modal"))?;
        let takes = |element: &Value| {
            let kinds = element["filetypes"].as_array();
            let kind = name.rsplit('.').next().unwrap_or_default();
            element["type"] == "file_input"
                && kinds.is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind))
        };
        let found = payload::find_input(&view, input).filter(|(_, element)| takes(element));
        let (block_id, _) =
            found.ok_or_else(|| missing(&self.sandbox, format!("a file input {input} for {name}")))?;
        let id = self.uploads(name, bytes.to_vec());
        self.sandbox.change(|state| {
            let files = json!([{"id": id, "name": name, "size": bytes.len(), "user": self.user}]);
            if let Some(view) = state.views.get_mut(&view.id) {
                view.values.insert(block_id.to_owned(), json!({"type": "file_input", "files": files}));
            }
        });
        Ok(())
    }

    /// Submits the open modal and takes in what the app answers: errors, another form, closing.
    ///
    /// # Errors
    /// [`NeverHappened`] when no modal is open, or a required input is empty, which Slack's client
    /// does not submit.
    pub async fn submits(&self) -> DeliveryResult {
        let view = self.modal().ok_or_else(|| missing(&self.sandbox, "an open modal"))?;
        if let Some(block_id) = payload::empty_required(&view) {
            return Err(missing(&self.sandbox, format!("something in the required input {block_id}")));
        }
        let payload = self.sandbox.change(|state| {
            let trigger = self.trigger(state, self.sandbox.now_ms());
            let mut payload = payload::base(state, &self.user, "view_submission", &trigger);
            payload["view"] = state.view_json(&view, super::APP_ID);
            payload["response_urls"] = json!([]);
            payload
        });
        Ok(self.submits_payload(&view.id, payload).await)
    }

    /// Delivers a submission as it is given, for forged and repeated ones.
    pub async fn submits_payload(&self, view: &str, payload: Value) -> Delivered {
        let delivered = deliver::deliver(&self.sandbox.inner, Kind::Interaction, payload).await;
        self.sandbox.change(|state| take_in(state, &self.user, view, &delivered));
        delivered
    }

    /// Closes the open modal without submitting it.
    pub fn closes_modal(&self) {
        self.sandbox.change(|state| {
            if let Some(stack) = state.stacks.get_mut(&self.user) {
                stack.pop();
            }
        });
    }
}
