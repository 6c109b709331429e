use crate::{
    coach::{
        ids::{MemberId, MessageRef, RowId},
        member::{Member, Presence},
        nudge::{Decision, decide_follow_up},
        plan::{Plan, PlanState},
        screen::{Message, Notice, PlanScreen},
    },
    interaction::{Composed, Ctx, Result, steps},
    store::OutboxRow,
};

/// The follow-up of a plan: something the member wanted, so late rather than never. A pause or a vacation
/// holds it back until it is over.
pub async fn compose(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    id: &RowId,
    presence: &Presence,
) -> Result<Composed> {
    let found = ctx.tx.find_plan(&member.id, id).await?;
    let wanted = |plan: &Plan| plan.state == PlanState::Open && plan.asks == row.id;
    let Some(plan) = found.filter(wanted) else {
        return Ok(Composed::Drop("not-open"));
    };
    match decide_follow_up(member, presence, ctx.now()) {
        Decision::Postpone(at) => return Ok(Composed::Wait(at)),
        Decision::Skip(_) => return Ok(Composed::Drop("let-go")),
        Decision::Send | Decision::AskToGoOn => {}
    }
    let screen = PlanScreen { state: PlanState::Asked, ..steps::plan::plan_screen(ctx, member, &plan) };
    Ok(Composed::post(row, Some(member), Message::Plan(screen)))
}

/// A plan's message as it is now.
pub async fn compose_update(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    id: &RowId,
) -> Result<Composed> {
    Ok(match ctx.tx.find_plan(&member.id, id).await? {
        Some(plan) => Composed::update(row, Message::Plan(steps::plan::plan_screen(ctx, member, &plan))),
        None => Composed::update(row, Message::Notice(Notice::PlanDeleted)),
    })
}

/// The follow-up is in the DM.
pub async fn sent(ctx: &mut Ctx<'_>, who: &MemberId, id: &RowId, message: Option<MessageRef>) -> Result<()> {
    let Some(mut plan) = ctx.tx.find_plan(who, id).await? else { return Ok(()) };
    plan.message = message;
    let answered = plan.state != PlanState::Open;
    if !answered {
        plan.state = PlanState::Asked;
    }
    ctx.tx.save_plan(&plan).await?;
    // What the member said while the question was on its way is shown on it.
    if answered { super::outcome::update_message(ctx, &plan).await } else { Ok(()) }
}
