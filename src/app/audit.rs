//! Audits: typed, or proposed from an uploaded calendar; kept once they are marked. The calendar is
//! read by a job after the commit, and nothing of it is kept but the titles that are proposed.

use super::{
    App, AppError, Done,
    checkin::errors,
    dispatch::Outcome,
    incoming::{Ack, Reply},
    once::{Did, Step},
    surface::Surface,
};
use crate::{
    coach::{
        audit::{self, Audit, MAX_TITLE_CHARS, Meeting, Wrong},
        calendar::Proposal,
        copy::CopyKey,
        hat::Hat,
        ids::{FileId, MemberId, RowId, ViewId},
        member::{Member, Zone},
        member_text::MemberText,
        screen::{AuditEntry, AuditForm, CalendarTrouble, Field, Form, FormState, Notice},
    },
    store::{Job, JobKind, NewOutbox, OutKind, Tx},
};

/// How many audits the list shows.
const LISTED: usize = 20;

/// An empty audit.
pub(super) fn new_form() -> AuditForm {
    AuditForm {
        state: FormState::Audit { audit: None, care_acknowledged: false },
        meetings: Vec::new(),
        upload: true,
        proposed: false,
        trouble: None,
        unread: Vec::new(),
        concern: None,
    }
}

fn form_of(audit: &Audit) -> AuditForm {
    AuditForm {
        state: FormState::Audit { audit: Some(audit.id.clone()), care_acknowledged: false },
        meetings: audit.meetings.clone(),
        upload: false,
        proposed: !audit.kept,
        ..new_form()
    }
}

impl App {
    /// Keeps an audit, once for a form; with a calendar and no meeting that was typed, the calendar
    /// is read instead.
    pub(super) async fn submit_audit(
        &self,
        tx: &mut Tx,
        mut member: Member,
        view: &ViewId,
        (of, care_acknowledged): (Option<&RowId>, bool),
        rows: &[Meeting],
        calendar: Option<&FileId>,
    ) -> Done<Outcome> {
        let is_empty = rows.iter().all(|row| row.title.is_blank() && row.hats.is_none());
        if let Some(file) = calendar.filter(|_| is_empty) {
            return self.queue_calendar(tx, &member, view, file).await;
        }
        let mut meetings = match audit::marked(rows) {
            Ok(meetings) => meetings,
            Err(wrong) => return Ok(errors(wrong.into_iter().map(beside).collect()).into()),
        };
        let titles: Vec<&MemberText> = meetings.iter().map(|meeting| &meeting.title).collect();
        let concern = self.concern(&titles);
        if let Some(concern) = concern.filter(|_| !care_acknowledged) {
            let state = FormState::Audit { audit: of.cloned(), care_acknowledged: true };
            let form = AuditForm { state, meetings, upload: false, concern: Some(concern), ..new_form() };
            return Ok(Reply { ack: Ack::Show(Box::new(Form::Audit(form))), next: Vec::new() }.into());
        }
        // Trouble is kept, as the member wants it, and counted nowhere.
        for meeting in meetings.iter_mut().filter(|meeting| self.concern(&[&meeting.title]).is_some()) {
            meeting.hats = None;
        }
        let now = self.env.now();
        let step = Step::Audit.key(view);
        let earlier = tx.find_delivery(&step).await?.map(|seen| Did::of_effect(seen.effect.as_deref()));
        let id = match (of, earlier) {
            (Some(id), _) => Some(id.clone()),
            (None, Some(Did::AuditKept(id))) => Some(id),
            (None, _) => None,
        };
        let before = match &id {
            Some(id) => tx.find_audit(&member.id, id).await?,
            None => None,
        };
        if of.is_some() && before.is_none() {
            return Ok(Did::NotThere.into());
        }
        let kept = match before {
            Some(audit) if audit.kept => Audit { meetings, edited_at: Some(now), ..audit },
            // A proposal is filed under the day on which it is kept.
            Some(audit) => Audit { meetings, kept: true, local_on: member.local_date(now), ..audit },
            None => Audit {
                id: self.env.row_id(),
                member: member.id.clone(),
                kept: true,
                meetings,
                audited_at: now,
                edited_at: None,
                local_on: member.local_date(now),
            },
        };
        tx.save_audit(&kept).await?;
        self.expect_report(tx, &mut member).await?;
        let did = Did::AuditKept(kept.id);
        tx.record_delivery(&step, Some(&did.to_effect()), now).await?;
        // Trouble is not followed by a blind spot and an experiment.
        Ok(if concern.is_some() { Did::Closed } else { did }.into())
    }

