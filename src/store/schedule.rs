//! The next wake-up time of the worker and the release of leases, across all tables with due rows. A new
//! table with a due time is added to [`NEXT_DUE`], and to [`Tx::release_leases`] when its rows are leased.

use super::{
    error::StoreError,
    payload::OutboxPayload,
    row::ms,
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::ids::MemberId;
use jiff::Timestamp;

pub(super) const NEXT_DUE: &str = "SELECT MIN(at) AS at FROM (\
             SELECT MIN(wake_at) AS at FROM outbox WHERE wake_at > $1 \
             UNION ALL SELECT MIN(wake_at) FROM job WHERE wake_at IS NOT NULL \
             UNION ALL SELECT MIN(created_at) FROM reflection WHERE read_at IS NULL AND counted = 1 \
             UNION ALL SELECT MIN(closes_at) FROM feedback_round WHERE closes_at IS NOT NULL \
             UNION ALL SELECT MIN(next_slot_at) FROM member WHERE next_slot_at IS NOT NULL \
             UNION ALL SELECT MIN(next_report_at) FROM member WHERE next_report_at IS NOT NULL) AS due";

impl Tx {
    /// The earliest time at which the worker has something to do: an outbox row, a job, a member's nudge
    /// slot or report, a feedback round to close, an answer that the lens has not classified. Outbox rows
    /// that are due by `after` are not considered: [`Tx::due_lanes`] has them.
    pub async fn next_due_at(&mut self, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let statement = sql(NEXT_DUE).bind(ms(after));
        Ok(self.find(statement, |row| row.instant_opt("at")).await?.flatten())
    }

    /// Whether an outbox row with this payload waits to be sent to the member. Its text is composed
    /// when it is sent, so a second row would send the same.
    pub async fn is_waiting(
        &mut self,
        member: &MemberId,
        payload: &OutboxPayload,
    ) -> Result<bool, StoreError> {
        let statement = sql("SELECT id FROM outbox WHERE team_id = $1 AND user_id = $2 \
             AND state = 'waiting' AND kind = $3 AND subject = $4 LIMIT 1");
        let statement =
            bind_member(statement, member).bind(payload.kind().into_str()).bind(payload.to_text());
        Ok(self.fetch(statement).await?.is_some())
    }

    /// Releases every outbox row and job that `owner` holds a lease on, for a graceful shutdown. Without
    /// it the next process would wait until the leases expire.
    pub async fn release_leases(&mut self, owner: &str) -> Result<u64, StoreError> {
        let rows = sql("UPDATE outbox SET wake_at = due_at, lease_until = NULL, lease_owner = NULL, \
             state = CASE WHEN attempted_at IS NULL THEN 'waiting' ELSE 'in-doubt' END \
             WHERE wake_at IS NOT NULL AND lease_owner = $1");
        let jobs = sql("UPDATE job SET wake_at = due_at, lease_owner = NULL \
             WHERE wake_at IS NOT NULL AND lease_owner = $1");
        let released = self.execute(rows.bind(owner)).await?;
        Ok(released.saturating_add(self.execute(jobs.bind(owner)).await?))
    }
}
