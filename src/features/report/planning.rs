//! Reports that are due by themselves.

use crate::{
    coach::{cadence, member::Member, month::Month},
    interaction::{
        AppState, Ctx, Result,
        steps::{self, evidence::load_evidence},
    },
    store::{NewOutbox, OutboxPayload},
};

/// How many due members one transaction plans for.
const BATCH: usize = 50;

/// Queues the reports that are due by themselves, and returns how many members that concerned; called
/// until it returns 0.
pub async fn plan_due(state: &AppState) -> Result<usize> {
    state
        .write(|ctx| {
            Box::pin(async move {
                let now = ctx.now();
                let members = ctx.tx.members_report_due(now, BATCH).await?;
                let due = members.len();
                for member in members {
                    plan_report(ctx, member).await?;
                }
                Ok(due)
            })
        })
        .await
}

/// One report about the month before, if it has evidence. The date of the next report is stored only while
/// there is evidence that it could be about; the next reflection sets it again.
async fn plan_report(ctx: &mut Ctx<'_>, mut member: Member) -> Result<()> {
    let now = ctx.now();
    let today = member.local_date(now);
    let month = Month::containing(today).previous();
    let since = load_evidence(ctx, &member.id, month.first_day(), today).await?;
    let of_month = since.iter().any(|piece| month.contains(piece.local_on));
    if of_month {
        let who = member.id.clone();
        let key = steps::report::scheduled_key(&who, month);
        let payload = OutboxPayload::Report { month, scheduled: true };
        ctx.tx.enqueue(NewOutbox::for_member(ctx.new_id(), who, payload, now).once(key)).await?;
    }
    let goes_on = since.iter().any(|piece| !month.contains(piece.local_on));
    member.next_report_at = goes_on.then(|| cadence::next_report_at(&member, now));
    ctx.tx.save_member(&member).await?;
    Ok(())
}
