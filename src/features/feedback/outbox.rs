use super::round::{self, question_screen};
use crate::{
    coach::{
        feedback::{Round, RoundState},
        ids::{MemberId, RowId},
        member::Member,
        screen::{FeedbackResultScreen, Invitation, Message},
    },
    interaction::{Composed, Ctx, Result},
    store::OutboxRow,
};

/// The question to one person, who need not be a member. The token of its buttons is made here, for this
/// message alone, and stored nowhere.
pub async fn compose_question(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    who: &MemberId,
    round: &RowId,
) -> Result<Composed> {
    let found = ctx.tx.find_round(round).await?;
    let Some(round) = found.filter(|round| round.state == RoundState::Open) else {
        return Ok(Composed::Drop("round-over"));
    };
    if !ctx.tx.is_asked(&round.id, who).await? {
        return Ok(Composed::Drop("not-asked"));
    }
    if ctx.tx.is_opted_out_of_feedback(who).await? {
        round::not_reached(ctx, round, who).await?;
        return Ok(Composed::Drop("opted-out"));
    }
    let from = Invitation { round: round.id.clone(), token: ctx.random_token() };
    let screen = question_screen(ctx, &round, who, from).await?;
    let known = ctx.tx.find_member(who).await?;
    Ok(Composed::post(row, known.as_ref(), Message::FeedbackAsk(screen)))
}

/// A question's message once the round is over.
pub fn compose_over(row: &OutboxRow) -> Composed {
    Composed::update(row, Message::FeedbackOver)
}

/// The result of a round, while it has one.
pub async fn compose_result(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    round: &RowId,
) -> Result<Composed> {
    let found = ctx.tx.find_round(round).await?;
    let closed = |round: &Round| round.state == RoundState::Closed && round.asker == member.id;
    let Some(round) = found.filter(closed) else { return Ok(Composed::Drop("no-result")) };
    let screen = FeedbackResultScreen {
        asked_on: member.local_date(round.asked_at),
        counts: round.counts,
        comments: ctx.tx.feedback_comments(&round.id).await?,
    };
    Ok(Composed::post(row, Some(member), Message::FeedbackResult(screen)))
}
