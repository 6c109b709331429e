use super::{Effect, LISTED};
use crate::{
    coach::{
        cadence,
        ids::{MemberId, RowId},
        screen::{Form, FormState, Notice},
    },
    interaction::{Ctx, Origin, Priority, Reply, ReplyTarget, Result, steps},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    match effect {
        Effect::Stored { plan } => {
            let form = stored_form(ctx, &target.member, &plan).await?;
            Ok(target.show(form).then_home(&target.member, Priority::Background))
        }
        Effect::OutcomeStored => Ok(target.close().then_home(&target.member, Priority::Background)),
        Effect::Marked => after_change(ctx, target, Notice::PlanNoted).await,
        Effect::Deleted => after_change(ctx, target, Notice::PlanDeleted).await,
        Effect::NotFound => Ok(target.with_home(target.notice(Notice::ItemGone))),
        Effect::AlreadyDone => Ok(target.with_home(target.notice(Notice::AlreadyDone))),
    }
}

async fn stored_form(ctx: &mut Ctx<'_>, who: &MemberId, id: &RowId) -> Result<Form> {
    let member = steps::member::get_or_create_member(ctx, who).await?;
    Ok(match ctx.tx.find_plan(who, id).await? {
        Some(plan) => {
            let at = cadence::next_allowed_at(&member, plan.follow_up_at);
            Form::PlanKept { words: plan.words(), at: member.zone.local(at), plan: plan.id }
        }
        None => Form::Notice(Notice::PlanDeleted),
    })
}

/// The open list is shown again; the plan's message and Home show the change themselves; elsewhere a
/// notice says it.
async fn after_change(ctx: &mut Ctx<'_>, target: &ReplyTarget, notice: Notice) -> Result<Reply> {
    let reply = match &target.origin {
        Origin::Modal(open) if open.state == FormState::Plans => {
            target.show(list(ctx, &target.member).await?)
        }
        Origin::Home(_) | Origin::Message { message: Some(_), .. } => Reply::done(),
        Origin::Command(_)
        | Origin::Shortcut(_)
        | Origin::Message { message: None, .. }
        | Origin::Modal(_)
        | Origin::Submission { .. } => target.notice(notice),
    };
    Ok(reply.then_home(&target.member, Priority::Background))
}

/// The plans, open ones first, newest first.
pub(super) async fn list(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Form> {
    let member = steps::member::get_or_create_member(ctx, who).await?;
    let mut plans = ctx.tx.plans_of(who).await?;
    plans.reverse();
    plans.sort_by_key(|plan| !plan.state.is_open());
    let screens = plans.iter().take(LISTED).map(|plan| steps::plan::plan_screen(ctx, &member, plan));
    Ok(Form::Plans(screens.collect()))
}
