//! Composes a row when it is sent, from what is stored at that time. A new payload
//! gets its arm here; the feature that owns it has the rest in its `outbox.rs`.

use crate::{
    coach::{
        command::Asked,
        member::{Member, Presence},
        screen::Message,
    },
    features::{
        audit, checkin, direct_message, feedback, nudge, onboarding, plain_words, plan, privacy, report,
    },
    interaction::{AppState, Composed, Ctx, OutboundFile, Result, SlackCall, steps},
    store::{OutboxPayload, OutboxRow, UpdatePayload},
};

/// Where to look for a row in doubt; `None` for a row that is in no doubt, or that changes a message, which
/// can be done twice.
pub(super) async fn find(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    payload: &OutboxPayload,
) -> Result<Option<SlackCall>> {
    let (Some(_), Some(who)) = (row.attempted_at, &row.member) else { return Ok(None) };
    let thread = match payload {
        OutboxPayload::Offer { .. }
        | OutboxPayload::Care { .. }
        | OutboxPayload::Wish { .. }
        | OutboxPayload::TooShort { .. }
        | OutboxPayload::WithoutWords => row.message(),
        OutboxPayload::Update(_) | OutboxPayload::Kept { .. } => return Ok(None),
        OutboxPayload::Welcome
        | OutboxPayload::Nudge { .. }
        | OutboxPayload::GoOn { .. }
        | OutboxPayload::Report { .. }
        | OutboxPayload::ReportFile { .. }
        | OutboxPayload::Export { .. }
        | OutboxPayload::FeedbackAsk { .. }
        | OutboxPayload::FeedbackBegan { .. }
        | OutboxPayload::FeedbackRefused { .. }
        | OutboxPayload::FeedbackResult { .. }
        | OutboxPayload::Plan { .. }
        | OutboxPayload::AuditProposed { .. }
        | OutboxPayload::CalendarError { .. }
        | OutboxPayload::Notice(_) => None,
    };
    let known = ctx.tx.find_member(who).await?.and_then(|member| member.dm);
    let channel = thread.as_ref().map(|message| message.channel.clone()).or(known);
    Ok(Some(SlackCall::Find { user: who.user.clone(), channel, thread }))
}

/// Files of a row that take longer to make than other writers may wait: they are made before its transaction.
pub(super) async fn files(state: &AppState, row: &OutboxRow) -> Result<Vec<OutboundFile>> {
    if let (Ok(OutboxPayload::Export { .. }), Some(who), None) = (&row.payload, &row.member, row.attempted_at)
    {
        return privacy::export_files(state, who).await;
    }
    Ok(Vec::new())
}

pub(super) async fn compose(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    payload: &OutboxPayload,
    presence: &Presence,
    files: Vec<OutboundFile>,
) -> Result<Composed> {
    let Some(who) = &row.member else { return Ok(Composed::Drop("nobody")) };
    // Those who are asked for feedback need not be members.
    if let OutboxPayload::FeedbackAsk { round } = payload {
        return feedback::compose_question(ctx, row, who, round, presence).await;
    }
    if let OutboxPayload::Update(UpdatePayload::FeedbackOver { .. }) = payload {
        return Ok(feedback::compose_over(row));
    }
    let Some(member) = ctx.tx.find_member(who).await? else {
        return Ok(compose_for_stranger(ctx, row, payload));
    };
    if member.unreachable.is_some() && !matches!(payload, OutboxPayload::Nudge { .. }) {
        return Ok(Composed::Drop("unreachable"));
    }
    compose_for_member(ctx, row, payload, member, presence, files).await
}

/// Whoever looks for the first time is welcomed. A member whose data was erased gets the erasure notice and no other
/// message.
fn compose_for_stranger(ctx: &Ctx<'_>, row: &OutboxRow, payload: &OutboxPayload) -> Composed {
    if let OutboxPayload::Welcome = payload {
        onboarding::compose_welcome(ctx, row, None)
    } else if let OutboxPayload::Notice(notice) = payload {
        Composed::post(row, None, Message::Notice(privacy::notice(notice)))
    } else {
        Composed::Drop("no-member")
    }
}

