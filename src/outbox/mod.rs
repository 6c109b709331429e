//! What LeadLens sends by itself, from its row to Slack and back. [`claim`] takes due rows under a lease,
//! [`prepare`] composes one with today's facts and commits that the attempt begins, the caller makes the
//! call to Slack with no transaction open, and [`settle()`] stores what became of it.
//!
//! A crash between the call and [`settle()`] leaves the row *in doubt*: when its lease is over it comes back
//! with `attempted_at` set, and the sender looks for the message in Slack. If it is not there, the row is
//! composed anew: it may be too late by then, or the member may have paused.

#![deny(clippy::wildcard_enum_match_arm)]

mod compose;
mod settle;

pub use settle::settle;

use crate::{
    coach::{ids::TeamId, member::Presence},
    interaction::{
        AppState, Composed, Ctx, DeliveryOutcome, OutboundFile, Outgoing, Result, Unavailable, steps,
    },
    store::{DueLane, Lane, OutboxPayload, OutboxRow, WorkspaceState},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

/// How long a claimed row belongs to a worker that has not begun it.
const CLAIM_LEASE: SignedDuration = SignedDuration::from_secs(90);

/// How long the lease of a row lasts from the beginning of an attempt: longer than a send may take, with its
/// lookups, and than the store may take to settle it. The next worker must not find this attempt under way.
const ATTEMPT_LEASE: SignedDuration = SignedDuration::from_secs(120);

/// No post is begun in the last part of a lease, because it could still be running when the lease ends.
/// A process that was stopped in the middle of an attempt finds that out when it continues.
const NO_POST_BEFORE_END: SignedDuration = SignedDuration::from_secs(30);

/// What to do with a claimed row.
#[derive(Debug)]
pub enum Prepared {
    /// Make this call; the attempt is committed.
    Call(Box<Outgoing>),
    /// Do nothing: the row is not needed any more, was postponed, or belongs to another worker.
    Settled,
}

/// Whether what a row sends depends on the member's presence, which the caller then brings. A row in doubt is
/// looked for first, whatever the member does.
pub fn needs_presence(row: &OutboxRow) -> bool {
    match row.lane {
        Lane::Unasked => row.attempted_at.is_none(),
        Lane::Answer | Lane::Update => false,
    }
}

/// Whether a row says *erased*. Before it is prepared, the caller empties the write-ahead log.
pub fn is_erasure_notice(row: &OutboxRow) -> bool {
    row.payload.as_ref().is_ok_and(OutboxPayload::is_erasure_notice)
}

/// What is due, by workspace and lane, the longest due first.
pub async fn due_lanes(state: &AppState, now: Timestamp) -> Result<Vec<DueLane>> {
    state.read(move |ctx| Box::pin(async move { Ok(ctx.tx.due_lanes(now).await?) })).await
}

/// Claims due rows of one workspace and lane for `owner`.
pub async fn claim(
    state: &AppState,
    owner: &str,
    team: &TeamId,
    lane: Lane,
    limit: usize,
) -> Result<Vec<OutboxRow>> {
    let (owner, team, now) = (owner.to_owned(), team.clone(), state.env.now());
    let until = now.saturating_add(CLAIM_LEASE).unwrap_or(now);
    state
        .write(move |ctx| {
            Box::pin(async move {
                let rows = ctx.tx.claim_due(&team, lane, now, until, &owner, limit).await?;
                without_held(ctx, rows).await
            })
        })
        .await
}

/// Holds claimed rows of workspaces in which nothing can be sent now, and returns the others. *Erased* is
/// prepared all the same, because that empties the write-ahead log.
async fn without_held(ctx: &mut Ctx<'_>, rows: Vec<OutboxRow>) -> Result<Vec<OutboxRow>> {
    let mut reasons: HashMap<TeamId, Option<String>> = HashMap::new();
    let mut free = Vec::with_capacity(rows.len());
    for row in rows {
        if !reasons.contains_key(&row.team) {
            let reason = steps::workspace::hold_reason(ctx, &row.team).await?;
            reasons.insert(row.team.clone(), reason);
        }
        match reasons.get(&row.team) {
            Some(Some(reason)) if !is_erasure_notice(&row) => {
                ctx.tx.hold(&row.id, row.owner(), reason, row.attempted_at.is_some()).await?;
            }
            _ => free.push(row),
        }
    }
    Ok(free)
}

/// Gives back what `owner` has claimed, rows and jobs, and returns how much that was.
pub async fn release(state: &AppState, owner: &str) -> Result<u64> {
    let owner = owner.to_owned();
    state.write(move |ctx| Box::pin(async move { Ok(ctx.tx.release_leases(&owner).await?) })).await
}

/// When anything is due next that is not due yet, apart from rows: [`due_lanes`] has those.
pub async fn next_due_at(state: &AppState, now: Timestamp) -> Result<Option<Timestamp>> {
    state.read(move |ctx| Box::pin(async move { Ok(ctx.tx.next_due_at(now).await?) })).await
}

/// Slack could not be asked what a claimed row needs to know: it is held if Slack refuses that, and deferred
/// until `until` otherwise.
pub async fn not_now(state: &AppState, row: &OutboxRow, why: &Unavailable, until: Timestamp) -> Result<()> {
    let Some(reason) = why.held.clone() else { return defer(state, row, until, &why.code).await };
    settle(state, row, DeliveryOutcome::Held { reason, is_in_doubt: row.attempted_at.is_some() }).await
}

/// Defers a claimed row of which nothing was begun now. A row in doubt stays in doubt.
pub async fn defer(state: &AppState, row: &OutboxRow, until: Timestamp, code: &str) -> Result<()> {
    let (row, code) = (row.clone(), code.to_owned());
    state.write(move |ctx| Box::pin(async move { defer_in(ctx, &row, until, &code).await })).await
}

async fn defer_in(ctx: &mut Ctx<'_>, row: &OutboxRow, until: Timestamp, code: &str) -> Result<()> {
    let now = ctx.now();
    if row.attempted_at.is_some() {
        ctx.tx.mark_in_doubt(&row.id, row.owner(), until, now).await?;
    } else {
        ctx.tx.retry_later(&row.id, row.owner(), until, code).await?;
    }
    Ok(())
}

/// Composes what a claimed row sends and commits that the attempt begins.
///
/// # Errors
/// The store's. The row then stays claimed until its lease is over.
pub async fn prepare(state: &AppState, row: &OutboxRow, presence: Presence) -> Result<Prepared> {
    let files = compose::files(state, row).await?;
    let row = row.clone();
    state.write(move |ctx| Box::pin(async move { prepare_in(ctx, &row, &presence, files).await })).await
}

async fn prepare_in(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    presence: &Presence,
    files: Vec<OutboundFile>,
) -> Result<Prepared> {
    let now = ctx.now();
    if row.lease_until.is_none_or(|until| until <= now) {
        return Ok(Prepared::Settled);
    }
    let payload = match &row.payload {
        Ok(payload) => payload,
        Err(malformed) => {
            ctx.report_malformed("outbox", malformed);
            ctx.tx.mark_failed(&row.id, row.owner(), MALFORMED, now).await?;
            return Ok(Prepared::Settled);
        }
    };
    if let Some(reason) = steps::workspace::hold_reason(ctx, &row.team).await? {
        if payload.is_erasure_notice()
            && ctx.tx.find_workspace(&row.team).await?.is_some_and(|it| it.state == WorkspaceState::Left)
        {
            // Nobody can be told any more.
            ctx.tx.delete_outbox(&row.id).await?;
        } else {
            ctx.tx.hold(&row.id, row.owner(), &reason, row.attempted_at.is_some()).await?;
        }
        return Ok(Prepared::Settled);
    }
    let composed = match compose::find(ctx, row, payload).await? {
        Some(look) => Composed::Call(look),
        None => compose::compose(ctx, row, payload, presence, files).await?,
    };
    let call = match composed {
        Composed::Call(call) => call,
        Composed::Wait(at) => {
            ctx.tx.postpone(&row.id, row.owner(), at, "held", now).await?;
            return Ok(Prepared::Settled);
        }
        Composed::Drop(why) => {
            tracing::info!(reason = why, "not sent");
            drop_row(ctx, row, payload, why).await?;
            return Ok(Prepared::Settled);
        }
    };
    let lease_until = now.saturating_add(ATTEMPT_LEASE).unwrap_or(now);
    if !ctx.tx.mark_attempt(&row.id, row.owner(), lease_until, now).await? {
        return Ok(Prepared::Settled);
    }
    Ok(Prepared::Call(Box::new(Outgoing {
        row: row.id.clone(),
        holder: row.owner().to_owned(),
        post_before: lease_until.saturating_sub(NO_POST_BEFORE_END).unwrap_or(now),
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
        ctx.tx.mark_failed(&row.id, row.owner(), why, now).await?;
    }
    Ok(())
}
