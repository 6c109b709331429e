//! One step of the worker: it plans what has come due, sends what is due, and does the jobs that wait. Its
//! cost follows what is due, not how many members there are.

use super::{Worker, lanes::Done};
use crate::{
    features::{feedback, lens, nudge, report},
    interaction::InteractionError,
    jobs, outbox,
    store::DueLane,
};
use jiff::SignedDuration;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tracing::Instrument as _;

/// How many transactions plan before sending begins. Ten thousand nudges that are due at one minute begin
/// to leave long before the last of them is planned.
const PLANS_PER_TICK: usize = 10;
/// How long due rows wait for the lens, so that a message that shows a reflection is sent once, with the
/// result. A busy lens keeps reading beside the step.
const LENS_FIRST: Duration = Duration::from_millis(200);
/// How often the worker says that deliveries reach the program.
const BEAT_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How often old rows are deleted.
const PRUNE_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickReport {
    /// Members whose nudge or report was due.
    pub planned: usize,
    /// Answers that the lens has read.
    pub classified: usize,
    /// Rows that Slack took.
    pub sent: usize,
    /// Rows that were held, dropped or deferred.
    pub not_sent: usize,
    /// Jobs that were begun.
    pub jobs: usize,
}

impl TickReport {
    /// Whether there may be more to do at once.
    pub fn did_anything(&self) -> bool {
        *self != Self::default()
    }

    /// Whether something went forward. What cannot be done yet is no reason to begin at once again.
    pub(super) fn made_progress(&self) -> bool {
        self.planned > 0 || self.classified > 0 || self.sent > 0 || self.jobs > 0
    }

    fn add(&mut self, done: Done) {
        let rows = done.rows;
        self.sent = self.sent.saturating_add(rows.done);
        self.not_sent = self.not_sent.saturating_add(rows.not_done).saturating_add(rows.rate_limited);
        let jobs = done.jobs;
        let begun = jobs.done.saturating_add(jobs.not_done).saturating_add(jobs.rate_limited);
        self.jobs = self.jobs.saturating_add(begun);
    }
}

impl Worker {
    /// One step, and everything that it begins, to its end.
    ///
    /// # Errors
    /// The store's, from planning and claiming. What happens to a single row or job is logged and holds
    /// nothing else up.
    pub async fn tick(&self) -> Result<TickReport, InteractionError> {
        let step = async {
            let mut tasks = self.tasks.lock().await;
            tasks.start_probes(&self.executor);
            let found = tasks.finish().await;
            let mut report = self.plan_and_classify().await?;
            report.add(found);
            tasks.start_lanes(&self.executor, self.due_lanes().await?);
            report.add(tasks.finish().await);
            tasks.start_jobs(&self.executor);
            report.add(tasks.finish().await);
            drop(tasks);
            self.prune().await?;
            Ok(report)
        };
        step.instrument(tracing::debug_span!("tick", worker = %self.executor.owner)).await
    }

    /// One step of the loop: it begins what is due and waits for none of it.
    pub(super) async fn step(&self) -> Result<TickReport, InteractionError> {
        let step = async {
            let mut report = self.plan_and_classify().await?;
            let due = self.due_lanes().await?;
            let mut tasks = self.tasks.lock().await;
            report.add(tasks.collect());
            tasks.start_probes(&self.executor);
            tasks.start_lanes(&self.executor, due);
            tasks.start_jobs(&self.executor);
            drop(tasks);
            self.prune().await?;
            Ok(report)
        };
        step.instrument(tracing::debug_span!("step", worker = %self.executor.owner)).await
    }

    async fn due_lanes(&self) -> Result<Vec<DueLane>, InteractionError> {
        let state = &self.executor.state;
        outbox::due_lanes(state, state.env.now()).await
    }

    async fn plan_and_classify(&self) -> Result<TickReport, InteractionError> {
        self.beat().await?;
        let planned = self.plan().await?;
        let classified = self.classify().await?;
        Ok(TickReport { planned, classified, ..TickReport::default() })
    }

    /// Says once a minute that deliveries reach the program, while Slack answers.
    async fn beat(&self) -> Result<(), InteractionError> {
        let hears_slack = self.hears_slack.as_ref().is_none_or(|hears| hears.load(Ordering::SeqCst));
        let now_ms = self.executor.state.env.now().as_millisecond();
        let since_ms = now_ms.saturating_sub(self.beat_at_ms.load(Ordering::Relaxed));
        if !hears_slack || since_ms < BEAT_EVERY.as_millis().try_into().unwrap_or(i64::MAX) {
            return Ok(());
        }
        jobs::beat(&self.executor.state).await?;
        self.beat_at_ms.store(now_ms, Ordering::Relaxed);
        Ok(())
    }

    async fn plan(&self) -> Result<usize, InteractionError> {
        let mut planned: usize = 0;
        for _ in 0..PLANS_PER_TICK {
            let reports = report::plan_due(&self.executor.state).await?;
            // The question of a report takes the place of the nudge at the same hour.
            let nudges = if reports == 0 { nudge::plan_due(&self.executor.state).await? } else { 0 };
            let rounds = feedback::close_due(&self.executor.state).await?;
            let found = nudges.saturating_add(reports).saturating_add(rounds);
            planned = planned.saturating_add(found);
            if found == 0 || self.executor.stop.is_cancelled() {
                break;
            }
        }
        Ok(planned)
    }

    /// Begins to read answers that the lens has not read, or continues, and returns how many are done.
    async fn classify(&self) -> Result<usize, InteractionError> {
        let mut lens = self.lens.lock().await;
        if self.executor.state.should_defer(&mut lens.deferred_since) {
            return Ok(0);
        }
        let mut reading = lens.under_way.take().unwrap_or_else(|| {
            let state = self.executor.state.clone();
            let ended = Arc::clone(&self.ended);
            tokio::spawn(async move {
                let read = lens::classify_pending(&state).await;
                // The step may not wait for it any more. When nothing was read, a notice would only begin the next
                // step, and that the next reading: an idle worker would never sleep.
                if read.as_ref().is_ok_and(|members| !members.is_empty()) {
                    ended.notify_one();
                }
                read
            })
        });
        let Ok(done) = tokio::time::timeout(LENS_FIRST, &mut reading).await else {
            lens.under_way = Some(reading);
            return Ok(0);
        };
        let members = match done {
            Ok(members) => members?,
            Err(_) => {
                tracing::error!("reading with the lens panicked");
                Vec::new()
            }
        };
        if let Some(homes) = &self.executor.homes {
            for who in &members {
                homes.changed(who);
            }
        }
        Ok(members.len())
    }

    async fn prune(&self) -> Result<(), InteractionError> {
        let now = self.executor.state.env.now();
        let last = self.pruned_at_ms.load(Ordering::Relaxed);
        if now.as_millisecond().saturating_sub(last) < PRUNE_EVERY.as_millis().try_into().unwrap_or(i64::MAX)
        {
            return Ok(());
        }
        self.pruned_at_ms.store(now.as_millisecond(), Ordering::Relaxed);
        let pruned = jobs::prune(&self.executor.state, now).await?;
        tracing::debug!(pruned, "old rows were deleted");
        Ok(())
    }
}
