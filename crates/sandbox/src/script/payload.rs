//! Payloads in Slack's documented shape, and what Slack's client does before it sends them.

use crate::{
    APP_ID, BOT_USER, Sandbox,
    transcript::plain,
    workspace::{Message, ResponseUrl, View, Workspace},
};
use serde_json::{Map, Value, json};

/// What a member types after a command whose manifest says `should_escape`: names become mentions with
/// their ids, the rest is escaped; a name that nobody has stays text
/// (<https://docs.slack.dev/interactivity/implementing-slash-commands>).
fn escape_command(state: &Workspace, text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let end = word.trim_end_matches([',', ';', '.']);
        let name = end.strip_prefix('@').unwrap_or_default().to_lowercase();
        let tail = word.strip_prefix(end).unwrap_or_default();
        let user = state.users.values().find(|user| !name.is_empty() && handle(&user.name) == name);
        user.map_or_else(|| escape(word), |user| format!("<@{}|{name}>{tail}", user.id))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What comes after the @ of a mention.
fn handle(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_lowercase()
}

/// Emoji that members type here, with Slack's names.
const EMOJI: [(&str, &str); 4] =
    [("🎉", ":tada:"), ("👍", ":+1:"), ("👋", ":wave:"), ("🙂", ":slightly_smiling_face:")];

/// What becomes of a message that a member types: `@` with a person's name is a mention of their id alone, an
/// emoji its name, and the rest is escaped (<https://docs.slack.dev/messaging/formatting-message-text>).
pub(super) fn as_sent(state: &Workspace, text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let end = word.trim_end_matches([',', ';', '.', '?', '!']);
        let name = end.strip_prefix('@').unwrap_or_default().to_lowercase();
        let tail = word.strip_prefix(end).unwrap_or_default();
        let user = state.users.values().find(|user| !name.is_empty() && handle(&user.name) == name);
        user.map_or_else(|| escape(word), |user| format!("<@{}>{tail}", user.id))
    });
    let sent = words.collect::<Vec<_>>().join(" ");
    EMOJI.iter().fold(sent, |sent, (emoji, name)| sent.replace(emoji, name))
}

/// Slack escapes what members type.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(super) fn command(
    sandbox: &Sandbox,
    state: &mut Workspace,
    user: &str,
    channel: &str,
    (command, text): (&str, &str),
    trigger: &str,
) -> Value {
    let url = response_url(sandbox, state, user, channel);
    json!({
        "token": "sandbox", "team_id": state.team, "team_domain": "sandbox", "channel_id": channel,
        "channel_name": "directmessage", "user_id": user, "user_name": "member", "command": command,
        "text": escape_command(state, text), "api_app_id": APP_ID, "is_enterprise_install": "false",
        "response_url": url, "trigger_id": trigger,
    })
}

pub(super) fn response_url(sandbox: &Sandbox, state: &mut Workspace, user: &str, channel: &str) -> String {
    let id = state.id("R");
    let url =
        ResponseUrl { user: user.to_owned(), channel: channel.to_owned(), at_ms: sandbox.now_ms(), uses: 0 };
    state.response_urls.insert(id.clone(), url);
    format!("http://{}/respond/{id}", sandbox.inner.address)
}

pub(crate) fn event(state: &mut Workspace, event: &Value, now_ms: i64) -> Value {
    json!({
        "token": "sandbox", "team_id": state.team, "api_app_id": APP_ID, "event": event, "type": "event_callback",
        "event_id": state.id("Ev"), "event_time": now_ms.div_euclid(1_000), "is_ext_shared_channel": false,
        "authorizations": [{"enterprise_id": null, "team_id": state.team, "user_id": BOT_USER, "is_bot": true, "is_enterprise_install": false}],
        "event_context": "4-sandbox",
    })
}

pub(super) fn base(state: &Workspace, user: &str, kind: &str, trigger: &str) -> Value {
    let name = state.users.get(user).map(|user| user.name.clone()).unwrap_or_default();
    json!({
        "type": kind, "token": "sandbox", "api_app_id": APP_ID, "trigger_id": trigger, "is_enterprise_install": false,
        "enterprise": null, "team": {"id": state.team, "domain": "sandbox"},
        "user": {"id": user, "username": name.to_lowercase(), "name": name.to_lowercase(), "team_id": state.team},
    })
}

pub(super) fn actions(
    state: &mut Workspace,
    user: &str,
    mut action: Value,
    trigger: &str,
    now_ms: i64,
) -> Value {
    action["action_ts"] = json!(state.ts(now_ms));
    let mut payload = base(state, user, "block_actions", trigger);
    payload["actions"] = json!([action]);
    payload
}

