use super::{rule::RecurrenceRule, written_time::date_time, zone::CalendarZone, *};
use proptest::prelude::*;

mod kinds;
mod zones;

/// Friday 2 October 2026, ten in Berlin.
fn now() -> Timestamp {
    "2026-10-02T08:00:00Z".parse().unwrap()
}

fn file(events: &[&str]) -> String {
    let events: String = events
        .iter()
        .map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn titles(events: &[&str]) -> Result<Vec<String>, CalendarError> {
    read_whole(file(events).as_bytes())
}

fn read_whole(bytes: &[u8]) -> Result<Vec<String>, CalendarError> {
    Ok(words(&proposal(bytes)?.meetings.into_iter().map(|meeting| meeting.title).collect::<Vec<_>>()))
}

fn proposal(bytes: &[u8]) -> Result<Proposal, CalendarError> {
    last_meetings(bytes, &Zone::parse("Europe/Berlin", true).unwrap(), now())
}

fn unread(bytes: &[u8]) -> Vec<String> {
    words(&proposal(bytes).expect("a calendar").unread)
}

fn words(words: &[MemberText]) -> Vec<String> {
    words.iter().map(|words| words.reveal().to_owned()).collect()
}

#[allow(clippy::unnecessary_wraps, reason = "compared with what the tested function returns")]
fn all(titles: &[&str]) -> Result<Vec<String>, CalendarError> {
    Ok(titles.iter().map(|title| (*title).to_owned()).collect())
}

const GOOGLE: &[u8] = include_bytes!("../../../tests/fixtures/calendars/google.ics");
const OUTLOOK: &[u8] = include_bytes!("../../../tests/fixtures/calendars/outlook.ics");
const APPLE: &[u8] = include_bytes!("../../../tests/fixtures/calendars/apple.ics");

#[test]
fn what_google_outlook_and_apple_export_is_read() {
    assert_eq!(read_whole(GOOGLE), all(&["Stand-up", "Where to in 2028?"]));
    assert_eq!(
        read_whole(OUTLOOK),
        all(&["Call with the other coast", "Month end", "Jour fixe; verschoben"])
    );
    assert_eq!(read_whole(APPLE), all(&["Rounds", "Une heure à deux — bilan"]));
    assert_eq!(unread(APPLE), ["Every six hours"]);
    assert!(unread(GOOGLE).is_empty() && unread(OUTLOOK).is_empty());
}

#[test]
fn every_encoding_and_ending_of_lines_reads_the_same() {
    let text = std::str::from_utf8(APPLE).unwrap();
    let utf16 = |bom: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{bom}{text}").encode_utf16().flat_map(bytes).collect()
    };
    let from_windows_1252 = |c: char| match c {
        '—' => 0x97,
        c => u8::try_from(u32::from(c)).expect("Latin-1"),
    };
    let folded_in_a_character = APPLE.split(|byte| *byte == 0xc3).collect::<Vec<_>>().join(&b"\xc3\n "[..]);
    for (how, bytes) in [
        ("LF", APPLE.to_vec()),
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("a mark at the beginning", [b"\xef\xbb\xbf", APPLE].concat()),
        ("UTF-16, little end first", utf16("\u{feff}", u16::to_le_bytes)),
        ("UTF-16, big end first", utf16("\u{feff}", u16::to_be_bytes)),
        ("UTF-16 without a mark", utf16("", u16::to_le_bytes)),
        ("UTF-16 without a mark, after an empty line", utf16("\r\n", u16::to_le_bytes)),
        ("Windows-1252", text.chars().map(from_windows_1252).collect()),
        ("folded inside a character", folded_in_a_character),
    ] {
        assert_eq!(read_whole(&bytes), read_whole(APPLE), "{how}");
    }
}

