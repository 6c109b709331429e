use crate::{
    coach::{
        care::Concern,
        ids::{MessageTs, RowId},
        member::Member,
        screen::{Message, Notice},
    },
    interaction::Composed,
    store::OutboxRow,
};

/// *Keep as a check-in?*, where the member wrote.
pub fn compose_offer(row: &OutboxRow, member: &Member, source: &MessageTs) -> Composed {
    Composed::post_in_place(row, member, Message::OfferKeep { source: source.clone() })
}

/// Nothing was kept of a message without words.
pub fn compose_without_words(row: &OutboxRow, member: &Member) -> Composed {
    Composed::post_in_place(row, member, Message::Notice(Notice::WithoutWords))
}

/// People to turn to.
pub fn compose_care(
    row: &OutboxRow,
    member: &Member,
    concern: Concern,
    source: &MessageTs,
    nudge: Option<&RowId>,
) -> Composed {
    let (source, nudge) = (source.clone(), nudge.cloned());
    Composed::post_in_place(row, member, Message::Care { concern, source, nudge })
}

/// The offer after *Don't keep*, or after the member deleted their message.
pub fn compose_not_kept(row: &OutboxRow) -> Composed {
    Composed::update(row, Message::Notice(Notice::NotKept))
}

/// The offer after *Keep*, when Slack did not hand out the message.
pub fn compose_keep_failed(row: &OutboxRow) -> Composed {
    Composed::update(row, Message::Notice(Notice::KeepFailed))
}
