//! What a member was asked and answered recently, without any text: the input for choosing the next
//! question.

use super::{
    error::StoreError,
    row::{Row, ms},
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::{
    hat::Hats,
    ids::{MemberId, PromptId},
    room::Room,
};
use jiff::Timestamp;

/// A sent nudge, or a reflection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When the nudge was sent or the reflection created.
    pub at: Timestamp,
    /// The prompt that was asked.
    pub prompt: Option<PromptId>,
    /// The prompt of the follow-up question.
    pub follow_up: Option<PromptId>,
    /// The room that the member read.
    pub room: Option<Room>,
    /// The hat that the member chose; only of counted reflections.
    pub hat_said: Option<Hats>,
}

impl Tx {
    /// Sent nudges and reflections of a member since an instant, oldest first.
    pub async fn recent_history(
        &mut self,
        member: &MemberId,
        since: Timestamp,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let statement = sql("SELECT sent_at AS happened_at, prompt_id, NULL AS follow_up_prompt_id, \
             NULL AS room, NULL AS hat_said FROM nudge \
             WHERE team_id = $1 AND user_id = $2 AND sent_at >= $3 \
             UNION ALL SELECT created_at, prompt_id, follow_up_prompt_id, room, \
             CASE WHEN counted = 1 THEN hat_said END FROM reflection \
             WHERE team_id = $1 AND user_id = $2 AND created_at >= $3 ORDER BY happened_at");
        self.list(bind_member(statement, member).bind(ms(since)), read).await
    }
}

fn read(row: &Row) -> Result<HistoryEntry, StoreError> {
    Ok(HistoryEntry {
        at: row.instant("happened_at")?,
        prompt: row.id_opt("prompt_id")?,
        follow_up: row.id_opt("follow_up_prompt_id")?,
        room: row.parsed_opt("room")?,
        hat_said: row.parsed_opt("hat_said")?,
    })
}
