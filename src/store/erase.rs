//! Erasure: deletes every row of a member or of a workspace, in every table. A new table with such rows
//! is deleted here by name, or cascades from its foreign key to `member`. The contract test walks the
//! schema and fails for a table that erasure leaves out.

use super::{
    error::StoreError,
    row::Row,
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::ids::{ChannelId, MemberId, MessageRef, RowId, TeamId};
use jiff::Timestamp;

/// What was erased, and what LeadLens still has to delete in Slack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    /// Number of reflections.
    pub reflections: u64,
    /// Number of nudges.
    pub nudges: u64,
    /// Number of outbox rows.
    pub outbox: u64,
    /// Every message that LeadLens sent to the member.
    pub messages: Vec<MessageRef>,
    /// Slack ids of every file that LeadLens sent to the member.
    pub files: Vec<String>,
    /// Rows whose sending was not settled, and since when: their messages may be in this conversation.
    pub unsettled: Vec<(RowId, Timestamp)>,
    /// The member's conversation with LeadLens.
    pub dm: Option<ChannelId>,
}

/// What was erased of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErasedWorkspace {
    /// Number of members, erased with all their rows.
    pub members: u64,
    /// Whether any row of the workspace existed: its token, members, outbox rows or jobs.
    pub was_known: bool,
}

impl Tx {
    /// Erases a member: every row in every table. Jobs that delete LeadLens's messages or files in Slack
    /// stay, without the user id. After the commit call `Store::scrub`; only then is the text gone from
    /// a SQLite file, and only then may the member be told so.
    pub async fn erase_member(&mut self, member: &MemberId) -> Result<Erased, StoreError> {
        let counts = self.member_counts(member).await?;
        let messages = self.messages_to(member).await?;
        let files = self.files_to(member).await?;
        let unsettled = self.unsettled_to(member).await?;
        let known = self.find_member(member).await?.and_then(|it| it.dm);
        let dm = known.or_else(|| messages.first().map(|message| message.channel.clone()));
        let keep_deleting = sql("UPDATE job SET user_id = NULL, dedupe = NULL \
             WHERE team_id = $1 AND user_id = $2 AND kind IN ('delete-message', 'delete-file', 'delete-unsettled')");
        self.execute(bind_member(keep_deleting, member)).await?;
        self.execute(bind_member(sql("DELETE FROM job WHERE team_id = $1 AND user_id = $2"), member)).await?;
        let outbox = sql("DELETE FROM outbox WHERE team_id = $1 AND user_id = $2");
        let outbox = self.execute(bind_member(outbox, member)).await?;
        for delete in [
            "DELETE FROM feedback_asked WHERE team_id = $1 AND user_id = $2",
            "DELETE FROM feedback_opt_out WHERE team_id = $1 AND user_id = $2",
        ] {
            self.execute(bind_member(sql(delete), member)).await?;
        }
        let installer = sql("UPDATE workspace SET installed_by = NULL \
             WHERE team_id = $1 AND installed_by = $2");
        self.execute(bind_member(installer, member)).await?;
        // Reflections, message parts, look-backs, nudges, plans, acts, audits, consent and feedback rounds have a
        // foreign key to the member and are deleted by its cascade.
        self.execute(bind_member(sql("DELETE FROM member WHERE team_id = $1 AND user_id = $2"), member))
            .await?;
        let (reflections, nudges) = (counts.reflections, counts.nudges);
        Ok(Erased { reflections, nudges, outbox, messages, files, unsettled, dm })
    }

    /// Erases a workspace: its token and its members with all their rows. Its messages stay in Slack,
    /// because deleting them needs the token. Call `Store::scrub` after the commit, as for a member.
    pub async fn erase_workspace(&mut self, team: &TeamId) -> Result<ErasedWorkspace, StoreError> {
        let members = self.execute(sql("DELETE FROM member WHERE team_id = $1").bind(team.as_str())).await?;
        let mut rows = members;
        for delete in [
            "DELETE FROM job WHERE team_id = $1",
            "DELETE FROM outbox WHERE team_id = $1",
            "DELETE FROM feedback_opt_out WHERE team_id = $1",
            "DELETE FROM first_look WHERE team_id = $1",
            "DELETE FROM workspace WHERE team_id = $1",
        ] {
            rows = rows.saturating_add(self.execute(sql(delete).bind(team.as_str())).await?);
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
        let messages = self.list(bind_member(statement, member), Row::message_opt).await?;
        Ok(messages.into_iter().flatten().collect())
    }

    async fn unsettled_to(&mut self, member: &MemberId) -> Result<Vec<(RowId, Timestamp)>, StoreError> {
        let statement = sql("SELECT id, attempted_at FROM outbox WHERE team_id = $1 AND user_id = $2 \
             AND state IN ('leased', 'in-doubt') AND attempted_at IS NOT NULL \
             AND kind NOT IN ('update', 'kept') ORDER BY id");
        self.list(bind_member(statement, member), |row| Ok((row.id("id")?, row.instant("attempted_at")?)))
            .await
    }

    async fn files_to(&mut self, member: &MemberId) -> Result<Vec<String>, StoreError> {
        let statement = sql("SELECT file_ids FROM outbox \
             WHERE team_id = $1 AND user_id = $2 AND file_ids <> '' ORDER BY id");
        let lists = self.list(bind_member(statement, member), |row| row.text("file_ids")).await?;
        Ok(lists.iter().flat_map(|list| list.split(',')).map(str::to_owned).collect())
    }
}
