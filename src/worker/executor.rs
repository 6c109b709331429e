//! How the worker sends rows, does jobs and asks after workspaces. Clones share everything, and each task has one.

use super::batch::{AdaptiveBatch, LaneKey, Outcome, Ran, Tally};
use crate::{
    coach::{
        ids::{MemberId, UserId},
        member::Presence,
    },
    features::workspace,
    interaction::{
        AppState, DeliveryOutcome, HomeUpdates, InteractionError, Presences, RATE_LIMITED, SlackGateway,
        Unavailable,
    },
    jobs,
    outbox::{self, Prepared},
    store::{Job, OutboxRow},
    telemetry::Metrics,
};
use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// How many conversations of one lane are written to at once, and how many jobs are done.
const CONCURRENT: usize = 16;
/// How many workspaces are probed at once.
const CONCURRENT_PROBES: usize = 4;
/// How many conversations of all workspaces are written to at once.
const SENDS_AT_ONCE: usize = 64;
/// How long claimed jobs belong to this worker.
const JOB_LEASE: SignedDuration = SignedDuration::from_secs(90);
/// The delay before a retry when neither Slack nor the store named one.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(60);

type MemberLocks = Mutex<HashMap<MemberId, Arc<tokio::sync::Mutex<()>>>>;

/// What sending rows and doing jobs needs.
#[derive(Clone)]
pub(super) struct Executor {
    pub(super) state: AppState,
    pub(super) slack: Arc<dyn SlackGateway>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) homes: Option<Arc<dyn HomeUpdates>>,
    /// The owner of this worker's leases.
    pub(super) owner: Arc<str>,
    pub(super) stop: CancellationToken,
    jobs: Arc<AdaptiveBatch>,
    sends: Arc<Semaphore>,
    members: Arc<MemberLocks>,
}

impl Executor {
    pub(super) fn new(
        state: AppState,
        slack: Arc<dyn SlackGateway>,
        metrics: Arc<Metrics>,
        stop: CancellationToken,
    ) -> Self {
        let owner = format!("{:016x}", state.env.rng.next_u64()).into();
        Self {
            state,
            slack,
            metrics,
            homes: None,
            owner,
            stop,
            jobs: Arc::new(AdaptiveBatch::of_jobs()),
            sends: Arc::new(Semaphore::new(SENDS_AT_ONCE)),
            members: Arc::default(),
        }
    }

    pub(super) fn with_homes(self, homes: Arc<dyn HomeUpdates>) -> Self {
        Self { homes: Some(homes), ..self }
    }

    pub(super) fn later(&self) -> Timestamp {
        let now = self.state.env.now();
        now.saturating_add(RETRY_AFTER).unwrap_or(now)
    }

    /// What a task reports that could not begin. Without the wait the loop would try again at once, for ever.
    pub(super) fn nothing_before_later(&self) -> Ran {
        Ran { held_until: Some(self.later()), ..Ran::default() }
    }

