use crate::{
    coach::ids::MemberId,
    interaction::{Ctx, Result, steps},
    store::{Erased, JobPayload, NewJob, NewOutbox, NoticePayload, OutboxPayload},
};
use jiff::SignedDuration;

/// After this time, what was being sent to Slack is there or never comes.
const SETTLED_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// Deletes every row of a member, and queues the deletion of our messages and files in Slack.
pub(super) async fn erase(ctx: &mut Ctx<'_>, who: &MemberId, by_operator: bool) -> Result<Erased> {
    steps::feedback::take_back_rounds_of(ctx, who).await?;
    let erased = ctx.tx.erase_member(who).await?;
    // Whoever was a member is not welcomed again when they only look.
    steps::member::note_first_look(ctx, who).await?;
    for message in &erased.messages {
        steps::outbox::delete_message_in_slack(ctx, &who.team, message).await?;
    }
    for file in &erased.files {
        steps::outbox::delete_file_in_slack(ctx, &who.team, file).await?;
    }
    if let Some(channel) = &erased.dm {
        for (row, since) in &erased.unsettled {
            let payload =
                JobPayload::DeleteUnsettled { row: row.clone(), channel: channel.clone(), since: *since };
            // The message is there by then, if it comes at all.
            let due_at = ctx.now().saturating_add(SETTLED_WITHIN).unwrap_or(ctx.now());
            ctx.tx.enqueue_job(NewJob::for_team(ctx.new_id(), who.team.clone(), payload, due_at)).await?;
        }
    }
    let payload = OutboxPayload::Notice(NoticePayload::Erased { by_operator });
    let row = NewOutbox::for_member(ctx.new_id(), who.clone(), payload, ctx.now());
    ctx.tx.enqueue(row.once(format!("erased:{who}"))).await?;
    Ok(erased)
}
