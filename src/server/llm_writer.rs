//! The follow-up question that a language model writes, after the acknowledgement: one transaction takes
//! the call out of the member's budget for the day, then the model is asked, then a second transaction
//! stores the question, and the open form shows it. Wherever this stops, the library's question stays.

use crate::{
    coach::ids::{MemberId, RowId, ViewId},
    features::llm_follow_up::{self, NotAsked},
    interaction::{AppState, InteractionError, SlackGateway},
    llm::{LlmClient, LlmError},
    telemetry::Metrics,
};
use std::{sync::Arc, time::Instant};

/// Asks the language model.
pub(super) struct LlmWriter {
    pub state: AppState,
    pub llm: LlmClient,
    pub slack: Arc<dyn SlackGateway>,
    pub metrics: Arc<Metrics>,
}

/// Why the library's question stays.
enum Stopped {
    /// A code, for metrics.
    Because(NotAsked),
    Model(LlmError),
    Store(InteractionError),
}

impl From<InteractionError> for Stopped {
    fn from(error: InteractionError) -> Self {
        Stopped::Store(error)
    }
}

impl LlmWriter {
    pub async fn write(&self, who: &MemberId, reflection: &RowId, view: &ViewId) {
        let outcome = match self.try_to_write(who, reflection, view).await {
            Ok(()) => "shown".to_owned(),
            Err(Stopped::Because(why)) => why.to_owned(),
            Err(Stopped::Model(error)) => {
                tracing::warn!(code = %error, "the model did not answer; the library's question stays");
                error.to_string()
            }
            Err(Stopped::Store(error)) => {
                tracing::warn!(%error, "what the model wrote could not be kept");
                "store".to_owned()
            }
        };
        self.metrics.follow_up(&outcome);
    }

    async fn try_to_write(&self, who: &MemberId, reflection: &RowId, view: &ViewId) -> Result<(), Stopped> {
        let permit =
            llm_follow_up::claim_call(&self.state, who, reflection).await?.map_err(Stopped::Because)?;
        let began = Instant::now();
        let said = self.llm.complete(&permit.request.instructions, permit.request.message.reveal()).await;
        self.metrics.model_took(began.elapsed());
        let said = said.map_err(Stopped::Model)?;
        let accepted =
            llm_follow_up::accept(&self.state, permit, &said, view).await?.map_err(Stopped::Because)?;
        // Typed words stay: the ids of the input are the same.
        match self.slack.show_form(&who.team, view, &accepted.form, reflection).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                llm_follow_up::revert(&self.state, accepted).await?;
                Err(Stopped::Because("closed"))
            }
            Err(_) => {
                llm_follow_up::revert(&self.state, accepted).await?;
                Err(Stopped::Because("not-shown"))
            }
        }
    }
}
