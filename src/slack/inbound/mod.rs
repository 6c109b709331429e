//! Slack's JSON → [`Delivery`], pure: the one parser behind both transports. Unknown kinds are `Ignored`
//! (acknowledged and counted). A payload that has not the documented shape is refused by the name of what
//! is missing, never by its content. slack-morphism's typed payloads are not used, because they drop fields
//! we need: the `files` of a `file_input`, `view.state` in block actions of a modal, and `team: null` on
//! Enterprise Grid.

mod emoji;
mod event;
mod interaction;
mod read_json;
mod submission;
mod typed;

use crate::{
    coach::{
        ids::{ChannelId, MemberId, TeamId, UserId},
        member_text::MemberText,
    },
    dispatch::{Delivery, Event},
    interaction::{DeliveryKey, Origin, ReplyTarget, ResponseContext, ResponseUrl, Trigger},
};
pub use read_json::read_interaction;
use secrecy::SecretString;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use typed::unescape;
pub use typed::{MENTION, as_typed};

/// Which of Slack's three payloads it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A slash command, its form fields as a JSON object of strings.
    Command,
    /// An `event_callback`.
    Event,
    /// `block_actions`, `view_submission`, `shortcut`, …
    Interaction,
}

impl Kind {
    /// Its name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Command => "command",
            Kind::Event => "event",
            Kind::Interaction => "interaction",
        }
    }
}

/// Why a payload was not understood. It carries nothing of the payload but ids of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A field that Slack always sends is missing or of another type.
    #[error("the payload has no usable {0}")]
    Malformed(&'static str),
    /// A modal of ours from a version that is not read any more. `block` is its first input, beside
    /// which the sentence is shown while the member's words stay in the form.
    #[error("a form of an unknown format")]
    OutdatedForm {
        /// The block id of its first input, if it has one.
        block: Option<String>,
    },
}

/// Parses one payload.
///
/// # Errors
/// [`ParseError`] when it has not the shape that Slack documents.
pub fn parse(kind: Kind, payload: &Value) -> Result<Delivery, ParseError> {
    match kind {
        Kind::Command => command(payload),
        Kind::Event => event::parse(payload),
        Kind::Interaction => interaction::parse(payload),
    }
}

fn command(payload: &Value) -> Result<Delivery, ParseError> {
    let organisation = Some(&payload["enterprise_id"]).filter(|_| is_true(&payload["is_enterprise_install"]));
    let who = MemberId {
        team: team(organisation, &[&payload["team_id"], &payload["enterprise_id"]])?,
        user: user(&payload["user_id"])?,
    };
    let context = ResponseContext {
        trigger: trigger(payload),
        response_url: response_url(&payload["response_url"]),
        channel: text(&payload["channel_id"]).and_then(|id| ChannelId::parse(id).ok()),
    };
    let key = match text(&payload["trigger_id"]) {
        Some(trigger) => key("command", &[trigger]),
        None => key("command", &[&digest(payload)]),
    };
    let typed = MemberText::new(emoji::written_out(&unescape(text(&payload["text"]).unwrap_or_default())));
    let target = ReplyTarget { member: who, origin: Origin::Command(context) };
    Ok(Delivery { key, event: Event::SlashCommand { text: typed, target } })
}

/// A key of ours: the kind and what makes the delivery what it is. It outlives the member, so it
/// holds no user id and no text. Slack's part is hashed when it is long, so that a key always fits
/// an index.
fn key(kind: &str, parts: &[&str]) -> DeliveryKey {
    let joined = parts.join(":");
    if joined.len() <= 200 {
        DeliveryKey(format!("{kind}:{joined}"))
    } else {
        DeliveryKey(format!("{kind}:{}", digest(&Value::String(joined))))
    }
}

/// SHA-256 of a JSON value, in hexadecimal; the same whatever the order of its objects' fields.
fn digest(value: &Value) -> String {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    Sha256::digest(sorted.to_string().as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A flag: a boolean in JSON, the word in a form.
fn is_true(value: &Value) -> bool {
    value == true || value == "true"
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// The workspace of the installation: the organisation if it installed the app as a whole, otherwise the
/// first of the candidates that is a team id. On Enterprise Grid `team` may be null and the user or the
/// organisation says where it happened
/// (<https://docs.slack.dev/enterprise/organization-ready-apps>).
fn team(organisation: Option<&Value>, candidates: &[&Value]) -> Result<TeamId, ParseError> {
    let mut candidates = organisation.into_iter().chain(candidates.iter().copied());
    candidates.find_map(|value| TeamId::parse(text(value)?).ok()).ok_or(ParseError::Malformed("team"))
}

fn user(value: &Value) -> Result<UserId, ParseError> {
    text(value).and_then(|id| UserId::parse(id).ok()).ok_or(ParseError::Malformed("user"))
}

fn trigger(payload: &Value) -> Option<Trigger> {
    text(&payload["trigger_id"]).map(|id| Trigger(id.to_owned()))
}

fn response_url(value: &Value) -> Option<ResponseUrl> {
    text(value).map(|url| ResponseUrl(SecretString::from(url)))
}

#[cfg(test)]
mod tests;