    async fn queue_calendar(
        &self,
        tx: &mut Tx,
        member: &Member,
        view: &ViewId,
        file: &FileId,
    ) -> Done<Outcome> {
        let job = Job {
            id: self.env.row_id(),
            team: member.id.team.clone(),
            member: Some(member.id.clone()),
            kind: JobKind::ReadCalendar,
            channel: None,
            ts: None,
            subject: Some(format!("{file}:{view}")),
            due_at: self.env.now(),
            attempts: 0,
        };
        tx.enqueue_job(&job, Some(&format!("calendar:{file}:{view}"))).await?;
        Ok(Did::CalendarQueued.into())
    }

    /// The zone in which a member's times without one are read.
    ///
    /// # Errors
    /// The store's.
    pub async fn zone_of(&self, who: &MemberId) -> Done<Zone> {
        let who = who.clone();
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let member = tx.find_member(&who).await?;
                    Ok::<_, AppError>(member.map_or_else(Zone::utc, |member| member.zone))
                })
            })
            .await
    }

    /// Takes in what a calendar proposes, finishes the job that read it, and says what its form shows
    /// now. `None`: it was read already, or its member is forgotten meanwhile.
    ///
    /// # Errors
    /// The store's.
    pub async fn calendar_read(
        &self,
        job: &Job,
        found: Result<Proposal, CalendarTrouble>,
    ) -> Done<Option<CalendarForm>> {
        let (app, job) = (self.clone(), job.clone());
        self.store.write(move |tx| Box::pin(async move { app.propose(tx, &job, found).await })).await
    }

    async fn propose(
        &self,
        tx: &mut Tx,
        job: &Job,
        found: Result<Proposal, CalendarTrouble>,
    ) -> Done<Option<CalendarForm>> {
        let Some(who) = job.member.clone().filter(|_| job.kind == JobKind::ReadCalendar) else {
            return Ok(None);
        };
        if !tx.finish_job(&job.id).await? {
            return Ok(None);
        }
        let Some(member) = tx.find_member(&who).await? else { return Ok(None) };
        Ok(Some(match found {
            Ok(Proposal { meetings, unread }) if meetings.is_empty() => {
                let trouble = CalendarTrouble::NoMeetings;
                let form = AuditForm { trouble: Some(trouble), unread, ..new_form() };
                CalendarForm { subject: trouble_code(trouble).to_owned(), form: Form::Audit(form) }
            }
            Ok(Proposal { meetings, unread }) => {
                let now = self.env.now();
                let proposed = Audit {
                    id: self.env.row_id(),
                    member: who.clone(),
                    kept: false,
                    meetings: meetings.into_iter().take(audit::MEETINGS).collect(),
                    audited_at: now,
                    edited_at: None,
                    local_on: member.local_date(now),
                };
                tx.delete_proposed_audits(&who).await?;
                tx.save_audit(&proposed).await?;
                let form = AuditForm { unread, ..form_of(&proposed) };
                CalendarForm { subject: proposed.id.to_string(), form: Form::Audit(form) }
            }
            Err(trouble) => {
                let form = Form::Audit(AuditForm { trouble: Some(trouble), ..new_form() });
                CalendarForm { subject: trouble_code(trouble).to_owned(), form }
            }
        }))
    }

    /// The form was closed meanwhile: a message takes its place.
    ///
    /// # Errors
    /// The store's.
    pub async fn calendar_form_closed(&self, who: &MemberId, subject: &str) -> Done<()> {
        let (id, now) = (self.env.row_id(), self.env.now());
        let row = NewOutbox::for_member(id, who.clone(), OutKind::Audit, subject, now);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.enqueue(row).await?;
                    Ok::<_, AppError>(())
                })
            })
            .await?;
        self.wake.notify_one();
        Ok(())
    }

    pub(super) async fn open_audit(&self, tx: &mut Tx, surface: &Surface<'_>, id: &RowId) -> Done<Reply> {
        Ok(match tx.find_audit(surface.who(), id).await? {
            Some(audit) => surface.show(Form::Audit(form_of(&audit))),
            None => surface.tell(Notice::NotThere),
        })
    }

    pub(super) async fn audit_kept_form(&self, tx: &mut Tx, who: &MemberId, id: &RowId) -> Done<Reply> {
        let form = match tx.find_audit(who, id).await? {
            Some(audit) => {
                let outcome = audit::outcome(&audit.meetings);
                let question = outcome.rarer.map(|hat| self.text_for(offer_of(hat)));
                Form::AuditKept { audit: audit.id, outcome, question }
            }
            None => Form::Notice(Notice::AuditDeleted),
        };
        Ok(Reply { ack: Ack::Show(Box::new(form)), next: Vec::new() }.and_home(who))
    }

    pub(super) async fn show_audits(&self, tx: &mut Tx, surface: &Surface<'_>) -> Done<Reply> {
        let audits = tx.audits_of(surface.who()).await?;
        let entry = |audit: Audit| AuditEntry {
            outcome: audit.kept.then(|| audit::outcome(&audit.meetings)),
            audit: audit.id,
            local_on: audit.local_on,
        };
        Ok(surface.show(Form::Audits(audits.into_iter().rev().take(LISTED).map(entry).collect())))
    }

    pub(super) async fn delete_audit_tapped(
        &self,
        tx: &mut Tx,
        member: &Member,
        id: &RowId,
    ) -> Done<Outcome> {
        let deleted = tx.delete_audit(&member.id, id).await?;
        Ok(if deleted { Did::AuditDeleted } else { Did::AlreadyDone }.into())
    }
}

