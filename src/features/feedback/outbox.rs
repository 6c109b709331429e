use super::round::{self, question_screen};
use crate::{
    coach::{
        feedback::{Round, RoundState},
        ids::{MemberId, RowId, UserId},
        member::{Member, Presence, Zone},
        nudge::{Decision, decide_follow_up},
        screen::{FeedbackResultScreen, Invitation, Message},
    },
    interaction::{Composed, Ctx, Result},
    store::OutboxRow,
};
use jiff::Timestamp;

/// The question to one person, who need not be a member. The token of its buttons is made here, for this
/// message alone, and stored nowhere.
pub async fn compose_question(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    who: &MemberId,
    round: &RowId,
    presence: &Presence,
) -> Result<Composed> {
    let found = ctx.tx.find_round(round).await?;
    let Some(round) = found.filter(|round| round.state == RoundState::Open) else {
        return Ok(Composed::Drop("round-over"));
    };
    if !ctx.tx.is_asked(&round.id, who).await? {
        return Ok(Composed::Drop("not-asked"));
    }
    if ctx.tx.is_opted_out_of_feedback(who).await? {
        round::not_reached(ctx, round, who).await?;
        return Ok(Composed::Drop("opted-out"));
    }
    let known = ctx.tx.find_member(who).await?;
    let person = known.clone().unwrap_or_else(|| stranger(who, presence, ctx.now()));
    match when_free(row, &Member { unreachable: None, ..person }, presence, ctx.now()) {
        Decision::Send | Decision::AskToGoOn => {}
        Decision::Postpone(at) => return Ok(Composed::Wait(at)),
        Decision::Skip(_) => {
            round::not_reached(ctx, round, who).await?;
            return Ok(Composed::Drop("deactivated"));
        }
    }
    let from = Invitation { round: round.id.clone(), token: ctx.random_token() };
    let screen = question_screen(ctx, &round, who, from).await?;
    Ok(Composed::post(row, known.as_ref(), Message::FeedbackAsk(screen)))
}

/// Somebody who is no member: the usual quiet hours, in the zone that Slack names.
fn stranger(who: &MemberId, presence: &Presence, now: Timestamp) -> Member {
    let zone = presence.slack_zone.as_deref().and_then(|name| Zone::parse(name, false).ok());
    Member::new(who.clone(), zone.unwrap_or_else(Zone::utc), now)
}

/// Whether a message of a round is sent now. One in doubt may be in the DM already, and is looked for
/// whatever the hour is.
fn when_free(row: &OutboxRow, person: &Member, presence: &Presence, now: Timestamp) -> Decision {
    if row.attempted_at.is_some() { Decision::Send } else { decide_follow_up(person, presence, now) }
}

/// A question's message once the round is over.
pub fn compose_over(row: &OutboxRow) -> Composed {
    Composed::update(row, Message::FeedbackOver)
}

/// Says that a round began, while it is open.
pub async fn compose_began(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    round: &RowId,
) -> Result<Composed> {
    let found = ctx.tx.find_round(round).await?;
    let Some(round) = found.filter(|round| round.state == RoundState::Open) else {
        return Ok(Composed::Drop("round-over"));
    };
    let screen = round::running_screen(member, &round);
    Ok(Composed::post(row, Some(member), Message::FeedbackBegan(screen)))
}

/// The same message when the round has changed. A cancelled round is deleted.
pub async fn compose_began_update(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    round: &RowId,
) -> Result<Composed> {
    let found = ctx.tx.find_round(round).await?;
    Ok(Composed::update(
        row,
        match found {
            Some(round) if round.state == RoundState::Open => {
                Message::FeedbackBegan(round::running_screen(member, &round))
            }
            found => {
                let closed = found.is_some_and(|round| round.state == RoundState::Closed);
                Message::FeedbackEnded { cancelled: !closed }
            }
        },
    ))
}

/// Says who of those named cannot be asked.
pub fn compose_refused(row: &OutboxRow, member: &Member, people: &[UserId]) -> Composed {
    Composed::post(row, Some(member), Message::FeedbackRefused { people: people.to_vec() })
}

/// The result of a round, while it has one.
pub async fn compose_result(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    round: &RowId,
    presence: &Presence,
) -> Result<Composed> {
    let found = ctx.tx.find_round(round).await?;
    let closed = |round: &Round| round.state == RoundState::Closed && round.asker == member.id;
    let Some(round) = found.filter(closed) else { return Ok(Composed::Drop("no-result")) };
    match when_free(row, member, presence, ctx.now()) {
        Decision::Send | Decision::AskToGoOn => {}
        Decision::Postpone(at) => return Ok(Composed::Wait(at)),
        Decision::Skip(_) => return Ok(Composed::Drop("let-go")),
    }
    let screen = FeedbackResultScreen {
        asked_on: member.local_date(round.asked_at),
        counts: round.counts,
        comments: ctx.tx.feedback_comments(&round.id).await?,
    };
    Ok(Composed::post(row, Some(member), Message::FeedbackResult(screen)))
}
