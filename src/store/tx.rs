//! One unit of work on one connection. What it can do is spread over the files of the nouns, each an
//! `impl Tx`; here are the connection, the three ways to run a statement, and the rule that a unit
//! of work whose statement failed can only be rolled back.

use super::{
    engine::{self, Engine},
    error::StoreError,
    seen::Keys,
};
use crate::coach::ids::MessageRef;
use sqlx::{
    Any, AnyConnection, AssertSqlSafe, Execute as _, Transaction,
    any::{AnyArguments, AnyRow},
    query::Query,
};
use std::time::Duration;

/// A statement with its arguments.
pub(super) type Statement<'q> = Query<'q, Any, AnyArguments>;

/// A statement of the store: the same text on both engines, arguments as `$1`, `$2` …
pub(super) fn sql(text: &'static str) -> Statement<'static> {
    sqlx::query(text)
}

/// The statement after a frame, as one text: SQLite's driver runs both on one message. For what answers
/// rows alone: a frame would be counted among those that were changed.
fn within(frame: &'static str, mut statement: Statement<'_>) -> Result<Statement<'static>, sqlx::Error> {
    let arguments = statement.take_arguments().map_err(sqlx::Error::Encode)?.unwrap_or_default();
    let text = format!("{frame}; {}", statement.sql().as_str());
    Ok(sqlx::query_with(AssertSqlSafe(text), arguments))
}

/// Binds where a message stands: its channel, then its timestamp.
pub(super) fn at<'q>(statement: Statement<'q>, message: &MessageRef) -> Statement<'q> {
    at_opt(statement, Some(message))
}

/// The same of a message that may not be there: then both are NULL.
pub(super) fn at_opt<'q>(statement: Statement<'q>, message: Option<&MessageRef>) -> Statement<'q> {
    let channel = message.map(|message| message.channel.as_str().to_owned());
    statement.bind(channel).bind(message.map(|message| message.ts.as_str().to_owned()))
}

/// One unit of work: everything in it is kept, or nothing.
pub struct Tx {
    connection: Connection,
    engine: Engine,
    writes: bool,
    broken: Option<StoreError>,
    statements: u32,
    due: bool,
    /// Delivery keys of a shared commit; `None` where no commit is shared.
    pub(super) keys: Option<Keys>,
    /// What has to be run before the next statement: it goes along with a look, and saves a way.
    frame: Option<&'static str>,
}

