//! Members: finds or creates them, and ends back-off when they act.

use crate::{
    coach::{
        cadence,
        ids::MemberId,
        member::{BackOff, Member, Zone},
        nudge,
    },
    interaction::{Ctx, InteractionError, Result},
    store::{JobPayload, NewJob, NewOutbox, OutboxPayload},
};
use jiff::civil::{DateTime, Time};

/// The member who acts, created if they are new. Every action ends back-off and marks
/// the member as reachable.
pub async fn get_or_create_member(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Member> {
    let Some(mut member) = ctx.tx.find_member(who).await? else { return create_member(ctx, who).await };
    if member.back_off != BackOff::default() || member.unreachable.is_some() {
        member.back_off = member.back_off.after_activity();
        member.unreachable = None;
        // After the silence at the end of back-off there is no next slot: the member gets one back.
        if member.next_slot_at.is_none() {
            plan_next_slot(ctx, &mut member);
        }
        ctx.tx.save_member(&member).await?;
    }
    Ok(member)
}

/// Stores a new member, queues the first contact if they have not had it, and asks Slack for their time zone.
async fn create_member(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Member> {
    let now = ctx.now();
    let mut member = Member::new(who.clone(), Zone::utc(), now);
    member.welcomed_at = Some(now);
    // Whoever looked before they acted has the welcome, and with it the conversation is known.
    member.dm = ctx.tx.sent_message(who, &OutboxPayload::Welcome).await?.map(|welcome| welcome.channel);
    if !ctx.tx.insert_member(&member).await? {
        return Err(InteractionError::Raced);
    }
    note_first_look(ctx, who).await?;
    enqueue_welcome(ctx, who).await?;
    let profile = NewJob::for_member(ctx.new_id(), who.clone(), JobPayload::RefreshProfile, now);
    ctx.tx.enqueue_job(profile.once(format!("profile:{who}"))).await?;
    Ok(member)
}

/// Notes that somebody looks at LeadLens. False: they did before, or they were a member. What is stored does not name
/// them.
pub async fn note_first_look(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<bool> {
    let hash = ctx.pepper().stored_member("first-look", who);
    Ok(ctx.tx.note_first_look(&who.team, &hash).await?)
}

/// Queues the first contact, unless the person has it already.
pub async fn enqueue_welcome(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<()> {
    let welcome = NewOutbox::for_member(ctx.new_id(), who.clone(), OutboxPayload::Welcome, ctx.now());
    ctx.tx.enqueue(welcome.once(format!("welcome:{who}"))).await?;
    Ok(())
}

/// Takes over the time zone that Slack names, unless the member has set one. True if it changed; the caller
/// saves the member.
pub async fn follow_slack_zone(ctx: &mut Ctx<'_>, member: &mut Member, zone: Option<&str>) -> Result<bool> {
    let named = zone.and_then(|name| Zone::parse(name, false).ok());
    let moved = named.filter(|zone| !member.zone.set_by_member && zone.name() != member.zone.name());
    let Some(zone) = moved else { return Ok(false) };
    member.zone = zone;
    replan(ctx, member);
    if let Some(cadence) = member.cadence.as_ref().filter(|_| member.next_slot_at.is_some()) {
        let now = ctx.now();
        let midnight = cadence::resolve(member.local_date(now), Time::midnight(), &member.zone.time_zone());
        let asked = ctx.tx.slots_asked_since(&member.id, midnight).await?;
        member.next_slot_at = cadence::next_slot_after_journey(cadence, &member.zone, now, asked);
    }
    Ok(true)
}

/// Computes the next nudge and the next report again, after zone, cadence or quiet hours changed.
pub fn replan(ctx: &Ctx<'_>, member: &mut Member) {
    plan_next_slot(ctx, member);
    // A due time that passes by this change stays: the worker plans the report at once.
    member.next_report_at = member.next_report_at.map(|at| cadence::moved_report(member, at));
}

fn plan_next_slot(ctx: &Ctx<'_>, member: &mut Member) {
    let silent = member.back_off.is_silent();
    let cadence = member.cadence.as_ref().filter(|_| !silent);
    let next = cadence.and_then(|cadence| cadence::next_slot(cadence, &member.zone, ctx.now()));
    member.next_slot_at = next;
}

/// When the next nudge comes, in the member's local time.
pub async fn next_nudge_of(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Option<DateTime>> {
    let Some(member) = ctx.tx.find_member(who).await? else { return Ok(None) };
    Ok(nudge::next_nudge(&member, ctx.now()).map(|at| member.zone.local(at)))
}
