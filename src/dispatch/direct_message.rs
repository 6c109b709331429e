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
    interaction::{Ctx, Outcome, Result, steps},
};

const HANDLED: Effect = Effect::DirectMessage(direct_message::Effect::MessageHandled);

pub(super) async fn posted(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    thread: Option<&MessageTs>,
    text: &MemberText,
) -> Result<Outcome<Effect>> {
    let mut member = steps::member::get_or_create_member(ctx, who).await?;
    if member.dm.as_ref() != Some(&message.channel) {
        member.dm = Some(message.channel.clone());
        ctx.tx.save_member(&member).await?;
    }
    if text.is_blank() || ctx.tx.find_message_part(&who.team, message).await?.is_some() {
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

pub(super) async fn edited(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    text: &MemberText,
) -> Result<Outcome<Effect>> {
    if !direct_message::edited(ctx, who, message, text).await? {
        plan::edited(ctx, who, message, text).await?;
    }
    Outcome::changed(HANDLED)
}

pub(super) async fn deleted(
    ctx: &mut Ctx<'_>,
    team: &TeamId,
    message: &MessageRef,
) -> Result<Outcome<Effect>> {
    if !direct_message::deleted(ctx, team, message).await? {
        plan::message_deleted(ctx, team, message).await?;
    }
    Outcome::changed(HANDLED)
}
