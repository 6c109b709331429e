//! An open round: who was reached, when it closes, and its result.

use crate::{
    coach::{
        cadence,
        feedback::{self, AnswerToken, FeedbackAnswer, Round, RoundState},
        ids::{MemberId, RowId},
        member::{Member, Zone},
        screen::{FeedbackAskScreen, FeedbackAskState, FeedbackRunningScreen, Invitation},
    },
    interaction::{AppState, Ctx, Result, steps},
    store::{NewOutbox, OutboxPayload, UpdatePayload},
};
use jiff::{Timestamp, civil::Date};

/// How many rounds one transaction closes.
const BATCH: usize = 20;

/// The asker's own date at an instant.
pub(super) async fn asker_date(ctx: &mut Ctx<'_>, asker: &MemberId, at: Timestamp) -> Result<Date> {
    let member = ctx.tx.find_member(asker).await?;
    Ok(member.map_or_else(|| Zone::utc().local(at).date(), |member| member.local_date(at)))
}

/// The member who asks.
pub(super) async fn asker_of(ctx: &mut Ctx<'_>, round: &Round) -> Result<Member> {
    let now = ctx.now();
    let known = ctx.tx.find_member(&round.asker).await?;
    Ok(known.unwrap_or_else(|| Member::new(round.asker.clone(), Zone::utc(), now)))
}

/// A running round, as its asker sees it.
pub(super) fn running_screen(member: &Member, round: &Round) -> FeedbackRunningScreen {
    FeedbackRunningScreen {
        round: round.id.clone(),
        asked_on: member.local_date(round.asked_at),
        until_on: member.local_date(round.ends_at),
    }
}

/// Cancels a running round of a member, and returns when the next one can begin, because the round still counts
/// against the limit. From now on nobody is asked and no answer is accepted; the worker does the rest, see
/// [`close_due`]. `None`: no such round runs.
pub(super) async fn cancel(ctx: &mut Ctx<'_>, member: &Member, id: &RowId) -> Result<Option<Date>> {
    let found = ctx.tx.find_round(id).await?;
    let running = found.filter(|round| round.asker == member.id && round.state.is_running());
    let Some(mut round) = running else { return Ok(None) };
    round.state = RoundState::Cancelled;
    round.closes_at = Some(ctx.now());
    ctx.tx.save_round(&round).await?;
    Ok(Some(member.local_date(feedback::next_round_at(round.asked_at))))
}

/// The round, while it is open and asks this person.
pub(super) async fn open_round(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    from: &Invitation,
) -> Result<Option<Round>> {
    let found = ctx.tx.find_round(&from.round).await?;
    let open = |round: &Round| round.state == RoundState::Open && round.asker.team == who.team;
    let Some(round) = found.filter(open) else { return Ok(None) };
    Ok(ctx.tx.is_asked(&round.id, who).await?.then_some(round))
}

/// The question as its message shows it to one person.
pub(super) async fn question_screen(
    ctx: &mut Ctx<'_>,
    round: &Round,
    who: &MemberId,
    from: Invitation,
) -> Result<FeedbackAskScreen> {
    let state = match find_answer(ctx, &from).await? {
        None => FeedbackAskState::Asked,
        Some(None) => FeedbackAskState::Declined,
        Some(Some(_)) => FeedbackAskState::Answered,
    };
    Ok(FeedbackAskScreen {
        asker: round.asker.user.clone(),
        state,
        opted_out: ctx.tx.is_opted_out_of_feedback(who).await?,
        until_on: asker_date(ctx, &round.asker, round.ends_at).await?,
        from,
    })
}

/// What a person said in a round. `None`: nothing yet. `Some(None)`: declined.
pub(super) async fn find_answer(
    ctx: &mut Ctx<'_>,
    from: &Invitation,
) -> Result<Option<Option<FeedbackAnswer>>> {
    let token = stored_token(ctx, from).await?;
    Ok(ctx.tx.find_feedback_answer(&from.round, &token).await?)
}

/// Stores what a person says, or that they decline.
pub(super) async fn save_answer(
    ctx: &mut Ctx<'_>,
    from: &Invitation,
    answer: Option<&FeedbackAnswer>,
) -> Result<()> {
    let token = stored_token(ctx, from).await?;
    Ok(ctx.tx.save_feedback_answer(&from.round, &token, answer).await?)
}

/// The token under which an answer is stored. Somebody who reads the message in Slack and the database cannot
/// tell which answer belongs to the message, because the key that connects them is in neither. Answers of rounds
/// that an older version began are under the token of the message.
async fn stored_token(ctx: &mut Ctx<'_>, from: &Invitation) -> Result<AnswerToken> {
    if ctx.tx.find_feedback_answer(&from.round, &from.token).await?.is_some() {
        return Ok(from.token.clone());
    }
    Ok(ctx.pepper().stored_token(from))
}

