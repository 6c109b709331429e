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

/// Replaces all question messages of a round by messages that name no person.
pub async fn take_back_questions(ctx: &mut Ctx<'_>, round: &RowId) -> Result<()> {
    for (who, message) in ctx.tx.feedback_question_messages(round).await? {
        let shows = UpdatePayload::FeedbackOver { round: round.clone() };
        outbox::enqueue_update(ctx, &who, message, shows).await?;
    }
    Ok(())
}

/// Takes back what other people see of a member's open rounds, before the member is erased.
pub async fn take_back_rounds_of(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<()> {
    for round in ctx.tx.rounds_of(who).await? {
        if round.state != RoundState::Closed {
            take_back_questions(ctx, &round.id).await?;
        }
    }
    Ok(())
}
