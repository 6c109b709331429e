//! Block Kit as Slack checks it (<https://docs.slack.dev/reference/block-kit>): which blocks and
//! elements may stand where, what they need, and every limit. What Slack refuses is refused here; a
//! block or element that this file does not know is refused too, so that nobody relies on it unseen.

mod data;

use data::{MAX_TABLE_CHARS, check_chart, check_data_table};
use serde_json::Value;
use std::collections::HashSet;

/// Where blocks stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A message.
    Message,
    /// A modal.
    Modal,
    /// The Home tab.
    Home,
}

/// Collects what is wrong, with the JSON pointer of it, as Slack's `response_metadata.messages` do.
#[derive(Default)]
struct Findings {
    messages: Vec<String>,
    block_ids: HashSet<String>,
    action_ids: HashSet<String>,
    charts: usize,
    table_chars: usize,
}

impl Findings {
    fn add(&mut self, at: &str, says: impl AsRef<str>) {
        self.messages.push(format!("[ERROR] {} [json-pointer:{at}]", says.as_ref()));
    }

    fn text_length(&mut self, at: &str, text: Option<&str>, least: usize, most: usize) {
        match text {
            None => self.add(at, "missing required field"),
            Some(text) => {
                let chars = text.chars().count();
                if chars < least {
                    self.add(at, format!("must be more than {} characters", least.saturating_sub(1)));
                } else if chars > most {
                    self.add(at, format!("must be less than {} characters", most + 1));
                }
            }
        }
    }

    fn optional_length(&mut self, at: &str, value: &Value, most: usize) {
        if !value.is_null() {
            self.text_length(at, value.as_str(), 1, most);
        }
    }

    /// A text object; `plain_only` where Slack takes no mrkdwn.
    fn text(&mut self, at: &str, text: &Value, plain_only: bool, most: usize) {
        if !text.is_object() {
            return self.add(at, "missing required field: text");
        }
        match text["type"].as_str() {
            Some("plain_text") => {}
            Some("mrkdwn") if !plain_only => {}
            _ => self.add(&format!("{at}/type"), "unsupported type"),
        }
        self.text_length(&format!("{at}/text"), text["text"].as_str(), 1, most);
        let known: &[&str] =
            if text["type"] == "mrkdwn" { &["type", "text", "verbatim"] } else { &["type", "text", "emoji"] };
        self.fields(at, text, known);
    }

    fn fields(&mut self, at: &str, object: &Value, known: &[&str]) {
        for name in object.as_object().into_iter().flat_map(|fields| fields.keys()) {
            if !known.contains(&name.as_str()) {
                self.add(at, format!("invalid additional property: {name}"));
            }
        }
    }

    fn action_id(&mut self, at: &str, element: &Value) {
        let at = format!("{at}/action_id");
        self.optional_length(&at, &element["action_id"], 255);
        if let Some(id) = element["action_id"].as_str()
            && !self.action_ids.insert(id.to_owned())
        {
            self.add(&at, format!("`action_id` \"{id}\" already exists"));
        }
    }

    fn count(&mut self, at: &str, list: &Value, least: usize, most: usize) -> usize {
        let count = list.as_array().map_or(0, Vec::len);
        if count < least {
            self.add(at, format!("no fewer than {least} items allowed"));
        } else if count > most {
            self.add(at, format!("no more than {most} items allowed"));
        }
        count
    }
}

/// What Slack would say against the blocks of a surface; empty when it takes them.
pub fn check(blocks: &Value, surface: Surface) -> Vec<String> {
    let mut findings = Findings::default();
    let most = if surface == Surface::Message { 50 } else { 100 };
    if !blocks.is_array() {
        findings.add("/blocks", "must be an array");
    }
    findings.count("/blocks", blocks, if surface == Surface::Message { 0 } else { 1 }, most);
    for (nth, block) in blocks.as_array().into_iter().flatten().enumerate() {
        check_block(&mut findings, &format!("/blocks/{nth}"), block, surface);
    }
    if findings.table_chars > MAX_TABLE_CHARS {
        findings.add("/blocks", format!("no more than {MAX_TABLE_CHARS} characters allowed in table cells"));
    }
    if findings.charts > 2 {
        findings.add("/blocks", "no more than 2 data_visualization blocks allowed");
    }
    findings.messages
}

