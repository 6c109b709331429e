//! What a member was asked and answered recently, without any text: the input for choosing the next
//! question.

use super::{
    error::StoreError,
    row::{Columns as _, ms},
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
    /// Everything since an instant, oldest first.
    pub async fn recent_history(
        &mut self,
        member: &MemberId,
        since: Timestamp,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let statement = bind_member(sql(TOLD), member).bind(ms(since));
        let told = self.find(statement, |row| row.text_opt("told")).await?.flatten();
        told.iter().flat_map(|told| told.split(LINE)).map(read).collect()
    }
}

/// Between two entries of what is told, and between the parts of one: no id and no name has either.
const LINE: char = '|';
const PART: char = ' ';

/// One row for all: dozens of rows of five columns would cost the driver more than they cost the engine.
const TOLD: &str = "SELECT STRING_AGG(entry, '|' ORDER BY happened_at) AS told FROM (\
    SELECT sent_at AS happened_at, sent_at || ' ' || prompt_id || '   ' AS entry FROM nudge \
    WHERE team_id = $1 AND user_id = $2 AND sent_at >= $3 \
    UNION ALL SELECT created_at, created_at || ' ' || COALESCE(prompt_id, '') || ' ' \
    || COALESCE(follow_up_prompt_id, '') || ' ' || COALESCE(room, '') || ' ' \
    || CASE WHEN counted = 1 THEN COALESCE(hat_said, '') ELSE '' END FROM reflection \
    WHERE team_id = $1 AND user_id = $2 AND created_at >= $3) AS lately";

fn read(entry: &str) -> Result<HistoryEntry, StoreError> {
    let mut parts = entry.split(PART);
    let mut part = |column| parts.next().ok_or(StoreError::Unreadable { column });
    Ok(HistoryEntry {
        at: instant(part("happened_at")?)?,
        prompt: opt("prompt_id", part("prompt_id")?, PromptId::parse)?,
        follow_up: opt("follow_up_prompt_id", part("follow_up_prompt_id")?, PromptId::parse)?,
        room: opt("room", part("room")?, str::parse)?,
        hat_said: opt("hat_said", part("hat_said")?, str::parse)?,
    })
}

fn instant(ms: &str) -> Result<Timestamp, StoreError> {
    let at = ms.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.ok_or(StoreError::Unreadable { column: "happened_at" })
}

/// Nothing stands for NULL.
fn opt<T, E>(
    column: &'static str,
    text: &str,
    parse: fn(&str) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    let parsed = (!text.is_empty()).then(|| parse(text).map_err(|_| StoreError::Unreadable { column }));
    parsed.transpose()
}
