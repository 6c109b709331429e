//! Every screen as a member reads it, reviewed as one text, and as JSON for checks outside Rust.

use super::{
    json,
    samples::{forms, homes, messages},
};
use crate::{
    coach::screen::Message,
    slack::render::{Rendered, form, home, message, message_as_modal, without_charts},
};
use leadlens_sandbox::{transcript, workspace};
use serde_json::{Map, Value, json};
use std::{env, fs, path::PathBuf};

const WORDS: &str = "I ask Ana how she would plan it, and wait.";

fn message_as_read(rendered: &Rendered) -> String {
    let shown = workspace::Message {
        ts: String::new(),
        user: String::new(),
        bot: true,
        text: rendered.text.clone(),
        blocks: json(&rendered.blocks),
        metadata: Value::Null,
        thread_ts: None,
        only_for: None,
        edited: false,
        edited_ts: None,
        reactions: Vec::new(),
        files: Vec::new(),
    };
    format!("{}\n\n(as text) {}", transcript::message(&shown), rendered.text)
}

fn view_as_read(content: Value) -> String {
    let mut state = workspace::Workspace::default();
    let id = state.push_view("U1", content.clone());
    let view = state.views.get(&id).unwrap();
    if content["type"] == "home" { transcript::home(view) } else { transcript::modal(view) }
}

#[test]
fn storybook() {
    let messages = messages(WORDS)
        .into_iter()
        .map(|(name, screen)| format!("=== message: {name}\n{}\n", message_as_read(&message(&screen))));
    let forms = forms(WORDS)
        .into_iter()
        .map(|(name, screen)| format!("=== form: {name}\n{}\n", view_as_read(json(&form(&screen)))));
    let homes = homes(WORDS)
        .into_iter()
        .map(|(name, screen)| format!("=== {name}\n{}\n", view_as_read(json(&home(&screen)))));
    let book: Vec<String> = messages.chain(forms).chain(homes).collect();
    insta::assert_snapshot!(book.join("\n"));
}

/// Writes `messages.json`, `modals.json` and `homes.json` into the folder that `STORYBOOK_OUT` names:
/// each an object from the name of a screen to what Slack receives for it. `tests/slack_types/run` checks
/// them against Slack's own types.
#[test]
fn storybook_as_json() {
    let Some(folder) = env::var_os("STORYBOOK_OUT").map(PathBuf::from) else { return };
    let mut modals: Map<String, Value> =
        forms(WORDS).into_iter().map(|(name, screen)| (name.to_owned(), json(&form(&screen)))).collect();
    let mut all_messages = Map::new();
    for (name, screen) in messages(WORDS) {
        all_messages.insert(name.to_owned(), message_as_json(&message(&screen)));
        if let Some(rendered) = without_charts(&screen) {
            all_messages.insert(format!("{name} without charts"), message_as_json(&rendered));
        }
        if matches!(screen, Message::Notice(_) | Message::Usage { .. }) {
            modals.insert(format!("{name} as a modal"), json(&message_as_modal(&screen)));
        }
    }
    let homes: Map<String, Value> =
        homes(WORDS).into_iter().map(|(name, screen)| (name.to_owned(), json(&home(&screen)))).collect();
    fs::create_dir_all(&folder).unwrap();
    for (file, screens) in [("messages.json", all_messages), ("modals.json", modals), ("homes.json", homes)] {
        fs::write(folder.join(file), serde_json::to_string_pretty(&screens).unwrap()).unwrap();
    }
}

fn message_as_json(rendered: &Rendered) -> Value {
    json!({"text": rendered.text, "blocks": rendered.blocks})
}
