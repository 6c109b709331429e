//! The delivery keys of one commit: a cache of the lookups, and the inserts that wait for the commit.
//! This file does no SQL; `pending_keys.rs` does.

use super::super::stored_delivery::StoredDelivery;
use jiff::Timestamp;
use std::collections::HashMap;

/// The keys that the tasks of one commit have looked up or recorded. On PostgreSQL a commit has one task.
#[derive(Default)]
pub(in crate::store) struct KeyCache {
    /// Keys whose state is known: as table `seen` has it, or as it will be after the commit.
    known: HashMap<String, Option<StoredDelivery>>,
    /// Keys to insert before the commit.
    new: Vec<(String, Timestamp)>,
    /// How many of `new` belong to tasks that succeeded. The rest belongs to the running task.
    kept: usize,
}

impl KeyCache {
    /// `None`: not looked up yet. `Some(None)`: not recorded.
    #[allow(clippy::option_option, reason = "a key is unknown, known to be absent, or present")]
    pub(in crate::store) fn get(&self, key: &str) -> Option<Option<&StoredDelivery>> {
        self.known.get(key).map(Option::as_ref)
    }

    /// Remembers the result of a lookup.
    pub(in crate::store) fn insert(&mut self, key: String, found: Option<StoredDelivery>) {
        self.known.insert(key, found);
    }

    /// Adds a key to insert before the commit.
    pub(in crate::store) fn insert_new(&mut self, key: String, delivery: StoredDelivery, now: Timestamp) {
        self.known.insert(key.clone(), Some(delivery));
        self.new.push((key, now));
    }

    /// Forgets the lookups, after a statement that may have changed the table. Keys that wait to be inserted
    /// stay.
    pub(in crate::store) fn retain_new(&mut self) {
        let Self { known, new, .. } = self;
        known.retain(|key, _| new.iter().any(|(new, _)| new == key));
    }

    /// The running task succeeded: its keys will be inserted.
    pub(super) fn keep(&mut self) {
        self.kept = self.new.len();
    }

    /// The running task was rolled back: its keys will not be inserted, and a delivery with the same key
    /// that comes next is a new one.
    pub(super) fn undo(&mut self) {
        self.new.truncate(self.kept);
        self.retain_new();
    }

    /// Takes the keys to insert, with their effects, and empties the cache.
    pub(super) fn take_new(&mut self) -> Vec<(String, Option<String>, Timestamp)> {
        let Self { mut known, new, .. } = std::mem::take(self);
        let with_effect = new.into_iter().map(|(key, at)| {
            let effect = known.remove(&key).flatten().and_then(|delivery| delivery.effect);
            (key, effect, at)
        });
        with_effect.collect()
    }
}
