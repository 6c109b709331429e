//! Every fixed short answer as a member reads it, one after another.

use super::*;
use crate::{
    coach::{
        hat::Practice,
        prompt::Reason,
        screen::{CalendarError, PracticeEntry},
    },
    slack::render::privacy,
};
use jiff::civil::date;
use leadlens_sandbox::blocks::{Surface, check, check_view};

/// One notice for each sentence. A new notice is added here by hand.
fn every_notice() -> Vec<Notice> {
    let (on, at) = (date(2026, 10, 28), date(2026, 11, 2).at(9, 30, 0, 0));
    let month = "2026-10".parse().expect("a month");
    let zone = Some("Europe/Berlin".to_owned());
    vec![
        Notice::ScheduleKept { next: Some(at), zone: zone.clone() },
        Notice::ScheduleKept { next: None, zone },
        Notice::ScheduleKept { next: Some(at), zone: None },
        Notice::ScheduleKept { next: None, zone: None },
        Notice::Paused { until_on: Some(on) },
        Notice::Paused { until_on: None },
        Notice::Resumed { next: Some(at) },
        Notice::Resumed { next: None },
        Notice::NotPaused,
        Notice::NudgeComing,
        Notice::NudgeWaiting,
        Notice::ReportComing { month },
        Notice::ExportComing,
        Notice::ComesLater,
        Notice::NoQuestionNow,
        Notice::Why { reason: Reason::Chance.into(), practice: None },
        Notice::Why {
            reason: Reason::Focus { practice: Practice::StartSmall }.into(),
            practice: Some(PracticeEntry {
                practice: Practice::StartSmall,
                about: "You do one small thing.".to_owned(),
            }),
        },
        Notice::FeedbackChecking,
        Notice::FeedbackAsked { until_on: on },
        Notice::FeedbackTooFew,
        Notice::FeedbackCancelled { again_on: on },
        Notice::FeedbackNotChecked,
        Notice::ExportHeld,
        Notice::FeedbackTooSoon { asked_on: on, again_on: on },
        Notice::FeedbackOver,
        Notice::FeedbackWithdrawn,
        Notice::FeedbackOptedIn,
        Notice::CalendarComing,
        Notice::CalendarError(CalendarError::NotFetched),
        Notice::CalendarError(CalendarError::TooLarge),
        Notice::CalendarError(CalendarError::NoCalendar),
        Notice::CalendarError(CalendarError::TooMuch),
        Notice::CalendarError(CalendarError::NoMeetings),
        Notice::AuditDeleted,
        Notice::PlanDeleted,
        Notice::PlanNoted,
        Notice::ItemGone,
        Notice::CoachingActDeleted,
        Notice::ReflectionDeleted,
        Notice::ReflectionGone,
        Notice::EditTheMessage,
        Notice::NotKept,
        Notice::KeepFailed,
        Notice::GoesOn { next: Some(at) },
        Notice::GoesOn { next: None },
        Notice::NudgesStopped,
        Notice::ReadByOperator { month },
        Notice::Erasing,
        Notice::Erased { by_operator: false, messages_deleted: false },
        Notice::Erased { by_operator: true, messages_deleted: true },
        Notice::UnknownButton,
        Notice::AlreadyDone,
        Notice::WithoutWords,
        Notice::NotOpened,
        Notice::StoreFailed,
    ]
}

#[test]
fn they_read_well_and_keep_slacks_rules() {
    let mut book = String::new();
    for notice in every_notice() {
        let rendered = message(&notice);
        let blocks = serde_json::to_value(&rendered.blocks).unwrap();
        assert_eq!(check(&blocks, Surface::Message), Vec::<String>::new(), "{notice:?}");
        assert_eq!(
            check_view(&serde_json::to_value(form(&notice)).unwrap()),
            Vec::<String>::new(),
            "{notice:?}"
        );
        book.push_str(&format!("{}\n", rendered.text));
    }
    for by_operator in [false, true] {
        book.push_str(&format!("{}\n", privacy::export(by_operator).text));
    }
    insta::assert_snapshot!(book);
}

#[test]
fn none_of_them_scolds_or_praises() {
    let never = ["should", "must", "great", "well done", "congrat", "unfortunately", "failed", "error", "!"];
    for notice in every_notice() {
        let says = message(&notice).text.to_lowercase();
        for word in never {
            assert!(!says.contains(word), "{word}: {says}");
        }
    }
}
