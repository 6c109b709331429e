//! The asker's side: chooses whom to ask, and checks with Slack that they can be asked.

use super::{Effect, round};
use crate::{
    coach::{
        cadence,
        copy::CopyKey,
        feedback::{self, Invitee, MAX_PEOPLE, MIN_PEOPLE, Round, RoundState},
        ids::{MemberId, RowId, UserId},
        member::{Member, QuietHours, Zone},
        screen::{FeedbackAskForm, FeedbackRunningScreen, Form, Notice},
    },
    interaction::{AppState, Ctx, Outcome, Reply, ReplyTarget, Result},
    store::{Job, JobPayload, NewJob, NewOutbox, NoticePayload, OutboxPayload},
};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// What is stored to limit a member to one round in thirty days.
const LIMIT: &str = "feedback-limit";

/// What keeps a member from beginning a round.
enum Hindrance {
    /// One runs.
    Running(FeedbackRunningScreen),
    /// The last one began less than 30 days ago.
    TooSoon(Notice),
}

/// What keeps a member from beginning a round now, if something does. The limit is kept apart from the rounds:
/// it also counts a round that was cancelled or could not be held, and outlives the member's erasure.
async fn hindrance(ctx: &mut Ctx<'_>, member: &Member) -> Result<Option<Hindrance>> {
    let now = ctx.now();
    let last = ctx.tx.rounds_of(&member.id).await?.pop();
    if let Some(round) = last.as_ref().filter(|round| round.state.is_running()) {
        return Ok(Some(Hindrance::Running(round::running_screen(member, round))));
    }
    let asker = ctx.pepper().stored_member(LIMIT, &member.id);
    let limited = ctx.tx.feedback_limit(&asker).await?;
    let limited = limited.and_then(|until| until.checked_sub(feedback::MIN_INTERVAL).ok());
    let last = last.map(|round| round.asked_at).max(limited);
    let recent = last.filter(|asked_at| feedback::next_round_at(*asked_at) > now);
    Ok(recent.map(|asked_at| Hindrance::TooSoon(too_soon(member, asked_at))))
}

fn too_soon(member: &Member, asked_at: Timestamp) -> Notice {
    Notice::FeedbackTooSoon {
        asked_on: member.local_date(asked_at),
        again_on: member.local_date(feedback::next_round_at(asked_at)),
    }
}

/// The form that shows what will be sent; while a round runs, that round.
pub(super) async fn open(
    ctx: &mut Ctx<'_>,
    member: &Member,
    named: Vec<UserId>,
    unclear: bool,
    target: &ReplyTarget,
) -> Result<Reply> {
    Ok(match hindrance(ctx, member).await? {
        Some(Hindrance::Running(screen)) => target.show(Form::FeedbackRunning(screen)),
        Some(Hindrance::TooSoon(notice)) => target.notice(notice),
        None => {
            let form = FeedbackAskForm { unclear, ..form_for(ctx, &member.id, named) };
            target.show(Form::FeedbackAsk(form))
        }
    })
}

/// The form with those who are named, each once.
fn form_for(ctx: &Ctx<'_>, asker: &MemberId, named: Vec<UserId>) -> FeedbackAskForm {
    let oneself = named.contains(&asker.user);
    let mut once = HashSet::new();
    let asks = |user: &UserId| *user != asker.user && once.insert(user.clone());
    FeedbackAskForm {
        asker: asker.user.clone(),
        question: ctx.text_for(CopyKey::FeedbackWhom),
        people: named.into_iter().filter(asks).take(MAX_PEOPLE).collect(),
        unclear: false,
        oneself,
        refused: Vec::new(),
    }
}

/// Begins a round. Slack is asked about those named before anybody is asked.
pub(super) async fn begin(
    ctx: &mut Ctx<'_>,
    member: &Member,
    people: &[UserId],
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match hindrance(ctx, member).await? {
        Some(Hindrance::Running(screen)) => {
            return Outcome::unchanged(target.with_home(target.show(Form::FeedbackRunning(screen))));
        }
        Some(Hindrance::TooSoon(notice)) => {
            return Outcome::unchanged(target.with_home(target.notice(notice)));
        }
        None => {}
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
    let asker = ctx.pepper().stored_member(LIMIT, &member.id);
    ctx.tx.limit_feedback(&asker, feedback::next_round_at(now)).await?;
    let payload = JobPayload::CheckAsked { round: round.id, view: target.view().cloned() };
    ctx.tx.enqueue_job(NewJob::for_member(ctx.new_id(), member.id.clone(), payload, now)).await?;
    Outcome::changed(Effect::Requested)
}

/// Those who were named in a round.
pub async fn people_to_check(state: &AppState, round: &RowId) -> Result<Vec<UserId>> {
    let round = round.clone();
    state.read(move |ctx| Box::pin(async move { Ok(ctx.tx.people_asked(&round).await?) })).await
}

/// What became of a round when those named in it were checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// What the form that waits turns into.
    pub form: Form,
    /// The message about it, should the form be closed. `None` if a message is sent in any case.
    pub message: Option<OutboxPayload>,
}

