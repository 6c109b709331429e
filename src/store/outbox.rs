//! Everything that LeadLens sends by itself: one row each, claimed under a lease, settled once. No
//! text is stored here; what is sent is rendered when it is sent.
//!
//! A row wants attention at its `wake_at`: when it is due, when the lease of whoever has it ends, or
//! when a doubt is to be looked into. From `mark_attempt` on, a crash leaves the row in doubt.

use super::{
    error::StoreError,
    payload::{MalformedPayload, OutboxPayload},
    reflection::owned_by,
    row::{Columns as _, count, ms},
    tx::{Statement, Tx, sql},
};
use crate::coach::ids::{ChannelId, MemberId, MessageRef, MessageTs, RowId, TeamId, UserId};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a row sends.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum OutKind {
    /// First contact.
    Welcome,
    /// A question.
    Nudge,
    /// The last question, whether to go on.
    GoOn,
    /// The hat balance.
    Report,
    /// Everything about the member, as files.
    Export,
    /// A message of ours that has changed.
    Update,
    /// *Keep as a check-in?*.
    Offer,
    /// The care notice.
    Care,
    /// *It is kept*.
    Kept,
    /// The feedback question to one person.
    FeedbackAsk,
    /// The result of a feedback round.
    FeedbackResult,
    /// Asks what came of a plan.
    Plan,
    /// The meetings of a calendar wait to be marked.
    Audit,
    /// A sentence by its stable code.
    Notice,
}

/// Where a row stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum OutState {
    /// Not due yet, or due and not claimed.
    Waiting,
    /// Somebody has it under a lease and has posted nothing.
    Leased,
    /// It may or may not have reached Slack.
    InDoubt,
    /// Slack has it.
    Sent,
    /// Slack will never take it.
    Failed,
    /// It is not wanted any more.
    Cancelled,
}

/// One thing to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The row; it goes into the message's metadata.
    pub id: RowId,
    /// The workspace whose token sends it.
    pub team: TeamId,
    /// Whom it is for.
    pub member: Option<MemberId>,
    /// What kind of thing it sends, for logs and metrics.
    pub kind: OutKind,
    /// What it sends.
    pub payload: Result<OutboxPayload, MalformedPayload>,
    /// When it is to be sent.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: OutState,
    /// How many times sending was begun.
    pub attempts: u32,
    /// Until when whoever claimed it has it.
    pub lease_until: Option<Timestamp>,
    /// The conversation that it goes to or stands in.
    pub channel: Option<ChannelId>,
    /// The message that it changes or has become.
    pub ts: Option<MessageTs>,
    /// Slack's ids of files that were reserved or shared for it.
    pub file_ids: Vec<String>,
    /// When sending was first begun and not settled: since when to look for it.
    pub attempted_at: Option<Timestamp>,
    /// The code of what went wrong last.
    pub last_error: Option<String>,
    /// When it was put here.
    pub created_at: Timestamp,
}

impl OutboxRow {
    /// The message that the row changes, answers or has become.
    pub fn message(&self) -> Option<MessageRef> {
        Some(MessageRef { channel: self.channel.clone()?, ts: self.ts.clone()? })
    }
}

/// A new row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbox {
    /// The row's id.
    pub id: RowId,
    /// Two rows with the same key are one; `None`: always a row of its own.
    pub dedupe: Option<String>,
    /// The workspace.
    pub team: TeamId,
    /// Whom it is for.
    pub member: Option<MemberId>,
    /// What it sends.
    pub payload: OutboxPayload,
    /// The conversation, when it must be a certain one.
    pub channel: Option<ChannelId>,
    /// The message that is to change, or to be answered.
    pub ts: Option<MessageTs>,
    /// When it is to be sent.
    pub due_at: Timestamp,
    /// When it is put here.
    pub created_at: Timestamp,
}

