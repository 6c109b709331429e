//! Which bot token serves a workspace: its own, encrypted at rest with XChaCha20-Poly1305 under
//! `LEADLENS_SECRET_KEY`, or `SLACK_BOT_TOKEN` from the environment. Nothing is cached, so a
//! revocation takes effect as soon as it is stored.
//!
//! `SLACK_BOT_TOKEN` belongs to one workspace. Used for another one it fails with codes such as
//! `user_not_found`, from which LeadLens would conclude that the member cannot be reached; in a channel
//! that two workspaces share it could even succeed, under the wrong name. So it is given to no workspace
//! before `auth.test` has said which one it belongs to, and to no other one afterwards.

use crate::{
    clock::Env,
    coach::ids::TeamId,
    config::SecretKey,
    slack::web_api::{CallError, SlackApi},
    store::{Store, StoreError, WorkspaceState},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The format of an encrypted token: version, nonce and ciphertext, the latter two in hexadecimal.
const VERSION: &str = "x1";

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
    key: Option<SecretKey>,
    env_token: Option<SecretString>,
    env_token_scope: Arc<OnceCell<EnvTokenScope>>,
}

impl Tokens {
    /// `env_token` is `SLACK_BOT_TOKEN`; `key` is `LEADLENS_SECRET_KEY`.
    pub fn new(
        web_api: SlackApi,
        store: Store,
        key: Option<SecretKey>,
        env_token: Option<SecretString>,
    ) -> Self {
        Self { web_api, store, key, env_token, env_token_scope: Arc::default() }
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
        let id = team.clone();
        let found = self.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await?;
        let Some(workspace) = found else { return self.env_token_for(team).await };
        if workspace.state == WorkspaceState::Left {
            return Err(NoToken::NotInstalled);
        }
        match (workspace.token, &self.key) {
            (Some(encrypted), Some(key)) => decrypt(key, team, &encrypted).ok_or(NoToken::Undecryptable),
            (Some(_), None) => Err(NoToken::Undecryptable),
            (None, _) => self.env_token_for(team).await,
        }
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

    /// Encrypts a token for a workspace; `None` without a key.
    pub fn encrypt(&self, env: &Env, team: &TeamId, token: &SecretString) -> Option<String> {
        encrypt(self.key.as_ref()?, env, team, token)
    }
}

/// Encrypts a token. The workspace's id is authenticated with it, so a row that was copied to another
/// workspace does not decrypt.
fn encrypt(key: &SecretKey, env: &Env, team: &TeamId, token: &SecretString) -> Option<String> {
    let mut nonce = [0_u8; 24];
    for part in nonce.chunks_exact_mut(8) {
        part.copy_from_slice(&env.rng.next_u64().to_le_bytes());
    }
    let payload = Payload { msg: token.expose_secret().as_bytes(), aad: team.as_str().as_bytes() };
    let ciphertext = cipher(key)?.encrypt(&XNonce::from(nonce), payload).ok()?;
    Some(format!("{VERSION}.{}.{}", hex::encode(nonce), hex::encode(ciphertext)))
}

/// Decrypts a token; `None` when the key or the workspace is another one, or the text was changed.
fn decrypt(key: &SecretKey, team: &TeamId, encrypted: &str) -> Option<SecretString> {
    let mut parts = encrypted.split('.');
    let (version, nonce, ciphertext) = (parts.next()?, parts.next()?, parts.next()?);
    if version != VERSION || parts.next().is_some() {
        return None;
    }
    let nonce: [u8; 24] = hex::decode(nonce).ok()?.try_into().ok()?;
    let payload = Payload { msg: &hex::decode(ciphertext).ok()?, aad: team.as_str().as_bytes() };
    let token = cipher(key)?.decrypt(&XNonce::from(nonce), payload).ok()?;
    String::from_utf8(token).ok().map(SecretString::from)
}

fn cipher(key: &SecretKey) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(key.bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encrypted_token_decrypts_with_its_key_in_its_workspace_only() {
        let env = Env::real();
        let key = SecretKey::parse(&"07".repeat(32)).unwrap();
        let other = SecretKey::parse(&"08".repeat(32)).unwrap();
        let (t1, t2) = (TeamId::parse("T1").unwrap(), TeamId::parse("T2").unwrap());
        let encrypted = encrypt(&key, &env, &t1, &SecretString::from("xoxb-hush")).unwrap();
        assert!(!encrypted.contains("hush"));
        assert_eq!(decrypt(&key, &t1, &encrypted).unwrap().expose_secret(), "xoxb-hush");
        assert!(decrypt(&key, &t2, &encrypted).is_none());
        assert!(decrypt(&other, &t1, &encrypted).is_none());
        assert!(decrypt(&key, &t1, &encrypted.replace("x1.", "x2.")).is_none());
        assert!(decrypt(&key, &t1, "x1.zz.é").is_none());
    }

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
