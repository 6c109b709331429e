//! Messages, modals and the Home tab as text, as they would read in Slack.

use super::workspace::{Message, View, Workspace};
use serde_json::Value;
use std::fmt::Write;

/// Everything that can be seen, for a test that waited in vain.
pub fn everything(state: &Workspace) -> String {
    let mut text = String::new();
    for channel in state.channels.values() {
        let _ = writeln!(text, "== {}", channel.id);
        for shown in &channel.messages {
            let _ = writeln!(text, "{}", message(shown));
        }
    }
    for user in state.stacks.keys() {
        if let Some(view) = state.modal(user) {
            let _ = writeln!(text, "== modal of {user}\n{}", modal(view));
        }
    }
    let calls: Vec<String> =
        state.calls.iter().rev().take(12).map(|(method, outcome)| format!("{method}={outcome}")).collect();
    let _ = writeln!(text, "== last calls: {}", calls.join(" "));
    text
}

/// A message: its blocks, or its text when it has none.
pub fn message(message: &Message) -> String {
    let shown = match message.blocks.as_array() {
        Some(list) if !list.is_empty() => blocks(&message.blocks, None),
        _ => unescape(&message.text),
    };
    let files = message.files.iter().map(|file| format!("[file {file}]"));
    std::iter::once(shown).chain(files).collect::<Vec<_>>().join("\n")
}

/// A modal, with the content of its inputs and the errors beside them.
pub fn modal(view: &View) -> String {
    let mut text = format!("[{}]\n", plain(&view.content["title"]));
    text.push_str(&blocks(&view.content["blocks"], Some(view)));
    let mut buttons = Vec::new();
    for part in ["submit", "close"] {
        if !view.content[part].is_null() {
            buttons.push(format!("[{}]", plain(&view.content[part])));
        }
    }
    if let Some(trouble) = &view.trouble {
        let _ = write!(text, "\n! {trouble}");
    }
    let _ = write!(text, "\n{}", buttons.join(" "));
    text
}

/// A Home tab.
pub fn home(view: &View) -> String {
    blocks(&view.content["blocks"], Some(view))
}

fn blocks(list: &Value, view: Option<&View>) -> String {
    let lines: Vec<String> = list
        .as_array()
        .into_iter()
        .flatten()
        .map(|block| one(block, view))
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

fn one(block: &Value, view: Option<&View>) -> String {
    match block["type"].as_str().unwrap_or_default() {
        "section" => {
            let mut text = plain(&block["text"]);
            for field in block["fields"].as_array().into_iter().flatten() {
                let _ = write!(text, "\n{}", plain(field));
            }
            if block["accessory"].is_object() {
                let _ = write!(text, "\n{}", element(&block["accessory"]));
            }
            text
        }
        "header" => plain(&block["text"]).to_uppercase(),
        "context" => joined(&block["elements"], " ", plain),
        "actions" => joined(&block["elements"], " ", element),
        "divider" => "---".to_owned(),
        "rich_text" => rich_text(block),
        "image" => format!("[image: {}]", block["alt_text"].as_str().unwrap_or_default()),
        "data_visualization" => chart(block),
        "data_table" => table(block),
        "input" => input(block, view),
        other => format!("[unknown block {other}]"),
    }
}

fn joined(list: &Value, with: &str, show: impl Fn(&Value) -> String) -> String {
    list.as_array().into_iter().flatten().map(show).collect::<Vec<_>>().join(with)
}

fn element(element: &Value) -> String {
    match element["type"].as_str().unwrap_or_default() {
        "button" => format!("[{}]", plain(&element["text"])),
        "static_select" | "overflow" => {
            let options = joined(&element["options"], " | ", |option| plain(&option["text"]));
            format!("[{} v: {options}]", plain(&element["placeholder"]))
        }
        other => format!("[{other}]"),
    }
}

fn rich_text(block: &Value) -> String {
    let parts = block["elements"].as_array().into_iter().flatten().map(|part| {
        let text = joined(&part["elements"], "", |leaf| match leaf["user_id"].as_str() {
            Some(user) => format!("@{user}"),
            None => leaf["text"].as_str().unwrap_or_default().to_owned(),
        });
        if part["type"] == "rich_text_quote" {
            text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
        } else {
            text
        }
    });
    parts.collect::<Vec<_>>().join("\n")
}

fn chart(block: &Value) -> String {
    let mut text = format!("[chart: {}]", block["title"].as_str().unwrap_or_default());
    for series in block["chart"]["series"].as_array().into_iter().flatten() {
        let points = joined(&series["data"], ", ", |point| {
            format!("{} {}", point["label"].as_str().unwrap_or_default(), point["value"])
        });
        let _ = write!(text, "\n  {}: {points}", series["name"].as_str().unwrap_or_default());
    }
    text
}

fn table(block: &Value) -> String {
    let mut text = format!("[table: {}]", block["caption"].as_str().unwrap_or_default());
    for row in block["rows"].as_array().into_iter().flatten() {
        let cell = |cell: &Value| match cell["text"].as_str() {
            Some(text) => text.to_owned(),
            None => cell["value"].to_string(),
        };
        let _ = write!(text, "\n  {}", joined(row, " | ", cell));
    }
    text
}

fn input(block: &Value, view: Option<&View>) -> String {
    let block_id = block["block_id"].as_str().unwrap_or_default();
    let optional = if block["optional"] == true { " (optional)" } else { "" };
    let mut text = format!("{}{optional}", plain(&block["label"]));
    let value = view.and_then(|view| view.values.get(block_id)).map(shown_value).unwrap_or_default();
    let options = block["element"]["options"]
        .as_array()
        .map(|_| joined(&block["element"]["options"], " | ", |option| plain(&option["text"])));
    if let Some(options) = options {
        let _ = write!(text, "\n  ({options})");
    }
    let _ = write!(text, "\n  {}", if value.is_empty() { "____".to_owned() } else { value });
    if let Some(error) = view.and_then(|view| view.errors.get(block_id)) {
        let _ = write!(text, "\n  ! {error}");
    }
    text
}

/// The content of an input.
pub fn shown_value(value: &Value) -> String {
    for field in ["value", "selected_date", "selected_time"] {
        if let Some(text) = value[field].as_str() {
            return text.to_owned();
        }
    }
    if let Some(users) = value["selected_users"].as_array() {
        return users.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    }
    if value["selected_options"].is_array() {
        return joined(&value["selected_options"], ", ", |option| plain(&option["text"]));
    }
    plain(&value["selected_option"]["text"])
}

/// A text object as it shows.
pub fn plain(text: &Value) -> String {
    let shown = text["text"].as_str().unwrap_or_default();
    if text["type"] == "mrkdwn" { unescape(&shown.replace(['*', '`'], "")) } else { shown.to_owned() }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
