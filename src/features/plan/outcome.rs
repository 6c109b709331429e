//! What came of a plan: by its form, or by messages in the thread of its question. Each message is one
//! part of the outcome, so that editing or deleting it in Slack reaches the plan.

use super::Effect;
use crate::{
    coach::{
        copy::CopyKey,
        ids::{MemberId, MessageRef, RowId, TeamId},
        member::Member,
        member_text::{MAX_FORM_CHARS, MemberText},
        plan::{self, Plan, PlanState},
        screen::{Field, FieldError, FieldProblem, Form, FormState, PlanOutcomeForm},
    },
    interaction::{Ctx, Outcome, ReplyTarget, Result, steps},
    store::UpdatePayload,
};
use jiff::Timestamp;

pub(super) async fn submit(
    ctx: &mut Ctx<'_>,
    member: &Member,
    id: &RowId,
    care_acknowledged: bool,
    text: &MemberText,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let Some(plan) = ctx.tx.find_plan(&member.id, id).await? else {
        return Outcome::changed(Effect::NotFound);
    };
    if !plan::outcome_fits(text) {
        let problem = FieldProblem::OutcomeTooLong { limit: MAX_FORM_CHARS };
        return Outcome::unchanged(target.field_errors(vec![FieldError::new(Field::Outcome, problem)]));
    }
    if let Some(concern) = ctx.concern(&[text]).filter(|_| !care_acknowledged) {
        let state = FormState::PlanOutcome { plan: id.clone(), care_acknowledged: true };
        let (words, outcome) = (plan.words(), text.clone());
        let question = ctx.text_for(CopyKey::PlanOutcome);
        let form = PlanOutcomeForm { state, words, question, outcome, concern: Some(concern) };
        return Outcome::unchanged(target.show(Form::PlanOutcome(form)));
    }
    let now = ctx.now();
    // The first message holds all of it, so that a later edit in Slack starts from what is shown.
    for (nth, part) in ctx.tx.outcome_parts_of(&plan.id).await?.iter().enumerate() {
        let text = if nth == 0 { text.clone() } else { MemberText::default() };
        ctx.tx.edit_outcome_part(&part.message, &text, Some(now)).await?;
    }
    store(ctx, plan, text).await?;
    Outcome::changed(Effect::OutcomeStored)
}

/// A message in a thread is what came of a plan if the thread is that of a plan's question. False: it is
/// another thread.
pub async fn reply_in_thread(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    parent: &MessageRef,
    message: &MessageRef,
    text: &MemberText,
) -> Result<bool> {
    let plan = ctx.tx.plan_by_message(&who.team, parent).await?.filter(|plan| &plan.member == who);
    let Some(plan) = plan else { return Ok(false) };
    let now = ctx.now();
    if !plan.outcome.is_blank() && ctx.tx.outcome_parts_of(&plan.id).await?.is_empty() {
        // What the form said is a part too, in the place of the question's own message.
        ctx.tx.add_outcome_part(&plan.id, parent, &plan.outcome, now).await?;
    }
    if ctx.tx.add_outcome_part(&plan.id, message, text, now).await? {
        steps::outbox::mark_message(ctx, who, message, true).await?;
        join(ctx, plan).await?;
    }
    Ok(true)
}

/// A message was edited. False: it is no part of an outcome.
pub async fn edited(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    text: &MemberText,
    changed_at: Timestamp,
) -> Result<bool> {
    let found = ctx.tx.find_outcome_part(&who.team, message).await?.filter(|(owner, _)| owner == who);
    let Some((_, plan)) = found else { return Ok(false) };
    let plan = ctx.tx.find_plan(who, &plan).await?;
    let kept_before = plan.is_some_and(|plan| ctx.concern(&[&plan.outcome]).is_some());
    match ctx.concern(&[text]).filter(|_| !kept_before) {
        Some(concern) => {
            if ctx.tx.note_outcome_change(message, changed_at).await? {
                steps::outbox::offer_care(ctx, who, message, concern, None).await?;
            }
        }
        None => drop(edited_to(ctx, who, message, text, Some(changed_at)).await?),
    }
    Ok(true)
}

/// Stores the new text of a message that is part of an outcome, and says of which plan. `None`: it is no
/// part of an outcome. `changed_at` as in the store.
pub async fn edited_to(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    text: &MemberText,
    changed_at: Option<Timestamp>,
) -> Result<Option<RowId>> {
    let found = ctx.tx.find_outcome_part(&who.team, message).await?.filter(|(owner, _)| owner == who);
    let Some((_, id)) = found else { return Ok(None) };
    if ctx.tx.edit_outcome_part(message, text, changed_at).await?
        && let Some(plan) = ctx.tx.find_plan(who, &id).await?
    {
        join(ctx, plan).await?;
    }
    Ok(Some(id))
}

/// A message was deleted. False: it is no part of an outcome.
pub async fn message_deleted(ctx: &mut Ctx<'_>, team: &TeamId, message: &MessageRef) -> Result<bool> {
    let Some((who, id)) = ctx.tx.find_outcome_part(team, message).await? else { return Ok(false) };
    ctx.tx.delete_outcome_part(message).await?;
    if let Some(plan) = ctx.tx.find_plan(&who, &id).await? {
        join(ctx, plan).await?;
    }
    Ok(true)
}

/// Puts an outcome together from its messages again, after one of them changed. When nothing is left of
/// an outcome that only messages made, the question is open again.
async fn join(ctx: &mut Ctx<'_>, mut plan: Plan) -> Result<()> {
    let outcome = steps::reflection::join_parts(&ctx.tx.outcome_parts_of(&plan.id).await?);
    if outcome.is_blank() && plan.state == PlanState::SomethingElse {
        plan.state = PlanState::Asked;
        plan.outcome = outcome;
        plan.edited_at = Some(ctx.now());
        ctx.tx.save_plan(&plan).await?;
        return update_message(ctx, &plan).await;
    }
    store(ctx, plan, &outcome).await
}

async fn store(ctx: &mut Ctx<'_>, mut plan: Plan, text: &MemberText) -> Result<()> {
    plan.outcome = text.clone();
    if matches!(plan.state, PlanState::Open | PlanState::Asked) {
        ctx.tx.cancel(&plan.asks).await?;
        plan.state = PlanState::SomethingElse;
    }
    plan.edited_at = Some(ctx.now());
    ctx.tx.save_plan(&plan).await?;
    update_message(ctx, &plan).await
}

/// The plan's question in the DM, if it was sent, shows what is true now.
pub(super) async fn update_message(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<()> {
    let Some(message) = plan.message.clone() else { return Ok(()) };
    let shows = UpdatePayload::Plan { plan: plan.id.clone() };
    steps::outbox::enqueue_update(ctx, &plan.member, message, shows).await
}