/// The action that a button of that label sends, or a menu with an option of that label.
pub(super) fn find_action(blocks: &Value, label: &str) -> Option<Value> {
    let blocks = blocks.as_array()?;
    let elements = blocks.iter().flat_map(|block| {
        let block_id = block["block_id"].clone();
        let accessory = Some(&block["accessory"]).filter(|element| element.is_object());
        let elements =
            block["elements"].as_array().into_iter().flatten().filter(|_| block["type"] == "actions");
        elements.chain(accessory).map(move |element| (block_id.clone(), element))
    });
    for (block_id, element) in elements {
        let action =
            json!({"type": element["type"], "action_id": element["action_id"], "block_id": block_id});
        if element["type"] == "button" && plain(&element["text"]) == label {
            let mut action = action;
            action["text"] = element["text"].clone();
            action["value"] = element["value"].clone();
            return Some(action);
        }
        let option = element["options"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|option| plain(&option["text"]) == label);
        if let Some(option) = option {
            let mut action = action;
            action["selected_option"] = option.clone();
            return Some(action);
        }
    }
    None
}

/// The body of a command's acknowledgement as a message that only one member sees.
pub(super) fn ephemeral(ack: &Map<String, Value>, ts: String, user: &str) -> Message {
    Message {
        ts,
        user: BOT_USER.to_owned(),
        bot: true,
        text: ack.get("text").and_then(Value::as_str).unwrap_or_default().to_owned(),
        blocks: ack.get("blocks").cloned().unwrap_or(json!([])),
        metadata: Value::Null,
        thread_ts: None,
        only_for: Some(user.to_owned()),
        edited: false,
        edited_ts: None,
        reactions: Vec::new(),
        files: Vec::new(),
    }
}

/// The block id and the element of an input of a view, found by its block id or by its action id.
pub(super) fn find_input<'a>(view: &'a View, input: &str) -> Option<(&'a str, &'a Value)> {
    let inputs = || {
        let blocks = view.content["blocks"].as_array().into_iter().flatten();
        blocks.filter(|block| block["type"] == "input")
    };
    let block = inputs()
        .find(|block| block["block_id"] == input)
        .or_else(|| inputs().find(|block| block["element"]["action_id"] == input))?;
    Some((block["block_id"].as_str()?, &block["element"]))
}

/// The state of an input after a member filled it; `None` when it does not take the value.
pub(super) fn filled(element: &Value, value: &str) -> Option<Value> {
    let kind = element["type"].as_str()?;
    let option = |label: &str| {
        let options = element["options"].as_array()?;
        options.iter().find(|option| plain(&option["text"]) == label || option["value"] == label).cloned()
    };
    match kind {
        "plain_text_input" => {
            let most = element["max_length"].as_u64().unwrap_or(3_000);
            let fits = value.chars().count() as u64 <= most;
            let typed = if value.is_empty() { Value::Null } else { json!(value) };
            fits.then(|| json!({"type": kind, "value": typed}))
        }
        "static_select" | "radio_buttons" => Some(json!({"type": kind, "selected_option": option(value)?})),
        "checkboxes" => {
            let chosen: Option<Vec<Value>> =
                value.split(',').map(str::trim).filter(|label| !label.is_empty()).map(option).collect();
            Some(json!({"type": kind, "selected_options": chosen?}))
        }
        "multi_users_select" => {
            let users: Vec<&str> = value.split(',').map(str::trim).filter(|user| !user.is_empty()).collect();
            let most = element["max_selected_items"].as_u64().unwrap_or(u64::MAX);
            (users.len() as u64 <= most).then(|| json!({"type": kind, "selected_users": users}))
        }
        "datepicker" => Some(
            json!({"type": kind, "selected_date": if value.is_empty() { Value::Null } else { json!(value) }}),
        ),
        "timepicker" => Some(
            json!({"type": kind, "selected_time": if value.is_empty() { Value::Null } else { json!(value) }}),
        ),
        _ => None,
    }
}

/// The first required input that is empty: Slack's client does not submit such a form.
pub(super) fn empty_required(view: &View) -> Option<String> {
    let blocks = view.content["blocks"].as_array()?;
    blocks.iter().find_map(|block| {
        let block_id =
            block["block_id"].as_str().filter(|_| block["type"] == "input" && block["optional"] != true)?;
        let value = view.values.get(block_id)?;
        let is_empty = match value["type"].as_str()? {
            "plain_text_input" => value["value"].as_str().is_none_or(str::is_empty),
            "checkboxes" => value["selected_options"].as_array().is_none_or(Vec::is_empty),
            "multi_users_select" => value["selected_users"].as_array().is_none_or(Vec::is_empty),
            "datepicker" => value["selected_date"].is_null(),
            "timepicker" => value["selected_time"].is_null(),
            _ => value["selected_option"].is_null(),
        };
        is_empty.then(|| block_id.to_owned())
    })
}
