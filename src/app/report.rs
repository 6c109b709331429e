//! The hat balance of a month: asked for, due by itself, or read by an operator.

use super::{App, AppError, Done, dispatch::Outcome, once::Did};
use crate::{
    coach::{balance, cadence, ids::MemberId, member::Member, month::Month, screen::Quotation},
    report::{Report, quotation::quotations},
    store::{NewOutbox, OutKind, Tx},
};
use jiff::{SignedDuration, ToSpan, civil::Time};

/// How many due members one unit of work looks at.
const PLAN_AT_ONCE: usize = 50;

/// What stands after the month in the subject of a report that comes by itself.
pub(super) const BY_ITSELF: &str = "/by-itself";

impl App {
    pub(super) async fn request_report(&self, tx: &mut Tx, member: &Member, month: Month) -> Done<Outcome> {
        let now = self.env.now();
        if month > Month::containing(member.local_date(now)) {
            return Ok(Did::UnknownButton.into());
        }
        let (id, who) = (self.env.row_id(), member.id.clone());
        let row = NewOutbox::for_member(id, who, OutKind::Report, month.to_string(), now);
        tx.enqueue(row).await?;
        Ok(Did::ReportQueued(month).into())
    }

    /// Queues the reports that are due by themselves, and says how many members that concerned;
    /// called until it says none.
    ///
    /// # Errors
    /// The store's.
    pub async fn plan_due_reports(&self) -> Done<usize> {
        let app = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let members = tx.members_report_due(app.env.now(), PLAN_AT_ONCE).await?;
                    let due = members.len();
                    for member in members {
                        app.plan_report(tx, member).await?;
                    }
                    Ok(due)
                })
            })
            .await
    }

    /// One report about the month before, if it has evidence. The date of the next one is kept only
    /// while there is something it could be about; the next reflection sets it again.
    async fn plan_report(&self, tx: &mut Tx, mut member: Member) -> Done<()> {
        let now = self.env.now();
        let today = member.local_date(now);
        let month = Month::containing(today).previous();
        let since = self.load_evidence(tx, &member.id, month.first_day(), today).await?;
        let of_month = since.iter().any(|piece| month.contains(piece.local_on));
        if of_month && self.is_reachable(tx, &member.id.team).await? {
            let (id, who) = (self.env.row_id(), member.id.clone());
            let key = format!("report:{who}:{month}");
            let row = NewOutbox::for_member(id, who, OutKind::Report, format!("{month}{BY_ITSELF}"), now);
            tx.enqueue(row.once(key)).await?;
        }
        let goes_on = since.iter().any(|piece| !month.contains(piece.local_on));
        member.next_report_at = goes_on.then(|| cadence::next_report_at(&member, now));
        tx.save_member(&member).await?;
        Ok(())
    }

    /// Computes a month's report from what is stored.
    pub(super) async fn load_report(&self, tx: &mut Tx, member: &Member, month: Month) -> Done<Report> {
        let today = member.local_date(self.env.now());
        let from = balance::evidence_start(month).saturating_sub(35.days());
        let evidence = self.load_evidence(tx, &member.id, from, month.last_day()).await?;
        let tz = member.zone.time_zone();
        let start = cadence::resolve(month.first_day(), Time::midnight(), &tz);
        let end = cadence::resolve(month.next().first_day(), Time::midnight(), &tz);
        // A nudge is sent at most some days after the slot that it was planned for.
        let earliest = start.saturating_sub(SignedDuration::from_hours(14 * 24)).unwrap_or(start);
        let nudges = tx.nudges_between(&member.id, earliest, end.max(earliest)).await?;
        let feedback = tx.feedback_between(&member.id, month.first_day(), month.last_day()).await?;
        let plans = tx.plans_between(&member.id, month.first_day(), month.last_day()).await?;
        let report = Report::of(month, today, &member.zone, &evidence, &nudges);
        Ok(report.with_feedback(&feedback).with_plans(&plans))
    }

    /// The member's own words in a month, for the member alone.
    pub(super) async fn load_quotations(
        &self,
        tx: &mut Tx,
        member: &Member,
        month: Month,
    ) -> Done<Vec<Quotation>> {
        let reflections = tx.reflections_between(&member.id, month.first_day(), month.last_day()).await?;
        Ok(quotations(&reflections, month))
    }

    /// The same report for an operator who serves a member's request. The member is told.
    ///
    /// # Errors
    /// [`AppError::UnknownMember`]; the store's.
    pub async fn report(&self, who: &MemberId, month: Month) -> Done<Report> {
        let (app, who) = (self.clone(), who.clone());
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let member = tx.find_member(&who).await?.ok_or(AppError::UnknownMember)?;
                    app.load_report(tx, &member, month).await
                })
            })
            .await
    }
}

/// Reads the subject of a report's row: the month, and whether it comes by itself.
pub(super) fn read_subject(subject: &str) -> Option<(Month, bool)> {
    let (month, by_itself) = match subject.strip_suffix(BY_ITSELF) {
        Some(month) => (month, true),
        None => (subject, false),
    };
    Some((month.parse().ok()?, by_itself))
}
