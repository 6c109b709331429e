//! One step of the worker: it plans what has come due, sends what is due, and does the jobs that wait. Its
//! cost follows what is due, not how many members there are.

use super::{
    Worker,
    batch::{Outcome, Tally},
};
use crate::{
    coach::{
        ids::{MemberId, TeamId, UserId},
        member::Presence,
    },
    features::{feedback, lens, nudge, report},
    interaction::{DeliveryOutcome, InteractionError, RATE_LIMITED, Unavailable},
    jobs::{self, Ran},
    outbox::{self, Prepared},
    store::{Job, OutboxRow},
};
use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::Ordering,
    time::Duration,
};
use tracing::Instrument as _;

/// How many transactions plan before sending begins. Ten thousand nudges that are due at one minute begin
/// to leave long before the last of them is planned.
const PLANS_PER_TICK: usize = 10;
/// How many conversations are written to at once.
const CONCURRENT_SENDS: usize = 16;
/// How long claimed rows and jobs belong to this worker.
const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// When something is tried again for which neither Slack nor the store named a time.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How long due rows wait for the lens, so that a message that shows a reflection is sent once, with the
/// result. A busy lens goes on beside the step.
const LENS_FIRST: Duration = Duration::from_millis(200);
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
}

/// What Slack says of members, by workspace, or why it says nothing.
type PresenceByTeam = HashMap<TeamId, Result<HashMap<UserId, Presence>, Unavailable>>;

impl Worker {
    /// One step.
    ///
    /// # Errors
    /// The store's, from planning and claiming. What happens to a single row or job is logged and holds
    /// nothing else up.
    pub async fn tick(&self) -> Result<TickReport, InteractionError> {
        let step = async {
            let planned = self.plan().await?;
            let classified = self.classify().await?;
            let rows = self.send_due().await?;
            let jobs = self.run_jobs().await?;
            self.prune().await?;
            let not_sent = rows.not_done.saturating_add(rows.rate_limited);
            Ok(TickReport { planned, classified, sent: rows.done, not_sent, jobs })
        };
        step.instrument(tracing::debug_span!("tick", worker = %self.owner)).await
    }

    async fn plan(&self) -> Result<usize, InteractionError> {
        let mut planned: usize = 0;
        for _ in 0..PLANS_PER_TICK {
            let nudges = nudge::plan_due(&self.state).await?;
            let reports = report::plan_due(&self.state).await?;
            let rounds = feedback::close_due(&self.state).await?;
            let found = nudges.saturating_add(reports).saturating_add(rounds);
            planned = planned.saturating_add(found);
            if found == 0 || self.stop.is_cancelled() {
                break;
            }
        }
        Ok(planned)
    }

