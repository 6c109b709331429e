use super::{Action, Effect, Submission, outcome, respond};
use crate::{
    coach::{
        cadence,
        copy::CopyKey,
        hat::Hat,
        ids::{RowId, ViewId},
        member::Member,
        member_text::MemberText,
        plan::{self, Plan, PlanField, PlanFieldError, PlanFields, PlanState},
        screen::{Field, FieldError, FieldProblem, Form, FormState, Notice, PlanForm, PlanOutcomeForm},
    },
    interaction::{Ctx, FormStep, Outcome, Reply, ReplyTarget, Result, steps},
};
use jiff::Timestamp;

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::Open { experiment } => Outcome::unchanged(open(ctx, &member, experiment, target).await?),
        Action::Edit { plan } => Outcome::unchanged(open_edit(ctx, &member, &plan, target).await?),
        Action::OpenOutcome { plan } => Outcome::unchanged(open_outcome(ctx, &member, &plan, target).await?),
        Action::List => Outcome::unchanged(target.show(respond::list(ctx, &member.id).await?)),
        Action::MarkDone { plan } => mark(ctx, &member, &plan, PlanState::Done).await,
        Action::MarkNotYet { plan } => mark(ctx, &member, &plan, PlanState::NotYet).await,
        Action::Delete { plan } => delete(ctx, &member, &plan).await,
    }
}

pub async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    submission: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match submission {
        Submission::Plan { plan, experiment, care_acknowledged, fields } => {
            let form = PlanSubmission { plan, experiment, care_acknowledged, fields };
            submit_plan(ctx, member, form, target).await
        }
        Submission::Outcome { plan, care_acknowledged, text } => {
            outcome::submit(ctx, &member, &plan, care_acknowledged, &text, target).await
        }
    }
}

/// An empty form, with a follow-up at the nudge hour of the next working day.
async fn open(
    ctx: &mut Ctx<'_>,
    member: &Member,
    experiment: Option<Hat>,
    target: &ReplyTarget,
) -> Result<Reply> {
    let today = member.local_date(ctx.now());
    let fields = PlanFields {
        on: Some(plan::next_working_day(today)),
        time: Some(cadence::nudge_hour(member)),
        ..PlanFields::default()
    };
    let state = FormState::Plan { plan: None, experiment, care_acknowledged: false };
    let plans = ctx.tx.plans_of(&member.id).await?.len();
    let question = ctx.text_for(CopyKey::PlanProject);
    Ok(target.show(Form::Plan(PlanForm { state, question, fields, concern: None, plans })))
}

async fn open_edit(ctx: &mut Ctx<'_>, member: &Member, id: &RowId, target: &ReplyTarget) -> Result<Reply> {
    let Some(plan) = ctx.tx.find_plan(&member.id, id).await? else {
        return Ok(target.notice(Notice::ItemGone));
    };
    let at = member.zone.local(plan.follow_up_at);
    let fields = PlanFields { cue: plan.cue, act: plan.act, on: Some(at.date()), time: Some(at.time()) };
    let experiment = plan.experiment;
    let state = FormState::Plan { plan: Some(plan.id), experiment, care_acknowledged: false };
    let question = ctx.text_for(CopyKey::PlanProject);
    Ok(target.show(Form::Plan(PlanForm { state, question, fields, concern: None, plans: 0 })))
}

async fn open_outcome(ctx: &mut Ctx<'_>, member: &Member, id: &RowId, target: &ReplyTarget) -> Result<Reply> {
    let Some(plan) = ctx.tx.find_plan(&member.id, id).await? else {
        return Ok(target.notice(Notice::ItemGone));
    };
    let state = FormState::PlanOutcome { plan: id.clone(), care_acknowledged: false };
    let (question, words) = (ctx.text_for(CopyKey::PlanOutcome), plan.words());
    let form = PlanOutcomeForm { state, words, question, outcome: plan.outcome, concern: None };
    Ok(target.show(Form::PlanOutcome(form)))
}

struct PlanSubmission {
    plan: Option<RowId>,
    experiment: Option<Hat>,
    care_acknowledged: bool,
    fields: PlanFields,
}

