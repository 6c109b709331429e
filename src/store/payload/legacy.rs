//! Reads rows that were written before payloads were JSON: a bare id, a word, or parts with a colon
//! between them. Nothing is written in this format any more.

use super::{JobPayload, NoticePayload, OutboxPayload, UpdatePayload};
use crate::{
    coach::{
        ids::{FileId, MessageRef, MessageTs, RowId, ViewId},
        month::Month,
    },
    store::{JobKind, OutKind},
};
use jiff::Timestamp;

/// The suffix after the month of a scheduled report.
const SCHEDULED: &str = "/by-itself";

fn id(text: &str) -> Option<RowId> {
    RowId::parse(text).ok()
}

/// A report as it was written.
pub(super) fn report(month: Month, scheduled: bool) -> String {
    format!("{month}{}", if scheduled { SCHEDULED } else { "" })
}

pub(super) fn outbox(kind: OutKind, text: &str) -> Option<OutboxPayload> {
    Some(match kind {
        OutKind::Welcome => OutboxPayload::Welcome,
        OutKind::Nudge => OutboxPayload::Nudge { nudge: id(text)? },
        OutKind::GoOn => {
            OutboxPayload::GoOn { slot_at: Timestamp::from_millisecond(text.parse().ok()?).ok()? }
        }
        OutKind::Report => {
            let month = text.strip_suffix(SCHEDULED).unwrap_or(text);
            OutboxPayload::Report { month: month.parse().ok()?, scheduled: month != text }
        }
        OutKind::Export => OutboxPayload::Export { by_operator: text == "operator" },
        OutKind::Update => OutboxPayload::Update(update(text)?),
        OutKind::Offer => OutboxPayload::Offer { source: MessageTs::parse(text).ok()? },
        OutKind::Care => {
            let mut parts = text.splitn(3, ':');
            OutboxPayload::Care {
                concern: parts.next()?.parse().ok()?,
                source: MessageTs::parse(parts.next()?).ok()?,
                nudge: parts.next().and_then(id),
            }
        }
        OutKind::Kept => {
            OutboxPayload::Kept { reflection: id(text.strip_prefix("reflection:").unwrap_or(text))? }
        }
        OutKind::FeedbackAsk => OutboxPayload::FeedbackAsk { round: id(text)? },
        OutKind::FeedbackResult => OutboxPayload::FeedbackResult { round: id(text)? },
        OutKind::Plan => OutboxPayload::Plan { plan: id(text)? },
        OutKind::Audit => match text.parse() {
            Ok(trouble) => OutboxPayload::CalendarError { trouble },
            Err(_) => OutboxPayload::AuditProposed { audit: id(text)? },
        },
        // Younger than this format.
        OutKind::PlainWords | OutKind::FeedbackBegan => return None,
        OutKind::Notice => OutboxPayload::Notice(notice(text)?),
    })
}

fn update(text: &str) -> Option<UpdatePayload> {
    if text == "not-kept" {
        return Some(UpdatePayload::NotKept);
    }
    let (of, row) = text.split_once(':')?;
    let row = id(row)?;
    match of {
        "nudge" => Some(UpdatePayload::Nudge { nudge: row }),
        "reflection" => Some(UpdatePayload::Reflection { reflection: row }),
        "plan" => Some(UpdatePayload::Plan { plan: row }),
        "feedback" => Some(UpdatePayload::FeedbackOver { round: row }),
        _ => None,
    }
}

fn notice(text: &str) -> Option<NoticePayload> {
    let mut parts = text.split(':');
    match (parts.next()?, parts.next(), parts.next()) {
        ("erased", None, None) => Some(NoticePayload::Erased { by_operator: false }),
        ("erased-by-operator", None, None) => Some(NoticePayload::Erased { by_operator: true }),
        ("read-by-operator", Some(month), None) => {
            Some(NoticePayload::ReadByOperator { month: month.parse().ok()? })
        }
        ("feedback-asked", Some(_), Some(until_on)) => {
            Some(NoticePayload::FeedbackAsked { until_on: until_on.parse().ok()? })
        }
        ("feedback-too-few", Some(_), None) => Some(NoticePayload::FeedbackTooFew),
        ("feedback-not-checked", None, None) => Some(NoticePayload::FeedbackNotChecked),
        _ => None,
    }
}

