//! One step of the worker: it plans what has come due, sends what is due, does what waits to be
//! done. Its cost follows what is due, not how many members there are.

use super::Worker;
use crate::{
    app::{
        App, AppError,
        outbox::Prepared,
        outgoing::{Delivery, RATE_LIMITED},
        ports::Unavailable,
    },
    coach::{
        ids::{MemberId, MessageRef, TeamId, UserId},
        member::Presence,
    },
    store::{Job, JobKind, OutboxRow},
};
use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// How many units of work plan before sending begins: ten thousand nudges that are due at one
/// minute begin to leave long before the last of them is planned.
const PLANS_AT_ONCE: usize = 10;
/// How many conversations are written to at once.
const SENDS_AT_ONCE: usize = 16;
/// How long what is claimed is ours.
const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// When something is tried again for which Slack or the store named no time.
const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How long what is due waits for the lens, so that a message that shows a reflection is sent once and
/// with what was seen; a busy lens goes on beside it.
const LENS_FIRST: Duration = Duration::from_millis(200);
/// How often old rows are looked for.
const PRUNE_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticked {
    /// Members whose slot or report had come.
    pub planned: usize,
    /// Members whose reflections the lens has read.
    pub read: usize,
    /// Rows that Slack took.
    pub sent: usize,
    /// Rows that were held, dropped, or put off.
    pub not_sent: usize,
    /// Jobs that were begun.
    pub jobs: usize,
}

/// What became of a row or a job that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    NotDone,
    /// Slack's limits have no room for it yet.
    HeldBack,
}

/// How many met which fate.
#[derive(Debug, Clone, Copy, Default)]
struct Fates {
    done: usize,
    not_done: usize,
    held_back: usize,
}

impl Fates {
    fn note(&mut self, fate: Fate) {
        let count = match fate {
            Fate::Done => &mut self.done,
            Fate::NotDone => &mut self.not_done,
            Fate::HeldBack => &mut self.held_back,
        };
        *count = count.saturating_add(1);
    }

    fn and(self, more: Self) -> Self {
        Self {
            done: self.done.saturating_add(more.done),
            not_done: self.not_done.saturating_add(more.not_done),
            held_back: self.held_back.saturating_add(more.held_back),
        }
    }
}

/// How many one step claims. While Slack's limits hold most of them back it claims fewer: claiming ten
/// thousand rows again and again to send five a second would cost a processor, and rows of other
/// workspaces wait among them.
pub(super) struct Claim {
    next: AtomicUsize,
    fewest: usize,
    most: usize,
}

impl Claim {
    const fn between(fewest: usize, most: usize) -> Self {
        Self { next: AtomicUsize::new(most), fewest, most }
    }

    /// Of the outbox.
    pub(super) const fn of_rows() -> Self {
        Self::between(25, 250)
    }

    /// Of the jobs.
    pub(super) const fn of_jobs() -> Self {
        Self::between(5, 50)
    }

    fn next(&self) -> usize {
        self.next.load(Ordering::Relaxed)
    }

    /// The step that claimed [`Claim::next`] is over.
    fn met(&self, fates: Fates) {
        let next = if fates.held_back > fates.done { fates.done } else { self.next() };
        self.next.store(next.saturating_mul(2).clamp(self.fewest, self.most), Ordering::Relaxed);
    }
}

impl Ticked {
    /// Whether there may be more to do at once.
    pub fn did_anything(&self) -> bool {
        *self != Self::default()
    }
}

impl Worker {
    /// One step.
    ///
    /// # Errors
    /// The store's, from planning and claiming; what happens to a single row or job is logged and
    /// holds nothing else up.
    pub async fn tick(&self) -> Result<Ticked, AppError> {
        let planned = self.plan().await?;
        let read = self.read_unread().await?;
        let rows = self.send_due().await?;
        let jobs = self.do_jobs().await?;
        self.prune().await?;
        let not_sent = rows.not_done.saturating_add(rows.held_back);
        Ok(Ticked { planned, read, sent: rows.done, not_sent, jobs })
    }

    async fn plan(&self) -> Result<usize, AppError> {
        let mut planned: usize = 0;
        for _ in 0..PLANS_AT_ONCE {
            let nudges = self.app.plan_due_nudges().await?;
            let reports = self.app.plan_due_reports().await?;
            let rounds = self.app.close_due_rounds().await?;
            let found = nudges.saturating_add(reports).saturating_add(rounds);
            planned = planned.saturating_add(found);
            if found == 0 || self.stop.is_cancelled() {
                break;
            }
        }
        Ok(planned)
    }

