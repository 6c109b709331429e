//! Every screen as a member reads it, reviewed as one text, and as JSON for checks outside Rust.

use super::{
    json,
    samples::{forms, homes, messages},
};
use crate::{
    sandbox::{transcript, workspace},
    slack::render::{Rendered, form, home, message},
};
use serde_json::Value;

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
