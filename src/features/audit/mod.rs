//! Audits of the last five meetings: typed, or proposed from an uploaded calendar; stored once they are
//! marked. The calendar is read by a job after the commit, and nothing of it is stored but the titles that
//! are proposed.

mod calendar;
mod handle;
mod outbox;
mod respond;

pub use calendar::{calendar_read, form_closed, zone_of};
pub use handle::{handle, submit};
pub use outbox::{compose_proposed, compose_trouble};
pub use respond::respond;

use crate::coach::{
    audit::{Audit, Meeting},
    ids::{FileId, RowId},
    screen::{AuditForm, FormState},
};
use serde::{Deserialize, Serialize};

/// How many audits the list shows.
const LISTED: usize = 20;

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open an empty audit.
    Open,
    /// Open an audit, stored or proposed, for marking and editing.
    Edit { audit: RowId },
    /// Delete an audit; the button asks for confirmation itself.
    Delete { audit: RowId },
    /// Show the audits.
    List,
}

/// The submitted form.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The audit that is edited; `None`: a new one.
    pub audit: Option<RowId>,
    /// The care screen was shown, so submitting means *Keep*.
    pub care_acknowledged: bool,
    /// The rows of the form, empty ones too.
    pub meetings: Vec<Meeting>,
    /// The calendar that was uploaded.
    pub calendar: Option<FileId>,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// An audit was stored.
    Stored { audit: RowId },
    /// An audit that speaks of trouble was stored: no blind spot and no experiment follow.
    StoredQuietly,
    /// A calendar will be read.
    CalendarQueued,
    /// An audit was deleted.
    Deleted,
    /// The audit does not exist any more.
    NotFound,
    /// An earlier tap did the same.
    AlreadyDone,
}

fn empty_form() -> AuditForm {
    AuditForm {
        state: FormState::Audit { audit: None, care_acknowledged: false },
        meetings: Vec::new(),
        upload: true,
        proposed: false,
        trouble: None,
        unread: Vec::new(),
        concern: None,
    }
}

fn form_of(audit: &Audit) -> AuditForm {
    AuditForm {
        state: FormState::Audit { audit: Some(audit.id.clone()), care_acknowledged: false },
        meetings: audit.meetings.clone(),
        upload: false,
        proposed: !audit.kept,
        ..empty_form()
    }
}