pub(super) fn job(kind: JobKind, text: Option<&str>, at: Option<&MessageRef>) -> Option<JobPayload> {
    Some(match kind {
        JobKind::DeleteMessage => JobPayload::DeleteMessage { at: at?.clone() },
        JobKind::DeleteFile => JobPayload::DeleteFile { file: text?.to_owned() },
        JobKind::KeepMessage => {
            let (source, text) = (at?, text?);
            let (offer, nudge) = match text.split_once(':') {
                Some((offer, nudge)) => (offer, Some(id(nudge)?)),
                None => (text, None),
            };
            let ts = MessageTs::parse(offer).ok()?;
            let offer = MessageRef { channel: source.channel.clone(), ts };
            JobPayload::KeepMessage { source: source.clone(), offer, nudge }
        }
        JobKind::RefreshProfile => JobPayload::RefreshProfile,
        JobKind::EraseWorkspace => JobPayload::EraseWorkspace,
        JobKind::Scrub => JobPayload::Scrub,
        // Younger than this format.
        JobKind::MarkMessage | JobKind::ReadMissed | JobKind::DeleteUnsettled => return None,
        JobKind::CheckMessage => JobPayload::CheckMessage { at: at?.clone() },
        JobKind::CheckAsked => JobPayload::CheckAsked { round: id(text?)?, view: None },
        JobKind::ReadCalendar => {
            let (file, view) = text?.split_once(':')?;
            JobPayload::ReadCalendar { file: FileId::parse(file).ok()?, view: ViewId::parse(view).ok()? }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_older_format_are_read() {
        let row = RowId::new(1, 2);
        let ts = MessageTs::parse("1764000000.000100").unwrap();
        for (kind, text, expected) in [
            (OutKind::Nudge, row.to_string(), OutboxPayload::Nudge { nudge: row.clone() }),
            (
                OutKind::Report,
                "2026-10/by-itself".to_owned(),
                OutboxPayload::Report { month: "2026-10".parse().unwrap(), scheduled: true },
            ),
            (
                OutKind::Update,
                format!("nudge:{row}"),
                OutboxPayload::Update(UpdatePayload::Nudge { nudge: row.clone() }),
            ),
            (
                OutKind::Care,
                format!("legal:{ts}:{row}"),
                OutboxPayload::Care {
                    concern: crate::coach::care::Concern::Legal,
                    source: ts.clone(),
                    nudge: Some(row.clone()),
                },
            ),
            (OutKind::Kept, format!("reflection:{row}"), OutboxPayload::Kept { reflection: row.clone() }),
            (OutKind::Audit, row.to_string(), OutboxPayload::AuditProposed { audit: row.clone() }),
            (
                OutKind::Notice,
                "feedback-too-few:2".to_owned(),
                OutboxPayload::Notice(NoticePayload::FeedbackTooFew),
            ),
        ] {
            let parsed = OutboxPayload::parse(kind, &text);
            assert_eq!(parsed, Ok(expected), "{text}");
            if kind == OutKind::Report {
                assert_eq!(parsed.unwrap().legacy_text(), Some(text), "a sent report is found by it");
            }
        }
    }

    #[test]
    fn a_row_that_lacks_what_it_is_about_is_malformed() {
        for (kind, text) in [
            (OutKind::Nudge, "'; drop table"),
            (OutKind::Care, "legal"),
            (OutKind::Report, "soon"),
            (OutKind::Update, "sprint:7"),
        ] {
            assert_eq!(outbox(kind, text), None, "{text}");
        }
    }
}
