//! Workspaces that install the app, leave, and come back. Tokens are dropped at once; the data is erased
//! after a grace period, so that a mistake can be undone.

use crate::{
    coach::ids::{MemberId, TeamId, UserId},
    interaction::{AppState, Ctx, Result, steps},
    store::{Job, JobPayload, NewJob, TroubledWorkspace, Workspace, WorkspaceState},
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

/// How many workspaces are probed at once.
const PROBES: usize = 20;

/// The longest time between two questions whether Slack serves a workspace again. The time grows with how
/// long it has not.
const LONGEST_PROBE: SignedDuration = SignedDuration::from_mins(30);

/// The app was installed, or installed again: what was going to be erased stays, what was held is released,
/// and the installer is welcomed. True: the workspace is new here.
pub async fn installed(state: &AppState, workspace: Workspace, installer: Option<UserId>) -> Result<bool> {
    let is_new = state
        .write(move |ctx| {
            Box::pin(async move {
                let is_new = ctx.tx.find_workspace(&workspace.team).await?.is_none();
                ctx.tx.save_workspace(&workspace).await?;
                ctx.tx.set_probe(&workspace.team, None).await?;
                let now = ctx.now();
                // A scope that is missing still is noticed again.
                for held in ctx.tx.held(Some(&workspace.team)).await? {
                    ctx.tx.release_held(&workspace.team, &held.reason, now).await?;
                }
                if let Some(user) = installer {
                    let who = MemberId { team: workspace.team, user };
                    steps::member::get_or_create_member(ctx, &who).await?;
                }
                Ok(is_new)
            })
        })
        .await?;
    state.wake.notify_one();
    Ok(is_new)
}

/// Notes that the state of an installation is used, among the delivery keys, which are deleted after a week. False: it
/// was used before, and this installation is a replay.
pub async fn use_install_state(state: &AppState, nonce: &str) -> Result<bool> {
    let key = format!("install:{nonce}");
    let noted = state.write(move |ctx| {
        Box::pin(async move {
            let now = ctx.now();
            Ok(ctx.tx.record_delivery(&key, None, now).await?)
        })
    });
    noted.await
}

/// The app was removed or its token revoked, in any order and as often as Slack says so.
pub async fn left(ctx: &mut Ctx<'_>, team: &TeamId) -> Result<()> {
    let now = ctx.now();
    let days = i64::from(ctx.services.settings.grace_days);
    let grace = SignedDuration::from_hours(days.saturating_mul(24));
    let erase_at = now.saturating_add(grace).unwrap_or(now);
    // What is due from now on is held when its time comes, for a workspace that comes back within the grace.
    ctx.tx.mark_workspace_left(team, now, erase_at).await?;
    ctx.tx.set_probe(team, None).await?;
    let job = NewJob::for_team(ctx.new_id(), team.clone(), JobPayload::EraseWorkspace, erase_at);
    ctx.tx.enqueue_job(job.once(format!("erase:{team}"))).await?;
    Ok(())
}

/// Workspaces to ask Slack after now. One that is served again and of which nothing is held is done with.
pub async fn due_probes(state: &AppState) -> Result<Vec<TeamId>> {
    let now = state.env.now();
    // Most often there is none, and looking needs no transaction that writes.
    let some = state.read(move |ctx| Box::pin(async move { Ok(ctx.tx.workspaces_to_probe(now, 1).await?) }));
    if some.await?.is_empty() {
        return Ok(Vec::new());
    }
    state
        .write(|ctx| {
            Box::pin(async move {
                let now = ctx.now();
                let mut due = Vec::new();
                for TroubledWorkspace { team, unreachable, since } in
                    ctx.tx.workspaces_to_probe(now, PROBES).await?
                {
                    if unreachable.is_none() && ctx.tx.held(Some(&team)).await?.is_empty() {
                        tracing::info!(workspace.id = %team, "Slack serves this workspace again");
                        ctx.tx.set_probe(&team, None).await?;
                        continue;
                    }
                    let wait = now.duration_since(since).checked_div(4).unwrap_or(LONGEST_PROBE);
                    let wait = wait.clamp(SignedDuration::from_mins(1), LONGEST_PROBE);
                    ctx.tx.set_probe(&team, Some(now.saturating_add(wait).unwrap_or(now))).await?;
                    due.push(team);
                }
                Ok(due)
            })
        })
        .await
}

/// Slack answers for a workspace, which has these scopes: what was held is tried again.
pub async fn served(state: &AppState, team: &TeamId, granted: Vec<String>) -> Result<()> {
    let team = team.clone();
    state
        .write(move |ctx| {
            Box::pin(async move {
                if ctx.tx.find_workspace(&team).await?.is_none_or(|it| it.state == WorkspaceState::Left) {
                    return Ok(());
                }
                ctx.tx.set_workspace_unreachable(&team, None).await?;
                steps::workspace::release(ctx, &team).await?;
                steps::workspace::release_granted(ctx, &team, &granted).await
            })
        })
        .await?;
    state.wake.notify_one();
    Ok(())
}

/// The grace period of a workspace is over: its data is erased, unless it came back. A workspace that left
/// again later keeps its job until that grace period is over.
pub async fn erase_left(state: &AppState, job: &Job) -> Result<()> {
    let (id, team) = (job.id.clone(), job.team.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                let left = ctx.tx.find_workspace(&team).await?;
                let erase_at = left
                    .filter(|workspace| workspace.state == WorkspaceState::Left)
                    .and_then(|workspace| workspace.erase_at);
                match erase_at {
                    Some(at) if at <= ctx.now() => {
                        steps::workspace::erase(ctx, &team).await?;
                    }
                    Some(at) => {
                        ctx.tx.postpone_job(&id, at, "grace").await?;
                    }
                    None => {
                        ctx.tx.finish_job(&id).await?;
                    }
                }
                Ok(())
            })
        })
        .await?;
    state.wake.notify_one();
    Ok(())
}
