//! Nudges for members whose slot has come.

use super::{create::new_nudge, look_back};
use crate::{
    coach::{
        cadence::{self, CatchUp},
        member::{Member, Presence},
        nudge::{Decision, DueNudge, SkipReason, decide},
    },
    interaction::{AppState, Ctx, Result, steps},
    store::{NewOutbox, OutboxPayload},
};

/// How many due members one transaction plans for. On SQLite every other writer waits for it.
const BATCH: usize = 50;

/// Plans nudges for members whose slot has come, and returns how many members those were; called until
/// it returns 0. After downtime one nudge is considered for each member, and no more.
pub async fn plan_due(state: &AppState) -> Result<usize> {
    state
        .write(|ctx| {
            Box::pin(async move {
                let now = ctx.now();
                let members = ctx.tx.members_due(now, BATCH).await?;
                let due = members.len();
                for member in members {
                    plan_slot(ctx, member).await?;
                }
                Ok(due)
            })
        })
        .await
}

async fn plan_slot(ctx: &mut Ctx<'_>, mut member: Member) -> Result<()> {
    let now = ctx.now();
    let (Some(cadence), Some(due_at)) = (member.cadence.clone(), member.next_slot_at) else {
        member.next_slot_at = None;
        ctx.tx.save_member(&member).await?;
        return Ok(());
    };
    let CatchUp { slot_at, passed, next_at } = cadence::catch_up(&cadence, &member.zone, due_at, now);
    member.next_slot_at = next_at;
    member.back_off = member.back_off.after_slots_passed(passed);
    // In a workspace that Slack refuses, the question is planned and held: it is sent if that is over in time.
    let decision = if steps::workspace::has_left(ctx, &member.id.team).await? {
        Decision::Skip(SkipReason::Unreachable)
    } else {
        steps::nudge::let_go_of_overdue(ctx, &mut member).await?;
        let last_sent_at = steps::nudge::last_asked_at(ctx, &member).await?;
        decide(&member, DueNudge::from_cadence(slot_at, last_sent_at), &Presence::default(), now)
    };
    match decision {
        Decision::Send => {
            if !look_back::queue(ctx, &member, slot_at).await? {
                let nudge = new_nudge(ctx, &member, slot_at).await?;
                steps::nudge::queue_nudge(ctx, &nudge, slot_at).await?;
            }
        }
        Decision::AskToGoOn => {
            let who = member.id.clone();
            let key = format!("go-on:{who}:{}", slot_at.as_millisecond());
            let row = NewOutbox::for_member(ctx.new_id(), who, OutboxPayload::GoOn { slot_at }, now);
            ctx.tx.enqueue(row.due(slot_at).once(key)).await?;
        }
        Decision::Skip(why) => {
            tracing::debug!(reason = %why, "a slot passed without a nudge");
            member.back_off = member.back_off.after_slots_passed(1);
            if member.back_off.is_silent() {
                // The member's next action plans the next slot.
                member.next_slot_at = None;
            }
        }
        Decision::Postpone(at) => member.next_slot_at = Some(at),
    }
    ctx.tx.save_member(&member).await?;
    Ok(())
}
