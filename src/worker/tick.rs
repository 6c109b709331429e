//! One step of the worker: it plans what has come due, sends what is due, does what waits to be
//! done. Its cost follows what is due, not how many members there are.

use super::Worker;
use crate::{
    app::{App, AppError, outbox::Prepared, outgoing::Delivery, ports::Unavailable},
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
    sync::atomic::Ordering,
};

/// How many units of work plan before sending begins: ten thousand nudges that are due at one
/// minute begin to leave long before the last of them is planned.
const PLANS_AT_ONCE: usize = 10;
/// How many rows one step claims.
const ROWS_AT_ONCE: usize = 250;
/// How many jobs one step claims.
const JOBS_AT_ONCE: usize = 50;
/// How many conversations are written to at once.
const SENDS_AT_ONCE: usize = 16;
/// How long what is claimed is ours.
const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// When something is tried again for which Slack or the store named no time.
const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How often old rows are looked for.
const PRUNE_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticked {
    /// Members whose slot or report had come.
    pub planned: usize,
    /// Rows that Slack took.
    pub sent: usize,
    /// Rows that were held, dropped, or put off.
    pub not_sent: usize,
    /// Jobs that were begun.
    pub jobs: usize,
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
        let (sent, not_sent) = self.send_due().await?;
        let jobs = self.do_jobs().await?;
        self.prune().await?;
        Ok(Ticked { planned, sent, not_sent, jobs })
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

    async fn send_due(&self) -> Result<(usize, usize), AppError> {
        let rows = self.app.claim_rows(&self.owner, LEASE, ROWS_AT_ONCE).await?;
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
        let add = |(sent, not): (usize, usize), (more, more_not): (usize, usize)| {
            futures::future::ready((sent.saturating_add(more), not.saturating_add(more_not)))
        };
        Ok(outcomes.fold((0, 0), add).await)
    }

    async fn send_in_order(&self, rows: Vec<OutboxRow>, presence: &Known) -> (usize, usize) {
        let (mut sent, mut not_sent): (usize, usize) = (0, 0);
        for row in rows {
            // What is not begun is given back at the stop.
            if self.stop.is_cancelled() {
                break;
            }
            match self.send(&row, presence).await {
                Ok(true) => {
                    sent = sent.saturating_add(1);
                    if let (Some(homes), Some(who)) = (&self.homes, &row.member) {
                        homes.changed(who);
                    }
                }
                Ok(false) => not_sent = not_sent.saturating_add(1),
                Err(error) => {
                    tracing::error!(row = %row.id, kind = %row.kind, %error, "a row could not be settled");
                    not_sent = not_sent.saturating_add(1);
                }
            }
        }
        (sent, not_sent)
    }

    /// Sends one row. True: Slack took it.
    async fn send(&self, row: &OutboxRow, presence: &Known) -> Result<bool, AppError> {
        let presence = match self.presence_for(row, presence) {
            Ok(presence) => presence,
            Err(why) => {
                let at = self.retry_at(why);
                self.app.put_off(row, at, &why.code).await?;
                return Ok(false);
            }
        };
        if App::is_last_word(row)
            && let Err(error) = self.app.leave_no_trace().await
        {
            tracing::warn!(%error, "what was erased may still be in the log; saying so waits");
            self.app.put_off(row, self.in_a_while(), "not-scrubbed").await?;
            return Ok(false);
        }
        match self.app.prepare(row, presence).await? {
            Prepared::Settled => Ok(false),
            Prepared::Carry(outgoing) => {
                let delivery = self.slack.deliver(*outgoing).await;
                let sent = matches!(delivery, Delivery::Sent { .. });
                self.app.settle(row, delivery).await?;
                Ok(sent)
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
        let now = self.app.world.now();
        now.saturating_add(TRY_AGAIN_AFTER).unwrap_or(now)
    }

    async fn do_jobs(&self) -> Result<usize, AppError> {
        let jobs = self.app.claim_jobs(&self.owner, LEASE, JOBS_AT_ONCE).await?;
        let begun = jobs.len();
        let done = stream::iter(jobs).map(|job| async move {
            if self.stop.is_cancelled() {
                return;
            }
            if let Err(error) = self.do_job(&job).await {
                tracing::error!(job = %job.id, kind = %job.kind, %error, "a job could not be finished");
            }
        });
        done.buffer_unordered(SENDS_AT_ONCE).collect::<Vec<()>>().await;
        Ok(begun)
    }

    async fn do_job(&self, job: &Job) -> Result<(), AppError> {
        let message = job.channel.clone().zip(job.ts.clone());
        let message = message.map(|(channel, ts)| MessageRef { channel, ts });
        let outcome = match (job.kind, &message, &job.member, &job.subject) {
            (JobKind::DeleteMessage, Some(at), ..) => self.slack.delete_message(&job.team, at).await,
            (JobKind::DeleteFile, _, _, Some(file)) => self.slack.delete_file(&job.team, file).await,
            (JobKind::KeepMessage, Some(at), ..) => match self.slack.message_text(&job.team, at).await {
                Ok(text) => return self.app.keep_message(job, text).await,
                Err(why) => Err(why),
            },
            (JobKind::RefreshProfile, _, Some(who), _) => match self.slack.profile(who).await {
                Ok(profile) => return self.app.profile_read(job, &profile).await,
                Err(why) => Err(why),
            },
            (JobKind::CheckAsked, ..) => {
                let users = self.app.people_to_check(job).await?;
                match self.slack.people(&job.team, &users).await {
                    Ok(people) => return self.app.people_checked(job, people).await,
                    Err(why) => Err(why),
                }
            }
            (JobKind::ReadCalendar, _, Some(who), Some(subject)) => {
                return self.read_calendar(job, who, subject).await;
            }
            (JobKind::EraseWorkspace, ..) => return self.app.erase_left_workspace(job).await,
            // It lacks what it is about: nothing can be done.
            _ => Ok(()),
        };
        match outcome {
            Ok(()) => self.app.job_done(job).await,
            Err(why) => self.app.job_not_done(job, &why).await,
        }
    }

    async fn prune(&self) -> Result<(), AppError> {
        let now = self.app.world.now();
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

/// What Slack says of members, by workspace, or why it says nothing.
type Known = HashMap<TeamId, Result<HashMap<UserId, Presence>, Unavailable>>;
