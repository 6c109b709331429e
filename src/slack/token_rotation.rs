//! Renews tokens that expire (<https://docs.slack.dev/authentication/using-token-rotation>): a token lives for twelve
//! hours, and the refresh token that renews it can be used once. One process renews a token under a lease, and stores
//! the new pair before anybody uses it.
//!
//! If Slack's answer is lost, or the process dies before it stores the pair, the old refresh token may be used up. Slack
//! exchanges it again for a short while (<https://github.com/slackapi/node-slack-sdk/issues/2504>), so it is tried again
//! at once and after each lease. The token itself serves until it expires, which is two hours after the first attempt.

use crate::{
    clock::Env,
    coach::ids::TeamId,
    config::OauthConfig,
    slack::{
        token_cipher::{TokenCipher, TokenKind},
        web_api::{CallError, SlackApi},
    },
    store::{EncryptedPair, Store, StoreError, Workspace},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;
use std::time::Duration;

/// How long before its end a token is renewed, as in Slack's own libraries.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(2);

/// How long one process has a renewal to itself: longer than its attempts take together. After a failure it is also
/// the pause before the next attempt.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Attempts with one refresh token in one lease, when no answer comes.
const ATTEMPTS: u32 = 3;

/// How often, and how long after one another, somebody who needs a token looks whether another process has renewed it.
/// After that Slack says that the token has expired, and the workspace is held.
const LOOKS: u32 = 10;
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Renewals in one look at what is due.
const PER_LOOK: usize = 50;

/// The tokens in an answer of `oauth.v2.access`.
pub(super) struct GrantedTokens {
    token: SecretString,
    rotation: Option<(SecretString, SignedDuration)>,
}

impl GrantedTokens {
    /// Reads an answer. `None`: it has no token.
    pub(super) fn read(answer: &Value) -> Option<Self> {
        let secret = |name: &str| answer[name].as_str().map(SecretString::from);
        let lifetime = answer["expires_in"].as_i64().map(SignedDuration::from_secs);
        Some(Self { token: secret("access_token")?, rotation: secret("refresh_token").zip(lifetime) })
    }

    /// Encrypts them into a workspace. `None`: there is no key.
    pub(super) fn store_in(&self, workspace: &mut Workspace, cipher: &TokenCipher, env: &Env) -> Option<()> {
        let encrypt = |kind, token| cipher.encrypt(env, &workspace.team, kind, token);
        let token = encrypt(TokenKind::Access, &self.token)?;
        let rotation = match &self.rotation {
            Some((refresh, lifetime)) => {
                Some((encrypt(TokenKind::Refresh, refresh)?, after(env.now(), *lifetime)))
            }
            None => None,
        };
        workspace.token = Some(token);
        (workspace.refresh_token, workspace.token_expires_at) = rotation.unzip();
        Some(())
    }
}

fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.saturating_add(time).unwrap_or(now)
}

/// Renews tokens.
#[derive(Clone)]
pub struct Rotation {
    web_api: SlackApi,
    store: Store,
    cipher: TokenCipher,
    oauth: OauthConfig,
    env: Env,
}

impl Rotation {
    /// For an app with these credentials.
    pub fn new(web_api: SlackApi, store: Store, cipher: TokenCipher, oauth: OauthConfig, env: Env) -> Self {
        Self { web_api, store, cipher, oauth, env }
    }

    /// Renews what expires soon. Replicas share the work.
    pub async fn renew_due(&self) {
        let now = self.env.now();
        let before = after(now, RENEW_BEFORE);
        let due = self
            .store
            .read(move |tx| Box::pin(async move { tx.teams_to_renew(before, now, PER_LOOK).await }));
        match due.await {
            Ok(teams) => {
                for team in teams {
                    self.renew(&team).await;
                }
            }
            Err(error) => tracing::warn!(%error, "it could not be read which tokens expire"),
        }
    }

    /// Whether a workspace's token has expired, or will before a call with it is over.
    pub(super) fn has_expired(&self, workspace: &Workspace) -> bool {
        let soon = after(self.env.now(), LEASE);
        workspace.token_expires_at.is_some_and(|at| at <= soon)
    }

