//! Workspaces that have or had the app installed: their token, and when their data is erased after they
//! uninstalled. Callers encrypt (seal) tokens before they store them; this file never sees a plain one.

use super::{
    error::StoreError,
    row::{Row, escape, ms},
    statement::{Statement, sql},
    tx::Tx,
};
use crate::coach::ids::{TeamId, UserId};
use jiff::Timestamp;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Whether the app is installed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum WorkspaceState {
    /// Installed.
    Active,
    /// Uninstalled, or its token revoked; its data is erased at `erase_at`.
    Left,
}

/// One workspace.
#[derive(Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub team: TeamId,
    /// The organisation (`E…`) it belongs to, on Enterprise Grid.
    pub enterprise: Option<String>,
    /// Its name, as Slack gave it.
    pub name: String,
    /// The bot's user id there.
    pub bot_user: Option<UserId>,
    /// The bot token, encrypted with `LEADLENS_SECRET_KEY`; `None` when it comes from the environment or
    /// was deleted.
    pub token: Option<String>,
    /// The token that renews it, encrypted; `None` for a token that does not expire.
    pub refresh_token: Option<String>,
    /// When the token expires; `None` for one that does not.
    pub token_expires_at: Option<Timestamp>,
    /// The scopes that were granted, separated by commas.
    pub scopes: String,
    /// Whether the app is installed.
    pub state: WorkspaceState,
    /// When it uninstalled the app.
    pub left_at: Option<Timestamp>,
    /// When its data will be erased.
    pub erase_at: Option<Timestamp>,
    /// Who installed it, while they are a member.
    pub installed_by: Option<UserId>,
    /// Slack's error that stopped everything for this workspace until it is installed again.
    pub unreachable: Option<String>,
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace")
            .field("team", &self.team)
            .field("state", &self.state)
            .field("has_token", &self.token.is_some())
            .finish_non_exhaustive()
    }
}

impl Workspace {
    /// A workspace that has just installed the app.
    pub fn installed(team: TeamId, name: impl Into<String>) -> Self {
        Self {
            team,
            enterprise: None,
            name: name.into(),
            bot_user: None,
            token: None,
            refresh_token: None,
            token_expires_at: None,
            scopes: String::new(),
            state: WorkspaceState::Active,
            left_at: None,
            erase_at: None,
            installed_by: None,
            unreachable: None,
        }
    }
}

macro_rules! columns {
    () => {
        "team_id, enterprise_id, name, bot_user_id, sealed_token, scopes, state, left_at, erase_at, \
         installed_by, unreachable, sealed_refresh_token, token_expires_at"
    };
}

fn read(row: &Row) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        team: row.id("team_id")?,
        enterprise: row.text_opt("enterprise_id")?,
        name: row.escaped_text("name")?,
        bot_user: row.id_opt("bot_user_id")?,
        token: row.text_opt("sealed_token")?,
        scopes: row.text("scopes")?,
        state: row.parsed("state")?,
        left_at: row.instant_opt("left_at")?,
        erase_at: row.instant_opt("erase_at")?,
        installed_by: row.id_opt("installed_by")?,
        unreachable: row.text_opt("unreachable")?,
        refresh_token: row.text_opt("sealed_refresh_token")?,
        token_expires_at: row.instant_opt("token_expires_at")?,
    })
}

macro_rules! insert {
    ($on_conflict:literal) => {
        concat!(
            "INSERT INTO workspace (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ",
            $on_conflict
        )
    };
}

fn bind_all(text: &'static str, workspace: &Workspace) -> Statement {
    sql(text)
        .bind(workspace.team.as_str())
        .bind(workspace.enterprise.as_deref())
        .bind(escape(&workspace.name))
        .bind(workspace.bot_user.as_ref().map(UserId::as_str))
        .bind(workspace.token.as_deref())
        .bind(&*workspace.scopes)
        .bind(workspace.state.into_str())
        .bind(workspace.left_at.map(ms))
        .bind(workspace.erase_at.map(ms))
        .bind(workspace.installed_by.as_ref().map(UserId::as_str))
        .bind(workspace.unreachable.as_deref())
        .bind(workspace.refresh_token.as_deref())
        .bind(workspace.token_expires_at.map(ms))
}

