//! The names of time zones that programs write.

use super::{all, read_whole, unread};

/// A calendar with a meeting at 09:00 on 1 October 2026 in a zone.
fn in_zone(parameter: &str) -> Vec<u8> {
    format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID={parameter}:20261001T090000\r\nSUMMARY:\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    .into_bytes()
}

#[test]
fn the_zone_is_found_by_every_name_that_programs_write() {
    // What 09:00 there is in Berlin, which is two hours ahead of UTC.
    let table = [
        ("Europe/Berlin", "09:00"),
        ("europe/berlin", "09:00"),
        ("US/Eastern", "15:00"),
        ("UTC", "11:00"),
        ("W. Europe Standard Time", "09:00"),
        ("\"W. Europe Standard Time\"", "09:00"),
        ("W. Europe Standard Time 1", "09:00"),
        ("Eastern Standard Time 2", "15:00"),
        ("AUS Eastern Standard Time", "01:00"),
        ("Lord Howe Standard Time", "00:30"),
        ("UTC-11", "22:00"),
        ("/example.org/x/America/Indiana/Indianapolis", "15:00"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "09:00"),
        ("/citadel.org/20210210_1/Asia/Tokyo", "02:00"),
        ("tzone://Microsoft/Utc", "11:00"),
        ("\"tzone://Microsoft/Utc\"", "11:00"),
        ("tzone://Microsoft/Olson/America/Indiana/Indianapolis", "15:00"),
        ("\" Asia/Tokyo \"", "02:00"),
        (" Asia/Tokyo ", "02:00"),
        ("UTC+02:00", "09:00"),
        ("\"UTC+02:00\"", "09:00"),
        ("UTC+01", "10:00"),
        ("GMT+0100", "10:00"),
        ("GMT-5", "16:00"),
        ("\"(UTC+05:30)\"", "05:30"),
        ("Etc/GMT+5", "16:00"),
        ("\"(UTC-05:00) Eastern Time (US & Canada)\"", "15:00"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "15:00"),
        ("Eastern Time (US & Canada)", "15:00"),
        ("\"(GMT-08:00) Pacific Time (US & Canada); Tijuana\"", "18:00"),
        ("(GMT-08:00) Pacific Time (US & Canada); Tijuana", "18:00"),
        ("\"(GMT+10:00) Canberra, Melbourne, Sydney\"", "01:00"),
        ("(GMT+10:00) Canberra, Melbourne, Sydney", "01:00"),
        ("\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\"", "09:00"),
        ("\"(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien\"", "09:00"),
        ("\"(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris\"", "09:00"),
        ("\"(GMT+01.00) Sarajevo/Warsaw/Zagreb\"", "09:00"),
        ("\"(UTC) Dublin, Edinburgh, Lisbon, London\"", "10:00"),
        ("\"(UTC+00:00) Dublin, Edinburgh, Lisbon, London\"", "10:00"),
        ("\"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi\"", "05:30"),
        ("\"(UTC-07:00) Arizona\"", "18:00"),
        ("\"(UTC+13:00) Samoa\"", "22:00"),
        ("\"(UTC) Coordinated Universal Time\"", "11:00"),
        ("\"(UTC-03:00) City of Buenos Aires\"", "14:00"),
    ];
    for (zone, wanted) in table {
        let day = if zone.contains("Samoa") { "Wed 30 Sep" } else { "Thu 1 Oct" };
        let file = in_zone(zone);
        assert_eq!(read_whole(&file), all(&[&format!("Meeting on {day}, {wanted}")]), "{zone}");
        assert!(unread(&file).is_empty(), "{zone}");
    }
}

#[test]
fn an_unknown_zone_is_named_as_unread() {
    for zone in [
        "Middle-earth/Shire",
        "Customized Time Zone",
        "(UTC-05:00) Custom Eastern",
        "\"(UTC+01:00) New York\"",
        "Etc/Unknown",
        "tzone://Microsoft/Custom",
        "UTC+99",
        "GMT-",
        "Central",
        "Standard Time",
        "1",
    ] {
        let file = in_zone(zone);
        assert_eq!(read_whole(&file), all(&[]), "{zone}");
        assert_eq!(unread(&file), ["an event without a title"], "{zone}");
    }
}

#[test]
fn an_event_in_an_unknown_zone_is_named_only_if_it_can_be_missing() {
    let file = |event: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}\r\nSUMMARY:Shire\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20261001T080000Z\r\nSUMMARY:Known\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let table = [
        ("DTSTART;TZID=Shire:20261001T090000", true),
        ("DTSTART;TZID=Shire:20260501T090000", false),
        ("DTSTART;TZID=Shire:20261201T090000", false),
        ("DTSTART;TZID=Shire:20260501T090000\r\nRRULE:FREQ=WEEKLY", true),
        ("DTSTART;TZID=Shire:20260501T090000\r\nRRULE:FREQ=WEEKLY;UNTIL=20260801T000000Z", false),
        ("DTSTART;TZID=Shire:20260501T090000\r\nRRULE:FREQ=WEEKLY;COUNT=3", false),
        ("DTSTART:20260901T090000Z\r\nRRULE:FREQ=WEEKLY\r\nEXDATE;TZID=Shire:20260929T090000", true),
        ("DTSTART;TZID=Shire:20261001T000000\r\nDURATION:P1D", false),
        ("DTSTART;TZID=Shire:20261001T090000\r\nSTATUS:CANCELLED", false),
        ("DTSTART;TZID=Shire:20261001T090000\r\nTRANSP:TRANSPARENT", false),
    ];
    for (event, is_named) in table {
        let file = file(event);
        let named = unread(file.as_bytes());
        assert_eq!(named.iter().any(|it| it == "Shire"), is_named, "{event}: {named:?}");
        assert_eq!(read_whole(file.as_bytes()), all(&["Known"]), "{event}");
    }
}

#[test]
fn every_windows_zone_is_known() {
    let table = include_str!("../windows_zones.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = rows.filter_map(|row| row.split('\t').next()).collect();
    assert_eq!(names.len(), 139);
    for name in names {
        assert!(unread(&in_zone(name)).is_empty(), "{name}");
        assert!(unread(&in_zone(&format!("{name} 1"))).is_empty(), "{name} 1");
    }
}
