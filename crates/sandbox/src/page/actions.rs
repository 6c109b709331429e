//! What one member does in the page: each action is checked against what the member
//! sees, then done as a script does it.

use super::{Answer, inputs, view};
use crate::{Delivered, Sandbox};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(super) enum Action {
    Write {
        channel: String,
        text: String,
        thread: Option<String>,
        /// Ids of files that were uploaded before.
        #[serde(default)]
        files: Vec<String>,
    },
    Edit {
        channel: String,
        ts: String,
        text: String,
    },
    Delete {
        channel: String,
        ts: String,
    },
    /// A button, a menu, or an input that acts: `block` counts from 0.
    Click {
        at: Location,
        block: usize,
        action_id: String,
        #[serde(default)]
        chosen: Value,
        /// What the other inputs of the form hold.
        #[serde(default)]
        values: Map<String, Value>,
    },
    Submit {
        view: String,
        values: Map<String, Value>,
    },
    Close {
        view: String,
    },
    OpenHome,
    OpenConversation,
    Shortcut {
        callback_id: String,
    },
    MessageShortcut {
        callback_id: String,
        channel: String,
        ts: String,
    },
}

/// Where a button is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Location {
    Message { channel: String, ts: String },
    View(String),
    Home,
}

fn refused(says: &str) -> Answer {
    Answer::Refused(says.to_owned())
}

/// Nothing came back for a delivery.
fn acknowledged(delivered: &Delivered, what: &str) -> Result<(), Answer> {
    if delivered.acked {
        Ok(())
    } else {
        Err(Answer::Refused(format!("{what} The app did not answer in time.")))
    }
}

pub(super) async fn perform(sandbox: &Sandbox, user: &str, action: Action) -> Result<(), Answer> {
    let person = sandbox.person(user);
    match action {
        Action::Write { channel, text, thread, files } => {
            write(sandbox, user, &channel, &text, thread.as_deref(), &files).await
        }
        Action::Edit { channel, ts, text } => {
            own_message(sandbox, user, &channel, &ts)?;
            if is_dm(sandbox, &channel) {
                let delivered =
                    person.edits(&ts, &text).await.map_err(|_| refused("That message is gone."))?;
                return acknowledged(&delivered, "");
            }
            person.in_channel(&channel).edits(&ts, &text);
            Ok(())
        }
        Action::Delete { channel, ts } => {
            own_message(sandbox, user, &channel, &ts)?;
            if is_dm(sandbox, &channel) {
                let delivered = person.deletes(&ts).await.map_err(|_| refused("That message is gone."))?;
                return acknowledged(&delivered, "");
            }
            person.in_channel(&channel).deletes(&ts);
            Ok(())
        }
        Action::Click { at, block, action_id, chosen, values } => {
            click(sandbox, user, at, (block, &action_id, &chosen), &values).await
        }
        Action::Submit { view, values } => submit(sandbox, user, &view, &values).await,
        Action::Close { view } => {
            topmost(sandbox, user, &view)?;
            person.in_modal().dismisses().await;
            Ok(())
        }
        Action::OpenHome => acknowledged(&person.opens_home().await, ""),
        Action::OpenConversation => acknowledged(&person.opens_conversation().await, ""),
        Action::Shortcut { callback_id } => acknowledged(&person.uses_shortcut(&callback_id).await, ""),
        Action::MessageShortcut { callback_id, channel, ts } => {
            let found = sandbox.look(|state| view::message(state, user, &channel, &ts));
            let message = found.ok_or_else(|| refused("That message is gone."))?;
            acknowledged(&person.uses_message_shortcut(&callback_id, &channel, &message).await, "")
        }
    }
}

fn is_dm(sandbox: &Sandbox, channel: &str) -> bool {
    sandbox.look(|state| state.channels.get(channel).is_some_and(|channel| channel.im_with.is_some()))
}

fn own_message(sandbox: &Sandbox, user: &str, channel: &str, ts: &str) -> Result<(), Answer> {
    let found = sandbox.look(|state| view::message(state, user, channel, ts));
    match found {
        Some(message) if message.user == user => Ok(()),
        Some(_) => Err(refused("Only your own messages can be changed.")),
        None => Err(refused("That message is gone.")),
    }
}

