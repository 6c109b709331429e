use super::*;
use proptest::prelude::*;

/// Friday 2 October 2026, ten in Berlin.
fn now() -> Timestamp {
    "2026-10-02T08:00:00Z".parse().unwrap()
}

fn titles(events: &[&str]) -> Result<Vec<String>, CalendarTrouble> {
    let events: String =
        events.iter().map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n")).collect();
    read_whole(&format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n"))
}

fn read_whole(text: &str) -> Result<Vec<String>, CalendarTrouble> {
    let zone = Zone::parse("Europe/Berlin", true).unwrap();
    let found = last_meetings(text.as_bytes(), &zone, now())?;
    Ok(found.into_iter().map(|meeting| meeting.title.reveal().to_owned()).collect())
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
        "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260930T100000\r\nSUMMARY:",
        "DTSTART:20260929T080000Z\r\nSUMMARY:A long\r\n er title\r\n\t that is folded\r\nATTENDEE;CN=\"Doe: Jane\":mailto:jane@a.example",
        "SUMMARY:Without a start",
    ]);
    let wanted = [
        "Just now, without a zone",
        "Yesterday, early",
        "Meeting on Wed 30 Sep, 10:00",
        "A longer title that is folded",
    ];
    assert_eq!(found, Ok(wanted.map(str::to_owned).to_vec()));
}

/// Dates in Berlin of a series at 09:00 there, in the four weeks before Friday 2 October, ten o'clock.
fn series(start: &str, rule: &str) -> Vec<String> {
    let rule = Rule::parse(rule).expect(rule);
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let window = (now() - WITHIN, now());
    let start = date_time(start).unwrap();
    let found = rule.between(start, &zone, window, &mut Budget::default()).unwrap();
    found.into_iter().map(|at| zone.to_datetime(at).strftime("%m-%d").to_string()).collect()
}

#[test]
fn series_are_found_in_the_window() {
    let table: &[(&str, &str, &[&str])] = &[
        ("20260928T090000", "FREQ=DAILY", &["09-28", "09-29", "09-30", "10-01", "10-02"]),
        ("19700105T090000", "FREQ=WEEKLY", &["09-07", "09-14", "09-21", "09-28"]),
        ("20260105T090000", "FREQ=WEEKLY;BYDAY=TU,TH;INTERVAL=2", &["09-15", "09-17", "09-29", "10-01"]),
        ("20260130T090000", "FREQ=MONTHLY", &["09-30"]),
        ("20260131T090000", "FREQ=MONTHLY", &[]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=2TU", &["09-08"]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=-1WE", &["09-30"]),
        ("20260101T090000", "FREQ=MONTHLY;BYMONTHDAY=-1,15", &["09-15", "09-30"]),
        ("20260101T090000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", &["09-30"]),
        ("20001001T090000", "FREQ=YEARLY", &["10-01"]),
        ("20200101T090000", "FREQ=YEARLY;BYMONTH=9;BYDAY=3MO", &["09-21"]),
        ("20260928T090000", "FREQ=DAILY;COUNT=2", &["09-28", "09-29"]),
        ("20260901T090000", "FREQ=DAILY;COUNT=5;BYDAY=MO,FR", &["09-07", "09-11", "09-14", "09-18"]),
        ("20260928T090000", "FREQ=DAILY;UNTIL=20260929", &["09-28", "09-29"]),
        ("20260928T090000", "FREQ=DAILY;UNTIL=20260929T070000Z", &["09-28", "09-29"]),
        ("20260928T090000", "FREQ=DAILY;UNTIL=20260929T065959Z", &["09-28"]),
        ("20261005T090000", "FREQ=DAILY", &[]),
        ("20260928T090000", "FREQ=DAILY;COUNT=0", &[]),
    ];
    for (start, rule, wanted) in table {
        let found = series(start, rule);
        let wanted: Vec<&str> = wanted.to_vec();
        assert_eq!(found, wanted, "{start} {rule}");
    }
}

