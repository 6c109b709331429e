//! What became of a row that was sent to Slack, stored in one transaction.

use crate::{
    coach::{ids::MessageRef, nudge::SkipReason},
    features::{feedback, nudge, plan},
    interaction::{
        AppState, Ctx, DeliveryOutcome, FailureScope, HoldReason, InteractionError, Result, steps,
    },
    store::{NewOutbox, NoticePayload, OutKind, OutState, OutboxPayload, OutboxRow, StoreError},
};
use strum::VariantArray as _;

/// How often it is stored again when another transaction was in its way.
const TRIES: u32 = 3;

/// Stores what became of a row.
///
/// # Errors
/// The store's. The row then comes back in doubt when its lease is over.
pub async fn settle(state: &AppState, row: &OutboxRow, outcome: DeliveryOutcome) -> Result<()> {
    let mut tried = 0;
    loop {
        tried += 1;
        match settle_once(state, row.clone(), outcome.clone()).await {
            Err(InteractionError::Store(StoreError::Conflict)) if tried < TRIES => {}
            settled => return settled,
        }
    }
}

async fn settle_once(state: &AppState, row: OutboxRow, outcome: DeliveryOutcome) -> Result<()> {
    state
        .write(move |ctx| {
            Box::pin(async move {
                if let Some(who) = &row.member {
                    // The member's row is locked first, as by everything that pauses or erases. In the other
                    // order, each of the two would wait for the other.
                    ctx.tx.find_member(who).await?;
                }
                let now = ctx.now();
                match outcome {
                    DeliveryOutcome::Sent { channel: _, message, files } => {
                        settle_sent(ctx, &row, message, files).await?;
                    }
                    DeliveryOutcome::Retry { at, code } => {
                        ctx.tx.retry_later(&row.id, row.owner(), at, &code).await?;
                    }
                    DeliveryOutcome::InDoubt { at, .. } => {
                        ctx.tx.mark_in_doubt(&row.id, row.owner(), at, now).await?;
                    }
                    DeliveryOutcome::NotDelivered => {
                        ctx.tx.retry_later(&row.id, row.owner(), now, "not-delivered").await?;
                    }
                    DeliveryOutcome::Held { reason, is_in_doubt } => {
                        settle_held(ctx, &row, &reason, is_in_doubt).await?;
                    }
                    DeliveryOutcome::Permanent { code, scope } => {
                        settle_refused(ctx, &row, &code, scope).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

async fn settle_sent(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    message: Option<MessageRef>,
    files: Vec<String>,
) -> Result<()> {
    let now = ctx.now();
    let payload = row.payload.as_ref().map_err(Clone::clone)?;
    if payload.is_erasure_notice() {
        ctx.tx.delete_outbox(&row.id).await?;
        return Ok(());
    }
    if !ctx.tx.mark_sent(&row.id, row.owner(), message.as_ref(), &files, now).await? {
        return unsend(ctx, row, payload, message, &files).await;
    }
    let Some(who) = &row.member else { return Ok(()) };
    let Some(mut member) = ctx.tx.find_member(who).await? else { return Ok(()) };
    if let Some(message) = message.as_ref().filter(|message| member.dm.as_ref() != Some(&message.channel)) {
        member.dm = Some(message.channel.clone());
        ctx.tx.save_member(&member).await?;
    }
    match payload {
        OutboxPayload::Nudge { nudge } => nudge::sent(ctx, member, nudge, message).await,
        OutboxPayload::Plan { plan } => plan::sent(ctx, who, plan, message).await,
        OutboxPayload::GoOn { .. } => nudge::asked_to_go_on(ctx, member).await,
        OutboxPayload::Welcome
        | OutboxPayload::Report { .. }
        | OutboxPayload::ReportFile { .. }
        | OutboxPayload::Export { .. }
        | OutboxPayload::Update(_)
        | OutboxPayload::Offer { .. }
        | OutboxPayload::Care { .. }
        | OutboxPayload::Kept { .. }
        | OutboxPayload::FeedbackAsk { .. }
        | OutboxPayload::FeedbackBegan { .. }
        | OutboxPayload::FeedbackRefused { .. }
        | OutboxPayload::FeedbackResult { .. }
        | OutboxPayload::AuditProposed { .. }
        | OutboxPayload::CalendarError { .. }
        | OutboxPayload::Wish { .. }
        | OutboxPayload::TooShort { .. }
        | OutboxPayload::WithoutWords
        | OutboxPayload::Notice(_) => Ok(()),
    }
}

/// Deletes a message in Slack whose row was erased while it was being sent, or was sent by another worker that
/// did not find it. One that another worker still holds is left to that worker, which looks for it. An update
/// created no message, so there is nothing to delete for it.
async fn unsend(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    payload: &OutboxPayload,
    message: Option<MessageRef>,
    files: &[String],
) -> Result<()> {
    let found = ctx.tx.find_outbox(&row.id).await?;
    let sent_again =
        |it: &OutboxRow| it.state == OutState::Sent && it.ts.is_some() && it.message() != message;
    let gone = found.as_ref().is_none_or(sent_again);
    if let Some(message) = message.filter(|_| gone && !payload.changes_message()) {
        steps::outbox::delete_message_in_slack(ctx, &row.team, &message).await?;
    }
    for file in files.iter().filter(|_| gone) {
        steps::outbox::delete_file_in_slack(ctx, &row.team, file).await?;
    }
    Ok(())
}

/// Holds a row until Slack serves the workspace again or grants a scope. A member who waits for files is told.
async fn settle_held(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    reason: &HoldReason,
    is_in_doubt: bool,
) -> Result<()> {
    steps::workspace::note_trouble(ctx, &row.team, reason).await?;
    if !ctx.tx.hold(&row.id, row.owner(), &reason.code(), is_in_doubt).await? {
        return Ok(());
    }
    let asked_for_files = matches!(&row.payload, Ok(OutboxPayload::Export { by_operator: false }));
    if let (HoldReason::MissingScope(_), Some(who), true) = (reason, &row.member, asked_for_files) {
        let payload = OutboxPayload::Notice(NoticePayload::ExportHeld);
        let notice = NewOutbox::for_member(ctx.new_id(), who.clone(), payload, ctx.now());
        ctx.tx.enqueue(notice.once(format!("export-held:{}", row.id))).await?;
    }
    Ok(())
}

/// Stores that Slack refused the row for good, and stops what depends on it.
async fn settle_refused(ctx: &mut Ctx<'_>, row: &OutboxRow, code: &str, scope: FailureScope) -> Result<()> {
    let now = ctx.now();
    tracing::warn!(code, "Slack refused it for good");
    let payload = row.payload.as_ref().map_err(Clone::clone)?;
    if payload.is_erasure_notice() {
        ctx.tx.delete_outbox(&row.id).await?;
    } else if !ctx.tx.mark_failed(&row.id, row.owner(), code, now).await? {
        // Another worker holds it, and will hear the same.
        return Ok(());
    }
    notify_feature(ctx, row, payload).await?;
    match (scope, &row.member) {
        (FailureScope::Message, _) | (FailureScope::Member, None) => {}
        (FailureScope::Member, Some(who)) => {
            ctx.tx.set_unreachable(who, Some(code)).await?;
            if let Some(mut member) = ctx.tx.find_member(who).await? {
                steps::nudge::cancel_waiting(ctx, &mut member, SkipReason::Unreachable).await?;
            }
            ctx.tx.cancel_member_rows(who, OutKind::VARIANTS).await?;
        }
    }
    Ok(())
}

/// Tells the feature that owns a refused row, if its own rows depend on that row.
async fn notify_feature(ctx: &mut Ctx<'_>, row: &OutboxRow, payload: &OutboxPayload) -> Result<()> {
    let Some(who) = &row.member else { return Ok(()) };
    match payload {
        OutboxPayload::FeedbackAsk { round } => feedback::question_refused(ctx, who, round).await,
        OutboxPayload::Nudge { nudge } => match ctx.tx.find_member(who).await? {
            Some(member) => nudge::refused(ctx, member, nudge).await,
            None => Ok(()),
        },
        OutboxPayload::Welcome
        | OutboxPayload::GoOn { .. }
        | OutboxPayload::Report { .. }
        | OutboxPayload::ReportFile { .. }
        | OutboxPayload::Export { .. }
        | OutboxPayload::Update(_)
        | OutboxPayload::Offer { .. }
        | OutboxPayload::Care { .. }
        | OutboxPayload::Kept { .. }
        | OutboxPayload::FeedbackBegan { .. }
        | OutboxPayload::FeedbackRefused { .. }
        | OutboxPayload::FeedbackResult { .. }
        | OutboxPayload::Plan { .. }
        | OutboxPayload::AuditProposed { .. }
        | OutboxPayload::CalendarError { .. }
        | OutboxPayload::Wish { .. }
        | OutboxPayload::TooShort { .. }
        | OutboxPayload::WithoutWords
        | OutboxPayload::Notice(_) => Ok(()),
    }
}
