//! Workspaces that install the app, leave, and come back. Tokens go at once; the data goes after a
//! grace, so that a mistake can be mended.

use super::{App, AppError, Done, dispatch::Outcome, once::Did};
use crate::{
    coach::ids::{MemberId, TeamId, UserId},
    store::{Job, JobKind, Tx, Workspace, WorkspaceState},
};
use jiff::SignedDuration;

impl App {
    /// The app was installed, or installed again: what waited to be erased stays, and the installer
    /// is greeted.
    ///
    /// # Errors
    /// The store's.
    pub async fn workspace_installed(&self, workspace: Workspace, installer: Option<UserId>) -> Done<()> {
        let app = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.save_workspace(&workspace).await?;
                    if let Some(user) = installer {
                        app.meet(tx, &MemberId { team: workspace.team, user }).await?;
                    }
                    Ok::<_, AppError>(())
                })
            })
            .await?;
        self.wake.notify_one();
        Ok(())
    }

    /// The app was removed or its token revoked, in any order and as often as Slack says so.
    pub(super) async fn workspace_left(&self, tx: &mut Tx, team: &TeamId) -> Done<Outcome> {
        let now = self.env.now();
        let grace = SignedDuration::from_hours(i64::from(self.settings.grace_days).saturating_mul(24));
        let erase_at = now.saturating_add(grace).unwrap_or(now);
        tx.mark_workspace_left(team, now, erase_at).await?;
        tx.cancel_team_rows(team).await?;
        let job = Job {
            id: self.env.row_id(),
            team: team.clone(),
            member: None,
            kind: JobKind::EraseWorkspace,
            channel: None,
            ts: None,
            subject: None,
            due_at: erase_at,
            attempts: 0,
        };
        tx.enqueue_job(&job, Some(&format!("erase:{team}"))).await?;
        Ok(Did::Nothing.into())
    }

    /// Whether LeadLens may write in a workspace by itself. One that was never noted has its token
    /// from the environment.
    pub(super) async fn is_reachable(&self, tx: &mut Tx, team: &TeamId) -> Done<bool> {
        let workspace = tx.find_workspace(team).await?;
        Ok(workspace.is_none_or(|it| it.state == WorkspaceState::Active && it.unreachable.is_none()))
    }

    /// The grace of a workspace is over: its data goes, unless it came back. A workspace that left
    /// again later keeps its job until that grace is over.
    ///
    /// # Errors
    /// The store's.
    pub async fn erase_left_workspace(&self, job: &Job) -> Done<()> {
        let (app, job) = (self.clone(), job.clone());
        let erased = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let left = tx.find_workspace(&job.team).await?;
                    let erase_at = left
                        .filter(|workspace| workspace.state == WorkspaceState::Left)
                        .and_then(|workspace| workspace.erase_at);
                    match erase_at {
                        Some(at) if at <= app.env.now() => {
                            tx.erase_workspace(&job.team).await?;
                            return Ok::<_, AppError>(true);
                        }
                        Some(at) => tx.postpone_job(&job.id, at, "grace").await?,
                        None => tx.finish_job(&job.id).await?,
                    };
                    Ok(false)
                })
            })
            .await?;
        if erased {
            self.store.scrub().await?;
        }
        Ok(())
    }
}
