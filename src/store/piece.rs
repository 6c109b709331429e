//! The Slack messages that a reflection, or what came of a plan, was written in. Editing or deleting one
//! of them in Slack finds its reflection or plan here; putting the pieces together again is the app's.

use super::{
    error::StoreError,
    member::read_id,
    row::{Columns as _, ms, pack},
    tx::{Tx, at, sql},
};
use crate::coach::{
    ids::{MemberId, MessageRef, RowId, TeamId},
    member_text::MemberText,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;

/// One message of a reflection or of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands in Slack.
    pub message: MessageRef,
    /// What the member wrote in it.
    pub text: MemberText,
    /// When it came.
    pub at: Timestamp,
}

impl Tx {
    /// Adds a message to a reflection, after the ones it has. False: the message belongs to a
    /// reflection already, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such reflection.
    pub async fn add_piece(
        &mut self,
        reflection: &RowId,
        message: &MessageRef,
        text: &MemberText,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("INSERT INTO piece (channel_id, ts, reflection_id, ordinal, words, posted_at) \
             VALUES ($1, $2, $3, \
             (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM piece WHERE reflection_id = $3), $4, $5) \
             ON CONFLICT (channel_id, ts) DO NOTHING");
        let statement = at(statement, message).bind(reflection.as_str());
        Ok(self.execute(statement.bind(pack(text.reveal())).bind(ms(now))).await? == 1)
    }

    /// Whose reflection a message of this workspace belongs to, and which.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_piece(
        &mut self,
        team: &TeamId,
        message: &MessageRef,
    ) -> Result<Option<(MemberId, RowId)>, StoreError> {
        let statement = sql("SELECT reflection.team_id, reflection.user_id, reflection.id FROM piece \
             JOIN reflection ON reflection.id = piece.reflection_id \
             WHERE piece.channel_id = $1 AND piece.ts = $2 AND reflection.team_id = $3");
        let statement = at(statement, message).bind(team.as_str());
        self.find(statement, |row| Ok((read_id(row)?, row.id("id")?))).await
    }

    /// The reflection that a member's newest message went into, and when that message was posted,
    /// not before an instant. Reflections older than a day are not looked at: nobody appends to them.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn newest_piece(
        &mut self,
        member: &MemberId,
        posted_since: Timestamp,
    ) -> Result<Option<(RowId, Timestamp)>, StoreError> {
        let day_before = posted_since.saturating_sub(jiff::SignedDuration::from_hours(24));
        let statement = sql("SELECT reflection.id, piece.posted_at FROM reflection \
             JOIN piece ON piece.reflection_id = reflection.id \
             WHERE reflection.team_id = $1 AND reflection.user_id = $2 AND reflection.created_at >= $3 \
             AND piece.posted_at >= $4 ORDER BY piece.posted_at DESC, piece.ts DESC LIMIT 1")
        .bind(member.team.as_str())
        .bind(member.user.as_str())
        .bind(ms(day_before.unwrap_or(posted_since)))
        .bind(ms(posted_since));
        self.find(statement, |row| Ok((row.id("id")?, row.instant("posted_at")?))).await
    }

    /// Changes the text of a message. False: it belongs to no reflection.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn edit_piece(&mut self, message: &MessageRef, text: &MemberText) -> Result<bool, StoreError> {
        let statement = sql("UPDATE piece SET words = $3 WHERE channel_id = $1 AND ts = $2");
        Ok(self.execute(at(statement, message).bind(pack(text.reveal()))).await? == 1)
    }

    /// Takes a message out of its reflection and says how many that reflection still has; `None`:
    /// it belongs to no reflection.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_piece(&mut self, message: &MessageRef) -> Result<Option<usize>, StoreError> {
        let statement = sql("DELETE FROM piece WHERE channel_id = $1 AND ts = $2 RETURNING reflection_id");
        let Some(reflection) =
            self.find(at(statement, message), |row| row.id::<RowId>("reflection_id")).await?
        else {
            return Ok(None);
        };
        Ok(Some(self.pieces_of(&reflection).await?.len()))
    }

    /// The messages of a reflection, in the order in which they were added.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn pieces_of(&mut self, reflection: &RowId) -> Result<Vec<Piece>, StoreError> {
        let statement = sql("SELECT channel_id, ts, words, posted_at FROM piece WHERE reflection_id = $1 \
             ORDER BY ordinal, posted_at, ts");
        self.list(statement.bind(reflection.as_str()), read_piece).await
    }

    /// Adds a message to the outcome of a plan, after the ones it has. False: the message belongs to an
    /// outcome already, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such plan.
    pub async fn add_outcome_piece(
        &mut self,
        plan: &RowId,
        message: &MessageRef,
        text: &MemberText,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement =
            sql("INSERT INTO outcome_piece (channel_id, ts, plan_id, ordinal, words, posted_at) \
             VALUES ($1, $2, $3, \
             (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM outcome_piece WHERE plan_id = $3), $4, $5) \
             ON CONFLICT (channel_id, ts) DO NOTHING");
        let statement = at(statement, message).bind(plan.as_str());
        Ok(self.execute(statement.bind(pack(text.reveal())).bind(ms(now))).await? == 1)
    }

    /// Whose plan a message of this workspace says the outcome of, and which.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_outcome_piece(
        &mut self,
        team: &TeamId,
        message: &MessageRef,
    ) -> Result<Option<(MemberId, RowId)>, StoreError> {
        let statement = sql("SELECT plan.team_id, plan.user_id, plan.id FROM outcome_piece \
             JOIN plan ON plan.id = outcome_piece.plan_id \
             WHERE outcome_piece.channel_id = $1 AND outcome_piece.ts = $2 AND plan.team_id = $3");
        let statement = at(statement, message).bind(team.as_str());
        self.find(statement, |row| Ok((read_id(row)?, row.id("id")?))).await
    }

    /// Changes the text of a message of an outcome. False: it belongs to none.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn edit_outcome_piece(
        &mut self,
        message: &MessageRef,
        text: &MemberText,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outcome_piece SET words = $3 WHERE channel_id = $1 AND ts = $2");
        Ok(self.execute(at(statement, message).bind(pack(text.reveal()))).await? == 1)
    }

    /// Takes a message out of its outcome. False: it belongs to none.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_outcome_piece(&mut self, message: &MessageRef) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM outcome_piece WHERE channel_id = $1 AND ts = $2");
        Ok(self.execute(at(statement, message)).await? == 1)
    }

    /// The messages of a plan's outcome, in the order in which they were added.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn outcome_pieces_of(&mut self, plan: &RowId) -> Result<Vec<Piece>, StoreError> {
        let statement = sql("SELECT channel_id, ts, words, posted_at FROM outcome_piece WHERE plan_id = $1 \
             ORDER BY ordinal, posted_at, ts");
        self.list(statement.bind(plan.as_str()), read_piece).await
    }
}

fn read_piece(row: &AnyRow) -> Result<Piece, StoreError> {
    Ok(Piece {
        message: MessageRef { channel: row.id("channel_id")?, ts: row.id("ts")? },
        text: row.words("words")?,
        at: row.instant("posted_at")?,
    })
}
