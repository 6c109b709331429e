//! Nudges: their question, their state, and [`Tx::move_nudge`], which lets a nudge leave a state only once.

use super::{
    error::StoreError,
    payload,
    row::{Row, escape, ms},
    statement::{Statement, bind_member, bind_message, bind_message_opt, sql},
    tx::Tx,
};
use crate::coach::{
    ids::{MemberId, MessageRef, RowId, TeamId},
    nudge::{Nudge, NudgeState},
};
use jiff::Timestamp;

macro_rules! columns {
    () => {
        "id, team_id, user_id, state, prompt_id, question, reason, slot_at, asked_for, sent_at, \
         channel_id, ts, skip_reason"
    };
}

macro_rules! insert {
    () => {
        concat!(
            "INSERT INTO nudge (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) "
        )
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM nudge WHERE team_id = $1", $rest)
    };
}

impl Tx {
    /// Inserts a nudge. False: a nudge with this id exists already.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member has no row.
    pub async fn insert_nudge(&mut self, nudge: &Nudge) -> Result<bool, StoreError> {
        Ok(self.execute(bind(sql(concat!(insert!(), "DO NOTHING")), nudge)).await? == 1)
    }

    /// Inserts or overwrites a nudge, its state included; the owner never changes. Where another
    /// transaction may change the state at the same time, use [`Tx::move_nudge`] instead.
    ///
    /// # Errors
    /// As [`Tx::insert_nudge`].
    pub async fn save_nudge(&mut self, nudge: &Nudge) -> Result<(), StoreError> {
        let text = concat!(
            insert!(),
            "DO UPDATE SET state = excluded.state, prompt_id = excluded.prompt_id, \
             question = excluded.question, reason = excluded.reason, slot_at = excluded.slot_at, \
             asked_for = excluded.asked_for, sent_at = excluded.sent_at, \
             channel_id = excluded.channel_id, ts = excluded.ts, skip_reason = excluded.skip_reason \
             WHERE nudge.team_id = excluded.team_id AND nudge.user_id = excluded.user_id"
        );
        self.execute(bind(sql(text), nudge)).await.map(|_| ())
    }

    /// A nudge of this member. In a write transaction on PostgreSQL the row stays locked until its end.
    pub async fn find_nudge(&mut self, member: &MemberId, id: &RowId) -> Result<Option<Nudge>, StoreError> {
        let statement = self.select_for_update(
            select!(" AND user_id = $2 AND id = $3"),
            select!(" AND user_id = $2 AND id = $3 FOR NO KEY UPDATE"),
        );
        self.find(bind_member(statement, member).bind(id.as_str()), read).await
    }

    /// The Slack message of a nudge. Takes no row lock, to avoid a deadlock with code that locks the nudge
    /// first and the reflection second.
    pub async fn nudge_message(
        &mut self,
        member: &MemberId,
        id: &RowId,
    ) -> Result<Option<MessageRef>, StoreError> {
        let statement =
            sql("SELECT channel_id, ts FROM nudge WHERE team_id = $1 AND user_id = $2 AND id = $3");
        let statement = bind_member(statement, member).bind(id.as_str());
        Ok(self.find(statement, Row::message_opt).await?.flatten())
    }

    /// The nudge that was sent as this message.
    pub async fn nudge_by_message(
        &mut self,
        team: &TeamId,
        message: &MessageRef,
    ) -> Result<Option<Nudge>, StoreError> {
        let statement = sql(select!(" AND channel_id = $2 AND ts = $3 LIMIT 1"));
        self.find(bind_message(statement.bind(team.as_str()), message), read).await
    }

    /// The open nudge that was sent last, if that was not before `sent_since`. A plain message in the DM
    /// answers it.
    pub async fn newest_open_nudge(
        &mut self,
        member: &MemberId,
        sent_since: Timestamp,
    ) -> Result<Option<Nudge>, StoreError> {
        let statement = sql(select!(
            " AND user_id = $2 AND state = 'open' AND sent_at >= $3 ORDER BY sent_at DESC, id DESC LIMIT 1"
        ));
        self.find(bind_member(statement, member).bind(ms(sent_since)), read).await
    }

