//! What the target knows of the transfer: where its rows come from and how far it has come.

use super::{
    super::{
        Store, StoreError, Tx,
        engine::Engine,
        row::ms,
        statement::{Argument, sql},
    },
    error::{Side, TransferError},
    tables::{self, Table},
    take_time,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How a transfer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    Anew,
    Resumed,
}

/// Tells a database from every other: a hash of how long, in nanoseconds, each of its migrations took. It needs no
/// write, and is the same when the file or the server has another name.
pub(super) async fn origin_of(source: &Store) -> Result<String, TransferError> {
    let durations = source.read(|tx| {
        Box::pin(async move {
            let text = "SELECT version, execution_time FROM _sqlx_migrations ORDER BY version";
            tx.list(sql(text), |row| Ok((row.number("version")?, row.number("execution_time")?))).await
        })
    });
    let durations = durations.await.map_err(|error| TransferError::Store { side: Side::From, error })?;
    let mut hash = Sha256::new();
    for (version, took_ns) in durations {
        hash.update(version.to_be_bytes());
        hash.update(took_ns.to_be_bytes());
    }
    Ok(hex::encode(hash.finalize()))
}

/// Decides whether this target may be written to.
pub(super) async fn begin(
    target: &Store,
    tables: &[Table],
    origin: &str,
    now: Timestamp,
) -> Result<Begun, TransferError> {
    let at = |error| TransferError::Store { side: Side::To, error };
    let known = target.read(|tx| {
        Box::pin(async move {
            let text = "SELECT origin, finished_at FROM transfer";
            tx.list(sql(text), |row| Ok((row.text("origin")?, row.instant_opt("finished_at")?))).await
        })
    });
    match known.await.map_err(at)?.first() {
        Some((from, None)) if from == origin => return Ok(Begun::Resumed),
        Some((from, Some(_))) if from == origin => return Err(TransferError::Finished),
        Some(_) => return Err(TransferError::TargetHasData),
        None => {}
    }
    if tables::count(target, tables).await? > 0 {
        return Err(TransferError::TargetHasData);
    }
    let origin = origin.to_owned();
    let begun = target.write(move |tx| {
        Box::pin(async move {
            let text = "INSERT INTO transfer (origin, begun_at) VALUES ($1, $2)";
            tx.execute(sql(text).bind(origin).bind(ms(now))).await.map(|_| ())
        })
    });
    begun.await.map_err(at)?;
    Ok(Begun::Anew)
}

/// Throws away what was copied.
pub(super) async fn discard(target: &Store, tables: &[Table]) -> Result<(), TransferError> {
    let names: Vec<String> = tables.iter().rev().map(|table| format!("\"{}\"", table.name)).collect();
    let discarded = target.write(move |tx| {
        Box::pin(async move {
            take_time(tx).await?;
            match tx.engine {
                Engine::Postgres => {
                    tx.execute(sql(format!("TRUNCATE {}", names.join(", ")))).await?;
                }
                Engine::Sqlite => {
                    for name in names {
                        tx.execute(sql(format!("DELETE FROM {name}"))).await?;
                    }
                }
            }
            tx.execute(sql("DELETE FROM transfer_position")).await.map(|_| ())
        })
    });
    discarded.await.map_err(|error| TransferError::Store { side: Side::To, error })
}

/// Marks the target as whole. From now on it can be served.
pub(super) async fn finish(target: &Store, origin: &str, now: Timestamp) -> Result<(), TransferError> {
    let origin = origin.to_owned();
    let finished = target.write(move |tx| {
        Box::pin(async move {
            tx.execute(sql("DELETE FROM transfer_position")).await?;
            let text = "UPDATE transfer SET finished_at = $2 WHERE origin = $1";
            tx.execute(sql(text).bind(origin).bind(ms(now))).await?;
            if tx.engine == Engine::Postgres {
                take_time(tx).await?;
                // Without statistics the server's first plans for large tables are bad.
                tx.execute(sql("ANALYZE")).await?;
            }
            Ok(())
        })
    });
    finished.await.map_err(|error| TransferError::Store { side: Side::To, error })
}

/// A value of a key, as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Part {
    Number(i64),
    Text(String),
}

/// The key of the last row that was copied.
pub(super) async fn position(target: &Store, table: &Table) -> Result<Option<Vec<Argument>>, TransferError> {
    let name = table.name.clone();
    let found = target.read(move |tx| {
        Box::pin(async move {
            let text = "SELECT last_key FROM transfer_position WHERE table_name = $1";
            tx.find(sql(text).bind(name), |row| row.text("last_key")).await
        })
    });
    let found = found.await.map_err(|error| TransferError::Store { side: Side::To, error })?;
    let unreadable = || StoreError::Unreadable { column: "last_key" };
    let Some(text) = found else { return Ok(None) };
    let parts: Vec<Part> = serde_json::from_str(&text)
        .map_err(|_| TransferError::Store { side: Side::To, error: unreadable() })?;
    let argument = |part| match part {
        Part::Number(number) => Argument::from(number),
        Part::Text(text) => Argument::from(text),
    };
    Ok(Some(parts.into_iter().map(argument).collect()))
}

pub(super) async fn save_position(tx: &mut Tx, table: &str, key: &[Argument]) -> Result<(), StoreError> {
    let part = |argument: &Argument| match argument {
        Argument::Number(Some(number)) => Some(Part::Number(*number)),
        Argument::Text(Some(text)) => Some(Part::Text(text.clone())),
        // No column of a primary key is NULL.
        Argument::Number(None) | Argument::Text(None) => None,
    };
    let parts: Vec<Part> = key.iter().filter_map(part).collect();
    let key = serde_json::to_string(&parts).map_err(|_| StoreError::Other { code: "position".to_owned() })?;
    let text = "INSERT INTO transfer_position (table_name, last_key) VALUES ($1, $2) \
                ON CONFLICT (table_name) DO UPDATE SET last_key = excluded.last_key";
    tx.execute(sql(text).bind(table).bind(key)).await.map(|_| ())
}

impl Tx {
    /// Whether a transfer into this database was begun and not finished.
    pub(in crate::store) async fn is_transfer_unfinished(&mut self) -> Result<bool, StoreError> {
        let text = "SELECT origin FROM transfer WHERE finished_at IS NULL";
        Ok(self.fetch(sql(text)).await?.is_some())
    }
}
