//! Reflections: created, stored, changed and deleted, with everything in Slack that shows them.

use super::{look_back, nudge, outbox, report};
use crate::{
    coach::{
        cadence,
        conversation::NudgeEvent,
        member::Member,
        member_text::{MAX_FORM_CHARS, MemberText},
        plain_words,
        reflection::Reflection,
        screen::{FieldProblem, ReflectionScreen},
    },
    interaction::{Ctx, Result},
    store::{MessagePart, OutboxPayload, UpdatePayload},
};
use jiff::Timestamp;

/// A reflection without text, filed under the member's own date.
pub fn new_reflection(ctx: &Ctx<'_>, member: &Member, question: String, now: Timestamp) -> Reflection {
    Reflection::new(ctx.new_id(), member.id.clone(), question, now, member.local_date(now))
}

/// Stores a new reflection; its month will have a report.
pub async fn store_reflection(ctx: &mut Ctx<'_>, member: &mut Member, reflection: &Reflection) -> Result<()> {
    ctx.tx.insert_reflection(reflection).await?;
    expect_report(ctx, member).await
}

/// Plans the next report, now that there is evidence for one.
pub async fn expect_report(ctx: &mut Ctx<'_>, member: &mut Member) -> Result<()> {
    if member.next_report_at.is_none() {
        member.next_report_at = Some(cadence::next_report_at(member, ctx.now()));
        ctx.tx.save_member(member).await?;
    }
    Ok(())
}

/// Whether a reflection counts: its answer can show a hat, and none of its texts speaks of trouble outside
/// coaching.
pub fn counts_in_balance(ctx: &Ctx<'_>, reflection: &Reflection) -> bool {
    plain_words::is_evidence(reflection.answer.reveal()) && !speaks_of_trouble(ctx, reflection)
}

/// Whether one of a reflection's texts speaks of trouble outside coaching. Its member has seen the people
/// to turn to.
pub fn speaks_of_trouble(ctx: &Ctx<'_>, reflection: &Reflection) -> bool {
    ctx.concern(&[&reflection.situation, &reflection.answer, &reflection.follow_up_answer]).is_some()
}

/// After its text changed: whether it counts, and whether the lens has to read it again.
pub fn refresh_counted(ctx: &Ctx<'_>, reflection: &mut Reflection, answer_changed: bool) {
    reflection.counts_in_balance = counts_in_balance(ctx, reflection);
    if answer_changed || !reflection.counts_in_balance {
        reflection.clear_lens_result();
    }
}

/// After a reflection was changed: the nudge that it answers and the message that shows it follow, and, if its
/// answer was `rewritten`, the reports that may quote it.
pub async fn reflection_changed(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    reflection: &Reflection,
    rewritten: bool,
) -> Result<()> {
    nudge::apply_to_nudge_of(ctx, member, reflection, NudgeEvent::ReflectionEdited).await?;
    look_back::update_quotation(ctx, reflection).await?;
    if rewritten {
        report::words_changed(ctx, &reflection.member, reflection.local_on).await?;
    }
    update_kept_message(ctx, reflection).await
}

/// Deletes a reflection. What shows it in Slack is updated.
pub async fn delete_reflection(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    reflection: &Reflection,
) -> Result<()> {
    nudge::apply_to_nudge_of(ctx, member, reflection, NudgeEvent::ReflectionDeleted).await?;
    look_back::update_quotation(ctx, reflection).await?;
    update_kept_message(ctx, reflection).await?;
    for part in ctx.tx.message_parts_of(&reflection.id).await? {
        outbox::mark_message(ctx, &member.id, &part.message, false).await?;
    }
    report::words_changed(ctx, &reflection.member, reflection.local_on).await?;
    ctx.tx.delete_reflection(&member.id, &reflection.id).await?;
    Ok(())
}

async fn update_kept_message(ctx: &mut Ctx<'_>, reflection: &Reflection) -> Result<()> {
    let (who, id) = (&reflection.member, &reflection.id);
    let kept = OutboxPayload::Kept { reflection: id.clone() };
    if let Some(message) = ctx.tx.sent_message(who, &kept).await? {
        let shows = UpdatePayload::Reflection { reflection: id.clone() };
        outbox::enqueue_update(ctx, who, message, shows).await?;
    }
    Ok(())
}

/// After an answer was edited in a form: its first message part holds all of it, so that a later edit
/// of a message in Slack starts from what the member sees.
pub async fn rewrite_parts(ctx: &mut Ctx<'_>, reflection: &Reflection) -> Result<()> {
    let now = ctx.now();
    for (nth, part) in ctx.tx.message_parts_of(&reflection.id).await?.iter().enumerate() {
        let text = if nth == 0 { reflection.answer.clone() } else { MemberText::default() };
        ctx.tx.edit_message_part(&part.message, &text, Some(now)).await?;
    }
    Ok(())
}

/// The messages that make up one text, each on a line of its own.
pub fn join_parts(parts: &[MessagePart]) -> MemberText {
    let texts: Vec<&str> =
        parts.iter().filter(|part| !part.text.is_blank()).map(|part| part.text.reveal()).collect();
    MemberText::new(texts.join("\n"))
}

/// A reflection as messages and forms show it.
pub fn kept_screen(reflection: &Reflection) -> ReflectionScreen {
    ReflectionScreen {
        reflection: reflection.id.clone(),
        situation: reflection.situation.clone(),
        answer: reflection.answer.clone(),
        hat_said: reflection.hat_said,
        lens: reflection.lens_screen(),
        local_on: reflection.local_on,
    }
}

/// Why a text does not fit a form, if it does not.
pub fn too_long(text: &MemberText) -> Option<FieldProblem> {
    let chars = text.char_count();
    (chars > MAX_FORM_CHARS).then_some(FieldProblem::TooLong { chars, limit: MAX_FORM_CHARS })
}
