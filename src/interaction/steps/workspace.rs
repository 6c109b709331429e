//! Workspaces: whether LeadLens may write in one by itself.

use crate::{
    coach::ids::TeamId,
    interaction::{Ctx, Result},
    store::WorkspaceState,
};

/// Whether LeadLens may write in a workspace by itself. A workspace without a row has its token from
/// the environment.
pub async fn is_reachable(ctx: &mut Ctx<'_>, team: &TeamId) -> Result<bool> {
    let workspace = ctx.tx.find_workspace(team).await?;
    Ok(workspace.is_none_or(|it| it.state == WorkspaceState::Active && it.unreachable.is_none()))
}
