//! Persistence in SQLite or PostgreSQL, with the same SQL text for both. [`Store::write`] runs a transaction
//! and [`Store::read`] reads one consistent state; the operations are `impl Tx`, in one file per noun. A new
//! noun needs a migration, a file here, a line in `erase.rs` and tests in `tests/store_contract.rs`, which
//! runs every method on both engines.
//!
//! Work in a transaction must be short and await nothing but the database: on SQLite all other writers wait
//! for it (`group_commit`). The current time and row ids are arguments.

mod audit;
mod coaching_act;
mod delivery_keys;
mod engine;
mod erase;
mod error;
mod feedback;
mod first_look;
mod first_open;
mod group_commit;
mod job;
mod llm_consent;
mod look_back;
mod member;
mod message_part;
mod migrations;
mod missed;
mod nudge;
mod on_hold;
mod options;
mod outbox;
mod payload;
mod peers;
mod plan;
mod recent_history;
mod reflection;
mod room;
mod row;
mod schedule;
mod search;
mod sqlite_connection;
mod statement;
mod stored_delivery;
#[cfg(test)]
mod tests;
mod token_rotation;
mod transfer;
mod tx;
mod workspace;

pub use engine::Engine;
pub use erase::{Erased, ErasedWorkspace};
pub use error::{OpenError, StoreError};
pub use job::{Job, JobKind, NewJob};
pub use message_part::MessagePart;
pub use migrations::Schema;
pub use missed::AskedQuestion;
pub use on_hold::{Held, TroubledWorkspace, missing_scope};
pub use options::StoreOptions;
pub use outbox::{DueLane, Lane, NewOutbox, OutKind, OutState, OutboxRow};
pub use payload::{JobPayload, MalformedPayload, NoticePayload, OutboxPayload, UpdatePayload};
pub use peers::Peers;
pub use reflection::UnclassifiedAnswer;
pub use token_rotation::EncryptedPair;
pub use transfer::{Stage, TransferProgress, Transferred, transfer};
pub use tx::Tx;
pub use workspace::{Workspace, WorkspaceState};

#[cfg(feature = "test-support")]
pub use self::{
    outbox::OutboxAge, recent_history::HistoryEntry, reflection::MemberCounts,
    stored_delivery::StoredDelivery, transfer::TransferError,
};

use futures::future::BoxFuture;
use group_commit::Writer;
use sqlx::{AnyPool, any::AnyConnectOptions};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::Notify;
use tracing::Instrument as _;

/// How long a transaction on a server may take. A network that drops packets says nothing, and a program that
/// waited on would not be ready again when the network is.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);

/// Pause between two attempts to empty the write-ahead log.
const TRUNCATE_PAUSE: Duration = Duration::from_millis(50);

