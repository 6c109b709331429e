use super::Effect;
use crate::{
    coach::{
        coaching_act::CoachingAct,
        ids::{MemberId, RowId},
        screen::{COACHING_ACTS_PAGE_SIZE, CoachingActEntry, CoachingActsPage, Form, FormState, Notice},
    },
    interaction::{Ctx, Origin, Priority, Reply, ReplyTarget, Result},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let who = &target.member;
    Ok(match effect {
        Effect::Stored { act } => {
            target.show(stored_form(ctx, who, &act).await?).then_home(who, Priority::Background)
        }
        Effect::Deleted => {
            let reply = if let Origin::Modal(open) = &target.origin
                && let FormState::Acts { page } = open.state
            {
                target.show(list(ctx, who, page).await?)
            } else {
                target.notice(Notice::CoachingActDeleted)
            };
            reply.then_home(who, Priority::Background)
        }
        Effect::NotFound => target.with_home(target.notice(Notice::ItemGone)),
        Effect::AlreadyDone => target.with_home(target.notice(Notice::AlreadyDone)),
    })
}

async fn stored_form(ctx: &mut Ctx<'_>, who: &MemberId, id: &RowId) -> Result<Form> {
    Ok(match ctx.tx.find_act(who, id).await? {
        Some(act) => Form::CoachingActKept { act: act.id, question: act.question, local_on: act.local_on },
        None => Form::Notice(Notice::CoachingActDeleted),
    })
}

/// One page of the acts; past the end the last one that has entries.
pub(super) async fn list(ctx: &mut Ctx<'_>, who: &MemberId, page: u32) -> Result<Form> {
    let size = usize::try_from(COACHING_ACTS_PAGE_SIZE).unwrap_or(1).max(1);
    let offset = |page: u32| usize::try_from(page).unwrap_or(0).saturating_mul(size);
    let mut page = page;
    let (total, mut found) = ctx.tx.acts_page(who, offset(page), size).await?;
    if found.is_empty() && page > 0 {
        let last = total.saturating_sub(1) / u64::from(COACHING_ACTS_PAGE_SIZE);
        page = u32::try_from(last).unwrap_or(0);
        found = ctx.tx.acts_page(who, offset(page), size).await?.1;
    }
    let entry =
        |act: CoachingAct| CoachingActEntry { act: act.id, question: act.question, local_on: act.local_on };
    let entries = found.into_iter().map(entry).collect();
    Ok(Form::CoachingActs(CoachingActsPage { page, total, entries }))
}
