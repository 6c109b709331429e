//! Inserts the delivery keys of a commit with one statement.

use super::{
    super::{engine::Engine, error::StoreError, row::ms, statement::sql, tx::Tx},
    key_cache::KeyCache,
};
use jiff::Timestamp;

impl Tx {
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
    pub(in crate::store) fn take_new_keys(&mut self) -> Vec<(String, Option<String>, Timestamp)> {
        self.key_cache.as_mut().map(KeyCache::take_new).unwrap_or_default()
    }

    /// Inserts recorded keys.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them is in the table although the cache did not know it: its
    /// delivery was processed before, and must not be processed again.
    pub(in crate::store) async fn insert_deliveries(
        &mut self,
        new: Vec<(String, Option<String>, Timestamp)>,
    ) -> Result<(), StoreError> {
        let mut rows: Vec<_> = new.into_iter().map(|(key, effect, at)| (key, effect, ms(at))).collect();
        // Two transactions that insert the same two keys in a different order would wait for each other.
        rows.sort();
        // The keys are one JSON argument, so the text does not depend on their number. `WHERE true` tells
        // SQLite's parser that ON CONFLICT is not the condition of a join.
        let statement = sql(match self.engine {
            Engine::Sqlite => {
                "INSERT INTO seen (delivery_key, effect, seen_at) \
                 SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE true \
                 ON CONFLICT (delivery_key) DO NOTHING"
            }
            Engine::Postgres => {
                "INSERT INTO seen (delivery_key, effect, seen_at) \
                 SELECT value ->> 0, value ->> 1, (value ->> 2)::bigint FROM json_array_elements($1::json) \
                 ON CONFLICT (delivery_key) DO NOTHING"
            }
        });
        let inserted = self.execute(statement.bind(serde_json::json!(rows).to_string())).await?;
        if usize::try_from(inserted) == Ok(rows.len()) { Ok(()) } else { Err(StoreError::Conflict) }
    }
}
