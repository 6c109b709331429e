use crate::{
    coach::ids::MemberId,
    interaction::{Ctx, Result, steps},
    store::{Erased, NewOutbox, NoticePayload, OutboxPayload},
};

/// Deletes every row of a member, and queues the deletion of our messages and files in Slack.
pub(super) async fn erase(ctx: &mut Ctx<'_>, who: &MemberId, by_operator: bool) -> Result<Erased> {
    steps::feedback::take_back_rounds_of(ctx, who).await?;
    let erased = ctx.tx.erase_member(who).await?;
    for message in &erased.messages {
        steps::outbox::delete_message_in_slack(ctx, &who.team, message).await?;
    }
    for file in &erased.files {
        steps::outbox::delete_file_in_slack(ctx, &who.team, file).await?;
    }
    let payload = OutboxPayload::Notice(NoticePayload::Erased { by_operator });
    let row = NewOutbox::for_member(ctx.new_id(), who.clone(), payload, ctx.now());
    ctx.tx.enqueue(row.once(format!("erased:{who}"))).await?;
    Ok(erased)
}
