//! Settling a doubt: whether an earlier attempt of a row reached Slack, by what stands in the
//! conversation since then. A message is known by the row's id in its metadata, a file by its id.
//! `files.info` would tell as well, and would cost members one more scope.

use super::{
    client::CallError,
    sender::{METADATA_EVENT, Sender, Stop},
};
use crate::{
    app::outgoing::{Delivery, Outgoing},
    coach::ids::{ChannelId, MessageRef, MessageTs},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;

/// How far before an attempt its message is looked for: our clock and Slack's may differ.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// How many messages one call reads: what Slack allows to apps outside its directory
/// (<https://docs.slack.dev/changelog/2025/05/29/tos-updates>).
const AT_ONCE: u32 = 15;

/// How many calls one look takes at most. Three hundred messages since the attempt are more than a
/// member writes into one conversation before the doubt is looked into.
const MAX_PAGES: u32 = 20;

impl Sender {
    /// What an earlier attempt left in the conversation, by its row or by `files`; `None`: it never
    /// arrived.
    pub(super) async fn look_back(
        &self,
        outgoing: &Outgoing,
        files: &[String],
        token: &SecretString,
        channel: &ChannelId,
        thread: Option<&MessageRef>,
        since: Timestamp,
    ) -> Result<Option<Delivery>, Stop> {
        let oldest = since.checked_sub(CLOCK_MARGIN).unwrap_or(since);
        let mut asked = vec![
            ("channel", channel.to_string()),
            ("oldest", format!("{}.000000", oldest.as_second())),
            ("limit", AT_ONCE.to_string()),
            ("include_all_metadata", "true".to_owned()),
        ];
        let method = match thread {
            Some(parent) => {
                asked.push(("ts", parent.ts.to_string()));
                "conversations.replies"
            }
            None => "conversations.history",
        };
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let mut params = asked.clone();
            if !cursor.is_empty() {
                params.push(("cursor", cursor));
            }
            let answer = self.ask(&outgoing.team, token, method, &params).await?;
            let mut messages = answer["messages"].as_array().into_iter().flatten();
            if let Some(message) = messages.find(|message| is_of(message, outgoing, files)) {
                return Ok(Some(arrived(message, files, channel)));
            }
            cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap_or_default().to_owned();
            if cursor.is_empty() {
                return Ok(None);
            }
        }
        Err(Stop::Failed { method, error: CallError::Slack("history_too_long".to_owned()) })
    }
}

/// Whether a message is what the row sends.
fn is_of(message: &Value, outgoing: &Outgoing, files: &[String]) -> bool {
    let metadata = &message["metadata"];
    let by_row =
        metadata["event_type"] == METADATA_EVENT && metadata["event_payload"]["row"] == outgoing.row.as_str();
    let mut shared = message["files"].as_array().into_iter().flatten();
    by_row || shared.any(|file| files.iter().any(|id| file["id"] == id.as_str()))
}

fn arrived(message: &Value, files: &[String], channel: &ChannelId) -> Delivery {
    let ts = message["ts"].as_str().and_then(|ts| MessageTs::parse(ts).ok());
    Delivery::Sent {
        channel: channel.clone(),
        message: ts.map(|ts| MessageRef { channel: channel.clone(), ts }),
        files: files.to_vec(),
    }
}
