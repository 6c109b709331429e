//! Elements of a block as Slack checks them: what each needs, its limits, and where it may stand
//! (<https://docs.slack.dev/reference/block-kit/block-elements>).

use super::Findings;
use serde_json::Value;
use std::collections::HashSet;

const IN_INPUTS: &[&str] = &[
    "plain_text_input",
    "checkboxes",
    "radio_buttons",
    "static_select",
    "multi_static_select",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "users_select",
    "multi_users_select",
    "file_input",
];
const IN_ACTIONS: &[&str] = &[
    "button",
    "checkboxes",
    "radio_buttons",
    "static_select",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "users_select",
    "multi_static_select",
    "multi_users_select",
];

pub(super) fn check_element(findings: &mut Findings, at: &str, element: &Value, in_input: bool) {
    let kind = element["type"].as_str().unwrap_or_default();
    let allowed = if in_input { IN_INPUTS } else { IN_ACTIONS };
    if !allowed.contains(&kind) {
        return findings.add(&format!("{at}/type"), format!("unsupported element type: {kind}"));
    }
    findings.action_id(at, element);
    if !element["placeholder"].is_null() {
        findings.text(&format!("{at}/placeholder"), &element["placeholder"], true, 150);
    }
    if !element["confirm"].is_null() {
        check_confirm(findings, &format!("{at}/confirm"), &element["confirm"]);
    }
    match kind {
        "button" => check_button(findings, at, element),
        "plain_text_input" => check_text_input(findings, at, element),
        "static_select" | "multi_static_select" => check_options(findings, at, element, 1, 100),
        "multi_users_select" => check_users(findings, at, element),
        "file_input" => check_file_input(findings, at, element),
        "radio_buttons" | "checkboxes" => check_options(findings, at, element, 1, 10),
        "overflow" => check_options(findings, at, element, 1, 5),
        "datepicker" => {
            findings.fields(
                at,
                element,
                &["type", "action_id", "initial_date", "placeholder", "confirm", "focus_on_load"],
            );
            check_shape(findings, &format!("{at}/initial_date"), &element["initial_date"], "dddd-dd-dd");
        }
        "timepicker" => {
            let known =
                ["type", "action_id", "initial_time", "placeholder", "confirm", "focus_on_load", "timezone"];
            findings.fields(at, element, &known);
            check_shape(findings, &format!("{at}/initial_time"), &element["initial_time"], "dd:dd");
        }
        "datetimepicker" => {
            let known = ["type", "action_id", "initial_date_time", "confirm", "focus_on_load"];
            findings.fields(at, element, &known);
        }
        "users_select" => {
            let known = ["type", "action_id", "initial_user", "placeholder", "confirm", "focus_on_load"];
            findings.fields(at, element, &known);
        }
        _ => {}
    }
    // "Only one element can have it set to true" in a view
    // (<https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element>).
    if element["focus_on_load"] == true && std::mem::replace(&mut findings.focused, true) {
        findings.add(&format!("{at}/focus_on_load"), "only one element can have focus_on_load");
    }
}

fn check_button(findings: &mut Findings, at: &str, element: &Value) {
    findings.fields(
        at,
        element,
        &["type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"],
    );
    findings.text(&format!("{at}/text"), &element["text"], true, 75);
    findings.optional_length(&format!("{at}/value"), &element["value"], 2_000);
    findings.optional_length(&format!("{at}/url"), &element["url"], 3_000);
    findings.optional_length(&format!("{at}/accessibility_label"), &element["accessibility_label"], 75);
    if !matches!(element["style"].as_str(), None | Some("primary" | "danger")) {
        findings.add(&format!("{at}/style"), "must be primary or danger");
    }
}

fn check_confirm(findings: &mut Findings, at: &str, confirm: &Value) {
    findings.fields(at, confirm, &["title", "text", "confirm", "deny", "style"]);
    for (part, most) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
        findings.text(&format!("{at}/{part}"), &confirm[part], true, most);
    }
}

fn check_text_input(findings: &mut Findings, at: &str, element: &Value) {
    findings.fields(
        at,
        element,
        &[
            "type",
            "action_id",
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "dispatch_action_config",
            "focus_on_load",
            "placeholder",
        ],
    );
    let max = element["max_length"].as_u64().unwrap_or(3_000);
    if max == 0 || max > 3_000 {
        findings.add(&format!("{at}/max_length"), "must be between 1 and 3000");
    }
    let min = element["min_length"].as_u64().unwrap_or(0);
    if min > max {
        findings.add(&format!("{at}/min_length"), "must not be more than max_length");
    }
    for acts_on in element["dispatch_action_config"]["trigger_actions_on"].as_array().into_iter().flatten() {
        if !matches!(acts_on.as_str(), Some("on_enter_pressed" | "on_character_entered")) {
            findings.add(&format!("{at}/dispatch_action_config"), "must be a trigger that Slack knows");
        }
    }
    if let Some(initial) = element["initial_value"].as_str()
        && initial.chars().count() as u64 > max
    {
        findings.add(&format!("{at}/initial_value"), format!("must be less than {} characters", max + 1));
    }
}