#[test]
fn meetings_of_a_series_are_moved_and_left_out() {
    let found = titles(&[
        "UID:1\r\nDTSTART;TZID=W. Europe Standard Time:20260907T090000\r\nRRULE:FREQ=WEEKLY\r\n\
         EXDATE;TZID=W. Europe Standard Time:20260914T090000,20260921T090000\r\nSUMMARY:Weekly",
        "UID:1\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260928T090000\r\nDTSTART:20260929T090000Z\r\nSUMMARY:Weekly, moved",
        "UID:1\r\nRECURRENCE-ID:20260907T070000Z\r\nDTSTART:20260907T070000Z\r\nSTATUS:CANCELLED\r\nSUMMARY:Weekly",
        "UID:2\r\nDTSTART:20260905T090000Z\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:Once, at least",
    ]);
    assert_eq!(found, Ok(vec!["Weekly, moved".to_owned(), "Once, at least".to_owned()]));
}

#[test]
fn what_is_no_calendar_is_said_so() {
    let utf16: Vec<u8> = "BEGIN:VCALENDAR".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let zone = Zone::utc();
    let table: Vec<(Vec<u8>, CalendarTrouble)> = vec![
        (Vec::new(), CalendarTrouble::NoCalendar),
        (b"PK\x03\x04\x14\x00".to_vec(), CalendarTrouble::NoCalendar),
        ([&[0xff, 0xfe][..], &utf16].concat(), CalendarTrouble::NoCalendar),
        (b"<!DOCTYPE html>".to_vec(), CalendarTrouble::NoCalendar),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n".to_vec(), CalendarTrouble::NoCalendar),
        (b"BEGIN:VEVENT\nEND:VEVENT\n".to_vec(), CalendarTrouble::NoCalendar),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n".to_vec(), CalendarTrouble::NoCalendar),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n".to_vec(), CalendarTrouble::NoMeetings),
        ("BEGIN:VCALENDAR\n".repeat(100_000).into_bytes(), CalendarTrouble::TooMuch),
        (vec![b'x'; MAX_BYTES + 1], CalendarTrouble::TooLarge),
        (
            format!(
                "BEGIN:VCALENDAR\n{}END:VCALENDAR\n",
                "BEGIN:VEVENT\nEND:VEVENT\n".repeat(MAX_EVENTS + 1)
            )
            .into_bytes(),
            CalendarTrouble::TooMuch,
        ),
    ];
    for (bytes, trouble) in table {
        let shown = String::from_utf8_lossy(bytes.get(..20.min(bytes.len())).unwrap()).into_owned();
        assert_eq!(last_meetings(&bytes, &zone, now()), Err(trouble), "{shown}");
    }
}

#[test]
fn endless_counts_are_given_up() {
    let endless = "DTSTART:00010101T000000Z\r\nRRULE:FREQ=YEARLY;COUNT=4000000000;BYDAY=MO\r\nSUMMARY:Always";
    let many = vec![endless; 2_000];
    assert_eq!(titles(&many), Err(CalendarTrouble::TooMuch));
    assert_eq!(
        titles(&["DTSTART:00010101T000000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Always"]).map(|it| it.len()),
        Ok(5)
    );
}

proptest! {
    #[test]
    fn nothing_that_arrives_breaks_it(
        lines in prop::collection::vec("(BEGIN:V(CALENDAR|EVENT)|END:V(CALENDAR|EVENT)|DTSTART(;TZID=[A-Za-z/\"]{0,9})?:[0-9T]{0,16}Z?|RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;(INTERVAL|COUNT|BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS|UNTIL|WKST)=[-0-9A-Z,]{0,9}){0,3}|EXDATE:[0-9T,]{0,20}|SUMMARY:.{0,20}| .{0,9})", 0..30)
    ) {
        let _ = read_whole(&lines.join("\r\n"));
        let _ = titles(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
