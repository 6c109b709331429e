//! The handle to the writer's thread.

use super::{
    super::{
        error::{OpenError, StoreError},
        first_open,
        tx::Tx,
    },
    command::Command,
    task,
    writer_loop::WriterLoop,
};
use futures::future::BoxFuture;
use sqlx::any::AnyConnectOptions;
use std::{
    thread::{self, ThreadId},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// Commands that may wait for the thread. When the queue is full, further callers wait for a place in it.
const QUEUE: usize = 1_024;

/// Sends commands to the thread that owns SQLite's writing connection.
///
/// It is a thread and not a tokio task: SQLite blocks its caller while it reads pages and syncs the disk, and a
/// task that blocks would hold up the request handlers of its runtime thread.
pub(in crate::store) struct Writer {
    commands: mpsc::Sender<Command>,
    thread: ThreadId,
}

impl Writer {
    /// Starts the thread, which opens the database and migrates its schema.
    pub(in crate::store) async fn start(
        options: AnyConnectOptions,
        lock_timeout: Duration,
    ) -> Result<Self, OpenError> {
        let (commands, inbox) = mpsc::channel(QUEUE);
        let (opened, is_open) = oneshot::channel();
        // Work may use its caller's runtime.
        let runtime = tokio::runtime::Handle::try_current();
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let _guard = runtime.as_ref().map(|runtime| runtime.enter());
                futures::executor::block_on(async {
                    let (tx, result) = match first_open::open_sqlite(&options, lock_timeout).await {
                        Ok(connection) => (Some(Tx::owned(connection)), Ok(())),
                        Err(error) => (None, Err(error)),
                    };
                    if opened.send(result).is_ok() && tx.is_some() {
                        WriterLoop::new(inbox, tx, options, lock_timeout).run().await;
                    }
                });
            })
            .map_err(|_| OpenError::Other { code: "thread".to_owned() })?;
        is_open.await.unwrap_or_else(|_| Err(OpenError::Other { code: "thread".to_owned() }))?;
        Ok(Self { commands, thread: thread.thread().id() })
    }

    /// Runs a unit of work and returns its result after the commit.
    pub(in crate::store) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if thread::current().id() == self.thread {
            return Err(StoreError::Nested.into());
        }
        let (task, answer) = task::new(work);
        let sent = self.commands.send(Command::Run(task)).await;
        sent.map_err(|_| E::from(StoreError::Closed))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Rewrites the database file; see [`super::super::engine::vacuum`].
    pub(in crate::store) async fn vacuum(&self) -> Result<(), StoreError> {
        let (caller, answer) = oneshot::channel();
        self.commands.send(Command::Vacuum(caller)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Empties the write-ahead log. False: a reader still uses it.
    pub(in crate::store) async fn truncate_wal(&self) -> Result<bool, StoreError> {
        let (caller, answer) = oneshot::channel();
        self.commands.send(Command::TruncateWal(caller)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Finishes the commands that were sent before, and closes the connection.
    pub(in crate::store) async fn close(&self) {
        let (caller, answer) = oneshot::channel();
        if self.commands.send(Command::Close(caller)).await.is_ok() {
            // An error means that the thread has ended already.
            let _ = answer.await;
        }
    }
}