#[test]
fn single_meetings_of_the_last_four_weeks_the_newest_first() {
    let found = titles(&[
        "DTSTART:20260901T090000Z\r\nSUMMARY:Too old",
        "DTSTART;TZID=Europe/Berlin:20261001T090000\r\nSUMMARY:Yesterday\\, early",
        "DTSTART:20261002T100000\r\nSUMMARY:Just now, without a zone",
        "DTSTART:20261002T080001Z\r\nSUMMARY:Not yet",
        "DTSTART;VALUE=DATE:20261001\r\nSUMMARY:All day",
        "DTSTART:20261001T080000Z\r\nSTATUS:CANCELLED\r\nSUMMARY:Cancelled",
        "DTSTART:20261001T080000Z\r\nTRANSP:TRANSPARENT\r\nSUMMARY:Free",
        "DTSTART:20260930T220000Z\r\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\r\nSUMMARY:All day for Outlook",
        "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260930T100000\r\nSUMMARY:",
        "DTSTART:20260929T080000Z\r\nSUMMARY:A long\r\n er title\r\n\t that is folded\r\nATTENDEE;CN=\"Doe: Jane\":mailto:jane@a.example",
        "DTSTART:20260929T080000Z\r\nSUMMARY:A long\r\n er title\r\n\t that is folded",
        "SUMMARY:Without a start",
        "dtstart;tzid=\"Europe/Berlin\":20260928T0900\r\nsummary;language=en:In small letters",
    ]);
    let wanted = [
        "Just now, without a zone",
        "Yesterday, early",
        "Meeting on Wed 30 Sep, 10:00",
        "A longer title that is folded",
        "In small letters",
    ];
    assert_eq!(found, all(&wanted));
}

#[test]
fn a_title_of_trouble_is_not_proposed() {
    let heavy = "DTSTART:20261001T080000Z\r\nSUMMARY:Employment tribunal with Raj";
    assert_eq!(titles(&[heavy]), all(&["Meeting on Thu 1 Oct, 10:00"]));
}

/// Dates in Berlin of a series at 09:00 there, in the four weeks before Friday 2 October, ten o'clock.
fn series(start: &str, rule: &str) -> Vec<String> {
    let rule = RecurrenceRule::parse(rule).expect(rule);
    let zone = CalendarZone::Known(TimeZone::get("Europe/Berlin").unwrap());
    let window = (now() - LOOK_BACK, now());
    let start = date_time(start).unwrap();
    let found = rule.occurrences(start, &zone, window, &mut StepBudget::default()).unwrap();
    let nine = |at: &jiff::civil::DateTime| at.strftime("%H:%M").to_string() == "09:00";
    let named =
        |at: jiff::civil::DateTime| at.strftime(if nine(&at) { "%m-%d" } else { "%m-%d %H:%M" }).to_string();
    found.into_iter().map(|at| named(zone.local(at))).collect()
}

