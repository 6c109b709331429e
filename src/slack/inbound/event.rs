//! Events: messages in the DM, the Home tab, profile changes, and the app's leaving.

use super::{ParseError, as_typed, is_true, key, team, text, user};
use crate::{
    coach::{
        ids::{ChannelId, MemberId, MessageRef, MessageTs, TeamId},
        member_text::MemberText,
    },
    dispatch::{Delivery, Event},
    interaction::{DeliveryKey, MessageFact},
};
use serde_json::Value;

pub(super) fn parse(payload: &Value) -> Result<Delivery, ParseError> {
    let inner = &payload["event"];
    let kind = text(&inner["type"]).ok_or(ParseError::Malformed("event type"))?;
    let id = text(&payload["event_id"]).ok_or(ParseError::Malformed("event id"))?;
    let event = match kind {
        "message" => return message(payload, id),
        "app_home_opened" => tab_opened(payload)?,
        "user_change" | "user_profile_changed" | "user_status_changed" => profile_changed(payload)?,
        "app_uninstalled" => Event::AppUninstalled { team: team_of(payload)? },
        "tokens_revoked" => tokens_revoked(payload)?,
        _ => Event::Ignored { kind: "unknown-event" },
    };
    Ok(Delivery { key: key("event", &[id]), event })
}

/// Slack names one installation that may see the event in `authorizations`.
fn team_of(payload: &Value) -> Result<TeamId, ParseError> {
    let installation = &payload["authorizations"][0];
    let organisation = [&installation["enterprise_id"], &payload["enterprise_id"]].into_iter().find(|id| {
        let whole =
            is_true(&installation["is_enterprise_install"]) || is_true(&payload["is_enterprise_install"]);
        whole && text(id).is_some()
    });
    let candidates =
        [&payload["team_id"], &installation["team_id"], &payload["event"]["team"], &payload["enterprise_id"]];
    team(organisation, &candidates)
}

/// What happened to a message, and its key, which names the message: Slack may tell of it again under
/// another event id. Without a key it is told by the event's.
type Told = (Event, Option<DeliveryKey>);

fn ignored(kind: &'static str) -> Told {
    (Event::Ignored { kind }, None)
}

fn message(payload: &Value, event_id: &str) -> Result<Delivery, ParseError> {
    let (event, message_key) = message_event(payload)?;
    Ok(Delivery { key: message_key.unwrap_or_else(|| key("event", &[event_id])), event })
}

fn message_event(payload: &Value) -> Result<Told, ParseError> {
    let event = &payload["event"];
    if !is_dm(event) {
        return Ok(ignored("message-elsewhere"));
    }
    let team = team_of(payload)?;
    let channel = text(&event["channel"])
        .and_then(|id| ChannelId::parse(id).ok())
        .ok_or(ParseError::Malformed("channel"))?;
    match event["subtype"].as_str() {
        None | Some("file_share" | "me_message" | "thread_broadcast") => posted(team, channel, event),
        Some("message_changed") => changed(team, channel, event),
        Some("message_deleted") => was_deleted(team, channel, event, &event["deleted_ts"]),
        Some(_) => Ok(ignored("message-subtype")),
    }
}

/// Where Slack leaves the type of a conversation out, a direct message is known by its id.
fn is_dm(event: &Value) -> bool {
    match text(&event["channel_type"]) {
        Some(kind) => kind == "im",
        None => text(&event["channel"]).is_some_and(|id| id.starts_with('D')),
    }
}

/// Messages of bots, including our own, never count as answers.
fn is_bots(message: &Value) -> bool {
    text(&message["bot_id"]).is_some() || message["user"] == "USLACKBOT"
}

fn message_ref(channel: ChannelId, ts: &Value) -> Result<MessageRef, ParseError> {
    let ts = text(ts).and_then(|ts| MessageTs::parse(ts).ok()).ok_or(ParseError::Malformed("message ts"))?;
    Ok(MessageRef { channel, ts })
}

