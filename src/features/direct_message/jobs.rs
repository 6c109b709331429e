//! *Keep*, once the worker has read the member's message from Slack.

use super::answer::{answer_nudge, join, store_as_checkin};
use crate::{
    coach::{
        ids::{MemberId, MessageRef, RowId},
        member_text::MemberText,
    },
    interaction::{Ctx, Result, steps},
    store::{NewOutbox, OutboxPayload, UpdatePayload},
};

/// Which message to keep.
#[derive(Debug, Clone)]
pub struct KeepMessage {
    /// The member who wrote it.
    pub who: MemberId,
    /// The member's message.
    pub source: MessageRef,
    /// Our message that offered to keep it.
    pub offer: MessageRef,
    /// The nudge that it answers, if it answers one.
    pub nudge: Option<RowId>,
}

/// Stores the message with the text that Slack has now; `None`: the member deleted it.
pub async fn keep(ctx: &mut Ctx<'_>, keep: KeepMessage, text: Option<MemberText>) -> Result<()> {
    let Some(mut member) = ctx.tx.find_member(&keep.who).await? else { return Ok(()) };
    let Some(text) = text else {
        let shows = UpdatePayload::NotKept;
        return steps::outbox::enqueue_update(ctx, &member.id, keep.offer, shows).await;
    };
    let known = ctx.tx.find_message_part(&keep.who.team, &keep.source).await?;
    let answered = match (known, &keep.nudge) {
        (Some((_, id)), _) => {
            let reflection = ctx.tx.find_reflection(&keep.who, &id).await?;
            ctx.tx.edit_message_part(&keep.source, &text, None).await?;
            if let Some(reflection) = reflection {
                join(ctx, &mut member, reflection).await?;
            }
            Some(id)
        }
        (None, Some(nudge)) => answer_nudge(ctx, &mut member, nudge, &keep.source, &text).await?,
        (None, None) => None,
    };
    let reflection = match answered {
        Some(id) => id,
        None => store_as_checkin(ctx, &mut member, &keep.source, &text).await?,
    };
    let payload = OutboxPayload::Kept { reflection };
    let row = NewOutbox::for_member(ctx.new_id(), keep.who, payload, ctx.now());
    ctx.tx.enqueue(row.at(keep.offer)).await?;
    Ok(())
}

/// Slack did not hand out the message for days: the member is told where they tapped *Keep*.
pub async fn keep_failed(ctx: &mut Ctx<'_>, who: &MemberId, offer: &MessageRef) -> Result<()> {
    if ctx.tx.find_member(who).await?.is_none() {
        return Ok(());
    }
    steps::outbox::enqueue_update(ctx, who, offer.clone(), UpdatePayload::KeepFailed).await
}
