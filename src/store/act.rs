//! Acts of developing instead of fixing: kept, listed, deleted. They hold no words but the library's.

use super::{
    error::StoreError,
    member::read_id,
    reflection::owned_by,
    row::{Columns as _, count, ms, pack},
    tx::{Tx, sql},
};
use crate::coach::{
    coaching_act::CoachingAct,
    ids::{MemberId, RowId},
};
use jiff::civil::Date;
use sqlx::any::AnyRow;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, team_id, user_id, prompt_id, question, asked_at, local_on FROM act \
             WHERE team_id = $1 AND user_id = $2",
            $rest
        )
    };
}

impl Tx {
    /// Keeps an act; its member must be known. False: an act with this id exists.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member is not known; else [`StoreError`] of the database.
    pub async fn insert_act(&mut self, act: &CoachingAct) -> Result<bool, StoreError> {
        let statement =
            sql("INSERT INTO act (id, team_id, user_id, prompt_id, question, asked_at, local_on) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING")
            .bind(act.id.as_str())
            .bind(act.member.team.as_str())
            .bind(act.member.user.as_str())
            .bind(act.prompt.as_str())
            .bind(pack(&act.question))
            .bind(ms(act.asked_at))
            .bind(act.local_on.to_string());
        Ok(self.execute(statement).await? == 1)
    }

    /// Saves the question and the date of an act that was edited. False: this member has none of that id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn save_act(&mut self, act: &CoachingAct) -> Result<bool, StoreError> {
        let statement = sql("UPDATE act SET prompt_id = $4, question = $5, local_on = $6 \
             WHERE team_id = $1 AND user_id = $2 AND id = $3");
        let statement = owned_by(statement, &act.member)
            .bind(act.id.as_str())
            .bind(act.prompt.as_str())
            .bind(pack(&act.question))
            .bind(act.local_on.to_string());
        Ok(self.execute(statement).await? == 1)
    }

    /// One act of this member.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_act(
        &mut self,
        member: &MemberId,
        id: &RowId,
    ) -> Result<Option<CoachingAct>, StoreError> {
        self.find(owned_by(sql(select!(" AND id = $3")), member).bind(id.as_str()), read).await
    }

    /// Deletes an act of this member. False: there is none of that id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_act(&mut self, member: &MemberId, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM act WHERE team_id = $1 AND user_id = $2 AND id = $3");
        Ok(self.execute(owned_by(statement, member).bind(id.as_str())).await? == 1)
    }

    /// Every act of a member, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn acts_of(&mut self, member: &MemberId) -> Result<Vec<CoachingAct>, StoreError> {
        self.list(owned_by(sql(select!(" ORDER BY asked_at, id")), member), read).await
    }

    /// The acts of a member between two of their own dates, both included, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn acts_between(
        &mut self,
        member: &MemberId,
        from_on: Date,
        to_on: Date,
    ) -> Result<Vec<CoachingAct>, StoreError> {
        let statement = sql(select!(" AND local_on >= $3 AND local_on <= $4 ORDER BY asked_at, id"));
        let statement = owned_by(statement, member).bind(from_on.to_string()).bind(to_on.to_string());
        self.list(statement, read).await
    }

    /// How many acts a member has, and those of one page, newest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn acts_page(
        &mut self,
        member: &MemberId,
        offset: usize,
        limit: usize,
    ) -> Result<(u64, Vec<CoachingAct>), StoreError> {
        let total = sql("SELECT COUNT(*) AS acts FROM act WHERE team_id = $1 AND user_id = $2");
        let total = self.find(owned_by(total, member), |row| row.number("acts")).await?;
        let page = sql(select!(" ORDER BY asked_at DESC, id DESC LIMIT $3 OFFSET $4"));
        let page = owned_by(page, member).bind(count(limit)).bind(count(offset));
        Ok((total.and_then(|acts| u64::try_from(acts).ok()).unwrap_or(0), self.list(page, read).await?))
    }
}

fn read(row: &AnyRow) -> Result<CoachingAct, StoreError> {
    Ok(CoachingAct {
        id: row.id("id")?,
        member: read_id(row)?,
        prompt: row.id("prompt_id")?,
        question: row.packed("question")?,
        asked_at: row.instant("asked_at")?,
        local_on: row.date("local_on")?,
    })
}
