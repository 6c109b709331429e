//! A nudge with an ordinary question.

use crate::{
    coach::{
        member::Member,
        nudge::{Nudge, NudgeState},
    },
    interaction::{Ctx, Result, choose_opening},
};
use jiff::Timestamp;

/// A new question for a member, chosen now.
pub(super) async fn new_nudge(ctx: &mut Ctx<'_>, member: &Member, slot_at: Timestamp) -> Result<Nudge> {
    let now = ctx.now();
    let chosen = choose_opening(ctx, member, now).await?;
    Ok(Nudge {
        id: ctx.new_id(),
        member: member.id.clone(),
        state: NudgeState::Waiting,
        prompt: chosen.prompt,
        question: chosen.question,
        reason: chosen.reason.into(),
        slot_at,
        asked_for: false,
        sent_at: None,
        message: None,
        skip_reason: None,
    })
}
