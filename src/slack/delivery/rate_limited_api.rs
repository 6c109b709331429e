//! The Web API as delivery uses it: with the workspace's token, within the rate limits, and with
//! failures as [`Failure`]. Nothing in here sleeps: a call that must wait fails with the time at which
//! it may be tried again, and the worker postpones the row.

use super::{
    error_class::{hold_reason, is_transient, permanent_scope},
    rate_limit::{RateLimiter, backoff_delay},
};
use crate::{
    clock::Env,
    coach::ids::{ChannelId, TeamId},
    interaction::{HoldReason, Outgoing, RATE_LIMITED, Room, Unavailable},
    slack::{
        manifest,
        tokens::{NoToken, Tokens},
        web_api::{CallError, SlackApi},
    },
};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use secrecy::SecretString;
use serde_json::Value;
use std::{collections::HashSet, sync::Arc, time::Duration};

/// The wait for a workspace whose token cannot be decrypted: only the operator can repair that.
const DECRYPTION_RETRY: SignedDuration = SignedDuration::from_mins(15);

/// The code of a workspace without a token.
pub(super) const NOT_INSTALLED: &str = "not_installed";

/// The shortest pause before a call that a limit held back.
const SHORTEST_WAIT: Duration = Duration::from_millis(20);

/// Lookups are not counted as attempts; they back off like something that was tried three times.
const LOOKUP_ATTEMPTS: u32 = 3;

/// Why something could not be delivered or looked up.
pub(super) enum Failure {
    /// The call failed.
    Call { method: &'static str, error: CallError },
    /// The rate limit has no room before then.
    RateLimited { until: Timestamp },
    /// There is no token for the workspace.
    NoToken(NoToken),
    /// The store did not answer.
    Store,
    /// The outbox row was settled or erased meanwhile, so nothing of it may be sent any more.
    RowGone,
    /// The lease of the row ends before a post could be over.
    LeaseOver,
    /// A picture could not be drawn, which does not happen for a report.
    Undrawn,
    /// Everything together took too long.
    TimedOut,
}

impl Failure {
    /// The error code that Slack answered with.
    pub(super) fn slack_code(&self) -> Option<&str> {
        match self {
            Failure::Call { error: CallError::Slack(code), .. } => Some(code),
            _ => None,
        }
    }

    /// Whether Slack will refuse this call again, for a reason that is not the token's: a missing scope, a
    /// method that is switched off, a code of next year.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Failure::Call { method, error: error @ CallError::Slack(code) } => {
                !is_transient(error) && !matches!(hold_reason(method, code), Some(HoldReason::Workspace(_)))
            }
            _ => false,
        }
    }
}

/// The rate-limited client. Clones share the limits.
#[derive(Clone)]
pub(super) struct RateLimitedApi {
    web_api: SlackApi,
    tokens: Tokens,
    limiter: Arc<RateLimiter>,
    env: Env,
    /// Scopes whose absence was logged, by workspace: one line is enough.
    missing: Arc<Mutex<HashSet<(TeamId, &'static str)>>>,
}

impl RateLimitedApi {
    pub(super) fn new(web_api: SlackApi, tokens: Tokens, env: Env) -> Self {
        Self { web_api, tokens, limiter: Arc::default(), env, missing: Arc::default() }
    }

    /// The client without limits, for what Slack does not limit.
    pub(super) fn web_api(&self) -> &SlackApi {
        &self.web_api
    }

    pub(super) async fn token_for(&self, team: &TeamId) -> Result<SecretString, Failure> {
        self.tokens.token_for(team).await.map_err(Failure::NoToken)
    }

    /// Calls a method with a JSON body. `channel` is given for posts, which have a limit of their own.
    pub(super) async fn post(
        &self,
        team: &TeamId,
        token: &SecretString,
        method: &'static str,
        channel: Option<&ChannelId>,
        body: &Value,
    ) -> Result<Value, Failure> {
        self.acquire(team, method, channel)?;
        self.post_acquired(team, token, method, body).await
    }

    /// Calls a method for which [`RateLimitedApi::acquire`] has reserved a call.
    pub(super) async fn post_acquired(
        &self,
        team: &TeamId,
        token: &SecretString,
        method: &'static str,
        body: &Value,
    ) -> Result<Value, Failure> {
        self.checked(team, method, self.web_api.post(method, token, body).await)
    }

    /// Calls a method for a member who waits for it. Waits for a limit, for as long as `patience` lasts.
    pub(super) async fn post_for_member(
        &self,
        team: &TeamId,
        method: &'static str,
        body: &Value,
        patience: Duration,
    ) -> Result<Value, Failure> {
        let token = self.token_for(team).await?;
        let mut left = patience;
        loop {
            let answer = self.post(team, &token, method, None, body).await;
            let Err(Failure::RateLimited { until }) = answer else { return answer };
            let wait = Duration::try_from(until.duration_since(self.env.now())).unwrap_or_default();
            let wait = wait.max(SHORTEST_WAIT);
            if wait > left {
                return answer;
            }
            left = left.saturating_sub(wait);
            tokio::time::sleep(wait).await;
        }
    }

