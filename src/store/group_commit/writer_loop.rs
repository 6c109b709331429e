//! The loop of the writer's thread: takes commands from the queue and runs tasks in shared commits.

use super::{
    super::{engine, error::StoreError, tx::Tx},
    batch::Batch,
    command::Command,
    task::Task,
};
use sqlx::any::AnyConnectOptions;
use std::time::Duration;
use tokio::sync::mpsc;

/// The state of the writer's thread.
pub(super) struct WriterLoop {
    inbox: mpsc::Receiver<Command>,
    /// A command that ended a batch because it is no task; it runs next.
    next: Option<Command>,
    /// `None` after the connection was lost, until the next command opens it again.
    tx: Option<Tx>,
    options: AnyConnectOptions,
    lock_timeout: Duration,
}

impl WriterLoop {
    pub(super) fn new(
        inbox: mpsc::Receiver<Command>,
        tx: Option<Tx>,
        options: AnyConnectOptions,
        lock_timeout: Duration,
    ) -> Self {
        Self { inbox, next: None, tx, options, lock_timeout }
    }

    /// Runs until the store is closed or dropped.
    pub(super) async fn run(mut self) {
        loop {
            let command = match self.next.take() {
                Some(command) => Some(command),
                None => self.inbox.recv().await,
            };
            // A caller that has gone away does not need its answer.
            match command {
                Some(Command::Run(task)) => self.commit_together(task).await,
                Some(Command::Vacuum(caller)) => {
                    let _ = caller.send(self.vacuum());
                }
                Some(Command::TruncateWal(caller)) => {
                    let _ = caller.send(self.truncate_wal());
                }
                Some(Command::Close(caller)) => {
                    self.inbox.close();
                    self.disconnect();
                    let _ = caller.send(());
                    return;
                }
                None => return self.disconnect(),
            }
        }
    }

    /// Runs the first task and those that wait behind it in one transaction, and commits it.
    async fn commit_together(&mut self, first: Box<dyn Task>) {
        if first.is_abandoned() {
            return;
        }
        let mut tx = match self.connect() {
            Ok(tx) => tx,
            Err(error) => return first.answer(Err(error)),
        };
        let mut batch = Batch::new(&tx);
        let commit_result = self.run_batch(&mut tx, &mut batch, first).await;
        if commit_result.is_ok() {
            self.tx = Some(tx);
        } else {
            // Closing the connection rolls back what is left of the transaction.
            tx.close();
        }
        batch.answer(&commit_result);
    }

    async fn run_batch(
        &mut self,
        tx: &mut Tx,
        batch: &mut Batch,
        first: Box<dyn Task>,
    ) -> Result<(), StoreError> {
        let mut next = Some(first);
        while let Some(task) = next.take() {
            batch.run(tx, task).await?;
            if batch.has_room(tx) {
                next = self.next_task();
            }
        }
        batch.commit(tx).await
    }

    /// The next waiting task whose caller is still there. `None` when nothing waits or another command comes
    /// first.
    fn next_task(&mut self) -> Option<Box<dyn Task>> {
        while let Ok(command) = self.inbox.try_recv() {
            match command {
                Command::Run(task) if task.is_abandoned() => {}
                Command::Run(task) => return Some(task),
                other @ (Command::Vacuum(_) | Command::TruncateWal(_) | Command::Close(_)) => {
                    self.next = Some(other);
                    return None;
                }
            }
        }
        None
    }

    /// The connection, opened again if it was lost.
    fn connect(&mut self) -> Result<Tx, StoreError> {
        match self.tx.take() {
            Some(tx) => Ok(tx),
            None => Ok(Tx::owned(engine::open_writer(&self.options, self.lock_timeout)?)),
        }
    }

    fn vacuum(&mut self) -> Result<(), StoreError> {
        let mut tx = self.connect()?;
        let result = tx.sqlite().map_or(Ok(()), engine::vacuum);
        self.tx = Some(tx);
        result
    }

    fn truncate_wal(&mut self) -> Result<bool, StoreError> {
        let mut tx = self.connect()?;
        let timeout = self.lock_timeout;
        let result = tx.sqlite().map_or(Ok(true), |connection| engine::truncate_wal(connection, timeout));
        self.tx = Some(tx);
        result
    }

    fn disconnect(&mut self) {
        if let Some(tx) = self.tx.take() {
            tx.close();
        }
    }
}
