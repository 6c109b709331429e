//! A member's export: what is in it, and what is refused when one is read back.

use super::*;
use crate::report::{
    export::{cell, from_cell},
    member_export::{
        ExportedSettings, MemberExport,
        archive::{self, ArchiveError, pack, unpack},
    },
};
use proptest::prelude::*;

fn own_export() -> MemberExport {
    let mut member = mira();
    member.cadence = Some(Cadence::weekdays_at_half_past_nine());
    member.pause = Some(Pause { until_on: Some(date(2026, 12, 24)) });
    member.days_off = vec![date(2026, 10, 3)];
    let reflection = Reflection {
        origin: Origin::Nudge,
        nudge: Some(RowId::new(1_790_000_000_000, 2)),
        situation: MemberText::new("=SUM(A1:A9), they said \"now\"\nsecond line"),
        answer: MemberText::new("+49 30 1234 <!channel> 🌴"),
        room: Some(Room::Confused),
        hat_said: Some(Hats::BOTH),
        follow_up: Some("How would you notice?".into()),
        follow_up_answer: MemberText::new("'quoted'"),
        ..Reflection::new(
            RowId::new(1_790_000_000_000, 1),
            member.id.clone(),
            "What do you think the best move is?".into(),
            at("2026-10-05T07:31:02.123Z"),
            date(2026, 10, 5),
        )
    };
    let mut sent = nudge(2, NudgeState::Answered, Some("2026-10-05T07:30:01Z"));
    sent.message = Some(MessageRef {
        channel: ChannelId::parse("D1").unwrap(),
        ts: MessageTs::parse("1791185401.000100").unwrap(),
    });
    let mut held = nudge(3, NudgeState::NotSent, None);
    held.skip_reason = Some(SkipReason::Vacation);
    MemberExport::of(&member, &[reflection], &[sent, held], at("2026-11-02T08:00:00Z"))
}

#[test]
fn everything_about_oneself_is_written_down() {
    let export = own_export();
    insta::assert_snapshot!("own_json", export.json().unwrap());
    insta::assert_snapshot!("own_reflections_csv", export.reflections_csv().unwrap());
    insta::assert_snapshot!("own_nudges_csv", export.nudges_csv().unwrap());
    let read: MemberExport = serde_json::from_str(&export.json().unwrap()).unwrap();
    assert_eq!(read, export);
    assert!(!format!("{export:?}").contains("they said"), "Debug hides the words");
}

/// An archive of one file, made by hand.
fn archive_of(name: &str, content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn an_archive_reads_back_as_what_it_was_made_from() {
    let export = own_export();
    assert_eq!(unpack(&pack(&export).unwrap()).as_ref(), Ok(&export));
    assert_eq!(unpack(export.json().unwrap().as_bytes()).as_ref(), Ok(&export), "the JSON alone");
    assert_eq!(pack(&export).unwrap(), pack(&export).unwrap(), "the same bytes each time");
    let json = export.json().unwrap();
    let settings = export.member.restore().unwrap();
    assert_eq!(ExportedSettings::from(&settings), export.member, "{json}");
}

#[test]
fn an_export_that_a_desktop_unpacked_and_zipped_again_is_read() {
    let export = own_export();
    let json = export.json().unwrap();
    let with_mark = [b"\xef\xbb\xbf", json.as_bytes()].concat();
    assert_eq!(unpack(&with_mark).as_ref(), Ok(&export), "an editor on Windows");
    assert_eq!(unpack(&archive_of("leadlens.json", &with_mark)).as_ref(), Ok(&export));
    assert_eq!(unpack(&archive_of("my export/leadlens.json", json.as_bytes())).as_ref(), Ok(&export));
    assert_eq!(unpack(&archive_of("my export\\leadlens.json", json.as_bytes())).as_ref(), Ok(&export));
    let mut mac = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    mac.add_directory("leadlens/", options).unwrap();
    for (name, content) in [
        ("leadlens/leadlens.json", json.as_bytes()),
        ("__MACOSX/leadlens/._leadlens.json", b"mac"),
        ("__MACOSX/leadlens/leadlens.json", b"mac"),
        ("leadlens/.DS_Store", b"mac"),
    ] {
        mac.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut mac, content).unwrap();
    }
    assert_eq!(unpack(&mac.finish().unwrap().into_inner()).as_ref(), Ok(&export));
}