#[test]
fn series_are_found_in_the_window() {
    let table: &[(&str, &str, &[&str])] = &[
        ("20260928T090000", "FREQ=DAILY", &["09-28", "09-29", "09-30", "10-01", "10-02"]),
        ("20260928T090000", "FREQ=DAILY;INTERVAL=3", &["09-28", "10-01"]),
        ("20260928T090000", "FREQ=DAILY;INTERVAL=4294967295", &["09-28"]),
        (
            "20260930T090000",
            "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;UNTIL=20260930",
            &["09-30", "09-30 09:30", "09-30 17:00", "09-30 17:30"],
        ),
        ("20260901T090000", "FREQ=DAILY;BYMONTHDAY=-1,7;BYMONTH=9", &["09-07", "09-30"]),
        ("19700105T090000", "FREQ=WEEKLY", &["09-07", "09-14", "09-21", "09-28"]),
        ("20260105T090000", "FREQ=WEEKLY;BYDAY=TU,TH;INTERVAL=2", &["09-15", "09-17", "09-29", "10-01"]),
        (
            "20260906T090000",
            "FREQ=WEEKLY;BYDAY=SU,MO;INTERVAL=2;WKST=SU",
            &["09-06", "09-07", "09-20", "09-21"],
        ),
        (
            "20260906T090000",
            "FREQ=WEEKLY;BYDAY=SU,MO;INTERVAL=2;WKST=MO",
            &["09-06", "09-14", "09-20", "09-28"],
        ),
        (
            "20260105T090000",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;BYMONTH=9",
            &["09-07", "09-14", "09-21", "09-28"],
        ),
        ("20260130T090000", "FREQ=MONTHLY", &["09-30"]),
        ("20260131T090000", "FREQ=MONTHLY", &[]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=2TU", &["09-08"]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=-1WE", &["09-30"]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=WE", &["09-09", "09-16", "09-23", "09-30"]),
        ("20260101T090000", "FREQ=MONTHLY;BYMONTHDAY=-1,15", &["09-15", "09-30"]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=8,9,10,11,12,13,14", &["09-14"]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", &["09-30"]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2,-2", &["09-07", "09-28"]),
        ("20001001T090000", "FREQ=YEARLY", &["10-01"]),
        ("20200101T090000", "FREQ=YEARLY;BYMONTH=9;BYDAY=3MO", &["09-21"]),
        ("20200101T090000", "FREQ=YEARLY;BYMONTHDAY=30", &["09-30"]),
        ("20200101T090000", "FREQ=YEARLY;BYDAY=39MO", &["09-28"]),
        ("20200101T090000", "FREQ=YEARLY;BYDAY=-14MO", &["09-28"]),
        ("20200101T090000", "FREQ=YEARLY;BYYEARDAY=273,-92", &["09-30", "10-01"]),
        ("20200106T090000", "FREQ=YEARLY;BYWEEKNO=40", &["09-28"]),
        ("20200106T090000", "FREQ=YEARLY;BYWEEKNO=-14;BYDAY=TU,WE", &["09-29", "09-30"]),
        ("20260928T090000", "FREQ=DAILY;COUNT=2", &["09-28", "09-29"]),
        ("20260901T090000", "FREQ=DAILY;COUNT=5;BYDAY=MO,FR", &["09-07", "09-11", "09-14", "09-18"]),
        ("20260928T090000", "FREQ=DAILY;UNTIL=20260929", &["09-28", "09-29"]),
        ("20260928T090000", "FREQ=DAILY;UNTIL=20260929T070000Z", &["09-28", "09-29"]),
        ("20260928T090000", "FREQ=DAILY;UNTIL=20260929T065959Z", &["09-28"]),
        ("20261005T090000", "FREQ=DAILY", &[]),
        ("20260928T090000", "FREQ=DAILY;COUNT=0", &[]),
        ("20260928T090000", "FREQ=DAILY;COUNT=1;RSCALE=GREGORIAN;SKIP=OMIT;", &["09-28"]),
    ];
    for (start, rule, wanted) in table {
        let found = series(start, rule);
        let wanted: Vec<&str> = wanted.to_vec();
        assert_eq!(found, wanted, "{start} {rule}");
    }
}

#[test]
fn what_is_not_understood_is_named_and_never_guessed() {
    for rule in [
        "FREQ=HOURLY",
        "FREQ=SECONDLY",
        "BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=3",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=YEARLY;RSCALE=CHINESE",
        "",
    ] {
        let event = format!("DTSTART:20260905T090000Z\r\nRRULE:{rule}\r\nSUMMARY:Rounds");
        assert_eq!(unread(file(&[&event]).as_bytes()), ["Rounds"], "{rule}");
        assert_eq!(titles(&[&event]), all(&[]), "{rule}");
    }
    let long =
        format!("DTSTART:20261001T090000Z\r\nEXDATE:{}\r\nSUMMARY:Long", "20200101T090000Z,".repeat(20_000));
    assert_eq!(unread(file(&[&long, &long]).as_bytes()), ["an event without a title"]);
    let table = [
        "DTSTART:2026-10-01 09:00\r\nSUMMARY:Rounds",
        "DTSTART:20260905T090000Z\r\nRRULE:FREQ=DAILY\r\nEXDATE:whenever\r\nSUMMARY:Rounds",
        "DTSTART:20260905T090000Z\r\nRRULE:FREQ=DAILY\r\nEXRULE:FREQ=WEEKLY\r\nSUMMARY:Rounds",
    ];
    for event in table {
        assert_eq!(unread(file(&[event]).as_bytes()), ["Rounds"], "{event}");
    }
    let following = file(&[
        "UID:1\r\nDTSTART:20260905T090000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Before",
        "UID:1\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260930T090000Z\r\nDTSTART:20260930T110000Z\r\nSUMMARY:After",
    ]);
    assert_eq!(unread(following.as_bytes()), ["Before"]);
    assert_eq!(read_whole(following.as_bytes()), all(&["After"]));
}

#[test]
fn meetings_of_a_series_are_moved_added_and_left_out() {
    let found = titles(&[
        "UID:1\r\nDTSTART;TZID=W. Europe Standard Time:20260907T090000\r\nRRULE:FREQ=WEEKLY\r\n\
         EXDATE;TZID=W. Europe Standard Time:20260914T090000,20260921T090000\r\nSUMMARY:Weekly",
        "UID:1\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260928T090000\r\nDTSTART:20260929T090000Z\r\nSUMMARY:Weekly, moved",
        "UID:1\r\nRECURRENCE-ID:20260907T070000Z\r\nDTSTART:20260907T070000Z\r\nSTATUS:CANCELLED\r\nSUMMARY:Weekly",
        "UID:2\r\nDTSTART:20200105T090000Z\r\nRDATE;VALUE=PERIOD:20260910T090000Z/PT1H,20260911T090000Z/PT1H\r\n\
         EXDATE;VALUE=DATE:20260911\r\nSUMMARY:By hand",
    ]);
    assert_eq!(found, all(&["Weekly, moved", "By hand"]));
}

#[test]
fn zones_that_only_the_file_knows_are_understood() {
    let zone = |changes: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Ours:20261001T090000\r\nSUMMARY:\r\nEND:VEVENT\r\n\
                 BEGIN:VTIMEZONE\r\nTZID:Ours\r\n{changes}END:VTIMEZONE\r\nEND:VCALENDAR\r\n"
        )
    };
    let change = |kind: &str, to: &str, more: &str| {
        format!("BEGIN:{kind}\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:{to}\r\n{more}\r\nEND:{kind}\r\n")
    };
    let summer =
        |rule: &str| change("DAYLIGHT", "-0400", &format!("DTSTART:20000312T020000\r\nRRULE:{rule}"));
    let winter =
        |rule: &str| change("STANDARD", "-0500", &format!("DTSTART:20001105T020000\r\nRRULE:{rule}"));
    // What 09:00 there is in Berlin.
    for (changes, wanted) in [
        (change("STANDARD", "+0530", "DTSTART:16010101T000000"), "05:30"),
        (summer("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU") + &winter("FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"), "15:00"),
        (
            summer("FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14")
                + &winter("FREQ=YEARLY;BYMONTH=9;BYDAY=-1SU"),
            "16:00",
        ),
        (
            summer("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;UNTIL=20070101T000000Z")
                + &winter("FREQ=YEARLY;BYMONTH=11;BYDAY=1SU;UNTIL=20070101T000000Z"),
            "16:00",
        ),
        (
            change("STANDARD", "+0100", "DTSTART:20000101T000000\r\nRDATE:20251026T030000")
                + &change("DAYLIGHT", "+0300", "DTSTART:20000601T000000\r\nRDATE:20260329T020000"),
            "08:00",
        ),
        // The first change is after the meeting: before it the offset is the one it changes from.
        (change("STANDARD", "+0500", "DTSTART:20261101T000000"), "11:00"),
        (
            change("STANDARD", "+0300", "DTSTART:20160101T000000")
                + &change("DAYLIGHT", "+0400", "DTSTART:20000326T000000\r\nRRULE:FREQ=YEARLY;COUNT=3"),
            "08:00",
        ),
        ("X-LIC-LOCATION:America/Los_Angeles\r\n".to_owned(), "18:00"),
    ] {
        assert_eq!(
            read_whole(zone(&changes).as_bytes()),
            all(&[&format!("Meeting on Thu 1 Oct, {wanted}")]),
            "{changes}"
        );
    }
    for changes in [
        change("STANDARD", "nonsense", "DTSTART:16010101T000000"),
        change("STANDARD", "+0100", "DTSTART:16010101T000000\r\nRRULE:FREQ=HOURLY"),
        change("STANDARD", "+0100", "DTSTART:whenever"),
    ] {
        let file = zone(&changes);
        assert_eq!(read_whole(file.as_bytes()), all(&[]), "{changes}");
        assert_eq!(unread(file.as_bytes()), ["an event without a title"], "{changes}");
    }
}

