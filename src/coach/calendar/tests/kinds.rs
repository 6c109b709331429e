//! Small files, one for each kind of thing that other programs write.

use super::{Timestamp, Zone, all, last_meetings, read_whole, unread, words};

macro_rules! calendar {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/calendars/", $name, ".ics"))
    };
}

fn read_at(bytes: &[u8], now: &str) -> Vec<String> {
    let now: Timestamp = now.parse().unwrap();
    let found = last_meetings(bytes, &Zone::parse("Europe/Berlin", true).unwrap(), now).unwrap();
    words(&found.meetings.into_iter().map(|it| it.title).collect::<Vec<_>>())
}

#[test]
fn a_line_is_folded_anywhere_and_blanks_come_before_the_calendar() {
    assert_eq!(read_whole(calendar!("folded")), all(&["Folded before the colon", "Every Monday"]));
}

#[test]
fn the_newest_revision_counts_and_a_cancellation_cancels_its_own_calendar() {
    assert_eq!(
        read_whole(calendar!("revisions")),
        all(&["Review, newer than the newest", "Untouched", "Weekly, two hours later"])
    );
}

#[test]
fn whole_days_are_no_meetings_however_they_are_written() {
    assert_eq!(read_whole(calendar!("whole-days")), all(&["A call at midnight"]));
}

#[test]
fn what_the_member_declined_is_no_meeting() {
    assert_eq!(read_whole(calendar!("declined-outlook")), all(&["Declined by another", "Weekly"]));
    assert_eq!(
        read_whole(calendar!("declined-google")),
        all(&["Perhaps", "Whose calendar this is is not said"])
    );
}

#[test]
fn a_series_takes_one_of_the_five_rows() {
    assert_eq!(
        read_whole(calendar!("series")),
        all(&[
            "Stand-up",
            "1:1 with Raj",
            "Two single events",
            "of a program that gives all the same UID",
            "Budget"
        ])
    );
}

#[test]
fn a_time_without_a_zone_is_in_the_zone_of_its_calendar() {
    let file = calendar!("floating");
    assert_eq!(
        read_whole(file),
        all(&["Meeting on Thu 1 Oct, 15:00", "Meeting on Tue 29 Sep, 02:00", "Meeting on Mon 28 Sep, 09:00"])
    );
    assert_eq!(unread(file), ["Second breakfast"]);
}

#[test]
fn an_event_has_the_offset_of_its_own_time() {
    assert_eq!(
        read_whole(calendar!("changing-zone")),
        all(&[
            "Meeting on Thu 1 Oct, 09:00",
            "Meeting on Tue 29 Sep, 16:00",
            "Meeting on Fri 25 Sep, 08:00",
            "Meeting on Sun 20 Sep, 02:30",
            "Meeting on Wed 16 Sep, 09:00",
        ])
    );
}

#[test]
fn a_time_that_the_clock_skips_has_the_offset_before_the_gap() {
    assert_eq!(
        read_at(calendar!("skipped-hour"), "2026-04-02T08:00:00Z"),
        ["Meeting on Sun 29 Mar, 03:30", "Moved on the 29th", "Excluded on the 29th", "Until the 28th",]
    );
}