    /// Begins to read what the lens has not read, or goes on with it, and says how much is done.
    async fn read_unread(&self) -> Result<usize, AppError> {
        let mut lens = self.lens.lock().await;
        if self.app.stands_aside(&mut lens.aside_since) {
            return Ok(0);
        }
        let mut reading = lens.under_way.take().unwrap_or_else(|| {
            let app = self.app.clone();
            tokio::spawn(async move { app.read_unread().await })
        });
        let Ok(done) = tokio::time::timeout(LENS_FIRST, &mut reading).await else {
            lens.under_way = Some(reading);
            return Ok(0);
        };
        let read = match done {
            Ok(read) => read?,
            Err(_) => {
                tracing::error!("reading with the lens panicked");
                Vec::new()
            }
        };
        if let Some(homes) = &self.homes {
            read.iter().for_each(|who| homes.changed(who));
        }
        Ok(read.len())
    }

    async fn send_due(&self) -> Result<Fates, AppError> {
        let rows = self.app.claim_rows(&self.owner, LEASE, self.rows.next()).await?;
        let presence = self.presence_of(&rows).await;
        // Rows of one member go one after the other, so that a later state is never overtaken by an
        // earlier one; members do not wait for each other.
        let mut by_member: BTreeMap<(TeamId, Option<MemberId>), Vec<OutboxRow>> = BTreeMap::new();
        for row in rows {
            by_member.entry((row.team.clone(), row.member.clone())).or_default().push(row);
        }
        let outcomes = stream::iter(by_member.into_values())
            .map(|rows| self.send_in_order(rows, &presence))
            .buffer_unordered(SENDS_AT_ONCE);
        let add = |fates: Fates, more| futures::future::ready(fates.and(more));
        let fates = outcomes.fold(Fates::default(), add).await;
        self.rows.met(fates);
        Ok(fates)
    }

    async fn send_in_order(&self, rows: Vec<OutboxRow>, presence: &Known) -> Fates {
        let mut fates = Fates::default();
        for row in rows {
            // What is not begun is given back at the stop.
            if self.stop.is_cancelled() {
                break;
            }
            let fate = self.send(&row, presence).await.unwrap_or_else(|error| {
                tracing::error!(row = %row.id, kind = %row.kind, %error, "a row could not be settled");
                Fate::NotDone
            });
            if fate == Fate::Done
                && let (Some(homes), Some(who)) = (&self.homes, &row.member)
            {
                homes.changed(who);
            }
            fates.note(fate);
        }
        fates
    }

    /// Sends one row.
    async fn send(&self, row: &OutboxRow, presence: &Known) -> Result<Fate, AppError> {
        let presence = match self.presence_for(row, presence) {
            Ok(presence) => presence,
            Err(why) => {
                let at = self.retry_at(why);
                self.app.put_off(row, at, &why.code).await?;
                return Ok(Fate::NotDone);
            }
        };
        if App::is_last_word(row)
            && let Err(error) = self.app.leave_no_trace().await
        {
            tracing::warn!(%error, "what was erased may still be in the log; saying so waits");
            self.app.put_off(row, self.in_a_while(), "not-scrubbed").await?;
            return Ok(Fate::NotDone);
        }
        match self.app.prepare(row, presence).await? {
            Prepared::Settled => Ok(Fate::NotDone),
            Prepared::Carry(outgoing) => {
                let delivery = self.slack.deliver(*outgoing).await;
                self.metrics.sent(&row.kind.to_string(), metric_outcome(&delivery));
                let fate = match &delivery {
                    Delivery::Sent { .. } => Fate::Done,
                    Delivery::Retry { code, .. } if code == RATE_LIMITED => Fate::HeldBack,
                    _ => Fate::NotDone,
                };
                self.app.settle(row, delivery).await?;
                Ok(fate)
            }
        }
    }

    /// Presence in bulk, one question for each workspace.
    async fn presence_of(&self, rows: &[OutboxRow]) -> Known {
        let mut users: BTreeMap<TeamId, Vec<UserId>> = BTreeMap::new();
        for row in rows.iter().filter(|row| App::wants_presence(row)) {
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

    fn presence_for<'a>(&self, row: &OutboxRow, known: &'a Known) -> Result<Presence, &'a Unavailable> {
        if !App::wants_presence(row) {
            return Ok(Presence::default());
        }
        let user = row.member.as_ref().map(|member| &member.user);
        match known.get(&row.team) {
            Some(Ok(members)) => Ok(user.and_then(|user| members.get(user)).cloned().unwrap_or_default()),
            Some(Err(why)) => Err(why),
            None => Ok(Presence::default()),
        }
    }

