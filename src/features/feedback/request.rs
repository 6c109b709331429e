//! The asker's side: chooses whom to ask, and checks with Slack that they can be asked.

use super::{Effect, round};
use crate::{
    coach::{
        cadence,
        copy::CopyKey,
        feedback::{self, Invitee, MAX_PEOPLE, MIN_PEOPLE, Round, RoundState},
        ids::{MemberId, RowId, UserId},
        member::{Member, QuietHours, Zone},
        screen::{Form, Notice},
    },
    interaction::{AppState, Ctx, Outcome, Reply, ReplyTarget, Result},
    store::{Job, JobPayload, NewJob, NewOutbox, NoticePayload, OutboxPayload},
};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// What the limit of one round in so many days is kept for.
const LIMIT: &str = "feedback-limit";

/// When the last round began, if that is too recent for another. The limit is kept apart from the rounds: it
/// also counts a round that could not be held, and outlives the member's erasure.
async fn recent_round(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Option<Timestamp>> {
    let now = ctx.now();
    let last = ctx.tx.rounds_of(who).await?.pop().map(|round| round.asked_at);
    let asker = ctx.outside_key().stored_member(LIMIT, who);
    let limited = ctx.tx.feedback_limit(&asker).await?;
    let limited = limited.and_then(|until| until.checked_sub(feedback::MIN_INTERVAL).ok());
    Ok(last.max(limited).filter(|asked_at| feedback::next_round_at(*asked_at) > now))
}

fn too_soon(member: &Member, asked_at: Timestamp) -> Notice {
    Notice::FeedbackTooSoon {
        asked_on: member.local_date(asked_at),
        again_on: member.local_date(feedback::next_round_at(asked_at)),
    }
}

/// The form for choosing whom to ask.
pub(super) async fn open(
    ctx: &mut Ctx<'_>,
    member: &Member,
    people: Vec<UserId>,
    unclear: bool,
    target: &ReplyTarget,
) -> Result<Reply> {
    if let Some(asked_at) = recent_round(ctx, &member.id).await? {
        return Ok(target.notice(too_soon(member, asked_at)));
    }
    let mut once = HashSet::new();
    let asks = |user: &UserId| *user != member.id.user && once.insert(user.clone());
    let people: Vec<UserId> = people.into_iter().filter(asks).take(MAX_PEOPLE).collect();
    let question = ctx.text_for(CopyKey::FeedbackWhom);
    Ok(target.show(Form::FeedbackAsk { question, people, unclear }))
}

/// Begins a round. Slack is asked about those named before anybody is asked.
pub(super) async fn begin(
    ctx: &mut Ctx<'_>,
    member: &Member,
    people: &[UserId],
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    if let Some(asked_at) = recent_round(ctx, &member.id).await? {
        return Outcome::unchanged(target.with_home(target.notice(too_soon(member, asked_at))));
    }
    let now = ctx.now();
    let round = Round {
        id: ctx.new_id(),
        asker: member.id.clone(),
        state: RoundState::Checking,
        asked: u32::try_from(people.len()).unwrap_or(u32::MAX),
        asked_at: now,
        ends_at: now.saturating_add(feedback::ROUND_DURATION).unwrap_or(now),
        closes_at: None,
        closed_on: None,
        counts: None,
    };
    ctx.tx.insert_round(&round, people).await?;
    let asker = ctx.outside_key().stored_member(LIMIT, &member.id);
    ctx.tx.limit_feedback(&asker, feedback::next_round_at(now)).await?;
    let payload = JobPayload::CheckAsked { round: round.id };
    ctx.tx.enqueue_job(NewJob::for_member(ctx.new_id(), member.id.clone(), payload, now)).await?;
    Outcome::changed(Effect::Requested)
}

/// Those who were named in a round.
pub async fn people_to_check(state: &AppState, round: &RowId) -> Result<Vec<UserId>> {
    let round = round.clone();
    state.read(move |ctx| Box::pin(async move { Ok(ctx.tx.people_asked(&round).await?) })).await
}

/// Stores what Slack says about the people who were named, and finishes the job. If at least three of them
/// can be asked, they are; otherwise nobody is asked and the asker is told, without a number: whoever names one
/// person and two bots would learn whether the person opted out. The round counts against the limit.
#[allow(clippy::implicit_hasher, reason = "a map inside this program has the standard hasher")]
pub async fn people_checked(
    state: &AppState,
    job: &Job,
    round: &RowId,
    known: HashMap<UserId, Invitee>,
) -> Result<()> {
    let (job, round) = (job.id.clone(), round.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                if let Some(round) = checking(ctx, &round).await? {
                    ask(ctx, round, &known).await?;
                }
                ctx.tx.finish_job(&job).await?;
                Ok(())
            })
        })
        .await
}