/// Stores what Slack says about the people who were named, and finishes the job. `None`: the round was
/// cancelled meanwhile.
#[allow(clippy::implicit_hasher, reason = "a map inside this program has the standard hasher")]
pub async fn people_checked(
    state: &AppState,
    job: &Job,
    round: &RowId,
    known: HashMap<UserId, Invitee>,
) -> Result<Option<Checked>> {
    let (job, round) = (job.id.clone(), round.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                let checked = match checking(ctx, &round).await? {
                    Some(round) => Some(checked(ctx, round, &known).await?),
                    None => None,
                };
                ctx.tx.finish_job(&job).await?;
                Ok(checked)
            })
        })
        .await
}

/// The form that waited was closed: a message takes its place.
pub async fn form_closed(state: &AppState, who: &MemberId, message: OutboxPayload) -> Result<()> {
    let who = who.clone();
    state
        .write(move |ctx| {
            Box::pin(async move {
                let row = NewOutbox::for_member(ctx.new_id(), who, message, ctx.now());
                ctx.tx.enqueue(row).await?;
                Ok(())
            })
        })
        .await?;
    state.wake.notify_one();
    Ok(())
}

/// If some of those named are no people who can be asked, nobody is asked and the asker chooses again: the form
/// promised to ask all who are shown. Everybody in Slack can see who is a bot, a guest or gone, so they are named.
/// Otherwise those who can be asked are asked, if they are at least three. People who opted out are left out without
/// a word, and a refusal for too few names no number: an asker who names one person and two bots would otherwise learn
/// whether that person opted out. For the same reason such a round counts against the limit.
async fn checked(ctx: &mut Ctx<'_>, round: Round, known: &HashMap<UserId, Invitee>) -> Result<Checked> {
    let named = ctx.tx.people_asked(&round.id).await?;
    let can_be_asked = |user: &UserId| known.get(user).is_some_and(|person| person.can_be_asked);
    let (people, refused): (Vec<UserId>, Vec<UserId>) = named.into_iter().partition(can_be_asked);
    if refused.is_empty() {
        return ask(ctx, round, people, known).await;
    }
    withdraw(ctx, &round).await?;
    let form = FeedbackAskForm { refused: refused.clone(), ..form_for(ctx, &round.asker, people) };
    let message = Some(OutboxPayload::FeedbackRefused { people: refused });
    Ok(Checked { form: Form::FeedbackAsk(form), message })
}

/// Deletes a round that asked nobody and says nothing about those who were named: the asker may try again.
async fn withdraw(ctx: &mut Ctx<'_>, round: &Round) -> Result<()> {
    ctx.tx.delete_round(&round.id).await?;
    let asker = ctx.pepper().stored_member(LIMIT, &round.asker);
    ctx.tx.lift_feedback_limit(&asker).await?;
    Ok(())
}

/// Ends a round without asking anybody, because Slack did not say who of those named can be asked.
pub async fn check_failed(ctx: &mut Ctx<'_>, round: &RowId) -> Result<()> {
    if let Some(round) = checking(ctx, round).await? {
        withdraw(ctx, &round).await?;
        notify_asker(ctx, &round, OutboxPayload::Notice(NoticePayload::FeedbackNotChecked)).await?;
    }
    Ok(())
}

/// The round, while those named in it are being checked.
async fn checking(ctx: &mut Ctx<'_>, round: &RowId) -> Result<Option<Round>> {
    Ok(ctx.tx.find_round(round).await?.filter(|round| round.state == RoundState::Checking))
}

/// Asks those who did not ask not to be asked.
async fn ask(
    ctx: &mut Ctx<'_>,
    mut round: Round,
    named: Vec<UserId>,
    known: &HashMap<UserId, Invitee>,
) -> Result<Checked> {
    let mut people = Vec::new();
    for user in named {
        let who = MemberId { team: round.asker.team.clone(), user };
        if ctx.tx.is_opted_out_of_feedback(&who).await? {
            ctx.tx.remove_asked(&round.id, &who).await?;
        } else {
            people.push(who);
        }
    }
    if people.len() < MIN_PEOPLE {
        ctx.tx.delete_round(&round.id).await?;
        notify_asker(ctx, &round, OutboxPayload::Notice(NoticePayload::FeedbackTooFew)).await?;
        return Ok(Checked { form: Form::Notice(Notice::FeedbackTooFew), message: None });
    }
    let now = ctx.now();
    round.state = RoundState::Open;
    round.asked = u32::try_from(people.len()).unwrap_or(u32::MAX);
    round.closes_at = Some(round.ends_at);
    ctx.tx.save_round(&round).await?;
    for who in people {
        let zone = known.get(&who.user).and_then(|person| person.zone.as_deref());
        let due_at = waking_hour(ctx, &who, zone, now).await?;
        let key = format!("feedback:{}:{}", round.id, who.user);
        let payload = OutboxPayload::FeedbackAsk { round: round.id.clone() };
        let row = NewOutbox::for_member(ctx.new_id(), who, payload, now);
        ctx.tx.enqueue(row.due(due_at).once(key)).await?;
    }
    notify_asker(ctx, &round, OutboxPayload::FeedbackBegan { round: round.id.clone() }).await?;
    let member = round::asker_of(ctx, &round).await?;
    Ok(Checked { form: Form::FeedbackRunning(round::running_screen(&member, &round)), message: None })
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

async fn notify_asker(ctx: &mut Ctx<'_>, round: &Round, payload: OutboxPayload) -> Result<()> {
    let row = NewOutbox::for_member(ctx.new_id(), round.asker.clone(), payload, ctx.now());
    ctx.tx.enqueue(row).await?;
    Ok(())
}
