use super::{
    Ran,
    calendar::read_calendar,
    finish,
    missed::{Reading, check_message, read_missed},
    not_done,
};
use crate::{
    coach::{
        ids::{MemberId, ViewId},
        member::Presence,
        member_text::MemberText,
    },
    features::{
        direct_message::{self, KeepMessage},
        feedback, plan, workspace,
    },
    interaction::{AppState, Result, SlackGateway, Unavailable, steps},
    store::{Job, JobPayload, MalformedPayload, UpdatePayload},
};

/// Does one job.
///
/// # Errors
/// The store's. The job then comes back when its lease is over.
pub async fn run(state: &AppState, slack: &dyn SlackGateway, job: &Job) -> Result<Ran> {
    let Ok(payload) = &job.payload else { return fail_malformed(state, job).await };
    let team = &job.team;
    let done = match payload {
        JobPayload::DeleteMessage { at } => slack.delete_message(team, at).await,
        JobPayload::DeleteFile { file } => slack.delete_file(team, file).await,
        JobPayload::DeleteUnsettled { row, channel, since } => {
            slack.delete_unsettled(team, row, channel, *since).await
        }
        JobPayload::MarkMessage { at, kept } => slack.mark_message(team, at, *kept).await,
        JobPayload::KeepMessage { source, offer, nudge } => {
            let Some(who) = job.member.clone() else { return fail_malformed(state, job).await };
            match slack.message_text(team, source).await {
                Ok(text) => {
                    let (source, offer, nudge) = (source.clone(), offer.clone(), nudge.clone());
                    return keep(state, job, KeepMessage { who, source, offer, nudge }, text).await;
                }
                Err(why) => Err(why),
            }
        }
        JobPayload::RefreshProfile => {
            let Some(who) = &job.member else { return fail_malformed(state, job).await };
            match slack.profile(who).await {
                Ok(profile) => return profile_read(state, job, who, &profile).await,
                Err(why) => Err(why),
            }
        }
        JobPayload::CheckAsked { round, view } => {
            let users = feedback::people_to_check(state, round).await?;
            match slack.people(team, &users).await {
                Ok(people) => {
                    let checked = feedback::people_checked(state, job, round, people).await?;
                    show_checked(state, slack, job, view.as_ref(), checked).await?;
                    return Ok(Ran::Done);
                }
                Err(why) => Err(why),
            }
        }
        JobPayload::ReadCalendar { file, view } => {
            let Some(who) = &job.member else { return fail_malformed(state, job).await };
            return read_calendar(state, slack, job, who, file, view).await;
        }
        JobPayload::ReadMissed { nudge, from, lost_since, before } => {
            let Some(who) = &job.member else { return fail_malformed(state, job).await };
            let reading = Reading { who, nudge, from, lost_since: *lost_since, before: before.as_ref() };
            return read_missed(state, slack, job, reading).await;
        }
        JobPayload::CheckMessage { at } => return check_message(state, slack, job, at).await,
        JobPayload::EraseWorkspace => {
            workspace::erase_left(state, job).await?;
            return Ok(Ran::Done);
        }
        JobPayload::Scrub => state.store.scrub().await.map_err(|error| {
            tracing::warn!(%error, "what was erased may still be in the database's files");
            Unavailable { code: "not-scrubbed".to_owned(), retry_at: Some(state.env.now()), held: None }
        }),
    };
    match done {
        Ok(()) => finish(state, job).await.map(|()| Ran::Done),
        Err(why) => not_done(state, job, &why).await,
    }
}

/// Shows what became of a feedback round in the form that waits, or by a message when the form is closed.
async fn show_checked(
    state: &AppState,
    slack: &dyn SlackGateway,
    job: &Job,
    view: Option<&ViewId>,
    checked: Option<feedback::Checked>,
) -> Result<()> {
    let (Some(who), Some(checked)) = (&job.member, checked) else { return Ok(()) };
    if let Some(view) = view
        && let Ok(true) = slack.show_form(&job.team, view, &checked.form, &job.id).await
    {
        return Ok(());
    }
    match checked.message {
        Some(message) => feedback::form_closed(state, who, message).await,
        None => Ok(()),
    }
}

/// A job that cannot be read, or that names no member where it must, stays in the table as failed, for an
/// operator to find.
async fn fail_malformed(state: &AppState, job: &Job) -> Result<Ran> {
    let (id, kind) = (job.id.clone(), job.kind.into_str());
    state
        .write(move |ctx| {
            Box::pin(async move {
                ctx.report_malformed("job", &MalformedPayload { kind });
                let now = ctx.now();
                Ok(ctx.tx.fail_job(&id, crate::outbox::MALFORMED, now).await?)
            })
        })
        .await?;
    Ok(Ran::NotDone)
}

/// Stores the member's message with the text that was just read; `None`: the member deleted it. A message
/// that is part of a plan's outcome goes there.
async fn keep(state: &AppState, job: &Job, keep: KeepMessage, text: Option<MemberText>) -> Result<Ran> {
    let id = job.id.clone();
    let text = text.filter(|text| !text.is_blank());
    state
        .write(move |ctx| {
            Box::pin(async move {
                // False: it was stored already, or the member is forgotten meanwhile.
                if !ctx.tx.finish_job(&id).await? {
                    return Ok(());
                }
                if let Some(text) = &text
                    && let Some(plan) = plan::edited_to(ctx, &keep.who, &keep.source, text, None).await?
                {
                    let shows = UpdatePayload::Plan { plan };
                    return steps::outbox::enqueue_update(ctx, &keep.who, keep.offer, shows).await;
                }
                direct_message::keep(ctx, keep, text).await
            })
        })
        .await?;
    state.wake.notify_one();
    Ok(Ran::Done)
}

/// Stores what Slack says about a member.
async fn profile_read(state: &AppState, job: &Job, who: &MemberId, profile: &Presence) -> Result<Ran> {
    let (id, who, zone) = (job.id.clone(), who.clone(), profile.slack_zone.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                if let Some(mut member) = ctx.tx.find_member(&who).await?
                    && steps::member::follow_slack_zone(ctx, &mut member, zone.as_deref()).await?
                {
                    ctx.tx.save_member(&member).await?;
                }
                ctx.tx.finish_job(&id).await?;
                Ok(())
            })
        })
        .await?;
    Ok(Ran::Done)
}
