//! The life of a nudge. `coach::conversation` decides what an event makes of a nudge; here the decision
//! is carried out. A nudge and the outbox row that sends it share one id.

use super::outbox;
use crate::{
    coach::{
        conversation::{self, NudgeEffect, NudgeEvent, Refused, Standing},
        ids::MessageRef,
        member::Member,
        nudge::{self, Nudge, NudgeSource, NudgeState, SkipReason},
        reflection::Reflection,
    },
    interaction::{Ctx, Result},
    store::{NewOutbox, OutState, OutboxPayload, UpdatePayload},
};
use jiff::Timestamp;

/// Applies one event to a nudge, with everything that follows except the reflection's own row, which
/// is the caller's. `Err(Refused)` inside: the event comes too late or too early, and nothing changed.
pub async fn apply_event(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    nudge: &mut Nudge,
    event: NudgeEvent,
) -> Result<std::result::Result<(), Refused>> {
    let answered = ctx.tx.reflection_of_nudge(&member.id, &nudge.id).await?.is_some();
    let from = Standing::of(nudge.state, answered);
    let (to, effects) = match conversation::step(from, event) {
        Ok(step) => step,
        Err(refused) => return Ok(Err(refused)),
    };
    if to.state() != nudge.state {
        // The row's state is compared in SQL: of two taps at once, one finds it changed.
        if !ctx.tx.move_nudge(&nudge.id, nudge.state, to.state()).await? {
            return Ok(Err(Refused::AlreadyDone));
        }
        nudge.state = to.state();
    }
    for effect in effects {
        carry_out(ctx, member, nudge, effect).await?;
    }
    Ok(Ok(()))
}

async fn carry_out(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    nudge: &mut Nudge,
    effect: NudgeEffect,
) -> Result<()> {
    match effect {
        NudgeEffect::StoreSkipReason { why } => {
            nudge.skip_reason = Some(why);
            ctx.tx.save_nudge(nudge).await?;
            ctx.tx.cancel(&nudge.id).await?;
        }
        NudgeEffect::CountSent => {
            member.back_off = member.back_off.after_nudge_sent();
            ctx.tx.save_member(member).await?;
            if nudge.looks_back() {
                let now = ctx.now();
                ctx.tx.mark_look_back_asked(&member.id, &nudge.id, now).await?;
            }
        }
        NudgeEffect::AskAgain { at } => {
            let again = ask_again(ctx, nudge, at);
            queue_nudge(ctx, &again, at).await?;
            if nudge.looks_back() {
                ctx.tx.move_look_back(&member.id, &nudge.id, &again.id).await?;
            }
        }
        NudgeEffect::UpdateMessage => {
            if let Some(message) = nudge.message.clone() {
                let shows = UpdatePayload::Nudge { nudge: nudge.id.clone() };
                outbox::enqueue_update(ctx, &member.id, message, shows).await?;
            }
        }
        NudgeEffect::EndBackOff => {
            member.back_off = member.back_off.after_activity();
            ctx.tx.save_member(member).await?;
        }
    }
    Ok(())
}

/// The member acted on the message of a nudge: it has arrived, also when nobody knew that yet.
pub async fn note_arrival(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    nudge: &mut Nudge,
    message: &MessageRef,
) -> Result<()> {
    let now = ctx.now();
    if nudge.state != NudgeState::Waiting || !ctx.tx.mark_arrived(&nudge.id, message, now).await? {
        return Ok(());
    }
    if apply_event(ctx, member, nudge, NudgeEvent::Sent).await?.is_ok() {
        nudge.sent_at = Some(now);
        nudge.message = Some(message.clone());
        ctx.tx.save_nudge(nudge).await?;
    }
    Ok(())
}

/// Stores a nudge with the outbox row that sends it.
pub async fn queue_nudge(ctx: &mut Ctx<'_>, nudge: &Nudge, due_at: Timestamp) -> Result<()> {
    ctx.tx.insert_nudge(nudge).await?;
    let (id, who) = (nudge.id.clone(), nudge.member.clone());
    let payload = OutboxPayload::Nudge { nudge: nudge.id.clone() };
    let row = NewOutbox::for_member(id, who, payload, ctx.now()).due(due_at);
    // A member who asks for a question now waits for it.
    let is_waited_for = nudge.source() == NudgeSource::Now;
    ctx.tx.enqueue(if is_waited_for { row.answering() } else { row }).await?;
    Ok(())
}

/// Cancels every nudge that waits and whose sending has not begun.
pub async fn cancel_waiting(ctx: &mut Ctx<'_>, member: &mut Member, why: SkipReason) -> Result<()> {
    let waiting = ctx.tx.nudges_in_state(&member.id, NudgeState::Waiting).await?;
    for mut nudge in waiting {
        let row = ctx.tx.find_outbox(&nudge.id).await?;
        // One in doubt may be in Slack: it is looked for before anything is decided.
        let under_way = |state| matches!(state, OutState::Waiting | OutState::Leased | OutState::InDoubt);
        let settled = row.is_none_or(|row| !under_way(row.state));
        if ctx.tx.cancel(&nudge.id).await? || settled {
            // Refused when it was sent meanwhile: then there is nothing to cancel.
            let _ = apply_event(ctx, member, &mut nudge, NudgeEvent::LetGo { why }).await?;
        }
    }
    Ok(())
}

/// A question of the cadence that waits since long before, because Slack takes nothing, makes room for the next:
/// not more than one of a member waits.
pub async fn let_go_of_overdue(ctx: &mut Ctx<'_>, member: &mut Member) -> Result<()> {
    let now = ctx.now();
    let too_late = now.saturating_sub(nudge::TOO_LATE_AFTER).unwrap_or(now);
    let Some(mut waiting) = ctx.tx.waiting_nudge(&member.id).await? else { return Ok(()) };
    // One whose sending has begun is not cancelled.
    if !waiting.asked_for && waiting.slot_at < too_late && ctx.tx.cancel(&waiting.id).await? {
        let why = NudgeEvent::LetGo { why: SkipReason::TooLate };
        let _ = apply_event(ctx, member, &mut waiting, why).await?;
    }
    Ok(())
}

/// When the member was last asked something by itself: by a nudge, or by a report, which ends with a question.
/// A report that is about to be sent counts as sent.
pub async fn last_asked_at(ctx: &mut Ctx<'_>, member: &Member) -> Result<Option<Timestamp>> {
    let soon = ctx.now().saturating_add(nudge::MIN_GAP).unwrap_or(Timestamp::MAX);
    let report = super::report::scheduled_at(ctx, member).await?.filter(|at| *at < soon);
    Ok(ctx.tx.last_nudge_sent_at(&member.id).await?.max(report))
}

/// Applies what happened to a reflection to the nudge that it answers, if there is one.
pub async fn apply_to_nudge_of(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    reflection: &Reflection,
    event: NudgeEvent,
) -> Result<()> {
    let nudge = match &reflection.nudge {
        Some(nudge) => ctx.tx.find_nudge(&member.id, nudge).await?,
        None => None,
    };
    if let Some(mut nudge) = nudge {
        // Refused when another reflection answered it: then it shows that one.
        let _ = apply_event(ctx, member, &mut nudge, event).await?;
    }
    Ok(())
}

/// The same question once more, asked for by the member.
fn ask_again(ctx: &Ctx<'_>, nudge: &Nudge, at: Timestamp) -> Nudge {
    Nudge {
        id: ctx.new_id(),
        state: NudgeState::Waiting,
        slot_at: at,
        asked_for: true,
        sent_at: None,
        message: None,
        skip_reason: None,
        ..nudge.clone()
    }
}
