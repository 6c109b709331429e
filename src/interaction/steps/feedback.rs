//! Feedback rounds, as far as erasing and importing need them.

use super::outbox;
use crate::{
    coach::{
        feedback::{self, AnswerToken, RoundState},
        ids::{MemberId, RowId},
    },
    interaction::{Ctx, Result},
    store::UpdatePayload,
};

/// A random id for each comment of a result.
pub fn comment_ids(ctx: &Ctx<'_>, outcome: Option<&feedback::RoundResult>) -> Vec<AnswerToken> {
    outcome.map_or(Vec::new(), |outcome| outcome.comments.iter().map(|_| ctx.random_token()).collect())
}

/// Changes every message that asked in a round, whoever has it, into one that names nobody.
pub async fn take_back_questions(ctx: &mut Ctx<'_>, round: &RowId) -> Result<()> {
    for (who, message) in ctx.tx.feedback_question_messages(round).await? {
        let shows = UpdatePayload::FeedbackOver { round: round.clone() };
        outbox::enqueue_update(ctx, &who, message, shows).await?;
    }
    Ok(())
}

/// Before a member is erased: what others see of their open rounds is taken back too.
pub async fn take_back_rounds_of(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<()> {
    for round in ctx.tx.rounds_of(who).await? {
        if round.state != RoundState::Closed {
            take_back_questions(ctx, &round.id).await?;
        }
    }
    Ok(())
}
