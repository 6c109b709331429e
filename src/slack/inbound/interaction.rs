//! Interactions: buttons and menus, submitted forms, shortcuts.

use super::{Refused, digest, is_true, key, response_url, team, text, trigger, user, values};
use crate::{
    app::incoming::{DeliveryKey, Door, Incoming, PressedAt, What},
    coach::{
        feedback::AnswerToken,
        ids::{ChannelId, MemberId, MessageRef, MessageTs, ViewId},
        screen::{FormState, Press},
    },
    slack::ids::{ASK_SHORTCUT, CHECKIN_SHORTCUT, decode_press, decode_state},
};
use serde_json::{Value, json};

pub(super) fn read(payload: &Value) -> Result<Incoming, Refused> {
    match text(&payload["type"]).ok_or(Refused::Malformed("interaction type"))? {
        "block_actions" => pressed(payload),
        "view_submission" => submitted(payload),
        "shortcut" => shortcut(payload),
        "view_closed" => Ok(ignored(payload, "view-closed")),
        "message_action" => message_shortcut(payload),
        _ => Ok(ignored(payload, "unknown-interaction")),
    }
}

fn ignored(payload: &Value, kind: &'static str) -> Incoming {
    Incoming { key: key("ignored", &[&digest(payload)]), what: What::Ignored { kind } }
}

fn who(payload: &Value) -> Result<MemberId, Refused> {
    let organisation =
        Some(&payload["enterprise"]["id"]).filter(|_| is_true(&payload["is_enterprise_install"]));
    let candidates = [
        &payload["team"]["id"],
        &payload["user"]["team_id"],
        &payload["view"]["team_id"],
        &payload["enterprise"]["id"],
    ];
    let team = team(organisation, &candidates)?;
    Ok(MemberId { team, user: user(&payload["user"]["id"])? })
}

fn door(payload: &Value) -> Door {
    Door {
        trigger: trigger(payload),
        response_url: response_url(&payload["response_url"]),
        channel: channel(payload),
    }
}

fn channel(payload: &Value) -> Option<ChannelId> {
    [&payload["channel"]["id"], &payload["container"]["channel_id"]]
        .into_iter()
        .find_map(|id| ChannelId::parse(text(id)?).ok())
}

fn view_id(view: &Value) -> Result<ViewId, Refused> {
    text(&view["id"]).and_then(|id| ViewId::parse(id).ok()).ok_or(Refused::Malformed("view id"))
}

fn state_of(view: &Value) -> Option<FormState> {
    decode_state(text(&view["callback_id"])?, text(&view["private_metadata"])?).ok()
}

fn pressed(payload: &Value) -> Result<Incoming, Refused> {
    let action = payload["actions"].get(0).ok_or(Refused::Malformed("action"))?;
    let who = who(payload)?;
    let door = door(payload);
    let action_id = text(&action["action_id"]).unwrap_or_default();
    let mut key = press_key(payload, action);
    let value = [&action["value"], &action["selected_option"]["value"]].into_iter().find_map(text);
    let press = decode_press(action_id, value.unwrap_or_default());
    if let Some(from) = press.as_ref().ok().and_then(Press::invitation) {
        let when = &action["action_ts"];
        key = answering_key(&from.token, &json!([when, action_id]));
    }
    let what = match (press, pressed_at(payload)?) {
        (Ok(press), Some(at)) => What::Pressed { who, press, at, door },
        _ => What::UnknownPress { who, door },
    };
    Ok(Incoming { key, what })
}

/// The key of what somebody does who was asked for feedback. It is made with the token, which is
/// stored nowhere, so that nobody can make it again from what is stored and from Slack's ids, and it
/// names neither their message nor their form.
fn answering_key(token: &AnswerToken, what: &Value) -> DeliveryKey {
    key("feedback", &[&digest(&json!([token.reveal(), what]))])
}

/// When and where the button was pressed. Slack gives every press its own time, to the microsecond.
fn press_key(payload: &Value, action: &Value) -> DeliveryKey {
    let place =
        [&payload["container"]["message_ts"], &payload["container"]["view_id"], &payload["view"]["id"]]
            .into_iter()
            .find_map(text)
            .unwrap_or_default();
    let action_id = text(&action["action_id"]).unwrap_or_default();
    match text(&action["action_ts"]) {
        Some(action_ts) => key("press", &[action_ts, place, action_id]),
        None => key("press", &[&digest(payload)]),
    }
}

/// Where the button stood; `None` in a form of ours that is not read any more.
fn pressed_at(payload: &Value) -> Result<Option<PressedAt>, Refused> {
    let view = &payload["view"];
    if view["type"] == "home" {
        return Ok(Some(PressedAt::Home));
    }
    if view.is_object() {
        let Some(state) = state_of(view) else { return Ok(None) };
        let values = values::read(&state, &view["state"]["values"]);
        return Ok(Some(PressedAt::Form { view: view_id(view)?, state, values }));
    }
    if payload["container"]["is_ephemeral"] == true {
        return Ok(Some(PressedAt::Ephemeral));
    }
    let ts = text(&payload["container"]["message_ts"]).and_then(|ts| MessageTs::parse(ts).ok());
    Ok(Some(match (channel(payload), ts) {
        (Some(channel), Some(ts)) => PressedAt::Message(MessageRef { channel, ts }),
        _ => PressedAt::Ephemeral,
    }))
}

fn submitted(payload: &Value) -> Result<Incoming, Refused> {
    let who = who(payload)?;
    let view = &payload["view"];
    let id = view_id(view)?;
    let Some(state) = state_of(view) else {
        return Err(Refused::OldForm { block: first_input(view) });
    };
    let values = &view["state"]["values"];
    // The metadata names the step; the view keeps its id from one step to the next.
    let digest = digest(&json!([view["private_metadata"], values]));
    let key = match &state {
        FormState::Feedback { from, .. } => answering_key(&from.token, &json!([id.as_str(), digest])),
        _ => key("view", &[id.as_str(), &digest]),
    };
    let values = values::read(&state, values);
    Ok(Incoming { key, what: What::Submitted { who, view: id, state, values } })
}

fn first_input(view: &Value) -> Option<String> {
    let blocks = view["blocks"].as_array()?;
    let input = blocks.iter().find(|block| block["type"] == "input")?;
    text(&input["block_id"]).map(str::to_owned)
}

fn shortcut(payload: &Value) -> Result<Incoming, Refused> {
    if payload["callback_id"] != CHECKIN_SHORTCUT {
        return Ok(ignored(payload, "unknown-shortcut"));
    }
    let who = who(payload)?;
    Ok(Incoming { key: shortcut_key(payload), what: What::CheckinShortcutUsed { who, door: door(payload) } })
}

/// The payload holds somebody else's message, its conversation and its author: none of it is read.
/// Only the trigger is, which opens the form.
fn message_shortcut(payload: &Value) -> Result<Incoming, Refused> {
    if payload["callback_id"] != ASK_SHORTCUT {
        return Ok(ignored(payload, "unknown-shortcut"));
    }
    let door = Door { trigger: trigger(payload), response_url: None, channel: None };
    Ok(Incoming { key: shortcut_key(payload), what: What::AskShortcutUsed { who: who(payload)?, door } })
}

fn shortcut_key(payload: &Value) -> DeliveryKey {
    match [&payload["trigger_id"], &payload["action_ts"]].into_iter().find_map(text) {
        Some(at) => key("shortcut", &[at]),
        None => key("shortcut", &[&digest(payload)]),
    }
}