    /// Begins to read answers that the lens has not read, or goes on with it, and returns how many are done.
    async fn classify(&self) -> Result<usize, InteractionError> {
        let mut lens = self.lens.lock().await;
        if self.state.should_defer(&mut lens.deferred_since) {
            return Ok(0);
        }
        let mut reading = lens.under_way.take().unwrap_or_else(|| {
            let state = self.state.clone();
            tokio::spawn(async move { lens::classify_pending(&state).await })
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
        if let Some(homes) = &self.homes {
            for who in &members {
                homes.changed(who);
            }
        }
        Ok(members.len())
    }

    async fn send_due(&self) -> Result<Tally, InteractionError> {
        let rows = outbox::claim(&self.state, &self.owner, LEASE, self.rows.next()).await?;
        let presence = self.presence_of(&rows).await;
        // Rows of one member are sent one after the other, so that an earlier state never replaces a later
        // one; members do not wait for each other.
        let mut by_member: BTreeMap<(TeamId, Option<MemberId>), Vec<OutboxRow>> = BTreeMap::new();
        for row in rows {
            by_member.entry((row.team.clone(), row.member.clone())).or_default().push(row);
        }
        let tallies = stream::iter(by_member.into_values())
            .map(|rows| self.send_in_order(rows, &presence))
            .buffer_unordered(CONCURRENT_SENDS);
        let add = |tally: Tally, more| futures::future::ready(tally.plus(more));
        let tally = tallies.fold(Tally::default(), add).await;
        self.rows.adjust(tally);
        Ok(tally)
    }

    async fn send_in_order(&self, rows: Vec<OutboxRow>, presence: &PresenceByTeam) -> Tally {
        let mut tally = Tally::default();
        for row in rows {
            // What is not begun is given back at the stop.
            if self.stop.is_cancelled() {
                break;
            }
            let span =
                tracing::info_span!("row", row.id = %row.id, row.kind = %row.kind, workspace.id = %row.team);
            let sending = async {
                self.send(&row, presence).await.unwrap_or_else(|error| {
                    tracing::error!(%error, "a row could not be settled");
                    Outcome::NotDone
                })
            };
            let outcome = sending.instrument(span).await;
            if outcome == Outcome::Done
                && let (Some(homes), Some(who)) = (&self.homes, &row.member)
            {
                homes.changed(who);
            }
            tally.count(outcome);
        }
        tally
    }

    async fn send(&self, row: &OutboxRow, presence: &PresenceByTeam) -> Result<Outcome, InteractionError> {
        let presence = match presence_for(row, presence) {
            Ok(presence) => presence,
            Err(why) => {
                let at = why.retry_at.unwrap_or_else(|| self.later());
                outbox::defer(&self.state, row, at, &why.code).await?;
                return Ok(Outcome::NotDone);
            }
        };
        if outbox::is_erasure_notice(row)
            && let Err(error) = self.state.store.scrub().await
        {
            tracing::warn!(%error, "what was erased may still be in the log; saying so is deferred");
            outbox::defer(&self.state, row, self.later(), "not-scrubbed").await?;
            return Ok(Outcome::NotDone);
        }
        match outbox::prepare(&self.state, row, presence).await? {
            Prepared::Settled => Ok(Outcome::NotDone),
            Prepared::Call(outgoing) => {
                let delivered = self.slack.deliver(*outgoing).await;
                self.metrics.sent(row.kind.into_str(), metric_outcome(&delivered));
                let outcome = match &delivered {
                    DeliveryOutcome::Sent { .. } => Outcome::Done,
                    DeliveryOutcome::Retry { code, .. } if code == RATE_LIMITED => Outcome::RateLimited,
                    DeliveryOutcome::Retry { .. }
                    | DeliveryOutcome::InDoubt { .. }
                    | DeliveryOutcome::Permanent { .. } => Outcome::NotDone,
                };
                outbox::settle(&self.state, row, delivered).await?;
                Ok(outcome)
            }
        }
    }

    /// Presence in bulk, one question for each workspace.
    async fn presence_of(&self, rows: &[OutboxRow]) -> PresenceByTeam {
        let mut users: BTreeMap<TeamId, Vec<UserId>> = BTreeMap::new();
        for row in rows.iter().filter(|row| outbox::needs_presence(row)) {
            if let Some(member) = &row.member {
                users.entry(row.team.clone()).or_default().push(member.user.clone());
            }
        }
        let mut known = HashMap::new();
        for (team, mut users) in users {
            users.sort_unstable();
            users.dedup();
            let answer = self.slack.presence(&team, &users).await;
            known.insert(team, answer);
        }
        known
    }

    fn later(&self) -> Timestamp {
        let now = self.state.env.now();
        now.saturating_add(RETRY_AFTER).unwrap_or(now)
    }

    async fn run_jobs(&self) -> Result<usize, InteractionError> {
        let jobs = jobs::claim(&self.state, &self.owner, LEASE, self.jobs.next()).await?;
        let begun = jobs.len();
        let outcomes = stream::iter(jobs).map(|job| async move {
            if self.stop.is_cancelled() {
                return Outcome::NotDone;
            }
            let span =
                tracing::info_span!("job", job.id = %job.id, job.kind = %job.kind, workspace.id = %job.team);
            self.run_job(&job).instrument(span).await
        });
        let count = |mut tally: Tally, outcome| {
            tally.count(outcome);
            futures::future::ready(tally)
        };
        let tally = outcomes.buffer_unordered(CONCURRENT_SENDS).fold(Tally::default(), count).await;
        self.jobs.adjust(tally);
        Ok(begun)
    }

    async fn run_job(&self, job: &Job) -> Outcome {
        match jobs::run(&self.state, self.slack.as_ref(), job).await {
            Ok(Ran::Done) => Outcome::Done,
            Ok(Ran::NotDone) => Outcome::NotDone,
            Ok(Ran::RateLimited) => Outcome::RateLimited,
            Err(error) => {
                tracing::error!(%error, "a job could not be finished");
                Outcome::NotDone
            }
        }
    }

    async fn prune(&self) -> Result<(), InteractionError> {
        let now = self.state.env.now();
        let last = self.pruned_at_ms.load(Ordering::Relaxed);
        if now.as_millisecond().saturating_sub(last) < PRUNE_EVERY.as_millis().try_into().unwrap_or(i64::MAX)
        {
            return Ok(());
        }
        self.pruned_at_ms.store(now.as_millisecond(), Ordering::Relaxed);
        let pruned = jobs::prune(&self.state, now).await?;
        tracing::debug!(pruned, "old rows were deleted");
        Ok(())
    }
}

/// The outcome of a send, as a metric label.
fn metric_outcome(outcome: &DeliveryOutcome) -> &'static str {
    match outcome {
        DeliveryOutcome::Sent { .. } => "sent",
        DeliveryOutcome::Retry { code, .. } if code == RATE_LIMITED => "rate-limited",
        DeliveryOutcome::Retry { .. } => "retry",
        DeliveryOutcome::InDoubt { .. } => "in-doubt",
        DeliveryOutcome::Permanent { .. } => "refused",
    }
}

fn presence_for<'a>(row: &OutboxRow, known: &'a PresenceByTeam) -> Result<Presence, &'a Unavailable> {
    if !outbox::needs_presence(row) {
        return Ok(Presence::default());
    }
    let user = row.member.as_ref().map(|member| &member.user);
    match known.get(&row.team) {
        Some(Ok(members)) => Ok(user.and_then(|user| members.get(user)).cloned().unwrap_or_default()),
        Some(Err(why)) => Err(why),
        None => Ok(Presence::default()),
    }
}
