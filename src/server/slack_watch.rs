//! Asks Slack now and then whether it answers: for readiness, and because its deliveries do not come while it
//! does not.

use crate::{
    coach::ids::{TeamId, UserId},
    features::workspace,
    interaction::AppState,
    slack::{delivery::is_about_token, tokens::Tokens, web_api::SlackApi},
    store::{Workspace, WorkspaceState},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How often Slack is asked.
const ASK_SLACK_EVERY: Duration = Duration::from_secs(30);

/// Asks, and learns the workspace of `SLACK_BOT_TOKEN`.
#[derive(Clone)]
pub(super) struct SlackWatch {
    api: SlackApi,
    tokens: Tokens,
    state: AppState,
    answers: Arc<AtomicBool>,
    /// A refusal is logged once, not every time that it is given.
    refused: Option<String>,
}

impl SlackWatch {
    pub(super) fn new(api: SlackApi, tokens: Tokens, state: AppState, answers: Arc<AtomicBool>) -> Self {
        Self { api, tokens, state, answers, refused: None }
    }

    pub(super) async fn run(mut self) {
        loop {
            self.look().await;
            tokio::time::sleep(ASK_SLACK_EVERY).await;
        }
    }

    /// Renews tokens that expire soon, and asks Slack once.
    pub(super) async fn look(&mut self) {
        self.tokens.renew_due().await;
        let Some(token) = self.tokens.env_token().cloned() else {
            // Tokens of several workspaces: one that fails says nothing about Slack.
            self.answers.store(self.api.test().await.is_ok(), Ordering::SeqCst);
            return;
        };
        let answer = self.api.post("auth.test", &token, &serde_json::json!({})).await;
        self.answers.store(answer.is_ok(), Ordering::SeqCst);
        match answer {
            Ok(identity) => {
                self.tokens.note_env_token_identity(&identity);
                if let Err(error) = note_workspace(&self.state, &identity).await {
                    tracing::warn!(%error, "the workspace could not be noted");
                }
                self.refused = None;
            }
            Err(error) => {
                let code = error.code();
                // The process stays: the data of a workspace that left has still to be erased in time.
                if is_about_token(&code) && self.refused.as_ref() != Some(&code) {
                    tracing::error!(
                        code,
                        "Slack refuses SLACK_BOT_TOKEN; leadlens doctor says how to mend it"
                    );
                    self.refused = Some(code);
                }
            }
        }
    }
}

/// Stores the workspace that the token from the environment belongs to. If the workspace had left and its
/// token works again, it counts as installed again.
async fn note_workspace(state: &AppState, identity: &serde_json::Value) -> anyhow::Result<()> {
    let text = |name: &str| identity[name].as_str().unwrap_or_default();
    let Ok(team) = TeamId::parse(text("team_id")) else { return Ok(()) };
    let id = team.clone();
    let known = state.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await?;
    let (is_active, unreachable) = match known {
        Some(known) => (known.state == WorkspaceState::Active, known.unreachable),
        None => (false, None),
    };
    if is_active {
        // Other refusals end when the worker tries again.
        if unreachable.is_some_and(|code| is_about_token(&code)) {
            workspace::served(state, &team, Vec::new()).await?;
        }
    } else {
        let mut workspace = Workspace::installed(team, text("team"));
        workspace.bot_user = UserId::parse(text("user_id")).ok();
        workspace::installed(state, workspace, None).await?;
    }
    Ok(())
}
