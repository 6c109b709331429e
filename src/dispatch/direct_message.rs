//! Messages in the DM go to one of two features: to a plan when they are in the thread of its question, to
//! the direct message's own otherwise.

use super::Effect;
use crate::{
    coach::{
        ids::{MemberId, MessageRef, MessageTs, TeamId},
        member_text::MemberText,
    },
    features::{direct_message, plan},
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
    if let Some(ts) = thread
        && ctx.concern(&[text]).is_none()
    {
        let parent = MessageRef { channel: message.channel.clone(), ts: ts.clone() };
        if plan::reply_in_thread(ctx, who, &parent, message, text).await? {
            return Outcome::changed(HANDLED);
        }
    }
    direct_message::posted(ctx, member, message, thread, text).await?;
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
