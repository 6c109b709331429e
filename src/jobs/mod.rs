//! Jobs: what LeadLens does by itself and that is no message to send. A job holds ids and never text, and
//! doing it twice does no harm. [`claim`] takes due jobs under a lease, [`run()`] asks Slack with no
//! transaction open and lets the feature that owns the job store what comes of it.

#![deny(clippy::wildcard_enum_match_arm)]

mod calendar;
mod run;

pub use run::{Ran, run};

use crate::{
    features::feedback,
    interaction::{AppState, Result, Unavailable},
    store::{Job, JobPayload},
};
use jiff::{SignedDuration, Timestamp};

/// How long delivery keys, settled rows and failed jobs are stored.
const STORED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many old rows of a kind one transaction deletes. On SQLite every other writer waits for it.
const PRUNE_BATCH: usize = 500;

/// A job that Slack has not done in so many tries is given up.
const MAX_ATTEMPTS: u32 = 20;

/// Claims jobs that are due for `owner`.
pub async fn claim(state: &AppState, owner: &str, lease: SignedDuration, limit: usize) -> Result<Vec<Job>> {
    let (owner, now) = (owner.to_owned(), state.env.now());
    let until = now.saturating_add(lease).unwrap_or(now);
    state
        .write(move |ctx| Box::pin(async move { Ok(ctx.tx.claim_jobs(now, until, &owner, limit).await?) }))
        .await
}

/// A job is done.
pub async fn finish(state: &AppState, job: &Job) -> Result<()> {
    let id = job.id.clone();
    state.write(move |ctx| Box::pin(async move { Ok(ctx.tx.finish_job(&id).await?) })).await?;
    Ok(())
}

/// Slack did not do a job: it is tried again, or given up when Slack never will.
pub async fn not_done(state: &AppState, job: &Job, why: &Unavailable) -> Result<()> {
    let (job, why) = (job.clone(), why.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                if let Some(at) = why.retry_at.filter(|_| job.attempts < MAX_ATTEMPTS) {
                    ctx.tx.postpone_job(&job.id, at, &why.code).await?;
                    return Ok(());
                }
                let now = ctx.now();
                match &job.payload {
                    Ok(JobPayload::EraseWorkspace) => {
                        ctx.tx.fail_job(&job.id, &why.code, now).await?;
                    }
                    Ok(JobPayload::CheckAsked { round }) => {
                        feedback::check_failed(ctx, round).await?;
                        ctx.tx.finish_job(&job.id).await?;
                    }
                    // A message that cannot be deleted or read any more leaves nothing to do.
                    Ok(
                        JobPayload::DeleteMessage { .. }
                        | JobPayload::DeleteFile { .. }
                        | JobPayload::KeepMessage { .. }
                        | JobPayload::RefreshProfile
                        | JobPayload::ReadCalendar { .. },
                    ) => {
                        ctx.tx.finish_job(&job.id).await?;
                    }
                    Err(_) => {
                        ctx.tx.fail_job(&job.id, crate::outbox::MALFORMED, now).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

/// Deletes a small batch of expired rows, and returns how many.
pub async fn prune(state: &AppState, now: Timestamp) -> Result<u64> {
    let before = now.saturating_sub(STORED_FOR).unwrap_or(now);
    state
        .write(move |ctx| {
            Box::pin(async move {
                let keys = ctx.tx.prune_delivery_keys(before, PRUNE_BATCH).await?;
                let rows = ctx.tx.prune_outbox(before, PRUNE_BATCH).await?;
                let jobs = ctx.tx.prune_jobs(before, PRUNE_BATCH).await?;
                ctx.tx.prune_feedback_limits(now).await?;
                Ok(keys.saturating_add(rows).saturating_add(jobs))
            })
        })
        .await
}
