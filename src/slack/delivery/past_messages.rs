//! Reads messages of a conversation that were posted a while ago, one page a call. Apps outside Slack's
//! marketplace get 15 messages and one call a minute
//! (<https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps>); the limiter
//! learns of that from `Retry-After`.

use super::rate_limited_api::{Failure, RateLimitedApi};
use crate::{
    coach::{
        ids::{MessageRef, MessageTs, TeamId, UserId},
        member_text::MemberText,
    },
    interaction::{MessagePage, PastMessage},
    slack::inbound,
};
use serde_json::Value;

/// What every app gets.
const PAGE: u32 = 15;

pub(super) async fn read(
    api: &RateLimitedApi,
    team: &TeamId,
    from: &MessageRef,
    thread: Option<&MessageTs>,
    before: Option<&MessageTs>,
) -> Result<MessagePage, Failure> {
    let token = api.token_for(team).await?;
    let mut params = vec![
        ("channel", from.channel.to_string()),
        ("oldest", from.ts.to_string()),
        ("inclusive", before.is_none().to_string()),
        ("limit", PAGE.to_string()),
    ];
    params.extend(before.map(|ts| ("latest", ts.to_string())));
    let method = match thread {
        Some(ts) => {
            params.push(("ts", ts.to_string()));
            "conversations.replies"
        }
        None => "conversations.history",
    };
    let answer = match api.get(team, &token, method, &params).await {
        Err(failure) if failure.slack_code() == Some("thread_not_found") => return Ok(MessagePage::default()),
        answer => answer?,
    };
    let mut messages: Vec<PastMessage> =
        answer["messages"].as_array().into_iter().flatten().filter_map(message).collect();
    messages.sort_by(|message, other| message.ts.cmp(&other.ts));
    Ok(MessagePage { messages, has_more: answer["has_more"] == true })
}

fn message(message: &Value) -> Option<PastMessage> {
    let stamp = |value: &Value| MessageTs::parse(value.as_str()?).ok();
    let ts = stamp(&message["ts"])?;
    let is_members =
        matches!(message["subtype"].as_str(), None | Some("file_share" | "me_message" | "thread_broadcast"))
            && message["bot_id"].is_null();
    let author = message["user"].as_str().and_then(|id| UserId::parse(id).ok()).filter(|_| is_members);
    Some(PastMessage {
        author,
        thread: stamp(&message["thread_ts"]).filter(|thread| *thread != ts),
        edited_at: stamp(&message["edited"]["ts"]),
        text: MemberText::new(inbound::as_typed(message["text"].as_str().unwrap_or_default())),
        ts,
    })
}
