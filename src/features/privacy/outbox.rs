use crate::{
    coach::{
        member::Member,
        screen::{Message, Notice},
    },
    interaction::{Composed, Ctx, OutboundFile},
    store::{NoticePayload, OutboxRow},
};

/// Everything about a member, as the files that were made a moment ago with [`super::export_files`].
pub fn compose_export(
    ctx: &Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    by_operator: bool,
    files: Vec<OutboundFile>,
) -> Composed {
    if files.is_empty() {
        // The member began after they were made.
        return Composed::Wait(ctx.now());
    }
    Composed::post_with(row, Some(member), Message::Export { by_operator }, None, files)
}

/// The text of a notice.
pub fn notice(payload: &NoticePayload) -> Notice {
    match payload {
        NoticePayload::Erased { by_operator } => {
            Notice::Erased { by_operator: *by_operator, messages_deleted: false }
        }
        NoticePayload::ReadByOperator { month } => Notice::ReadByOperator { month: *month },
        NoticePayload::FeedbackAsked { until_on } => Notice::FeedbackAsked { until_on: *until_on },
        NoticePayload::FeedbackTooFew => Notice::FeedbackTooFew,
        NoticePayload::FeedbackNotChecked => Notice::FeedbackNotChecked,
        NoticePayload::ExportHeld => Notice::ExportHeld,
    }
}
