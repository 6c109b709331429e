//! Token rotation (<https://docs.slack.dev/authentication/using-token-rotation>): tokens live for twelve hours, and a
//! refresh token is exchanged once. Slack exchanges the same one again if the second request comes with the first or
//! soon after it, and only one of the two pairs works then
//! (<https://github.com/slackapi/node-slack-sdk/issues/2504>); here it is the later one.

use serde_json::{Value, json};

/// How long a token lives, in seconds.
const EXPIRES_IN_S: i64 = 43_200;

/// For how long a used refresh token is exchanged again. Slack does not say; the issue sees it for requests at once.
const AGAIN_MS: i64 = 10_000;

/// The app's tokens of a workspace.
#[derive(Debug, Default)]
pub struct Rotation {
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    access: String,
    refresh: String,
    expires_at_ms: i64,
    /// When its refresh token was exchanged first.
    used_at_ms: Option<i64>,
    /// Another pair took its place, because the refresh token behind it was exchanged again.
    is_replaced: bool,
}

impl Rotation {
    /// A new pair, as `oauth.v2.access` answers with it.
    pub fn grant(&mut self, team: &str, now_ms: i64) -> Value {
        let number = self.pairs.len();
        let pair = Pair {
            access: format!("xoxe.xoxb-1-{team}-{number}"),
            refresh: format!("xoxe-1-{team}-{number}"),
            expires_at_ms: now_ms.saturating_add(EXPIRES_IN_S.saturating_mul(1_000)),
            used_at_ms: None,
            is_replaced: false,
        };
        let granted = json!({
            "access_token": pair.access, "refresh_token": pair.refresh, "expires_in": EXPIRES_IN_S,
        });
        self.pairs.push(pair);
        granted
    }

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// Slack's code.
    pub fn exchange(&mut self, refresh: &str, team: &str, now_ms: i64) -> Result<Value, &'static str> {
        let nth = self.pairs.iter().position(|pair| pair.refresh == refresh && !pair.is_replaced);
        let pair = nth.and_then(|nth| self.pairs.get_mut(nth)).ok_or("invalid_refresh_token")?;
        if pair.used_at_ms.is_some_and(|used_at| now_ms > used_at.saturating_add(AGAIN_MS)) {
            return Err("invalid_refresh_token");
        }
        let is_again = pair.used_at_ms.is_some();
        pair.used_at_ms.get_or_insert(now_ms);
        if is_again && let Some(last) = self.pairs.last_mut() {
            last.is_replaced = true;
        }
        Ok(self.grant(team, now_ms))
    }

    /// Whether this is a token of the workspace, of either kind.
    pub fn knows(&self, token: &str) -> bool {
        self.pairs.iter().any(|pair| pair.access == token || pair.refresh == token)
    }

    /// Why a call with this token is refused.
    ///
    /// # Errors
    /// Slack's code.
    pub fn check(&self, token: &str, now_ms: i64) -> Result<(), &'static str> {
        let pair = self.pairs.iter().find(|pair| pair.access == token).ok_or("invalid_auth")?;
        if pair.is_replaced {
            Err("token_revoked")
        } else if pair.expires_at_ms <= now_ms {
            Err("token_expired")
        } else {
            Ok(())
        }
    }
}
