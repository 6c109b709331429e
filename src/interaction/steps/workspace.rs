//! Workspaces: whether LeadLens may write in one by itself.

use crate::{
    coach::ids::TeamId,
    interaction::{Ctx, HoldReason, Result},
    store::{ErasedWorkspace, Held, JobPayload, NewJob, Workspace, WorkspaceState},
};
use jiff::SignedDuration;

/// What rows of a workspace that left are marked with.
const LEFT: &str = "left";

/// When Slack is first asked whether it serves a workspace again.
const FIRST_PROBE: SignedDuration = SignedDuration::from_mins(1);

/// Whether the app was removed from a workspace.
pub async fn has_left(ctx: &mut Ctx<'_>, team: &TeamId) -> Result<bool> {
    Ok(ctx.tx.find_workspace(team).await?.is_some_and(|it| it.state == WorkspaceState::Left))
}

/// Why nothing can be sent in a workspace now: it left, or Slack's error. A workspace without a row has its token
/// from the environment.
pub async fn hold_reason(ctx: &mut Ctx<'_>, team: &TeamId) -> Result<Option<String>> {
    let Some(workspace) = ctx.tx.find_workspace(team).await? else { return Ok(None) };
    Ok(match workspace.state {
        WorkspaceState::Active => workspace.unreachable,
        WorkspaceState::Left => Some(LEFT.to_owned()),
    })
}

/// Whether Slack takes no messages in a workspace now, or none that need one of these scopes: what is queued waits.
pub async fn takes_nothing(ctx: &mut Ctx<'_>, team: &TeamId, scopes: &[&str]) -> Result<bool> {
    if hold_reason(ctx, team).await?.is_some() {
        return Ok(true);
    }
    let held = ctx.tx.held(Some(team)).await?;
    Ok(held.iter().filter_map(Held::scope).any(|scope| scopes.contains(&scope)))
}

/// Slack refused something that concerns a workspace. The worker asks after it until it is served again.
pub async fn note_trouble(ctx: &mut Ctx<'_>, team: &TeamId, reason: &HoldReason) -> Result<()> {
    if ctx.tx.find_workspace(team).await?.is_none() {
        ctx.tx.add_workspace(&Workspace::installed(team.clone(), "")).await?;
    }
    let unreachable = match reason {
        HoldReason::Workspace(code) => Some(code.as_str()),
        HoldReason::MissingScope(_) => None,
    };
    let now = ctx.now();
    let probe_at = now.saturating_add(FIRST_PROBE).unwrap_or(now);
    if ctx.tx.note_trouble(team, unreachable, now, probe_at).await? {
        let reason = reason.code();
        tracing::error!(
            workspace.id = %team, reason,
            "Slack refuses this workspace something; what is due there waits until it is granted again. `leadlens doctor` says more"
        );
    }
    Ok(())
}

/// Releases what was held in a workspace because nothing could be sent there.
pub async fn release(ctx: &mut Ctx<'_>, team: &TeamId) -> Result<()> {
    let now = ctx.now();
    for held in ctx.tx.held(Some(team)).await? {
        if held.scope().is_none() {
            ctx.tx.release_held(team, &held.reason, now).await?;
        }
    }
    Ok(())
}

/// Releases what waited for scopes that are granted now.
pub async fn release_granted(ctx: &mut Ctx<'_>, team: &TeamId, granted: &[String]) -> Result<()> {
    let now = ctx.now();
    for held in ctx.tx.held(Some(team)).await? {
        if held.scope().is_some_and(|scope| granted.iter().any(|name| name == scope)) {
            ctx.tx.release_held(team, &held.reason, now).await?;
        }
    }
    Ok(())
}

/// Erases a workspace, and queues the job that removes the remains from the database's files. The job is
/// stored in the same transaction, so that a crash cannot separate the two.
pub async fn erase(ctx: &mut Ctx<'_>, team: &TeamId) -> Result<ErasedWorkspace> {
    let erased = ctx.tx.erase_workspace(team).await?;
    let job = NewJob::for_team(ctx.new_id(), team.clone(), JobPayload::Scrub, ctx.now());
    ctx.tx.enqueue_job(job.once(format!("scrub:{team}"))).await?;
    Ok(erased)
}
