//! What LeadLens sends by itself, from its row to Slack and back. [`claim`] takes due rows under a lease,
//! [`prepare`] composes one with today's facts and commits that the attempt begins, the caller makes the
//! call to Slack with no transaction open, and [`settle()`] stores what became of it.
//!
//! A crash between the call and [`settle()`] leaves the row *in doubt*: when its lease is over it comes back
//! with `attempted_at` set, and the sender looks for the message in Slack before it posts again.

#![deny(clippy::wildcard_enum_match_arm)]

mod compose;
mod settle;

pub use settle::settle;

use crate::{
    coach::member::Presence,
    interaction::{AppState, Composed, Ctx, Outgoing, Result},
    store::{OutboxPayload, OutboxRow},
};
use jiff::{SignedDuration, Timestamp};

/// A row with less than this much of its lease left is not begun. The next worker must not find this
/// attempt still under way.
const LEASE_MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// What to do with a claimed row.
#[derive(Debug)]
pub enum Prepared {
    /// Make this call; the attempt is committed.
    Call(Box<Outgoing>),
    /// Do nothing: the row is not needed any more, was postponed, or belongs to another worker.
    Settled,
}

/// Whether what a row sends depends on the member's presence, which the caller then brings.
pub fn needs_presence(row: &OutboxRow) -> bool {
    match &row.payload {
        Ok(
            OutboxPayload::Nudge { .. }
            | OutboxPayload::GoOn { .. }
            | OutboxPayload::Plan { .. }
            | OutboxPayload::Report { scheduled: true, .. },
        ) => true,
        Ok(
            OutboxPayload::Welcome
            | OutboxPayload::Report { scheduled: false, .. }
            | OutboxPayload::Export { .. }
            | OutboxPayload::Update(_)
            | OutboxPayload::Offer { .. }
            | OutboxPayload::Care { .. }
            | OutboxPayload::Kept { .. }
            | OutboxPayload::FeedbackAsk { .. }
            | OutboxPayload::FeedbackResult { .. }
            | OutboxPayload::AuditProposed { .. }
            | OutboxPayload::CalendarError { .. }
            | OutboxPayload::Wish { .. }
            | OutboxPayload::TooShort { .. }
            | OutboxPayload::Notice(_),
        )
        | Err(_) => false,
    }
}

/// Whether a row says *erased*. Before it is prepared, the caller empties the write-ahead log.
pub fn is_erasure_notice(row: &OutboxRow) -> bool {
    row.payload.as_ref().is_ok_and(OutboxPayload::is_erasure_notice)
}

/// Claims rows that are due for `owner`.
pub async fn claim(
    state: &AppState,
    owner: &str,
    lease: SignedDuration,
    limit: usize,
) -> Result<Vec<OutboxRow>> {
    let (owner, now) = (owner.to_owned(), state.env.now());
    let until = now.saturating_add(lease).unwrap_or(now);
    state
        .write(move |ctx| Box::pin(async move { Ok(ctx.tx.claim_due(now, until, &owner, limit).await?) }))
        .await
}

/// Gives back what `owner` has claimed, rows and jobs, and returns how much that was.
pub async fn release(state: &AppState, owner: &str) -> Result<u64> {
    let owner = owner.to_owned();
    state.write(move |ctx| Box::pin(async move { Ok(ctx.tx.release_leases(&owner).await?) })).await
}

/// When anything is due next.
pub async fn next_due_at(state: &AppState) -> Result<Option<Timestamp>> {
    state.read(|ctx| Box::pin(async move { Ok(ctx.tx.next_due_at().await?) })).await
}

/// Defers a claimed row of which nothing was begun now. A row in doubt stays in doubt.
pub async fn defer(state: &AppState, row: &OutboxRow, until: Timestamp, code: &str) -> Result<()> {
    let (id, in_doubt) = (row.id.clone(), row.attempted_at.is_some());
    let (code, now) = (code.to_owned(), state.env.now());
    state
        .write(move |ctx| {
            Box::pin(async move {
                if in_doubt {
                    ctx.tx.mark_in_doubt(&id, until, now).await?;
                } else {
                    ctx.tx.postpone(&id, until, &code, now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Composes what a claimed row sends and commits that the attempt begins.
///
/// # Errors
/// The store's. The row then stays claimed until its lease is over.
pub async fn prepare(state: &AppState, row: &OutboxRow, presence: Presence) -> Result<Prepared> {
    let row = row.clone();
    state.write(move |ctx| Box::pin(async move { prepare_in(ctx, &row, &presence).await })).await
}

async fn prepare_in(ctx: &mut Ctx<'_>, row: &OutboxRow, presence: &Presence) -> Result<Prepared> {
    let now = ctx.now();
    let lease_ends = row.lease_until.unwrap_or(now);
    if lease_ends.saturating_sub(LEASE_MARGIN).unwrap_or(now) <= now {
        return Ok(Prepared::Settled);
    }
    let payload = match &row.payload {
        Ok(payload) => payload,
        Err(malformed) => {
            ctx.report_malformed("outbox", malformed);
            ctx.tx.mark_failed(&row.id, MALFORMED, now).await?;
            return Ok(Prepared::Settled);
        }
    };
    let call = match compose::compose(ctx, row, payload, presence).await? {
        Composed::Call(call) => call,
        Composed::Wait(at) => {
            ctx.tx.postpone(&row.id, at, "held", now).await?;
            return Ok(Prepared::Settled);
        }
        Composed::Drop(why) => {
            tracing::info!(reason = why, "not sent");
            drop_row(ctx, row, payload, why).await?;
            return Ok(Prepared::Settled);
        }
    };
    if !ctx.tx.mark_attempt(&row.id, now).await? {
        return Ok(Prepared::Settled);
    }
    Ok(Prepared::Call(Box::new(Outgoing {
        row: row.id.clone(),
        team: row.team.clone(),
        call,
        in_doubt_since: row.attempted_at,
        reserved_files: row.file_ids.clone(),
        attempts: row.attempts,
    })))
}

/// The error code of a row whose payload cannot be read.
pub const MALFORMED: &str = "malformed-payload";

async fn drop_row(ctx: &mut Ctx<'_>, row: &OutboxRow, payload: &OutboxPayload, why: &str) -> Result<()> {
    if payload.is_erasure_notice() {
        ctx.tx.delete_outbox(&row.id).await?;
    } else if !ctx.tx.cancel(&row.id).await? {
        let now = ctx.now();
        ctx.tx.mark_failed(&row.id, why, now).await?;
    }
    Ok(())
}
