//! Coaching acts (*Ask, don't fix*): a member recorded that they asked a question instead of giving an
//! answer. A row holds a question from the prompt library and no text of the member's own.

use super::{
    error::StoreError,
    row::{Row, count, escape, ms},
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::{
    coaching_act::CoachingAct,
    ids::{MemberId, RowId},
};
use jiff::civil::Date;

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
    /// Inserts an act. False: an act with this id exists already.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member has no row.
    pub async fn insert_act(&mut self, act: &CoachingAct) -> Result<bool, StoreError> {
        let statement =
            sql("INSERT INTO act (id, team_id, user_id, prompt_id, question, asked_at, local_on) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING")
            .bind(act.id.as_str())
            .bind(act.member.team.as_str())
            .bind(act.member.user.as_str())
            .bind(act.prompt.as_str())
            .bind(escape(&act.question))
            .bind(ms(act.asked_at))
            .bind(act.local_on.to_string());
        Ok(self.execute(statement).await? == 1)
    }

    /// Saves the question and the date of an edited act. False: the member has no act with this id.
    pub async fn save_act(&mut self, act: &CoachingAct) -> Result<bool, StoreError> {
        let statement = sql("UPDATE act SET prompt_id = $4, question = $5, local_on = $6 \
             WHERE team_id = $1 AND user_id = $2 AND id = $3");
        let statement = bind_member(statement, &act.member)
            .bind(act.id.as_str())
            .bind(act.prompt.as_str())
            .bind(escape(&act.question))
            .bind(act.local_on.to_string());
        Ok(self.execute(statement).await? == 1)
    }

    pub async fn find_act(
        &mut self,
        member: &MemberId,
        id: &RowId,
    ) -> Result<Option<CoachingAct>, StoreError> {
        self.find(bind_member(sql(select!(" AND id = $3")), member).bind(id.as_str()), read).await
    }

    /// Deletes an act. False: the member has no act with this id.
    pub async fn delete_act(&mut self, member: &MemberId, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM act WHERE team_id = $1 AND user_id = $2 AND id = $3");
        Ok(self.execute(bind_member(statement, member).bind(id.as_str())).await? == 1)
    }

    /// All acts of a member, oldest first.
    pub async fn acts_of(&mut self, member: &MemberId) -> Result<Vec<CoachingAct>, StoreError> {
        self.list(bind_member(sql(select!(" ORDER BY asked_at, id")), member), read).await
    }

    /// Acts between two of the member's local dates, both inclusive, oldest first.
    pub async fn acts_between(
        &mut self,
        member: &MemberId,
        from_on: Date,
        to_on: Date,
    ) -> Result<Vec<CoachingAct>, StoreError> {
        let statement = sql(select!(" AND local_on >= $3 AND local_on <= $4 ORDER BY asked_at, id"));
        let statement = bind_member(statement, member).bind(from_on.to_string()).bind(to_on.to_string());
        self.list(statement, read).await
    }

    /// The number of acts a member has, and one page of them, newest first.
    pub async fn acts_page(
        &mut self,
        member: &MemberId,
        offset: usize,
        limit: usize,
    ) -> Result<(u64, Vec<CoachingAct>), StoreError> {
        let total = sql("SELECT COUNT(*) AS acts FROM act WHERE team_id = $1 AND user_id = $2");
        let total = self.find(bind_member(total, member), |row| row.number("acts")).await?;
        let page = sql(select!(" ORDER BY asked_at DESC, id DESC LIMIT $3 OFFSET $4"));
        let page = bind_member(page, member).bind(count(limit)).bind(count(offset));
        Ok((total.and_then(|acts| u64::try_from(acts).ok()).unwrap_or(0), self.list(page, read).await?))
    }
}

fn read(row: &Row) -> Result<CoachingAct, StoreError> {
    Ok(CoachingAct {
        id: row.id("id")?,
        member: row.member_id()?,
        prompt: row.id("prompt_id")?,
        question: row.escaped_text("question")?,
        asked_at: row.instant("asked_at")?,
        local_on: row.date("local_on")?,
    })
}
