use super::{
    Action, AnswerAction, AnswerEffect, AnswerSubmission, Answering, Effect, Submission, answer,
    request as requests, round,
};
use crate::{
    coach::{
        feedback::{self, MAX_PEOPLE, MIN_PEOPLE, RoundError},
        ids::UserId,
        member::Member,
        screen::{Field, FieldError, FieldProblem},
    },
    interaction::{Ctx, Outcome, ReplyTarget, Result},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::Open => Outcome::unchanged(requests::open(ctx, &member, Vec::new(), false, target).await?),
        Action::Cancel { round: id } => {
            let cancelled = round::cancel(ctx, &member, &id).await?;
            Outcome::changed(cancelled.map_or(Effect::NotRunning, |again_on| Effect::Cancelled { again_on }))
        }
        Action::OptIn => {
            let was_out = ctx.tx.opt_in_to_feedback(&member.id).await?;
            Outcome::changed(if was_out { Effect::OptedIn } else { Effect::AlreadyDone })
        }
    }
}

/// `/leadlens feedback @a @b @c`. It sends nothing: the form shows what will be sent, to whom and when.
pub async fn request(
    ctx: &mut Ctx<'_>,
    member: Member,
    people: Vec<UserId>,
    unclear: bool,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    Outcome::unchanged(requests::open(ctx, &member, people, unclear, target).await?)
}

pub async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    submission: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let problem = match feedback::invitees(&member.id.user, &submission.people) {
        Ok(people) => return requests::begin(ctx, &member, &people, target).await,
        Err(RoundError::Oneself) => FieldProblem::AsksOneself,
        Err(RoundError::TooFew) => FieldProblem::TooFewPeople { at_least: MIN_PEOPLE },
        Err(RoundError::TooMany) => FieldProblem::TooManyPeople { at_most: MAX_PEOPLE },
    };
    Outcome::unchanged(target.field_errors(vec![FieldError::new(Field::People, problem)]))
}

/// A button of a feedback question, or of the form that answers it.
pub async fn handle_answer(
    ctx: &mut Ctx<'_>,
    answering: Answering<'_>,
    action: &AnswerAction,
    target: &ReplyTarget,
) -> Result<Outcome<AnswerEffect>> {
    answer::act(ctx, answering, action, target).await
}

/// The submitted form that answers a question.
pub async fn submit_answer(
    ctx: &mut Ctx<'_>,
    submission: AnswerSubmission,
    target: &ReplyTarget,
) -> Result<Outcome<AnswerEffect>> {
    answer::submit(ctx, submission, target).await
}
