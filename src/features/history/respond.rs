use super::Effect;
use crate::{
    coach::{
        ids::MemberId,
        member_text::MemberText,
        screen::{Form, FormState, HISTORY_PAGE_SIZE, HistoryPage, Notice},
    },
    interaction::{Ctx, Origin, Priority, Reply, ReplyTarget, Result, steps},
};

/// In the open history the page is shown again without the reflection. Elsewhere a notice says it, where
/// the message itself does not.
pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let who = &target.member;
    match effect {
        Effect::NotFound => return Ok(target.with_home(target.notice(Notice::ReflectionGone))),
        Effect::Deleted => {}
    }
    Ok(match &target.origin {
        Origin::Modal(open) => {
            if let FormState::History { page: at } = open.state {
                let form = page(ctx, who, open.search.clone(), at).await?;
                target.show(form).then_home(who, Priority::Background)
            } else {
                target.notice(Notice::ReflectionDeleted)
            }
        }
        Origin::Home(_) => Reply::done().then_home(who, Priority::Viewed),
        Origin::Message { message: Some(_), .. } => Reply::done(),
        Origin::Command(_)
        | Origin::Shortcut(_)
        | Origin::Message { message: None, .. }
        | Origin::Submission { .. } => target.notice(Notice::ReflectionDeleted),
    })
}

/// One page; past the end the last one that has entries.
pub(super) async fn page(ctx: &mut Ctx<'_>, who: &MemberId, search: MemberText, page: u32) -> Result<Form> {
    let size = usize::try_from(HISTORY_PAGE_SIZE).unwrap_or(1).max(1);
    let offset = |page: u32| usize::try_from(page).unwrap_or(0).saturating_mul(size);
    let mut page = page;
    let (mut total, mut found) = ctx.tx.reflections_page(who, Some(&search), offset(page), size).await?;
    if found.is_empty() && page > 0 {
        page = u32::try_from(total.saturating_sub(1) / size).unwrap_or(0);
        (total, found) = ctx.tx.reflections_page(who, Some(&search), offset(page), size).await?;
    }
    let entries = steps::history::entries(ctx, who, found).await?;
    let (acts, _) = ctx.tx.acts_page(who, 0, 0).await?;
    let audits = u64::try_from(ctx.tx.audits_of(who).await?.len()).unwrap_or(u64::MAX);
    let plans = u64::try_from(ctx.tx.plans_of(who).await?.len()).unwrap_or(u64::MAX);
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    Ok(Form::History(HistoryPage { search, page, total, entries, acts, audits, plans }))
}
