//! Workspaces that install the app, leave, and come back. Tokens are dropped at once; the data is erased
//! after a grace period, so that a mistake can be undone.

use crate::{
    coach::ids::{MemberId, TeamId, UserId},
    interaction::{AppState, Ctx, Result, steps},
    store::{Job, JobPayload, NewJob, Workspace, WorkspaceState},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The workspace has left.
    Left,
}

/// The app was installed, or installed again: what was going to be erased stays, and the installer is
/// welcomed.
pub async fn installed(state: &AppState, workspace: Workspace, installer: Option<UserId>) -> Result<()> {
    state
        .write(move |ctx| {
            Box::pin(async move {
                ctx.tx.save_workspace(&workspace).await?;
                if let Some(user) = installer {
                    let who = MemberId { team: workspace.team, user };
                    steps::member::get_or_create_member(ctx, &who).await?;
                }
                Ok(())
            })
        })
        .await?;
    state.wake.notify_one();
    Ok(())
}

/// The app was removed or its token revoked, in any order and as often as Slack says so.
pub async fn left(ctx: &mut Ctx<'_>, team: &TeamId) -> Result<()> {
    let now = ctx.now();
    let days = i64::from(ctx.services.settings.grace_days);
    let grace = SignedDuration::from_hours(days.saturating_mul(24));
    let erase_at = now.saturating_add(grace).unwrap_or(now);
    ctx.tx.mark_workspace_left(team, now, erase_at).await?;
    ctx.tx.cancel_team_rows(team).await?;
    let job = NewJob::for_team(ctx.new_id(), team.clone(), JobPayload::EraseWorkspace, erase_at);
    ctx.tx.enqueue_job(job.once(format!("erase:{team}"))).await?;
    Ok(())
}

/// The grace period of a workspace is over: its data is erased, unless it came back. A workspace that left
/// again later keeps its job until that grace period is over.
pub async fn erase_left(state: &AppState, job: &Job) -> Result<()> {
    let (id, team) = (job.id.clone(), job.team.clone());
    let erased = state
        .write(move |ctx| {
            Box::pin(async move {
                let left = ctx.tx.find_workspace(&team).await?;
                let erase_at = left
                    .filter(|workspace| workspace.state == WorkspaceState::Left)
                    .and_then(|workspace| workspace.erase_at);
                match erase_at {
                    Some(at) if at <= ctx.now() => {
                        ctx.tx.erase_workspace(&team).await?;
                        return Ok(true);
                    }
                    Some(at) => ctx.tx.postpone_job(&id, at, "grace").await?,
                    None => ctx.tx.finish_job(&id).await?,
                };
                Ok(false)
            })
        })
        .await?;
    if erased {
        state.store.scrub().await?;
    }
    Ok(())
}
