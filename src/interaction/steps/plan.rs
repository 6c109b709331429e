//! Plans: their follow-up, and how messages, lists and Home show them.

use crate::{
    coach::{cadence, copy::CopyKey, member::Member, plan::Plan, screen::PlanScreen},
    interaction::{Ctx, Result},
    store::{NewOutbox, OutboxPayload},
};

/// Queues the one question about a plan at its time, moved past quiet hours and days off.
pub async fn queue_follow_up(ctx: &mut Ctx<'_>, member: &Member, plan: &mut Plan) -> Result<()> {
    plan.asks = ctx.new_id();
    let due_at = cadence::next_allowed_at(member, plan.follow_up_at);
    let payload = OutboxPayload::Plan { plan: plan.id.clone() };
    let row = NewOutbox::for_member(plan.asks.clone(), member.id.clone(), payload, ctx.now());
    ctx.tx.enqueue(row.due(due_at)).await?;
    Ok(())
}

/// A plan as messages, lists and Home show it.
pub fn plan_screen(ctx: &Ctx<'_>, member: &Member, plan: &Plan) -> PlanScreen {
    PlanScreen {
        plan: plan.id.clone(),
        words: plan.words(),
        question: ctx.text_for(CopyKey::PlanOutcome),
        state: plan.state,
        at: member.zone.local(cadence::next_allowed_at(member, plan.follow_up_at)),
        outcome: plan.outcome.clone(),
    }
}
