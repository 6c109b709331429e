use crate::{
    coach::{
        ids::RowId,
        member::Member,
        screen::{CalendarError, Message, Notice},
    },
    interaction::Composed,
    store::OutboxRow,
};

/// The meetings of a calendar wait to be marked.
pub fn compose_proposed(row: &OutboxRow, member: &Member, audit: &RowId) -> Composed {
    Composed::post(row, Some(member), Message::AuditProposed { audit: audit.clone() })
}

/// Why an uploaded calendar could not be used.
pub fn compose_trouble(row: &OutboxRow, member: &Member, trouble: CalendarError) -> Composed {
    Composed::post(row, Some(member), Message::Notice(Notice::CalendarError(trouble)))
}
