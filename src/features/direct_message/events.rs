//! A message was posted, edited or deleted.

use super::answer::{answer_nudge, append, join};
use crate::{
    coach::{
        conversation::{self, PostedIn, Recent, Route, Standing},
        ids::{ChannelId, MemberId, MessageRef, MessageTs, RowId, TeamId},
        member::Member,
        member_text::MemberText,
        nudge::Nudge,
    },
    interaction::{Ctx, Result, steps},
    store::{NewOutbox, OutboxPayload},
};
use jiff::{SignedDuration, Timestamp};

/// A message of the member, posted in the DM: stored as an answer, or offered to be kept.
pub async fn posted(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    message: &MessageRef,
    thread: Option<&MessageTs>,
    text: &MemberText,
) -> Result<()> {
    let who = member.id.clone();
    if let Some(ts) = thread {
        note_arrival(ctx, &mut member, &MessageRef { channel: message.channel.clone(), ts: ts.clone() })
            .await?;
    }
    let posted = posted_in(ctx, &who, &message.channel, thread).await?;
    let recent = recent(ctx, &who).await?;
    let route = conversation::route(&posted, &recent, ctx.now());
    if let Some(concern) = ctx.concern(&[text]) {
        let nudge = match &route {
            Route::ToNudge(nudge) => Some(nudge),
            Route::ToReflection(_) | Route::OfferKeep => None,
        };
        return steps::outbox::offer_care(ctx, &who, message, concern, nudge).await;
    }
    let stored = match &route {
        Route::ToNudge(nudge) => answer_nudge(ctx, &mut member, nudge, message, text).await?.is_some(),
        Route::ToReflection(id) => append(ctx, &mut member, id, message, text).await?,
        Route::OfferKeep => false,
    };
    if !stored {
        let payload = OutboxPayload::Offer { source: message.ts.clone() };
        answer_in_place(ctx, who, message, thread, payload, "offer").await?;
    }
    Ok(())
}

/// A voice clip, a picture, a forwarded message: nothing in it can be kept, and the member is told so, once.
/// An open question stays open.
pub async fn posted_without_words(
    ctx: &mut Ctx<'_>,
    member: &Member,
    message: &MessageRef,
    thread: Option<&MessageTs>,
) -> Result<()> {
    let payload = OutboxPayload::WithoutWords;
    answer_in_place(ctx, member.id.clone(), message, thread, payload, "without-words").await
}

/// Answers a message where it was written, once.
async fn answer_in_place(
    ctx: &mut Ctx<'_>,
    who: MemberId,
    message: &MessageRef,
    thread: Option<&MessageTs>,
    payload: OutboxPayload,
    what: &str,
) -> Result<()> {
    let key = format!("{what}:{}:{}", message.channel, message.ts);
    let row = NewOutbox::for_member(ctx.new_id(), who, payload, ctx.now()).once(key);
    let row = match thread {
        Some(ts) => row.at(MessageRef { channel: message.channel.clone(), ts: ts.clone() }),
        None => row,
    };
    ctx.tx.enqueue(row).await?;
    Ok(())
}

/// How far apart the beginning of an attempt and the timestamp of its message are at most.
const SENT_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// A reply in the thread of a nudge proves that the nudge has arrived, also when nobody knew that yet: its
/// message is the only one of that moment.
async fn note_arrival(ctx: &mut Ctx<'_>, member: &mut Member, parent: &MessageRef) -> Result<()> {
    let Some((id, attempted_at)) = ctx.tx.nudge_under_way(&member.id).await? else { return Ok(()) };
    let is_of_attempt =
        parent.ts.instant().is_some_and(|at| at.duration_since(attempted_at).abs() <= SENT_WITHIN);
    if !is_of_attempt || ctx.tx.nudge_by_message(&member.id.team, parent).await?.is_some() {
        return Ok(());
    }
    match ctx.tx.find_nudge(&member.id, &id).await? {
        Some(mut nudge) => steps::nudge::note_arrival(ctx, member, &mut nudge, parent).await,
        None => Ok(()),
    }
}