fn posted(team: TeamId, channel: ChannelId, event: &Value) -> Result<Told, ParseError> {
    if is_bots(event) {
        return Ok(ignored("message-of-bot"));
    }
    let Ok(user) = user(&event["user"]) else { return Ok(ignored("message-of-nobody")) };
    // A voice clip, a picture or a forwarded message has no words of the member's. It is told all the same, so
    // that they hear that nothing of it was kept.
    let words = MemberText::new(as_typed(event["text"].as_str().unwrap_or_default()));
    let who = MemberId { team, user };
    let message = message_ref(channel, &event["ts"])?;
    let thread = thread_of(event, &message);
    let fact = if words.is_blank() { MessageFact::PostedWithoutWords } else { MessageFact::Posted };
    let key = fact.key(&who.team, &message);
    Ok((Event::MessagePosted { member: who, message, thread, text: words }, Some(key)))
}

/// The thread that a message is in, unless it is the one that began it.
fn thread_of(event: &Value, message: &MessageRef) -> Option<MessageTs> {
    let thread = text(&event["thread_ts"]).and_then(|ts| MessageTs::parse(ts).ok());
    thread.filter(|thread| *thread != message.ts)
}

fn changed(team: TeamId, channel: ChannelId, event: &Value) -> Result<Told, ParseError> {
    let message = &event["message"];
    // Slack reports the deletion of a message that has replies as a change into a tombstone. The user of
    // the tombstone is Slackbot; `previous_message` names the author.
    if message["subtype"] == "tombstone" {
        return was_deleted(team, channel, event, &message["ts"]);
    }
    if is_bots(message) {
        return Ok(ignored("message-of-bot"));
    }
    let Ok(user) = user(&message["user"]) else { return Ok(ignored("message-of-nobody")) };
    if !is_edit(event) {
        return Ok(ignored("message-unedited"));
    }
    let who = MemberId { team, user };
    let words = MemberText::new(as_typed(message["text"].as_str().unwrap_or_default()));
    let edited = message_ref(channel, &message["ts"])?;
    let at = [&event["event_ts"], &event["ts"], &message["edited"]["ts"]];
    let at = at.into_iter().find_map(|ts| MessageTs::parse(text(ts)?).ok());
    let thread = thread_of(message, &edited);
    let at = at.ok_or(ParseError::Malformed("edit ts"))?;
    let key = MessageFact::Edited(&at).key(&who.team, &edited);
    Ok((Event::MessageEdited { member: who, message: edited, thread, text: words, at }, Some(key)))
}

/// Whether the member changed the words. Slack sends the same event for a link's preview, a reply in the
/// thread, a reaction, and its own detection of the language
/// (<https://docs.slack.dev/reference/events/message/message_changed>).
fn is_edit(event: &Value) -> bool {
    match event["previous_message"]["text"].as_str() {
        Some(before) => event["message"]["text"].as_str().unwrap_or_default() != before,
        None => event["message"]["edited"].is_object(),
    }
}

fn was_deleted(team: TeamId, channel: ChannelId, event: &Value, ts: &Value) -> Result<Told, ParseError> {
    if is_bots(&event["previous_message"]) {
        return Ok(ignored("message-of-bot"));
    }
    let message = message_ref(channel, ts)?;
    let key = MessageFact::Deleted.key(&team, &message);
    Ok((Event::MessageDeleted { team, message }, Some(key)))
}

/// Slack sends one event for Home and for the conversation
/// (<https://docs.slack.dev/reference/events/app_home_opened>).
fn tab_opened(payload: &Value) -> Result<Event, ParseError> {
    let event = &payload["event"];
    let member = MemberId { team: team_of(payload)?, user: user(&event["user"])? };
    Ok(match event["tab"] == "messages" {
        true => Event::ConversationOpened { member },
        false => Event::HomeOpened { member },
    })
}

fn profile_changed(payload: &Value) -> Result<Event, ParseError> {
    let profile = &payload["event"]["user"];
    let who = MemberId { team: team_of(payload)?, user: user(&profile["id"])? };
    let zone = text(&profile["tz"]).map(str::to_owned);
    Ok(Event::ProfileChanged { member: who, zone, deactivated: profile["deleted"] == true })
}

fn tokens_revoked(payload: &Value) -> Result<Event, ParseError> {
    let tokens = &payload["event"]["tokens"];
    let bot = tokens["bot"].as_array().into_iter().flatten().any(|id| user(id).is_ok());
    Ok(Event::TokensRevoked { team: team_of(payload)?, bot })
}
