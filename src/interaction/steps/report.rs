//! A month's report from what is stored.

use super::{evidence::load_evidence, outbox};
use crate::{
    coach::{
        balance, cadence,
        ids::MemberId,
        look_back::LookBackCounts,
        member::Member,
        month::Month,
        plan::{Plan, PlanState},
        screen::OwnWords,
    },
    interaction::{Ctx, Result},
    report::{Report, quotation::own_words},
    store::{OutboxPayload, UpdatePayload},
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
};

/// Why there is no report on a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoReport {
    /// The month is in the future.
    NotBegun,
    /// The member's first entry is later.
    BeforeFirstEntry,
}

/// The month of a report if none was named: [`Month::to_report`] if the member has entries in it.
pub async fn month_to_report(ctx: &mut Ctx<'_>, member: &Member) -> Result<Month> {
    let today = member.local_date(ctx.now());
    let (this, wanted) = (Month::containing(today), Month::to_report(today));
    if wanted == this {
        return Ok(this);
    }
    let evidence = load_evidence(ctx, &member.id, wanted.first_day(), wanted.last_day()).await?;
    Ok(if evidence.is_empty() { this } else { wanted })
}

/// Whether a month cannot be reported on. The current month always can.
pub async fn why_none(ctx: &mut Ctx<'_>, member: &Member, month: Month) -> Result<Option<NoReport>> {
    const FIRST_DAY: Date = Date::constant(1, 1, 1);
    let this = Month::containing(member.local_date(ctx.now()));
    if month >= this {
        return Ok((month > this).then_some(NoReport::NotBegun));
    }
    // Mostly the month itself has entries, so that all before it need not be loaded.
    for from in [month.first_day(), FIRST_DAY] {
        if !load_evidence(ctx, &member.id, from, month.last_day()).await?.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(NoReport::BeforeFirstEntry))
}

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
    let told = ctx.tx.reflections_between(&member.id, month.first_day(), month.last_day()).await?;
    let look_backs = ctx.tx.look_backs_of(&member.id).await?;
    let look_backs = LookBackCounts::of(month, &told, &look_backs, |at| member.local_date(at));
    Ok(report.with_feedback(&feedback).with_plans(&plans).with_look_backs(look_backs))
}

/// The member's own words in a month, for the member alone.
pub async fn load_own_words(ctx: &mut Ctx<'_>, member: &Member, month: Month) -> Result<OwnWords> {
    let (first, last) = (month.first_day(), month.last_day());
    let reflections = ctx.tx.reflections_between(&member.id, first, last).await?;
    let plans = ctx.tx.plans_between(&member.id, first, last).await?;
    let kept = plans.iter().filter(|plan| plan.state == PlanState::Done).max_by_key(|plan| plan.made_at);
    Ok(OwnWords { kept_plan: kept.map(Plan::words), ..own_words(&reflections, month) })
}

/// After words of a date were changed or deleted: the reports in the DM that may quote them follow. Which words a
/// report quoted is stored nowhere, so every report of that month is updated.
pub async fn words_changed(ctx: &mut Ctx<'_>, who: &MemberId, on: Date) -> Result<()> {
    let month = Month::containing(on);
    for scheduled in [true, false] {
        let sent = OutboxPayload::Report { month, scheduled };
        for message in ctx.tx.sent_messages(who, &sent).await? {
            outbox::enqueue_update(ctx, who, message, UpdatePayload::Report { month }).await?;
        }
    }
    Ok(())
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
