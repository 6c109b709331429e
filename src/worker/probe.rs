//! Asks Slack whether it serves a workspace again of which something is held, or grants a scope.

use super::Worker;
use crate::{features::workspace, interaction::InteractionError};
use futures::{StreamExt as _, stream};

/// How many workspaces are asked after at once.
const CONCURRENT_PROBES: usize = 4;

impl Worker {
    pub(super) async fn probe(&self) -> Result<(), InteractionError> {
        let teams = workspace::due_probes(&self.hands.state).await?;
        stream::iter(teams)
            .for_each_concurrent(CONCURRENT_PROBES, |team| async move {
                match self.hands.slack.probe(&team).await {
                    Ok(granted) => {
                        if let Err(error) = workspace::served(&self.hands.state, &team, granted).await {
                            tracing::warn!(%error, "what was held could not be released");
                        }
                    }
                    Err(why) => tracing::debug!(workspace.id = %team, %why, "still refused"),
                }
            })
            .await;
        Ok(())
    }
}