async fn posted_in(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    channel: &ChannelId,
    thread: Option<&MessageTs>,
) -> Result<PostedIn> {
    let Some(ts) = thread else { return Ok(PostedIn::Open) };
    let parent = MessageRef { channel: channel.clone(), ts: ts.clone() };
    let nudge = ctx.tx.nudge_by_message(&who.team, &parent).await?.filter(|nudge| &nudge.member == who);
    let Some(nudge) = nudge else { return Ok(PostedIn::OtherThread) };
    let answered = ctx.tx.reflection_of_nudge(who, &nudge.id).await?.is_some();
    Ok(PostedIn::ThreadOf { standing: Standing::of(nudge.state, answered), nudge: nudge.id })
}

/// What a message outside a thread can belong to.
async fn recent(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Recent> {
    let now = ctx.now();
    let before = |within| now.saturating_sub(within).unwrap_or(now);
    let open = ctx.tx.newest_open_nudge(who, before(conversation::ANSWER_WITHIN)).await?;
    let mut last_reply = ctx.tx.newest_message_part(who, before(conversation::APPEND_WITHIN)).await?;
    if let (Some((reflection, at)), Some(open)) = (&last_reply, &open)
        && was_in_a_thread(ctx, who, reflection, *at, open).await?
    {
        last_reply = None;
    }
    let open_question = open.and_then(|nudge| Some((nudge.id, nudge.sent_at?)));
    Ok(Recent { open_question, last_reply })
}

/// A reply outside a thread answers the newest open question. A reply that did not, although that
/// question was there, was in the thread of an older one.
async fn was_in_a_thread(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    reflection: &RowId,
    at: Timestamp,
    open: &Nudge,
) -> Result<bool> {
    let Some(reflection) = ctx.tx.find_reflection(who, reflection).await? else { return Ok(false) };
    let Some(answered) = reflection.nudge else { return Ok(false) };
    let answered = ctx.tx.find_nudge(who, &answered).await?.and_then(|nudge| nudge.sent_at);
    Ok(match (answered, open.sent_at) {
        (Some(answered), Some(open)) => answered < open && open <= at,
        _ => false,
    })
}

/// A message was edited. False: it is no part of a reflection.
pub async fn edited(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    text: &MemberText,
    changed_at: Timestamp,
) -> Result<bool> {
    let found = ctx.tx.find_message_part(&who.team, message).await?.filter(|(owner, _)| owner == who);
    let Some((_, id)) = found else { return Ok(false) };
    let mut member = steps::member::get_or_create_member(ctx, who).await?;
    let Some(reflection) = ctx.tx.find_reflection(who, &id).await? else { return Ok(true) };
    // A member who kept such a text once has seen where to turn; asking at every edit would nag.
    match ctx.concern(&[text]).filter(|_| !steps::reflection::speaks_of_trouble(ctx, &reflection)) {
        Some(concern) => {
            if ctx.tx.note_message_change(message, changed_at).await? {
                steps::outbox::offer_care(ctx, who, message, concern, None).await?;
            }
        }
        None => {
            if ctx.tx.edit_message_part(message, text, Some(changed_at)).await? {
                join(ctx, &mut member, reflection).await?;
            }
        }
    }
    Ok(true)
}

/// A message was deleted. False: it is no part of a reflection.
pub async fn deleted(ctx: &mut Ctx<'_>, team: &TeamId, message: &MessageRef) -> Result<bool> {
    let Some((who, id)) = ctx.tx.find_message_part(team, message).await? else { return Ok(false) };
    let mut member = steps::member::get_or_create_member(ctx, &who).await?;
    if let Some(reflection) = ctx.tx.find_reflection(&who, &id).await? {
        ctx.tx.delete_message_part(message).await?;
        join(ctx, &mut member, reflection).await?;
    }
    Ok(true)
}
