//! Which bot token serves a workspace: its own, encrypted at rest (`token_cipher.rs`), or `SLACK_BOT_TOKEN` from the environment. Nothing is cached, so a
//! revocation takes effect as soon as it is stored.
//!
//! `SLACK_BOT_TOKEN` belongs to one workspace. Used for another one it fails with codes such as
//! `user_not_found`, from which LeadLens would conclude that the member cannot be reached; in a channel
//! that two workspaces share it could even succeed, under the wrong name. So it is given to no workspace
//! before `auth.test` has said which one it belongs to, and to no other one afterwards.

use crate::{
    clock::Env,
    coach::ids::TeamId,
    slack::{
        token_cipher::{TokenCipher, TokenKind},
        token_rotation::{GrantedTokens, Rotation},
        web_api::{CallError, SlackApi},
    },
    store::{Store, StoreError, Workspace, WorkspaceState},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Why there is no token for a workspace.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// LeadLens is not installed there.
    #[error("not_installed")]
    NotInstalled,
    /// The stored token was encrypted with another key, or the row was changed.
    #[error("token_does_not_open")]
    Undecryptable,
    /// Slack has not said yet which workspace `SLACK_BOT_TOKEN` belongs to.
    #[error("{0}")]
    Unidentified(CallError),
    /// The store did not answer.
    #[error("store")]
    Store(#[from] StoreError),
}

/// Which workspaces `SLACK_BOT_TOKEN` serves.
#[derive(Debug, Clone, PartialEq, Eq)]
enum EnvTokenScope {
    /// The workspace that it was issued for.
    Workspace(TeamId),
    /// Every workspace of an organisation.
    Organisation,
}

impl EnvTokenScope {
    /// Reads the answer of `auth.test`.
    fn from_identity(identity: &Value) -> Option<Self> {
        if identity["is_enterprise_install"] == true {
            return Some(Self::Organisation);
        }
        TeamId::parse(identity["team_id"].as_str()?).ok().map(Self::Workspace)
    }

    fn includes(&self, team: &TeamId) -> bool {
        match self {
            Self::Workspace(own) => own == team,
            Self::Organisation => true,
        }
    }
}

/// Finds the token of a workspace.
#[derive(Clone)]
pub struct Tokens {
    web_api: SlackApi,
    store: Store,
    cipher: Option<TokenCipher>,
    env_token: Option<SecretString>,
    env_token_scope: Arc<OnceCell<EnvTokenScope>>,
    rotation: Option<Rotation>,
}

impl Tokens {
    /// `env_token` is `SLACK_BOT_TOKEN`; `cipher` has the keys, if there are any.
    pub fn new(
        web_api: SlackApi,
        store: Store,
        cipher: Option<TokenCipher>,
        env_token: Option<SecretString>,
    ) -> Self {
        Self { web_api, store, cipher, env_token, env_token_scope: Arc::default(), rotation: None }
    }

    /// Also renews tokens that expire.
    #[must_use]
    pub fn with_rotation(mut self, rotation: Option<Rotation>) -> Self {
        self.rotation = rotation;
        self
    }

    /// Renews the tokens that expire soon.
    pub async fn renew_due(&self) {
        if let Some(rotation) = &self.rotation {
            rotation.renew_due().await;
        }
    }

    /// `SLACK_BOT_TOKEN`.
    pub fn env_token(&self) -> Option<&SecretString> {
        self.env_token.as_ref()
    }

    /// Learns from an answer of `auth.test` which workspace `SLACK_BOT_TOKEN` belongs to. Later answers
    /// change nothing: a token does not move.
    pub fn note_env_token_identity(&self, identity: &Value) {
        if let Some(scope) = EnvTokenScope::from_identity(identity) {
            // An error means that it is known already, or that a call to `token_for` is finding out.
            let _ = self.env_token_scope.set(scope);
        }
    }

    /// The bot token of a workspace. Asks Slack which workspace `SLACK_BOT_TOKEN` belongs to if that is
    /// not known yet.
    ///
    /// # Errors
    /// [`NoToken`].
    pub async fn token_for(&self, team: &TeamId) -> Result<SecretString, NoToken> {
        let Some(mut workspace) = self.find(team).await? else { return self.env_token_for(team).await };
        if workspace.state == WorkspaceState::Left {
            return Err(NoToken::NotInstalled);
        }
        if let Some(rotation) = self.rotation.as_ref().filter(|rotation| rotation.has_expired(&workspace)) {
            workspace = rotation.renew_expired(workspace).await?;
        }
        match (workspace.token, &self.cipher) {
            (Some(encrypted), Some(cipher)) => {
                let token = cipher.decrypt(team, TokenKind::Access, &encrypted);
                token.map(|(_, token)| token).ok_or(NoToken::Undecryptable)
            }
            (Some(_), None) => Err(NoToken::Undecryptable),
            (None, _) => self.env_token_for(team).await,
        }
    }

    async fn find(&self, team: &TeamId) -> Result<Option<Workspace>, StoreError> {
        let id = team.clone();
        self.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await
    }

    async fn env_token_for(&self, team: &TeamId) -> Result<SecretString, NoToken> {
        let token = self.env_token.as_ref().ok_or(NoToken::NotInstalled)?;
        let scope = self.env_token_scope.get_or_try_init(|| self.identify_env_token(token)).await?;
        if scope.includes(team) { Ok(token.clone()) } else { Err(NoToken::NotInstalled) }
    }

    async fn identify_env_token(&self, token: &SecretString) -> Result<EnvTokenScope, NoToken> {
        let identity = self.web_api.post("auth.test", token, &json!({})).await;
        let identity = identity.map_err(NoToken::Unidentified)?;
        EnvTokenScope::from_identity(&identity).ok_or(NoToken::Unidentified(CallError::NoAnswer))
    }

    /// Encrypts what an installation granted into its workspace; `None` without a key.
    pub(super) fn store_in(
        &self,
        workspace: &mut Workspace,
        granted: &GrantedTokens,
        env: &Env,
    ) -> Option<()> {
        granted.store_in(workspace, self.cipher.as_ref()?, env)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisations_token_serves_all_its_workspaces_and_a_workspaces_token_one() {
        let (t1, t2) = (TeamId::parse("T1").unwrap(), TeamId::parse("T2").unwrap());
        let of_workspace = EnvTokenScope::from_identity(&json!({"team_id": "T1"})).unwrap();
        assert!(of_workspace.includes(&t1) && !of_workspace.includes(&t2));
        let organisation = json!({"team_id": "E1", "is_enterprise_install": true});
        let of_organisation = EnvTokenScope::from_identity(&organisation).unwrap();
        assert!(of_organisation.includes(&t1) && of_organisation.includes(&t2));
        assert_eq!(EnvTokenScope::from_identity(&json!({"ok": true})), None);
    }
}