    /// Claims rows of a lane and sends them.
    pub(super) async fn send_lane(&self, (team, lane): &LaneKey, limit: usize) -> Ran {
        let rows = match outbox::claim(&self.state, &self.owner, team, *lane, limit).await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::error!(%error, "rows could not be claimed");
                return self.nothing_before_later();
            }
        };
        let mut users: Vec<UserId> = rows
            .iter()
            .filter(|row| outbox::needs_presence(row))
            .filter_map(|row| Some(row.member.as_ref()?.user.clone()))
            .collect();
        users.sort_unstable();
        users.dedup();
        let presences = match users.as_slice() {
            [] => Presences::default(),
            users => self.slack.presence(team, users).await,
        };
        // Rows of one member are sent one after the other, so that an earlier state never replaces a later
        // one; members do not wait for each other.
        let mut by_member: BTreeMap<Option<MemberId>, Vec<OutboxRow>> = BTreeMap::new();
        for row in rows {
            by_member.entry(row.member.clone()).or_default().push(row);
        }
        let tallies = stream::iter(by_member)
            .map(|(who, rows)| self.send_in_order(who, rows, &presences))
            .buffer_unordered(CONCURRENT);
        let add = |tally: Tally, more| futures::future::ready(tally.plus(more));
        let tally = tallies.fold(Tally::default(), add).await;
        let nothing_known = presences.missing.filter(|_| presences.known.is_empty());
        Ran { tally, held_until: nothing_known.map(|why| why.retry_at.unwrap_or_else(|| self.later())) }
    }

    async fn send_in_order(
        &self,
        who: Option<MemberId>,
        rows: Vec<OutboxRow>,
        presences: &Presences,
    ) -> Tally {
        let mut tally = Tally::default();
        // The lanes of a workspace run side by side, and may concern one message.
        let lock = who.as_ref().map(|who| Arc::clone(self.members.lock().entry(who.clone()).or_default()));
        let guard = match &lock {
            Some(lock) => Some(lock.lock().await),
            None => None,
        };
        for row in rows {
            // What is not begun is given back at the stop.
            if self.stop.is_cancelled() {
                break;
            }
            let span =
                tracing::info_span!("row", row.id = %row.id, row.kind = %row.kind, workspace.id = %row.team);
            let sending = async {
                self.send(&row, presences).await.unwrap_or_else(|error| {
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
        drop(guard);
        if let (Some(who), Some(lock)) = (&who, &lock) {
            let mut members = self.members.lock();
            // This one and the map's: nobody waits for it.
            if Arc::strong_count(lock) <= 2 {
                members.remove(who);
            }
        }
        tally
    }

    async fn send(&self, row: &OutboxRow, presences: &Presences) -> Result<Outcome, InteractionError> {
        let presence = match presence_for(row, presences) {
            Ok(presence) => presence,
            Err(why) => {
                let at = why.and_then(|why| why.retry_at).unwrap_or_else(|| self.later());
                match why {
                    Some(why) => outbox::not_now(&self.state, row, why, at).await?,
                    None => outbox::defer(&self.state, row, at, "not_known").await?,
                }
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
        // Before the attempt begins, so that its lease is not spent on waiting.
        let _permit = self.sends.acquire().await;
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
                    | DeliveryOutcome::NotDelivered
                    | DeliveryOutcome::Held { .. }
                    | DeliveryOutcome::Permanent { .. } => Outcome::NotDone,
                };
                outbox::settle(&self.state, row, delivered).await?;
                Ok(outcome)
            }
        }
    }

    /// Claims jobs and does them.
    pub(super) async fn run_jobs(&self) -> Ran {
        let jobs = match jobs::claim(&self.state, &self.owner, JOB_LEASE, self.jobs.next()).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::error!(%error, "jobs could not be claimed");
                return self.nothing_before_later();
            }
        };
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
        let tally = outcomes.buffer_unordered(CONCURRENT).fold(Tally::default(), count).await;
        self.jobs.adjust(tally);
        Ran { tally, held_until: None }
    }

    /// Asks Slack whether it serves a workspace with held rows again, or has granted a scope.
    pub(super) async fn probe(&self) -> Result<(), InteractionError> {
        let teams = workspace::due_probes(&self.state).await?;
        stream::iter(teams)
            .for_each_concurrent(CONCURRENT_PROBES, |team| async move {
                match self.slack.probe(&team).await {
                    Ok(granted) => {
                        if let Err(error) = workspace::served(&self.state, &team, granted).await {
                            tracing::warn!(%error, "what was held could not be released");
                        }
                    }
                    Err(why) => tracing::debug!(workspace.id = %team, %why, "still refused"),
                }
            })
            .await;
        Ok(())
    }

    async fn run_job(&self, job: &Job) -> Outcome {
        match jobs::run(&self.state, self.slack.as_ref(), job).await {
            Ok(jobs::Ran::Done) => Outcome::Done,
            Ok(jobs::Ran::NotDone) => Outcome::NotDone,
            Ok(jobs::Ran::RateLimited) => Outcome::RateLimited,
            Err(error) => {
                tracing::error!(%error, "a job could not be finished");
                Outcome::NotDone
            }
        }
    }
}

/// The outcome of a send, as a metric label.
fn metric_outcome(outcome: &DeliveryOutcome) -> &'static str {
    match outcome {
        DeliveryOutcome::Sent { .. } => "sent",
        DeliveryOutcome::Retry { code, .. } if code == RATE_LIMITED => "rate-limited",
        DeliveryOutcome::Retry { .. } => "retry",
        DeliveryOutcome::InDoubt { .. } => "in-doubt",
        DeliveryOutcome::NotDelivered => "not-delivered",
        DeliveryOutcome::Held { .. } => "held",
        DeliveryOutcome::Permanent { .. } => "refused",
    }
}

/// What a row is composed with, or why that is not known.
fn presence_for<'a>(row: &OutboxRow, presences: &'a Presences) -> Result<Presence, Option<&'a Unavailable>> {
    match &row.member {
        Some(member) if outbox::needs_presence(row) => {
            presences.known.get(&member.user).cloned().ok_or(presences.missing.as_ref())
        }
        Some(_) | None => Ok(Presence::default()),
    }
}
