use super::{Action, Effect, Submission, empty_form, form_of, respond};
use crate::{
    coach::{
        audit::{self, Audit, MeetingError},
        ids::{FileId, RowId, ViewId},
        member::Member,
        member_text::MemberText,
        screen::{AuditForm, Field, FieldError, FieldProblem, Form, FormState, Notice},
    },
    interaction::{Ctx, FormStep, Outcome, ReplyTarget, Result, steps},
    store::{JobPayload, NewJob},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::Open => Outcome::unchanged(target.show(Form::Audit(empty_form()))),
        Action::Edit { audit } => Outcome::unchanged(match ctx.tx.find_audit(&member.id, &audit).await? {
            Some(audit) => target.show(Form::Audit(form_of(&audit))),
            None => target.notice(Notice::ItemGone),
        }),
        Action::List => Outcome::unchanged(target.show(respond::list(ctx, &member.id).await?)),
        Action::Delete { audit } => {
            let deleted = ctx.tx.delete_audit(&member.id, &audit).await?;
            Outcome::changed(if deleted { Effect::Deleted } else { Effect::AlreadyDone })
        }
    }
}

/// Stores an audit, once for a form. With a calendar and no meeting typed, the calendar is read instead.
pub async fn submit(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    form: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let is_empty = form.meetings.iter().all(|row| row.title.is_blank() && row.hats.is_none());
    if let (Some(file), Some(view), true) = (&form.calendar, target.view(), is_empty) {
        return queue_calendar(ctx, &member, view, file).await;
    }
    let mut meetings = match audit::validate_meetings(&form.meetings) {
        Ok(meetings) => meetings,
        Err(wrong) => {
            return Outcome::unchanged(target.field_errors(wrong.into_iter().map(field_error).collect()));
        }
    };
    let titles: Vec<&MemberText> = meetings.iter().map(|meeting| &meeting.title).collect();
    let concern = ctx.concern(&titles);
    if let Some(concern) = concern.filter(|_| !form.care_acknowledged) {
        let state = FormState::Audit { audit: form.audit, care_acknowledged: true };
        let form = AuditForm { state, meetings, upload: false, concern: Some(concern), ..empty_form() };
        return Outcome::unchanged(target.show(Form::Audit(form)));
    }
    // An audit that mentions a care concern is stored if the member wants it, and counts for no hat.
    for meeting in meetings.iter_mut().filter(|meeting| ctx.concern(&[&meeting.title]).is_some()) {
        meeting.hats = None;
    }
    let before = match stored_id(ctx, &form, target.view()).await? {
        Some(id) => ctx.tx.find_audit(&member.id, &id).await?,
        None => None,
    };
    if form.audit.is_some() && before.is_none() {
        return Outcome::changed(Effect::NotFound);
    }
    let now = ctx.now();
    let audit = match before {
        Some(audit) if audit.kept => Audit { meetings, edited_at: Some(now), ..audit },
        // A proposal is filed under the day on which it is stored.
        Some(audit) => Audit { meetings, kept: true, local_on: member.local_date(now), ..audit },
        None => Audit {
            id: ctx.new_id(),
            member: member.id.clone(),
            kept: true,
            meetings,
            audited_at: now,
            edited_at: None,
            local_on: member.local_date(now),
        },
    };
    ctx.tx.save_audit(&audit).await?;
    steps::reflection::expect_report(ctx, &mut member).await?;
    if let Some(view) = target.view() {
        steps::delivery::record_step(ctx, FormStep::Audit, view, &audit.id).await?;
    }
    match concern {
        Some(_) => Outcome::changed(Effect::StoredQuietly),
        None => Outcome::changed(Effect::Stored { audit: audit.id }),
    }
}

/// The audit that is edited: the form's own, or the one that an earlier submission of the form stored.
async fn stored_id(ctx: &mut Ctx<'_>, form: &Submission, view: Option<&ViewId>) -> Result<Option<RowId>> {
    match (&form.audit, view) {
        (Some(id), _) => Ok(Some(id.clone())),
        (None, Some(view)) => steps::delivery::find_step(ctx, FormStep::Audit, view).await,
        (None, None) => Ok(None),
    }
}

async fn queue_calendar(
    ctx: &mut Ctx<'_>,
    member: &Member,
    view: &ViewId,
    file: &FileId,
) -> Result<Outcome<Effect>> {
    let payload = JobPayload::ReadCalendar { file: file.clone(), view: view.clone() };
    let job = NewJob::for_member(ctx.new_id(), member.id.clone(), payload, ctx.now());
    ctx.tx.enqueue_job(job.once(format!("calendar:{file}:{view}"))).await?;
    Outcome::changed(Effect::CalendarQueued)
}

fn field_error((nth, wrong): (usize, MeetingError)) -> FieldError {
    let nth = u8::try_from(nth).unwrap_or(u8::MAX);
    let field = match wrong {
        MeetingError::MissingMark => Field::Mark(nth),
        MeetingError::NoMeetings | MeetingError::MissingTitle | MeetingError::TooLong => Field::Meeting(nth),
    };
    FieldError::new(field, FieldProblem::Meeting(wrong))
}
