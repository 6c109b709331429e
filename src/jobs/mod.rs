//! Jobs: what LeadLens does by itself and that is no message to send. A job holds ids and never text, and
//! doing it twice does no harm. [`claim`] takes due jobs under a lease, [`run()`] asks Slack with no
//! transaction open and lets the feature that owns the job store what comes of it.

#![deny(clippy::wildcard_enum_match_arm)]

mod calendar;
mod missed;
mod run;

pub use missed::beat;
pub use run::run;

use crate::{
    features::{direct_message, feedback},
    interaction::{AppState, Ctx, HoldReason, RATE_LIMITED, Result, Unavailable, steps},
    store::{Job, JobPayload},
};
use jiff::{SignedDuration, Timestamp};

/// How long delivery keys, settled rows and failed jobs are stored.
const STORED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many old rows of a kind one transaction deletes. On SQLite every other writer waits for it.
const PRUNE_BATCH: usize = 500;

/// A job that was tried in vain for so long is given up.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The longest wait between two tries of a job.
const MAX_BACKOFF_S: u64 = 60 * 60;

/// How many such transactions one step of the worker begins at most: 20,000 rows of a kind every ten minutes.
const PRUNE_BATCHES: usize = 40;

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// It is done, or there is nothing left to do.
    Done,
    /// Slack could not do it now, or never will.
    NotDone,
    /// Slack's limits leave no room for it yet.
    RateLimited,
}

/// Claims jobs that are due for `owner`.
pub async fn claim(state: &AppState, owner: &str, lease: SignedDuration, limit: usize) -> Result<Vec<Job>> {
    let (owner, now) = (owner.to_owned(), state.env.now());
    let until = now.saturating_add(lease).unwrap_or(now);
    state
        .write(move |ctx| {
            Box::pin(async move {
                let jobs = ctx.tx.claim_jobs(now, until, &owner, limit).await?;
                without_held(ctx, jobs).await
            })
        })
        .await
}

/// Holds claimed jobs of workspaces in which nothing can be done now, and returns the others. What needs no
/// Slack goes on.
async fn without_held(ctx: &mut Ctx<'_>, jobs: Vec<Job>) -> Result<Vec<Job>> {
    let mut free = Vec::with_capacity(jobs.len());
    for job in jobs {
        match steps::workspace::hold_reason(ctx, &job.team).await? {
            Some(reason) if job.kind.needs_slack() => {
                ctx.tx.hold_job(&job.id, &reason).await?;
            }
            Some(_) | None => free.push(job),
        }
    }
    Ok(free)
}

/// A job is done.
pub async fn finish(state: &AppState, job: &Job) -> Result<()> {
    let id = job.id.clone();
    state.write(move |ctx| Box::pin(async move { Ok(ctx.tx.finish_job(&id).await?) })).await?;
    Ok(())
}

/// A job was not done: it is tried again, or given up when Slack never will do it or has not done it for
/// days. A job that Slack's limits hold back was not tried.
pub async fn not_done(state: &AppState, job: &Job, why: &Unavailable) -> Result<Ran> {
    let ran = if why.code == RATE_LIMITED { Ran::RateLimited } else { Ran::NotDone };
    let (job, why) = (job.clone(), why.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                let now = ctx.now();
                let tried_for = job.first_tried_at.map_or(SignedDuration::ZERO, |at| now.duration_since(at));
                if let Some(reason) = &why.held {
                    steps::workspace::note_trouble(ctx, &job.team, reason).await?;
                    if waits_for(&job, reason) {
                        ctx.tx.hold_job(&job.id, &reason.code()).await?;
                        return Ok(());
                    }
                }
                match why.retry_at {
                    Some(at) if why.code == RATE_LIMITED => {
                        ctx.tx.postpone_job(&job.id, at, &why.code).await?;
                    }
                    Some(at) if tried_for < GIVE_UP_AFTER => {
                        let backoff = backoff_delay(job.attempts, ctx.random());
                        let at = at.max(now.saturating_add(backoff).unwrap_or(now));
                        ctx.tx.retry_job(&job.id, at, &why.code, now).await?;
                    }
                    Some(_) => {
                        tracing::error!(job.id = %job.id, job.kind = %job.kind, code = why.code,
                            "a job was tried for a week and is given up");
                        give_up(ctx, &job, &why.code).await?;
                    }
                    None => give_up(ctx, &job, &why.code).await?,
                }
                Ok(())
            })
        })
        .await?;
    Ok(ran)
}

