//! The way of a question that the model writes, after the acknowledgement: one unit of work takes the
//! call out of the member's day, then the model is asked, then another keeps what may be asked, then
//! the open form shows it. Wherever it stops, the library's question stays.

use crate::{
    app::{App, AppError, model::Why, ports::Slack},
    coach::ids::{MemberId, RowId, ViewId},
    llm::{LlmClient, LlmError},
    telemetry::Metrics,
};
use std::{sync::Arc, time::Instant};

/// Lets the model write.
pub(super) struct Writer {
    pub app: App,
    pub llm: LlmClient,
    pub slack: Arc<dyn Slack>,
    pub metrics: Arc<Metrics>,
}

/// What keeps the library's question.
enum Stop {
    /// The app, or Slack: a code.
    Because(Why),
    Model(LlmError),
    Store(AppError),
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Stop::Store(error)
    }
}

impl Writer {
    pub async fn write(&self, who: &MemberId, reflection: &RowId, view: &ViewId) {
        let outcome = match self.try_to_write(who, reflection, view).await {
            Ok(()) => "shown".to_owned(),
            Err(Stop::Because(why)) => why.to_owned(),
            Err(Stop::Model(error)) => {
                tracing::warn!(code = %error, "the model did not answer; the library's question stays");
                error.to_string()
            }
            Err(Stop::Store(error)) => {
                tracing::warn!(%error, "what the model wrote could not be kept");
                "store".to_owned()
            }
        };
        self.metrics.follow_up(&outcome);
    }

    async fn try_to_write(&self, who: &MemberId, reflection: &RowId, view: &ViewId) -> Result<(), Stop> {
        let claimed = self.app.claim_follow_up(who, reflection).await?.map_err(Stop::Because)?;
        let began = Instant::now();
        let said = self.llm.complete(&claimed.request.instructions, claimed.request.message.reveal()).await;
        self.metrics.model_took(began.elapsed());
        let said = said.map_err(Stop::Model)?;
        let taken = self.app.take_follow_up(claimed, &said, view).await?.map_err(Stop::Because)?;
        // Typed words stay: the ids of the input are the same.
        match self.slack.show_form(&who.team, view, &taken.form).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.app.put_follow_up_back(taken).await?;
                Err(Stop::Because("closed"))
            }
            Err(_) => {
                self.app.put_follow_up_back(taken).await?;
                Err(Stop::Because("not-shown"))
            }
        }
    }
}
