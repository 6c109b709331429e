//! Finds the time zone that a name in a calendar means.

use jiff::{
    SignedDuration, Timestamp,
    tz::{self, Offset, TimeZone},
};
use std::{collections::HashMap, iter, sync::LazyLock};

/// Windows' names and their IANA zones: the whole table of CLDR.
static WINDOWS: LazyLock<HashMap<String, &str>> = LazyLock::new(|| table(include_str!("windows_zones.tsv")));

/// Places as Outlook writes them, and the Windows name of their zone.
static PLACES: LazyLock<HashMap<String, &str>> = LazyLock::new(|| table(include_str!("outlook_places.tsv")));

/// The last parts of IANA's names, and the names.
static IANA_PLACES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut places = HashMap::new();
    for name in tz::db().available() {
        if let Some((_, place)) = name.as_str().rsplit_once('/') {
            places.entry(place.replace('_', " ").to_lowercase()).or_insert_with(|| name.to_string());
        }
    }
    places
});

fn table(text: &'static str) -> HashMap<String, &'static str> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let rows = rows.filter_map(|row| row.split_once('\t'));
    rows.map(|(name, zone)| (name.to_lowercase(), zone)).collect()
}

/// How many parts at the end of a path can be a zone: `America/Indiana/Indianapolis` has three.
const MAX_TAIL_PARTS: usize = 3;

/// The most places of one display name that are looked at. Outlook writes up to six.
const MAX_PLACES: usize = 8;

/// How far the offset in a display name may be from that of the zone: summer time, and the few zones that
/// have changed since Outlook named them.
const MAX_OFFSET_DIFFERENCE: SignedDuration = SignedDuration::from_hours(2);

/// A zone by its IANA or Windows name, or by a path that ends in one.
pub(super) fn find_exact(name: &str) -> Option<TimeZone> {
    let mut slashes: Vec<usize> = name.rmatch_indices('/').map(|(at, _)| at).take(MAX_TAIL_PARTS).collect();
    slashes.reverse();
    let tails = slashes.into_iter().filter_map(|at| name.get(at + 1..));
    iter::once(name).chain(tails).find_map(iana_or_windows)
}

/// A zone by a name that a program made up from another: a number was added, it is an offset from UTC, or it
/// is what Outlook shows to people. A definition in the file says more than such a name.
pub(super) fn find_described(name: &str, now: Timestamp) -> Option<TimeZone> {
    without_number(name)
        .and_then(find_exact)
        .or_else(|| fixed_offset(name).map(Offset::to_time_zone))
        .or_else(|| find_displayed(name, now))
}

fn iana_or_windows(name: &str) -> Option<TimeZone> {
    let iana = WINDOWS.get(&name.to_lowercase()).copied().unwrap_or(name);
    tz::db().get(iana).ok().filter(|zone| !zone.is_unknown())
}

/// Outlook numbers the definitions of one zone: `W. Europe Standard Time 1`.
fn without_number(name: &str) -> Option<&str> {
    let (name, number) = name.rsplit_once(' ')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.trim_end())
}

/// An offset as `UTC+02:00`, `UTC+01`, `GMT+0100` or `(UTC+05:30)`, east of UTC where it is positive.
fn fixed_offset(name: &str) -> Option<Offset> {
    let name = name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
    let of_utc = name.get(..3).filter(|begin| is_utc(begin));
    offset(of_utc.and_then(|_| name.get(3..)).unwrap_or(name))
}

fn is_utc(word: &str) -> bool {
    word.eq_ignore_ascii_case("UTC") || word.eq_ignore_ascii_case("GMT")
}

/// `+2`, `+02`, `+0200`, `+02:00` or `+02.00`.
fn offset(written: &str) -> Option<Offset> {
    let (sign, digits) = match written.trim().split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace([':', '.'], "");
    if !matches!(digits.len(), 1 | 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(digits.len().min(2));
    let minutes: i32 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let hours: i32 = hours.parse().ok()?;
    // The zones of the world lie between -12 and +14.
    let is_possible = hours <= 14 && minutes < 60;
    is_possible.then(|| Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok())?
}

/// A zone by what Outlook shows: `(UTC-05:00) Eastern Time (US & Canada)`. The first place with a known zone
/// counts, and only if the zone is near the offset before it.
fn find_displayed(name: &str, now: Timestamp) -> Option<TimeZone> {
    let (written, places) = match name.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((begin, places)) if begin.get(..3).is_some_and(is_utc) => {
            let behind = begin.get(3..).unwrap_or_default();
            (if behind.is_empty() { Some(Offset::UTC) } else { Some(offset(behind)?) }, places)
        }
        _ => (None, name),
    };
    let places = places.split([',', ';', '/', ':']).map(str::trim).filter(|place| !place.is_empty());
    let is_near = |zone: &TimeZone| {
        let far = |written: Offset| zone.to_offset(now).duration_since(written).abs();
        written.is_none_or(|written| far(written) <= MAX_OFFSET_DIFFERENCE)
    };
    let is_displayed = written.is_some();
    places.take(MAX_PLACES).find_map(|place| {
        let windows = PLACES.get(&place.to_lowercase());
        let zone = windows.and_then(|windows| iana_or_windows(windows));
        zone.or_else(|| is_displayed.then(|| find_place(place))?).filter(is_near)
    })
}

/// A place after which IANA names a zone: Mexico City is `America/Mexico_City`.
fn find_place(place: &str) -> Option<TimeZone> {
    tz::db().get(IANA_PLACES.get(&place.to_lowercase())?).ok()
}
