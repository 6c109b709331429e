//! Forgetting: every row of a member, or of a workspace, in every table. A new table that holds
//! either is deleted from here, by name or by its reference to `member`; the contract test walks the
//! schema and finds what was forgotten to be forgotten.

use super::{
    error::StoreError,
    reflection::owned_by,
    row::Columns as _,
    tx::{Tx, sql},
};
use crate::coach::ids::{MemberId, MessageRef, TeamId};

/// What was erased of a member, and what of ours remains in Slack to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    /// Reflections, with all their words.
    pub reflections: u64,
    /// Nudges.
    pub nudges: u64,
    /// Outbox rows.
    pub outbox: u64,
    /// Every message of ours that the member was sent.
    pub messages: Vec<MessageRef>,
    /// Slack's ids of every file of ours that the member was sent.
    pub files: Vec<String>,
}

/// What was erased of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErasedWorkspace {
    /// Members, with everything they had.
    pub members: u64,
    /// Anything was kept of it at all: its token, its members, what was to be sent or done.
    pub was_known: bool,
}

impl Tx {
    /// Erases a member: every row in every table. Jobs that delete our messages or files in Slack go
    /// on without their name. On SQLite [`super::Store::scrub`] belongs after the commit,
    /// before anybody says *erased*.
    ///
    /// # Errors
    /// [`StoreError`] of the database; then nothing was erased.
    pub async fn erase_member(&mut self, member: &MemberId) -> Result<Erased, StoreError> {
        let counts = self.counts(member).await?;
        let messages = self.messages_to(member).await?;
        let files = self.files_to(member).await?;
        let keep_deleting = sql("UPDATE job SET user_id = NULL, dedupe = NULL \
             WHERE team_id = $1 AND user_id = $2 AND kind IN ('delete-message', 'delete-file')");
        self.execute(owned_by(keep_deleting, member)).await?;
        self.execute(owned_by(sql("DELETE FROM job WHERE team_id = $1 AND user_id = $2"), member)).await?;
        let outbox = sql("DELETE FROM outbox WHERE team_id = $1 AND user_id = $2");
        let outbox = self.execute(owned_by(outbox, member)).await?;
        for people in [
            "DELETE FROM feedback_asked WHERE team_id = $1 AND user_id = $2",
            "DELETE FROM feedback_opt_out WHERE team_id = $1 AND user_id = $2",
        ] {
            self.execute(owned_by(sql(people), member)).await?;
        }
        let installer = sql("UPDATE workspace SET installed_by = NULL \
             WHERE team_id = $1 AND installed_by = $2");
        self.execute(owned_by(installer, member)).await?;
        // Reflections, their pieces, nudges, acts and feedback rounds with all that was said in them
        // refer to the member and go with it.
        self.execute(owned_by(sql("DELETE FROM member WHERE team_id = $1 AND user_id = $2"), member)).await?;
        Ok(Erased { reflections: counts.reflections, nudges: counts.nudges, outbox, messages, files })
    }

    /// Erases a workspace: its token, its members, and everything they had. Its messages in Slack
    /// stay there; without a token nobody can delete them. [`super::Store::scrub`] belongs after it too.
    ///
    /// # Errors
    /// [`StoreError`] of the database; then nothing was erased.
    pub async fn erase_workspace(&mut self, team: &TeamId) -> Result<ErasedWorkspace, StoreError> {
        let members = self.execute(sql("DELETE FROM member WHERE team_id = $1").bind(team.as_str())).await?;
        let mut rows = members;
        for of_team in [
            "DELETE FROM job WHERE team_id = $1",
            "DELETE FROM outbox WHERE team_id = $1",
            "DELETE FROM feedback_opt_out WHERE team_id = $1",
            "DELETE FROM workspace WHERE team_id = $1",
        ] {
            rows = rows.saturating_add(self.execute(sql(of_team).bind(team.as_str())).await?);
        }
        Ok(ErasedWorkspace { members, was_known: rows > 0 })
    }

    async fn messages_to(&mut self, member: &MemberId) -> Result<Vec<MessageRef>, StoreError> {
        let statement = sql("SELECT channel_id, ts FROM nudge \
             WHERE team_id = $1 AND user_id = $2 AND ts IS NOT NULL \
             UNION SELECT channel_id, ts FROM plan \
             WHERE team_id = $1 AND user_id = $2 AND ts IS NOT NULL \
             UNION SELECT channel_id, ts FROM outbox \
             WHERE team_id = $1 AND user_id = $2 AND state = 'sent' AND ts IS NOT NULL \
             ORDER BY 1, 2");
        let messages = self.list(owned_by(statement, member), |row| row.message_opt()).await?;
        Ok(messages.into_iter().flatten().collect())
    }

    async fn files_to(&mut self, member: &MemberId) -> Result<Vec<String>, StoreError> {
        let statement = sql("SELECT file_ids FROM outbox \
             WHERE team_id = $1 AND user_id = $2 AND file_ids <> '' ORDER BY id");
        let lists = self.list(owned_by(statement, member), |row| row.text("file_ids")).await?;
        Ok(lists.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect())
    }
}
