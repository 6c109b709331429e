//! The side of the people who are asked for feedback: they answer, change or take back the answer,
//! decline, or opt out. They need not be members and do not become members. An answer is stored without
//! its author, and nothing that could lead to the author is stored with it: no outbox row, no key with a
//! message, no time.

use super::{AnswerAction, AnswerEffect, AnswerSubmission, Answering, respond, round};
use crate::{
    coach::{
        copy::CopyKey,
        feedback::{FeedbackAnswer, MAX_COMMENT_CHARS, Round},
        ids::MessageRef,
        member_text::MemberText,
        screen::{FeedbackAnswerForm, Field, FieldError, FieldProblem, Form, FormState, Invitation, Notice},
    },
    interaction::{Ctx, Outcome, ReplyTarget, Result, steps},
};

pub(super) async fn act(
    ctx: &mut Ctx<'_>,
    answering: Answering<'_>,
    action: &AnswerAction,
    target: &ReplyTarget,
) -> Result<Outcome<AnswerEffect>> {
    let Answering { who, from, at } = answering;
    match action {
        AnswerAction::OptOut => ctx.tx.opt_out_of_feedback(who).await?,
        AnswerAction::OptIn => drop(ctx.tx.opt_in_to_feedback(who).await?),
        AnswerAction::Open | AnswerAction::Decline | AnswerAction::Withdraw => {}
    }
    let Some(round) = round::open_round(ctx, who, from).await? else {
        return Outcome::unchanged(respond::over(who, at, target.notice(Notice::FeedbackOver)));
    };
    match action {
        AnswerAction::Open => {
            return Outcome::unchanged(target.show(answer_form(ctx, &round, from, at).await?));
        }
        AnswerAction::Decline | AnswerAction::Withdraw => withhold(ctx, round, from).await?,
        AnswerAction::OptOut => {
            // What was said in this round before stays said.
            if round::find_answer(ctx, from).await?.is_none() {
                withhold(ctx, round, from).await?;
            }
        }
        AnswerAction::OptIn => {}
    }
    Outcome::changed(AnswerEffect::Said)
}

/// Stores that this person says nothing in the round.
async fn withhold(ctx: &mut Ctx<'_>, round: Round, from: &Invitation) -> Result<()> {
    round::save_answer(ctx, from, None).await?;
    round::recount(ctx, round).await
}

async fn answer_form(ctx: &mut Ctx<'_>, round: &Round, from: &Invitation, at: &MessageRef) -> Result<Form> {
    let said = round::find_answer(ctx, from).await?.flatten();
    Ok(Form::FeedbackAnswer(FeedbackAnswerForm {
        state: FormState::Feedback {
            from: Box::new(from.clone()),
            at: Box::new(at.clone()),
            care_acknowledged: false,
        },
        asker: round.asker.user.clone(),
        question: ctx.text_for(CopyKey::FeedbackSteps),
        answered: said.is_some(),
        step: said.as_ref().map(|answer| answer.step),
        comment: said.map(|answer| answer.comment).unwrap_or_default(),
        concern: None,
    }))
}

pub(super) async fn submit(
    ctx: &mut Ctx<'_>,
    submission: AnswerSubmission,
    target: &ReplyTarget,
) -> Result<Outcome<AnswerEffect>> {
    let AnswerSubmission { from, at, care_acknowledged, step, comment } = submission;
    let who = &target.member;
    let Some(round) = round::open_round(ctx, who, &from).await? else {
        return Outcome::unchanged(respond::over(who, &at, target.show(Form::Notice(Notice::FeedbackOver))));
    };
    let error = |field, problem| target.field_errors(vec![FieldError::new(field, problem)]);
    let Some(step) = step else {
        return Outcome::unchanged(error(Field::Step, FieldProblem::NoStep));
    };
    if let Some(problem) = comment_too_long(&comment) {
        return Outcome::unchanged(error(Field::Comment, problem));
    }
    if let Some(concern) = ctx.concern(&[&comment]).filter(|_| !care_acknowledged) {
        let (from, at) = (Box::new(from), Box::new(at));
        return Outcome::unchanged(target.show(Form::FeedbackAnswer(FeedbackAnswerForm {
            state: FormState::Feedback { from, at, care_acknowledged: true },
            asker: round.asker.user,
            question: ctx.text_for(CopyKey::FeedbackSteps),
            step: Some(step),
            comment,
            answered: false,
            concern: Some(concern),
        })));
    }
    round::save_answer(ctx, &from, Some(&FeedbackAnswer { step, comment })).await?;
    round::recount(ctx, round).await?;
    Outcome::changed(AnswerEffect::Said)
}

fn comment_too_long(comment: &MemberText) -> Option<FieldProblem> {
    let chars = comment.char_count();
    let too_long = FieldProblem::CommentTooLong { chars, limit: MAX_COMMENT_CHARS };
    steps::reflection::too_long(comment).or((chars > MAX_COMMENT_CHARS).then_some(too_long))
}
