//! What jobs come to, after the worker has asked Slack: jobs hold ids and never text, and doing one
//! twice does no harm.

use super::{App, AppError, Done, ports::Unavailable};
use crate::{
    coach::member::Presence,
    store::{Job, JobKind},
};
use jiff::{SignedDuration, Timestamp};

/// How long Slack's keys of deliveries, settled rows and failed jobs are kept.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many old rows of a kind one unit of work deletes: others wait for it on SQLite.
const PRUNE_AT_ONCE: usize = 500;

/// A job that Slack has not done in so many tries is given up.
const MAX_ATTEMPTS: u32 = 20;

impl App {
    /// A job is done.
    ///
    /// # Errors
    /// The store's.
    pub async fn job_done(&self, job: &Job) -> Done<()> {
        let id = job.id.clone();
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, AppError>(tx.finish_job(&id).await?) }))
            .await?;
        Ok(())
    }

    /// Slack did not do a job: it is put off, or given up when Slack never will.
    ///
    /// # Errors
    /// The store's.
    pub async fn job_not_done(&self, job: &Job, why: &Unavailable) -> Done<()> {
        let (app, job, why, now) = (self.clone(), job.clone(), why.clone(), self.env.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let again_at = why.retry_at.filter(|_| job.attempts < MAX_ATTEMPTS);
                    if again_at.is_none() && job.kind == JobKind::CheckAsked {
                        app.check_given_up(tx, &job).await?;
                    }
                    match again_at {
                        Some(at) => tx.postpone_job(&job.id, at, &why.code).await?,
                        // What cannot be deleted or read any more leaves nothing to keep.
                        None if job.kind != JobKind::EraseWorkspace => tx.finish_job(&job.id).await?,
                        None => tx.fail_job(&job.id, &why.code, now).await?,
                    };
                    Ok::<_, AppError>(())
                })
            })
            .await
    }

    /// Takes in what Slack says of a member, and finishes the job that asked.
    ///
    /// # Errors
    /// The store's.
    pub async fn profile_read(&self, job: &Job, profile: &Presence) -> Done<()> {
        let (app, job, zone) = (self.clone(), job.clone(), profile.slack_zone.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(who) = &job.member
                        && let Some(mut member) = tx.find_member(who).await?
                        && app.follow_slack_zone(&mut member, zone.as_deref())
                    {
                        tx.save_member(&member).await?;
                    }
                    tx.finish_job(&job.id).await?;
                    Ok::<_, AppError>(())
                })
            })
            .await
    }

    /// Deletes a small portion of what nobody needs any more, and says how many rows that were.
    ///
    /// # Errors
    /// The store's.
    pub async fn prune(&self, now: Timestamp) -> Done<u64> {
        let before = now.saturating_sub(KEPT_FOR).unwrap_or(now);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let seen = tx.prune_delivery_keys(before, PRUNE_AT_ONCE).await?;
                    let rows = tx.prune_outbox(before, PRUNE_AT_ONCE).await?;
                    let jobs = tx.prune_jobs(before, PRUNE_AT_ONCE).await?;
                    Ok::<_, AppError>(seen.saturating_add(rows).saturating_add(jobs))
                })
            })
            .await
    }
}
