//! Moves a whole database into an empty one, of the same engine or the other: copies every row, then reads both
//! sides again and compares them. An interrupted transfer resumes where it was, because each batch is
//! committed together with its position. Nothing is changed in the database that is left.
//!
//! The tables are read from the schema, so that a new migration needs no line here.

mod checksum;
mod error;
mod rows;
mod state;
mod tables;

pub use checksum::Checksum;
pub use error::TransferError;

use super::{
    Store,
    engine::{self, Engine},
    error::{OpenError, StoreError},
    migrations::Schema,
    peers::Exclusive,
    statement::sql,
};
use error::Side;
use jiff::Timestamp;
use state::Begun;
use tables::Table;

/// How far a transfer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferProgress {
    /// What is being done.
    pub stage: Stage,
    /// The table that it is done to.
    pub table: String,
    /// Rows that are done, of all tables.
    pub done: u64,
    /// Rows that there are, of all tables.
    pub total: u64,
}

/// The parts of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Rows are copied.
    Copying,
    /// Both sides are read again and compared.
    Comparing,
}

/// One table after a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferredTable {
    /// Its name.
    pub name: String,
    /// What both sides hold.
    pub checksum: Checksum,
}

/// What a transfer came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// The tables, in the order in which they were copied.
    pub tables: Vec<TransferredTable>,
    /// Whether it resumed an earlier one.
    pub resumed: bool,
    /// Whether what an earlier one had copied was thrown away, because the database it came from had changed.
    pub began_again: bool,
}

/// Called with each step of a transfer.
pub type OnProgress<'p> = &'p mut (dyn FnMut(TransferProgress) + Send);

/// Copies everything from one database to another and compares the two.
///
/// # Errors
/// [`TransferError`], a sentence for the operator. What was copied stays, and the same call resumes there.
pub async fn transfer(
    from: &str,
    to: &str,
    now: Timestamp,
    progress: OnProgress<'_>,
) -> Result<Transferred, TransferError> {
    let source = ExclusiveStore::source(from).await?;
    let target = ExclusiveStore::target(to).await?;
    let done = between(&source.store, &target.store, now, progress).await;
    source.store.close().await;
    target.store.close().await;
    done
}

async fn between(
    source: &Store,
    target: &Store,
    now: Timestamp,
    progress: OnProgress<'_>,
) -> Result<Transferred, TransferError> {
    let tables = tables::common(source, target).await?;
    let origin = state::origin_of(source).await?;
    let begun = state::begin(target, &tables, &origin, now).await?;
    let resumed = begun == Begun::Resumed;
    let mut done = copy_and_compare(source, target, &tables, progress).await;
    let mut began_again = false;
    if resumed && matches!(&done, Err(error) if error.means_a_changed_source()) {
        // Between the two calls somebody used the source.
        state::discard(target, &tables).await?;
        began_again = true;
        done = copy_and_compare(source, target, &tables, progress).await;
    }
    let tables = done?;
    state::finish(target, &origin, now).await?;
    Ok(Transferred { tables, resumed, began_again })
}

async fn copy_and_compare(
    source: &Store,
    target: &Store,
    tables: &[Table],
    progress: OnProgress<'_>,
) -> Result<Vec<TransferredTable>, TransferError> {
    let counted = tables::count(source, tables).await?;
    let mut report = Reporter { done: tables::count(target, tables).await?, total: counted, progress };
    for table in tables {
        rows::copy(source, target, table, &mut report).await?;
    }
    report.done = 0;
    let mut compared = Vec::new();
    for table in tables {
        let left = rows::checksum(source, table, &mut report, Side::From).await?;
        let right = rows::checksum(target, table, &mut report, Side::To).await?;
        if left != right {
            return Err(TransferError::Different { table: table.name.clone(), left, right });
        }
        compared.push(TransferredTable { name: table.name.clone(), checksum: left });
    }
    Ok(compared)
}

/// Counts what is done and tells it.
struct Reporter<'p> {
    done: u64,
    total: u64,
    progress: OnProgress<'p>,
}

impl Reporter<'_> {
    fn copied(&mut self, table: &Table, rows: usize) {
        self.done = self.done.saturating_add(rows as u64);
        self.tell(Stage::Copying, table, self.done);
    }

    /// Each row is read on both sides.
    fn compared(&mut self, table: &Table, rows: usize) {
        self.done = self.done.saturating_add(rows as u64);
        self.tell(Stage::Comparing, table, self.done / 2);
    }

    fn tell(&mut self, stage: Stage, table: &Table, done: u64) {
        let (table, total) = (table.name.clone(), self.total);
        (self.progress)(TransferProgress { stage, table, done: done.min(total), total });
    }
}

/// A store that this process uses alone.
struct ExclusiveStore {
    store: Store,
    _alone: Exclusive,
}

impl ExclusiveStore {
    async fn source(url: &str) -> Result<Self, TransferError> {
        let at = |error| TransferError::Open { side: Side::From, error };
        let (engine, options) = engine::parse(url).map_err(at)?;
        if !engine::database_exists(engine, &options).map_err(at)? {
            return Err(TransferError::NoDatabase);
        }
        let alone = Exclusive::take(engine, &options).await.map_err(at)?;
        match Store::inspect(url).await.map_err(at)?.1 {
            Schema::UpToDate => {}
            Schema::Missing => return Err(TransferError::NoDatabase),
            Schema::Behind(_) | Schema::Ahead => return Err(TransferError::OtherSchema(Side::From)),
        }
        let store = Store::open(url).await.map_err(at)?;
        Ok(Self { store, _alone: alone })
    }

    /// Makes the schema where there is none.
    async fn target(url: &str) -> Result<Self, TransferError> {
        let at = |error| match error {
            // The source is held already, and this is the same one.
            OpenError::InUse => TransferError::TargetInUse,
            error => TransferError::Open { side: Side::To, error },
        };
        let (engine, options) = engine::parse(url).map_err(at)?;
        engine::database_exists(engine, &options).map_err(at)?;
        let alone = Exclusive::take(engine, &options).await.map_err(at)?;
        match Store::inspect(url).await.map_err(at)?.1 {
            Schema::UpToDate | Schema::Missing => {}
            Schema::Behind(_) | Schema::Ahead => return Err(TransferError::OtherSchema(Side::To)),
        }
        let store = Store::open(url).await.map_err(at)?;
        Ok(Self { store, _alone: alone })
    }
}

/// A large table is read and written for longer than a member may wait.
async fn take_time(tx: &mut super::Tx) -> Result<(), StoreError> {
    if tx.engine == Engine::Postgres {
        tx.execute(sql("SET LOCAL statement_timeout = 0")).await?;
    }
    Ok(())
}
