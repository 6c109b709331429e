use super::{Action, Effect, Submission, question_of, respond};
use crate::{
    coach::{
        coaching_act::{self, CoachingAct},
        ids::{PromptId, RowId},
        member::Member,
        screen::{EditCoachingActForm, Field, FieldError, FieldProblem, Form, FormState, Notice},
    },
    interaction::{
        Ctx, FormStep, InteractionError, OpenForm, Origin, Outcome, Reply, ReplyTarget, Result,
        standing_prompt, steps,
    },
};
use jiff::civil::Date;

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::ChooseQuestion { nth } => Outcome::unchanged(choose_question(ctx, nth, target)),
        Action::List { page } => Outcome::unchanged(target.show(respond::list(ctx, &member.id, page).await?)),
        Action::Edit { act } => Outcome::unchanged(open_edit(ctx, &member, &act, target).await?),
        Action::Delete { act } => {
            let deleted = ctx.tx.delete_act(&member.id, &act).await?;
            Outcome::changed(if deleted { Effect::Deleted } else { Effect::AlreadyDone })
        }
    }
}

pub async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    submission: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match submission {
        Submission::Asked { offered, taken } => submit_asked(ctx, member, &offered, taken, target).await,
        Submission::Edit { act, prompt, on } => {
            submit_edit(ctx, member, &act, prompt.as_ref(), on, target).await
        }
    }
}

/// Three questions, the standing one taken.
pub fn open_form(ctx: &Ctx<'_>, target: &ReplyTarget) -> Result<Reply> {
    let library = ctx.questions().counter_questions();
    let offered = coaching_act::offer_questions(standing_prompt()?, &library, ctx.random());
    let state = FormState::Ask { offered: offered.iter().map(|one| one.id.clone()).collect(), taken: 0 };
    let questions = offered.into_iter().map(|one| one.text).collect();
    Ok(target.show(Form::Ask { state, questions }))
}

/// The same three questions, another one taken.
fn choose_question(ctx: &Ctx<'_>, nth: u8, target: &ReplyTarget) -> Reply {
    let Origin::Modal(OpenForm { state: FormState::Ask { offered, .. }, .. }) = &target.origin else {
        return Reply::done();
    };
    let library = ctx.questions().counter_questions();
    let questions =
        offered.iter().take(coaching_act::OFFERED_QUESTIONS).map(|id| question_of(&library, id)).collect();
    let state = FormState::Ask { offered: offered.clone(), taken: nth };
    target.show(Form::Ask { state, questions })
}

async fn open_edit(ctx: &mut Ctx<'_>, member: &Member, id: &RowId, target: &ReplyTarget) -> Result<Reply> {
    let Some(act) = ctx.tx.find_act(&member.id, id).await? else {
        return Ok(target.notice(Notice::ItemGone));
    };
    let questions =
        coaching_act::questions_for_edit(standing_prompt()?, &ctx.questions().counter_questions(), &act);
    let form = EditCoachingActForm { act: act.id, questions, prompt: act.prompt, on: act.local_on };
    Ok(target.show(Form::EditCoachingAct(form)))
}

/// One act, once for a form.
async fn submit_asked(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    offered: &[PromptId],
    taken: u8,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    if let Some(view) = target.view()
        && let Some(act) = steps::delivery::find_step(ctx, FormStep::Ask, view).await?
    {
        return Outcome::changed(Effect::Stored { act });
    }
    let now = ctx.now();
    let prompt = match offered.get(usize::from(taken)) {
        Some(prompt) => prompt.clone(),
        None => standing_prompt()?,
    };
    let question = question_of(&ctx.questions().counter_questions(), &prompt);
    let act = CoachingAct {
        id: ctx.new_id(),
        member: member.id.clone(),
        prompt,
        question,
        asked_at: now,
        local_on: member.local_date(now),
    };
    ctx.tx.insert_act(&act).await?;
    steps::reflection::expect_report(ctx, &mut member).await?;
    if let Some(view) = target.view()
        && !steps::delivery::record_step(ctx, FormStep::Ask, view, &act.id).await?
    {
        return Err(InteractionError::Raced);
    }
    Outcome::changed(Effect::Stored { act: act.id })
}

/// Changes the question or the day of an act. A question that has left the library can stay, and the day
/// cannot be in the future.
async fn submit_edit(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    id: &RowId,
    prompt: Option<&PromptId>,
    on: Option<Date>,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let Some(mut act) = ctx.tx.find_act(&member.id, id).await? else {
        return Outcome::changed(Effect::NotFound);
    };
    let on = on.unwrap_or(act.local_on);
    if on > member.local_date(ctx.now()) {
        let error = FieldError::new(Field::GivenBackOn, FieldProblem::InFuture);
        return Outcome::unchanged(target.field_errors(vec![error]));
    }
    if let Some(prompt) = prompt.filter(|prompt| **prompt != act.prompt) {
        act.question = question_of(&ctx.questions().counter_questions(), prompt);
        act.prompt = prompt.clone();
    }
    act.local_on = on;
    ctx.tx.save_act(&act).await?;
    steps::reflection::expect_report(ctx, &mut member).await?;
    Outcome::changed(Effect::Stored { act: act.id })
}
