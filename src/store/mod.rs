//! What LeadLens remembers, in SQLite or PostgreSQL, by one text of SQL. [`Store::write`] runs one
//! unit of work and [`Store::read`] one consistent look; what can be done in them is `impl Tx`, in a
//! file per noun. A new noun is a migration, a file here, a line in `erase.rs` and its story in
//! `tests/store_contract.rs`, which runs every method on both engines.
//!
//! The functions are short and touch the database alone: nothing else may be awaited in a unit of
//! work, for on SQLite all others wait for it. `now` and row ids are arguments.

mod act;
mod audit;
mod due;
mod engine;
mod erase;
mod error;
mod feedback;
mod job;
mod lately;
mod member;
mod migrations;
mod model;
mod nudge;
mod outbox;
mod piece;
mod plan;
mod reflection;
mod room;
mod row;
mod search;
mod seen;
#[cfg(test)]
mod tests;
mod tx;
mod workspace;
mod writer;

pub use engine::Engine;
pub use erase::{Erased, ErasedWorkspace};
pub use error::{OpenError, StoreError};
pub use job::{Job, JobKind};
pub use lately::Lately;
pub use outbox::{NewOutbox, OutKind, OutState, OutboxAge, OutboxRow};
pub use piece::Piece;
pub use reflection::{Counts, Unread};
pub use seen::Seen;
pub use tx::Tx;
pub use workspace::{Workspace, WorkspaceState};

use futures::future::BoxFuture;
use sqlx::{AnyPool, any::AnyConnectOptions};
use std::{path::Path, sync::Arc, time::Duration};
use tracing::Instrument as _;
use writer::Writer;

/// Between two tries to empty the log.
const TRUNCATE_PAUSE: Duration = Duration::from_millis(50);

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Connections that read, on SQLite.
    pub read_connections: u32,
    /// Connections to a PostgreSQL server.
    pub server_connections: u32,
    /// How long to wait for a lock or a connection before saying so.
    pub patience: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { read_connections: 4, server_connections: 10, patience: Duration::from_secs(5) }
    }
}

/// How a schema stands to what this program needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// There is none yet.
    Missing,
    /// So many migrations are to be made.
    Behind(usize),
    /// It is what the program needs.
    UpToDate,
}