#[test]
fn what_is_no_calendar_is_said_so() {
    let zone = Zone::utc();
    let many = format!(
        "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
        "BEGIN:VEVENT\nEND:VEVENT\n".repeat(event::MAX_EVENTS + 1)
    );
    let table: Vec<(Vec<u8>, CalendarError)> = vec![
        (Vec::new(), CalendarError::NoCalendar),
        (b"PK\x03\x04\x14\x00".to_vec(), CalendarError::NoCalendar),
        (b"\xff\xfe\x00".to_vec(), CalendarError::NoCalendar),
        (b"<!DOCTYPE html>".to_vec(), CalendarError::NoCalendar),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n".to_vec(), CalendarError::NoCalendar),
        (b"BEGIN:VEVENT\nEND:VEVENT\n".to_vec(), CalendarError::NoCalendar),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n".to_vec(), CalendarError::NoCalendar),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n".to_vec(), CalendarError::NoMeetings),
        (
            file(&["DTSTART:20261001T090000Z"]).replace("VERSION:2.0", "METHOD:CANCEL").into_bytes(),
            CalendarError::NoMeetings,
        ),
        ("BEGIN:VCALENDAR\n".repeat(100_000).into_bytes(), CalendarError::TooMuch),
        (vec![b'x'; MAX_BYTES + 1], CalendarError::TooLarge),
        (many.into_bytes(), CalendarError::TooMuch),
    ];
    for (bytes, trouble) in table {
        let shown = String::from_utf8_lossy(bytes.get(..40.min(bytes.len())).unwrap()).into_owned();
        assert_eq!(last_meetings(&bytes, &zone, now()), Err(trouble), "{shown}");
    }
}

