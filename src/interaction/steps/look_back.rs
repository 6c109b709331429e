//! What is looked back on, as messages show it. The words are read from the reflection each time: what was
//! deleted or edited away is not shown any more.

use super::outbox;
use crate::{
    coach::{
        look_back::intention_of,
        nudge::Nudge,
        prompt::{NudgeReason, Reason},
        reflection::Reflection,
        screen::LookBackScreen,
    },
    interaction::{Ctx, Result},
    store::UpdatePayload,
};

/// What a nudge looks back on. `None`: it is an ordinary question.
pub async fn of_nudge(ctx: &mut Ctx<'_>, nudge: &Nudge) -> Result<Option<LookBackScreen>> {
    let NudgeReason::Known(Reason::LookBack { stated_on }) = &nudge.reason else { return Ok(None) };
    let look_back = ctx.tx.look_back_of_nudge(&nudge.member, &nudge.id).await?;
    let reflection = match &look_back {
        Some(it) => ctx.tx.find_reflection(&nudge.member, &it.reflection).await?,
        None => None,
    };
    Ok(Some(LookBackScreen {
        stated_on: *stated_on,
        words: reflection.as_ref().and_then(intention_of),
        came_of_it: look_back.and_then(|it| it.came_of_it),
    }))
}

/// After a reflection was changed, or before it is deleted: the message that quotes it follows.
pub async fn update_quotation(ctx: &mut Ctx<'_>, reflection: &Reflection) -> Result<()> {
    let who = &reflection.member;
    if let Some(look_back) = ctx.tx.look_back_of_reflection(who, &reflection.id).await?
        && let Some(message) = ctx.tx.nudge_message(who, &look_back.nudge).await?
    {
        let shows = UpdatePayload::Nudge { nudge: look_back.nudge };
        outbox::enqueue_update(ctx, who, message, shows).await?;
    }
    Ok(())
}