fn check_block(findings: &mut Findings, at: &str, block: &Value, surface: Surface) {
    let id_at = format!("{at}/block_id");
    findings.optional_length(&id_at, &block["block_id"], 255);
    if let Some(id) = block["block_id"].as_str()
        && !findings.block_ids.insert(id.to_owned())
    {
        findings.add(&id_at, format!("`block_id` \"{id}\" already exists"));
    }
    match block["type"].as_str().unwrap_or_default() {
        "section" => check_section(findings, at, block),
        "header" => {
            findings.fields(at, block, &["type", "block_id", "text", "level"]);
            findings.text(&format!("{at}/text"), &block["text"], true, 150);
        }
        "divider" => findings.fields(at, block, &["type", "block_id"]),
        "context" => check_context(findings, at, block),
        "actions" => {
            findings.fields(at, block, &["type", "block_id", "elements"]);
            findings.count(&format!("{at}/elements"), &block["elements"], 1, 25);
            for (nth, element) in block["elements"].as_array().into_iter().flatten().enumerate() {
                check_element(findings, &format!("{at}/elements/{nth}"), element, false);
            }
        }
        "input" if surface == Surface::Message => findings.add(at, "unsupported block type: input"),
        "input" => check_input(findings, at, block),
        "image" => check_image(findings, at, block),
        "rich_text" => check_rich_text(findings, at, block),
        "data_visualization" if surface == Surface::Message => check_chart(findings, at, block),
        "data_table" if surface == Surface::Message => check_data_table(findings, at, block),
        "" => findings.add(at, "missing required field: type"),
        other => findings.add(&format!("{at}/type"), format!("unsupported block type: {other}")),
    }
}

fn check_section(findings: &mut Findings, at: &str, block: &Value) {
    findings.fields(at, block, &["type", "block_id", "text", "fields", "accessory", "expand"]);
    if block["text"].is_null() && block["fields"].is_null() {
        findings.add(at, "missing required field: text or fields");
    }
    if !block["text"].is_null() {
        findings.text(&format!("{at}/text"), &block["text"], false, 3_000);
    }
    if !block["fields"].is_null() {
        findings.count(&format!("{at}/fields"), &block["fields"], 1, 10);
        for (nth, field) in block["fields"].as_array().into_iter().flatten().enumerate() {
            findings.text(&format!("{at}/fields/{nth}"), field, false, 2_000);
        }
    }
    if !block["accessory"].is_null() {
        check_element(findings, &format!("{at}/accessory"), &block["accessory"], false);
    }
}

fn check_context(findings: &mut Findings, at: &str, block: &Value) {
    findings.fields(at, block, &["type", "block_id", "elements"]);
    findings.count(&format!("{at}/elements"), &block["elements"], 1, 10);
    for (nth, element) in block["elements"].as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}/elements/{nth}");
        if element["type"] == "image" {
            findings.text_length(&format!("{at}/alt_text"), element["alt_text"].as_str(), 1, 2_000);
        } else {
            findings.text(&at, element, false, 2_000);
        }
    }
}

fn check_image(findings: &mut Findings, at: &str, block: &Value) {
    findings.fields(at, block, &["type", "block_id", "image_url", "slack_file", "alt_text", "title"]);
    findings.text_length(&format!("{at}/alt_text"), block["alt_text"].as_str(), 1, 2_000);
    if block["slack_file"].is_null() {
        findings.text_length(&format!("{at}/image_url"), block["image_url"].as_str(), 1, 3_000);
    }
}