impl NewOutbox {
    /// A row for a member, due at once.
    pub fn for_member(id: RowId, member: MemberId, payload: OutboxPayload, now: Timestamp) -> Self {
        Self {
            id,
            dedupe: None,
            team: member.team.clone(),
            member: Some(member),
            payload,
            channel: None,
            ts: None,
            due_at: now,
            created_at: now,
        }
    }

    /// The same, due at another time.
    pub fn due(mut self, due_at: Timestamp) -> Self {
        self.due_at = due_at;
        self
    }

    /// The same, once for a key.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(key.into());
        self
    }

    /// The same, about or below a message.
    pub fn at(mut self, message: MessageRef) -> Self {
        self.channel = Some(message.channel);
        self.ts = Some(message.ts);
        self
    }
}

/// How many unsent rows are in a state, and how long the oldest has been due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxAge {
    /// The state.
    pub state: OutState,
    /// Rows in it.
    pub count: u64,
    /// Milliseconds since the oldest was due; 0 when none is due yet.
    pub oldest_age_ms: i64,
}

macro_rules! columns {
    () => {
        "id, team_id, user_id, kind, subject, due_at, state, attempts, lease_until, channel_id, ts, \
         file_ids, attempted_at, last_error, created_at"
    };
}

/// A claim, with what PostgreSQL needs so that two machines share the work.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2",
            $lock,
            ") UPDATE outbox SET \
             state = CASE WHEN attempted_at IS NULL THEN 'leased' ELSE 'in-doubt' END, \
             wake_at = $3, lease_until = $3, lease_owner = $4 \
             WHERE id IN (SELECT id FROM due) RETURNING ",
            columns!()
        )
    };
}

pub(super) const CLAIM: (&str, &str) = (claim!(""), claim!(" FOR UPDATE SKIP LOCKED"));

