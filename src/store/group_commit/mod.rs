//! Group commit: on SQLite, many transactions share one commit.
//!
//! **Why.** A commit waits for the disk (`synchronous=FULL`), about a millisecond or more. SQLite has one
//! writer at a time. With a commit each, a disk that needs a millisecond allows a few hundred transactions a
//! second, and 64 members who submit at the same moment wait for each other's syncs. With shared commits it
//! is thousands.
//!
//! **How.** [`Writer`] starts a thread that owns the only writing connection. Every `Store::write` is a task
//! in its queue. The thread begins a transaction, runs the first task and those that wait behind it, commits
//! once, and only then answers all of them. PostgreSQL does group commit by itself and does not come here.
//!
//! **Tasks fail alone.** Each task runs in the savepoint `task` (`batch.rs`). When it returns an error or
//! panics, its changes are rolled back to the savepoint, and the tasks before it are kept. Without the
//! savepoint one rejected form would undo the check-ins of everybody in the same commit.
//!
//! **A lost transaction.** On a full disk or an I/O error SQLite may roll back the *whole* transaction by
//! itself. Later statements then run outside any transaction, and each commits alone. Example: task 1 stored
//! a reflection, task 2 hits a full disk, and SQLite rolls back both. If the batch went on, the key of task
//! 1's delivery would be committed without its reflection; Slack's redelivery would find the key, and the
//! answer would be lost for good. So every task ends with `RELEASE task` or `ROLLBACK TO task`. Both fail
//! when the savepoint is gone, and then every task of the batch gets the error and the connection is closed.
//!
//! **Delivery keys** (`key_cache.rs`). Nearly every task looks up one or two delivery keys and records them.
//! No other connection writes while the transaction is open, so a lookup stays valid until the commit, and
//! the new keys of all tasks are inserted with one statement before it. That saves two statements a check-in.
//! A transaction on PostgreSQL uses the same cache for itself alone: it saves a round trip to the server.

mod batch;
mod command;
pub(super) mod key_cache;
mod pending_keys;
mod task;
mod writer;
mod writer_loop;

pub(super) use writer::Writer;
