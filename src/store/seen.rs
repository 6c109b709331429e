//! The keys of what Slack has delivered, stored with the effect, so that nothing happens twice. A
//! key is made of Slack's ids and digests; it holds no user id and no text, and outlives the member
//! it came from: a redelivery after *forget* must not bring anything back.

use super::{
    error::StoreError,
    row::{Columns as _, count, ms},
    tx::{Tx, sql},
};
use jiff::Timestamp;

/// What a delivery did when it came first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The row that it produced, such as `reflection:01J…`; never text.
    pub effect: Option<String>,
}

impl Tx {
    /// What the delivery with this key did, if it has come before.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_seen(&mut self, key: &str) -> Result<Option<Seen>, StoreError> {
        let statement = sql("SELECT effect FROM seen WHERE delivery_key = $1").bind(key);
        self.find(statement, |row| Ok(Seen { effect: row.text_opt("effect")? })).await
    }

    /// Notes a delivery and the row it produces. False: it was there already, a redelivery; the
    /// first effect stays. On PostgreSQL a second delivery waits here until the first is decided.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn mark_seen(
        &mut self,
        key: &str,
        effect: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("INSERT INTO seen (delivery_key, effect, seen_at) VALUES ($1, $2, $3) \
                             ON CONFLICT (delivery_key) DO NOTHING");
        Ok(self.execute(statement.bind(key).bind(effect).bind(ms(now))).await? == 1)
    }

    /// Forgets keys that are older than Slack redelivers, at most `limit` of them, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn prune_seen(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = sql("DELETE FROM seen WHERE delivery_key IN (\
                             SELECT delivery_key FROM seen WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)");
        self.execute(statement.bind(ms(before)).bind(count(limit))).await
    }
}
