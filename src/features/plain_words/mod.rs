//! What a member asks for in plain words: answered with what LeadLens understood and one button that does it. Nothing
//! happens before the tap, and nothing of the message is stored.

use crate::{
    coach::{
        cadence::{self, Later},
        command::Asked,
        conversation::{self, Standing},
        ids::{MemberId, MessageRef, MessageTs, RowId},
        member::Member,
        month::Month,
        nudge::{self, Nudge, NudgeState},
        plain_words::Wish,
        screen::{Message, OpenQuestion, PlainWordsScreen},
    },
    interaction::{Composed, Ctx, Reply, ReplyTarget, Result, steps},
    store::{NewOutbox, OutboxPayload, OutboxRow},
};

/// Where in the conversation the member wrote. An answer to a message in a thread is in that thread.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub message: &'a MessageRef,
    pub thread: Option<&'a MessageTs>,
}

/// Answers a message of the conversation.
pub async fn answer(ctx: &mut Ctx<'_>, member: &Member, place: Place<'_>, asked: Asked) -> Result<()> {
    let nudge = question_of(ctx, &member.id, place).await?.map(|nudge| nudge.id);
    let payload = OutboxPayload::Wish { wish: asked.wish, month: asked.month, until: asked.until, nudge };
    let key = format!("wish:{}:{}", place.message.channel, place.message.ts);
    enqueue(ctx, &member.id, place, payload, key).await
}

/// "ok" and the like where a question is open: says once for each question that it is not kept. Elsewhere
/// there is nothing to say.
pub async fn acknowledge(ctx: &mut Ctx<'_>, member: &Member, place: Place<'_>) -> Result<()> {
    let Some(nudge) = question_of(ctx, &member.id, place).await? else { return Ok(()) };
    let key = format!("too-short:{}", nudge.id);
    enqueue(ctx, &member.id, place, OutboxPayload::TooShort { nudge: nudge.id }, key).await
}

async fn enqueue(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    place: Place<'_>,
    payload: OutboxPayload,
    key: String,
) -> Result<()> {
    let row = NewOutbox::for_member(ctx.new_id(), who.clone(), payload, ctx.now()).once(key);
    let row = match place.thread {
        Some(ts) => row.at(MessageRef { channel: place.message.channel.clone(), ts: ts.clone() }),
        None => row,
    };
    ctx.tx.enqueue(row).await?;
    Ok(())
}

/// The open question that is meant: that of the thread, or the newest of the last day.
async fn question_of(ctx: &mut Ctx<'_>, who: &MemberId, place: Place<'_>) -> Result<Option<Nudge>> {
    let Some(ts) = place.thread else { return newest_question(ctx, who).await };
    let parent = MessageRef { channel: place.message.channel.clone(), ts: ts.clone() };
    let nudge = ctx.tx.nudge_by_message(&who.team, &parent).await?;
    Ok(nudge.filter(|nudge| &nudge.member == who && nudge.state == NudgeState::Open))
}

async fn newest_question(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Option<Nudge>> {
    let now = ctx.now();
    let since = now.saturating_sub(conversation::ANSWER_WITHIN).unwrap_or(now);
    Ok(ctx.tx.newest_open_nudge(who, since).await?)
}

/// The answer to plain words after a command.
pub async fn reply(ctx: &mut Ctx<'_>, member: &Member, wish: Wish, target: &ReplyTarget) -> Result<Reply> {
    let question = newest_question(ctx, &member.id).await?;
    let month = steps::report::month_to_report(ctx, member).await?;
    Ok(target.say(Message::Wish(screen(ctx, member, wish.into(), month, question))))
}

/// Composes the answer from what is true when it is sent.
pub async fn compose(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    asked: Asked,
    nudge: Option<&RowId>,
) -> Result<Composed> {
    let question = match nudge {
        Some(id) => open_question(ctx, member, id).await?,
        None => None,
    };
    let month = match asked.month {
        Some(month) => month,
        None => steps::report::month_to_report(ctx, member).await?,
    };
    let screen = screen(ctx, member, asked, month, question);
    Ok(Composed::post_in_place(row, member, Message::Wish(screen)))
}

/// Composes what is said about a message that is too short to keep, while its question is open.
pub async fn compose_too_short(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    nudge: &RowId,
) -> Result<Composed> {
    Ok(match open_question(ctx, member, nudge).await? {
        Some(nudge) => Composed::post_in_place(row, member, Message::TooShort { nudge: nudge.id }),
        None => Composed::Drop("answered"),
    })
}

async fn open_question(ctx: &mut Ctx<'_>, member: &Member, id: &RowId) -> Result<Option<Nudge>> {
    let nudge = ctx.tx.find_nudge(&member.id, id).await?;
    Ok(nudge.filter(|nudge| Standing::of(nudge.state, false) == Standing::Open))
}

fn screen(
    ctx: &Ctx<'_>,
    member: &Member,
    asked: Asked,
    month: Month,
    question: Option<Nudge>,
) -> PlainWordsScreen {
    let now = ctx.now();
    let local = |at| member.zone.local(at);
    let tomorrow = local(cadence::later_at(Later::Tomorrow, member, now));
    PlainWordsScreen {
        wish: asked.wish,
        until: asked.until,
        open: question.map(|nudge| OpenQuestion { nudge: nudge.id, tomorrow }),
        paused: member.pause.as_ref().filter(|_| member.is_paused(now)).map(|pause| pause.until_on),
        has_cadence: member.cadence.is_some(),
        next: nudge::next_nudge(member, now).map(local),
        month,
    }
}
