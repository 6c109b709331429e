//! Things to do that are not messages to send: deleting a message or a file in Slack, reading a
//! profile, erasing a workspace. A job holds ids and never text. It may run twice, so doing it twice
//! must do no harm; a finished job is deleted.

use super::{
    error::StoreError,
    payload::{JobPayload, MalformedPayload},
    row::{Columns as _, count, ms},
    tx::{Tx, sql},
};
use crate::coach::ids::{MemberId, RowId, TeamId, UserId};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a job does.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum JobKind {
    /// Deletes a message of ours.
    DeleteMessage,
    /// Reads a message of the member that they want kept.
    KeepMessage,
    /// Reads the member's profile: zone, status.
    RefreshProfile,
    /// Erases what a workspace that left has in the store.
    EraseWorkspace,
    /// Reads who of those named in a feedback round can be asked.
    CheckAsked,
    /// Reads a calendar that the member uploaded.
    ReadCalendar,
    /// Deletes a file of ours.
    DeleteFile,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The row.
    pub id: RowId,
    /// The workspace.
    pub team: TeamId,
    /// Whom it concerns.
    pub member: Option<MemberId>,
    /// What kind of thing it does, for logs and metrics.
    pub kind: JobKind,
    /// What it does.
    pub payload: Result<JobPayload, MalformedPayload>,
    /// When.
    pub due_at: Timestamp,
    /// How many times it was claimed.
    pub attempts: u32,
}

/// A new job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The row's id.
    pub id: RowId,
    /// Two jobs with the same key are one; `None`: always a job of its own.
    pub dedupe: Option<String>,
    /// The workspace.
    pub team: TeamId,
    /// Whom it concerns; `None` where the job must not name anybody.
    pub member: Option<MemberId>,
    /// What it does.
    pub payload: JobPayload,
    /// When.
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

    /// The same, once for a key.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(key.into());
        self
    }
}

macro_rules! columns {
    () => {
        "id, team_id, user_id, kind, channel_id, ts, subject, due_at, attempts"
    };
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM job WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2",
            $lock,
            ") UPDATE job SET attempts = attempts + 1, wake_at = $3, lease_owner = $4 \
             WHERE id IN (SELECT id FROM due) RETURNING ",
            columns!()
        )
    };
}

pub(super) const CLAIM: (&str, &str) = (claim!(""), claim!(" FOR UPDATE SKIP LOCKED"));

impl Tx {
    /// Adds a job. False: its id or its dedupe key was used already, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn enqueue_job(&mut self, new: NewJob) -> Result<bool, StoreError> {
        self.note_due();
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

    /// Takes up to `limit` jobs that are due, or whose lease is over, for `owner` until
    /// `lease_until`, the longest due first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn claim_jobs(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        owner: &str,
        limit: usize,
    ) -> Result<Vec<Job>, StoreError> {
        let statement = self.locking(CLAIM.0, CLAIM.1);
        let statement = statement.bind(ms(now)).bind(count(limit)).bind(ms(lease_until)).bind(owner);
        let mut jobs = self.list(statement, read).await?;
        jobs.sort_by(|job, other| (job.due_at, &job.id).cmp(&(other.due_at, &other.id)));
        Ok(jobs)
    }

    /// Deletes a job that is done. False: there is none of that id any more.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn finish_job(&mut self, id: &RowId) -> Result<bool, StoreError> {
        Ok(self.execute(sql("DELETE FROM job WHERE id = $1").bind(id.as_str())).await? == 1)
    }

    /// Puts a job off until `due_at` and notes why. False: there is none of that id to do.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
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

    /// Gives a job up and notes why. False: there is none of that id to do.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn fail_job(&mut self, id: &RowId, code: &str, now: Timestamp) -> Result<bool, StoreError> {
        let statement = sql("UPDATE job SET wake_at = NULL, failed_at = $2, last_error = $3, \
             lease_owner = NULL WHERE id = $1 AND wake_at IS NOT NULL");
        Ok(self.execute(statement.bind(id.as_str()).bind(ms(now)).bind(code)).await? == 1)
    }

    /// Deletes jobs that were given up before an instant, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn prune_jobs(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = sql("DELETE FROM job WHERE id IN (\
             SELECT id FROM job WHERE failed_at < $1 ORDER BY failed_at LIMIT $2)");
        self.execute(statement.bind(ms(before)).bind(count(limit))).await
    }
}

fn read(row: &AnyRow) -> Result<Job, StoreError> {
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
    })
}
