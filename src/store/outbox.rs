//! The outbox: one row for every message that LeadLens sends without being asked in the same request. A row
//! holds no text; the message is rendered when it is sent.
//!
//! **Lease.** [`Tx::claim_due`] hands a row to one worker until `lease_until`. If the worker dies, the lease
//! expires and another claim takes the row. Without leases a row claimed by a dead worker would never be
//! sent; without an expiry check two workers could send it twice.
//!
//! **Doubt.** A crash between the call to Slack and the commit leaves it open whether Slack has the message.
//! So [`Tx::mark_attempt`] is committed before the call. A row that is claimed again after that is *in
//! doubt*: it is looked up in Slack and is not simply sent again. Without this a crash at that moment would
//! send the member the same question twice, or drop it.
//!
//! `wake_at` is the next time a row needs attention: when it is due, when its lease expires, or when a doubt
//! is to be resolved. Finished rows have none, and neither have rows that are held ([`super::on_hold`]).

mod row;

pub use row::{DueLane, Lane, NewOutbox, OutKind, OutState, OutboxAge, OutboxRow};

use super::{
    error::StoreError,
    payload::OutboxPayload,
    row::{Row, count, ms},
    statement::{Statement, bind_member, sql},
    tx::Tx,
};
use crate::coach::ids::{MemberId, MessageRef, RowId, TeamId, UserId};
use jiff::Timestamp;

macro_rules! columns {
    () => {
        "id, team_id, user_id, kind, subject, due_at, state, attempts, lease_owner, lease_until, channel_id, ts, \
         file_ids, attempted_at, last_error, created_at, lane"
    };
}

/// The claim as one statement. It goes through the due rows, whatever indexes a workspace has: the
/// concatenation keeps SQLite from walking all rows that the workspace ever had. PostgreSQL adds `FOR UPDATE SKIP LOCKED`, so that two machines claim
/// different rows instead of waiting for each other.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM outbox \
             WHERE wake_at <= $1 AND team_id || '' = $5 AND lane = $6 ORDER BY wake_at LIMIT $2",
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

/// Read from the index alone. Rows that a limit holds back are counted and not touched.
pub(super) const DUE_LANES: &str = "SELECT team_id, lane, MIN(wake_at) AS since, COUNT(*) AS due FROM outbox \
             WHERE wake_at <= $1 GROUP BY team_id, lane ORDER BY since, team_id, lane";

/// Deletes settled rows; [`Tx::prune_outbox`].
pub(super) const PRUNE: &str = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox \
     WHERE settled_at < $1 AND (state <> 'sent' OR kind = 'update') \
     ORDER BY settled_at LIMIT $2)";

