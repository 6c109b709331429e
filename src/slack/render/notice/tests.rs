//! Every fixed short answer as it reads, one after another.

use super::*;
use crate::slack::render;
use jiff::civil::date;
use leadlens_sandbox::blocks::{Surface, check, check_view};

/// One of each; the `match` makes a new one join them.
fn every_notice() -> Vec<Notice> {
    let (on, at) = (date(2026, 10, 28), date(2026, 11, 2).at(9, 30, 0, 0));
    let month = "2026-10".parse().expect("a month");
    let zone = "Europe/Berlin".to_owned();
    let all = vec![
        Notice::ScheduleKept { next: Some(at), zone: zone.clone() },
        Notice::ScheduleKept { next: None, zone },
        Notice::Paused { until_on: Some(on) },
        Notice::Paused { until_on: None },
        Notice::Resumed { next: Some(at) },
        Notice::Resumed { next: None },
        Notice::NotPaused,
        Notice::NudgeComing,
        Notice::NudgeWaiting,
        Notice::ReportComing { month },
        Notice::ExportComing,
        Notice::LaterAt { at },
        Notice::Skipped,
        Notice::Why { reason: "It has been a while since you were asked about this.".to_owned() },
        Notice::Deleted,
        Notice::Gone,
        Notice::EditTheMessage,
        Notice::KeptAsCheckin,
        Notice::NotKept,
        Notice::GoesOn { next: Some(at) },
        Notice::GoesOn { next: None },
        Notice::NudgesStopped,
        Notice::ReadByOperator { month },
        Notice::Erasing,
        Notice::Erased { by_operator: false, messages_deleted: false },
        Notice::Erased { by_operator: true, messages_deleted: true },
        Notice::UnknownButton,
        Notice::AlreadyDone,
        Notice::NotOpened,
        Notice::StoreFailed,
    ];
    all
}

#[test]
fn they_read_well_and_keep_slacks_rules() {
    let mut book = String::new();
    for notice in every_notice() {
        let rendered = message(&notice);
        let blocks = Value::from(rendered.blocks.clone());
        assert_eq!(check(&blocks, Surface::Message), Vec::<String>::new(), "{notice:?}");
        assert_eq!(check_view(&form(&notice)), Vec::<String>::new(), "{notice:?}");
        book.push_str(&format!("{}\n", rendered.text));
    }
    for by_operator in [false, true] {
        book.push_str(&format!("{}\n", export(by_operator).text));
    }
    insta::assert_snapshot!(book);
}

#[test]
fn none_of_them_scolds_or_praises() {
    let never = ["should", "must", "great", "well done", "congrat", "unfortunately", "failed", "error", "!"];
    for notice in every_notice() {
        let says = render::notice::message(&notice).text.to_lowercase();
        for word in never {
            assert!(!says.contains(word), "{word}: {says}");
        }
    }
}
