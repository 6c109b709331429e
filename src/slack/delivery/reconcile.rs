//! Finds out whether an earlier attempt to send an outbox row reached Slack.
//!
//! Slack has no idempotency keys. When the process dies between `chat.postMessage` and the commit that
//! marks the row as sent, the row is claimed again and nobody knows whether the member has the message.
//! Sending again could show it twice, and giving up could lose it. So every message carries the row's
//! id in its metadata, and before a second attempt the conversation is searched for it. Files carry no
//! metadata; they are found by the ids that were stored before the upload.

use super::{
    post::Post,
    rate_limited_api::{Failure, RateLimitedApi},
};
use crate::{
    coach::ids::{ChannelId, MessageRef, MessageTs, RowId, TeamId},
    interaction::DeliveryOutcome,
    slack::web_api::CallError,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};

/// The type of the metadata event in every message of ours.
const METADATA_EVENT: &str = "leadlens_outbox";

/// The search starts this long before the attempt, because Slack's clock and ours may differ by minutes, and
/// ours may have been corrected since the attempt.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(30);

/// Messages per page: what Slack allows to apps outside its directory
/// (<https://docs.slack.dev/changelog/2025/05/29/tos-updates>).
const PAGE: u32 = 15;

/// How many pages are read. A member does not write three hundred messages into one conversation
/// between an attempt and its reconciliation.
const MAX_PAGES: u32 = 20;

/// The metadata by which a message of a row is found again.
pub(super) fn metadata(row: &RowId) -> Value {
    json!({"event_type": METADATA_EVENT, "event_payload": {"row": row.as_str()}})
}

/// Where to search, and what for.
struct Search<'a> {
    team: &'a TeamId,
    token: &'a SecretString,
    channel: &'a ChannelId,
    thread: Option<&'a MessageRef>,
    since: Timestamp,
    row: &'a RowId,
    files: &'a [String],
}

/// Searches the conversation, or the thread below `thread`, since `since` for what an attempt left
/// there: a message with the row's id, or one with any of `files`. `None` means that it never arrived.
pub(super) async fn find_delivered(
    api: &RateLimitedApi,
    post: &Post<'_>,
    files: &[String],
    thread: Option<&MessageRef>,
    since: Timestamp,
) -> Result<Option<DeliveryOutcome>, Failure> {
    let (team, row) = (&post.outgoing.team, &post.outgoing.row);
    let search = Search { team, token: post.token, channel: post.channel, thread, since, row, files };
    Ok(search.run(api).await?.map(|message| delivered(&message, files, post)))
}

/// Searches a conversation for the message of a row.
pub(super) async fn find_message(
    api: &RateLimitedApi,
    team: &TeamId,
    token: &SecretString,
    channel: &ChannelId,
    row: &RowId,
    since: Timestamp,
) -> Result<Option<MessageTs>, Failure> {
    let search = Search { team, token, channel, thread: None, since, row, files: &[] };
    let found = search.run(api).await?;
    Ok(found.and_then(|message| MessageTs::parse(message["ts"].as_str()?).ok()))
}

impl Search<'_> {
    async fn run(&self, api: &RateLimitedApi) -> Result<Option<Value>, Failure> {
        let oldest = self.since.checked_sub(CLOCK_MARGIN).unwrap_or(self.since);
        let mut query = vec![
            ("channel", self.channel.to_string()),
            ("oldest", format!("{}.000000", oldest.as_second())),
            ("limit", PAGE.to_string()),
            ("include_all_metadata", "true".to_owned()),
        ];
        let method = match self.thread {
            Some(parent) => {
                query.push(("ts", parent.ts.to_string()));
                "conversations.replies"
            }
            None => "conversations.history",
        };
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let mut params = query.clone();
            if !cursor.is_empty() {
                params.push(("cursor", cursor));
            }
            let answer = api.get(self.team, self.token, method, &params).await?;
            let mut messages = answer["messages"].as_array().into_iter().flatten();
            if let Some(message) = messages.find(|message| is_from(message, self.row, self.files)) {
                return Ok(Some(message.clone()));
            }
            cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap_or_default().to_owned();
            if cursor.is_empty() {
                return Ok(None);
            }
        }
        Err(Failure::Call { method, error: CallError::Slack("history_too_long".to_owned()) })
    }
}

fn is_from(message: &Value, row: &RowId, files: &[String]) -> bool {
    let metadata = &message["metadata"];
    let has_row =
        metadata["event_type"] == METADATA_EVENT && metadata["event_payload"]["row"] == row.as_str();
    let mut shared = message["files"].as_array().into_iter().flatten();
    has_row || shared.any(|file| files.iter().any(|id| file["id"] == id.as_str()))
}

fn delivered(message: &Value, files: &[String], post: &Post<'_>) -> DeliveryOutcome {
    let ts = message["ts"].as_str().and_then(|ts| MessageTs::parse(ts).ok());
    DeliveryOutcome::Sent {
        channel: post.channel.clone(),
        message: ts.map(|ts| MessageRef { channel: post.channel.clone(), ts }),
        files: files.to_vec(),
    }
}
