//! The nudge that looks back: two to four weeks after an answer said what its author would do, it takes the place of
//! one nudge in their cadence.

use super::create::new_nudge;
use crate::{
    coach::{
        copy::CopyKey,
        ids::{PromptId, RowId},
        look_back::{self, CameOfIt, LookBack, OTHERS_BETWEEN},
        member::Member,
        nudge::{Nudge, NudgeState},
        prompt::Reason,
        reflection::Reflection,
    },
    interaction::{Ctx, InteractionError, Result, steps},
    store::UpdatePayload,
};
use jiff::{Timestamp, ToSpan};

/// Queues a nudge that looks back, if it is time for one and there is something to ask about.
pub(super) async fn queue(ctx: &mut Ctx<'_>, member: &Member, slot_at: Timestamp) -> Result<bool> {
    if !member.look_back {
        return Ok(false);
    }
    let now = ctx.now();
    let day = |ago| member.local_date(now.saturating_sub(ago).unwrap_or(now));
    let (from, to) = (day(look_back::LAST_AFTER), day(look_back::FIRST_AFTER));
    // The local dates of a member who travelled can be off by one.
    let (from, to) = (from.saturating_sub(1.day()), to.saturating_add(1.day()));
    let told = ctx.tx.reflections_between(&member.id, from, to).await?;
    if told.is_empty() {
        return Ok(false);
    }
    let known = ctx.tx.look_backs_of(&member.id).await?;
    let Some(chosen) = look_back::choose(&told, &known, now) else { return Ok(false) };
    if !is_turn(ctx, member, &known).await? {
        return Ok(false);
    }
    let nudge = nudge_about(ctx, member, (chosen, &known), slot_at)?;
    steps::nudge::queue_nudge(ctx, &nudge, slot_at).await?;
    let (reflection, nudge) = (chosen.id.clone(), nudge.id);
    let look_back = LookBack { reflection, nudge, asked_at: None, came_of_it: None, came_at: None };
    ctx.tx.save_look_back(&member.id, &look_back).await?;
    Ok(true)
}

fn nudge_about(
    ctx: &Ctx<'_>,
    member: &Member,
    (reflection, known): (&Reflection, &[LookBack]),
    slot_at: Timestamp,
) -> Result<Nudge> {
    // The two questions take turns.
    let earlier = known.iter().filter(|it| it.asked_at.is_some()).count();
    let key = if earlier.is_multiple_of(2) { CopyKey::LookBackCame } else { CopyKey::LookBackNow };
    Ok(Nudge {
        id: ctx.new_id(),
        member: member.id.clone(),
        state: NudgeState::Waiting,
        prompt: PromptId::parse(key.into_str()).map_err(|_| InteractionError::NoQuestion)?,
        question: ctx.questions().text_for(key),
        reason: Reason::LookBack { stated_on: reflection.local_on }.into(),
        slot_at,
        asked_for: false,
        sent_at: None,
        message: None,
        skip_reason: None,
    })
}

/// Whether enough other nudges were sent since the last that looked back.
async fn is_turn(ctx: &mut Ctx<'_>, member: &Member, known: &[LookBack]) -> Result<bool> {
    let Some(last_at) = known.iter().filter_map(|it| it.asked_at).max() else { return Ok(true) };
    let until = ctx.now().saturating_add(1.minute()).unwrap_or(Timestamp::MAX);
    let since = ctx.tx.nudges_between(&member.id, last_at, until.max(last_at)).await?;
    let others = since.iter().filter(|nudge| nudge.sent_at.is_some_and(|at| at > last_at));
    Ok(others.filter(|nudge| !nudge.looks_back()).count() >= OTHERS_BETWEEN)
}

/// A nudge that is about to be sent. Where there is nothing to look back on any more, or the member does not want
/// it any more, it asks an ordinary question.
pub(super) async fn refreshed(ctx: &mut Ctx<'_>, member: &Member, nudge: Nudge) -> Result<Nudge> {
    let Some(quoted) = steps::look_back::of_nudge(ctx, &nudge).await? else { return Ok(nudge) };
    if quoted.words.is_some() && member.look_back {
        return Ok(nudge);
    }
    let other = new_nudge(ctx, member, nudge.slot_at).await?;
    let Nudge { prompt, question, reason, .. } = other;
    let nudge = Nudge { prompt, question, reason, ..nudge };
    ctx.tx.save_nudge(&nudge).await?;
    Ok(nudge)
}

/// Stores what came of it. False: the nudge looks back on nothing.
pub(super) async fn came_of_it(
    ctx: &mut Ctx<'_>,
    member: &Member,
    id: &RowId,
    came: CameOfIt,
) -> Result<bool> {
    let now = ctx.now();
    if !ctx.tx.set_came_of_it(&member.id, id, came, now).await? {
        return Ok(false);
    }
    if let Some(message) = ctx.tx.nudge_message(&member.id, id).await? {
        let shows = UpdatePayload::Nudge { nudge: id.clone() };
        steps::outbox::enqueue_update(ctx, &member.id, message, shows).await?;
    }
    Ok(true)
}
