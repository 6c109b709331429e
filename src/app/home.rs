//! The Home tab, from what is stored at the moment it is published.

use super::{App, Done, history::history_entry};
use crate::{
    coach::{
        balance::{self, HatBalance, RHYTHM_WEEKS},
        ids::MemberId,
        member::{Member, Zone},
        month::Month,
        nudge,
        plan::PlanCounts,
        screen::{Home, MonthGlance},
    },
    store::Tx,
};

/// How many of the newest reflections Home shows.
const RECENT: usize = 3;

impl App {
    /// What a member's Home shows now; useful to a stranger too.
    ///
    /// # Errors
    /// The store's.
    pub async fn home(&self, who: &MemberId) -> Done<Home> {
        let (app, who) = (self.clone(), who.clone());
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let now = app.env.now();
                    let known = tx.find_member(&who).await?;
                    let member = known.unwrap_or_else(|| Member::new(who, Zone::utc(), now));
                    app.home_of(tx, &member).await
                })
            })
            .await
    }

    async fn home_of(&self, tx: &mut Tx, member: &Member) -> Done<Home> {
        let now = self.env.now();
        let today = member.local_date(now);
        let month = Month::of(today);
        let evidence = self.load_evidence(tx, &member.id, balance::evidence_from(month), today).await?;
        let hats = balance::balance(&evidence, month, today);
        let before = balance::balance(&evidence, month.previous(), today);
        let begun = tx.plans_between(&member.id, month.first_day(), today).await?;
        let plans = self.plans_on_home(tx, member).await?;
        let (_, recent) = tx.reflections_page(&member.id, None, 0, RECENT).await?;
        let (acts, _) = tx.acts_page(&member.id, 0, 1).await?;
        Ok(Home {
            nudges_on: member.cadence.is_some(),
            next_nudge: nudge::next_nudge(member, now).map(|at| member.zone.local(at)),
            paused: member.pause.filter(|_| member.is_paused(now)).map(|pause| pause.until_on),
            focus: member.focus,
            this_month: glance(month, &hats),
            last_month: glance(month.previous(), &before),
            active_weeks: u8::try_from(hats.rhythm.count).unwrap_or(RHYTHM_WEEKS),
            feedback_until: self.feedback_until(tx, member).await?,
            feedback_opted_out: tx.is_opted_out_of_feedback(&member.id).await?,
            experiments: PlanCounts::of(&begun, month).all_experiments(),
            plans,
            recent: recent.into_iter().map(history_entry).collect(),
            acts,
            model: self.model_on_home(tx, &member.id).await?,
        })
    }
}

fn glance(month: Month, hats: &HatBalance) -> MonthGlance {
    MonthGlance {
        month,
        evidence: hats.said.evidence,
        leader: hats.said.leader.count,
        manager: hats.said.manager.count,
    }
}
