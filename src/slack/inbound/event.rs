//! Events: messages in the DM, the Home tab, profile changes, and the app's leaving.

use super::{Refused, as_typed, is_true, key, team, text, user};
use crate::{
    app::incoming::{Incoming, What},
    coach::{
        ids::{ChannelId, MemberId, MessageRef, MessageTs, TeamId},
        member_text::MemberText,
    },
};
use serde_json::Value;

pub(super) fn read(payload: &Value) -> Result<Incoming, Refused> {
    let event = &payload["event"];
    let kind = text(&event["type"]).ok_or(Refused::Malformed("event type"))?;
    let id = text(&payload["event_id"]).ok_or(Refused::Malformed("event id"))?;
    let what = match kind {
        "message" => message(payload)?,
        "app_home_opened" => home_opened(payload)?,
        "user_change" | "user_profile_changed" | "user_status_changed" => profile_changed(payload)?,
        "app_uninstalled" => What::Uninstalled { team: team_of(payload)? },
        "tokens_revoked" => tokens_revoked(payload)?,
        _ => What::Ignored { kind: "unknown-event" },
    };
    Ok(Incoming { key: key("event", &[id]), what })
}

/// Slack names one installation that may see the event in `authorizations`.
fn team_of(payload: &Value) -> Result<TeamId, Refused> {
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

fn message(payload: &Value) -> Result<What, Refused> {
    let event = &payload["event"];
    if !is_dm(event) {
        return Ok(What::Ignored { kind: "message-elsewhere" });
    }
    let team = team_of(payload)?;
    let channel = text(&event["channel"])
        .and_then(|id| ChannelId::parse(id).ok())
        .ok_or(Refused::Malformed("channel"))?;
    match event["subtype"].as_str() {
        None | Some("file_share" | "me_message" | "thread_broadcast") => posted(team, channel, event),
        Some("message_changed") => changed(team, channel, event),
        Some("message_deleted") => was_deleted(team, channel, event, &event["deleted_ts"]),
        Some(_) => Ok(What::Ignored { kind: "message-subtype" }),
    }
}

/// Where Slack leaves the type of a conversation out, a direct message is known by its id.
fn is_dm(event: &Value) -> bool {
    match text(&event["channel_type"]) {
        Some(kind) => kind == "im",
        None => text(&event["channel"]).is_some_and(|id| id.starts_with('D')),
    }
}

/// Messages of bots, our own among them, are nobody's answer.
fn is_bots(message: &Value) -> bool {
    text(&message["bot_id"]).is_some() || message["user"] == "USLACKBOT"
}

fn message_ref(channel: ChannelId, ts: &Value) -> Result<MessageRef, Refused> {
    let ts = text(ts).and_then(|ts| MessageTs::parse(ts).ok()).ok_or(Refused::Malformed("message ts"))?;
    Ok(MessageRef { channel, ts })
}

fn posted(team: TeamId, channel: ChannelId, event: &Value) -> Result<What, Refused> {
    if is_bots(event) {
        return Ok(What::Ignored { kind: "message-of-bot" });
    }
    let Ok(user) = user(&event["user"]) else { return Ok(What::Ignored { kind: "message-of-nobody" }) };
    let words = MemberText::new(as_typed(event["text"].as_str().unwrap_or_default()));
    if words.is_blank() {
        return Ok(What::Ignored { kind: "message-blank" });
    }
    let who = MemberId { team, user };
    let message = message_ref(channel, &event["ts"])?;
    let thread = text(&event["thread_ts"])
        .and_then(|ts| MessageTs::parse(ts).ok())
        .filter(|thread| *thread != message.ts);
    Ok(What::MessagePosted { who, message, thread, text: words })
}

fn changed(team: TeamId, channel: ChannelId, event: &Value) -> Result<What, Refused> {
    let message = &event["message"];
    // A deleted message that still has replies comes as a change into a tombstone, whose user is
    // Slackbot; whose message it was stands in the previous one.
    if message["subtype"] == "tombstone" {
        return was_deleted(team, channel, event, &message["ts"]);
    }
    if is_bots(message) {
        return Ok(What::Ignored { kind: "message-of-bot" });
    }
    let Ok(user) = user(&message["user"]) else { return Ok(What::Ignored { kind: "message-of-nobody" }) };
    let who = MemberId { team, user };
    let words = MemberText::new(as_typed(message["text"].as_str().unwrap_or_default()));
    Ok(What::MessageEdited { who, message: message_ref(channel, &message["ts"])?, text: words })
}

fn was_deleted(team: TeamId, channel: ChannelId, event: &Value, ts: &Value) -> Result<What, Refused> {
    if is_bots(&event["previous_message"]) {
        return Ok(What::Ignored { kind: "message-of-bot" });
    }
    Ok(What::MessageDeleted { team, message: message_ref(channel, ts)? })
}

fn home_opened(payload: &Value) -> Result<What, Refused> {
    let event = &payload["event"];
    if event["tab"] == "messages" {
        return Ok(What::Ignored { kind: "messages-tab" });
    }
    Ok(What::HomeOpened { who: MemberId { team: team_of(payload)?, user: user(&event["user"])? } })
}

fn profile_changed(payload: &Value) -> Result<What, Refused> {
    let profile = &payload["event"]["user"];
    let who = MemberId { team: team_of(payload)?, user: user(&profile["id"])? };
    let zone = text(&profile["tz"]).map(str::to_owned);
    Ok(What::ProfileChanged { who, zone, deactivated: profile["deleted"] == true })
}

fn tokens_revoked(payload: &Value) -> Result<What, Refused> {
    let tokens = &payload["event"]["tokens"];
    let ids = |list: &Value| -> Vec<_> {
        list.as_array().into_iter().flatten().filter_map(|id| user(id).ok()).collect()
    };
    let bot = !ids(&tokens["bot"]).is_empty();
    Ok(What::TokensRevoked { team: team_of(payload)?, bot, users: ids(&tokens["oauth"]) })
}