async fn write(
    sandbox: &Sandbox,
    user: &str,
    channel: &str,
    text: &str,
    thread: Option<&str>,
    files: &[String],
) -> Result<(), Answer> {
    let sees = sandbox.look(|state| state.channels.get(channel).is_some_and(|found| view::sees(found, user)));
    if !sees {
        return Err(refused("There is no such conversation."));
    }
    let is_there = |id: &String| sandbox.look(|state| state.files.contains_key(id));
    if text.trim().is_empty() && files.is_empty() || !files.iter().all(is_there) {
        return Err(refused("There is nothing to send."));
    }
    let person = sandbox.person(user);
    if !files.is_empty() {
        let delivered = person.in_channel(channel).shares(text, files, thread).await;
        return delivered.map_or(Ok(()), |delivered| acknowledged(&delivered, "Your message is sent."));
    }
    if text.starts_with('/') && thread.is_none() {
        let delivered = person.in_channel(channel).types(text).await;
        let command = text.split_whitespace().next().unwrap_or_default();
        return acknowledged(&delivered, &format!("{command} failed."));
    }
    if is_dm(sandbox, channel) {
        let (_, delivered) = match thread {
            Some(parent) => person.replies(parent, text).await,
            None => person.says(text).await,
        };
        return acknowledged(&delivered, "Your message is sent.");
    }
    person.in_channel(channel).says(text, thread);
    Ok(())
}

/// The element of a block that acts, and the id of its block.
fn element(blocks: &Value, nth: usize, action_id: &str) -> Option<(String, Value)> {
    let block = blocks.get(nth)?;
    let of_input = (block["dispatch_action"] == true).then_some(&block["element"]);
    let listed = block["elements"].as_array().into_iter().flatten().filter(|_| block["type"] == "actions");
    let found = listed
        .chain(Some(&block["accessory"]))
        .chain(of_input)
        .find(|element| element["action_id"] == action_id)?;
    // Slack names a block that the app did not name.
    let block_id = block["block_id"].as_str().map_or_else(|| format!("block-{nth}"), str::to_owned);
    Some((block_id, found.clone()))
}

/// The action that Slack would send.
fn action_payload(
    sandbox: &Sandbox,
    blocks: &Value,
    (nth, action_id, chosen): (usize, &str, &Value),
) -> Result<Value, Answer> {
    let (block_id, element) = element(blocks, nth, action_id)
        .ok_or_else(|| refused("That button is gone: the page has changed."))?;
    let mut action =
        json!({"type": element["type"], "action_id": element["action_id"], "block_id": block_id});
    if element["type"] == "button" {
        action["text"] = element["text"].clone();
        action["value"] = element["value"].clone();
        return Ok(action);
    }
    let value = sandbox.look(|state| inputs::value_of(state, &element, chosen)).map_err(Answer::Refused)?;
    if let (Some(action), Value::Object(value)) = (action.as_object_mut(), value) {
        action.extend(value);
    }
    Ok(action)
}

async fn click(
    sandbox: &Sandbox,
    user: &str,
    at: Location,
    what: (usize, &str, &Value),
    values: &Map<String, Value>,
) -> Result<(), Answer> {
    let person = sandbox.person(user);
    let delivered = match at {
        Location::Message { channel, ts } => {
            let found = sandbox.look(|state| view::message(state, user, &channel, &ts));
            let message = found.ok_or_else(|| refused("That message is gone."))?;
            let action = action_payload(sandbox, &message.blocks, what)?;
            person.taps(&channel, &message, action).await
        }
        Location::Home => {
            let home = sandbox.look(|state| state.homes.get(user).cloned());
            let home = home.ok_or_else(|| refused("Home is not there."))?;
            let action = action_payload(sandbox, &home.content["blocks"], what)?;
            person.acts_in_view(&home, action).await
        }
        Location::View(id) => {
            topmost(sandbox, user, &id)?;
            sandbox.change(|state| inputs::fill(state, &id, values)).map_err(Answer::FieldErrors)?;
            let view = topmost(sandbox, user, &id)?;
            let action = action_payload(sandbox, &view.content["blocks"], what)?;
            person.acts_in_view(&view, action).await
        }
    };
    acknowledged(&delivered, "")
}

fn topmost(sandbox: &Sandbox, user: &str, id: &str) -> Result<crate::workspace::View, Answer> {
    let view = sandbox.look(|state| state.modal(user).cloned()).filter(|view| view.id == id);
    view.ok_or_else(|| refused("That form is closed."))
}

async fn submit(sandbox: &Sandbox, user: &str, id: &str, values: &Map<String, Value>) -> Result<(), Answer> {
    topmost(sandbox, user, id)?;
    sandbox.change(|state| inputs::fill(state, id, values)).map_err(Answer::FieldErrors)?;
    let missing = inputs::missing(&topmost(sandbox, user, id)?);
    if !missing.is_empty() {
        return Err(Answer::FieldErrors(missing));
    }
    // The form then shows what the app answers, or that it does not answer.
    sandbox
        .person(user)
        .in_modal()
        .submits()
        .await
        .map(drop)
        .map_err(|_| refused("That form cannot be submitted."))
}