impl Tx {
    /// Inserts a row. False: a row with this deduplication key exists already.
    pub async fn enqueue(&mut self, new: NewOutbox) -> Result<bool, StoreError> {
        self.note_scheduled_work();
        let statement = sql("INSERT INTO outbox (id, dedupe, team_id, user_id, kind, subject, due_at, \
             wake_at, channel_id, ts, created_at, lane, state, attempts, file_ids) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, 'waiting', 0, '') \
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
        .bind(ms(new.created_at))
        .bind(new.lane.into_str());
        Ok(self.execute(statement).await? == 1)
    }

    pub async fn find_outbox(&mut self, id: &RowId) -> Result<Option<OutboxRow>, StoreError> {
        let text = concat!("SELECT ", columns!(), " FROM outbox WHERE id = $1");
        self.find(sql(text).bind(id.as_str()), read).await
    }

    /// The workspaces and lanes with rows whose `wake_at` has passed, the longest due first.
    pub async fn due_lanes(&mut self, now: Timestamp) -> Result<Vec<DueLane>, StoreError> {
        self.list(sql(DUE_LANES).bind(ms(now)), |row| {
            Ok(DueLane {
                team: row.id("team_id")?,
                lane: row.parsed("lane")?,
                since: row.instant("since")?,
                rows: usize::try_from(row.number("due")?).unwrap_or(0),
            })
        })
        .await
    }

    /// Claims up to `limit` rows of one workspace and lane whose `wake_at` has passed, for `owner` until
    /// `lease_until`. Returns the longest due first. A row with an unsettled attempt is returned in doubt.
    /// Two claims never return the same row.
    pub async fn claim_due(
        &mut self,
        team: &TeamId,
        lane: Lane,
        now: Timestamp,
        lease_until: Timestamp,
        owner: &str,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let statement = self.select_for_update(CLAIM.0, CLAIM.1);
        let statement = statement.bind(ms(now)).bind(count(limit)).bind(ms(lease_until)).bind(owner);
        let statement = statement.bind(team.as_str()).bind(lane.into_str());
        let mut rows = self.list(statement, read).await?;
        rows.sort_by(|row, other| (row.due_at, &row.id).cmp(&(other.due_at, &other.id)));
        Ok(rows)
    }

    /// Records that an attempt to send begins, and extends the lease to `lease_until`, by when the attempt is
    /// over. Commit this before calling Slack: a crash after it leaves the row in doubt. False: the row was
    /// cancelled or erased, or `owner` does not hold it any more; do not send it.
    pub async fn mark_attempt(
        &mut self,
        id: &RowId,
        owner: &str,
        lease_until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET attempts = attempts + 1, \
             attempted_at = COALESCE(attempted_at, $2), lease_until = $4, wake_at = $4 \
             WHERE id = $1 AND lease_owner = $3 AND state IN ('leased', 'in-doubt') AND lease_until > $2");
        let statement = statement.bind(id.as_str()).bind(ms(now)).bind(owner).bind(ms(lease_until));
        self.changed_one(statement).await
    }

    /// Records the files that Slack reserved for a row, before they are shared. False: the row is settled, or
    /// `owner` does not hold it any more.
    pub async fn reserve_files(
        &mut self,
        id: &RowId,
        owner: &str,
        files: &[String],
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET file_ids = $2 \
             WHERE id = $1 AND lease_owner = $3 AND state IN ('leased', 'in-doubt')");
        self.changed_one(statement.bind(id.as_str()).bind(files.join(",")).bind(owner)).await
    }

    /// Settles a row as sent, as a message, files or both. False: the row was settled or erased in the
    /// meantime, or another worker holds it.
    pub async fn mark_sent(
        &mut self,
        id: &RowId,
        owner: &str,
        message: Option<&MessageRef>,
        files: &[String],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'sent', settled_at = $2, wake_at = NULL, \
             lease_until = NULL, lease_owner = NULL, last_error = NULL, \
             channel_id = COALESCE($3, channel_id), ts = COALESCE($4, ts), \
             file_ids = CASE WHEN $5 = '' THEN file_ids ELSE $5 END \
             WHERE id = $1 AND lease_owner = $6 AND state IN ('leased', 'in-doubt')")
        .bind(id.as_str())
        .bind(ms(now))
        .bind(message.map(|message| message.channel.as_str()))
        .bind(message.map(|message| message.ts.as_str()))
        .bind(files.join(","))
        .bind(owner);
        self.changed_one(statement).await
    }

    /// Settles a row as refused by Slack for good. False: it was settled already, or `owner` does not hold it
    /// any more.
    pub async fn mark_failed(
        &mut self,
        id: &RowId,
        owner: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'failed', settled_at = $2, last_error = $3, \
             wake_at = NULL, lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND lease_owner = $4 AND state IN ('leased', 'in-doubt')");
        self.changed_one(statement.bind(id.as_str()).bind(ms(now)).bind(code).bind(owner)).await
    }

    /// Makes a row due later, at `due_at` (at the earliest `now`), because of what its message is about: quiet
    /// hours, a pause. Only for a row that is certainly not in Slack; otherwise use [`Tx::mark_in_doubt`].
    /// False: it was settled already, or `owner` does not hold it any more.
    pub async fn postpone(
        &mut self,
        id: &RowId,
        owner: &str,
        due_at: Timestamp,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'waiting', due_at = $2, wake_at = $2, \
             last_error = $3, attempted_at = NULL, lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND lease_owner = $4 AND state IN ('leased', 'in-doubt')");
        let statement = statement.bind(id.as_str()).bind(ms(due_at.max(now))).bind(code).bind(owner);
        self.changed_one(statement).await
    }

    /// Returns a row to waiting, to be tried again at `retry_at`. It stays due when it was: how late a message
    /// is counts from there, however often it is tried. Only for a row that is certainly not in Slack.
    /// False: it was settled already, or `owner` does not hold it any more.
    pub async fn retry_later(
        &mut self,
        id: &RowId,
        owner: &str,
        retry_at: Timestamp,
        code: &str,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'waiting', wake_at = $2, \
             last_error = $3, attempted_at = NULL, lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND lease_owner = $4 AND state IN ('leased', 'in-doubt')");
        self.changed_one(statement.bind(id.as_str()).bind(ms(retry_at)).bind(code).bind(owner)).await
    }

    /// Puts a row in doubt, to be looked up in Slack at `retry_at` or later. False: it was settled already, or
    /// `owner` does not hold it any more.
    pub async fn mark_in_doubt(
        &mut self,
        id: &RowId,
        owner: &str,
        retry_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outbox SET state = 'in-doubt', wake_at = $2, \
             attempted_at = COALESCE(attempted_at, $3), lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND lease_owner = $4 AND state IN ('leased', 'in-doubt')");
        let statement = statement.bind(id.as_str()).bind(ms(retry_at)).bind(ms(now)).bind(owner);
        self.changed_one(statement).await
    }

    /// Settles a row as sent that no worker settled: the member acted on its message, so it is there. False:
    /// it was settled already.
    pub async fn mark_arrived(
        &mut self,
        id: &RowId,
        message: &MessageRef,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement =
            sql("UPDATE outbox SET state = 'sent', settled_at = $2, wake_at = NULL, held = NULL, \
             lease_until = NULL, lease_owner = NULL, last_error = NULL, channel_id = $3, ts = $4 \
             WHERE id = $1 AND state IN ('waiting', 'leased', 'in-doubt')");
        let statement = statement.bind(id.as_str()).bind(ms(now));
        let statement = statement.bind(message.channel.as_str()).bind(message.ts.as_str());
        self.changed_one(statement).await
    }

    /// The nudge of a member whose sending has begun and is not settled: its message may be in Slack. With
    /// when the attempt began.
    pub async fn nudge_under_way(
        &mut self,
        member: &MemberId,
    ) -> Result<Option<(RowId, Timestamp)>, StoreError> {
        let statement = sql("SELECT id, attempted_at FROM outbox WHERE team_id = $1 AND user_id = $2 \
             AND state IN ('leased', 'in-doubt') AND kind = 'nudge' AND attempted_at IS NOT NULL \
             ORDER BY attempted_at DESC LIMIT 1");
        let read = |row: &Row| Ok((row.id("id")?, row.instant("attempted_at")?));
        self.find(bind_member(statement, member), read).await
    }

    /// Cancels a row that no attempt was made for. False: an attempt was made, or the row is settled.
    pub async fn cancel(&mut self, id: &RowId) -> Result<bool, StoreError> {
        let statement =
            sql("UPDATE outbox SET state = 'cancelled', settled_at = due_at, wake_at = NULL, held = NULL, \
             lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND state IN ('waiting', 'leased') AND attempted_at IS NULL");
        self.changed_one(statement.bind(id.as_str())).await
    }

    /// Cancels a member's rows of these kinds that no attempt was made for. Returns how many.
    pub async fn cancel_member_rows(
        &mut self,
        member: &MemberId,
        kinds: &[OutKind],
    ) -> Result<u64, StoreError> {
        let mut cancelled: u64 = 0;
        for kind in kinds {
            let statement = sql("UPDATE outbox SET state = 'cancelled', settled_at = due_at, \
                 wake_at = NULL, held = NULL, lease_until = NULL, lease_owner = NULL \
                 WHERE team_id = $1 AND user_id = $2 AND kind = $3 \
                 AND state IN ('waiting', 'leased') AND attempted_at IS NULL");
            let done = self.execute(bind_member(statement, member).bind(kind.into_str())).await?;
            cancelled = cancelled.saturating_add(done);
        }
        Ok(cancelled)
    }

    /// The newest message to a member that was sent for this payload.
    pub async fn sent_message(
        &mut self,
        member: &MemberId,
        payload: &OutboxPayload,
    ) -> Result<Option<MessageRef>, StoreError> {
        let statement = sql("SELECT channel_id, ts FROM outbox WHERE team_id = $1 AND user_id = $2 \
             AND state = 'sent' AND kind = $3 AND subject IN ($4, $5) ORDER BY id DESC LIMIT 1");
        let statement = bind_member(statement, member).bind(payload.kind().into_str());
        let statement = statement.bind(payload.to_text()).bind(payload.legacy_text());
        Ok(self.find(statement, Row::message_opt).await?.flatten())
    }

    /// All messages to a member that were sent for this payload, oldest first.
    pub async fn sent_messages(
        &mut self,
        member: &MemberId,
        payload: &OutboxPayload,
    ) -> Result<Vec<MessageRef>, StoreError> {
        let statement = sql("SELECT channel_id, ts FROM outbox WHERE team_id = $1 AND user_id = $2 \
             AND state = 'sent' AND kind = $3 AND subject IN ($4, $5) ORDER BY id");
        let statement = bind_member(statement, member).bind(payload.kind().into_str());
        let statement = statement.bind(payload.to_text()).bind(payload.legacy_text());
        Ok(self.list(statement, Row::message_opt).await?.into_iter().flatten().collect())
    }

    /// When the row with a deduplication key was sent, or is due; `None` when there is none, or it was dropped.
    pub async fn sent_or_due_at(&mut self, key: &str) -> Result<Option<Timestamp>, StoreError> {
        let statement = sql("SELECT CASE WHEN state = 'sent' THEN settled_at ELSE due_at END AS at \
             FROM outbox WHERE dedupe = $1 AND state IN ('waiting', 'leased', 'in-doubt', 'sent')");
        Ok(self.find(statement.bind(key), |row| row.instant_opt("at")).await?.flatten())
    }

    /// Deletes a row: the notice to a member whose data was erased leaves no trace. False: no row has this id.
    pub async fn delete_outbox(&mut self, id: &RowId) -> Result<bool, StoreError> {
        self.changed_one(sql("DELETE FROM outbox WHERE id = $1").bind(id.as_str())).await
    }

    /// Unsent rows by state, for the metrics.
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

    /// Deletes at most `limit` rows that were settled before an instant and left no message of their own in
    /// Slack. Rows of sent messages stay, because *forget* deletes those messages.
    pub async fn prune_outbox(&mut self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.execute(sql(PRUNE).bind(ms(before)).bind(count(limit))).await
    }

    async fn changed_one(&mut self, statement: Statement) -> Result<bool, StoreError> {
        Ok(self.execute(statement).await? == 1)
    }
}

fn read(row: &Row) -> Result<OutboxRow, StoreError> {
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
        lane: row.parsed("lane")?,
        due_at: row.instant("due_at")?,
        state: row.parsed("state")?,
        attempts: row.count_u32("attempts")?,
        lease_owner: row.text_opt("lease_owner")?,
        lease_until: row.instant_opt("lease_until")?,
        channel: row.id_opt("channel_id")?,
        ts: row.id_opt("ts")?,
        file_ids: files.split(',').filter(|file| !file.is_empty()).map(str::to_owned).collect(),
        attempted_at: row.instant_opt("attempted_at")?,
        last_error: row.text_opt("last_error")?,
        created_at: row.instant("created_at")?,
    })
}
