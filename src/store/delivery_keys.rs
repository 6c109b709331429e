//! The keys of the deliveries that were processed, in table `seen`. A key is stored in the same transaction
//! as the effect of its delivery. When Slack delivers a request again, the key is found and nothing happens
//! twice.
//!
//! A key consists of Slack's ids and digests, without a user id or text, and it stays when its member is
//! erased: otherwise a redelivery after *forget* would bring the erased text back.
//!
//! The keys of a transaction that writes go through the cache of [`super::group_commit`]; see there.

use super::{
    error::StoreError,
    group_commit::key_cache::KeyCache,
    row::{Row, count, ms},
    statement::{Statement, sql},
    stored_delivery::StoredDelivery,
    tx::Tx,
};
use jiff::Timestamp;
use std::collections::HashMap;

impl Tx {
    /// What the delivery with this key did, if it was processed before.
    pub async fn find_delivery(&mut self, key: &str) -> Result<Option<StoredDelivery>, StoreError> {
        self.check()?;
        if let Some(known) = self.key_cache.as_ref().and_then(|cache| cache.get(key)) {
            return Ok(known.cloned());
        }
        let statement = sql("SELECT effect FROM seen WHERE delivery_key = $1").bind(key);
        let found = self.find(statement, read).await?;
        if let Some(cache) = &mut self.key_cache {
            cache.insert(key.to_owned(), found.clone());
        }
        Ok(found)
    }

    /// Looks two keys up with one statement, for [`Tx::find_delivery`] of either later in this transaction.
    pub async fn look_up_deliveries(&mut self, keys: [&str; 2]) -> Result<(), StoreError> {
        let is_known = |cache: &KeyCache| keys.iter().all(|key| cache.get(key).is_some());
        if self.key_cache.as_ref().is_none_or(is_known) {
            return Ok(());
        }
        let statement = sql("SELECT delivery_key, effect FROM seen WHERE delivery_key IN ($1, $2)");
        let rows = self.fetch_all(keys.into_iter().fold(statement, Statement::bind)).await?;
        let mut found = rows
            .iter()
            .map(|row| Ok((row.text("delivery_key")?, read(row)?)))
            .collect::<Result<HashMap<_, _>, StoreError>>()?;
        if let Some(cache) = &mut self.key_cache {
            for key in keys {
                if cache.get(key).is_none() {
                    cache.insert(key.to_owned(), found.remove(key));
                }
            }
        }
        Ok(())
    }

    /// Records a delivery and its effect, with the commit. False: it was recorded before, and the first effect stays.
    ///
    /// On PostgreSQL another replica may process the same delivery at the same time. Then the later commit waits
    /// for the first, fails with [`StoreError::Conflict`] and changes nothing.
    pub async fn record_delivery(
        &mut self,
        key: &str,
        effect: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if self.find_delivery(key).await?.is_some() {
            return Ok(false);
        }
        match &mut self.key_cache {
            Some(cache) => {
                cache.insert_new(key.to_owned(), StoredDelivery { effect: effect.map(str::to_owned) }, now);
            }
            // A transaction that only reads: the database refuses it.
            None => self.insert_deliveries(vec![(key.to_owned(), effect.map(str::to_owned), now)]).await?,
        }
        Ok(true)
    }

    /// Deletes at most `limit` keys that were recorded before an instant, oldest first. `before` must be
    /// further back than Slack redelivers.
    pub async fn prune_delivery_keys(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = sql("DELETE FROM seen WHERE delivery_key IN (\
                             SELECT delivery_key FROM seen WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)");
        let pruned = self.execute(statement.bind(ms(before)).bind(count(limit))).await?;
        if let Some(cache) = &mut self.key_cache {
            cache.retain_new();
        }
        Ok(pruned)
    }
}

fn read(row: &Row) -> Result<StoredDelivery, StoreError> {
    Ok(StoredDelivery { effect: row.text_opt("effect")? })
}
