//! Reflections as the history and Home list them.

use super::reflection::kept_screen;
use crate::{
    coach::{
        ids::MemberId,
        look_back::{LookBack, intention_of},
        member::{Member, Zone},
        reflection::Reflection,
        screen::{HistoryEntry, LookBackScreen, LookedBack},
    },
    interaction::{Ctx, Result},
};

/// Reflections as the history shows them, each with what came of what it set out to do.
pub async fn entries(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    reflections: Vec<Reflection>,
) -> Result<Vec<HistoryEntry>> {
    let known = ctx.tx.look_backs_of(who).await?;
    let member = ctx.tx.find_member(who).await?;
    let member = member.unwrap_or_else(|| Member::new(who.clone(), Zone::utc(), ctx.now()));
    let mut entries = Vec::new();
    for reflection in reflections {
        let looked_back = match known.iter().find(|it| it.reflection == reflection.id) {
            Some(look_back) => looked_back(ctx, &member, look_back).await?,
            None => None,
        };
        let asked = known.iter().find(|it| Some(&it.nudge) == reflection.nudge.as_ref());
        let looks_back_on = match asked {
            Some(look_back) => looks_back_on(ctx, who, look_back).await?,
            None => None,
        };
        let (kept, follow_up) = (kept_screen(&reflection), reflection.followed_up());
        let (question, room) = (reflection.question, reflection.room);
        entries.push(HistoryEntry { question, room, follow_up, kept, looked_back, looks_back_on });
    }
    Ok(entries)
}

async fn looked_back(ctx: &mut Ctx<'_>, member: &Member, look_back: &LookBack) -> Result<Option<LookedBack>> {
    let Some(asked_at) = look_back.asked_at else { return Ok(None) };
    let answer = ctx.tx.reflection_of_nudge(&member.id, &look_back.nudge).await?.map(|it| it.answer);
    Ok(Some(LookedBack { asked_on: member.local_date(asked_at), came_of_it: look_back.came_of_it, answer }))
}

async fn looks_back_on(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    look_back: &LookBack,
) -> Result<Option<LookBackScreen>> {
    let first = ctx.tx.find_reflection(who, &look_back.reflection).await?;
    Ok(first.map(|first| LookBackScreen {
        stated_on: first.local_on,
        words: intention_of(&first),
        came_of_it: look_back.came_of_it,
    }))
}
