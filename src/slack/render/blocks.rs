//! The few Block Kit builders that the screens need, each within Slack's limits
//! (<https://docs.slack.dev/reference/block-kit>). Text of a member goes through [`quote`] or an
//! input's initial value, both of which Slack shows as plain text.

use super::escape::cut;
use crate::{
    coach::{
        member_text::{MAX_FORM_CHARS, MemberText},
        screen::{Field, FormState, Press},
    },
    slack::ids::{FORM_CALLBACK, encode_press, encode_state, field_id},
};
use serde_json::{Value, json};

/// A quotation shows this many characters; the rest is kept, not shown.
const QUOTE_CHARS: usize = 600;

/// Plain text within a limit.
pub fn plain(text: &str, limit: usize) -> Value {
    json!({"type": "plain_text", "text": cut(text, limit), "emoji": true})
}

/// A paragraph of ours; never holds a member's words.
pub fn section(mrkdwn: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": cut(mrkdwn, 3_000)}})
}

/// A paragraph in which nothing is read as markup.
pub fn paragraph(text: &str) -> Value {
    json!({"type": "section", "text": plain(text, 3_000)})
}

/// A heading.
pub fn header(text: &str) -> Value {
    json!({"type": "header", "text": plain(text, 150)})
}

/// Small print of ours.
pub fn context(text: &str) -> Value {
    json!({"type": "context", "elements": [plain(text, 2_000)]})
}

/// A line between parts.
pub fn divider() -> Value {
    json!({"type": "divider"})
}

/// A member's words, as a quotation: rich text, in which Slack reads no markup and pings nobody.
pub fn quote(words: &MemberText) -> Value {
    let text = cut(words.reveal(), QUOTE_CHARS);
    let text = if words.is_blank() { "(nothing to see)".to_owned() } else { text };
    json!({"type": "rich_text", "elements": [
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}
    ]})
}

/// Words to copy: Slack offers a button for it.
pub fn preformatted(text: &str) -> Value {
    let text = cut(text, 3_000);
    let text = if text.is_empty() { " ".to_owned() } else { text };
    json!({"type": "rich_text", "elements": [
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    ]})
}

/// True when a quotation does not show everything.
pub fn is_cut(words: &MemberText) -> bool {
    words.char_count() > QUOTE_CHARS
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Like the others.
    Usual,
    /// The one most people want.
    Primary,
    /// Takes something away.
    Danger,
}

/// A button. `nth` tells apart buttons of one kind on one surface.
pub fn button(label: &str, press: &Press, nth: usize, look: Look) -> Value {
    let ids = encode_press(press, nth);
    let mut button = json!({
        "type": "button", "text": plain(label, 30), "action_id": ids.action_id, "value": ids.value,
    });
    match look {
        Look::Usual => {}
        Look::Primary => button["style"] = json!("primary"),
        Look::Danger => button["style"] = json!("danger"),
    }
    button
}

/// A button that asks before it acts.
pub fn confirmed(mut button: Value, title: &str, text: &str, yes: &str, no: &str) -> Value {
    button["confirm"] = json!({
        "title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30),
    });
    button
}

/// A menu whose every choice is a press.
pub fn menu(placeholder: &str, choices: &[(&str, Press)], nth: usize) -> Value {
    let mut action_id = String::new();
    let options: Vec<Value> = choices
        .iter()
        .map(|(label, press)| {
            let ids = encode_press(press, nth);
            action_id = ids.action_id;
            json!({"text": plain(label, 75), "value": ids.value})
        })
        .collect();
    json!({"type": "static_select", "placeholder": plain(placeholder, 150), "action_id": action_id, "options": options})
}

/// A row of buttons and menus.
pub fn actions(elements: Vec<Value>) -> Value {
    json!({"type": "actions", "elements": elements})
}

/// An input of a form.
pub fn input(field: Field, label: &str, element: Value, optional: bool, hint: Option<&str>) -> Value {
    let mut block = json!({
        "type": "input", "block_id": field_id(field), "label": plain(label, 2_000),
        "element": element, "optional": optional,
    });
    if let Some(hint) = hint {
        block["hint"] = plain(hint, 2_000);
    }
    block
}

/// A text input that holds up to 3,000 characters. A longer text (a reply in the DM) cannot stand
/// in a form; the caller says that it is edited by editing the message.
pub fn text_input(field: Field, initial: &MemberText, multiline: bool, placeholder: &str) -> Value {
    let mut element = json!({
        "type": "plain_text_input", "action_id": field_id(field), "multiline": multiline,
        "max_length": MAX_FORM_CHARS, "placeholder": plain(placeholder, 150),
    });
    if !initial.reveal().is_empty() && initial.char_count() <= MAX_FORM_CHARS {
        element["initial_value"] = json!(initial.reveal());
    }
    element
}

/// A choice of a list.
pub fn choice(value: &str, label: &str) -> Value {
    json!({"text": plain(label, 75), "value": value})
}

/// Radio buttons or a menu over a list, with the chosen one preset.
pub fn select(field: Field, kind: &str, options: Vec<Value>, chosen: Option<&str>) -> Value {
    let initial = chosen.and_then(|value| options.iter().find(|option| option["value"] == value).cloned());
    let mut element = json!({"type": kind, "action_id": field_id(field), "options": options});
    if let Some(initial) = initial {
        element["initial_option"] = initial;
    }
    element
}

/// A modal. Without `submit` there is nothing to submit.
pub fn modal(state: &FormState, title: &str, submit: Option<&str>, close: &str, blocks: Vec<Value>) -> Value {
    let mut view = json!({
        "type": "modal", "callback_id": FORM_CALLBACK, "private_metadata": encode_state(state),
        "title": plain(title, 24), "close": plain(close, 24), "blocks": blocks,
    });
    if let Some(submit) = submit {
        view["submit"] = plain(submit, 24);
    }
    view
}
