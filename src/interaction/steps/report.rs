//! A month's report from what is stored.

use super::evidence::load_evidence;
use crate::{
    coach::{
        balance, cadence,
        ids::MemberId,
        member::Member,
        month::Month,
        plan::{Plan, PlanState},
        screen::OwnWords,
    },
    interaction::{Ctx, Result},
    report::{Report, quotation::own_words},
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Time};

/// Computes a month's report from what is stored.
pub async fn load(ctx: &mut Ctx<'_>, member: &Member, month: Month) -> Result<Report> {
    let today = member.local_date(ctx.now());
    let from = balance::evidence_start(month).saturating_sub(35.days());
    let evidence = load_evidence(ctx, &member.id, from, month.last_day()).await?;
    let tz = member.zone.time_zone();
    let start = cadence::resolve(month.first_day(), Time::midnight(), &tz);
    let end = cadence::resolve(month.next().first_day(), Time::midnight(), &tz);
    // A nudge is sent at most some days after the slot that it was planned for.
    let earliest = start.saturating_sub(SignedDuration::from_hours(14 * 24)).unwrap_or(start);
    let nudges = ctx.tx.nudges_between(&member.id, earliest, end.max(earliest)).await?;
    let feedback = ctx.tx.feedback_between(&member.id, month.first_day(), month.last_day()).await?;
    let plans = ctx.tx.plans_between(&member.id, month.first_day(), month.last_day()).await?;
    let report = Report::of(month, today, &member.zone, &evidence, &nudges);
    Ok(report.with_feedback(&feedback).with_plans(&plans))
}

/// The member's own words in a month, for the member alone.
pub async fn load_own_words(ctx: &mut Ctx<'_>, member: &Member, month: Month) -> Result<OwnWords> {
    let (first, last) = (month.first_day(), month.last_day());
    let reflections = ctx.tx.reflections_between(&member.id, first, last).await?;
    let plans = ctx.tx.plans_between(&member.id, first, last).await?;
    let kept = plans.iter().filter(|plan| plan.state == PlanState::Done).max_by_key(|plan| plan.made_at);
    Ok(OwnWords { kept_plan: kept.map(Plan::sentence), ..own_words(&reflections, month) })
}

/// The deduplication key of the report about a month that is due by itself.
pub fn scheduled_key(who: &MemberId, month: Month) -> String {
    format!("report:{who}:{month}")
}

/// When the report about the last month was or will be sent by itself, if it is planned.
pub async fn scheduled_at(ctx: &mut Ctx<'_>, member: &Member) -> Result<Option<Timestamp>> {
    let month = Month::containing(member.local_date(ctx.now())).previous();
    Ok(ctx.tx.sent_or_due_at(&scheduled_key(&member.id, month)).await?)
}