fn check_input(findings: &mut Findings, at: &str, block: &Value) {
    findings.fields(
        at,
        block,
        &["type", "block_id", "label", "element", "dispatch_action", "hint", "optional"],
    );
    findings.text(&format!("{at}/label"), &block["label"], true, 2_000);
    if !block["hint"].is_null() {
        findings.text(&format!("{at}/hint"), &block["hint"], true, 2_000);
    }
    check_element(findings, &format!("{at}/element"), &block["element"], true);
}

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

fn check_element(findings: &mut Findings, at: &str, element: &Value, in_input: bool) {
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
            check_shape(findings, &format!("{at}/initial_date"), &element["initial_date"], "dddd-dd-dd")
        }
        "timepicker" => {
            check_shape(findings, &format!("{at}/initial_time"), &element["initial_time"], "dd:dd")
        }
        _ => {}
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
    let flat: Vec<&Value> = match element["option_groups"].as_array() {
        Some(groups) => {
            groups.iter().flat_map(|group| group["options"].as_array().into_iter().flatten()).collect()
        }
        None => {
            findings.count(&format!("{at}/options"), &element["options"], least, most);
            element["options"].as_array().into_iter().flatten().collect()
        }
    };
    let mut values = HashSet::new();
    for (nth, option) in flat.iter().enumerate() {
        let at = format!("{at}/options/{nth}");
        findings.fields(&at, option, &["text", "value", "description", "url"]);
        let plain_only = element["type"] != "radio_buttons" && element["type"] != "checkboxes";
        findings.text(&format!("{at}/text"), &option["text"], plain_only, 75);
        findings.text_length(&format!("{at}/value"), option["value"].as_str(), 1, 150);
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

fn check_rich_text(findings: &mut Findings, at: &str, block: &Value) {
    findings.fields(at, block, &["type", "block_id", "elements"]);
    findings.count(&format!("{at}/elements"), &block["elements"], 1, 100);
    for (nth, part) in block["elements"].as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}/elements/{nth}");
        let known = ["rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list"];
        if !known.contains(&part["type"].as_str().unwrap_or_default()) {
            findings.add(&format!("{at}/type"), "unsupported rich text element");
        }
        for (nth, leaf) in part["elements"].as_array().into_iter().flatten().enumerate() {
            let at = format!("{at}/elements/{nth}");
            match leaf["type"].as_str() {
                Some("text") => findings.text_length(&format!("{at}/text"), leaf["text"].as_str(), 1, 3_000),
                Some("emoji" | "link" | "rich_text_section") => {}
                Some("user") => {
                    findings.fields(&at, leaf, &["type", "user_id", "style"]);
                    findings.text_length(&format!("{at}/user_id"), leaf["user_id"].as_str(), 1, 255);
                }
                _ => findings.add(&format!("{at}/type"), "unsupported rich text element"),
            }
        }
    }
}

