//! Reads and inserts several delivery keys with one statement each, for a [`Tx`] with a [`KeyCache`]. SQLite
//! only: the keys are one JSON argument, so the text of the statement does not depend on their number.

use super::{
    super::{
        error::StoreError,
        row::{Columns as _, ms},
        statement::sql,
        stored_delivery::StoredDelivery,
        tx::Tx,
    },
    key_cache::KeyCache,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;

impl Tx {
    /// Looks up keys that [`Tx::find_delivery`] is going to ask for. Does nothing without a key cache.
    pub(in crate::store) async fn prefetch_deliveries(&mut self, keys: &[String]) -> Result<(), StoreError> {
        let Some(cache) = &self.key_cache else { return Ok(()) };
        let unknown: Vec<&String> = keys.iter().filter(|key| cache.get(key).is_none()).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let statement = sql("SELECT delivery_key, effect FROM seen \
             WHERE delivery_key IN (SELECT value FROM json_each($1))");
        let statement = statement.bind(serde_json::json!(unknown).to_string());
        let read: fn(&AnyRow) -> _ =
            |row| Ok((row.text("delivery_key")?, StoredDelivery { effect: row.text_opt("effect")? }));
        let found = self.list(statement, read).await?;
        if let Some(cache) = &mut self.key_cache {
            unknown.into_iter().for_each(|key| cache.insert(key.clone(), None));
            found.into_iter().for_each(|(key, delivery)| cache.insert(key, Some(delivery)));
        }
        Ok(())
    }

    /// The running task succeeded: its recorded keys will be inserted.
    pub(super) fn keep_keys(&mut self) {
        if let Some(cache) = &mut self.key_cache {
            cache.keep();
        }
    }

    /// The running task was rolled back: its recorded keys will not be inserted.
    pub(super) fn undo_keys(&mut self) {
        if let Some(cache) = &mut self.key_cache {
            cache.undo();
        }
    }

    /// Takes the keys to insert, and empties the cache: after the commit other connections may change the
    /// table.
    pub(super) fn take_new_keys(&mut self) -> Vec<(String, Option<String>, Timestamp)> {
        self.key_cache.as_mut().map(KeyCache::take_new).unwrap_or_default()
    }

    /// Inserts recorded keys.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them is in the table although the cache did not know it: its
    /// delivery was processed before, and must not be processed again.
    pub(super) async fn insert_deliveries(
        &mut self,
        new: Vec<(String, Option<String>, Timestamp)>,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = new.into_iter().map(|(key, effect, at)| (key, effect, ms(at))).collect();
        // `WHERE true` tells SQLite's parser that ON CONFLICT is not the condition of a join.
        let statement = sql("INSERT INTO seen (delivery_key, effect, seen_at) \
             SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE true \
             ON CONFLICT (delivery_key) DO NOTHING");
        let inserted = self.execute(statement.bind(serde_json::json!(rows).to_string())).await?;
        if usize::try_from(inserted) == Ok(rows.len()) { Ok(()) } else { Err(StoreError::Conflict) }
    }
}
