//! The Home tab, from what is stored at the moment it is published.

use crate::{
    coach::{
        balance::{self, HatBalance, RHYTHM_WEEKS},
        feedback::RoundState,
        ids::MemberId,
        member::{Member, Zone},
        month::Month,
        nudge,
        plan::PlanCounts,
        screen::{Home, LlmConsentStatus, MonthSummary, PlanScreen},
    },
    interaction::{AppState, Ctx, Result, steps, steps::evidence::load_evidence},
};
use jiff::civil::Date;

/// How many of the newest reflections Home shows.
const RECENT: usize = 3;

/// How many open plans Home shows.
const PLANS: usize = 3;

/// Loads a member's Home as it is now. It also works for somebody who is not a member yet.
pub async fn load(state: &AppState, who: &MemberId) -> Result<Home> {
    let who = who.clone();
    state
        .read(move |ctx| {
            Box::pin(async move {
                let known = ctx.tx.find_member(&who).await?;
                let member = known.unwrap_or_else(|| Member::new(who, Zone::utc(), ctx.now()));
                home_of(ctx, &member).await
            })
        })
        .await
}

async fn home_of(ctx: &mut Ctx<'_>, member: &Member) -> Result<Home> {
    let now = ctx.now();
    let today = member.local_date(now);
    let month = Month::containing(today);
    let evidence = load_evidence(ctx, &member.id, balance::evidence_start(month), today).await?;
    let hats = balance::balance(&evidence, month, today);
    let before = balance::balance(&evidence, month.previous(), today);
    let begun = ctx.tx.plans_between(&member.id, month.first_day(), today).await?;
    let plans = open_plans(ctx, member).await?;
    let (_, recent) = ctx.tx.reflections_page(&member.id, None, 0, RECENT).await?;
    let recent = steps::history::entries(ctx, &member.id, recent).await?;
    let (acts, _) = ctx.tx.acts_page(&member.id, 0, 1).await?;
    Ok(Home {
        nudges_on: member.cadence.is_some(),
        next_nudge: nudge::next_nudge(member, now).map(|at| member.zone.local(at)),
        paused: member.pause.filter(|_| member.is_paused(now)).map(|pause| pause.until_on),
        focus: member.focus,
        this_month: glance(month, &hats),
        last_month: glance(month.previous(), &before),
        active_weeks: u8::try_from(hats.rhythm.count).unwrap_or(RHYTHM_WEEKS),
        feedback_until: feedback_until(ctx, member).await?,
        feedback_opted_out: ctx.tx.is_opted_out_of_feedback(&member.id).await?,
        experiments: PlanCounts::of(&begun, month).all_experiments(),
        plans,
        recent,
        acts,
        llm_consent: model_choice(ctx, &member.id).await?,
    })
}

fn glance(month: Month, hats: &HatBalance) -> MonthSummary {
    MonthSummary {
        month,
        evidence: hats.said.evidence,
        leader: hats.said.leader.count,
        manager: hats.said.manager.count,
    }
}

async fn open_plans(ctx: &mut Ctx<'_>, member: &Member) -> Result<Vec<PlanScreen>> {
    let open = ctx.tx.open_plans(&member.id).await?;
    Ok(open.iter().take(PLANS).map(|plan| steps::plan::plan_screen(ctx, member, plan)).collect())
}

/// When a member's open feedback round ends at the latest. The number of answers is not shown to anybody.
async fn feedback_until(ctx: &mut Ctx<'_>, member: &Member) -> Result<Option<Date>> {
    let last = ctx.tx.rounds_of(&member.id).await?.pop();
    let open = last.filter(|round| round.state == RoundState::Open);
    Ok(open.map(|round| member.local_date(round.ends_at)))
}

/// What the member said about today's language model.
async fn model_choice(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Option<LlmConsentStatus>> {
    let consent = steps::follow_up_form::consent(ctx, who).await?;
    let consent = consent.filter(|consent| Some(consent.host.as_str()) == ctx.llm_host());
    Ok(consent.map(|it| LlmConsentStatus { agreed: it.allows(&it.host), host: it.host }))
}
