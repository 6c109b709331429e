use super::{Action, Effect, create::new_nudge, look_back};
use crate::{
    coach::{
        cadence::{self, Later},
        conversation::{self, NudgeEvent},
        ids::RowId,
        member::Member,
        nudge::{Nudge, NudgeState, SkipReason},
        reflection::CheckinFields,
        screen::{Form, FormState, Notice, PracticeEntry},
    },
    interaction::{Ctx, Outcome, Reply, ReplyTarget, Result, steps},
    store::OutState,
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    note_arrival(ctx, &mut member, &action, target).await?;
    match action {
        Action::Reflect { nudge } => Outcome::unchanged(open_reflect(ctx, &member, &nudge, target).await?),
        Action::Why { nudge } => Outcome::unchanged(why(ctx, &member, &nudge, target).await?),
        Action::Later { nudge, when } => later(ctx, member, &nudge, when).await,
        Action::Skip { nudge } => leave_open(ctx, member, &nudge, NudgeEvent::SkipTapped).await,
        Action::CameOfIt { nudge, came } => {
            let stored = look_back::came_of_it(ctx, &member, &nudge, came).await?;
            Outcome::changed(if stored { Effect::CameOfItStored } else { Effect::UnknownNudge })
        }
        Action::AskNow => ask_now(ctx, &member, target).await,
        Action::GoOn => {
            // Loading the member has ended back-off and planned the next slot already.
            ctx.tx.save_member(&member).await?;
            Outcome::changed(Effect::GoesOn)
        }
        Action::Stop => stop(ctx, member).await,
    }
}

/// A tap on a nudge's message proves that it is there.
async fn note_arrival(
    ctx: &mut Ctx<'_>,
    member: &mut Member,
    action: &Action,
    target: &ReplyTarget,
) -> Result<()> {
    let id = match action {
        Action::Reflect { nudge }
        | Action::Why { nudge }
        | Action::Later { nudge, .. }
        | Action::Skip { nudge }
        | Action::CameOfIt { nudge, .. } => nudge,
        Action::AskNow | Action::GoOn | Action::Stop => return Ok(()),
    };
    let (Some(message), Some(mut nudge)) = (target.message(), ctx.tx.find_nudge(&member.id, id).await?)
    else {
        return Ok(());
    };
    steps::nudge::note_arrival(ctx, member, &mut nudge, message).await
}

/// *Reflect* opens its form while the question is open.
async fn open_reflect(ctx: &mut Ctx<'_>, member: &Member, id: &RowId, target: &ReplyTarget) -> Result<Reply> {
    let Some(nudge) = ctx.tx.find_nudge(&member.id, id).await? else {
        return Ok(target.with_home(target.notice(Notice::UnknownButton)));
    };
    if nudge.state != NudgeState::Open {
        return Ok(target.with_home(target.notice(Notice::AlreadyDone)));
    }
    let look_back = steps::look_back::of_nudge(ctx, &nudge).await?;
    let (nudge, prompt, question) = (Some(nudge.id), Some(nudge.prompt), Some(nudge.question));
    let state = FormState::Checkin { nudge, prompt, room: None, care_acknowledged: false };
    Ok(target.show(Form::Checkin { state, question, look_back, fields: CheckinFields::default() }))
}

async fn why(ctx: &mut Ctx<'_>, member: &Member, id: &RowId, target: &ReplyTarget) -> Result<Reply> {
    let notice = match ctx.tx.find_nudge(&member.id, id).await? {
        Some(nudge) => {
            let practice = ctx.questions().practice(&nudge.prompt);
            let practice =
                practice.map(|practice| PracticeEntry { practice, about: ctx.questions().about(practice) });
            Notice::Why { reason: nudge.reason, practice }
        }
        None => Notice::UnknownButton,
    };
    Ok(target.with_home(target.notice(notice)))
}

async fn later(ctx: &mut Ctx<'_>, member: Member, id: &RowId, when: Later) -> Result<Outcome<Effect>> {
    let at = cadence::later_at(when, &member, ctx.now());
    leave_open(ctx, member, id, NudgeEvent::LaterTapped { at }).await
}

async fn leave_open(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    id: &RowId,
    event: NudgeEvent,
) -> Result<Outcome<Effect>> {
    let Some(mut nudge) = ctx.tx.find_nudge(&member.id, id).await? else {
        return Outcome::changed(Effect::UnknownNudge);
    };
    match steps::nudge::apply_event(ctx, &mut member, &mut nudge, event).await? {
        Ok(()) => Outcome::changed(Effect::Left),
        Err(_) => Outcome::changed(Effect::AlreadyDone),
    }
}

/// A question now, unless one waits for an answer already.
async fn ask_now(ctx: &mut Ctx<'_>, member: &Member, target: &ReplyTarget) -> Result<Outcome<Effect>> {
    let now = ctx.now();
    let since = now.saturating_sub(conversation::ANSWER_WITHIN).unwrap_or(now);
    if ctx.tx.newest_open_nudge(&member.id, since).await?.is_some() {
        return Outcome::unchanged(target.with_home(target.notice(Notice::NudgeWaiting)));
    }
    if let Some(waiting) = ctx.tx.waiting_nudge(&member.id).await?.filter(|nudge| nudge.slot_at <= now) {
        let row = ctx.tx.find_outbox(&waiting.id).await?;
        let under_way = |state| matches!(state, OutState::Waiting | OutState::Leased | OutState::InDoubt);
        if row.is_some_and(|row| row.due_at <= now && under_way(row.state)) {
            return Outcome::changed(Effect::Queued);
        }
    }
    let nudge = Nudge { asked_for: true, ..new_nudge(ctx, member, now).await? };
    steps::nudge::queue_nudge(ctx, &nudge, now).await?;
    Outcome::changed(Effect::Queued)
}

async fn stop(ctx: &mut Ctx<'_>, mut member: Member) -> Result<Outcome<Effect>> {
    steps::nudge::cancel_waiting(ctx, &mut member, SkipReason::NoCadence).await?;
    member.cadence = None;
    member.next_slot_at = None;
    ctx.tx.save_member(&member).await?;
    Outcome::changed(Effect::Stopped)
}
