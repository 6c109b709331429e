//! Plans and experiments: kept, changed, deleted, listed. Cue, act and outcome are members' words.

use super::{
    error::StoreError,
    member::read_id,
    reflection::owned_by,
    row::{Columns as _, ms, pack},
    tx::{Statement, Tx, at, at_opt, sql},
};
use crate::coach::{
    ids::{MemberId, MessageRef, RowId, TeamId},
    plan::Plan,
};
use jiff::civil::Date;
use sqlx::any::AnyRow;

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
    /// Keeps a new plan; its member must be known. False: a plan with this id exists.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member is not known; else [`StoreError`] of the database.
    pub async fn insert_plan(&mut self, plan: &Plan) -> Result<bool, StoreError> {
        Ok(self.execute(bind(sql(concat!(insert!(), "DO NOTHING")), plan)).await? == 1)
    }

    /// Saves a plan that was changed. False: there is none of that id, or it is somebody else's.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
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

    /// One plan of this member.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_plan(&mut self, member: &MemberId, id: &RowId) -> Result<Option<Plan>, StoreError> {
        let statement = sql(select!(" AND user_id = $2 AND id = $3"));
        self.find(owned_by(statement, member).bind(id.as_str()), read).await
    }

    /// The plan whose follow-up is a message of ours.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn plan_by_message(
        &mut self,
        team: &TeamId,
        message: &MessageRef,
    ) -> Result<Option<Plan>, StoreError> {
        let statement = sql(select!(" AND channel_id = $2 AND ts = $3")).bind(team.as_str());
        self.find(at(statement, message), read).await
    }

    /// Deletes a plan of this member. False: there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_plan(&mut self, member: &MemberId, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM plan WHERE team_id = $1 AND user_id = $2 AND id = $3");
        Ok(self.execute(owned_by(statement, member).bind(id.as_str())).await? == 1)
    }

    /// Every plan of a member, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn plans_of(&mut self, member: &MemberId) -> Result<Vec<Plan>, StoreError> {
        self.list(owned_by(sql(select!(" AND user_id = $2 ORDER BY made_at, id")), member), read).await
    }

    /// The plans of a member that something may still come of, the next to be followed up first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn open_plans(&mut self, member: &MemberId) -> Result<Vec<Plan>, StoreError> {
        let statement = sql(select!(
            " AND user_id = $2 AND state IN ('open', 'asked', 'not-yet') ORDER BY follow_up_at, id"
        ));
        self.list(owned_by(statement, member), read).await
    }

    /// The plans that a member made between two of their own dates, both included, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn plans_between(
        &mut self,
        member: &MemberId,
        from_on: Date,
        to_on: Date,
    ) -> Result<Vec<Plan>, StoreError> {
        let statement =
            sql(select!(" AND user_id = $2 AND local_on >= $3 AND local_on <= $4 ORDER BY made_at, id"));
        let statement = owned_by(statement, member).bind(from_on.to_string()).bind(to_on.to_string());
        self.list(statement, read).await
    }
}

fn bind<'q>(statement: Statement<'q>, plan: &'q Plan) -> Statement<'q> {
    let statement = statement
        .bind(plan.id.as_str())
        .bind(plan.member.team.as_str())
        .bind(plan.member.user.as_str())
        .bind(plan.experiment.map(|hat| hat.into_str()))
        .bind(pack(plan.cue.reveal()))
        .bind(pack(plan.act.reveal()))
        .bind(ms(plan.follow_up_at))
        .bind(plan.asks.as_str())
        .bind(plan.state.into_str())
        .bind(pack(plan.outcome.reveal()))
        .bind(ms(plan.made_at))
        .bind(plan.edited_at.map(ms))
        .bind(plan.local_on.to_string());
    at_opt(statement, plan.message.as_ref())
}

fn read(row: &AnyRow) -> Result<Plan, StoreError> {
    Ok(Plan {
        id: row.id("id")?,
        member: read_id(row)?,
        experiment: row.parsed_opt("experiment")?,
        cue: row.words("cue")?,
        act: row.words("act")?,
        follow_up_at: row.instant("follow_up_at")?,
        asks: row.id("asks")?,
        state: row.parsed("state")?,
        outcome: row.words("outcome")?,
        made_at: row.instant("made_at")?,
        edited_at: row.instant_opt("edited_at")?,
        local_on: row.date("local_on")?,
        message: row.message_opt()?,
    })
}
