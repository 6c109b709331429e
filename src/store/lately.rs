//! What a member was asked and said lately, in one statement: what the choice of the next question
//! wants to know. No text is read for it.

use super::{
    error::StoreError,
    reflection::owned_by,
    row::{Columns as _, ms},
    tx::{Tx, sql},
};
use crate::coach::{
    hat::Hats,
    ids::{MemberId, PromptId},
    room::Room,
};
use jiff::Timestamp;

/// A nudge that was sent, or a reflection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lately {
    /// When it was sent or kept.
    pub at: Timestamp,
    /// The prompt that was asked.
    pub prompt: Option<PromptId>,
    /// The prompt that followed up.
    pub follow_up: Option<PromptId>,
    /// The room that was read.
    pub room: Option<Room>,
    /// The hat that the member said; of counted reflections alone.
    pub hat_said: Option<Hats>,
}

impl Tx {
    /// Everything since an instant, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn asked_and_said_since(
        &mut self,
        member: &MemberId,
        since: Timestamp,
    ) -> Result<Vec<Lately>, StoreError> {
        let statement = sql("SELECT sent_at AS happened_at, prompt_id, \
             CAST(NULL AS TEXT) AS follow_up_prompt_id, CAST(NULL AS TEXT) AS room, \
             CAST(NULL AS TEXT) AS hat_said FROM nudge \
             WHERE team_id = $1 AND user_id = $2 AND sent_at >= $3 \
             UNION ALL SELECT created_at, prompt_id, follow_up_prompt_id, room, \
             CASE WHEN counted = 1 THEN hat_said END FROM reflection \
             WHERE team_id = $1 AND user_id = $2 AND created_at >= $3 ORDER BY happened_at");
        let statement = owned_by(statement, member).bind(ms(since));
        self.list(statement, |row| {
            Ok(Lately {
                at: row.instant("happened_at")?,
                prompt: row.id_opt("prompt_id")?,
                follow_up: row.id_opt("follow_up_prompt_id")?,
                room: row.parsed_opt("room")?,
                hat_said: row.parsed_opt("hat_said")?,
            })
        })
        .await
    }
}