    /// All nudges of a member in a state, ordered by slot.
    pub async fn nudges_in_state(
        &mut self,
        member: &MemberId,
        state: NudgeState,
    ) -> Result<Vec<Nudge>, StoreError> {
        let statement = sql(select!(" AND user_id = $2 AND state = $3 ORDER BY slot_at, id"));
        self.list(bind_member(statement, member).bind(state.into_str()), read).await
    }

    /// The waiting nudge with the earliest slot.
    pub async fn waiting_nudge(&mut self, member: &MemberId) -> Result<Option<Nudge>, StoreError> {
        let statement = sql(select!(" AND user_id = $2 AND state = 'waiting' ORDER BY slot_at, id LIMIT 1"));
        self.find(bind_member(statement, member), read).await
    }

    /// All nudges of a member, ordered by slot.
    pub async fn nudges_of(&mut self, member: &MemberId) -> Result<Vec<Nudge>, StoreError> {
        let statement = sql(select!(" AND user_id = $2 ORDER BY slot_at, id"));
        self.list(bind_member(statement, member), read).await
    }

    /// Nudges of a member whose slot is in `[from, to)`, ordered by slot.
    pub async fn nudges_between(
        &mut self,
        member: &MemberId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Nudge>, StoreError> {
        let statement =
            sql(select!(" AND user_id = $2 AND slot_at >= $3 AND slot_at < $4 ORDER BY slot_at, id"));
        self.list(bind_member(statement, member).bind(ms(from)).bind(ms(to)), read).await
    }

    /// Moves a nudge from one state to another. False: it is not in state `from` any more, and nothing was
    /// changed. When two transactions try the same move, exactly one succeeds.
    pub async fn move_nudge(
        &mut self,
        id: &RowId,
        from: NudgeState,
        to: NudgeState,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE nudge SET state = $3 WHERE id = $1 AND state = $2");
        let statement = statement.bind(id.as_str()).bind(from.into_str()).bind(to.into_str());
        Ok(self.execute(statement).await? == 1)
    }

    /// How many slots of the cadence a member was asked at since an instant. Questions that they asked for
    /// do not count.
    pub async fn slots_asked_since(
        &mut self,
        member: &MemberId,
        since: Timestamp,
    ) -> Result<usize, StoreError> {
        let statement = sql("SELECT COUNT(*) AS asked FROM nudge WHERE team_id = $1 AND user_id = $2 \
             AND sent_at >= $3 AND asked_for = 0");
        let asked = self.find(bind_member(statement, member).bind(ms(since)), |row| row.number("asked"));
        Ok(usize::try_from(asked.await?.unwrap_or(0)).unwrap_or(0))
    }

    /// When the newest sent nudge of a member reached Slack.
    pub async fn last_nudge_sent_at(&mut self, member: &MemberId) -> Result<Option<Timestamp>, StoreError> {
        let statement = sql("SELECT MAX(sent_at) AS sent_at FROM nudge WHERE team_id = $1 AND user_id = $2");
        Ok(self.find(bind_member(statement, member), |row| row.instant_opt("sent_at")).await?.flatten())
    }
}

fn bind(statement: Statement, nudge: &Nudge) -> Statement {
    let statement = statement
        .bind(nudge.id.as_str().to_owned())
        .bind(nudge.member.team.as_str().to_owned())
        .bind(nudge.member.user.as_str().to_owned())
        .bind(nudge.state.into_str())
        .bind(nudge.prompt.as_str().to_owned())
        .bind(escape(&nudge.question))
        .bind(escape(&payload::nudge_reason_text(&nudge.reason)))
        .bind(ms(nudge.slot_at))
        .bind(i64::from(nudge.asked_for))
        .bind(nudge.sent_at.map(ms));
    bind_message_opt(statement, nudge.message.as_ref())
        .bind(nudge.skip_reason.map(|reason| reason.into_str()))
}

fn read(row: &Row) -> Result<Nudge, StoreError> {
    Ok(Nudge {
        id: row.id("id")?,
        member: row.member_id()?,
        state: row.parsed("state")?,
        prompt: row.id("prompt_id")?,
        question: row.escaped_text("question")?,
        reason: payload::nudge_reason(row.escaped_text("reason")?),
        slot_at: row.instant("slot_at")?,
        asked_for: row.flag("asked_for")?,
        sent_at: row.instant_opt("sent_at")?,
        message: row.message_opt()?,
        skip_reason: row.parsed_opt("skip_reason")?,
    })
}
