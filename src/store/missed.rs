//! What an outage may have cost: since when the program was away, and whose direct messages are to be read
//! again.

use super::{
    error::StoreError,
    row::{Row, ms},
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::ids::{MemberId, MessageRef, MessageTs, TeamId};
use jiff::Timestamp;

/// The only row: one of many workers is enough.
const WORKER: &str = "worker";

/// A nudge whose answer may have been missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedNudge {
    /// Whom it asks.
    pub member: MemberId,
    /// Its message.
    pub message: MessageRef,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl Tx {
    /// Records that deliveries reach the program now. Returns when they last did.
    pub async fn beat(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let statement = sql("SELECT beat_at FROM heartbeat WHERE id = $1");
        let last = self.find(statement.bind(WORKER), |row| row.instant("beat_at")).await?;
        let statement = sql("INSERT INTO heartbeat (id, beat_at) VALUES ($1, $2) \
             ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at");
        self.execute(statement.bind(WORKER).bind(ms(now))).await?;
        Ok(last)
    }

    /// The newest nudge of each member that was sent since an instant and that is open or answered: a member
    /// may answer it, or change the answer. It reads the whole table, and only after an outage.
    pub async fn nudges_asked_since(&mut self, since: Timestamp) -> Result<Vec<AskedNudge>, StoreError> {
        let statement = sql("SELECT team_id, user_id, channel_id, ts, sent_at FROM nudge \
             WHERE sent_at >= $1 AND state IN ('open', 'answered') AND ts IS NOT NULL \
             ORDER BY team_id, user_id, sent_at DESC");
        let mut asked = self.list(statement.bind(ms(since)), read).await?;
        asked.dedup_by(|older, newer| older.member == newer.member);
        Ok(asked)
    }

    /// The messages of a member in a conversation, from a timestamp on, that are parts of reflections.
    pub async fn message_parts_since(
        &mut self,
        member: &MemberId,
        from: &MessageRef,
    ) -> Result<Vec<MessageRef>, StoreError> {
        let statement = sql("SELECT piece.channel_id, piece.ts FROM piece \
             JOIN reflection ON reflection.id = piece.reflection_id \
             WHERE reflection.team_id = $1 AND reflection.user_id = $2 \
             AND piece.channel_id = $3 AND piece.ts >= $4 ORDER BY piece.ts");
        let statement = bind_member(statement, member).bind(from.channel.as_str()).bind(from.ts.as_str());
        Ok(self.list(statement, Row::message_opt).await?.into_iter().flatten().collect())
    }
}

fn read(row: &Row) -> Result<AskedNudge, StoreError> {
    let team: TeamId = row.id("team_id")?;
    let ts: MessageTs = row.id("ts")?;
    Ok(AskedNudge {
        member: MemberId { team, user: row.id("user_id")? },
        message: MessageRef { channel: row.id("channel_id")?, ts },
        sent_at: row.instant("sent_at")?,
    })
}
