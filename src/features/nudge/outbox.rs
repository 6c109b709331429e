use super::look_back;
use crate::{
    coach::{
        conversation::NudgeEvent,
        ids::{MessageRef, RowId},
        member::{Member, Presence},
        nudge::{Decision, DueNudge, Nudge, NudgeState, SkipReason, decide},
        screen::{Message, NudgeScreen, NudgeScreenState},
    },
    interaction::{Composed, Ctx, Result, steps},
    store::OutboxRow,
};

/// The question, or why it is not sent now.
pub async fn compose(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &mut Member,
    id: &RowId,
    presence: &Presence,
) -> Result<Composed> {
    let found = ctx.tx.find_nudge(&member.id, id).await?;
    let Some(mut nudge) = found.filter(|nudge| nudge.state == NudgeState::Waiting) else {
        return Ok(Composed::Drop("not-waiting"));
    };
    let last_sent_at = steps::nudge::last_asked_at(ctx, member).await?;
    let slot = DueNudge::from_nudge(&nudge, row.due_at, last_sent_at);
    let event = match decide(member, slot, presence, ctx.now()) {
        Decision::Send => {
            let nudge = look_back::refreshed(ctx, member, nudge).await?;
            let message = Message::Nudge(nudge_screen(ctx, nudge, NudgeScreenState::Open).await?);
            return Ok(Composed::post(row, Some(member), message));
        }
        Decision::Postpone(to) => return Ok(Composed::Wait(to)),
        Decision::Skip(why) => NudgeEvent::LetGo { why },
        // The member has ignored so many nudges that the next slot asks whether to go on.
        Decision::AskToGoOn => NudgeEvent::LetGo { why: SkipReason::BackOff },
    };
    if !nudge.asked_for {
        member.back_off = member.back_off.after_slots_passed(1);
        ctx.tx.save_member(member).await?;
    }
    // Refused when it was answered or cancelled meanwhile: then nothing is sent either.
    let _ = steps::nudge::apply_event(ctx, member, &mut nudge, event).await?;
    Ok(Composed::Drop("let-go"))
}

/// The last message before silence.
pub async fn compose_go_on(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &mut Member,
    presence: &Presence,
) -> Result<Composed> {
    let last_sent_at = steps::nudge::last_asked_at(ctx, member).await?;
    let decision = decide(member, DueNudge::from_cadence(row.due_at, last_sent_at), presence, ctx.now());
    if decision == Decision::AskToGoOn {
        return Ok(Composed::post(row, Some(member), Message::AskToGoOn));
    }
    if matches!(decision, Decision::Skip(_)) {
        member.back_off = member.back_off.after_slots_passed(1);
        ctx.tx.save_member(member).await?;
    }
    Ok(Composed::Drop("let-go"))
}

/// A nudge's message as it is now.
pub async fn compose_update(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    id: &RowId,
) -> Result<Composed> {
    let Some(nudge) = ctx.tx.find_nudge(&member.id, id).await? else {
        return Ok(Composed::Drop("no-nudge"));
    };
    let shown = shown_state(ctx, member, &nudge).await?;
    Ok(Composed::update(row, Message::Nudge(nudge_screen(ctx, nudge, shown).await?)))
}

/// What the message of a nudge that was sent shows now.
async fn shown_state(ctx: &mut Ctx<'_>, member: &Member, nudge: &Nudge) -> Result<NudgeScreenState> {
    Ok(match nudge.state {
        NudgeState::Open => NudgeScreenState::Open,
        NudgeState::Answered => match ctx.tx.reflection_of_nudge(&member.id, &nudge.id).await? {
            Some(reflection) => NudgeScreenState::Answered(steps::reflection::kept_screen(&reflection)),
            None => NudgeScreenState::Deleted,
        },
        NudgeState::Skipped => NudgeScreenState::Skipped,
        NudgeState::Later => {
            let again = ctx.tx.nudges_in_state(&member.id, NudgeState::Waiting).await?;
            let again = again.into_iter().find(|waiting| waiting.prompt == nudge.prompt);
            again.map_or(NudgeScreenState::Closed, |waiting| NudgeScreenState::Later {
                at: member.zone.local(waiting.slot_at),
            })
        }
        NudgeState::Waiting | NudgeState::NotSent => NudgeScreenState::Closed,
    })
}

async fn nudge_screen(ctx: &mut Ctx<'_>, nudge: Nudge, state: NudgeScreenState) -> Result<NudgeScreen> {
    let look_back = steps::look_back::of_nudge(ctx, &nudge).await?;
    Ok(NudgeScreen { nudge: nudge.id, look_back, question: nudge.question, state })
}

/// The question is in the DM.
pub async fn sent(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    id: &RowId,
    message: Option<MessageRef>,
) -> Result<()> {
    let Some(mut nudge) = ctx.tx.find_nudge(&member.id, id).await? else { return Ok(()) };
    if steps::nudge::apply_event(ctx, &mut member, &mut nudge, NudgeEvent::Sent).await?.is_ok() {
        nudge.sent_at = Some(ctx.now());
        nudge.message = message;
        ctx.tx.save_nudge(&nudge).await?;
    }
    Ok(())
}

/// The last message before silence is in the DM.
pub async fn asked_to_go_on(ctx: &mut Ctx<'_>, mut member: Member) -> Result<()> {
    member.back_off = member.back_off.after_asked_to_go_on();
    ctx.tx.save_member(&member).await?;
    Ok(())
}

/// Slack refused the question for good.
pub async fn refused(ctx: &mut Ctx<'_>, mut member: Member, id: &RowId) -> Result<()> {
    if let Some(mut nudge) = ctx.tx.find_nudge(&member.id, id).await? {
        let event = NudgeEvent::LetGo { why: SkipReason::Unreachable };
        // Refused when it was cancelled meanwhile.
        let _ = steps::nudge::apply_event(ctx, &mut member, &mut nudge, event).await?;
    }
    Ok(())
}