/// The database. Cheap to clone; closed by [`Store::close`] or when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    options: AnyConnectOptions,
    pool: AnyPool,
    writer: Option<Writer>,
    patience: Duration,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.inner.engine).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database of a `DATABASE_URL` and brings its schema up to date. A SQLite file is
    /// made when it is missing, unless the URL says `mode=rw` or `mode=ro`.
    ///
    /// # Errors
    /// [`OpenError`], a sentence for the operator that never repeats the URL's password.
    pub async fn open(url: &str) -> Result<Store, OpenError> {
        Self::open_with(url, &StoreOptions::default()).await
    }

    /// [`Store::open`] with other numbers of connections or another patience.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(url: &str, settings: &StoreOptions) -> Result<Store, OpenError> {
        let (engine, options) = engine::parse(url)?;
        let pool = engine::pool(engine, &options, settings);
        let writer = match engine {
            Engine::Postgres => {
                engine::migrate_postgres(&pool).await?;
                None
            }
            Engine::Sqlite => Some(Writer::start(options.clone(), settings.patience).await?),
        };
        Ok(Store { inner: Arc::new(Inner { engine, options, pool, writer, patience: settings.patience }) })
    }

    /// Looks at the database of a `DATABASE_URL` and changes nothing in it: no file is made, no schema
    /// brought up to date.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn look(url: &str) -> Result<(Engine, Schema), OpenError> {
        let (engine, options) = engine::parse(url)?;
        if !engine::is_there(engine, &options)? {
            return Ok((engine, Schema::Missing));
        }
        let mut connection =
            engine::connect_to_look(engine, &options, StoreOptions::default().patience).await?;
        let behind = engine::schema_behind(engine, &mut connection).await;
        // Nothing was changed, so nothing is lost if it does not close well.
        let _ = sqlx::Connection::close(connection).await;
        Ok((
            engine,
            match behind? {
                None => Schema::Missing,
                Some(0) => Schema::UpToDate,
                Some(behind) => Schema::Behind(behind),
            },
        ))
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Runs one unit of work. `Ok` is answered when it is on the disk; `Err`, a failed statement or
    /// a panic rolls it back, and nothing else with it.
    ///
    /// On SQLite it may share its commit with others (group commit). If the caller goes away, a unit
    /// of work that has begun is completed and its answer dropped; one that has not begun on SQLite
    /// is not done at all.
    ///
    /// # Errors
    /// What `work` answers, or a [`StoreError`] of the commit. [`StoreError::Conflict`] and
    /// [`StoreError::Locked`] may be tried again.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_knowing(Vec::new(), work).await
    }

    /// [`Store::write`] for a delivery that is going to ask [`Tx::find_seen`] for some keys: they are looked
    /// up together with those of the deliveries that wait with it. PostgreSQL looks up each by itself.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_knowing<T, E, F>(&self, keys: Vec<String>, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if let Some(writer) = &self.inner.writer {
            return writer.write(keys, work).await;
        }
        let pool = self.inner.pool.clone();
        // A task of its own: what has begun is completed, and a panic ends it alone.
        let task = tokio::spawn(on_server(pool, work).instrument(tracing::Span::current()));
        match task.await {
            Ok(answer) => answer,
            Err(error) if error.is_panic() => Err(StoreError::Panicked.into()),
            Err(_) => Err(StoreError::Closed.into()),
        }
    }

    /// Looks at one consistent state of the database, beside the writers; a write in it is refused.
    ///
    /// # Errors
    /// What `work` answers, or a [`StoreError`].
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let engine = self.inner.engine;
        let begun = self.inner.pool.begin_with(engine::begin_read(engine)).await;
        let mut tx = Tx::pooled(begun.map_err(closed_or)?, engine, false);
        let answer = work(&mut tx).await;
        tx.rollback().await;
        answer
    }

    /// Whether the database answers, for readiness: the writer on SQLite, the server on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.write(|tx| Box::pin(async move { tx.fetch(tx::sql("SELECT 1")).await.map(|_| ()) })).await
    }

    /// Copies the running database into a new file, readable for its owner alone. SQLite only.
    ///
    /// # Errors
    /// [`StoreError::BackupExists`], [`StoreError::BackupUnwritable`],
    /// [`StoreError::BackupOfPostgres`], or what the copying met.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match self.inner.engine {
            Engine::Sqlite => engine::backup_sqlite(&self.inner.options, to).await,
            Engine::Postgres => Err(StoreError::BackupOfPostgres),
        }
    }

    /// Makes sure that what was erased is nowhere in the database file or its write-ahead log: the
    /// file is written anew, then the log is emptied, again and again until no reader is in the way.
    /// Only then may anybody say *erased*. Nothing to do on PostgreSQL, whose files are its
    /// operator's.
    ///
    /// # Errors
    /// [`StoreError::WalInUse`] when a read outlasts the store's patience; [`StoreError::Full`] when the
    /// disk has no room for a second copy.
    pub async fn scrub(&self) -> Result<(), StoreError> {
        let Some(writer) = &self.inner.writer else { return Ok(()) };
        writer.rewrite().await?;
        let mut waited = Duration::ZERO;
        while waited < self.inner.patience {
            if writer.truncate_wal().await? {
                return Ok(());
            }
            tokio::time::sleep(TRUNCATE_PAUSE).await;
            waited = waited.saturating_add(TRUNCATE_PAUSE);
        }
        Err(StoreError::WalInUse)
    }

    /// Finishes what is in hand and closes every connection; later calls, also on clones, are
    /// answered with [`StoreError::Closed`].
    pub async fn close(self) {
        if let Some(writer) = &self.inner.writer {
            writer.close().await;
        }
        self.inner.pool.close().await;
    }
}

async fn on_server<T, E, F>(pool: AnyPool, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    E: From<StoreError>,
{
    let begun = pool.begin().await;
    let mut tx = Tx::pooled(begun.map_err(closed_or)?, Engine::Postgres, true);
    let answer = work(&mut tx).await;
    match (answer, tx.broken()) {
        (Ok(value), None) => {
            tx.commit().await?;
            Ok(value)
        }
        (answer, broken) => {
            tx.rollback().await;
            match (answer, broken) {
                (Ok(_), Some(error)) => Err(error.into()),
                (answer, _) => answer,
            }
        }
    }
}

fn closed_or(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::PoolClosed => StoreError::Closed,
        error => error.into(),
    }
}
