//! The keys of what Slack has delivered, stored with the effect, so that nothing happens twice. A
//! key is made of Slack's ids and digests; it holds no user id and no text, and outlives the member
//! it came from: a redelivery after *forget* must not bring anything back.
//!
//! SQLite's one writer looks up the keys of deliveries that wait together, and writes those of a commit
//! together before it commits: nobody else can change the table meanwhile.

use super::{
    error::StoreError,
    row::{Columns as _, count, ms},
    tx::{Statement, Tx, sql},
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, any::AnyRow};
use std::{collections::HashMap, fmt::Write as _};

/// Most keys in one statement.
const KEYS_AT_ONCE: usize = 64;

macro_rules! insert {
    () => {
        "INSERT INTO seen (delivery_key, effect, seen_at) VALUES "
    };
}

macro_rules! or_leave {
    () => {
        " ON CONFLICT (delivery_key) DO NOTHING"
    };
}

/// What a delivery did when it came first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The row that it produced, such as `reflection:01J…`; never text.
    pub effect: Option<String>,
}

/// The keys of one shared commit.
#[derive(Default)]
pub(super) struct Keys {
    /// What is known of a key: as the table has it, or as it is going to be written.
    known: HashMap<String, Option<Seen>>,
    /// What is to be written before the commit.
    new: Vec<(String, Timestamp)>,
    /// How many of them belong to use cases that are kept.
    kept: usize,
}

impl Keys {
    /// The table may be another by now: only what is going to be written is still known.
    fn know_only_new(&mut self) {
        let Self { known, new, .. } = self;
        known.retain(|key, _| new.iter().any(|(new, _)| new == key));
    }
}

impl Tx {
    /// What the delivery with this key did, if it has come before.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_seen(&mut self, key: &str) -> Result<Option<Seen>, StoreError> {
        if self.keys.is_none() {
            let statement = sql("SELECT effect FROM seen WHERE delivery_key = $1").bind(key);
            return self.find(statement, |row| Ok(Seen { effect: row.text_opt("effect")? })).await;
        }
        self.look_up(&[key.to_owned()], std::iter::empty()).await?;
        Ok(self.keys.as_ref().and_then(|keys| keys.known.get(key).cloned().flatten()))
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
        if self.keys.is_none() {
            let statement = sql(concat!(insert!(), "($1, $2, $3)", or_leave!()));
            return Ok(self.execute(statement.bind(key).bind(effect).bind(ms(now))).await? == 1);
        }
        if self.find_seen(key).await?.is_some() {
            return Ok(false);
        }
        if let Some(keys) = &mut self.keys {
            keys.known.insert(key.to_owned(), Some(Seen { effect: effect.map(str::to_owned) }));
            keys.new.push((key.to_owned(), now));
        }
        Ok(true)
    }

    /// Reads what is not known yet of some keys, for [`Tx::find_seen`] and [`Tx::mark_seen`] to find; where
    /// it has to be read, what is asked for later with it.
    pub(super) async fn look_up<'k>(
        &mut self,
        keys: &'k [String],
        later: impl Iterator<Item = &'k String>,
    ) -> Result<(), StoreError> {
        self.check()?;
        let Some(Keys { known, .. }) = &self.keys else { return Ok(()) };
        if keys.iter().all(|key| known.contains_key(key)) {
            return Ok(());
        }
        let unknown = keys.iter().chain(later).filter(|key| !known.contains_key(*key));
        let unknown: Vec<String> = unknown.take(KEYS_AT_ONCE).cloned().collect();
        // A few lengths only, so that the statements stay prepared; a key may stand there twice.
        let length = unknown.len().next_power_of_two();
        let mut text = "SELECT delivery_key, effect FROM seen WHERE delivery_key IN (".to_owned();
        places(&mut text, length, |place| format!("${place}"));
        text.push(')');
        let padded = unknown.iter().chain(unknown.last().into_iter().cycle()).take(length);
        let statement: Statement<'_> = sqlx::query(AssertSqlSafe(text));
        let statement = padded.fold(statement, |statement, key| statement.bind(key.clone()));
        let read: fn(&AnyRow) -> _ =
            |row| Ok((row.text("delivery_key")?, Seen { effect: row.text_opt("effect")? }));
        let found = self.list(statement, read).await?;
        if let Some(Keys { known, .. }) = &mut self.keys {
            known.extend(unknown.into_iter().map(|key| (key, None)));
            known.extend(found.into_iter().map(|(key, seen)| (key, Some(seen))));
        }
        Ok(())
    }

    /// Whether keys wait to be written.
    pub(super) fn has_new_keys(&self) -> bool {
        self.keys.as_ref().is_some_and(|keys| !keys.new.is_empty())
    }

    /// The use case that ran last is kept.
    pub(super) fn keep_keys(&mut self) {
        if let Some(Keys { new, kept, .. }) = &mut self.keys {
            *kept = new.len();
        }
    }

    /// The use case that ran last is rolled back.
    pub(super) fn undo_keys(&mut self) {
        if let Some(keys) = &mut self.keys {
            keys.new.truncate(keys.kept);
            keys.know_only_new();
        }
    }

    /// Another transaction begins.
    pub(super) fn forget_keys(&mut self) {
        if let Some(keys) = &mut self.keys {
            *keys = Keys::default();
        }
    }

    /// Writes the keys of the commit that is about to be made, and begins with none.
    pub(super) async fn write_keys(&mut self) -> Result<(), StoreError> {
        let Some(keys) = self.keys.as_mut().map(std::mem::take) else { return Ok(()) };
        for some in keys.new.chunks(KEYS_AT_ONCE) {
            let length = some.len().next_power_of_two();
            let mut text = insert!().to_owned();
            places(&mut text, length, |place| {
                format!("(${}, ${}, ${})", place * 3 - 2, place * 3 - 1, place * 3)
            });
            text.push_str(or_leave!());
            let statement: Statement<'_> = sqlx::query(AssertSqlSafe(text));
            let padded = some.iter().chain(some.last().into_iter().cycle()).take(length);
            let statement = padded.fold(statement, |statement, (key, at)| {
                let effect = keys.known.get(key).cloned().flatten().and_then(|seen| seen.effect);
                statement.bind(key.clone()).bind(effect).bind(ms(*at))
            });
            if self.execute(statement).await? != u64::try_from(some.len()).unwrap_or(u64::MAX) {
                // One was there, though it was not known: what it did is not done again.
                return Err(StoreError::Conflict);
            }
        }
        Ok(())
    }

    /// Forgets keys that are older than Slack redelivers, at most `limit` of them, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn prune_seen(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = sql("DELETE FROM seen WHERE delivery_key IN (\
                             SELECT delivery_key FROM seen WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)");
        let pruned = self.execute(statement.bind(ms(before)).bind(count(limit))).await?;
        if let Some(keys) = &mut self.keys {
            keys.know_only_new();
        }
        Ok(pruned)
    }
}

/// `length` places of a statement, with commas between them.
fn places(text: &mut String, length: usize, place: fn(usize) -> String) {
    for nth in 1..=length {
        let comma = if nth == 1 { "" } else { ", " };
        let _never_fails = write!(text, "{comma}{}", place(nth));
    }
}