/// Stores a plan, once for a form.
async fn submit_plan(
    ctx: &mut Ctx<'_>,
    member: Member,
    form: PlanSubmission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let now = ctx.now();
    let before = match stored_id(ctx, &form, target.view()).await? {
        Some(id) => ctx.tx.find_plan(&member.id, &id).await?,
        None => None,
    };
    if form.plan.is_some() && before.is_none() {
        return Outcome::changed(Effect::NotFound);
    }
    let at = form.fields.on.zip(form.fields.time);
    let at = at.map(|(on, time)| cadence::resolve(on, time, &member.zone.time_zone()));
    // The text can be corrected after the follow-up came, without asking again.
    let same_time = before.as_ref().is_some_and(|plan| Some(plan.follow_up_at) == at);
    let is_past = !same_time && at.is_some_and(|at| at <= now);
    let wrong = plan::validate(&form.fields, is_past);
    let (true, Some(at)) = (wrong.is_empty(), at) else {
        return Outcome::unchanged(target.field_errors(wrong.into_iter().map(field_error).collect()));
    };
    let concern = ctx.concern(&[&form.fields.cue, &form.fields.act]);
    if let Some(concern) = concern.filter(|_| !form.care_acknowledged) {
        let PlanSubmission { plan, experiment, fields, .. } = form;
        let state = FormState::Plan { plan, experiment, care_acknowledged: true };
        let question = ctx.text_for(CopyKey::PlanProject);
        let form = PlanForm { state, question, fields, concern: Some(concern), plans: 0 };
        return Outcome::unchanged(target.show(Form::Plan(form)));
    }
    let plan = match before {
        Some(plan) => change(ctx, &member, plan, &form.fields, at).await?,
        None => create(ctx, &member, &form, at).await?,
    };
    if let Some(view) = target.view() {
        steps::delivery::record_step(ctx, FormStep::Plan, view, &plan).await?;
    }
    Outcome::changed(Effect::Stored { plan })
}

/// The plan that is edited: the form's own, or the one that an earlier submission of the same form stored.
async fn stored_id(ctx: &mut Ctx<'_>, form: &PlanSubmission, view: Option<&ViewId>) -> Result<Option<RowId>> {
    if form.plan.is_some() {
        return Ok(form.plan.clone());
    }
    match view {
        Some(view) => steps::delivery::find_step(ctx, FormStep::Plan, view).await,
        None => Ok(None),
    }
}

async fn create(ctx: &mut Ctx<'_>, member: &Member, form: &PlanSubmission, at: Timestamp) -> Result<RowId> {
    let now = ctx.now();
    let mut plan = Plan {
        id: ctx.new_id(),
        member: member.id.clone(),
        experiment: form.experiment,
        cue: form.fields.cue.clone(),
        act: form.fields.act.clone(),
        follow_up_at: at,
        asks: ctx.new_id(),
        state: PlanState::Open,
        outcome: MemberText::default(),
        made_at: now,
        edited_at: None,
        local_on: member.local_date(now),
        message: None,
    };
    steps::plan::queue_follow_up(ctx, member, &mut plan).await?;
    ctx.tx.insert_plan(&plan).await?;
    Ok(plan.id)
}

async fn change(
    ctx: &mut Ctx<'_>,
    member: &Member,
    mut plan: Plan,
    fields: &PlanFields,
    at: Timestamp,
) -> Result<RowId> {
    plan.cue = fields.cue.clone();
    plan.act = fields.act.clone();
    plan.edited_at = Some(ctx.now());
    if plan.follow_up_at != at {
        ctx.tx.cancel(&plan.asks).await?;
        plan.follow_up_at = at;
        plan.state = PlanState::Open;
        steps::plan::queue_follow_up(ctx, member, &mut plan).await?;
    }
    ctx.tx.save_plan(&plan).await?;
    outcome::update_message(ctx, &plan).await?;
    steps::report::words_changed(ctx, &member.id, plan.local_on).await?;
    Ok(plan.id)
}

/// *Done* or *Not yet*; a later tap replaces an earlier one.
async fn mark(ctx: &mut Ctx<'_>, member: &Member, id: &RowId, state: PlanState) -> Result<Outcome<Effect>> {
    let Some(mut plan) = ctx.tx.find_plan(&member.id, id).await? else {
        return Outcome::changed(Effect::NotFound);
    };
    if plan.state == state {
        return Outcome::changed(Effect::AlreadyDone);
    }
    // The member has answered: the question is not sent any more.
    ctx.tx.cancel(&plan.asks).await?;
    plan.state = state;
    ctx.tx.save_plan(&plan).await?;
    outcome::update_message(ctx, &plan).await?;
    Outcome::changed(Effect::Marked)
}

async fn delete(ctx: &mut Ctx<'_>, member: &Member, id: &RowId) -> Result<Outcome<Effect>> {
    let Some(plan) = ctx.tx.find_plan(&member.id, id).await? else {
        return Outcome::changed(Effect::AlreadyDone);
    };
    ctx.tx.cancel(&plan.asks).await?;
    ctx.tx.delete_plan(&member.id, id).await?;
    outcome::update_message(ctx, &plan).await?;
    steps::report::words_changed(ctx, &member.id, plan.local_on).await?;
    Outcome::changed(Effect::Deleted)
}

fn field_error((field, problem): (PlanField, PlanFieldError)) -> FieldError {
    let field = match field {
        PlanField::Cue => Field::Cue,
        PlanField::Act => Field::Act,
        PlanField::On => Field::FollowUpOn,
        PlanField::Time => Field::FollowUpTime,
    };
    FieldError::new(field, FieldProblem::Plan(problem))
}