    /// Calls a method with a form body.
    pub(super) async fn post_form(
        &self,
        team: &TeamId,
        token: &SecretString,
        method: &'static str,
        form: &[(&'static str, String)],
    ) -> Result<Value, Failure> {
        self.acquire(team, method, None)?;
        self.checked(team, method, self.web_api.post_form(method, token, form).await)
    }

    /// Calls a method with its arguments in the URL.
    pub(super) async fn get(
        &self,
        team: &TeamId,
        token: &SecretString,
        method: &'static str,
        params: &[(&'static str, String)],
    ) -> Result<Value, Failure> {
        self.acquire(team, method, None)?;
        self.checked(team, method, self.web_api.get(method, token, params).await)
    }

    /// Reserves one call in the rate limits.
    pub(super) fn acquire(
        &self,
        team: &TeamId,
        method: &'static str,
        channel: Option<&ChannelId>,
    ) -> Result<(), Failure> {
        let acquired = self.limiter.try_acquire(self.env.now(), team, method, channel);
        acquired.map_err(|limited| Failure::RateLimited { until: limited.until })
    }

    /// Checks, right before a visible call, that the worker still holds the row. A process can be stopped for
    /// minutes between any two lines.
    pub(super) fn still_held(&self, outgoing: &Outgoing) -> Result<(), Failure> {
        if self.env.now() < outgoing.post_before { Ok(()) } else { Err(Failure::LeaseOver) }
    }

    /// How much room the limits leave for `want` calls.
    pub(super) fn room(&self, team: &TeamId, method: &'static str, want: usize) -> Room {
        self.limiter.room(self.env.now(), team, method, want)
    }

    /// Passes a `Retry-After` on to the limiter, so that no other call has to learn of it from Slack.
    fn checked(
        &self,
        team: &TeamId,
        method: &'static str,
        answer: Result<Value, CallError>,
    ) -> Result<Value, Failure> {
        answer.map_err(|error| match error {
            CallError::RateLimited { retry_after } => {
                let until = self.limiter.note_retry_after(self.env.now(), team, method, retry_after);
                Failure::RateLimited { until }
            }
            error => {
                if error == CallError::Slack("missing_scope".to_owned()) {
                    self.note_missing_scope(team, method);
                }
                Failure::Call { method, error }
            }
        })
    }

    /// Counts a call that lacked its scope, and logs once for each workspace and scope what does not work.
    fn note_missing_scope(&self, team: &TeamId, method: &'static str) {
        let Some(scope) = manifest::scope_of(method) else { return };
        self.web_api.metrics().missing_scope(scope.name, scope.without);
        if self.missing.lock().insert((team.clone(), scope.name)) {
            tracing::error!(
                workspace.id = %team, scope = scope.name, stops = scope.without,
                "a scope is missing: add it to the app and install the app again"
            );
        }
    }

    /// Whether Slack takes a workspace's token, and the scopes that it has.
    pub(super) async fn probe(&self, team: &TeamId) -> Result<Vec<String>, Failure> {
        let method = "auth.test";
        let token = self.token_for(team).await?;
        self.acquire(team, method, None)?;
        let granted = self.web_api.granted_scopes(&token).await;
        let granted = granted.map_err(|error| match error {
            CallError::RateLimited { retry_after } => {
                let until = self.limiter.note_retry_after(self.env.now(), team, method, retry_after);
                Failure::RateLimited { until }
            }
            error => Failure::Call { method, error },
        })?;
        // Slack answers a refusal with status 200.
        if granted.identity["ok"] != true {
            let code = granted.identity["error"].as_str().unwrap_or("no_answer").to_owned();
            return Err(Failure::Call { method, error: CallError::Slack(code) });
        }
        let has = |scope: &str| granted.scopes.iter().any(|name| name == scope);
        self.missing.lock().retain(|(of, scope)| of != team || !has(scope));
        Ok(granted.scopes)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.env.now()
    }

    pub(super) fn after(&self, wait: SignedDuration) -> Timestamp {
        let now = self.env.now();
        now.checked_add(wait).unwrap_or(now)
    }

    /// When to try again after so many attempts.
    pub(super) fn retry_at(&self, attempts: u32) -> Timestamp {
        self.after(backoff_delay(attempts, self.env.rng.next_u64()))
    }

    /// When to try again with a token that cannot be decrypted.
    pub(super) fn decryption_retry_at(&self) -> Timestamp {
        self.after(DECRYPTION_RETRY)
    }

    /// What a failure means for a lookup.
    pub(super) fn unavailable(&self, team: &TeamId, failure: Failure) -> Unavailable {
        let soon = || Some(self.retry_at(LOOKUP_ATTEMPTS));
        let unavailable = |code: &str, retry_at| Unavailable { code: code.to_owned(), retry_at, held: None };
        match failure {
            Failure::RateLimited { until } => unavailable(RATE_LIMITED, Some(until)),
            Failure::Store | Failure::NoToken(NoToken::Store(_)) => unavailable("store", soon()),
            Failure::NoToken(NoToken::Undecryptable) => {
                unavailable("token_does_not_open", Some(self.decryption_retry_at()))
            }
            Failure::NoToken(NoToken::NotInstalled) => {
                let held = Some(HoldReason::Workspace(NOT_INSTALLED.to_owned()));
                Unavailable { held, ..unavailable(NOT_INSTALLED, None) }
            }
            Failure::RowGone => unavailable("row_gone", None),
            Failure::Undrawn => unavailable("undrawn", None),
            Failure::LeaseOver => unavailable("lease_over", None),
            Failure::TimedOut => unavailable("no_answer", soon()),
            Failure::NoToken(NoToken::Unidentified(error)) => {
                self.call_unavailable(team, "auth.test", &error)
            }
            Failure::Call { method, error } => self.call_unavailable(team, method, &error),
        }
    }

    fn call_unavailable(&self, team: &TeamId, method: &'static str, error: &CallError) -> Unavailable {
        let code = error.code();
        tracing::warn!(%team, method, code, "a lookup in Slack failed");
        let held = hold_reason(method, &code);
        let is_over = held.is_some() || permanent_scope(&code).is_some();
        let retry_at = (!is_over).then(|| self.retry_at(LOOKUP_ATTEMPTS));
        Unavailable { code, retry_at, held }
    }
}