    /// Renews a token that has expired, or waits while another process does. Returns the workspace as it is then.
    pub(super) async fn renew_expired(&self, workspace: Workspace) -> Result<Workspace, StoreError> {
        let (team, mut workspace) = (workspace.team.clone(), workspace);
        for _ in 0..LOOKS {
            let is_done_here = self.renew(&team).await;
            let id = team.clone();
            let found =
                self.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await?;
            let Some(found) = found else { break };
            workspace = found;
            if is_done_here || !self.has_expired(&workspace) {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(workspace)
    }

    /// Renews the token of a workspace, unless somebody else does or has done it. What failed is tried again after the
    /// lease; meanwhile the old token serves, or Slack says that it has expired. False: somebody else has the lease.
    async fn renew(&self, team: &TeamId) -> bool {
        match self.try_renew(team).await {
            Ok(is_done_here) => return is_done_here,
            Err(NotRenewed::Call(error)) => {
                let code = error.code();
                tracing::warn!(workspace.id = %team, code, "Slack did not renew the workspace's token");
            }
            Err(NotRenewed::Store(error)) => {
                tracing::error!(workspace.id = %team, %error, "a renewed token could not be stored");
            }
            Err(NotRenewed::Unreadable) => {
                tracing::error!(workspace.id = %team, "the workspace's refresh token cannot be decrypted, or Slack's answer not read");
            }
        }
        true
    }

    async fn try_renew(&self, team: &TeamId) -> Result<bool, NotRenewed> {
        let id = team.clone();
        let found = self.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await?;
        let rotating = found.and_then(|it| Some((it.refresh_token?, it.token_expires_at?)));
        let Some((encrypted, expires_at)) = rotating else { return Ok(true) };
        if expires_at >= after(self.env.now(), RENEW_BEFORE) {
            // Another process renewed it after this one read what was due.
            return Ok(true);
        }
        let refresh =
            self.cipher.decrypt(team, TokenKind::Refresh, &encrypted).ok_or(NotRenewed::Unreadable)?.1;
        let (id, now) = (team.clone(), self.env.now());
        let lease = self.store.write(move |tx| {
            Box::pin(async move { tx.lease_renewal(&id, expires_at, now, after(now, LEASE)).await })
        });
        if !lease.await? {
            return Ok(false);
        }
        let answer = self.exchange(&refresh).await?;
        let granted = GrantedTokens::read(&answer).ok_or(NotRenewed::Unreadable)?;
        let mut renewed = Workspace::installed(team.clone(), "");
        granted.store_in(&mut renewed, &self.cipher, &self.env).ok_or(NotRenewed::Unreadable)?;
        let pair = pair_of(renewed).ok_or(NotRenewed::Unreadable)?;
        let id = team.clone();
        let stored = self
            .store
            .write(move |tx| Box::pin(async move { tx.store_renewed(&id, expires_at, &pair).await }));
        if !stored.await? {
            tracing::info!(workspace.id = %team, "a renewed token was dropped: the app was installed again or removed");
        }
        Ok(true)
    }

    /// Exchanges a refresh token, again if no answer comes.
    async fn exchange(&self, refresh: &SecretString) -> Result<Value, CallError> {
        let mut attempt = 1;
        loop {
            match self.web_api.oauth_refresh(&self.oauth, refresh).await {
                Err(error) if error.is_in_doubt() && attempt < ATTEMPTS => attempt += 1,
                answered => return answered,
            }
        }
    }
}

fn pair_of(workspace: Workspace) -> Option<EncryptedPair> {
    Some(EncryptedPair {
        token: workspace.token?,
        refresh_token: workspace.refresh_token?,
        expires_at: workspace.token_expires_at?,
    })
}

/// Why a token was not renewed.
enum NotRenewed {
    Call(CallError),
    Store(StoreError),
    Unreadable,
}

impl From<CallError> for NotRenewed {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<StoreError> for NotRenewed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