enum Connection {
    /// The writer's own, on SQLite; begin and commit are the writer's.
    Owned(AnyConnection),
    /// One of a pool; rolled back when dropped.
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
        Self { keys: Some(Keys::default()), ..Self::over(Connection::Owned(connection), engine, true) }
    }

    pub(super) fn pooled(transaction: Transaction<'static, Any>, engine: Engine, writes: bool) -> Self {
        Self::over(Connection::Pooled(transaction), engine, writes)
    }

    fn over(connection: Connection, engine: Engine, writes: bool) -> Self {
        Self { connection, engine, writes, broken: None, statements: 0, due: false, keys: None, frame: None }
    }

    /// The engine behind this unit of work.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// One of two texts that differ only in PostgreSQL's row lock. The lock serialises two machines
    /// that load and save the same row; SQLite has one writer and needs none.
    pub(super) fn locking(&self, plain: &'static str, locked: &'static str) -> Statement<'static> {
        match (self.engine, self.writes) {
            (Engine::Postgres, true) => sql(locked),
            _ => sql(plain),
        }
    }

    /// Runs a statement and says how many rows it changed.
    pub(super) async fn execute(&mut self, statement: Statement<'_>) -> Result<u64, StoreError> {
        self.check()?;
        self.run_frame().await?;
        let result = statement.execute(self.connection()).await;
        self.note(result.map(|done| done.rows_affected()))
    }

    /// Runs a statement for its first row.
    pub(super) async fn fetch(&mut self, statement: Statement<'_>) -> Result<Option<AnyRow>, StoreError> {
        if self.frame.is_some() {
            return Ok(self.fetch_all(statement).await?.into_iter().next());
        }
        self.check()?;
        let result = statement.fetch_optional(self.connection()).await;
        self.note(result)
    }

    /// Runs a statement for all its rows.
    pub(super) async fn fetch_all(&mut self, statement: Statement<'_>) -> Result<Vec<AnyRow>, StoreError> {
        self.check()?;
        let result = match self.frame.take() {
            Some(frame) => match within(frame, statement) {
                Ok(statement) => statement.fetch_all(self.connection()).await,
                Err(error) => Err(error),
            },
            None => statement.fetch_all(self.connection()).await,
        };
        self.note(result)
    }

    /// Reads every row of a statement into a value.
    pub(super) async fn list<T>(
        &mut self,
        statement: Statement<'_>,
        read: fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.fetch_all(statement).await?.iter().map(read).collect()
    }

    /// Reads the first row of a statement into a value.
    pub(super) async fn find<T>(
        &mut self,
        statement: Statement<'_>,
        read: fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.fetch(statement).await?.as_ref().map(read).transpose()
    }

    /// A statement that belongs to the frame (begin, savepoint, commit) and not to the use case.
    pub(super) async fn control(&mut self, text: &'static str) -> Result<(), StoreError> {
        sql(text).execute(self.connection()).await?;
        Ok(())
    }

    /// Has a statement of the frame run before the next one of the use case.
    pub(super) fn begin_with(&mut self, frame: &'static str) {
        self.frame = Some(frame);
    }

    /// Lets go of it. True: it was still to come, for the use case asked for nothing.
    pub(super) fn drop_frame(&mut self) -> bool {
        self.frame.take().is_some()
    }

    async fn run_frame(&mut self) -> Result<(), StoreError> {
        let Some(frame) = self.frame.take() else { return Ok(()) };
        let result = sql(frame).execute(self.connection()).await;
        self.note(result.map(|_| ()))
    }

    /// Why this unit of work can only be rolled back, if it can.
    pub(super) fn broken(&self) -> Option<StoreError> {
        self.broken.clone()
    }

    /// Makes the connection ready for the next unit of work.
    pub(super) fn renew(&mut self) {
        self.broken = None;
        self.due = false;
    }

    /// Notes that something may be due sooner than anything was before.
    pub(super) fn note_due(&mut self) {
        self.due = true;
    }

    /// Whether this unit of work has written something that the worker has to do or to wait for. Most
    /// have not, and waking the worker for them would cost more than they do.
    pub fn added_due(&self) -> bool {
        self.due
    }

    /// Statements run so far (it wraps around): the measure of work that bounds a shared commit.
    pub(super) fn statements(&self) -> u32 {
        self.statements
    }

    /// Commits on the writer's own connection.
    pub(super) async fn commit_shared(&mut self) -> Result<(), StoreError> {
        self.renew();
        if self.has_new_keys() {
            // A disk that failed may have rolled back everything without a word; then this fails, and the
            // keys are not written alone.
            self.control("RELEASE whole").await?;
        }
        self.write_keys().await?;
        self.control("COMMIT").await
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.connection {
            Connection::Pooled(transaction) => Ok(transaction.commit().await?),
            Connection::Owned(_) => Ok(()),
        }
    }

    pub(super) async fn rollback(self) {
        if let Connection::Pooled(transaction) = self.connection {
            // A connection that cannot roll back is closed by its pool; the server then does.
            let _ = transaction.rollback().await;
        }
    }

    pub(super) async fn close(self) {
        if let Connection::Owned(connection) = self.connection {
            // Whatever fails here, the file is consistent: the log is replayed at the next start.
            let _ = sqlx::Connection::close(connection).await;
        }
    }

    pub(super) async fn rewrite(&mut self) -> Result<(), StoreError> {
        engine::rewrite(self.connection()).await
    }

    pub(super) async fn truncate_wal(&mut self, patience: Duration) -> Result<bool, StoreError> {
        engine::truncate_wal(self.connection(), patience).await
    }

    fn connection(&mut self) -> &mut AnyConnection {
        match &mut self.connection {
            Connection::Owned(connection) => connection,
            Connection::Pooled(transaction) => transaction,
        }
    }

    /// After a failed statement PostgreSQL refuses all others, while SQLite may have rolled back
    /// everything and would run them alone, outside any transaction. Both engines refuse here.
    pub(super) fn check(&mut self) -> Result<(), StoreError> {
        self.statements = self.statements.wrapping_add(1);
        self.broken.clone().map_or(Ok(()), Err)
    }

    fn note<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        result.map_err(|error| {
            let error = StoreError::from(error);
            self.broken = Some(error.clone());
            error
        })
    }
}
