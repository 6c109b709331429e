//! Slack's rate limits: so many calls of a method in any minute
//! (<https://docs.slack.dev/apis/web-api/rate-limits>; the tier is on the page of each method). Slack allows
//! bursts above a tier without saying how large; this allows none.

use crate::workspace::Workspace;

const MINUTE_MS: i64 = 60_000;

/// Calls a minute.
fn of(method: &str) -> Option<usize> {
    Some(match method {
        // "Several hundred messages per minute" for a workspace.
        "chat.postMessage" => 300,
        "users.list" | "dnd.teamInfo" => 20,
        "conversations.open"
        | "conversations.history"
        | "conversations.replies"
        | "chat.update"
        | "chat.delete"
        | "files.delete" => 50,
        "users.info" | "views.open" | "views.update" | "views.publish" | "files.info" => 100,
        _ => return None,
    })
}

impl Workspace {
    /// Counts a call; the seconds after which it may be tried again when its minute is full.
    pub(crate) fn exceeds_limit(&mut self, method: &str, now_ms: i64) -> Option<u64> {
        if !self.minute_limits {
            return None;
        }
        let calls = self.called_at_ms.entry(method.to_owned()).or_default();
        calls.retain(|at| now_ms - at < MINUTE_MS);
        if calls.len() < of(method)? {
            calls.push_back(now_ms);
            return None;
        }
        let wait_ms = calls.front().map_or(MINUTE_MS, |at| at + MINUTE_MS - now_ms);
        Some(u64::try_from(wait_ms.max(0)).unwrap_or(0).div_ceil(1_000))
    }
}
