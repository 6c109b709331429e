//! Background jobs other than sending: deleting a message or a file in Slack, reading a profile,
//! erasing a workspace. A job holds ids and never text. A finished job is deleted.
//!
//! A job is claimed under a lease, which is its `wake_at`. When the process dies, the lease ends and
//! another claim takes the job. A job may therefore run twice and must be idempotent.

use super::{
    error::StoreError,
    payload::{JobPayload, MalformedPayload},
    row::{Row, count, ms},
    statement::sql,
    tx::Tx,
};
use crate::coach::ids::{MemberId, RowId, TeamId, UserId};
use jiff::Timestamp;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a job does.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum JobKind {
    /// Deletes a message that LeadLens posted.
    DeleteMessage,
    /// Fetches a message that the member wants to keep as a reflection.
    KeepMessage,
    /// Marks a message of the member as kept, or takes the mark back.
    MarkMessage,
    /// Fetches the member's profile: time zone, status.
    RefreshProfile,
    /// Erases the rows of a workspace that uninstalled the app.
    EraseWorkspace,
    /// Checks which of the people named in a feedback round can be asked.
    CheckAsked,
    /// Reads a calendar that the member uploaded.
    ReadCalendar,
    /// Deletes a file that LeadLens uploaded.
    DeleteFile,
    /// Reads direct messages that an outage may have cost.
    ReadMissed,
    /// Looks whether a message of the member is still in Slack.
    CheckMessage,
    /// Looks for a message whose sending was not settled, and deletes it.
    DeleteUnsettled,
    /// Removes the remains of erased rows from the database's files.
    Scrub,
}

impl JobKind {
    /// Whether it calls Slack, and waits while Slack serves its workspace nothing.
    pub fn needs_slack(self) -> bool {
        match self {
            Self::EraseWorkspace | Self::Scrub => false,
            Self::DeleteMessage
            | Self::KeepMessage
            | Self::MarkMessage
            | Self::RefreshProfile
            | Self::CheckAsked
            | Self::ReadCalendar
            | Self::DeleteFile
            | Self::ReadMissed
            | Self::CheckMessage
            | Self::DeleteUnsettled => true,
        }
    }

    /// Whether a member looks at a form that waits for it.
    pub fn is_awaited(self) -> bool {
        match self {
            Self::CheckAsked | Self::ReadCalendar => true,
            Self::DeleteMessage
            | Self::KeepMessage
            | Self::MarkMessage
            | Self::RefreshProfile
            | Self::EraseWorkspace
            | Self::DeleteFile
            | Self::ReadMissed
            | Self::CheckMessage
            | Self::DeleteUnsettled
            | Self::Scrub => false,
        }
    }
}

/// A claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Id of the row.
    pub id: RowId,
    /// The workspace.
    pub team: TeamId,
    /// The member it concerns, if any.
    pub member: Option<MemberId>,
    /// The kind of payload, for logs and metrics.
    pub kind: JobKind,
    /// What to do.
    pub payload: Result<JobPayload, MalformedPayload>,
    /// When it is to run.
    pub due_at: Timestamp,
    /// How many times it was tried in vain. What Slack's limits hold back was not tried.
    pub attempts: u32,
    /// When it was tried first.
    pub first_tried_at: Option<Timestamp>,
}

/// A new job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Id of the row.
    pub id: RowId,
    /// A second job with the same key is not inserted. `None`: always insert.
    pub dedupe: Option<String>,
    /// The workspace.
    pub team: TeamId,
    /// The member it concerns; `None` where the job must not name anybody.
    pub member: Option<MemberId>,
    /// What to do.
    pub payload: JobPayload,
    /// When it is to run.
    pub due_at: Timestamp,
}

impl NewJob {
    /// A job about a member.
    pub fn for_member(id: RowId, member: MemberId, payload: JobPayload, due_at: Timestamp) -> Self {
        Self { id, dedupe: None, team: member.team.clone(), member: Some(member), payload, due_at }
    }

    /// A job for a workspace that names no member.
    pub fn for_team(id: RowId, team: TeamId, payload: JobPayload, due_at: Timestamp) -> Self {
        Self { id, dedupe: None, team, member: None, payload, due_at }
    }

    /// Sets the deduplication key.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(key.into());
        self
    }
}

macro_rules! columns {
    () => {
        "id, team_id, user_id, kind, channel_id, ts, subject, due_at, attempts, first_tried_at"
    };
}

/// The claim as one statement. PostgreSQL adds `FOR UPDATE SKIP LOCKED`, so that two machines claim
/// different jobs instead of waiting for each other.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM job WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2",
            $lock,
            ") UPDATE job SET wake_at = $3, lease_owner = $4 \
             WHERE id IN (SELECT id FROM due) RETURNING ",
            columns!()
        )
    };
}

