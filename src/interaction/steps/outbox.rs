//! Outbox rows and jobs that more than one feature writes.

use crate::{
    coach::{
        care::Concern,
        ids::{MemberId, MessageRef, RowId, TeamId},
    },
    interaction::{Ctx, Result},
    store::{JobPayload, NewJob, NewOutbox, OutboxPayload, UpdatePayload},
};

/// Queues a change of a message of ours. What it shows is loaded when it is sent.
pub async fn enqueue_update(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: MessageRef,
    shows: UpdatePayload,
) -> Result<()> {
    let row = NewOutbox::for_member(ctx.new_id(), who.clone(), OutboxPayload::Update(shows), ctx.now());
    ctx.tx.enqueue(row.at(message)).await?;
    Ok(())
}

/// Points the member to people. The answer is in the open conversation even when the message was in a
/// thread, so that it is still there when the thread is closed. Nothing of the message is stored before
/// *Keep*.
pub async fn offer_care(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    message: &MessageRef,
    concern: Concern,
    nudge: Option<&RowId>,
) -> Result<()> {
    let payload = OutboxPayload::Care { concern, source: message.ts.clone(), nudge: nudge.cloned() };
    let row = NewOutbox::for_member(ctx.new_id(), who.clone(), payload, ctx.now());
    let key = format!("care:{}:{}", message.channel, message.ts);
    ctx.tx.enqueue(row.once(key)).await?;
    Ok(())
}

/// Queues the deletion of a message of ours in Slack. The job names no member.
pub async fn delete_message_in_slack(ctx: &mut Ctx<'_>, team: &TeamId, at: &MessageRef) -> Result<()> {
    let payload = JobPayload::DeleteMessage { at: at.clone() };
    let job = NewJob::for_team(ctx.new_id(), team.clone(), payload, ctx.now());
    ctx.tx.enqueue_job(job.once(format!("delete:{}:{}", at.channel, at.ts))).await?;
    Ok(())
}

/// Queues the mark on a message of the member that shows whether it is kept.
pub async fn mark_message(ctx: &mut Ctx<'_>, who: &MemberId, at: &MessageRef, kept: bool) -> Result<()> {
    let payload = JobPayload::MarkMessage { at: at.clone(), kept };
    let job = NewJob::for_member(ctx.new_id(), who.clone(), payload, ctx.now());
    ctx.tx.enqueue_job(job).await?;
    Ok(())
}

/// Queues the deletion of a file of ours in Slack. The job names no member.
pub async fn delete_file_in_slack(ctx: &mut Ctx<'_>, team: &TeamId, file: &str) -> Result<()> {
    let payload = JobPayload::DeleteFile { file: file.to_owned() };
    let job = NewJob::for_team(ctx.new_id(), team.clone(), payload, ctx.now());
    ctx.tx.enqueue_job(job.once(format!("delete-file:{file}"))).await?;
    Ok(())
}
