//! The content of an input, as Slack keeps it, from what the page says of it; and what Slack's client
//! says beside a field that is not ready
//! (<https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>).

use crate::workspace::{View, Workspace};
use serde_json::{Map, Value, json};

const REQUIRED: &str = "Please complete this required field.";

/// The state of an input that holds `given`: text, a date, a time, the value of an option, ids; lists
/// of them where several can be chosen; null for nothing.
///
/// # Errors
/// What Slack's client says beside the field.
pub(super) fn value_of(state: &Workspace, element: &Value, given: &Value) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let text = given.as_str().filter(|text| !text.is_empty());
    let option = |value: &str| {
        options(element).find(|option| option["value"] == value).cloned().ok_or("That is not offered here.")
    };
    let many = || given.as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(match kind {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => {
            if let Some(text) = text {
                check_text(element, kind, text)?;
            }
            json!({"type": kind, "value": text})
        }
        "static_select" | "radio_buttons" | "overflow" => {
            json!({"type": kind, "selected_option": text.map(option).transpose()?})
        }
        "checkboxes" | "multi_static_select" => {
            let chosen: Vec<Value> = many().map(option).collect::<Result<_, _>>()?;
            check_count(element["max_selected_items"].as_u64(), chosen.len())?;
            json!({"type": kind, "selected_options": chosen})
        }
        "datepicker" => json!({"type": kind, "selected_date": text}),
        "timepicker" => json!({"type": kind, "selected_time": text}),
        "datetimepicker" => json!({"type": kind, "selected_date_time": given.as_i64()}),
        "users_select" => json!({"type": kind, "selected_user": text}),
        "multi_users_select" => {
            let chosen: Vec<&str> = many().filter(|id| state.users.contains_key(*id)).collect();
            check_count(element["max_selected_items"].as_u64(), chosen.len())?;
            json!({"type": kind, "selected_users": chosen})
        }
        "file_input" => {
            let files: Vec<Value> =
                many().filter_map(|id| state.files.get(id)).map(|file| file.json(&state.origin)).collect();
            check_count(element["max_files"].as_u64(), files.len())?;
            json!({"type": kind, "files": files})
        }
        _ => return Err(format!("The page does not know the input {kind}.")),
    })
}

/// Puts what the page says into the inputs of a view.
///
/// # Errors
/// Field by field, what Slack's client says.
pub(super) fn fill(
    state: &mut Workspace,
    view: &str,
    given: &Map<String, Value>,
) -> Result<(), Map<String, Value>> {
    let blocks = state.views.get(view).map(|view| view.content["blocks"].clone()).unwrap_or_default();
    let mut refused = Map::new();
    for block in blocks.as_array().into_iter().flatten().filter(|block| block["type"] == "input") {
        let Some(id) = block["block_id"].as_str() else { continue };
        let Some(given) = given.get(id) else { continue };
        match value_of(state, &block["element"], given) {
            Ok(value) => {
                if let Some(view) = state.views.get_mut(view) {
                    view.values.insert(id.to_owned(), value);
                }
            }
            Err(says) => {
                refused.insert(id.to_owned(), json!(says));
            }
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(refused) }
}

/// The required inputs of a view that are empty.
pub(super) fn missing(view: &View) -> Map<String, Value> {
    let blocks = view.content["blocks"].as_array().into_iter().flatten();
    blocks
        .filter(|block| block["type"] == "input" && block["optional"] != true)
        .filter_map(|block| block["block_id"].as_str())
        .filter(|id| view.values.get(*id).is_none_or(is_empty))
        .map(|id| (id.to_owned(), json!(REQUIRED)))
        .collect()
}

fn is_empty(value: &Value) -> bool {
    let held = value.as_object().into_iter().flatten().filter(|(name, _)| *name != "type");
    held.map(|(_, value)| value)
        .all(|value| value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty))
}

pub(super) fn options(element: &Value) -> impl Iterator<Item = &Value> {
    let grouped = element["option_groups"].as_array().into_iter().flatten();
    let grouped = grouped.flat_map(|group| group["options"].as_array().into_iter().flatten());
    element["options"].as_array().into_iter().flatten().chain(grouped)
}

fn check_text(element: &Value, kind: &str, text: &str) -> Result<(), String> {
    let chars = text.chars().count() as u64;
    let (least, most) = (element["min_length"].as_u64().unwrap_or(0), element["max_length"].as_u64());
    let most = most.unwrap_or(3_000);
    if chars > most {
        return Err(format!("Please keep this to {most} characters: it has {chars}."));
    }
    if chars < least {
        return Err(format!("Please write at least {least} characters."));
    }
    match kind {
        "number_input" => check_number(element, text),
        "email_text_input" if !text.contains('@') => Err("Please write an email address.".to_owned()),
        "url_text_input" if url::Url::parse(text).is_err() => Err("Please write a link.".to_owned()),
        _ => Ok(()),
    }
}

fn check_number(element: &Value, text: &str) -> Result<(), String> {
    let number: f64 = text.parse().map_err(|_| "Please write a number.".to_owned())?;
    let bound = |name: &str| element[name].as_str().and_then(|bound| bound.parse::<f64>().ok());
    if element["is_decimal_allowed"] != true && number.fract() != 0.0 {
        return Err("Please write a whole number.".to_owned());
    }
    if bound("min_value").is_some_and(|least| number < least)
        || bound("max_value").is_some_and(|most| number > most)
    {
        return Err("That number is out of range.".to_owned());
    }
    Ok(())
}

fn check_count(most: Option<u64>, count: usize) -> Result<(), String> {
    match most {
        Some(most) if count as u64 > most => Err(format!("Please choose at most {most}.")),
        _ => Ok(()),
    }
}
