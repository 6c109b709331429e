//! Block Kit as Slack checks it (<https://docs.slack.dev/reference/block-kit>): which blocks and
//! elements may be where, what they need, and every limit. What Slack refuses is refused here; a
//! block or element that this file does not know is refused too, so that no screen relies on it by accident.

mod data;
mod element;

use data::{MAX_TABLE_CHARS, check_chart, check_data_table};
use element::check_element;
use serde_json::Value;
use std::collections::HashSet;

/// Where blocks are shown.
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
    focused: bool,
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
    findings.count("/blocks", blocks, usize::from(surface != Surface::Message), most);
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
        "input" => check_input(findings, at, block, surface),
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

fn check_input(findings: &mut Findings, at: &str, block: &Value, surface: Surface) {
    if block["element"]["type"] == "file_input" && surface != Surface::Modal {
        findings.add(&format!("{at}/element/type"), "file_input is allowed in modals only");
    }
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

fn check_rich_text(findings: &mut Findings, at: &str, block: &Value) {
    findings.fields(at, block, &["type", "block_id", "elements"]);
    findings.count(&format!("{at}/elements"), &block["elements"], 1, 100);
    for (nth, part) in block["elements"].as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}/elements/{nth}");
        let known = ["rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list"];
        if !known.contains(&part["type"].as_str().unwrap_or_default()) {
            findings.add(&format!("{at}/type"), "unsupported rich text element");
        }
        if part["type"] == "rich_text_list" && !matches!(part["style"].as_str(), Some("bullet" | "ordered")) {
            findings.add(&format!("{at}/style"), "must be bullet or ordered");
        }
        for (nth, leaf) in part["elements"].as_array().into_iter().flatten().enumerate() {
            check_leaf(findings, &format!("{at}/elements/{nth}"), leaf, part["type"] == "rich_text_list");
        }
    }
}

/// <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block#element-types>
fn check_leaf(findings: &mut Findings, at: &str, leaf: &Value, in_list: bool) {
    let (known, needed, most): (&[&str], &str, usize) = match leaf["type"].as_str() {
        Some("rich_text_section") if in_list => return,
        Some("text") => (&["type", "text", "style"], "text", 3_000),
        Some("emoji") => (&["type", "name", "unicode", "style", "skin_tone", "url"], "name", 255),
        Some("link") => (&["type", "url", "text", "unsafe", "style"], "url", 3_000),
        Some("user") => (&["type", "user_id", "style"], "user_id", 255),
        Some("usergroup") => (&["type", "usergroup_id", "style"], "usergroup_id", 255),
        Some("channel") => (&["type", "channel_id", "style"], "channel_id", 255),
        Some("broadcast") => (&["type", "range", "style"], "range", 255),
        _ => return findings.add(&format!("{at}/type"), "unsupported rich text element"),
    };
    findings.fields(at, leaf, known);
    findings.text_length(&format!("{at}/{needed}"), leaf[needed].as_str(), 1, most);
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
    findings.optional_length("/external_id", &view["external_id"], 255);
    let needs_submit = view["blocks"].as_array().into_iter().flatten().any(|block| block["type"] == "input");
    if surface == Surface::Modal && needs_submit && view["submit"].is_null() {
        findings.add("", "must define `submit` to use an `input` block in modals");
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
    fn an_element_keeps_its_own_limits() {
        let plain = |text: &str| json!({"type": "plain_text", "text": text});
        let input = |id: &str, element: Value| json!({"type": "input", "block_id": id, "label": plain("L"), "element": element});
        let option = json!({"text": plain("a"), "value": "a", "description": plain(&"x".repeat(76))});
        let table = [
            (
                input("a", json!({"type": "static_select", "action_id": "a", "options": [option]})),
                "/description",
            ),
            (
                input(
                    "a",
                    json!({"type": "plain_text_input", "action_id": "a", "min_length": 9, "max_length": 8}),
                ),
                "/min_length",
            ),
            (
                input(
                    "a",
                    json!({"type": "plain_text_input", "action_id": "a",
                    "dispatch_action_config": {"trigger_actions_on": ["on_blur"]}}),
                ),
                "/dispatch_action_config",
            ),
            (
                input("a", json!({"type": "datepicker", "action_id": "a", "value": "x"})),
                "additional property",
            ),
            (
                json!({"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": plain("Go"),
                    "accessibility_label": "x".repeat(76)}]}),
                "/accessibility_label",
            ),
            (
                json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "emoji"}]}]}),
                "/name: missing",
            ),
            (
                json!({"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": []}]}),
                "must be bullet or ordered",
            ),
        ];
        for (block, expected) in table {
            let said = says(json!([block]), Surface::Modal);
            let at = expected.split(':').next().unwrap_or_default();
            assert!(said.contains(at), "{expected}: {said}");
        }
        let focused =
            |id: &str| input(id, json!({"type": "plain_text_input", "action_id": id, "focus_on_load": true}));
        assert_eq!(says(json!([focused("a")]), Surface::Modal), "");
        assert!(says(json!([focused("a"), focused("b")]), Surface::Modal).contains("only one"));
        let file = input("f", json!({"type": "file_input", "action_id": "f"}));
        assert!(says(json!([file]), Surface::Home).contains("modals only"));
    }

    #[test]
    fn a_modal_keeps_its_own_limits() {
        let view = json!({"type": "modal", "title": {"type": "plain_text", "text": "x".repeat(25)},
            "private_metadata": "m".repeat(3_001), "blocks": [
            {"type": "input", "block_id": "a", "label": {"type": "plain_text", "text": "L"},
             "element": {"type": "plain_text_input", "action_id": "a", "max_length": 3_001, "initial_value": "y"}}]});
        let said = check_view(&view).join("\n");
        for expected in ["/title/text", "/private_metadata", "must define `submit`", "/max_length"] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
}