/// What Slack would say against a view that is opened, updated or published.
pub fn check_view(view: &Value) -> Vec<String> {
    let (surface, known): (Surface, &[&str]) = match view["type"].as_str() {
        Some("modal") => (
            Surface::Modal,
            &[
                "type",
                "title",
                "blocks",
                "close",
                "submit",
                "private_metadata",
                "callback_id",
                "clear_on_close",
                "notify_on_close",
                "external_id",
                "submit_disabled",
            ],
        ),
        Some("home") => {
            (Surface::Home, &["type", "blocks", "private_metadata", "callback_id", "external_id"])
        }
        _ => return vec!["[ERROR] unsupported view type [json-pointer:/type]".to_owned()],
    };
    let mut findings = Findings::default();
    findings.fields("", view, known);
    if surface == Surface::Modal {
        findings.text("/title", &view["title"], true, 24);
        for part in ["submit", "close"] {
            if !view[part].is_null() {
                findings.text(&format!("/{part}"), &view[part], true, 24);
            }
        }
    }
    findings.optional_length("/private_metadata", &view["private_metadata"], 3_000);
    findings.optional_length("/callback_id", &view["callback_id"], 255);
    // A modal that holds nothing but a dispatching input needs no submit button.
    let needs_submit = view["blocks"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|block| block["type"] == "input" && block["dispatch_action"] != true);
    if surface == Surface::Modal && needs_submit && view["submit"].is_null() {
        findings.add("/submit", "is required when an input block is within the blocks array");
    }
    let mut messages = findings.messages;
    messages.extend(check(&view["blocks"], surface));
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn says(blocks: Value, surface: Surface) -> String {
        check(&blocks, surface).join("\n")
    }

    fn section(text: &str) -> Value {
        json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    }

    #[test]
    fn takes_what_slack_takes() {
        let blocks = json!([
            {"type": "header", "text": {"type": "plain_text", "text": "x".repeat(150)}},
            section(&"x".repeat(3_000)),
            {"type": "divider"},
            {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}]},
        ]);
        assert_eq!(says(blocks, Surface::Message), "");
    }

    #[test]
    fn refuses_what_slack_refuses() {
        let button = |id: &str| json!({"type": "button", "action_id": id, "text": {"type": "plain_text", "text": "Go"}});
        let input = json!({"type": "input", "label": {"type": "plain_text", "text": "L"}, "element": {"type": "plain_text_input", "action_id": "x"}});
        let chart = |label: &str| {
            json!({"type": "data_visualization", "title": "T", "chart": {"type": "bar",
            "axis_config": {"categories": [label]}, "series": [{"name": "S", "data": [{"label": label, "value": 1}]}]}})
        };
        let table = [
            (json!([section(&"x".repeat(3_001))]), Surface::Message, "less than 3001"),
            (json!([section("")]), Surface::Message, "more than 0"),
            (json!(vec![section("x"); 51]), Surface::Message, "no more than 50"),
            (json!(vec![section("x"); 101]), Surface::Home, "no more than 100"),
            (
                json!([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
                Surface::Message,
                "unsupported type",
            ),
            (
                json!([{"type": "actions", "elements": [button("a"), button("a")]}]),
                Surface::Message,
                "already exists",
            ),
            (
                json!([{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}]),
                Surface::Message,
                "already exists",
            ),
            (json!([input]), Surface::Message, "unsupported block type: input"),
            (json!([{"type": "divider", "colour": "red"}]), Surface::Message, "additional property"),
            (json!([{"type": "image", "image_url": "https://x"}]), Surface::Message, "alt_text"),
            (json!([{"type": "video"}]), Surface::Message, "unsupported block type"),
            (json!([chart(&"x".repeat(21))]), Surface::Message, "less than 21"),
            (json!([chart("a")]), Surface::Home, "unsupported block type"),
            (json!([chart("a"), chart("a"), chart("a")]), Surface::Message, "no more than 2"),
            (json!([{"type": "actions", "elements": []}]), Surface::Message, "no fewer than 1"),
            (
                json!([{"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": ""}]}]}]),
                Surface::Message,
                "more than 0",
            ),
        ];
        for (blocks, surface, expected) in table {
            let said = says(blocks, surface);
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }

    #[test]
    fn options_and_their_initial_one_must_agree() {
        let option = |value: &str| json!({"text": {"type": "plain_text", "text": value}, "value": value});
        let select = |initial: Value| {
            json!([{"type": "actions", "elements": [{"type": "static_select", "action_id": "s",
                "options": [option("a"), option("b")], "initial_option": initial}]}])
        };
        assert_eq!(says(select(option("a")), Surface::Message), "");
        assert!(says(select(option("c")), Surface::Message).contains("exactly match"));
    }

    #[test]
    fn a_modal_keeps_its_own_limits() {
        let view = json!({"type": "modal", "title": {"type": "plain_text", "text": "x".repeat(25)},
            "private_metadata": "m".repeat(3_001), "blocks": [
            {"type": "input", "block_id": "a", "label": {"type": "plain_text", "text": "L"},
             "element": {"type": "plain_text_input", "action_id": "a", "max_length": 3_001, "initial_value": "y"}}]});
        let said = check_view(&view).join("\n");
        for expected in ["/title/text", "/private_metadata", "/submit", "/max_length"] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
}