async fn compose_for_member(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    payload: &OutboxPayload,
    mut member: Member,
    presence: &Presence,
    files: Vec<OutboundFile>,
) -> Result<Composed> {
    // Slack was asked a moment ago; what it said of a journey may have been missed.
    if steps::member::follow_slack_zone(ctx, &mut member, presence.slack_zone.as_deref()).await? {
        ctx.tx.save_member(&member).await?;
    }
    match payload {
        OutboxPayload::Welcome => Ok(onboarding::compose_welcome(ctx, row, Some(&member))),
        OutboxPayload::Nudge { nudge } => nudge::compose(ctx, row, &mut member, nudge, presence).await,
        OutboxPayload::GoOn { .. } => nudge::compose_go_on(ctx, row, &mut member, presence).await,
        OutboxPayload::Report { month, scheduled } => {
            report::compose(ctx, row, &member, *month, *scheduled, presence).await
        }
        OutboxPayload::ReportFile { month, format } => {
            report::compose_file(ctx, row, &member, *month, *format).await
        }
        OutboxPayload::Export { by_operator } => {
            Ok(privacy::compose_export(ctx, row, &member, *by_operator, files))
        }
        OutboxPayload::Update(shows) => compose_update(ctx, row, shows, &member).await,
        OutboxPayload::Offer { source } => Ok(direct_message::compose_offer(row, &member, source)),
        OutboxPayload::Care { concern, source, nudge } => {
            Ok(direct_message::compose_care(row, &member, *concern, source, nudge.as_ref()))
        }
        OutboxPayload::Kept { reflection } => checkin::compose_kept(ctx, row, &member, reflection).await,
        OutboxPayload::FeedbackAsk { round } => {
            feedback::compose_question(ctx, row, &member.id, round, presence).await
        }
        OutboxPayload::FeedbackBegan { round } => feedback::compose_began(ctx, row, &member, round).await,
        OutboxPayload::FeedbackRefused { people } => Ok(feedback::compose_refused(row, &member, people)),
        OutboxPayload::FeedbackResult { round } => {
            feedback::compose_result(ctx, row, &member, round, presence).await
        }
        OutboxPayload::Plan { plan } => plan::compose(ctx, row, &member, plan, presence).await,
        OutboxPayload::AuditProposed { audit } => Ok(audit::compose_proposed(row, &member, audit)),
        OutboxPayload::CalendarError { trouble } => Ok(audit::compose_trouble(row, &member, *trouble)),
        OutboxPayload::Wish { wish, month, until, nudge } => {
            let asked = Asked { wish: *wish, month: *month, until: until.clone() };
            plain_words::compose(ctx, row, &member, asked, nudge.as_ref()).await
        }
        OutboxPayload::TooShort { nudge } => plain_words::compose_too_short(ctx, row, &member, nudge).await,
        OutboxPayload::WithoutWords => Ok(direct_message::compose_without_words(row, &member)),
        OutboxPayload::Notice(notice) => {
            Ok(Composed::post(row, Some(&member), Message::Notice(privacy::notice(notice))))
        }
    }
}

async fn compose_update(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    shows: &UpdatePayload,
    member: &Member,
) -> Result<Composed> {
    match shows {
        UpdatePayload::Nudge { nudge } => nudge::compose_update(ctx, row, member, nudge).await,
        UpdatePayload::Reflection { reflection } => checkin::compose_kept(ctx, row, member, reflection).await,
        UpdatePayload::Plan { plan } => plan::compose_update(ctx, row, member, plan).await,
        UpdatePayload::Report { month } => report::compose_update(ctx, row, member, *month).await,
        UpdatePayload::NotKept => Ok(direct_message::compose_not_kept(row)),
        UpdatePayload::KeepFailed => Ok(direct_message::compose_keep_failed(row)),
        UpdatePayload::FeedbackOver { .. } => Ok(feedback::compose_over(row)),
        UpdatePayload::FeedbackBegan { round } => {
            feedback::compose_began_update(ctx, row, member, round).await
        }
    }
}
