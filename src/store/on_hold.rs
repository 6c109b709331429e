//! Rows and jobs that wait without a time, because Slack does not serve their workspace or refuses a scope.
//! Their `wake_at` is NULL and `held` is the reason, so that they cost nothing while they wait. A workspace
//! with held rows is probed at `probe_at`.

use super::{
    error::StoreError,
    row::{Row, count, ms},
    statement::sql,
    tx::Tx,
};
use crate::coach::ids::{RowId, TeamId};
use jiff::Timestamp;

/// What the reasons of rows that wait for a scope begin with.
const MISSING_SCOPE: &str = "missing_scope:";

/// A workspace to which Slack refuses everything or something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubledWorkspace {
    /// The workspace.
    pub team: TeamId,
    /// Slack's error that stops everything there, if one does.
    pub unreachable: Option<String>,
    /// Since when something is held.
    pub since: Timestamp,
}

/// Why rows and jobs of a workspace are held, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The workspace.
    pub team: TeamId,
    /// The reason.
    pub reason: String,
    /// Rows and jobs.
    pub count: u64,
}

impl Tx {
    /// Holds a claimed row. `is_in_doubt`: whether an earlier attempt may have reached Slack. False: it is
    /// settled, or `owner` does not hold it any more.
    pub async fn hold(
        &mut self,
        id: &RowId,
        owner: &str,
        reason: &str,
        is_in_doubt: bool,
    ) -> Result<bool, StoreError> {
        let text = if is_in_doubt {
            "UPDATE outbox SET state = 'in-doubt', held = $3, last_error = $3, wake_at = NULL, \
             lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND lease_owner = $2 AND state IN ('leased', 'in-doubt')"
        } else {
            "UPDATE outbox SET state = 'waiting', held = $3, last_error = $3, wake_at = NULL, \
             attempted_at = NULL, lease_until = NULL, lease_owner = NULL \
             WHERE id = $1 AND lease_owner = $2 AND state IN ('leased', 'in-doubt')"
        };
        Ok(self.execute(sql(text).bind(id.as_str()).bind(owner).bind(reason)).await? == 1)
    }

    /// Holds a claimed job. False: no unfinished job has this id.
    pub async fn hold_job(&mut self, id: &RowId, reason: &str) -> Result<bool, StoreError> {
        let statement = sql("UPDATE job SET held = $2, last_error = $2, wake_at = NULL, lease_owner = NULL \
             WHERE id = $1 AND wake_at IS NOT NULL");
        Ok(self.execute(statement.bind(id.as_str()).bind(reason)).await? == 1)
    }

    /// Why rows and jobs of a workspace are held, or of all workspaces.
    pub async fn held(&mut self, team: Option<&TeamId>) -> Result<Vec<Held>, StoreError> {
        let statement = sql("SELECT team_id, held, COUNT(*) AS held_rows FROM (\
             SELECT team_id, held FROM outbox WHERE held IS NOT NULL AND state IN ('waiting', 'in-doubt') \
             UNION ALL SELECT team_id, held FROM job WHERE held IS NOT NULL) AS waits \
             WHERE $1 = '' OR team_id = $1 GROUP BY team_id, held ORDER BY team_id, held");
        let statement = statement.bind(team.map_or("", TeamId::as_str));
        self.list(statement, |row| {
            let count = u64::try_from(row.number("held_rows")?).unwrap_or(0);
            Ok(Held { team: row.id("team_id")?, reason: row.text("held")?, count })
        })
        .await
    }