#[test]
fn endless_counts_are_given_up() {
    let endless = "DTSTART:00010101T000000Z\r\nRRULE:FREQ=YEARLY;COUNT=4000000000;BYDAY=MO\r\nSUMMARY:Always";
    let many = vec![endless; 2_000];
    assert_eq!(titles(&many), Err(CalendarError::TooMuch));
    assert_eq!(
        titles(&["DTSTART:00010101T000000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Always"]).map(|it| it.len()),
        Ok(1)
    );
}

proptest! {
    #[test]
    fn nothing_that_arrives_breaks_it(
        lines in prop::collection::vec("(BEGIN:V(CALENDAR|EVENT|TIMEZONE)|END:V(CALENDAR|EVENT|TIMEZONE)|BEGIN:STANDARD|END:STANDARD|TZID:[a-z]{0,3}|TZOFFSETTO:[-+0-9]{0,7}|DTSTART(;TZID=[A-Za-z/\"]{0,9})?:[0-9T]{0,16}Z?|RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;(INTERVAL|COUNT|BYDAY|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYHOUR|BYMONTH|BYSETPOS|UNTIL|WKST)=[-0-9A-Z,]{0,9}){0,3}|[ER]XDATE:[0-9T,/]{0,20}|SUMMARY:.{0,20}| .{0,9})", 0..30)
    ) {
        let _ = read_whole(lines.join("\r\n").as_bytes());
        let _ = titles(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_break_it(noise in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..3_000, cut in 0_usize..3_000) {
        let mut bytes = OUTLOOK.to_vec();
        let at = at.min(bytes.len());
        bytes.splice(at..(at + cut / 20).min(OUTLOOK.len()), noise.iter().copied());
        let _ = read_whole(&bytes);
        let _ = read_whole(&noise);
    }

    /// However a rule is made, it names only times that are in the window and after its start, in order.
    #[test]
    fn a_rule_stays_within_its_bounds(
        every in "DAILY|WEEKLY|MONTHLY|YEARLY",
        parts in prop::collection::vec("(INTERVAL=[1-9]|COUNT=[0-9]{1,3}|BYDAY=(MO|-1FR|2TU)|BYMONTHDAY=(-1|15)|BYMONTH=(9|10)|BYWEEKNO=40|BYYEARDAY=-92|BYHOUR=9,17|BYSETPOS=(1|-1)|UNTIL=20260925)", 0..4),
    ) {
        let Some(rule) = RecurrenceRule::parse(&format!("FREQ={every};{}", parts.join(";"))) else { return Ok(()) };
        let start = date_time("20260107T090000").unwrap();
        let window = (now() - LOOK_BACK, now());
        let found = rule.occurrences(start, &CalendarZone::Known(TimeZone::UTC), window, &mut StepBudget::default()).unwrap();
        prop_assert!(found.is_sorted() && found.iter().all(|at| *at >= window.0 && *at <= window.1));
        let until: Timestamp = "2026-09-25T23:59:59Z".parse().unwrap();
        let has = |part: &str| parts.iter().any(|it| it.starts_with(part));
        prop_assert!(!has("UNTIL") || has("COUNT") || found.iter().all(|at| *at <= until));
    }
}
