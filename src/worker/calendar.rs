//! Reading a calendar that a member uploaded: fetched, read aside from everything else, proposed in the
//! form that waits, or by a message when the form is closed.

use super::Worker;
use crate::{
    app::{AppError, ports::Fetched},
    coach::{
        calendar::{self, Proposal},
        ids::{FileId, MemberId, ViewId},
        member::Zone,
        screen::CalendarError,
    },
    store::Job,
};
use jiff::Timestamp;

impl Worker {
    pub(super) async fn read_calendar(
        &self,
        job: &Job,
        who: &MemberId,
        subject: &str,
    ) -> Result<(), AppError> {
        let parts = subject.split_once(':');
        let parts =
            parts.and_then(|(file, view)| Some((FileId::parse(file).ok()?, ViewId::parse(view).ok()?)));
        let Some((file, view)) = parts else { return self.app.job_done(job).await };
        let found = match self.slack.file(&job.team, &file, calendar::MAX_BYTES).await {
            Ok(Fetched::Whole(bytes)) => {
                let zone = self.app.zone_of(who).await?;
                read(bytes, zone, self.app.env.now()).await
            }
            Ok(Fetched::TooLarge) => Err(CalendarError::TooLarge),
            Ok(Fetched::Gone) => Err(CalendarError::NotFetched),
            // It is tried again; somebody waits, so not for long.
            Err(why) if why.retry_at.is_some() && job.attempts < 3 => {
                return self.app.job_not_done(job, &why).await;
            }
            Err(_) => Err(CalendarError::NotFetched),
        };
        let Some(shown) = self.app.calendar_read(job, found).await? else { return Ok(()) };
        match self.slack.show_form(&job.team, &view, &shown.form).await {
            Ok(true) => Ok(()),
            // Closed, or not shown for another reason: the member is told either way.
            Ok(false) | Err(_) => self.app.calendar_form_closed(who, &shown.subject).await,
        }
    }
}

/// Reads on a thread of its own, so that nothing else waits for it.
async fn read(bytes: Vec<u8>, zone: Zone, now: Timestamp) -> Result<Proposal, CalendarError> {
    let reading = tokio::task::spawn_blocking(move || calendar::last_meetings(&bytes, &zone, now));
    reading.await.unwrap_or(Err(CalendarError::NoCalendar))
}
