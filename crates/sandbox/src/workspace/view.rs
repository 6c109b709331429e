//! A view (a modal or a Home tab) and what is in its inputs.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An open or closed modal, or a Home tab.
#[derive(Debug, Clone)]
pub struct View {
    /// `V…`
    pub id: String,
    /// Whose.
    pub user: String,
    /// What the app gave.
    pub content: Value,
    /// Changes with every update.
    pub hash: String,
    /// The content of its inputs, by block id.
    pub values: BTreeMap<String, Value>,
    /// What was in the inputs that it has shown, by block and action id.
    pub remembered: BTreeMap<(String, String), Value>,
    /// Errors beside its fields.
    pub errors: BTreeMap<String, String>,
    /// Slack's own sentence when an acknowledgement was missing or bad.
    pub trouble: Option<String>,
}

/// A stack holds three modals (<https://docs.slack.dev/surfaces/modals#lifecycle>).
pub const MOST_VIEWS: usize = 3;

/// An input: its block id and its action id.
pub(super) type InputId = (String, String);

pub(super) fn inputs_of(content: &Value) -> Vec<InputId> {
    let blocks = content["blocks"].as_array().into_iter().flatten();
    let inputs = blocks.filter(|block| block["type"] == "input");
    let ids = inputs.filter_map(|block| Some((block["block_id"].as_str()?, input_action(block))));
    ids.map(|(block, action)| (block.to_owned(), action)).collect()
}

fn input_action(block: &Value) -> String {
    block["element"]["action_id"].as_str().unwrap_or_default().to_owned()
}

/// The content of the inputs of a view when it opens or changes: what was in them before, else the
/// initial values.
pub(super) fn initial_values(content: &Value, before: &BTreeMap<InputId, Value>) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for block in content["blocks"].as_array().into_iter().flatten() {
        let Some(block_id) = block["block_id"].as_str().filter(|_| block["type"] == "input") else {
            continue;
        };
        let fresh = initial_value(&block["element"]);
        let kept = before.get(&(block_id.to_owned(), input_action(block)));
        let kept = kept.filter(|value| value["type"] == fresh["type"]);
        values.insert(block_id.to_owned(), kept.cloned().unwrap_or(fresh));
    }
    values
}

fn initial_value(element: &Value) -> Value {
    let kind = element["type"].as_str().unwrap_or_default();
    let (from, to) = match kind {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => {
            ("initial_value", "value")
        }
        "static_select" | "radio_buttons" => ("initial_option", "selected_option"),
        "checkboxes" | "multi_static_select" => ("initial_options", "selected_options"),
        "users_select" => ("initial_user", "selected_user"),
        "multi_users_select" => ("initial_users", "selected_users"),
        "datepicker" => ("initial_date", "selected_date"),
        "timepicker" => ("initial_time", "selected_time"),
        "datetimepicker" => ("initial_date_time", "selected_date_time"),
        "file_input" => ("", "files"),
        _ => return json!({"type": kind}),
    };
    let holds_many =
        matches!(kind, "checkboxes" | "multi_static_select" | "multi_users_select" | "file_input");
    let empty = if holds_many { json!([]) } else { Value::Null };
    let value = if element[from].is_null() { empty } else { element[from].clone() };
    json!({"type": kind, to: value})
}