impl Tx {
    /// Puts a row here. False: its key was used already, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn enqueue(&mut self, new: NewOutbox) -> Result<bool, StoreError> {
        self.note_due();
        let statement = sql("INSERT INTO outbox (id, dedupe, team_id, user_id, kind, subject, due_at, \
             wake_at, channel_id, ts, created_at, state, attempts, file_ids) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, 'waiting', 0, '') \
             ON CONFLICT DO NOTHING")
        .bind(String::from(new.id))
        .bind(new.dedupe)
        .bind(String::from(new.team))
        .bind(new.member.map(|member| String::from(member.user)))
        .bind(new.payload.kind().into_str())
        .bind(new.payload.to_text())
        .bind(ms(new.due_at))
        .bind(new.channel.map(String::from))
        .bind(new.ts.map(String::from))
        .bind(ms(new.created_at));
        Ok(self.execute(statement).await? == 1)
    }

    /// One row.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_outbox(&mut self, id: &RowId) -> Result<Option<OutboxRow>, StoreError> {
        let text = concat!("SELECT ", columns!(), " FROM outbox WHERE id = $1");
        self.find(sql(text).bind(id.as_str()), read).await
    }

    /// Takes up to `limit` rows that are due, or whose lease or waiting in doubt is over, for
    /// `owner` until `lease_until`, the longest due first. A row whose sending was begun comes back
    /// in doubt. No row is ever claimed by two.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn claim_due(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        owner: &str,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let statement = self.locking(CLAIM.0, CLAIM.1);
        let statement = statement.bind(ms(now)).bind(count(limit)).bind(ms(lease_until)).bind(owner);
        let mut rows = self.list(statement, read).await?;
        rows.sort_by(|row, other| (row.due_at, &row.id).cmp(&(other.due_at, &other.id)));
        Ok(rows)
    }

    /// Notes that sending begins, to be committed before it does: from here on a crash means doubt.
    /// False: the row is not ours to send any more (cancelled, erased, its lease over), and it must
    /// not be sent.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn mark_attempt(&mut self, id: &RowId, now: Timestamp) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET attempts = attempts + 1, \
             attempted_at = COALESCE(attempted_at, $2) \
             WHERE id = $1 AND state IN ('leased', 'in-doubt') AND lease_until > $2");
        self.changed_one(statement.bind(id.as_str()).bind(ms(now))).await
    }

    /// Notes the files that Slack has reserved for a row, before they are shared.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn reserve_files(&mut self, id: &RowId, files: &[String]) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET file_ids = $2 \
             WHERE id = $1 AND state IN ('leased', 'in-doubt')");
        self.changed_one(statement.bind(id.as_str()).bind(files.join(","))).await
    }

    /// Settles a row: Slack has it, as a message, as files, or both. False: it was settled already
    /// or erased meanwhile, and what was sent should be deleted again.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn mark_sent(
        &mut self,
        id: &RowId,
        message: Option<&MessageRef>,
        files: &[String],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'sent', settled_at = $2, wake_at = NULL, \
             lease_until = NULL, lease_owner = NULL, last_error = NULL, \
             channel_id = COALESCE($3, channel_id), ts = COALESCE($4, ts), \
             file_ids = CASE WHEN $5 = '' THEN file_ids ELSE $5 END \
             WHERE id = $1 AND state IN ('leased', 'in-doubt')")
        .bind(id.as_str())
        .bind(ms(now))
        .bind(message.map(|message| message.channel.as_str()))
        .bind(message.map(|message| message.ts.as_str()))
        .bind(files.join(","));
        self.changed_one(statement).await
    }

    /// Settles a row: Slack will never take it. False: it was settled already.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn mark_failed(&mut self, id: &RowId, code: &str, now: Timestamp) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'failed', settled_at = $2, last_error = $3, \
             wake_at = NULL, lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND state IN ('waiting', 'leased', 'in-doubt')");
        self.changed_one(statement.bind(id.as_str()).bind(ms(now)).bind(code)).await
    }

    /// Puts a row back to wait until `due_at`, which is not before `now`. Only when nothing of it can
    /// be in Slack: what was in doubt and could not be looked into stays in doubt
    /// ([`Tx::mark_in_doubt`]). False: it was settled already.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn postpone(
        &mut self,
        id: &RowId,
        due_at: Timestamp,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'waiting', due_at = $2, wake_at = $2, \
             last_error = $3, attempted_at = NULL, lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND state IN ('waiting', 'leased', 'in-doubt')");
        self.changed_one(statement.bind(id.as_str()).bind(ms(due_at.max(now))).bind(code)).await
    }

    /// Puts a row in doubt: what became of it is looked into not before `retry_at`. False: it was
    /// settled already.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn mark_in_doubt(
        &mut self,
        id: &RowId,
        retry_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'in-doubt', wake_at = $2, \
             attempted_at = COALESCE(attempted_at, $3), lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND state IN ('leased', 'in-doubt')");
        self.changed_one(statement.bind(id.as_str()).bind(ms(retry_at)).bind(ms(now))).await
    }

    /// Takes back a row whose sending has not begun. False: it has, or the row is settled.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn cancel(&mut self, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'cancelled', settled_at = due_at, wake_at = NULL, \
             lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND state IN ('waiting', 'leased') AND attempted_at IS NULL");
        self.changed_one(statement.bind(id.as_str())).await
    }

    /// Takes back every row of these kinds for a member whose sending has not begun, and says how
    /// many.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn cancel_member_rows(
        &mut self,
        member: &MemberId,
        kinds: &[OutKind],
    ) -> Result<u64, StoreError> {
        let mut cancelled: u64 = 0;
        for kind in kinds {
            let statement = sql("UPDATE outbox SET state = 'cancelled', settled_at = due_at, \
                 wake_at = NULL, lease_until = NULL, lease_owner = NULL \
                 WHERE team_id = $1 AND user_id = $2 AND kind = $3 \
                 AND state IN ('waiting', 'leased') AND attempted_at IS NULL");
            let done = self.execute(owned_by(statement, member).bind(kind.into_str())).await?;
            cancelled = cancelled.saturating_add(done);
        }
        Ok(cancelled)
    }

    /// Takes back every row for a workspace whose sending has not begun, and says how many.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn cancel_team_rows(&mut self, team: &TeamId) -> Result<u64, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'cancelled', settled_at = due_at, wake_at = NULL, \
             lease_until = NULL, lease_owner = NULL \
             WHERE team_id = $1 AND state IN ('waiting', 'leased') AND attempted_at IS NULL");
        self.execute(statement.bind(team.as_str())).await
    }

    /// The message in a member's DM that a payload has become, once it was sent.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn sent_message(
        &mut self,
        member: &MemberId,
        payload: &OutboxPayload,
    ) -> Result<Option<MessageRef>, StoreError> {
        let statement = sql("SELECT channel_id, ts FROM outbox WHERE team_id = $1 AND user_id = $2 \
             AND state = 'sent' AND kind = $3 AND subject IN ($4, $5) ORDER BY id DESC LIMIT 1");
        let statement = owned_by(statement, member).bind(payload.kind().into_str());
        let statement = statement.bind(payload.to_text()).bind(payload.legacy_text());
        Ok(self.find(statement, |row| row.message_opt()).await?.flatten())
    }

    /// Removes a row: the last word to somebody who wanted everything erased. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_outbox(&mut self, id: &RowId) -> Result<bool, StoreError> {
        self.changed_one(sql("DELETE FROM outbox WHERE id = $1").bind(id.as_str())).await
    }

    /// Rows that are not sent, by state, for the metrics.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn outbox_stats(&mut self, now: Timestamp) -> Result<Vec<OutboxAge>, StoreError> {
        let statement = sql("SELECT state, COUNT(*) AS rows_in, MIN(due_at) AS oldest_at FROM outbox \
             WHERE state <> 'sent' GROUP BY state ORDER BY state");
        let states = self
            .list(statement, |row| {
                let count = u64::try_from(row.number("rows_in")?).unwrap_or(0);
                Ok((row.parsed("state")?, count, row.number("oldest_at")?))
            })
            .await?;
        Ok(states
            .into_iter()
            .map(|(state, count, oldest_at)| OutboxAge {
                state,
                count,
                oldest_age_ms: ms(now).saturating_sub(oldest_at).max(0),
            })
            .collect())
    }

    /// Deletes rows settled before an instant that left nothing in Slack, at most `limit`. Sent
    /// messages stay: *forget* has to find them.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn prune_outbox(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = sql("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox \
             WHERE settled_at < $1 AND (state <> 'sent' OR kind = 'update') \
             ORDER BY settled_at LIMIT $2)");
        self.execute(statement.bind(ms(before)).bind(count(limit))).await
    }

    async fn changed_one(&mut self, statement: Statement<'_>) -> Result<bool, StoreError> {
        Ok(self.execute(statement).await? == 1)
    }
}

fn read(row: &AnyRow) -> Result<OutboxRow, StoreError> {
    let team: TeamId = row.id("team_id")?;
    let user: Option<UserId> = row.id_opt("user_id")?;
    let files = row.text("file_ids")?;
    let kind: OutKind = row.parsed("kind")?;
    Ok(OutboxRow {
        id: row.id("id")?,
        member: user.map(|user| MemberId { team: team.clone(), user }),
        team,
        kind,
        payload: OutboxPayload::parse(kind, &row.text("subject")?),
        due_at: row.instant("due_at")?,
        state: row.parsed("state")?,
        attempts: row.count_u32("attempts")?,
        lease_until: row.instant_opt("lease_until")?,
        channel: row.id_opt("channel_id")?,
        ts: row.id_opt("ts")?,
        file_ids: files.split(',').filter(|file| !file.is_empty()).map(str::to_owned).collect(),
        attempted_at: row.instant_opt("attempted_at")?,
        last_error: row.text_opt("last_error")?,
        created_at: row.instant("created_at")?,
    })
}
