//! Interactions: buttons and menus, submitted forms, shortcuts.

use super::{ParseError, digest, is_true, key, response_url, submission, team, text, trigger, user};
use crate::{
    coach::{
        feedback::AnswerToken,
        ids::{ChannelId, MemberId, MessageRef, MessageTs, ViewId},
        screen::FormState,
    },
    dispatch::{Action, Delivery, Event},
    interaction::{DeliveryKey, OpenForm, Origin, ReplyTarget, ResponseContext},
    slack::payload::{ASK_SHORTCUT, CHECKIN_SHORTCUT, decode_button, decode_form},
};
use serde_json::{Value, json};

pub(super) fn parse(payload: &Value) -> Result<Delivery, ParseError> {
    match text(&payload["type"]).ok_or(ParseError::Malformed("interaction type"))? {
        "block_actions" => block_action(payload),
        "view_submission" => view_submission(payload),
        "shortcut" => shortcut(payload),
        "view_closed" => Ok(ignored(payload, "view-closed")),
        "message_action" => message_shortcut(payload),
        _ => Ok(ignored(payload, "unknown-interaction")),
    }
}

fn ignored(payload: &Value, kind: &'static str) -> Delivery {
    Delivery { key: key("ignored", &[&digest(payload)]), event: Event::Ignored { kind } }
}

fn member(payload: &Value) -> Result<MemberId, ParseError> {
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

fn response_context(payload: &Value) -> ResponseContext {
    ResponseContext {
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

fn view_id(view: &Value) -> Result<ViewId, ParseError> {
    text(&view["id"]).and_then(|id| ViewId::parse(id).ok()).ok_or(ParseError::Malformed("view id"))
}

fn form_state(view: &Value) -> Option<FormState> {
    decode_form(text(&view["callback_id"])?, text(&view["private_metadata"])?).ok()
}

fn block_action(payload: &Value) -> Result<Delivery, ParseError> {
    let pressed = payload["actions"].get(0).ok_or(ParseError::Malformed("action"))?;
    let member = member(payload)?;
    let action_id = text(&pressed["action_id"]).unwrap_or_default();
    let value = [&pressed["value"], &pressed["selected_option"]["value"]].into_iter().find_map(text);
    let action = decode_button(action_id, value.unwrap_or_default());
    let (Ok(action), Some(origin)) = (action, origin(payload)?) else {
        let origin = Origin::Message { message: None, context: response_context(payload) };
        let event = Event::UnknownAction { target: ReplyTarget { member, origin } };
        return Ok(Delivery { key: action_key(payload, pressed), event });
    };
    let target = ReplyTarget { member, origin };
    if let Action::FeedbackAnswer(from, action) = action {
        let key = answer_key(&from.token, &json!([&pressed["action_ts"], action_id]));
        let event = match question_message(&target.origin) {
            Some(at) => Event::FeedbackAction { from, at, action, target },
            None => Event::Ignored { kind: "feedback-without-message" },
        };
        return Ok(Delivery { key, event });
    }
    Ok(Delivery { key: action_key(payload, pressed), event: Event::BlockAction { action, target } })
}

/// The message of a feedback question: the button is on it, or on the form that came from it.
fn question_message(origin: &Origin) -> Option<MessageRef> {
    match origin {
        Origin::Message { message, .. } => message.clone(),
        Origin::Modal(OpenForm { state: FormState::Feedback { at, .. }, .. }) => Some(at.as_ref().clone()),
        Origin::Modal(_)
        | Origin::Command(_)
        | Origin::Shortcut(_)
        | Origin::Home(_)
        | Origin::Submission { .. } => None,
    }
}

/// The delivery key for an action of a person who is asked for feedback. It is derived from the token,
/// which is not stored, so it cannot be computed from the database and Slack's ids. It contains neither
/// the id of the message nor that of the form.
fn answer_key(token: &AnswerToken, what: &Value) -> DeliveryKey {
    key("feedback", &[&digest(&json!([token.reveal(), what]))])
}

/// When and where a button was used. Slack gives every use its own time, to the microsecond.
fn action_key(payload: &Value, action: &Value) -> DeliveryKey {
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

/// Where the button is; `None` in a form of ours that is not read any more.
fn origin(payload: &Value) -> Result<Option<Origin>, ParseError> {
    let (view, context) = (&payload["view"], response_context(payload));
    if view["type"] == "home" {
        return Ok(Some(Origin::Home(context)));
    }
    if view.is_object() {
        let Some(state) = form_state(view) else { return Ok(None) };
        let search = submission::search(&view["state"]["values"]);
        return Ok(Some(Origin::Modal(OpenForm { view: view_id(view)?, state, search })));
    }
    let is_ephemeral = payload["container"]["is_ephemeral"] == true;
    let ts = text(&payload["container"]["message_ts"]).and_then(|ts| MessageTs::parse(ts).ok());
    let message = channel(payload).zip(ts).filter(|_| !is_ephemeral);
    let message = message.map(|(channel, ts)| MessageRef { channel, ts });
    Ok(Some(Origin::Message { message, context }))
}

fn view_submission(payload: &Value) -> Result<Delivery, ParseError> {
    let member = member(payload)?;
    let view = &payload["view"];
    let id = view_id(view)?;
    let Some(state) = form_state(view) else {
        return Err(ParseError::OutdatedForm { block: first_input(view) });
    };
    let values = &view["state"]["values"];
    // The metadata names the step; the view keeps its id from one step to the next.
    let digest = digest(&json!([view["private_metadata"], values]));
    let target = ReplyTarget { member, origin: Origin::Submission { view: id.clone() } };
    Ok(match submission::parse(state, view) {
        submission::Parsed::Feedback(submission) => Delivery {
            key: answer_key(&submission.from.token, &json!([id.as_str(), digest])),
            event: Event::FeedbackSubmission { submission, target },
        },
        submission::Parsed::Other(submission) => Delivery {
            key: key("view", &[id.as_str(), &digest]),
            event: Event::ViewSubmission { submission, target },
        },
    })
}

fn first_input(view: &Value) -> Option<String> {
    let blocks = view["blocks"].as_array()?;
    let input = blocks.iter().find(|block| block["type"] == "input")?;
    text(&input["block_id"]).map(str::to_owned)
}

fn shortcut(payload: &Value) -> Result<Delivery, ParseError> {
    if payload["callback_id"] != CHECKIN_SHORTCUT {
        return Ok(ignored(payload, "unknown-shortcut"));
    }
    let origin = Origin::Shortcut(response_context(payload));
    let target = ReplyTarget { member: member(payload)?, origin };
    Ok(Delivery { key: shortcut_key(payload), event: Event::CheckinShortcut { target } })
}

/// The payload holds somebody else's message, its conversation and its author: none of it is read. Only
/// the trigger is, which opens the form.
fn message_shortcut(payload: &Value) -> Result<Delivery, ParseError> {
    if payload["callback_id"] != ASK_SHORTCUT {
        return Ok(ignored(payload, "unknown-shortcut"));
    }
    let context = ResponseContext { trigger: trigger(payload), response_url: None, channel: None };
    let target = ReplyTarget { member: member(payload)?, origin: Origin::Shortcut(context) };
    Ok(Delivery { key: shortcut_key(payload), event: Event::AskShortcut { target } })
}

fn shortcut_key(payload: &Value) -> DeliveryKey {
    match [&payload["trigger_id"], &payload["action_ts"]].into_iter().find_map(text) {
        Some(at) => key("shortcut", &[at]),
        None => key("shortcut", &[&digest(payload)]),
    }
}
