//! The hands of one member, as the page asks for them: each verb is checked against what the member
//! sees, then done the way a script does it.

use super::{Said, inputs, view};
use crate::{Delivered, Sandbox};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub(super) enum Verb {
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
    Press {
        at: Place,
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
    Shortcut {
        callback_id: String,
    },
    MessageShortcut {
        callback_id: String,
        channel: String,
        ts: String,
    },
}

/// Where a button stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    Message { channel: String, ts: String },
    View(String),
    Home,
}

fn no(says: &str) -> Said {
    Said::No(says.to_owned())
}

/// Nothing came back for a delivery.
fn heard(delivered: &Delivered, what: &str) -> Result<(), Said> {
    if delivered.acked { Ok(()) } else { Err(Said::No(format!("{what} The app did not answer in time."))) }
}

pub(super) async fn act(sandbox: &Sandbox, user: &str, verb: Verb) -> Result<(), Said> {
    let person = sandbox.person(user);
    match verb {
        Verb::Write { channel, text, thread, files } => {
            write(sandbox, user, &channel, &text, thread.as_deref(), &files).await
        }
        Verb::Edit { channel, ts, text } => {
            own_message(sandbox, user, &channel, &ts)?;
            if is_dm(sandbox, &channel) {
                let delivered = person.edits(&ts, &text).await.map_err(|_| no("That message is gone."))?;
                return heard(&delivered, "");
            }
            person.edits_in(&channel, &ts, &text);
            Ok(())
        }
        Verb::Delete { channel, ts } => {
            own_message(sandbox, user, &channel, &ts)?;
            if is_dm(sandbox, &channel) {
                let delivered = person.deletes(&ts).await.map_err(|_| no("That message is gone."))?;
                return heard(&delivered, "");
            }
            person.deletes_in(&channel, &ts);
            Ok(())
        }
        Verb::Press { at, block, action_id, chosen, values } => {
            press(sandbox, user, at, (block, &action_id, &chosen), &values).await
        }
        Verb::Submit { view, values } => submit(sandbox, user, &view, &values).await,
        Verb::Close { view } => {
            topmost(sandbox, user, &view)?;
            person.dismisses_modal().await;
            Ok(())
        }
        Verb::OpenHome => heard(&person.opens_home().await, ""),
        Verb::Shortcut { callback_id } => heard(&person.uses_shortcut(&callback_id).await, ""),
        Verb::MessageShortcut { callback_id, channel, ts } => {
            let found = sandbox.look(|state| view::message(state, user, &channel, &ts));
            let message = found.ok_or_else(|| no("That message is gone."))?;
            heard(&person.uses_message_shortcut(&callback_id, &channel, &message).await, "")
        }
    }
}

fn is_dm(sandbox: &Sandbox, channel: &str) -> bool {
    sandbox.look(|state| state.channels.get(channel).is_some_and(|channel| channel.im_with.is_some()))
}

fn own_message(sandbox: &Sandbox, user: &str, channel: &str, ts: &str) -> Result<(), Said> {
    let found = sandbox.look(|state| view::message(state, user, channel, ts));
    match found {
        Some(message) if message.user == user => Ok(()),
        Some(_) => Err(no("Only your own messages can be changed.")),
        None => Err(no("That message is gone.")),
    }
}

async fn write(
    sandbox: &Sandbox,
    user: &str,
    channel: &str,
    text: &str,
    thread: Option<&str>,
    files: &[String],
) -> Result<(), Said> {
    let sees = sandbox.look(|state| state.channels.get(channel).is_some_and(|found| view::sees(found, user)));
    if !sees {
        return Err(no("There is no such conversation."));
    }
    let is_there = |id: &String| sandbox.look(|state| state.files.contains_key(id));
    if text.trim().is_empty() && files.is_empty() || !files.iter().all(is_there) {
        return Err(no("There is nothing to send."));
    }
    let person = sandbox.person(user);
    if !files.is_empty() {
        let delivered = person.shares(channel, text, files, thread).await;
        return delivered.map_or(Ok(()), |delivered| heard(&delivered, "Your message is sent."));
    }
    if text.starts_with('/') && thread.is_none() {
        let delivered = person.types_in(channel, text).await;
        let command = text.split_whitespace().next().unwrap_or_default();
        return heard(&delivered, &format!("{command} failed."));
    }
    if is_dm(sandbox, channel) {
        let (_, delivered) = match thread {
            Some(parent) => person.replies(parent, text).await,
            None => person.says(text).await,
        };
        return heard(&delivered, "Your message is sent.");
    }
    person.says_in(channel, text, thread);
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
fn action(
    sandbox: &Sandbox,
    blocks: &Value,
    (nth, action_id, chosen): (usize, &str, &Value),
) -> Result<Value, Said> {
    let (block_id, element) =
        element(blocks, nth, action_id).ok_or_else(|| no("That button is gone: the page has changed."))?;
    let mut action =
        json!({"type": element["type"], "action_id": element["action_id"], "block_id": block_id});
    if element["type"] == "button" {
        action["text"] = element["text"].clone();
        action["value"] = element["value"].clone();
        return Ok(action);
    }
    let value = sandbox.look(|state| inputs::value_of(state, &element, chosen)).map_err(Said::No)?;
    if let (Some(action), Value::Object(value)) = (action.as_object_mut(), value) {
        action.extend(value);
    }
    Ok(action)
}

async fn press(
    sandbox: &Sandbox,
    user: &str,
    at: Place,
    what: (usize, &str, &Value),
    values: &Map<String, Value>,
) -> Result<(), Said> {
    let person = sandbox.person(user);
    let delivered = match at {
        Place::Message { channel, ts } => {
            let found = sandbox.look(|state| view::message(state, user, &channel, &ts));
            let message = found.ok_or_else(|| no("That message is gone."))?;
            let action = action(sandbox, &message.blocks, what)?;
            person.taps(&channel, &message, action).await
        }
        Place::Home => {
            let home = sandbox.look(|state| state.homes.get(user).cloned());
            let home = home.ok_or_else(|| no("Home is not there."))?;
            let action = action(sandbox, &home.content["blocks"], what)?;
            person.acts_in_view(&home, action).await
        }
        Place::View(id) => {
            topmost(sandbox, user, &id)?;
            sandbox.change(|state| inputs::fill(state, &id, values)).map_err(Said::Fields)?;
            let view = topmost(sandbox, user, &id)?;
            let action = action(sandbox, &view.content["blocks"], what)?;
            person.acts_in_view(&view, action).await
        }
    };
    heard(&delivered, "")
}

fn topmost(sandbox: &Sandbox, user: &str, id: &str) -> Result<crate::workspace::View, Said> {
    let view = sandbox.look(|state| state.modal(user).cloned()).filter(|view| view.id == id);
    view.ok_or_else(|| no("That form is closed."))
}

async fn submit(sandbox: &Sandbox, user: &str, id: &str, values: &Map<String, Value>) -> Result<(), Said> {
    topmost(sandbox, user, id)?;
    sandbox.change(|state| inputs::fill(state, id, values)).map_err(Said::Fields)?;
    let missing = inputs::missing(&topmost(sandbox, user, id)?);
    if !missing.is_empty() {
        return Err(Said::Fields(missing));
    }
    // The form then shows what the app answers, or that it does not answer.
    sandbox.person(user).submits().await.map(drop).map_err(|_| no("That form cannot be submitted."))
}