    /// Releases what is held in a workspace for one reason: it is due at once, or at its own later time.
    /// Returns the number of rows and jobs.
    pub async fn release_held(
        &mut self,
        team: &TeamId,
        reason: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        // A question after *Later* was asked for: the time for which nothing could be sent does not make it
        // too late. One of the cadence is judged by its slot.
        let later = sql("UPDATE outbox SET due_at = $3 WHERE team_id = $1 AND held = $2 AND kind = 'nudge' \
             AND due_at < $3 AND EXISTS (SELECT 1 FROM nudge WHERE nudge.id = outbox.id \
             AND nudge.asked_for = 1 AND nudge.slot_at > outbox.created_at + 60000)");
        self.execute(later.bind(team.as_str()).bind(reason).bind(ms(now))).await?;
        let rows = sql("UPDATE outbox SET held = NULL, \
             wake_at = CASE WHEN due_at > $3 THEN due_at ELSE $3 END \
             WHERE team_id = $1 AND held = $2 AND state IN ('waiting', 'in-doubt')");
        let rows = self.execute(rows.bind(team.as_str()).bind(reason).bind(ms(now))).await?;
        let jobs = sql("UPDATE job SET held = NULL, first_tried_at = NULL, attempts = 0, \
             wake_at = CASE WHEN due_at > $3 THEN due_at ELSE $3 END WHERE team_id = $1 AND held = $2");
        let jobs = self.execute(jobs.bind(team.as_str()).bind(reason).bind(ms(now))).await?;
        if rows.saturating_add(jobs) > 0 {
            self.note_scheduled_work();
        }
        Ok(rows.saturating_add(jobs))
    }

    /// Records that Slack refuses something to a workspace; `unreachable` is the error that stops everything
    /// there. True: nothing was refused before. A workspace that left stays as it is.
    pub async fn note_trouble(
        &mut self,
        team: &TeamId,
        unreachable: Option<&str>,
        now: Timestamp,
        probe_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let first = sql("UPDATE workspace SET held_at = $2, probe_at = $3 \
             WHERE team_id = $1 AND state = 'active' AND held_at IS NULL");
        let first = self.execute(first.bind(team.as_str()).bind(ms(now)).bind(ms(probe_at))).await? == 1;
        if let Some(code) = unreachable {
            let statement = sql("UPDATE workspace SET unreachable = $2 \
                 WHERE team_id = $1 AND state = 'active'");
            self.execute(statement.bind(team.as_str()).bind(code)).await?;
        }
        Ok(first)
    }

    /// Workspaces whose probe is due, the longest due first.
    pub async fn workspaces_to_probe(
        &mut self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<TroubledWorkspace>, StoreError> {
        let statement = sql("SELECT team_id, unreachable, held_at FROM workspace \
             WHERE probe_at <= $1 AND state = 'active' ORDER BY probe_at LIMIT $2");
        self.list(statement.bind(ms(now)).bind(count(limit)), read).await
    }

    /// Workspaces to which Slack refuses something now.
    pub async fn troubled_workspaces(&mut self) -> Result<Vec<TroubledWorkspace>, StoreError> {
        let statement = sql("SELECT team_id, unreachable, held_at FROM workspace \
             WHERE held_at IS NOT NULL AND state = 'active' ORDER BY team_id");
        self.list(statement, read).await
    }

    /// Sets when a workspace is probed again; `None`: Slack refuses nothing any more.
    pub async fn set_probe(&mut self, team: &TeamId, probe_at: Option<Timestamp>) -> Result<(), StoreError> {
        let statement = sql("UPDATE workspace SET probe_at = $2, \
             held_at = CASE WHEN $3 = 1 THEN held_at ELSE NULL END WHERE team_id = $1");
        let keeps = i64::from(probe_at.is_some());
        self.execute(statement.bind(team.as_str()).bind(probe_at.map(ms)).bind(keeps)).await.map(|_| ())
    }
}

impl Held {
    /// The scope that these wait for, if it is one.
    pub fn scope(&self) -> Option<&str> {
        self.reason.strip_prefix(MISSING_SCOPE)
    }
}

/// The reason of what waits for a scope.
pub fn missing_scope(scope: &str) -> String {
    format!("{MISSING_SCOPE}{scope}")
}

fn read(row: &Row) -> Result<TroubledWorkspace, StoreError> {
    Ok(TroubledWorkspace {
        team: row.id("team_id")?,
        unreachable: row.text_opt("unreachable")?,
        since: row.instant("held_at")?,
    })
}
