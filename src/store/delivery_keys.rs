//! The keys of the deliveries that were processed, in table `seen`. A key is stored in the same transaction
//! as the effect of its delivery. When Slack delivers a request again, the key is found and nothing happens
//! twice.
//!
//! A key consists of Slack's ids and digests, without a user id or text, and it stays when its member is
//! erased: otherwise a redelivery after *forget* would bring the erased text back.
//!
//! On SQLite's writer the keys go through the cache of [`super::group_commit`]; see there.

use super::{
    error::StoreError,
    row::{count, ms},
    statement::sql,
    stored_delivery::StoredDelivery,
    tx::Tx,
};
use jiff::Timestamp;

impl Tx {
    /// What the delivery with this key did, if it was processed before.
    pub async fn find_delivery(&mut self, key: &str) -> Result<Option<StoredDelivery>, StoreError> {
        self.check()?;
        if let Some(known) = self.key_cache.as_ref().and_then(|cache| cache.get(key)) {
            return Ok(known.cloned());
        }
        let statement = sql("SELECT effect FROM seen WHERE delivery_key = $1").bind(key);
        let found =
            self.find(statement, |row| Ok(StoredDelivery { effect: row.text_opt("effect")? })).await?;
        if let Some(cache) = &mut self.key_cache {
            cache.insert(key.to_owned(), found.clone());
        }
        Ok(found)
    }

    /// Records a delivery and its effect. False: it was recorded before, and the first effect stays. On
    /// PostgreSQL a second delivery with the same key waits here until the first transaction ends.
    pub async fn record_delivery(
        &mut self,
        key: &str,
        effect: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if self.key_cache.is_none() {
            let statement = sql("INSERT INTO seen (delivery_key, effect, seen_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (delivery_key) DO NOTHING");
            return Ok(self.execute(statement.bind(key).bind(effect).bind(ms(now))).await? == 1);
        }
        if self.find_delivery(key).await?.is_some() {
            return Ok(false);
        }
        if let Some(cache) = &mut self.key_cache {
            cache.insert_new(key.to_owned(), StoredDelivery { effect: effect.map(str::to_owned) }, now);
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