impl Tx {
    pub async fn find_workspace(&mut self, team: &TeamId) -> Result<Option<Workspace>, StoreError> {
        let text = concat!("SELECT ", columns!(), " FROM workspace WHERE team_id = $1");
        self.find(sql(text).bind(team.as_str()), read).await
    }

    /// Inserts or overwrites a workspace, on its first or a later installation.
    pub async fn save_workspace(&mut self, workspace: &Workspace) -> Result<(), StoreError> {
        let text = insert!(
            "ON CONFLICT (team_id) DO UPDATE SET enterprise_id = excluded.enterprise_id, name = excluded.name, \
             bot_user_id = excluded.bot_user_id, sealed_token = excluded.sealed_token, \
             scopes = excluded.scopes, state = excluded.state, left_at = excluded.left_at, \
             erase_at = excluded.erase_at, installed_by = excluded.installed_by, \
             unreachable = excluded.unreachable, sealed_refresh_token = excluded.sealed_refresh_token, \
             token_expires_at = excluded.token_expires_at, renewing_until = NULL"
        );
        self.execute(bind_all(text, workspace)).await.map(|_| ())
    }

    /// Stores a workspace unless it is there: an installation that was committed meanwhile stays as it is.
    pub async fn add_workspace(&mut self, workspace: &Workspace) -> Result<(), StoreError> {
        self.execute(bind_all(insert!("ON CONFLICT DO NOTHING"), workspace)).await.map(|_| ())
    }

    /// Deletes a workspace's token and schedules the erasure of its data. A repeated call keeps the first
    /// times. A workspace without a row (its token came from the environment) gets one.
    pub async fn mark_workspace_left(
        &mut self,
        team: &TeamId,
        now: Timestamp,
        erase_at: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = sql("INSERT INTO workspace (team_id, name, scopes, state, left_at, erase_at) \
             VALUES ($1, '', '', 'left', $2, $3) ON CONFLICT (team_id) DO UPDATE SET \
             sealed_token = NULL, sealed_refresh_token = NULL, token_expires_at = NULL, renewing_until = NULL, \
             scopes = '', state = 'left', \
             left_at = COALESCE(workspace.left_at, excluded.left_at), \
             erase_at = COALESCE(workspace.erase_at, excluded.erase_at)");
        self.execute(statement.bind(team.as_str()).bind(ms(now)).bind(ms(erase_at))).await.map(|_| ())
    }

    /// Workspaces that have a token of their own.
    pub async fn teams_with_token(&mut self) -> Result<Vec<TeamId>, StoreError> {
        let statement = sql("SELECT team_id FROM workspace WHERE sealed_token IS NOT NULL ORDER BY team_id");
        self.list(statement, |row| row.id("team_id")).await
    }

    /// Replaces an encrypted token by the same one under another key. False: it is not the stored one any more.
    pub async fn replace_token(&mut self, team: &TeamId, old: &str, new: &str) -> Result<bool, StoreError> {
        let statement =
            sql("UPDATE workspace SET sealed_token = $3 WHERE team_id = $1 AND sealed_token = $2");
        Ok(self.execute(statement.bind(team.as_str()).bind(old).bind(new)).await? == 1)
    }

    /// Records Slack's error that stops all messages to a workspace, or clears it. False: the workspace has
    /// no row.
    pub async fn set_workspace_unreachable(
        &mut self,
        team: &TeamId,
        reason: Option<&str>,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE workspace SET unreachable = $2 WHERE team_id = $1");
        Ok(self.execute(statement.bind(team.as_str()).bind(reason)).await? == 1)
    }
}