pub(super) const CLAIM: (&str, &str) = (claim!(""), claim!(" FOR UPDATE SKIP LOCKED"));

impl Tx {
    /// Inserts a job. False: a job with this id or this deduplication key exists already.
    pub async fn enqueue_job(&mut self, new: NewJob) -> Result<bool, StoreError> {
        self.note_scheduled_work();
        let statement = sql("INSERT INTO job (id, dedupe, team_id, user_id, kind, subject, \
             due_at, wake_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0) \
             ON CONFLICT DO NOTHING")
        .bind(String::from(new.id))
        .bind(new.dedupe)
        .bind(String::from(new.team))
        .bind(new.member.map(|member| String::from(member.user)))
        .bind(new.payload.kind().into_str())
        .bind(new.payload.to_text())
        .bind(ms(new.due_at));
        Ok(self.execute(statement).await? == 1)
    }

    /// Claims up to `limit` jobs that are due or whose lease has expired, for `owner` until `lease_until`.
    /// Returns the longest due first.
    pub async fn claim_jobs(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        owner: &str,
        limit: usize,
    ) -> Result<Vec<Job>, StoreError> {
        let statement = self.select_for_update(CLAIM.0, CLAIM.1);
        let statement = statement.bind(ms(now)).bind(count(limit)).bind(ms(lease_until)).bind(owner);
        let mut jobs = self.list(statement, read).await?;
        jobs.sort_by(|job, other| (job.due_at, &job.id).cmp(&(other.due_at, &other.id)));
        Ok(jobs)
    }

    /// Deletes a finished job. False: no job has this id.
    pub async fn finish_job(&mut self, id: &RowId) -> Result<bool, StoreError> {
        Ok(self.execute(sql("DELETE FROM job WHERE id = $1").bind(id.as_str())).await? == 1)
    }

    /// Deletes the job that scrubs after a workspace was erased: it was done. False: there is none.
    pub async fn finish_scrub(&mut self, team: &TeamId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM job WHERE team_id = $1 AND kind = 'scrub'");
        Ok(self.execute(statement.bind(team.as_str())).await? > 0)
    }

    /// Reschedules a job that was not tried, and records why. False: no unfinished job has this id.
    pub async fn postpone_job(
        &mut self,
        id: &RowId,
        due_at: Timestamp,
        code: &str,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE job SET due_at = $2, wake_at = $2, last_error = $3, lease_owner = NULL \
             WHERE id = $1 AND wake_at IS NOT NULL");
        Ok(self.execute(statement.bind(id.as_str()).bind(ms(due_at)).bind(code)).await? == 1)
    }

    /// Reschedules a job that was tried in vain, and records the error code. False: no unfinished job has
    /// this id.
    pub async fn retry_job(
        &mut self,
        id: &RowId,
        due_at: Timestamp,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement =
            sql("UPDATE job SET due_at = $2, wake_at = $2, last_error = $3, lease_owner = NULL, \
             attempts = attempts + 1, first_tried_at = COALESCE(first_tried_at, $4) \
             WHERE id = $1 AND wake_at IS NOT NULL");
        let statement = statement.bind(id.as_str()).bind(ms(due_at)).bind(code).bind(ms(now));
        Ok(self.execute(statement).await? == 1)
    }

    /// Marks a job as permanently failed and records the error code. False: no unfinished job has this id.
    pub async fn fail_job(&mut self, id: &RowId, code: &str, now: Timestamp) -> Result<bool, StoreError> {
        let statement = sql("UPDATE job SET wake_at = NULL, failed_at = $2, last_error = $3, \
             lease_owner = NULL WHERE id = $1 AND wake_at IS NOT NULL");
        Ok(self.execute(statement.bind(id.as_str()).bind(ms(now)).bind(code)).await? == 1)
    }

    /// Deletes at most `limit` jobs that failed before an instant, oldest first.
    pub async fn prune_jobs(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = sql("DELETE FROM job WHERE id IN (\
             SELECT id FROM job WHERE failed_at < $1 ORDER BY failed_at LIMIT $2)");
        self.execute(statement.bind(ms(before)).bind(count(limit))).await
    }
}

fn read(row: &Row) -> Result<Job, StoreError> {
    let team: TeamId = row.id("team_id")?;
    let user: Option<UserId> = row.id_opt("user_id")?;
    let kind: JobKind = row.parsed("kind")?;
    let (subject, at) = (row.text_opt("subject")?, row.message_opt()?);
    Ok(Job {
        id: row.id("id")?,
        member: user.map(|user| MemberId { team: team.clone(), user }),
        team,
        kind,
        payload: JobPayload::parse(kind, subject.as_deref(), at.as_ref()),
        due_at: row.instant("due_at")?,
        attempts: row.count_u32("attempts")?,
        first_tried_at: row.instant_opt("first_tried_at")?,
    })
}
