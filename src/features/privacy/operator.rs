//! What an operator does at a member's request. The member is told each time.

use super::{erase::erase, export::own_data};
use crate::{
    coach::{
        ids::{MemberId, TeamId},
        month::Month,
    },
    interaction::{
        AppState, InteractionError, Result,
        steps::{self, report::NoReport},
    },
    report::{Report, member_export::MemberExport},
    store::{Erased, ErasedWorkspace, NewOutbox, NoticePayload, OutboxPayload},
};

/// Why a member has no report on a month. The member is not told, because nothing was looked at.
///
/// # Errors
/// [`InteractionError::UnknownMember`]; the store's.
pub async fn why_no_report(state: &AppState, who: &MemberId, month: Month) -> Result<Option<NoReport>> {
    let who = who.clone();
    state
        .read(move |ctx| {
            Box::pin(async move {
                let member = ctx.tx.find_member(&who).await?.ok_or(InteractionError::UnknownMember)?;
                steps::report::why_none(ctx, &member, month).await
            })
        })
        .await
}

/// The hat balance of a month, which holds no word of the member's.
///
/// # Errors
/// [`InteractionError::UnknownMember`]; the store's.
pub async fn report_for_operator(state: &AppState, who: &MemberId, month: Month) -> Result<Report> {
    let who = who.clone();
    state
        .write(move |ctx| {
            Box::pin(async move {
                let member = ctx.tx.find_member(&who).await?.ok_or(InteractionError::UnknownMember)?;
                let payload = OutboxPayload::Notice(NoticePayload::ReadByOperator { month });
                ctx.tx.enqueue(NewOutbox::for_member(ctx.new_id(), who, payload, ctx.now())).await?;
                steps::report::load(ctx, &member, month).await
            })
        })
        .await
}

/// Everything about a member. The member is sent the same as a file.
///
/// # Errors
/// [`InteractionError::UnknownMember`]; the store's.
pub async fn export_for_operator(state: &AppState, who: &MemberId) -> Result<MemberExport> {
    let whom = who.clone();
    state
        .write(move |ctx| {
            Box::pin(async move {
                ctx.tx.find_member(&whom).await?.ok_or(InteractionError::UnknownMember)?;
                let payload = OutboxPayload::Export { by_operator: true };
                ctx.tx.enqueue(NewOutbox::for_member(ctx.new_id(), whom, payload, ctx.now())).await?;
                Ok(())
            })
        })
        .await?;
    let who = who.clone();
    state
        .read(move |ctx| {
            Box::pin(async move {
                let member = ctx.tx.find_member(&who).await?.ok_or(InteractionError::UnknownMember)?;
                own_data(ctx, &member).await
            })
        })
        .await
}

/// Erases a member, the write-ahead log included.
///
/// # Errors
/// [`InteractionError::UnknownMember`]; the store's.
pub async fn forget_for_operator(state: &AppState, who: &MemberId) -> Result<Erased> {
    let who = who.clone();
    let erased = state
        .write(move |ctx| {
            Box::pin(async move {
                ctx.tx.find_member(&who).await?.ok_or(InteractionError::UnknownMember)?;
                erase(ctx, &who, true).await
            })
        })
        .await?;
    state.store.scrub().await?;
    state.wake.notify_one();
    Ok(erased)
}

/// Erases a workspace at once, the write-ahead log included. Its members cannot be told: the token is
/// erased with the rest.
///
/// # Errors
/// The store's.
pub async fn forget_workspace(state: &AppState, team: &TeamId) -> Result<ErasedWorkspace> {
    let id = team.clone();
    let erased =
        state.write(move |ctx| Box::pin(async move { steps::workspace::erase(ctx, &id).await })).await?;
    state.store.scrub().await?;
    // The job does it if the process ends before this.
    let id = team.clone();
    state.write(move |ctx| Box::pin(async move { Ok(ctx.tx.finish_scrub(&id).await?) })).await?;
    Ok(erased)
}
