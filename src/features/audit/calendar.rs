//! An uploaded calendar, once the worker has read it.

use super::{empty_form, form_of};
use crate::{
    coach::{
        audit::{Audit, MAX_MEETINGS},
        calendar::Proposal,
        ids::MemberId,
        member::Zone,
        screen::{AuditForm, CalendarError, Form},
    },
    interaction::{AppState, Ctx, Result},
    store::{Job, NewOutbox, OutboxPayload},
};

/// What the form that waits for a calendar turns into.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarForm {
    /// The message about it, should the form be closed.
    pub message: OutboxPayload,
    /// The form.
    pub form: Form,
}

/// The time zone in which a member's times without one are read.
pub async fn zone_of(state: &AppState, who: &MemberId) -> Result<Zone> {
    let who = who.clone();
    state
        .read(move |ctx| {
            Box::pin(async move {
                let member = ctx.tx.find_member(&who).await?;
                Ok(member.map_or_else(Zone::utc, |member| member.zone))
            })
        })
        .await
}

/// Stores what a calendar proposes, finishes the job that read it, and returns what its form shows now.
/// `None`: it was read already, or its member is forgotten meanwhile.
pub async fn calendar_read(
    state: &AppState,
    job: &Job,
    who: &MemberId,
    found: std::result::Result<Proposal, CalendarError>,
) -> Result<Option<CalendarForm>> {
    let (job, who) = (job.id.clone(), who.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                match ctx.tx.finish_job(&job).await? {
                    true => propose(ctx, who, found).await,
                    false => Ok(None),
                }
            })
        })
        .await
}

async fn propose(
    ctx: &mut Ctx<'_>,
    who: MemberId,
    found: std::result::Result<Proposal, CalendarError>,
) -> Result<Option<CalendarForm>> {
    let Some(member) = ctx.tx.find_member(&who).await? else { return Ok(None) };
    let Proposal { meetings, unread } = match found {
        Ok(proposal) => proposal,
        Err(trouble) => return Ok(Some(trouble_form(trouble, Vec::new()))),
    };
    if meetings.is_empty() {
        return Ok(Some(trouble_form(CalendarError::NoMeetings, unread)));
    }
    let now = ctx.now();
    let proposed = Audit {
        id: ctx.new_id(),
        member: who.clone(),
        kept: false,
        meetings: meetings.into_iter().take(MAX_MEETINGS).collect(),
        audited_at: now,
        edited_at: None,
        local_on: member.local_date(now),
    };
    ctx.tx.delete_proposed_audits(&who).await?;
    ctx.tx.save_audit(&proposed).await?;
    let form = Form::Audit(AuditForm { unread, ..form_of(&proposed) });
    Ok(Some(CalendarForm { message: OutboxPayload::AuditProposed { audit: proposed.id }, form }))
}

fn trouble_form(trouble: CalendarError, unread: Vec<crate::coach::member_text::MemberText>) -> CalendarForm {
    let form = Form::Audit(AuditForm { trouble: Some(trouble), unread, ..empty_form() });
    CalendarForm { message: OutboxPayload::CalendarError { trouble }, form }
}

/// The form was closed meanwhile: a message takes its place.
pub async fn form_closed(state: &AppState, who: &MemberId, message: OutboxPayload) -> Result<()> {
    let who = who.clone();
    state
        .write(move |ctx| {
            Box::pin(async move {
                let row = NewOutbox::for_member(ctx.new_id(), who, message, ctx.now());
                ctx.tx.enqueue(row).await?;
                Ok(())
            })
        })
        .await?;
    state.wake.notify_one();
    Ok(())
}
