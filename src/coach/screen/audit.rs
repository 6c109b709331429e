//! An audit: its form, its line in a list, and what can be the matter with a calendar.

use super::{CalendarError, FormState};
use crate::coach::{
    audit::{AuditSummary, Meeting},
    care::Concern,
    ids::RowId,
    member_text::MemberText,
};
use jiff::civil::Date;

/// The audit form.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditForm {
    /// Its state.
    pub state: FormState,
    /// What stands in its rows, at most five.
    pub meetings: Vec<Meeting>,
    /// A calendar can be uploaded: a new audit.
    pub upload: bool,
    /// The rows were proposed from a calendar.
    pub proposed: bool,
    /// Why the calendar that was uploaded could not be used.
    pub trouble: Option<CalendarError>,
    /// Titles of events that were left out of the proposal, because it was not understood when they
    /// take place.
    pub unread: Vec<MemberText>,
    /// The trouble that its titles speak of: people to talk to, *Keep* and *Don't keep*.
    pub concern: Option<Concern>,
}

/// One audit in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its row.
    pub audit: RowId,
    /// Its local date.
    pub local_on: Date,
    /// What it came to; `None` while its meetings are only proposed.
    pub outcome: Option<AuditSummary>,
}
