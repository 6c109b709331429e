//! An audit: its form and its line in a list.

use super::{CalendarError, FormState};
use crate::coach::{
    audit::{AuditSummary, Meeting},
    care::Concern,
    ids::RowId,
    member_text::MemberText,
};
use jiff::civil::Date;

#[derive(Debug, Clone, PartialEq)]
pub struct AuditForm {
    pub state: FormState,
    /// The values of its rows, at most five.
    pub meetings: Vec<Meeting>,
    /// Whether a calendar can be uploaded, as for a new audit.
    pub upload: bool,
    /// Whether the rows were proposed from a calendar.
    pub proposed: bool,
    /// Why the uploaded calendar could not be used.
    pub trouble: Option<CalendarError>,
    /// Titles of events that are not among the rows, because their time was not understood.
    pub unread: Vec<MemberText>,
    /// The care concern that the titles mention. The form then names people to talk to and offers to keep the
    /// audit or not.
    pub concern: Option<Concern>,
}

/// One audit in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    pub audit: RowId,
    pub local_on: Date,
    /// `None` while its meetings are only proposed.
    pub outcome: Option<AuditSummary>,
}
