//! What is sent, between its row and Slack: [`App::prepare`] composes it from today's facts and
//! commits that the attempt begins; [`App::settle`] takes in what became of it. No transaction is
//! open in between. What each kind of row comes to is `compose`'s.

mod compose;
mod settle;

use super::{App, AppError, Done, outgoing::Outgoing, privacy, report};
use crate::{
    coach::member::Presence,
    store::{Job, OutKind, OutboxRow, Tx},
};
use compose::Composed;
use jiff::{SignedDuration, Timestamp};

/// Less than this much of its lease left, a row is not begun: whoever claims it next must not find
/// our attempt still under way.
const LEASE_MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// What is to be done with a row that was claimed.
#[derive(Debug)]
pub enum Prepared {
    /// Carry it to Slack; the attempt is committed.
    Carry(Box<Outgoing>),
    /// Nothing: it is not wanted any more, was moved to another time, or is not ours any more.
    Settled,
}

impl App {
    /// Whether what a row sends depends on the member's presence, which the caller then brings.
    pub fn wants_presence(row: &OutboxRow) -> bool {
        match row.kind {
            OutKind::Nudge | OutKind::GoOn | OutKind::Plan => true,
            OutKind::Report => row.subject.ends_with(report::BY_ITSELF),
            _ => false,
        }
    }

    /// Whether a row may be sent only when what was erased is nowhere any more; the caller then
    /// calls [`App::leave_no_trace`] before it prepares the row.
    pub fn is_last_word(row: &OutboxRow) -> bool {
        privacy::is_last_word(row.kind, &row.subject)
    }

    /// Makes sure that what was erased is nowhere in the database file or its log.
    ///
    /// # Errors
    /// The store's, when a reader is in the way for long.
    pub async fn leave_no_trace(&self) -> Done<()> {
        Ok(self.store.scrub().await?)
    }

    /// Claims rows that are due for `owner`.
    ///
    /// # Errors
    /// The store's.
    pub async fn claim_rows(&self, owner: &str, lease: SignedDuration, limit: usize) -> Done<Vec<OutboxRow>> {
        let (owner, now) = (owner.to_owned(), self.env.now());
        let until = now.saturating_add(lease).unwrap_or(now);
        self.store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, AppError>(tx.claim_due(now, until, &owner, limit).await?) })
            })
            .await
    }

    /// Claims jobs that are due for `owner`.
    ///
    /// # Errors
    /// The store's.
    pub async fn claim_jobs(&self, owner: &str, lease: SignedDuration, limit: usize) -> Done<Vec<Job>> {
        let (owner, now) = (owner.to_owned(), self.env.now());
        let until = now.saturating_add(lease).unwrap_or(now);
        self.store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, AppError>(tx.claim_jobs(now, until, &owner, limit).await?) })
            })
            .await
    }

    /// Gives back what `owner` has claimed, and says how much that was.
    ///
    /// # Errors
    /// The store's.
    pub async fn release(&self, owner: &str) -> Done<u64> {
        let owner = owner.to_owned();
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, AppError>(tx.release_leases(&owner).await?) }))
            .await
    }

    /// When anything next wants attention.
    ///
    /// # Errors
    /// The store's.
    pub async fn next_due_at(&self) -> Done<Option<Timestamp>> {
        self.store.read(|tx| Box::pin(async move { Ok::<_, AppError>(tx.next_due_at().await?) })).await
    }

    /// Puts a claimed row off, of which nothing was begun now. A doubt stays a doubt.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_off(&self, row: &OutboxRow, until: Timestamp, code: &str) -> Done<()> {
        let (row, code, now) = (row.clone(), code.to_owned(), self.env.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if row.attempted_at.is_some() {
                        tx.mark_in_doubt(&row.id, until, now).await?;
                    } else {
                        tx.postpone(&row.id, until, &code, now).await?;
                    }
                    Ok::<_, AppError>(())
                })
            })
            .await
    }

    /// Composes what a claimed row sends and commits that the attempt begins.
    ///
    /// # Errors
    /// The store's; the row then stays claimed until its lease is over.
    pub async fn prepare(&self, row: &OutboxRow, presence: Presence) -> Done<Prepared> {
        let (app, row) = (self.clone(), row.clone());
        self.store.write(move |tx| Box::pin(async move { app.prepare_in(tx, &row, &presence).await })).await
    }

    async fn prepare_in(&self, tx: &mut Tx, row: &OutboxRow, presence: &Presence) -> Done<Prepared> {
        let now = self.env.now();
        let lease_ends = row.lease_until.unwrap_or(now);
        if lease_ends.saturating_sub(LEASE_MARGIN).unwrap_or(now) <= now {
            return Ok(Prepared::Settled);
        }
        let carry = match self.compose(tx, row, presence).await? {
            Composed::Carry(carry) => carry,
            Composed::Wait(at) => {
                tx.postpone(&row.id, at, "held", now).await?;
                return Ok(Prepared::Settled);
            }
            Composed::Drop(why) => {
                tracing::info!(row = %row.id, kind = %row.kind, reason = why, "not sent");
                self.drop_row(tx, row, why).await?;
                return Ok(Prepared::Settled);
            }
        };
        if !tx.mark_attempt(&row.id, now).await? {
            return Ok(Prepared::Settled);
        }
        Ok(Prepared::Carry(Box::new(Outgoing {
            row: row.id.clone(),
            team: row.team.clone(),
            what: carry,
            in_doubt_since: row.attempted_at,
            reserved_files: row.file_ids.clone(),
            attempts: row.attempts,
        })))
    }

    async fn drop_row(&self, tx: &mut Tx, row: &OutboxRow, why: &str) -> Done<()> {
        if privacy::is_last_word(row.kind, &row.subject) {
            tx.delete_outbox(&row.id).await?;
        } else if !tx.cancel(&row.id).await? {
            tx.mark_failed(&row.id, why, self.env.now()).await?;
        }
        Ok(())
    }
}
