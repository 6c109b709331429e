//! A transaction on one connection. This file has the connection, the ways to run a statement, and the rule
//! that a transaction with a failed statement can only be rolled back. The operations are in one file per
//! noun, each an `impl Tx`.
//!
//! Every operation returns the [`StoreError`] of its statement. Only further errors are documented.

use super::{
    engine::Engine,
    error::StoreError,
    group_commit::key_cache::KeyCache,
    row::Row,
    sqlite_connection::SqliteConnection,
    statement::{Statement, sql},
};
use sqlx::{Any, Transaction};

/// A transaction: all of its changes are committed, or none.
pub struct Tx {
    connection: Connection,
    pub(super) engine: Engine,
    writes: bool,
    failure: Option<StoreError>,
    statements: u32,
    has_scheduled_work: bool,
    /// The delivery keys that wait for the commit; `None` where nothing is written.
    pub(super) key_cache: Option<KeyCache>,
}

enum Connection {
    /// SQLite's writing connection. The group commit begins and commits on it.
    Owned(SqliteConnection),
    /// A connection of the pool. Dropping it rolls back.
    Pooled(Transaction<'static, Any>),
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx")
            .field("engine", &self.engine)
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}

impl Tx {
    pub(super) fn owned(connection: SqliteConnection) -> Self {
        Self::new(Connection::Owned(connection), Engine::Sqlite, true)
    }

    pub(super) fn pooled(transaction: Transaction<'static, Any>, engine: Engine, writes: bool) -> Self {
        Self::new(Connection::Pooled(transaction), engine, writes)
    }

    fn new(connection: Connection, engine: Engine, writes: bool) -> Self {
        Self {
            connection,
            engine,
            writes,
            failure: None,
            statements: 0,
            has_scheduled_work: false,
            key_cache: writes.then(KeyCache::default),
        }
    }

    /// The engine of the database.
    #[cfg(feature = "test-support")]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// One of two texts that differ only in PostgreSQL's row lock. The lock serialises two machines that
    /// load and save the same row. SQLite has one writer and needs none.
    pub(super) fn select_for_update(&self, plain: &'static str, locked: &'static str) -> Statement {
        match (self.engine, self.writes) {
            (Engine::Postgres, true) => sql(locked),
            _ => sql(plain),
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError> {
        self.check()?;
        let result = match &mut self.connection {
            Connection::Owned(connection) => connection.execute(&statement),
            Connection::Pooled(transaction) => {
                let done = statement.into_query().execute(&mut **transaction).await;
                done.map(|done| done.rows_affected()).map_err(StoreError::from)
            }
        };
        self.note_failure(result)
    }

    /// Runs a statement and returns its first row.
    pub(super) async fn fetch(&mut self, statement: Statement) -> Result<Option<Row>, StoreError> {
        self.check()?;
        let result = match &mut self.connection {
            Connection::Owned(connection) => connection.fetch(&statement).map(|row| row.map(Row::Sqlite)),
            Connection::Pooled(transaction) => {
                let row = statement.into_query().fetch_optional(&mut **transaction).await;
                row.map(|row| row.map(Row::Any)).map_err(StoreError::from)
            }
        };
        self.note_failure(result)
    }

    /// Runs a statement and returns all its rows.
    pub(super) async fn fetch_all(&mut self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        self.check()?;
        let result = match &mut self.connection {
            Connection::Owned(connection) => {
                connection.fetch_all(&statement).map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Connection::Pooled(transaction) => {
                let rows = statement.into_query().fetch_all(&mut **transaction).await;
                rows.map(|rows| rows.into_iter().map(Row::Any).collect()).map_err(StoreError::from)
            }
        };
        self.note_failure(result)
    }

    /// Runs a statement and converts all its rows.
    pub(super) async fn list<T>(
        &mut self,
        statement: Statement,
        read: fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.fetch_all(statement).await?.iter().map(read).collect()
    }

    /// Runs a statement and converts its first row.
    pub(super) async fn find<T>(
        &mut self,
        statement: Statement,
        read: fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.fetch(statement).await?.as_ref().map(read).transpose()
    }

    /// Runs statements that control a shared transaction (begin, savepoint, commit), one after the other.
    /// They run even after a failed statement.
    pub(super) fn control(&mut self, texts: &[&'static str]) -> Result<(), StoreError> {
        let Connection::Owned(connection) = &mut self.connection else { return Ok(()) };
        texts.iter().try_for_each(|text| connection.execute(&sql(*text)).map(|_| ()))
    }

    /// The first failed statement. With one, the transaction can only be rolled back.
    pub(super) fn failure(&self) -> Option<StoreError> {
        self.failure.clone()
    }

    /// Makes the connection ready for the next transaction or savepoint.
    pub(super) fn reset(&mut self) {
        self.failure = None;
        self.has_scheduled_work = false;
    }

    /// Records that this transaction wrote something that may be due before everything else.
    pub(super) fn note_scheduled_work(&mut self) {
        self.has_scheduled_work = true;
    }

    /// Whether this transaction wrote something that the worker has to do or to wait for. Most do not, and
    /// waking the worker after each would cost more than the transaction itself.
    pub fn has_scheduled_work(&self) -> bool {
        self.has_scheduled_work
    }

    /// Number of statements so far, modulo 2³².
    pub(super) fn statements(&self) -> u32 {
        self.statements
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.connection {
            Connection::Pooled(transaction) => Ok(transaction.commit().await?),
            Connection::Owned(_) => Ok(()),
        }
    }

    pub(super) async fn rollback(self) {
        if let Connection::Pooled(transaction) = self.connection {
            // When this fails, the pool closes the connection, and the server rolls back.
            let _ = transaction.rollback().await;
        }
    }

    pub(super) fn close(self) {
        if let Connection::Owned(connection) = self.connection {
            connection.close();
        }
    }

    /// The writing connection of SQLite, outside of any transaction.
    pub(super) fn sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match &mut self.connection {
            Connection::Owned(connection) => Some(connection),
            Connection::Pooled(_) => None,
        }
    }

    /// Refuses every statement after a failed one. PostgreSQL does so by itself. SQLite may have rolled back
    /// the transaction, and would run later statements outside of it, each committed alone.
    pub(super) fn check(&mut self) -> Result<(), StoreError> {
        self.statements = self.statements.wrapping_add(1);
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn note_failure<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result {
            self.failure = Some(error.clone());
        }
        result
    }
}
