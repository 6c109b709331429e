//! What concerns everything that is due, whatever it is: when to look again, and giving back what one
//! holds. A new noun with a due time joins both.

use super::{
    error::StoreError,
    payload::OutboxPayload,
    reflection::owned_by,
    row::Columns as _,
    tx::{Tx, sql},
};
use crate::coach::ids::MemberId;
use jiff::Timestamp;

pub(super) const NEXT_DUE: &str = "SELECT MIN(at) AS at FROM (\
             SELECT MIN(wake_at) AS at FROM outbox WHERE wake_at IS NOT NULL \
             UNION ALL SELECT MIN(wake_at) FROM job WHERE wake_at IS NOT NULL \
             UNION ALL SELECT MIN(created_at) FROM reflection WHERE read_at IS NULL AND counted = 1 \
             UNION ALL SELECT MIN(closes_at) FROM feedback_round WHERE closes_at IS NOT NULL \
             UNION ALL SELECT MIN(next_slot_at) FROM member WHERE next_slot_at IS NOT NULL \
             UNION ALL SELECT MIN(next_report_at) FROM member WHERE next_report_at IS NOT NULL) AS due";

impl Tx {
    /// When anything next wants attention: a row, a job, a member's slot or report, an answer that the
    /// lens has not read. What the worker
    /// sleeps until.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn next_due_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let statement = sql(NEXT_DUE);
        Ok(self.find(statement, |row| row.instant_opt("at")).await?.flatten())
    }

    /// Whether a row with this payload waits to be composed for a member: it will show what is true then,
    /// so no second row is needed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn is_waiting(
        &mut self,
        member: &MemberId,
        payload: &OutboxPayload,
    ) -> Result<bool, StoreError> {
        let statement = sql("SELECT id FROM outbox WHERE team_id = $1 AND user_id = $2 \
             AND state = 'waiting' AND kind = $3 AND subject = $4 LIMIT 1");
        let statement = owned_by(statement, member).bind(payload.kind().into_str()).bind(payload.to_text());
        Ok(self.fetch(statement).await?.is_some())
    }

    /// Gives back everything that `owner` holds, rows and jobs, so that others need not wait for
    /// the end of its leases: at a graceful stop.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
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
