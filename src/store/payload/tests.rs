use super::*;
use crate::coach::{
    hat::{Dimension, Hat, Practice},
    prompt::Reason,
    room::Room,
};

fn id() -> RowId {
    RowId::new(1_764_000_000_000, 7)
}

fn ts() -> MessageTs {
    MessageTs::parse("1764000000.000100").unwrap()
}

fn at() -> MessageRef {
    MessageRef { channel: crate::coach::ids::ChannelId::parse("D1").unwrap(), ts: ts() }
}

fn outbox_payloads() -> Vec<OutboxPayload> {
    let month: Month = "2026-10".parse().unwrap();
    let until_on = jiff::civil::date(2026, 11, 1);
    let slot_at = Timestamp::from_millisecond(1_764_000_000_000).unwrap();
    vec![
        OutboxPayload::Welcome,
        OutboxPayload::Nudge { nudge: id() },
        OutboxPayload::GoOn { slot_at },
        OutboxPayload::Report { month, scheduled: true },
        OutboxPayload::Report { month, scheduled: false },
        OutboxPayload::ReportFile { month, format: PictureFormat::Pdf },
        OutboxPayload::Export { by_operator: true },
        OutboxPayload::Update(UpdatePayload::Nudge { nudge: id() }),
        OutboxPayload::Update(UpdatePayload::Reflection { reflection: id() }),
        OutboxPayload::Update(UpdatePayload::Plan { plan: id() }),
        OutboxPayload::Update(UpdatePayload::Report { month }),
        OutboxPayload::Update(UpdatePayload::NotKept),
        OutboxPayload::Update(UpdatePayload::KeepFailed),
        OutboxPayload::Update(UpdatePayload::FeedbackOver { round: id() }),
        OutboxPayload::Update(UpdatePayload::FeedbackBegan { round: id() }),
        OutboxPayload::Offer { source: ts() },
        OutboxPayload::Care { concern: Concern::Legal, source: ts(), nudge: Some(id()) },
        OutboxPayload::Care { concern: Concern::SelfHarm, source: ts(), nudge: None },
        OutboxPayload::Kept { reflection: id() },
        OutboxPayload::FeedbackAsk { round: id() },
        OutboxPayload::FeedbackBegan { round: id() },
        OutboxPayload::FeedbackRefused { people: vec![UserId::parse("U1").unwrap()] },
        OutboxPayload::FeedbackResult { round: id() },
        OutboxPayload::Plan { plan: id() },
        OutboxPayload::AuditProposed { audit: id() },
        OutboxPayload::CalendarError { trouble: CalendarError::TooLarge },
        OutboxPayload::Wish { wish: Wish::Report, month: Some(month), until: Vec::new(), nudge: None },
        OutboxPayload::Wish { wish: Wish::Skip, month: None, until: Vec::new(), nudge: Some(id()) },
        OutboxPayload::Wish { wish: Wish::Pause, month: None, until: vec![until_on], nudge: None },
        OutboxPayload::TooShort { nudge: id() },
        OutboxPayload::WithoutWords,
        OutboxPayload::Notice(NoticePayload::Erased { by_operator: false }),
        OutboxPayload::Notice(NoticePayload::ReadByOperator { month }),
        OutboxPayload::Notice(NoticePayload::FeedbackAsked { until_on }),
        OutboxPayload::Notice(NoticePayload::FeedbackTooFew),
        OutboxPayload::Notice(NoticePayload::FeedbackNotChecked),
        OutboxPayload::Notice(NoticePayload::ExportHeld),
    ]
}

#[test]
fn every_outbox_payload_is_read_back() {
    for payload in outbox_payloads() {
        let text = payload.to_text();
        assert_eq!(OutboxPayload::parse(payload.kind(), &text), Ok(payload), "{text}");
    }
}

#[test]
fn every_job_payload_is_read_back() {
    for payload in [
        JobPayload::DeleteMessage { at: at() },
        JobPayload::DeleteFile { file: "F1".to_owned() },
        JobPayload::KeepMessage { source: at(), offer: at(), nudge: Some(id()) },
        JobPayload::MarkMessage { at: at(), kept: true },
        JobPayload::RefreshProfile,
        JobPayload::EraseWorkspace,
        JobPayload::Scrub,
        JobPayload::CheckMessage { at: at() },
        JobPayload::DeleteUnsettled {
            row: id(),
            channel: at().channel,
            since: Timestamp::from_millisecond(1_764_000_000_000).unwrap(),
        },
        JobPayload::ReadMissed {
            nudge: at(),
            from: ts(),
            lost_since: Timestamp::from_millisecond(1_764_000_000_000).unwrap(),
            before: Some(ts()),
        },
        JobPayload::CheckAsked { round: id(), view: None },
        JobPayload::CheckAsked { round: id(), view: Some(ViewId::parse("V1").unwrap()) },
        JobPayload::ReadCalendar { file: FileId::parse("F1").unwrap(), view: ViewId::parse("V1").unwrap() },
    ] {
        let text = payload.to_text();
        assert_eq!(JobPayload::parse(payload.kind(), Some(&text), None), Ok(payload), "{text}");
    }
}

#[test]
fn what_is_stored_today_never_changes_its_text() {
    assert_eq!(
        OutboxPayload::Nudge { nudge: id() }.to_text(),
        format!(r#"{{"v":1,"type":"nudge","nudge":"{}"}}"#, id())
    );
    assert_eq!(
        OutboxPayload::Update(UpdatePayload::NotKept).to_text(),
        r#"{"v":1,"type":"update","of":"not-kept"}"#
    );
}

#[test]
fn the_reason_of_a_nudge_is_read_back_as_well_as_the_sentence_of_an_older_one() {
    let room = Room::Directionless;
    let reasons = [
        Reason::Follows { practice: Practice::StopSolving },
        Reason::Focus { practice: Practice::CheckInDontJustInspire },
        Reason::Room { room, read_on: jiff::civil::date(2026, 10, 13) },
        Reason::WornLess { hat: Hat::Leader, worn: 2, other: 6, answers: 8 },
        Reason::AskedLess { dimension: Dimension::Risk, asked: 0, questions: 5 },
        Reason::Chance,
        Reason::LookBack { stated_on: jiff::civil::date(2026, 10, 1) },
        Reason::Standing,
    ];
    for reason in reasons {
        let text = nudge_reason_text(&reason.into());
        assert_eq!(nudge_reason(text.clone()), NudgeReason::Known(reason), "{text}");
    }
    let room = nudge_reason_text(&reasons[2].into());
    assert_eq!(room, r#"{"v":1,"because":"room","room":"directionless","read_on":"2026-10-13"}"#);
    let older = "You put the practice \"stop solving\" in focus.";
    assert_eq!(nudge_reason(older.to_owned()), NudgeReason::Sentence(older.to_owned()));
    let newer = r#"{"v":2,"because":"the moon"}"#;
    assert_eq!(nudge_reason(newer.to_owned()), NudgeReason::Sentence(String::new()));
}

#[test]
fn a_malformed_payload_is_an_error_that_names_the_kind() {
    for text in ["", "{}", "not an id!", r#"{"v":2,"type":"nudge"}"#, r#"{"v":1,"type":"welcome"}"#] {
        assert_eq!(
            OutboxPayload::parse(OutKind::Nudge, text),
            Err(MalformedPayload { kind: "nudge" }),
            "{text}"
        );
    }
    assert!(JobPayload::parse(JobKind::CheckAsked, None, None).is_err());
    assert!(JobPayload::parse(JobKind::DeleteMessage, None, None).is_err());
}
