//! A calendar that a member uploaded: downloaded, read on a thread of its own, and proposed in the form
//! that waits, or by a message when the form is closed.

use super::{Ran, not_done};
use crate::{
    coach::{
        calendar::{self, Proposal},
        ids::{FileId, MemberId, ViewId},
        member::Zone,
        screen::CalendarError,
    },
    features::audit,
    interaction::{AppState, Download, Result, SlackGateway},
    store::Job,
};
use jiff::Timestamp;

/// How often a download is tried again. The member waits for it, so not often.
const RETRIES: u32 = 2;

pub(super) async fn read_calendar(
    state: &AppState,
    slack: &dyn SlackGateway,
    job: &Job,
    who: &MemberId,
    file: &FileId,
    view: &ViewId,
) -> Result<Ran> {
    let found = match slack.file(&job.team, file, calendar::MAX_BYTES).await {
        Ok(Download::Whole(bytes)) => {
            let zone = audit::zone_of(state, who).await?;
            read(bytes, zone, state.env.now()).await
        }
        Ok(Download::TooLarge) => Err(CalendarError::TooLarge),
        Err(why) if why.retry_at.is_some() && job.attempts < RETRIES => {
            return not_done(state, job, &why).await;
        }
        Ok(Download::Gone) | Err(_) => Err(CalendarError::NotFetched),
    };
    let Some(shown) = audit::calendar_read(state, job, who, found).await? else { return Ok(Ran::Done) };
    match slack.show_form(&job.team, view, &shown.form, &job.id).await {
        Ok(true) => {}
        // Closed, or not shown for another reason: the member is told either way.
        Ok(false) | Err(_) => audit::form_closed(state, who, shown.message).await?,
    }
    Ok(Ran::Done)
}

/// Reading a large calendar takes tens of milliseconds: not on a thread that others wait for.
async fn read(bytes: Vec<u8>, zone: Zone, now: Timestamp) -> std::result::Result<Proposal, CalendarError> {
    let reading = tokio::task::spawn_blocking(move || calendar::last_meetings(&bytes, &zone, now));
    reading.await.unwrap_or(Err(CalendarError::NoCalendar))
}
