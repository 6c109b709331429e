//! Plans and experiments. Cue, act and outcome are members' text.

use super::{
    error::StoreError,
    row::{Row, escape, ms},
    statement::{Statement, bind_member, bind_message, bind_message_opt, sql},
    tx::Tx,
};
use crate::coach::{
    ids::{MemberId, MessageRef, RowId, TeamId},
    plan::Plan,
};
use jiff::civil::Date;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, team_id, user_id, experiment, cue, act, follow_up_at, asks, state, outcome, made_at, \
             edited_at, local_on, channel_id, ts FROM plan WHERE team_id = $1",
            $rest
        )
    };
}

macro_rules! insert {
    () => {
        "INSERT INTO plan (id, team_id, user_id, experiment, cue, act, follow_up_at, asks, state, outcome, \
         made_at, edited_at, local_on, channel_id, ts) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) "
    };
}

impl Tx {
    /// Inserts a plan. False: a plan with this id exists already.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member has no row.
    pub async fn insert_plan(&mut self, plan: &Plan) -> Result<bool, StoreError> {
        Ok(self.execute(bind(sql(concat!(insert!(), "DO NOTHING")), plan)).await? == 1)
    }

    /// Saves a changed plan. False: the member has no plan with this id.
    pub async fn save_plan(&mut self, plan: &Plan) -> Result<bool, StoreError> {
        if self.find_plan(&plan.member, &plan.id).await?.is_none() {
            return Ok(false);
        }
        let statement = sql(concat!(
            insert!(),
            "DO UPDATE SET experiment = excluded.experiment, cue = excluded.cue, act = excluded.act, \
             follow_up_at = excluded.follow_up_at, asks = excluded.asks, state = excluded.state, \
             outcome = excluded.outcome, edited_at = excluded.edited_at, channel_id = excluded.channel_id, \
             ts = excluded.ts"
        ));
        Ok(self.execute(bind(statement, plan)).await? == 1)
    }

    pub async fn find_plan(&mut self, member: &MemberId, id: &RowId) -> Result<Option<Plan>, StoreError> {
        let statement = sql(select!(" AND user_id = $2 AND id = $3"));
        self.find(bind_member(statement, member).bind(id.as_str()), read).await
    }

    /// The plan that a follow-up message in Slack asks about.
    pub async fn plan_by_message(
        &mut self,
        team: &TeamId,
        message: &MessageRef,
    ) -> Result<Option<Plan>, StoreError> {
        let statement = sql(select!(" AND channel_id = $2 AND ts = $3")).bind(team.as_str());
        self.find(bind_message(statement, message), read).await
    }

    /// Deletes a plan. False: the member has no plan with this id.
    pub async fn delete_plan(&mut self, member: &MemberId, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM plan WHERE team_id = $1 AND user_id = $2 AND id = $3");
        Ok(self.execute(bind_member(statement, member).bind(id.as_str())).await? == 1)
    }

    /// All plans of a member, oldest first.
    pub async fn plans_of(&mut self, member: &MemberId) -> Result<Vec<Plan>, StoreError> {
        self.list(bind_member(sql(select!(" AND user_id = $2 ORDER BY made_at, id")), member), read).await
    }

    /// Plans without an outcome yet, ordered by the time of their follow-up.
    pub async fn open_plans(&mut self, member: &MemberId) -> Result<Vec<Plan>, StoreError> {
        let statement = sql(select!(
            " AND user_id = $2 AND state IN ('open', 'asked', 'not-yet') ORDER BY follow_up_at, id"
        ));
        self.list(bind_member(statement, member), read).await
    }

    /// Plans made between two of the member's local dates, both inclusive, oldest first.
    pub async fn plans_between(
        &mut self,
        member: &MemberId,
        from_on: Date,
        to_on: Date,
    ) -> Result<Vec<Plan>, StoreError> {
        let statement =
            sql(select!(" AND user_id = $2 AND local_on >= $3 AND local_on <= $4 ORDER BY made_at, id"));
        let statement = bind_member(statement, member).bind(from_on.to_string()).bind(to_on.to_string());
        self.list(statement, read).await
    }
}

fn bind(statement: Statement, plan: &Plan) -> Statement {
    let statement = statement
        .bind(plan.id.as_str())
        .bind(plan.member.team.as_str())
        .bind(plan.member.user.as_str())
        .bind(plan.experiment.map(|hat| hat.into_str()))
        .bind(escape(plan.cue.reveal()))
        .bind(escape(plan.act.reveal()))
        .bind(ms(plan.follow_up_at))
        .bind(plan.asks.as_str())
        .bind(plan.state.into_str())
        .bind(escape(plan.outcome.reveal()))
        .bind(ms(plan.made_at))
        .bind(plan.edited_at.map(ms))
        .bind(plan.local_on.to_string());
    bind_message_opt(statement, plan.message.as_ref())
}

fn read(row: &Row) -> Result<Plan, StoreError> {
    Ok(Plan {
        id: row.id("id")?,
        member: row.member_id()?,
        experiment: row.parsed_opt("experiment")?,
        cue: row.member_text("cue")?,
        act: row.member_text("act")?,
        follow_up_at: row.instant("follow_up_at")?,
        asks: row.id("asks")?,
        state: row.parsed("state")?,
        outcome: row.member_text("outcome")?,
        made_at: row.instant("made_at")?,
        edited_at: row.instant_opt("edited_at")?,
        local_on: row.date("local_on")?,
        message: row.message_opt()?,
    })
}