/// Whether a job waits until a hold is over. A member who looks at a form and waits is told at once.
fn waits_for(job: &Job, reason: &HoldReason) -> bool {
    match reason {
        HoldReason::Workspace(_) => true,
        HoldReason::MissingScope(_) => !job.kind.is_awaited(),
    }
}

/// The wait before a job is tried again: 5, 10, 20 … seconds up to an hour, with jitter between half and
/// all of it.
fn backoff_delay(attempts: u32, random: u64) -> SignedDuration {
    let max_ms = 5_u64.saturating_mul(1 << attempts.min(10)).min(MAX_BACKOFF_S).saturating_mul(1_000);
    let ms = max_ms / 2 + random % (max_ms / 2 + 1);
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// A job is given up. A member who waits for it is told.
async fn give_up(ctx: &mut Ctx<'_>, job: &Job, code: &str) -> Result<()> {
    let now = ctx.now();
    match &job.payload {
        Ok(JobPayload::EraseWorkspace | JobPayload::Scrub) => {
            ctx.tx.fail_job(&job.id, code, now).await?;
        }
        Ok(JobPayload::CheckAsked { round, .. }) => {
            feedback::check_failed(ctx, round).await?;
            ctx.tx.finish_job(&job.id).await?;
        }
        Ok(JobPayload::KeepMessage { offer, .. }) => {
            if let Some(who) = &job.member {
                direct_message::keep_failed(ctx, who, offer).await?;
            }
            ctx.tx.finish_job(&job.id).await?;
        }
        // A message that cannot be deleted or marked any more leaves nothing to do.
        Ok(
            JobPayload::DeleteMessage { .. }
            | JobPayload::MarkMessage { .. }
            | JobPayload::DeleteFile { .. }
            | JobPayload::RefreshProfile
            | JobPayload::ReadMissed { .. }
            | JobPayload::CheckMessage { .. }
            | JobPayload::DeleteUnsettled { .. }
            | JobPayload::ReadCalendar { .. },
        ) => {
            ctx.tx.finish_job(&job.id).await?;
        }
        Err(_) => {
            ctx.tx.fail_job(&job.id, crate::outbox::MALFORMED, now).await?;
        }
    }
    Ok(())
}

/// Deletes expired rows in small batches, so that other writers come in between, and returns how many.
pub async fn prune(state: &AppState, now: Timestamp) -> Result<u64> {
    let mut pruned: u64 = 0;
    for _ in 0..PRUNE_BATCHES {
        let batch = prune_batch(state, now).await?;
        pruned = pruned.saturating_add(batch.rows);
        if !batch.is_full {
            break;
        }
    }
    Ok(pruned)
}

/// What one transaction deleted.
struct Pruned {
    rows: u64,
    /// There may be more jobs of at least one kind.
    is_full: bool,
}

async fn prune_batch(state: &AppState, now: Timestamp) -> Result<Pruned> {
    let before = now.saturating_sub(STORED_FOR).unwrap_or(now);
    state
        .write(move |ctx| {
            Box::pin(async move {
                let keys = ctx.tx.prune_delivery_keys(before, PRUNE_BATCH).await?;
                let rows = ctx.tx.prune_outbox(before, PRUNE_BATCH).await?;
                let jobs = ctx.tx.prune_jobs(before, PRUNE_BATCH).await?;
                ctx.tx.prune_feedback_limits(now).await?;
                let is_full = [keys, rows, jobs].iter().any(|count| *count >= PRUNE_BATCH as u64);
                Ok(Pruned { rows: keys.saturating_add(rows).saturating_add(jobs), is_full })
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_between_tries_of_a_job_grow_to_an_hour() {
        let waits: Vec<i64> = [0, 1, 4, 9, 10, 99].map(|tries| backoff_delay(tries, 0).as_secs()).to_vec();
        assert_eq!(waits, [2, 5, 40, 1_280, 1_800, 1_800]);
        assert!(backoff_delay(99, u64::MAX) <= SignedDuration::from_hours(1));
    }
}