/// The database. Cheap to clone; closed by [`Store::close`] or when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    options: AnyConnectOptions,
    pool: AnyPool,
    /// The only writing connection, on SQLite.
    writer: Option<Writer>,
    lock_timeout: Duration,
    /// Notified when something was written that other replicas have to do, or to wait for.
    new_work: Arc<Notify>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.inner.engine).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database of a `DATABASE_URL` and runs pending migrations. Creates a missing SQLite file,
    /// unless the URL says `mode=rw` or `mode=ro`.
    ///
    /// # Errors
    /// [`OpenError`], a sentence for the operator that never contains the URL's password.
    pub async fn open(url: &str) -> Result<Store, OpenError> {
        Self::open_with(url, &StoreOptions::default()).await
    }

    /// [`Store::open`] with options other than the defaults.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(url: &str, settings: &StoreOptions) -> Result<Store, OpenError> {
        let (engine, options) = engine::parse(url)?;
        let pool = engine::pool(engine, &options, settings);
        let writer = match engine {
            Engine::Postgres => {
                migrations::migrate_postgres(&pool).await?;
                None
            }
            Engine::Sqlite => Some(Writer::start(options.clone(), settings.lock_timeout).await?),
        };
        let lock_timeout = settings.lock_timeout;
        let new_work = Arc::default();
        Ok(Store { inner: Arc::new(Inner { engine, options, pool, writer, lock_timeout, new_work }) })
    }

    /// Reports the engine and the state of the schema, without changing anything: no file is created and no
    /// migration is run.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn inspect(url: &str) -> Result<(Engine, Schema), OpenError> {
        let (engine, options) = engine::parse(url)?;
        if !engine::database_exists(engine, &options)? {
            return Ok((engine, Schema::Missing));
        }
        let lock_timeout = StoreOptions::default().lock_timeout;
        let mut connection = engine::connect_read_only(engine, &options, lock_timeout).await?;
        let schema = migrations::inspect(engine, &mut connection).await;
        // Nothing was changed, so a failure to close loses nothing.
        let _ = sqlx::Connection::close(connection).await;
        Ok((engine, schema?))
    }

    /// The database's file, if users of this machine other than its owner can read it, and with it what members
    /// wrote. `None` on PostgreSQL, which has users of its own.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn file_that_others_can_read(url: &str) -> Result<Option<PathBuf>, OpenError> {
        let (engine, options) = engine::parse(url)?;
        Ok(engine::file_that_others_can_read(engine, &options))
    }

    /// The engine of the database.
    #[cfg(feature = "test-support")]
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Runs `work` in a transaction. `Ok` is returned after the commit is on the disk. An `Err`, a failed
    /// statement or a panic rolls back the changes of this `work`, and no others.
    ///
    /// When the caller is dropped, `work` that has begun still runs to its end and is committed. On SQLite,
    /// `work` that has not begun is then not run.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`] of the commit. After [`StoreError::Conflict`] and
    /// [`StoreError::Locked`] the caller may try again.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if let Some(writer) = &self.inner.writer {
            return writer.write(work).await;
        }
        let (pool, new_work) = (self.inner.pool.clone(), Arc::clone(&self.inner.new_work));
        let writing = tokio::time::timeout(ANSWERS_WITHIN, write_to_server(pool, new_work, work));
        // In its own task the work runs to its end when the caller is dropped, and a panic ends only it.
        let task = tokio::spawn(writing.instrument(tracing::Span::current()));
        match task.await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(StoreError::Unreachable.into()),
            Err(error) if error.is_panic() => Err(StoreError::Panicked.into()),
            Err(_) => Err(StoreError::Closed.into()),
        }
    }

    /// Reads one consistent state of the database, without waiting for writers. A write in `work` fails.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`].
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let engine = self.inner.engine;
        let begun = self.inner.pool.begin_with(engine::begin_read(engine)).await;
        let mut tx = Tx::pooled(begun.map_err(closed_or)?, engine, false);
        if engine == Engine::Sqlite {
            let result = work(&mut tx).await;
            tx.rollback().await;
            return result;
        }
        let reading = async {
            let result = work(&mut tx).await;
            tx.rollback().await;
            result
        };
        let result = tokio::time::timeout(ANSWERS_WITHIN, reading).await;
        result.unwrap_or_else(|_| Err(StoreError::Unreachable.into()))
    }

    /// Checks that the database can be written to, for the readiness probe.
    ///
    /// # Errors
    /// [`StoreError`] when it does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.write(|tx| Box::pin(async move { tx.fetch(statement::sql("SELECT 1")).await.map(|_| ()) })).await
    }

    /// Copies the running database into a new file that only its owner can read. SQLite only.
    ///
    /// # Errors
    /// [`StoreError::BackupExists`], [`StoreError::BackupUnwritable`],
    /// [`StoreError::BackupOfPostgres`], or an error of the copy.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match self.inner.engine {
            Engine::Sqlite => engine::backup_sqlite(&self.inner.options, to).await,
            Engine::Postgres => Err(StoreError::BackupOfPostgres),
        }
    }

    /// Removes erased text from the database file and its write-ahead log: rewrites the file, then empties
    /// the log, trying again while a reader uses it. Only after this may a member be told that their data is
    /// erased. Does nothing on PostgreSQL, whose files are managed by its operator.
    ///
    /// # Errors
    /// [`StoreError::WalInUse`] when a read lasts longer than the lock timeout; [`StoreError::Full`] when
    /// the disk has no space for a second copy.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        let Some(writer) = &self.inner.writer else { return Ok(()) };
        writer.vacuum().await?;
        self.empty_log().await
    }

    /// Empties the write-ahead log of SQLite, which holds rows as they were before later changes. Tries again while
    /// a reader uses it.
    ///
    /// # Errors
    /// [`StoreError::WalInUse`] when a read lasts longer than the lock timeout.
    pub async fn empty_log(&self) -> Result<(), StoreError> {
        let Some(writer) = &self.inner.writer else { return Ok(()) };
        let mut waited = Duration::ZERO;
        while waited < self.inner.lock_timeout {
            if writer.truncate_wal().await? {
                return Ok(());
            }
            tokio::time::sleep(TRUNCATE_PAUSE).await;
            waited = waited.saturating_add(TRUNCATE_PAUSE);
        }
        Err(StoreError::WalInUse)
    }

    /// Finishes the transactions that were begun and closes every connection. Later calls, on clones too,
    /// return [`StoreError::Closed`].
    pub async fn close(self) {
        if let Some(writer) = &self.inner.writer {
            writer.close().await;
        }
        self.inner.pool.close().await;
    }
}

async fn write_to_server<T, E, F>(pool: AnyPool, new_work: Arc<Notify>, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    E: From<StoreError>,
{
    let begun = pool.begin().await;
    let mut tx = Tx::pooled(begun.map_err(closed_or)?, Engine::Postgres, true);
    let result = work(&mut tx).await;
    match (result, tx.failure()) {
        (Ok(value), None) => {
            let has_scheduled_work = tx.has_scheduled_work();
            let new_keys = tx.take_new_keys();
            if !new_keys.is_empty()
                && let Err(error) = tx.insert_deliveries(new_keys).await
            {
                tx.rollback().await;
                return Err(error.into());
            }
            tx.commit().await?;
            if has_scheduled_work {
                new_work.notify_one();
            }
            Ok(value)
        }
        (Ok(_), Some(failure)) => {
            tx.rollback().await;
            Err(failure.into())
        }
        (Err(error), _) => {
            tx.rollback().await;
            Err(error)
        }
    }
}

fn closed_or(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::PoolClosed => StoreError::Closed,
        error => error.into(),
    }
}
