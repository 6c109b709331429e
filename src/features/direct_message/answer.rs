//! A message becomes an answer, or a part of one.

use crate::{
    coach::{
        conversation::NudgeEvent,
        ids::{MessageRef, RowId},
        member::Member,
        member_text::MemberText,
        nudge::NudgeState,
        reflection::{Origin, Reflection, STANDING_QUESTION},
    },
    interaction::{Ctx, Result, steps},
};

/// A message becomes the answer of an open nudge, or continues the answer that it has. `None`: the nudge
/// takes no answer any more.
pub(super) async fn answer_nudge(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    id: &RowId,
    message: &MessageRef,
    text: &MemberText,
) -> Result<Option<RowId>> {
    let Some(mut nudge) = ctx.tx.find_nudge(&member.id, id).await? else { return Ok(None) };
    if nudge.state == NudgeState::Answered {
        let Some(reflection) = ctx.tx.reflection_of_nudge(&member.id, id).await? else { return Ok(None) };
        let appended = append(ctx, member, &reflection.id, message, text).await?;
        return Ok(appended.then_some(reflection.id));
    }
    if steps::nudge::apply_event(ctx, member, &mut nudge, NudgeEvent::Replied).await?.is_err() {
        return Ok(None);
    }
    let question = nudge.question.clone();
    let mut reflection = steps::reflection::new_reflection(ctx, member, question, ctx.now());
    reflection.origin = Origin::Nudge;
    (reflection.nudge, reflection.prompt) = (Some(nudge.id), Some(nudge.prompt));
    store_as(ctx, member, reflection, message, text).await.map(Some)
}

/// A message becomes a check-in.
pub(super) async fn store_as_checkin(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    source: &MessageRef,
    text: &MemberText,
) -> Result<RowId> {
    let question = STANDING_QUESTION.to_owned();
    let reflection = steps::reflection::new_reflection(ctx, member, question, ctx.now());
    store_as(ctx, member, reflection, source, text).await
}

async fn store_as(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    mut reflection: Reflection,
    message: &MessageRef,
    text: &MemberText,
) -> Result<RowId> {
    reflection.answer = text.clone();
    reflection.counts_in_balance = steps::reflection::counts_in_balance(ctx, &reflection);
    steps::reflection::store_reflection(ctx, member, &reflection).await?;
    let now = ctx.now();
    ctx.tx.add_message_part(&reflection.id, message, text, now).await?;
    steps::outbox::mark_message(ctx, &member.id, message, true).await?;
    Ok(reflection.id)
}

/// Adds a message to a reflection. False: the reflection does not exist any more.
pub(super) async fn append(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    id: &RowId,
    message: &MessageRef,
    text: &MemberText,
) -> Result<bool> {
    let now = ctx.now();
    let Some(reflection) = ctx.tx.find_reflection(&member.id, id).await? else { return Ok(false) };
    if ctx.tx.message_parts_of(id).await?.is_empty() {
        // The first part came by the form: it is a part too, in the place of the question's own message.
        let nudge = match &reflection.nudge {
            Some(nudge) => ctx.tx.find_nudge(&member.id, nudge).await?,
            None => None,
        };
        let Some(question) = nudge.and_then(|nudge| nudge.message) else { return Ok(false) };
        ctx.tx.add_message_part(id, &question, &reflection.answer, now).await?;
    }
    ctx.tx.add_message_part(id, message, text, now).await?;
    steps::outbox::mark_message(ctx, &member.id, message, true).await?;
    join(ctx, member, reflection).await?;
    Ok(true)
}

/// Puts a reflection's answer together from its parts again, after one of them changed. When nothing is
/// left of it, the reflection is deleted.
pub(super) async fn join(ctx: &mut Ctx<'_>, member: &mut Member, mut reflection: Reflection) -> Result<()> {
    let answer = steps::reflection::join_parts(&ctx.tx.message_parts_of(&reflection.id).await?);
    if answer.is_blank() {
        return steps::reflection::delete_reflection(ctx, member, &reflection).await;
    }
    if answer == reflection.answer {
        return Ok(());
    }
    reflection.answer = answer;
    steps::reflection::refresh_counted(ctx, &mut reflection, true);
    reflection.edited_at = Some(ctx.now());
    ctx.tx.save_reflection(&reflection).await?;
    steps::reflection::reflection_changed(ctx, member, &reflection, true).await
}
