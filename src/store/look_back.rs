//! Which nudge asks about which intention, and what came of it. No member text is stored here.

use super::{
    error::StoreError,
    row::{Row, ms},
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::{
    ids::{MemberId, RowId},
    look_back::{CameOfIt, LookBack},
};
use jiff::Timestamp;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT reflection_id, nudge_id, asked_at, came_of_it, came_at FROM look_back \
             WHERE team_id = $1 AND user_id = $2",
            $rest
        )
    };
}

impl Tx {
    /// Stores that a nudge will ask about a reflection. Replaces a nudge that was not sent. False: it was asked
    /// about before, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the reflection has no row.
    pub async fn save_look_back(
        &mut self,
        member: &MemberId,
        look_back: &LookBack,
    ) -> Result<bool, StoreError> {
        let statement = sql("INSERT INTO look_back \
             (team_id, user_id, reflection_id, nudge_id, asked_at, came_of_it, came_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (reflection_id) DO UPDATE \
             SET nudge_id = excluded.nudge_id, asked_at = excluded.asked_at, \
             came_of_it = excluded.came_of_it, came_at = excluded.came_at \
             WHERE look_back.asked_at IS NULL AND look_back.team_id = excluded.team_id \
             AND look_back.user_id = excluded.user_id");
        let statement = bind_member(statement, member)
            .bind(look_back.reflection.as_str().to_owned())
            .bind(look_back.nudge.as_str().to_owned())
            .bind(look_back.asked_at.map(ms))
            .bind(look_back.came_of_it.map(|came| came.into_str()))
            .bind(look_back.came_at.map(ms));
        Ok(self.execute(statement).await? == 1)
    }

    /// All of a member, in the order of their reflections' ids.
    pub async fn look_backs_of(&mut self, member: &MemberId) -> Result<Vec<LookBack>, StoreError> {
        self.list(bind_member(sql(select!(" ORDER BY reflection_id")), member), read).await
    }

    /// What a nudge asks about.
    pub async fn look_back_of_nudge(
        &mut self,
        member: &MemberId,
        nudge: &RowId,
    ) -> Result<Option<LookBack>, StoreError> {
        let statement = sql(select!(" AND nudge_id = $3"));
        self.find(bind_member(statement, member).bind(nudge.as_str()), read).await
    }

    /// Whether a reflection was, or will be, asked about.
    pub async fn look_back_of_reflection(
        &mut self,
        member: &MemberId,
        reflection: &RowId,
    ) -> Result<Option<LookBack>, StoreError> {
        let statement = sql(select!(" AND reflection_id = $3"));
        self.find(bind_member(statement, member).bind(reflection.as_str()), read).await
    }

    /// The nudge is in Slack. The instant of the first time stays.
    pub async fn mark_look_back_asked(
        &mut self,
        member: &MemberId,
        nudge: &RowId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = sql("UPDATE look_back SET asked_at = $4 \
             WHERE team_id = $1 AND user_id = $2 AND nudge_id = $3 AND asked_at IS NULL");
        let statement = bind_member(statement, member).bind(nudge.as_str()).bind(ms(now));
        self.execute(statement).await.map(|_| ())
    }

    /// The member wants to be asked later: another nudge asks in the place of the first.
    pub async fn move_look_back(
        &mut self,
        member: &MemberId,
        from: &RowId,
        to: &RowId,
    ) -> Result<(), StoreError> {
        let statement = sql("UPDATE look_back SET nudge_id = $4 \
             WHERE team_id = $1 AND user_id = $2 AND nudge_id = $3");
        let statement = bind_member(statement, member).bind(from.as_str()).bind(to.as_str());
        self.execute(statement).await.map(|_| ())
    }

    /// Stores what came of the intention that a nudge asks about. False: the nudge asks about none.
    pub async fn set_came_of_it(
        &mut self,
        member: &MemberId,
        nudge: &RowId,
        came: CameOfIt,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE look_back SET came_of_it = $4, came_at = $5 \
             WHERE team_id = $1 AND user_id = $2 AND nudge_id = $3");
        let statement = bind_member(statement, member).bind(nudge.as_str());
        Ok(self.execute(statement.bind(came.into_str()).bind(ms(now))).await? == 1)
    }
}

fn read(row: &Row) -> Result<LookBack, StoreError> {
    Ok(LookBack {
        reflection: row.id("reflection_id")?,
        nudge: row.id("nudge_id")?,
        asked_at: row.instant_opt("asked_at")?,
        came_of_it: row.parsed_opt("came_of_it")?,
        came_at: row.instant_opt("came_at")?,
    })
}
