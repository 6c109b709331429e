//! Which bot token serves a workspace: its own, sealed at rest with XChaCha20-Poly1305 under
//! `LEADLENS_SECRET_KEY`, or the one from the environment. Nothing is cached, so a revocation holds
//! from the moment it is stored.

use super::client::{CallError, SlackApi};
use crate::{
    clock::Env,
    coach::ids::{TeamId, UserId},
    config::SecretKey,
    store::{Store, StoreError, Workspace, WorkspaceState},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt::Write,
    sync::{Arc, OnceLock},
};

/// The format of a sealed token: version, nonce and text in hexadecimal.
const VERSION: &str = "x1";

/// Why there is no token for a workspace.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// LeadLens is not installed there, or not any more.
    #[error("not_installed")]
    NotInstalled,
    /// The sealed token does not open: the key is another one, or the row was changed.
    #[error("token_does_not_open")]
    DoesNotOpen,
    /// The store did not answer.
    #[error("store")]
    Store(#[from] StoreError),
}

/// Why Slack could not be asked whose the token from the environment is.
#[derive(Debug, thiserror::Error)]
pub enum NotIntroduced {
    /// Slack refused the token, or did not answer.
    #[error("Slack answered {0} to SLACK_BOT_TOKEN")]
    Slack(#[from] CallError),
    /// Slack's answer named no workspace.
    #[error("Slack named no workspace for SLACK_BOT_TOKEN")]
    Unnamed,
    /// The workspace could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whom the token from the environment serves.
#[derive(Debug, PartialEq, Eq)]
enum Home {
    /// One workspace.
    Workspace(TeamId),
    /// Every workspace of an organisation.
    Organisation,
}

/// Finds tokens.
#[derive(Clone)]
pub struct Tokens {
    store: Store,
    key: Option<SecretKey>,
    fixed: Option<SecretString>,
    home: Arc<OnceLock<Home>>,
}

impl Tokens {
    /// `fixed` is `SLACK_BOT_TOKEN`; `key` is `LEADLENS_SECRET_KEY`.
    pub fn new(store: Store, key: Option<SecretKey>, fixed: Option<SecretString>) -> Self {
        Self { store, key, fixed, home: Arc::default() }
    }

    /// Asks Slack whose the token from the environment is, keeps that workspace as installed, and
    /// from then on gives the token to no other. Without such a token nothing happens.
    ///
    /// # Errors
    /// [`NotIntroduced`]; nothing was kept then.
    pub async fn introduce(&self, api: &SlackApi) -> Result<Option<Workspace>, NotIntroduced> {
        let Some(token) = &self.fixed else { return Ok(None) };
        let answer = api.granted_scopes(token).await?;
        let text = |field: &str| answer.identity[field].as_str().unwrap_or_default();
        let is_organisation = answer.identity["is_enterprise_install"] == true;
        let team = [text("team_id"), text("enterprise_id")];
        let team = team.iter().find_map(|id| TeamId::parse(id).ok()).ok_or(NotIntroduced::Unnamed)?;
        let mut workspace = Workspace::installed(team.clone(), text("team"));
        workspace.enterprise = Some(text("enterprise_id").to_owned()).filter(|id| !id.is_empty());
        workspace.bot_user = UserId::parse(text("user_id")).ok();
        workspace.scopes = answer.scopes.join(",");
        let kept = self.store.write(move |tx| {
            Box::pin(async move {
                // An installation by OAuth keeps its own token and who made it.
                if let Some(known) = tx.find_workspace(&workspace.team).await? {
                    workspace.token = known.token;
                    workspace.installed_by = known.installed_by;
                }
                tx.save_workspace(&workspace).await?;
                Ok::<_, StoreError>(workspace)
            })
        });
        let kept = kept.await?;
        let home = if is_organisation { Home::Organisation } else { Home::Workspace(team) };
        let _ = self.home.set(home);
        Ok(Some(kept))
    }

    /// The token from the environment.
    pub fn fixed(&self) -> Option<&SecretString> {
        self.fixed.as_ref()
    }

    /// The bot token for a workspace.
    ///
    /// # Errors
    /// [`NoToken`], which says why.
    pub async fn of(&self, team: &TeamId) -> Result<SecretString, NoToken> {
        let id = team.clone();
        let found = self.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await?;
        match found {
            Some(workspace) if workspace.state == WorkspaceState::Left => Err(NoToken::NotInstalled),
            Some(workspace) => match (workspace.token, &self.key) {
                (Some(sealed), Some(key)) => open(key, team, &sealed).ok_or(NoToken::DoesNotOpen),
                (Some(_), None) => Err(NoToken::DoesNotOpen),
                (None, _) => self.fixed_for(team).ok_or(NoToken::NotInstalled),
            },
            None => self.fixed_for(team).ok_or(NoToken::NotInstalled),
        }
    }

    /// The token from the environment, unless it is known to be another workspace's.
    fn fixed_for(&self, team: &TeamId) -> Option<SecretString> {
        match self.home.get() {
            Some(Home::Workspace(home)) if home != team => None,
            _ => self.fixed.clone(),
        }
    }

    /// Seals a token for a workspace; `None` without a key.
    pub fn seal(&self, env: &Env, team: &TeamId, token: &SecretString) -> Option<String> {
        seal(self.key.as_ref()?, env, team, token)
    }
}

/// Seals a token; the workspace's id is bound into it, so that a row cannot serve another one.
pub fn seal(key: &SecretKey, env: &Env, team: &TeamId, token: &SecretString) -> Option<String> {
    let mut nonce = [0_u8; 24];
    for part in nonce.chunks_exact_mut(8) {
        part.copy_from_slice(&env.rng.next_u64().to_le_bytes());
    }
    let payload = Payload { msg: token.expose_secret().as_bytes(), aad: team.as_str().as_bytes() };
    let sealed = cipher(key)?.encrypt(&XNonce::from(nonce), payload).ok()?;
    Some(format!("{VERSION}.{}.{}", hex(&nonce), hex(&sealed)))
}

/// Opens a sealed token; `None` when the key or the workspace is another one, or it was changed.
pub fn open(key: &SecretKey, team: &TeamId, sealed: &str) -> Option<SecretString> {
    let mut parts = sealed.split('.');
    let (version, nonce, text) = (parts.next()?, parts.next()?, parts.next()?);
    if version != VERSION || parts.next().is_some() {
        return None;
    }
    let nonce: [u8; 24] = unhex(nonce)?.try_into().ok()?;
    let payload = Payload { msg: &unhex(text)?, aad: team.as_str().as_bytes() };
    let token = cipher(key)?.decrypt(&XNonce::from(nonce), payload).ok()?;
    String::from_utf8(token).ok().map(SecretString::from)
}

fn cipher(key: &SecretKey) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(key.bytes()).ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len() / 2).map(|nth| u8::from_str_radix(text.get(nth * 2..nth * 2 + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_token_opens_with_its_key_in_its_workspace_only() {
        let env = Env::real();
        let key = SecretKey::parse(&"07".repeat(32)).unwrap();
        let other = SecretKey::parse(&"08".repeat(32)).unwrap();
        let (t1, t2) = (TeamId::parse("T1").unwrap(), TeamId::parse("T2").unwrap());
        let sealed = seal(&key, &env, &t1, &SecretString::from("xoxb-hush")).unwrap();
        assert!(!sealed.contains("hush"));
        assert_eq!(open(&key, &t1, &sealed).unwrap().expose_secret(), "xoxb-hush");
        assert!(open(&key, &t2, &sealed).is_none());
        assert!(open(&other, &t1, &sealed).is_none());
        assert!(open(&key, &t1, &sealed.replace("x1.", "x2.")).is_none());
        assert!(open(&key, &t1, "x1.zz.é").is_none());
    }
}
