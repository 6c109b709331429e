//! Tokens that expire: which are to be renewed, and who renews one. A workspace's expiry is the version of its pair of
//! tokens: an installation or a renewal changes it, another key for the same tokens does not.

use super::{
    error::StoreError,
    row::{count, ms},
    statement::sql,
    tx::Tx,
};
use crate::coach::ids::TeamId;
use jiff::Timestamp;

/// A pair of tokens, encrypted.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedPair {
    /// The token that calls carry.
    pub token: String,
    /// The token that renews it, once.
    pub refresh_token: String,
    /// When the first expires.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for EncryptedPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EncryptedPair").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Tx {
    /// Workspaces whose token expires before an instant and that nobody renews, the first to expire first.
    pub async fn teams_to_renew(
        &mut self,
        before: Timestamp,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<TeamId>, StoreError> {
        let statement =
            sql("SELECT team_id FROM workspace WHERE token_expires_at < $1 AND state = 'active' \
             AND sealed_refresh_token IS NOT NULL AND (renewing_until IS NULL OR renewing_until <= $2) \
             ORDER BY token_expires_at LIMIT $3");
        self.list(statement.bind(ms(before)).bind(ms(now)).bind(count(limit)), |row| row.id("team_id")).await
    }

    /// Takes the renewal of the token that expires at `expires_at`. False: somebody else has it, or did it.
    pub async fn lease_renewal(
        &mut self,
        team: &TeamId,
        expires_at: Timestamp,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement =
            sql("UPDATE workspace SET renewing_until = $4 WHERE team_id = $1 AND token_expires_at = $2 \
             AND state = 'active' AND (renewing_until IS NULL OR renewing_until <= $3)");
        let statement = statement.bind(team.as_str()).bind(ms(expires_at)).bind(ms(now)).bind(ms(until));
        Ok(self.execute(statement).await? == 1)
    }

    /// Stores the pair that took the place of the one that expires at `old`. False: the app was installed again or
    /// removed meanwhile, which counts.
    pub async fn store_renewed(
        &mut self,
        team: &TeamId,
        old: Timestamp,
        pair: &EncryptedPair,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE workspace SET sealed_token = $3, sealed_refresh_token = $4, \
             token_expires_at = $5, renewing_until = NULL \
             WHERE team_id = $1 AND token_expires_at = $2 AND state = 'active'");
        let statement = statement.bind(team.as_str()).bind(ms(old)).bind(&*pair.token);
        let statement = statement.bind(&*pair.refresh_token).bind(ms(pair.expires_at));
        Ok(self.execute(statement).await? == 1)
    }

    /// Replaces an encrypted refresh token by the same one under another key. False: it is not the stored one any more.
    pub async fn replace_refresh_token(
        &mut self,
        team: &TeamId,
        old: &str,
        new: &str,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE workspace SET sealed_refresh_token = $3 \
             WHERE team_id = $1 AND sealed_refresh_token = $2");
        Ok(self.execute(statement.bind(team.as_str()).bind(old).bind(new)).await? == 1)
    }
}
