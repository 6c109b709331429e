use super::{Action, Effect};
use crate::{
    coach::{
        ids::{MessageRef, MessageTs, RowId},
        member::Member,
    },
    interaction::{Ctx, Outcome, ReplyTarget, Result, steps},
    store::{JobPayload, NewJob, OutboxPayload, UpdatePayload},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let Some(offer) = target.message() else { return Outcome::changed(Effect::UnknownButton) };
    match action {
        Action::Keep { ts, nudge } => keep(ctx, &member, offer, ts, nudge).await,
        Action::DontKeep { ts } => dont_keep(ctx, &member, offer, ts).await,
    }
}

/// *Keep*: the worker reads the text from Slack afterwards.
async fn keep(
    ctx: &mut Ctx<'_>,
    member: &Member,
    offer: &MessageRef,
    ts: MessageTs,
    nudge: Option<RowId>,
) -> Result<Outcome<Effect>> {
    let key = format!("keep:{}:{ts}", offer.channel);
    let source = MessageRef { channel: offer.channel.clone(), ts };
    let payload = JobPayload::KeepMessage { source, offer: offer.clone(), nudge };
    let job = NewJob::for_member(ctx.new_id(), member.id.clone(), payload, ctx.now());
    let is_new = ctx.tx.enqueue_job(job.once(key)).await?;
    Outcome::changed(if is_new { Effect::KeepQueued } else { Effect::AlreadyDone })
}

async fn dont_keep(
    ctx: &mut Ctx<'_>,
    member: &Member,
    offer: &MessageRef,
    ts: MessageTs,
) -> Result<Outcome<Effect>> {
    let source = MessageRef { channel: offer.channel.clone(), ts };
    if let Some((who, reflection)) = ctx.tx.find_message_part(&member.id.team, &source).await?
        && ctx.tx.sent_message(&who, &OutboxPayload::Kept { reflection }).await?.as_ref() == Some(offer)
    {
        return Outcome::changed(Effect::AlreadyDone);
    }
    steps::outbox::enqueue_update(ctx, &member.id, offer.clone(), UpdatePayload::NotKept).await?;
    Outcome::changed(Effect::NotKept)
}
