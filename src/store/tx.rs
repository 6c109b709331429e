//! A transaction on one connection. This file has the connection, the ways to run a statement, and the rule
//! that a transaction with a failed statement can only be rolled back. The operations are in one file per
//! noun, each an `impl Tx`.
//!
//! Every operation returns the [`StoreError`] of its statement. Only further errors are documented.

use super::{
    engine::Engine,
    error::StoreError,
    group_commit::key_cache::KeyCache,
    statement::{Statement, sql},
};
use sqlx::{Any, AnyConnection, Transaction, any::AnyRow};

/// A transaction: all of its changes are committed, or none.
pub struct Tx {
    connection: Connection,
    engine: Engine,
    writes: bool,
    failure: Option<StoreError>,
    statements: u32,
    has_scheduled_work: bool,
    /// Delivery keys of a shared commit; `None` where no commit is shared.
    pub(super) key_cache: Option<KeyCache>,
}

enum Connection {
    /// SQLite's writing connection. The group commit begins and commits on it.
    Owned(AnyConnection),
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
    pub(super) fn owned(connection: AnyConnection, engine: Engine) -> Self {
        Self {
            key_cache: Some(KeyCache::default()),
            ..Self::new(Connection::Owned(connection), engine, true)
        }
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
            key_cache: None,
        }
    }

    /// The engine of the database.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// One of two texts that differ only in PostgreSQL's row lock. The lock serialises two machines that
    /// load and save the same row. SQLite has one writer and needs none.
    pub(super) fn select_for_update(&self, plain: &'static str, locked: &'static str) -> Statement<'static> {
        match (self.engine, self.writes) {
            (Engine::Postgres, true) => sql(locked),
            _ => sql(plain),
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) async fn execute(&mut self, statement: Statement<'_>) -> Result<u64, StoreError> {
        self.check()?;
        let result = statement.execute(self.connection()).await;
        self.note_failure(result.map(|done| done.rows_affected()))
    }

    /// Runs a statement and returns its first row.
    pub(super) async fn fetch(&mut self, statement: Statement<'_>) -> Result<Option<AnyRow>, StoreError> {
        self.check()?;
        let result = statement.fetch_optional(self.connection()).await;
        self.note_failure(result)
    }

    /// Runs a statement and returns all its rows.
    pub(super) async fn fetch_all(&mut self, statement: Statement<'_>) -> Result<Vec<AnyRow>, StoreError> {
        self.check()?;
        let result = statement.fetch_all(self.connection()).await;
        self.note_failure(result)
    }

    /// Runs a statement and converts all its rows.
    pub(super) async fn list<T>(
        &mut self,
        statement: Statement<'_>,
        read: fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.fetch_all(statement).await?.iter().map(read).collect()
    }

    /// Runs a statement and converts its first row.
    pub(super) async fn find<T>(
        &mut self,
        statement: Statement<'_>,
        read: fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.fetch(statement).await?.as_ref().map(read).transpose()
    }

    /// Runs a statement that controls the transaction (begin, savepoint, commit). It runs even after a
    /// failed statement.
    pub(super) async fn control(&mut self, text: &'static str) -> Result<(), StoreError> {
        sql(text).execute(self.connection()).await?;
        Ok(())
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

    pub(super) async fn close(self) {
        if let Connection::Owned(connection) = self.connection {
            // The file stays consistent when this fails: SQLite replays its log at the next start.
            let _ = sqlx::Connection::close(connection).await;
        }
    }

    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        match &mut self.connection {
            Connection::Owned(connection) => connection,
            Connection::Pooled(transaction) => transaction,
        }
    }

    /// Refuses every statement after a failed one. PostgreSQL does so by itself. SQLite may have rolled back
    /// the transaction, and would run later statements outside of it, each committed alone.
    pub(super) fn check(&mut self) -> Result<(), StoreError> {
        self.statements = self.statements.wrapping_add(1);
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn note_failure<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| {
            let error = StoreError::from(error);
            self.failure = Some(error.clone());
            error
        })
    }
}
