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

/// A question whose answer may have been missed: a nudge, or what came of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedQuestion {
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
    pub async fn nudges_asked_since(&mut self, since: Timestamp) -> Result<Vec<AskedQuestion>, StoreError> {
        let statement = sql("SELECT team_id, user_id, channel_id, ts, sent_at FROM nudge \
             WHERE sent_at >= $1 AND state IN ('open', 'answered') AND ts IS NOT NULL \
             ORDER BY team_id, user_id, sent_at DESC");
        let mut asked = self.list(statement.bind(ms(since)), read).await?;
        asked.dedup_by(|older, newer| older.member == newer.member);
        Ok(asked)
    }

    /// The plans whose question was sent since an instant; a timestamp of Slack's has ten digits before its point, so
    /// that texts compare as numbers do. It reads the whole table, and only after an outage.
    pub async fn plans_asked_since(&mut self, since: Timestamp) -> Result<Vec<AskedQuestion>, StoreError> {
        let statement = sql("SELECT team_id, user_id, channel_id, ts FROM plan \
             WHERE channel_id IS NOT NULL AND ts >= $1 ORDER BY team_id, user_id, ts");
        let asked = self.list(statement.bind(MessageTs::at(since).as_str().to_owned()), read_plan).await?;
        Ok(asked.into_iter().flatten().collect())
    }

    /// The messages of a member in a conversation, from a timestamp on, that are parts of reflections or of what
    /// came of plans.
    pub async fn message_parts_since(
        &mut self,
        member: &MemberId,
        from: &MessageRef,
    ) -> Result<Vec<MessageRef>, StoreError> {
        let statement = sql("SELECT piece.channel_id, piece.ts FROM piece \
             JOIN reflection ON reflection.id = piece.reflection_id \
             WHERE reflection.team_id = $1 AND reflection.user_id = $2 \
             AND piece.channel_id = $3 AND piece.ts >= $4 \
             UNION SELECT outcome_piece.channel_id, outcome_piece.ts FROM outcome_piece \
             JOIN plan ON plan.id = outcome_piece.plan_id \
             WHERE plan.team_id = $1 AND plan.user_id = $2 \
             AND outcome_piece.channel_id = $3 AND outcome_piece.ts >= $4 ORDER BY 2");
        let statement = bind_member(statement, member).bind(from.channel.as_str()).bind(from.ts.as_str());
        Ok(self.list(statement, Row::message_opt).await?.into_iter().flatten().collect())
    }
}

fn read(row: &Row) -> Result<AskedQuestion, StoreError> {
    let team: TeamId = row.id("team_id")?;
    let ts: MessageTs = row.id("ts")?;
    Ok(AskedQuestion {
        member: MemberId { team, user: row.id("user_id")? },
        message: MessageRef { channel: row.id("channel_id")?, ts },
        sent_at: row.instant("sent_at")?,
    })
}

fn read_plan(row: &Row) -> Result<Option<AskedQuestion>, StoreError> {
    let team: TeamId = row.id("team_id")?;
    let member = MemberId { team, user: row.id("user_id")? };
    let Some(message) = row.message_opt()? else { return Ok(None) };
    let sent_at = message.ts.instant();
    Ok(sent_at.map(|sent_at| AskedQuestion { member, message, sent_at }))
}