/// <https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element#users_multi_select>
fn check_users(findings: &mut Findings, at: &str, element: &Value) {
    findings.fields(
        at,
        element,
        &[
            "type",
            "action_id",
            "initial_users",
            "max_selected_items",
            "placeholder",
            "confirm",
            "focus_on_load",
        ],
    );
    let most = &element["max_selected_items"];
    if !most.is_null() && most.as_u64().is_none_or(|most| most == 0) {
        findings.add(&format!("{at}/max_selected_items"), "must be at least 1");
    }
    let initial = &element["initial_users"];
    if !initial.is_null() {
        let all = initial.as_array().map(Vec::as_slice).unwrap_or_default();
        if all.is_empty() || all.iter().any(|user| !user.is_string()) {
            findings.add(&format!("{at}/initial_users"), "must be a list of user ids");
        }
        if most.as_u64().is_some_and(|most| all.len() as u64 > most) {
            findings.add(&format!("{at}/initial_users"), "more items than max_selected_items");
        }
    }
}

/// <https://docs.slack.dev/reference/block-kit/block-elements/file-input-element>
fn check_file_input(findings: &mut Findings, at: &str, element: &Value) {
    findings.fields(at, element, &["type", "action_id", "filetypes", "max_files"]);
    let most = &element["max_files"];
    if !most.is_null() && !most.as_u64().is_some_and(|most| (1..=10).contains(&most)) {
        findings.add(&format!("{at}/max_files"), "must be between 1 and 10");
    }
    let types = &element["filetypes"];
    if !types.is_null() && !types.as_array().is_some_and(|all| all.iter().all(Value::is_string)) {
        findings.add(&format!("{at}/filetypes"), "must be a list of file types");
    }
}

fn check_options(findings: &mut Findings, at: &str, element: &Value, least: usize, most: usize) {
    findings.fields(
        at,
        element,
        &[
            "type",
            "action_id",
            "options",
            "option_groups",
            "initial_option",
            "initial_options",
            "placeholder",
            "confirm",
            "focus_on_load",
            "max_selected_items",
        ],
    );
    let flat: Vec<&Value> = if let Some(groups) = element["option_groups"].as_array() {
        findings.count(&format!("{at}/option_groups"), &element["option_groups"], 1, 100);
        for (nth, group) in groups.iter().enumerate() {
            let at = format!("{at}/option_groups/{nth}");
            findings.text(&format!("{at}/label"), &group["label"], true, 75);
            findings.count(&format!("{at}/options"), &group["options"], 1, 100);
        }
        groups.iter().flat_map(|group| group["options"].as_array().into_iter().flatten()).collect()
    } else {
        findings.count(&format!("{at}/options"), &element["options"], least, most);
        element["options"].as_array().into_iter().flatten().collect()
    };
    let mut values = HashSet::new();
    for (nth, option) in flat.iter().enumerate() {
        let at = format!("{at}/options/{nth}");
        findings.fields(&at, option, &["text", "value", "description", "url"]);
        let plain_only = element["type"] != "radio_buttons" && element["type"] != "checkboxes";
        findings.text(&format!("{at}/text"), &option["text"], plain_only, 75);
        findings.text_length(&format!("{at}/value"), option["value"].as_str(), 1, 150);
        if !option["description"].is_null() {
            findings.text(&format!("{at}/description"), &option["description"], plain_only, 75);
        }
        if !option["url"].is_null() && element["type"] != "overflow" {
            findings.add(&format!("{at}/url"), "is allowed in overflow menus only");
        }
        if !values.insert(option["value"].as_str().unwrap_or_default().to_owned()) {
            findings.add(&at, "values of options must be unique");
        }
    }
    let initial = element["initial_options"].as_array().into_iter().flatten();
    for chosen in initial.chain(Some(&element["initial_option"]).filter(|value| !value.is_null())) {
        if !flat.contains(&chosen) {
            findings.add(&format!("{at}/initial_option"), "must exactly match one of the options");
        }
    }
    let chosen = element["initial_options"].as_array().map_or(0, Vec::len) as u64;
    if element["max_selected_items"].as_u64().is_some_and(|most| chosen > most) {
        findings.add(&format!("{at}/initial_options"), "more items than max_selected_items");
    }
    if element["initial_options"].as_array().is_some_and(Vec::is_empty) {
        findings.add(&format!("{at}/initial_options"), "no fewer than 1 items allowed");
    }
}

/// `d` stands for a digit.
fn check_shape(findings: &mut Findings, at: &str, value: &Value, shape: &str) {
    if value.is_null() {
        return;
    }
    let text = value.as_str().unwrap_or_default();
    let fits = text.len() == shape.len()
        && text.chars().zip(shape.chars()).all(|(c, s)| if s == 'd' { c.is_ascii_digit() } else { c == s });
    if !fits {
        findings.add(at, format!("must have the shape {shape}"));
    }
}