/// Ends a round without asking anybody, because Slack did not say who of those named can be asked.
pub async fn check_failed(ctx: &mut Ctx<'_>, round: &RowId) -> Result<()> {
    if let Some(round) = checking(ctx, round).await? {
        ctx.tx.delete_round(&round.id).await?;
        // This says nothing about those who were named, so the asker may try again.
        let asker = ctx.outside_key().stored_member(LIMIT, &round.asker);
        ctx.tx.lift_feedback_limit(&asker).await?;
        notify_asker(ctx, &round, NoticePayload::FeedbackNotChecked).await?;
    }
    Ok(())
}

/// The round, while those named in it are being checked.
async fn checking(ctx: &mut Ctx<'_>, round: &RowId) -> Result<Option<Round>> {
    Ok(ctx.tx.find_round(round).await?.filter(|round| round.state == RoundState::Checking))
}

/// Asks those who can be asked.
async fn ask(ctx: &mut Ctx<'_>, mut round: Round, known: &HashMap<UserId, Invitee>) -> Result<()> {
    let mut people = Vec::new();
    for user in ctx.tx.people_asked(&round.id).await? {
        let who = MemberId { team: round.asker.team.clone(), user };
        let person = known.get(&who.user).filter(|person| person.can_be_asked);
        match person {
            Some(person) if !ctx.tx.is_opted_out_of_feedback(&who).await? => {
                people.push((who, person.zone.clone()));
            }
            Some(_) | None => drop(ctx.tx.remove_asked(&round.id, &who).await?),
        }
    }
    let count = u32::try_from(people.len()).unwrap_or(u32::MAX);
    if people.len() < MIN_PEOPLE {
        ctx.tx.delete_round(&round.id).await?;
        return notify_asker(ctx, &round, NoticePayload::FeedbackTooFew).await;
    }
    let now = ctx.now();
    round.state = RoundState::Open;
    round.asked = count;
    round.closes_at = Some(round.ends_at);
    ctx.tx.save_round(&round).await?;
    for (who, zone) in people {
        let due_at = waking_hour(ctx, &who, zone.as_deref(), now).await?;
        let key = format!("feedback:{}:{}", round.id, who.user);
        let payload = OutboxPayload::FeedbackAsk { round: round.id.clone() };
        let row = NewOutbox::for_member(ctx.new_id(), who, payload, now);
        ctx.tx.enqueue(row.due(due_at).once(key)).await?;
    }
    let until_on = round::asker_date(ctx, &round.asker, round.ends_at).await?;
    notify_asker(ctx, &round, NoticePayload::FeedbackAsked { until_on }).await
}

/// The first time from now on outside quiet hours: their own if they are a member, otherwise the usual
/// ones in their zone.
async fn waking_hour(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    zone: Option<&str>,
    now: Timestamp,
) -> Result<Timestamp> {
    Ok(match ctx.tx.find_member(who).await? {
        Some(member) => cadence::next_allowed_at(&member, now),
        None => {
            let zone = zone.and_then(|name| Zone::parse(name, false).ok()).unwrap_or_else(Zone::utc);
            cadence::end_of_quiet_hours(QuietHours::default(), &zone, now)
        }
    })
}

async fn notify_asker(ctx: &mut Ctx<'_>, round: &Round, notice: NoticePayload) -> Result<()> {
    let payload = OutboxPayload::Notice(notice);
    let row = NewOutbox::for_member(ctx.new_id(), round.asker.clone(), payload, ctx.now());
    ctx.tx.enqueue(row).await?;
    Ok(())
}
