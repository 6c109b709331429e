//! `leadlens rekey`: encrypts the tokens of all workspaces again, under the first key. `doctor` asks the same file
//! which key each token is encrypted under now.

use super::counted;
use crate::{
    clock::Env,
    coach::ids::TeamId,
    slack::token_cipher::{FIRST_KEY, TokenCipher, TokenKind},
    store::{Store, StoreError, Tx, Workspace},
};
use std::collections::BTreeMap;

/// The tokens that are stored, by the position of the key that decrypts them. Positions count from 0, and the
/// operator is told them from 1.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct KeyUse {
    by_position: BTreeMap<usize, u64>,
    /// Workspaces whose token none of the keys decrypts.
    pub unreadable: Vec<TeamId>,
}

impl KeyUse {
    /// Whether no token is stored.
    pub fn is_empty(&self) -> bool {
        self.by_position.is_empty() && self.unreadable.is_empty()
    }

    /// How many tokens wait for `rekey`.
    pub fn behind(&self) -> u64 {
        self.by_position.iter().filter(|(position, _)| **position != FIRST_KEY).map(|(_, count)| count).sum()
    }

    /// `2 under key 1, 5 under key 2`
    pub fn by_key(&self) -> String {
        let told = self.by_position.iter().map(|(position, count)| {
            format!("{} under key {}", counted(*count, "token", "tokens"), position.saturating_add(1))
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// The workspaces of [`Self::unreadable`], a few of them by name.
    pub fn unreadable_teams(&self) -> String {
        const NAMED: usize = 10;
        let named: Vec<&str> = self.unreadable.iter().take(NAMED).map(TeamId::as_str).collect();
        let more = self.unreadable.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{}{more}", named.join(", "))
    }

    fn note(&mut self, team: &TeamId, position: Option<usize>) {
        match position {
            Some(position) => {
                let count = self.by_position.entry(position).or_default();
                *count = count.saturating_add(1);
            }
            None if self.unreadable.last() == Some(team) => {}
            None => self.unreadable.push(team.clone()),
        }
    }
}

/// Reads which key each stored token is encrypted under.
///
/// # Errors
/// The store's.
pub async fn key_use(store: &Store, cipher: Option<&TokenCipher>) -> Result<KeyUse, StoreError> {
    let mut found = KeyUse::default();
    for team in teams(store).await? {
        let id = team.clone();
        let workspace = store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await?;
        for (kind, encrypted) in workspace.map(tokens).unwrap_or_default() {
            let opened = cipher.and_then(|cipher| cipher.decrypt(&team, kind, &encrypted));
            found.note(&team, opened.map(|(position, _)| position));
        }
    }
    Ok(found)
}

async fn teams(store: &Store) -> Result<Vec<TeamId>, StoreError> {
    store.read(|tx| Box::pin(async move { tx.teams_with_token().await })).await
}

/// The encrypted tokens of a workspace.
fn tokens(workspace: Workspace) -> Vec<(TokenKind, String)> {
    let access = workspace.token.map(|token| (TokenKind::Access, token));
    let refresh = workspace.refresh_token.map(|token| (TokenKind::Refresh, token));
    access.into_iter().chain(refresh).collect()
}

/// Encrypts each token under the first key, in a transaction for each workspace. A token that is under it already
/// stays as it is, so an interrupted run is finished by another one.
///
/// # Errors
/// Tokens that none of the keys decrypts, after the others were encrypted again; or the store's.
pub async fn run(store: &Store, cipher: &TokenCipher, env: &Env) -> anyhow::Result<String> {
    let (mut done, mut before) = (0_u64, KeyUse::default());
    for team in teams(store).await? {
        let (cipher, env, id) = (cipher.clone(), env.clone(), team.clone());
        let rekeyed =
            store.write(move |tx| Box::pin(async move { rekey_workspace(tx, &cipher, &env, &id).await }));
        for (position, replaced) in rekeyed.await? {
            before.note(&team, position);
            done = done.saturating_add(u64::from(replaced));
        }
    }
    let said = format!("Encrypted {} again, under the first key.", counted(done, "token", "tokens"));
    if before.unreadable.is_empty() {
        return Ok(format!("{said} The other keys encrypt no token any more.\n"));
    }
    anyhow::bail!(
        "{said} None of the keys decrypts the token of {}: put its key behind the others and run this again, or let \
         them install LeadLens again.",
        before.unreadable_teams()
    )
}

/// For each token of a workspace, the position of its key, and whether it was encrypted again.
async fn rekey_workspace(
    tx: &mut Tx,
    cipher: &TokenCipher,
    env: &Env,
    team: &TeamId,
) -> Result<Vec<(Option<usize>, bool)>, StoreError> {
    // None: the workspace left meanwhile.
    let found = tx.find_workspace(team).await?.map(tokens).unwrap_or_default();
    let mut rekeyed = Vec::new();
    for (kind, old) in found {
        let Some((position, token)) = cipher.decrypt(team, kind, &old) else {
            rekeyed.push((None, false));
            continue;
        };
        let new = if position == FIRST_KEY { None } else { cipher.encrypt(env, team, kind, &token) };
        // False: the token was renewed meanwhile, under the first key.
        let replaced = match (new, kind) {
            (Some(new), TokenKind::Access) => tx.replace_token(team, &old, &new).await?,
            (Some(new), TokenKind::Refresh) => tx.replace_refresh_token(team, &old, &new).await?,
            (None, _) => false,
        };
        rekeyed.push((Some(position), replaced));
    }
    Ok(rekeyed)
}