/// What the form that waits for a calendar turns into.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarForm {
    /// What a message about it names, should the form be closed.
    pub subject: String,
    /// The form.
    pub form: Form,
}

/// What went wrong with a row of the form, as a sentence beside it.
fn beside((nth, wrong): (usize, Wrong)) -> (Field, String) {
    let nth = u8::try_from(nth).unwrap_or(u8::MAX);
    match wrong {
        Wrong::Nothing => (Field::Meeting(nth), "Name one meeting, or upload a calendar.".to_owned()),
        Wrong::NoMark => (Field::Mark(nth), "Choose how, where or both.".to_owned()),
        Wrong::NoTitle => (Field::Meeting(nth), "Which meeting was that?".to_owned()),
        Wrong::TooLong => {
            (Field::Meeting(nth), format!("A title keeps {MAX_TITLE_CHARS} characters. Please shorten it."))
        }
    }
}

/// Which question offers the hat that was rarer.
fn offer_of(rarer: Hat) -> CopyKey {
    match rarer {
        Hat::Leader => CopyKey::AuditLeader,
        Hat::Manager => CopyKey::AuditManager,
    }
}

fn trouble_code(trouble: CalendarTrouble) -> &'static str {
    match trouble {
        CalendarTrouble::NotFetched => "not-fetched",
        CalendarTrouble::TooLarge => "too-large",
        CalendarTrouble::NoCalendar => "no-calendar",
        CalendarTrouble::TooMuch => "too-much",
        CalendarTrouble::NoMeetings => "no-meetings",
    }
}

/// The trouble that a row's subject names.
pub(super) fn trouble_of(subject: &str) -> Option<CalendarTrouble> {
    use CalendarTrouble as T;
    [T::NotFetched, T::TooLarge, T::NoCalendar, T::TooMuch, T::NoMeetings]
        .into_iter()
        .find(|trouble| trouble_code(*trouble) == subject)
}
