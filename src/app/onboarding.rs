//! First contact, and what any act of a member ends: back-off and the belief that Slack cannot
//! reach them. Their zone follows Slack until they set one.

use super::{App, AppError, Done, dispatch::Outcome, once::Did};
use crate::{
    coach::{
        cadence,
        ids::MemberId,
        member::{BackOff, Member, Zone},
        nudge,
    },
    store::{Job, JobKind, NewOutbox, OutKind, Tx},
};
use jiff::civil::{Date, DateTime};

impl App {
    /// The member who acts: known already, or met now. The first contact is queued, and Slack is
    /// asked for their zone. Whatever they do, nudges come at their full cadence again.
    pub(super) async fn meet(&self, tx: &mut Tx, who: &MemberId) -> Done<Member> {
        let Some(mut member) = tx.find_member(who).await? else { return self.met(tx, who).await };
        if member.back_off != BackOff::default() || member.unreachable.is_some() {
            self.acted(&mut member);
            tx.save_member(&member).await?;
        }
        Ok(member)
    }

    /// Ends back-off. A member who was left in silence gets their next slot back.
    fn acted(&self, member: &mut Member) {
        member.back_off = member.back_off.after_activity();
        member.unreachable = None;
        if member.next_slot_at.is_none() {
            self.plan_next_slot(member);
        }
    }

    async fn met(&self, tx: &mut Tx, who: &MemberId) -> Done<Member> {
        let now = self.env.now();
        let mut member = Member::new(who.clone(), Zone::utc(), now);
        member.welcomed_at = Some(now);
        if !tx.insert_member(&member).await? {
            return Err(AppError::Raced);
        }
        let welcome = NewOutbox::for_member(self.env.row_id(), who.clone(), OutKind::Welcome, "", now);
        tx.enqueue(welcome.once(format!("welcome:{who}"))).await?;
        let profile = Job {
            id: self.env.row_id(),
            team: who.team.clone(),
            member: Some(who.clone()),
            kind: JobKind::RefreshProfile,
            channel: None,
            ts: None,
            subject: None,
            due_at: now,
            attempts: 0,
        };
        tx.enqueue_job(&profile, Some(&format!("profile:{who}"))).await?;
        Ok(member)
    }

    pub(super) async fn home_opened(&self, tx: &mut Tx, who: &MemberId) -> Done<Outcome> {
        self.meet(tx, who).await?;
        Ok(Did::Opened.into())
    }

    /// Slack says that a profile changed. A stranger's is none of our business.
    pub(super) async fn profile_changed(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        zone: Option<&str>,
        deactivated: bool,
    ) -> Done<Outcome> {
        if let Some(mut member) = tx.find_member(who).await? {
            let mut changed = self.follow_slack_zone(&mut member, zone);
            if deactivated != (member.unreachable.as_deref() == Some(DEACTIVATED)) {
                member.unreachable = deactivated.then(|| DEACTIVATED.to_owned());
                changed = true;
            }
            if changed {
                tx.save_member(&member).await?;
            }
        }
        Ok(Did::Nothing.into())
    }

    /// Takes over the zone that Slack names, unless the member has set one. True: it is another one.
    pub(super) fn follow_slack_zone(&self, member: &mut Member, zone: Option<&str>) -> bool {
        let named = zone.and_then(|name| Zone::parse(name, false).ok());
        match named.filter(|zone| !member.zone.set_by_member && zone.name() != member.zone.name()) {
            Some(zone) => {
                member.zone = zone;
                self.replan(member);
                true
            }
            None => false,
        }
    }

    /// Computes what comes next again, after zone, cadence or quiet hours changed.
    pub(super) fn replan(&self, member: &mut Member) {
        self.plan_next_slot(member);
        if member.next_report_at.is_some() {
            member.next_report_at = Some(cadence::next_report_at(member, self.env.now()));
        }
    }

    fn plan_next_slot(&self, member: &mut Member) {
        let now = self.env.now();
        let silent = member.back_off.is_silent();
        let cadence = member.cadence.as_ref().filter(|_| !silent);
        member.next_slot_at = cadence.and_then(|cadence| cadence::next_slot(cadence, &member.zone, now));
    }

    /// When the next nudge comes, on the member's own clock.
    pub(super) async fn next_nudge_of(&self, tx: &mut Tx, who: &MemberId) -> Done<Option<DateTime>> {
        let member = tx.find_member(who).await?;
        Ok(member
            .and_then(|member| nudge::next_nudge(&member, self.env.now()).map(|at| member.zone.local(at))))
    }

    /// The member's own date; UTC's for a stranger.
    pub(super) async fn today_of(&self, tx: &mut Tx, who: &MemberId) -> Done<Date> {
        let now = self.env.now();
        let member = tx.find_member(who).await?;
        Ok(member.map_or_else(|| Zone::utc().local(now).date(), |member| member.local_date(now)))
    }
}

/// Why a deactivated account is not reachable.
const DEACTIVATED: &str = "deactivated";
