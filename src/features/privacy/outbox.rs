use super::export::export_file;
use crate::{
    coach::{
        member::Member,
        screen::{Message, Notice},
    },
    interaction::{Composed, Ctx, Result},
    store::{NoticePayload, OutboxRow},
};

/// Everything about a member as a file, made when it is sent.
pub async fn compose_export(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    by_operator: bool,
) -> Result<Composed> {
    let files = vec![export_file(ctx, member).await?];
    Ok(Composed::post_with(row, Some(member), Message::Export { by_operator }, None, files))
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