#[test]
fn what_is_no_export_is_refused_with_the_reason() {
    let json = own_export().json().unwrap();
    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        json.replacen(from, to, 1).into_bytes()
    };
    let whole = pack(&own_export()).unwrap();
    let cut = |at: usize| whole[..at].to_vec();
    let mut flipped = whole.clone();
    let middle = whole.len() / 3;
    flipped[middle] ^= 0xff;
    let is_invalid = |error| matches!(error, ArchiveError::Invalid { .. });
    for (name, bytes, says) in [
        ("nothing", Vec::new(), ArchiveError::NotAnArchive),
        ("a picture", b"\x89PNG\r\n".to_vec(), ArchiveError::NotAnArchive),
        ("four bytes of a ZIP", cut(4), ArchiveError::Damaged),
        ("half a ZIP", cut(whole.len() / 2), ArchiveError::Damaged),
        ("a ZIP without its last byte", cut(whole.len() - 1), ArchiveError::Damaged),
        ("somebody else's ZIP", archive_of("photos.json", b"{}"), ArchiveError::NoData),
        ("a path that climbs", archive_of("../leadlens.json", b"{}"), ArchiveError::NoData),
        ("somebody else's JSON", b"{\"users\": []}".to_vec(), ArchiveError::Foreign),
        ("a list", b"[]".to_vec(), ArchiveError::Foreign),
        ("another format", with("leadlens-export", "headlens-export"), ArchiveError::Foreign),
        ("a later version", with("\"version\": 1", "\"version\": 2"), ArchiveError::Version { found: 2 }),
    ] {
        assert_eq!(unpack(&bytes), Err(says), "{name}");
    }
    for (name, bytes) in [
        ("half of the JSON", json.as_bytes()[..json.len() / 2].to_vec()),
        ("an id with a quote in it", with("\"team\": \"", "\"team\": \"'")),
        ("a date that does not exist", with("2026-10-03", "2026-02-30")),
        ("a field of nobody's", with("\"reflections\"", "\"admin\": true, \"reflections\"")),
        ("a hat that nobody wears", with("\"room\": \"confused\"", "\"room\": \"bored\"")),
    ] {
        let refused = unpack(&bytes).unwrap_err();
        assert!(is_invalid(refused), "{name}: {refused:?}");
        assert!(!refused.to_string().contains("they said"), "no part of it is shown");
    }
    assert!(
        unpack(&flipped).is_err() || unpack(&flipped).as_ref() == Ok(&own_export()),
        "never something else"
    );
    let mut settings = own_export().member;
    settings.zone = "Mars/Olympus".to_owned();
    assert!(settings.restore().is_err());
}

#[test]
fn a_zip_bomb_is_read_no_further_than_an_export_can_be() {
    let bomb = archive_of("leadlens.json", &vec![b' '; archive::MAX_BYTES + 1]);
    assert!(bomb.len() < 1_000_000, "a small file: {}", bomb.len());
    assert_eq!(unpack(&bomb), Err(ArchiveError::TooLarge));
}

#[test]
fn a_spreadsheet_runs_nothing_and_a_reader_gets_every_byte_back() {
    let csv = own_export().reflections_csv().unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap().get(0), Some("id"), "the mark at the start is skipped");
    let place = |name: &str, headers: &csv::StringRecord| headers.iter().position(|h| h == name).unwrap();
    let headers = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let raw = |name: &str| row.get(place(name, &headers)).unwrap();
    assert_eq!(raw("situation"), "'=SUM(A1:A9), they said \"now\"\nsecond line");
    assert_eq!(from_cell(raw("situation")), "=SUM(A1:A9), they said \"now\"\nsecond line");
    assert_eq!(from_cell(raw("answer")), "+49 30 1234 <!channel> 🌴");
    assert_eq!(from_cell(raw("follow_up_answer")), "'quoted'");
}

proptest! {
    #[test]
    fn cells_begin_no_formula_and_lose_nothing(text in any::<String>(), first in prop::sample::select(&["=", "+", "-", "@", "\t", "\r", "'", "''", "＝", ""][..])) {
        let text = format!("{first}{text}");
        let made = cell(&text);
        prop_assert_eq!(from_cell(&made), &text);
        prop_assert!(!made.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']));
    }
}
