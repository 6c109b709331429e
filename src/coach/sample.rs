//! Members and instants that the tests of the coach share.

use super::{
    ids::{MemberId, TeamId, UserId},
    member::{Cadence, Member, QuietHours, Zone},
};
use jiff::{
    Timestamp,
    civil::{Time, Weekday, time},
};

/// The five zones whose clock changes the tests cover.
pub const ZONES: [&str; 5] =
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"];

/// Parses an instant in RFC 3339.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn zone(name: &str) -> Zone {
    Zone::parse(name, true).unwrap()
}

/// The local date and time at an instant: `2026-03-29T03:00:00`.
pub fn local(zone: &Zone, at: Timestamp) -> String {
    zone.local(at).to_string()
}

pub fn cadence(days: &[Weekday], times: &[(i8, i8)]) -> Cadence {
    let times: Vec<Time> = times.iter().map(|(hour, minute)| time(*hour, *minute, 0, 0)).collect();
    Cadence::new(days, &times).unwrap()
}

pub fn daily(times: &[(i8, i8)]) -> Cadence {
    use Weekday::*;
    cadence(&[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday], times)
}

pub fn quiet(from: (i8, i8), to: (i8, i8)) -> QuietHours {
    QuietHours { from: time(from.0, from.1, 0, 0), to: time(to.0, to.1, 0, 0) }
}

pub fn id() -> MemberId {
    MemberId { team: TeamId::parse("T1").unwrap(), user: UserId::parse("U1").unwrap() }
}

/// Mira in Berlin: weekdays at 09:30, quiet from 19:00 to 08:00.
pub fn mira() -> Member {
    let mut member = Member::new(id(), zone("Europe/Berlin"), at("2026-09-01T08:00:00Z"));
    member.cadence = Some(Cadence::weekdays_at_half_past_nine());
    member
}