/// Slack will never deliver a question: the person it was for counts as not asked.
pub async fn question_refused(ctx: &mut Ctx<'_>, who: &MemberId, id: &RowId) -> Result<()> {
    if let Some(round) = ctx.tx.find_round(id).await?.filter(|round| round.state == RoundState::Open) {
        not_reached(ctx, round, who).await?;
    }
    Ok(())
}

pub(super) async fn not_reached(ctx: &mut Ctx<'_>, mut round: Round, who: &MemberId) -> Result<()> {
    if ctx.tx.remove_asked(&round.id, who).await? {
        round.asked = round.asked.saturating_sub(1);
        recount(ctx, round).await?;
    }
    Ok(())
}

/// When everybody has answered or declined, the round closes on the asker's next working morning. The
/// last person can change or take back their answer until then, and the hour of the result does not reveal
/// when they gave it.
pub(super) async fn recount(ctx: &mut Ctx<'_>, mut round: Round) -> Result<()> {
    let (heard, _) = ctx.tx.feedback_answers(&round.id).await?;
    let is_complete = u32::try_from(heard).unwrap_or(u32::MAX) >= round.asked;
    let soon = round.closes_at.filter(|at| *at < round.ends_at);
    round.closes_at = Some(match (is_complete, soon) {
        (true, Some(soon)) => soon,
        (true, None) => next_morning_of(ctx, &round.asker).await?.min(round.ends_at),
        (false, _) => round.ends_at,
    });
    ctx.tx.save_round(&round).await?;
    Ok(())
}

async fn next_morning_of(ctx: &mut Ctx<'_>, asker: &MemberId) -> Result<Timestamp> {
    let now = ctx.now();
    let member = ctx.tx.find_member(asker).await?;
    let member = member.unwrap_or_else(|| Member::new(asker.clone(), Zone::utc(), now));
    let today = member.local_date(now);
    Ok(cadence::next_working_morning(&member, today.tomorrow().unwrap_or(today), now))
}

/// Closes the rounds whose time has come and deletes the cancelled ones, and returns how many; called until it returns 0. The answers are gone
/// from the database then, and from its log, which held the rows as they were before each change.
pub async fn close_due(state: &AppState) -> Result<usize> {
    let closed = close_batch(state).await?;
    if closed > 0
        && let Err(error) = state.store.empty_log().await
    {
        tracing::warn!(%error, "the answers of a feedback round that is over may still be in the log");
    }
    Ok(closed)
}

async fn close_batch(state: &AppState) -> Result<usize> {
    state
        .write(|ctx| {
            Box::pin(async move {
                let now = ctx.now();
                let rounds = ctx.tx.rounds_to_close(now, BATCH).await?;
                let due = rounds.len();
                for round in rounds {
                    close(ctx, &round).await?;
                }
                Ok(due)
            })
        })
        .await
}

/// Stores the result, deletes the answers, and takes the buttons off the messages in Slack. Of a round that was
/// cancelled nothing stays.
async fn close(ctx: &mut Ctx<'_>, round: &Round) -> Result<()> {
    steps::feedback::take_back_questions(ctx, &round.id).await?;
    update_began_message(ctx, round).await?;
    match round.state {
        RoundState::Cancelled => ctx.tx.delete_round(&round.id).await.map(|_| ()).map_err(Into::into),
        RoundState::Checking | RoundState::Open | RoundState::Closed => store_result(ctx, round).await,
    }
}

/// Changes the message that says that the round began.
async fn update_began_message(ctx: &mut Ctx<'_>, round: &Round) -> Result<()> {
    let began = OutboxPayload::FeedbackBegan { round: round.id.clone() };
    if let Some(message) = ctx.tx.sent_message(&round.asker, &began).await? {
        let shows = UpdatePayload::FeedbackBegan { round: round.id.clone() };
        steps::outbox::enqueue_update(ctx, &round.asker, message, shows).await?;
    }
    Ok(())
}

async fn store_result(ctx: &mut Ctx<'_>, round: &Round) -> Result<()> {
    let now = ctx.now();
    let (_, answers) = ctx.tx.feedback_answers(&round.id).await?;
    let outcome = feedback::round_result(answers, || ctx.random());
    let ids = steps::feedback::comment_ids(ctx, outcome.as_ref());
    let closed_on = asker_date(ctx, &round.asker, now).await?;
    ctx.tx.close_round(&round.id, closed_on, outcome.as_ref(), &ids).await?;
    let due_at = match ctx.tx.find_member(&round.asker).await? {
        Some(member) => cadence::next_allowed_at(&member, now),
        None => now,
    };
    let payload = OutboxPayload::FeedbackResult { round: round.id.clone() };
    let row = NewOutbox::for_member(ctx.new_id(), round.asker.clone(), payload, now);
    ctx.tx.enqueue(row.due(due_at).once(format!("feedback-result:{}", round.id))).await?;
    Ok(())
}
