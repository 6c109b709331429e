//! Messages in the DM go to one of three features: to the plain words when they ask for something, to a plan
//! when they are in the thread of its question, to the direct message's own otherwise.

use super::Effect;
use crate::{
    coach::{
        command,
        ids::{MemberId, MessageRef, MessageTs, TeamId},
        member_text::MemberText,
        plain_words as words,
    },
    features::{
        direct_message,
        plain_words::{self, Place},
        plan,
    },
    interaction::{Ctx, MessageFact, Outcome, Reply, Result, steps},
};
use jiff::SignedDuration;

/// Slack gives an event up six minutes after it happened
/// (<https://docs.slack.dev/apis/events-api/#retries>). The rest is for clocks that disagree.
const DELIVERED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

const HANDLED: Effect = Effect::DirectMessage(direct_message::Effect::MessageHandled);

pub(super) async fn posted(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    thread: Option<&MessageTs>,
    text: &MemberText,
) -> Result<Outcome<Effect>> {
    let deletion = MessageFact::Deleted.key(&who.team, message);
    if ctx.tx.find_delivery(&deletion.0).await?.is_some() {
        return Outcome::changed(HANDLED);
    }
    let mut member = steps::member::get_or_create_member(ctx, who).await?;
    if member.dm.as_ref() != Some(&message.channel) {
        member.dm = Some(message.channel.clone());
        ctx.tx.save_member(&member).await?;
    }
    if ctx.tx.find_message_part(&who.team, message).await?.is_some() {
        return Outcome::changed(HANDLED);
    }
    if text.is_blank() {
        let with_words = MessageFact::Posted.key(&who.team, message);
        if ctx.tx.find_delivery(&with_words.0).await?.is_some() {
            return Outcome::changed(HANDLED);
        }
        direct_message::posted_without_words(ctx, &member, message, thread).await?;
        return Outcome::changed(HANDLED);
    }
    // A text that names trouble gets its answer from the conversation, whatever else it says.
    if ctx.concern(&[text]).is_some() {
        direct_message::posted(ctx, member, message, thread, text).await?;
        return Outcome::changed(HANDLED);
    }
    let place = Place { message, thread };
    if let Some(asked) = command::asked_in_message(text.reveal(), member.local_date(ctx.now())) {
        plain_words::answer(ctx, &member, place, asked).await?;
        return Outcome::changed(HANDLED);
    }
    if let Some(ts) = thread {
        let parent = MessageRef { channel: message.channel.clone(), ts: ts.clone() };
        if plan::reply_in_thread(ctx, who, &parent, message, text).await? {
            return Outcome::changed(HANDLED);
        }
    }
    if words::is_acknowledgement(text.reveal()) {
        plain_words::acknowledge(ctx, &member, place).await?;
    } else {
        direct_message::posted(ctx, member, message, thread, text).await?;
    }
    Outcome::changed(HANDLED)
}

/// An edit that comes before its message, or instead of it, brings the message. The message that comes after
/// it, with older words, is known then.
pub(super) async fn edited(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    thread: Option<&MessageTs>,
    text: &MemberText,
    at: &MessageTs,
) -> Result<Outcome<Effect>> {
    let changed_at = at.instant().unwrap_or(ctx.now());
    if direct_message::edited(ctx, who, message, text, changed_at).await?
        || plan::edited(ctx, who, message, text, changed_at).await?
    {
        return Outcome::changed(HANDLED);
    }
    if !may_still_come(ctx, message) {
        return Outcome::unchanged(Reply::done());
    }
    let (posted_key, now) = (MessageFact::Posted.key(&who.team, message), ctx.now());
    if ctx.tx.record_delivery(&posted_key.0, Some(&HANDLED.to_text()), now).await? {
        let outcome = posted(ctx, who, message, thread, text).await?;
        ctx.tx.note_message_change(message, changed_at).await?;
        ctx.tx.note_outcome_change(message, changed_at).await?;
        return Ok(outcome);
    }
    Outcome::unchanged(Reply::done())
}

/// A deletion that comes before its message is remembered by its key.
pub(super) async fn deleted(
    ctx: &mut Ctx<'_>,
    team: &TeamId,
    message: &MessageRef,
) -> Result<Outcome<Effect>> {
    if direct_message::deleted(ctx, team, message).await?
        || plan::message_deleted(ctx, team, message).await?
        || may_still_come(ctx, message)
    {
        return Outcome::changed(HANDLED);
    }
    Outcome::unchanged(Reply::done())
}

/// Whether Slack may still deliver a message, so that what is said of it now has to be remembered.
fn may_still_come(ctx: &Ctx<'_>, message: &MessageRef) -> bool {
    let posted_at = message.ts.instant();
    posted_at.is_some_and(|posted_at| ctx.now().duration_since(posted_at) <= DELIVERED_WITHIN)
}