    fn retry_at(&self, why: &Unavailable) -> Timestamp {
        why.retry_at.unwrap_or_else(|| self.in_a_while())
    }

    fn in_a_while(&self) -> Timestamp {
        let now = self.app.env.now();
        now.saturating_add(TRY_AGAIN_AFTER).unwrap_or(now)
    }

    async fn do_jobs(&self) -> Result<usize, AppError> {
        let jobs = self.app.claim_jobs(&self.owner, LEASE, self.jobs.next()).await?;
        let begun = jobs.len();
        let outcomes = stream::iter(jobs).map(|job| async move {
            if self.stop.is_cancelled() {
                return Fate::NotDone;
            }
            self.do_job(&job).await.unwrap_or_else(|error| {
                tracing::error!(job = %job.id, kind = %job.kind, %error, "a job could not be finished");
                Fate::NotDone
            })
        });
        let note = |mut fates: Fates, fate| {
            fates.note(fate);
            futures::future::ready(fates)
        };
        let fates = outcomes.buffer_unordered(SENDS_AT_ONCE).fold(Fates::default(), note).await;
        self.jobs.met(fates);
        Ok(begun)
    }

    async fn do_job(&self, job: &Job) -> Result<Fate, AppError> {
        let done = |_| Fate::Done;
        let message = job.channel.clone().zip(job.ts.clone());
        let message = message.map(|(channel, ts)| MessageRef { channel, ts });
        let outcome = match (job.kind, &message, &job.member, &job.subject) {
            (JobKind::DeleteMessage, Some(at), ..) => self.slack.delete_message(&job.team, at).await,
            (JobKind::DeleteFile, _, _, Some(file)) => self.slack.delete_file(&job.team, file).await,
            (JobKind::KeepMessage, Some(at), ..) => match self.slack.message_text(&job.team, at).await {
                Ok(text) => return self.app.keep_message(job, text).await.map(done),
                Err(why) => Err(why),
            },
            (JobKind::RefreshProfile, _, Some(who), _) => match self.slack.profile(who).await {
                Ok(profile) => return self.app.profile_read(job, &profile).await.map(done),
                Err(why) => Err(why),
            },
            (JobKind::CheckAsked, ..) => {
                let users = self.app.people_to_check(job).await?;
                match self.slack.people(&job.team, &users).await {
                    Ok(people) => return self.app.people_checked(job, people).await.map(done),
                    Err(why) => Err(why),
                }
            }
            (JobKind::ReadCalendar, _, Some(who), Some(subject)) => {
                return self.read_calendar(job, who, subject).await.map(done);
            }
            (JobKind::EraseWorkspace, ..) => return self.app.erase_left_workspace(job).await.map(done),
            // It lacks what it is about: nothing can be done.
            _ => Ok(()),
        };
        match outcome {
            Ok(()) => self.app.job_done(job).await.map(done),
            Err(why) => {
                self.app.job_not_done(job, &why).await?;
                Ok(if why.code == RATE_LIMITED { Fate::HeldBack } else { Fate::NotDone })
            }
        }
    }

    async fn prune(&self) -> Result<(), AppError> {
        let now = self.app.env.now();
        let last = self.pruned_at_ms.load(Ordering::Relaxed);
        if now.as_millisecond().saturating_sub(last) < PRUNE_EVERY.as_millis().try_into().unwrap_or(i64::MAX)
        {
            return Ok(());
        }
        self.pruned_at_ms.store(now.as_millisecond(), Ordering::Relaxed);
        let pruned = self.app.prune(now).await?;
        tracing::debug!(pruned, "old rows were deleted");
        Ok(())
    }
}

/// The outcome of a send, as a metric label.
fn metric_outcome(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Sent { .. } => "sent",
        Delivery::Retry { code, .. } if code == RATE_LIMITED => "rate-limited",
        Delivery::Retry { .. } => "retry",
        Delivery::InDoubt { .. } => "in-doubt",
        Delivery::Permanent { .. } => "refused",
    }
}

/// What Slack says of members, by workspace, or why it says nothing.
type Known = HashMap<TeamId, Result<HashMap<UserId, Presence>, Unavailable>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_claims_no_more_than_the_limits_let_through_and_grows_back() {
        let claim = Claim::of_rows();
        let mut claims = vec![claim.next()];
        for (done, held_back) in [(60, 190), (5, 115), (25, 0), (50, 0), (100, 0), (200, 0), (0, 0)] {
            claim.met(Fates { done, not_done: 0, held_back });
            claims.push(claim.next());
        }
        assert_eq!(claims, [250, 120, 25, 50, 100, 200, 250, 250]);
    }
}
