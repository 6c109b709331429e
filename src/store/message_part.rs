//! The Slack messages that a reflection, or the outcome of a plan, was written in. A member may answer in
//! several messages; each is a part of the text. When the member edits or deletes a message in Slack,
//! LeadLens finds its reflection or plan here. The use case joins the parts.
//!
//! Parts of a reflection are in table `piece`, parts of an outcome in `outcome_piece`.

use super::{
    error::StoreError,
    row::{Row, escape, ms},
    statement::{bind_message, sql},
    tx::Tx,
};
use crate::coach::{
    ids::{MemberId, MessageRef, RowId, TeamId},
    member_text::MemberText,
};
use jiff::Timestamp;

/// One message of a reflection or of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePart {
    /// The message in Slack.
    pub message: MessageRef,
    /// What the member wrote in the message.
    pub text: MemberText,
    /// When it was posted.
    pub at: Timestamp,
}

impl Tx {
    /// Appends a message to a reflection. False: the message belongs to a reflection already, and nothing
    /// was changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the reflection does not exist.
    pub async fn add_message_part(
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
        let statement = bind_message(statement, message).bind(reflection.as_str());
        Ok(self.execute(statement.bind(escape(text.reveal())).bind(ms(now))).await? == 1)
    }

    /// The reflection that a message belongs to, with its owner.
    pub async fn find_message_part(
        &mut self,
        team: &TeamId,
        message: &MessageRef,
    ) -> Result<Option<(MemberId, RowId)>, StoreError> {
        let statement = sql("SELECT reflection.team_id, reflection.user_id, reflection.id FROM piece \
             JOIN reflection ON reflection.id = piece.reflection_id \
             WHERE piece.channel_id = $1 AND piece.ts = $2 AND reflection.team_id = $3");
        let statement = bind_message(statement, message).bind(team.as_str());
        self.find(statement, |row| Ok((row.member_id()?, row.id("id")?))).await
    }

    /// The reflection of the member's newest message since an instant, and when that message was posted.
    /// Only reflections of the day before that instant or later are searched: older ones cannot be
    /// appended to.
    pub async fn newest_message_part(
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

    /// Changes the text of a message. `changed_at` is when the member changed it; `None` where the text was
    /// read from Slack just now. False: it belongs to no reflection, or was changed later than that.
    pub async fn edit_message_part(
        &mut self,
        message: &MessageRef,
        text: &MemberText,
        changed_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let statement =
            sql("UPDATE piece SET words = $3, changed_at = COALESCE(CAST($4 AS BIGINT), changed_at) \
             WHERE channel_id = $1 AND ts = $2 \
             AND (CAST($4 AS BIGINT) IS NULL OR COALESCE(changed_at, 0) <= CAST($4 AS BIGINT))");
        let statement = bind_message(statement, message).bind(escape(text.reveal()));
        Ok(self.execute(statement.bind(changed_at.map(ms))).await? == 1)
    }

    /// Notes when the member changed a message whose new text is not stored. False: as above.
    pub async fn note_message_change(
        &mut self,
        message: &MessageRef,
        changed_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE piece SET changed_at = $3 \
             WHERE channel_id = $1 AND ts = $2 AND COALESCE(changed_at, 0) <= $3");
        Ok(self.execute(bind_message(statement, message).bind(ms(changed_at))).await? == 1)
    }

    /// Removes a message from its reflection and returns how many messages the reflection has left. `None`:
    /// the message belongs to no reflection.
    pub async fn delete_message_part(&mut self, message: &MessageRef) -> Result<Option<usize>, StoreError> {
        let statement = sql("DELETE FROM piece WHERE channel_id = $1 AND ts = $2 RETURNING reflection_id");
        let Some(reflection) =
            self.find(bind_message(statement, message), |row| row.id::<RowId>("reflection_id")).await?
        else {
            return Ok(None);
        };
        Ok(Some(self.message_parts_of(&reflection).await?.len()))
    }

    /// The messages of a reflection, in the order they were added.
    pub async fn message_parts_of(&mut self, reflection: &RowId) -> Result<Vec<MessagePart>, StoreError> {
        let statement = sql("SELECT channel_id, ts, words, posted_at FROM piece WHERE reflection_id = $1 \
             ORDER BY ordinal, posted_at, ts");
        self.list(statement.bind(reflection.as_str()), read_part).await
    }

    /// Appends a message to the outcome of a plan. False: the message belongs to an outcome already, and
    /// nothing was changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the plan does not exist.
    pub async fn add_outcome_part(
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
        let statement = bind_message(statement, message).bind(plan.as_str());
        Ok(self.execute(statement.bind(escape(text.reveal())).bind(ms(now))).await? == 1)
    }

    /// The plan whose outcome a message belongs to, with its owner.
    pub async fn find_outcome_part(
        &mut self,
        team: &TeamId,
        message: &MessageRef,
    ) -> Result<Option<(MemberId, RowId)>, StoreError> {
        let statement = sql("SELECT plan.team_id, plan.user_id, plan.id FROM outcome_piece \
             JOIN plan ON plan.id = outcome_piece.plan_id \
             WHERE outcome_piece.channel_id = $1 AND outcome_piece.ts = $2 AND plan.team_id = $3");
        let statement = bind_message(statement, message).bind(team.as_str());
        self.find(statement, |row| Ok((row.member_id()?, row.id("id")?))).await
    }

    /// Changes the text of a message. `changed_at` is when the member changed it; `None` where the text was
    /// read from Slack just now. False: it belongs to no outcome, or was changed later than that.
    pub async fn edit_outcome_part(
        &mut self,
        message: &MessageRef,
        text: &MemberText,
        changed_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let statement = sql(
            "UPDATE outcome_piece SET words = $3, changed_at = COALESCE(CAST($4 AS BIGINT), changed_at) \
             WHERE channel_id = $1 AND ts = $2 \
             AND (CAST($4 AS BIGINT) IS NULL OR COALESCE(changed_at, 0) <= CAST($4 AS BIGINT))",
        );
        let statement = bind_message(statement, message).bind(escape(text.reveal()));
        Ok(self.execute(statement.bind(changed_at.map(ms))).await? == 1)
    }

    /// Notes when the member changed a message whose new text is not stored. False: as above.
    pub async fn note_outcome_change(
        &mut self,
        message: &MessageRef,
        changed_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE outcome_piece SET changed_at = $3 \
             WHERE channel_id = $1 AND ts = $2 AND COALESCE(changed_at, 0) <= $3");
        Ok(self.execute(bind_message(statement, message).bind(ms(changed_at))).await? == 1)
    }

    /// Removes a message from its outcome. False: it belongs to no outcome.
    pub async fn delete_outcome_part(&mut self, message: &MessageRef) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM outcome_piece WHERE channel_id = $1 AND ts = $2");
        Ok(self.execute(bind_message(statement, message)).await? == 1)
    }

    /// The messages of a plan's outcome, in the order they were added.
    pub async fn outcome_parts_of(&mut self, plan: &RowId) -> Result<Vec<MessagePart>, StoreError> {
        let statement = sql("SELECT channel_id, ts, words, posted_at FROM outcome_piece WHERE plan_id = $1 \
             ORDER BY ordinal, posted_at, ts");
        self.list(statement.bind(plan.as_str()), read_part).await
    }
}

fn read_part(row: &Row) -> Result<MessagePart, StoreError> {
    Ok(MessagePart {
        message: MessageRef { channel: row.id("channel_id")?, ts: row.id("ts")? },
        text: row.member_text("words")?,
        at: row.instant("posted_at")?,
    })
}
