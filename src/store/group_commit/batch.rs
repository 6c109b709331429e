//! The tasks of one transaction, each in a savepoint, and their common commit. The reasons are in `mod.rs`.

use super::{
    super::{error::StoreError, tx::Tx},
    task::Task,
};

/// Most tasks in one commit.
const MAX_TASKS: usize = 64;
/// Number of statements after which no further task joins a commit: about ten milliseconds of work. The
/// first task waits that much longer for its answer than with a commit of its own.
const MAX_STATEMENTS: u32 = 512;

/// A transaction that tasks are run in.
pub(super) struct Batch {
    tasks: Vec<Box<dyn Task>>,
    /// Whether the changes of any task are to be committed.
    has_changes: bool,
    /// The connection's statement counter at the beginning.
    statements_before: u32,
}

impl Batch {
    pub(super) fn new(tx: &Tx) -> Self {
        Self { tasks: Vec::new(), has_changes: false, statements_before: tx.statements() }
    }

    /// Runs one task. On an error the transaction is lost: nothing may run on the connection any more.
    pub(super) async fn run(&mut self, tx: &mut Tx, mut task: Box<dyn Task>) -> Result<(), StoreError> {
        // The savepoint of the previous task is still open.
        let begin = match self.tasks.is_empty() {
            true => ["BEGIN IMMEDIATE", "SAVEPOINT task"],
            false => ["RELEASE task", "SAVEPOINT task"],
        };
        tx.reset();
        if let Err(error) = tx.control(&begin) {
            self.tasks.push(task);
            return Err(error);
        }
        let keep = task.run(tx).await;
        self.tasks.push(task);
        if keep {
            self.has_changes = true;
            tx.keep_keys();
            return Ok(());
        }
        tx.undo_keys();
        let failure = tx.failure();
        // When SQLite has rolled back everything, this fails as well; the first failure is the reason.
        tx.control(&["ROLLBACK TO task"]).map_err(|error| failure.unwrap_or(error))
    }

    pub(super) fn has_room(&self, tx: &Tx) -> bool {
        let statements = tx.statements().wrapping_sub(self.statements_before);
        self.tasks.len() < MAX_TASKS && statements < MAX_STATEMENTS
    }

    /// Commits what the tasks did. On an error the transaction is lost.
    pub(super) async fn commit(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.reset();
        let new_keys = tx.take_new_keys();
        if !self.has_changes {
            return tx.control(&["ROLLBACK"]);
        }
        if new_keys.is_empty() {
            return tx.control(&["RELEASE task", "COMMIT"]);
        }
        // Fails when the transaction is lost; the keys must not be inserted outside of it.
        tx.control(&["RELEASE task"])?;
        tx.insert_deliveries(new_keys).await?;
        tx.control(&["COMMIT"])
    }

    /// Answers every caller.
    pub(super) fn answer(self, commit_result: &Result<(), StoreError>) {
        for task in self.tasks {
            task.answer(commit_result.clone());
        }
    }
}
