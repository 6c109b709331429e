//! An uploaded calendar (RFC 5545), read for one thing: the titles of the last meetings. Attendees,
//! descriptions and everything else are passed over and never kept. What a hostile file can cost is
//! bounded: by bytes, by depth, by events, and by the steps that repetitions may take.

mod recurrence;
#[cfg(test)]
mod tests;

use super::{
    audit::{MAX_TITLE_CHARS, MEETINGS, Meeting},
    cadence,
    member::Zone,
    screen::CalendarTrouble,
    text::Words,
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use recurrence::{Budget, Rule};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

/// The largest file that is read.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Meetings before this are not the last ones.
const WITHIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// A calendar nests three deep: calendar, event, alarm.
const MAX_DEPTH: usize = 8;

/// Ten years of a full calendar.
const MAX_EVENTS: usize = 100_000;

/// The last meetings before `now`, the newest first, at most [`MEETINGS`]; all-day and cancelled events
/// are none. Times without a zone, and in one that nobody knows, are the member's own.
///
/// # Errors
/// [`CalendarTrouble`], which is a sentence for the member.
pub fn last_meetings(bytes: &[u8], zone: &Zone, now: Timestamp) -> Result<Vec<Meeting>, CalendarTrouble> {
    if bytes.len() > MAX_BYTES {
        return Err(CalendarTrouble::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| CalendarTrouble::NoCalendar)?;
    let events = read(text.trim_start_matches('\u{feff}'))?;
    let mut zones = Zones { own: zone.time_zone(), known: HashMap::new() };
    let mut last =
        Last { from: now.saturating_sub(WITHIN).unwrap_or(Timestamp::MIN), to: now, found: Vec::new() };
    let moved = moved(&events, &mut zones);
    let mut budget = Budget::default();
    for event in &events {
        let Some(start) = event.start.as_ref().and_then(|start| zones.moment(start)) else { continue };
        let exception = event.moved_from.is_some();
        let (Some(rule), false) = (event.rule, exception) else {
            if !event.cancelled {
                last.take(start.at(), event);
            }
            continue;
        };
        if event.cancelled {
            continue;
        }
        // A rule that cannot be read still has its first meeting.
        let Some(rule) = Rule::parse(rule) else {
            last.take(start.at(), event);
            continue;
        };
        let left_out: HashSet<Timestamp> = event.left_out.iter().filter_map(|it| zones.at(it)).collect();
        let was_moved = moved.get(event.uid.as_ref());
        let window = (last.from, last.to);
        for at in rule.between(start.local, &start.zone, window, &mut budget)? {
            if !left_out.contains(&at) && was_moved.is_none_or(|moved| !moved.contains(&at)) {
                last.take(at, event);
            }
        }
    }
    last.meetings(zone)
}

/// One event, as far as it matters here.
#[derive(Default)]
struct Event<'a> {
    uid: Cow<'a, str>,
    title: Cow<'a, str>,
    start: Option<Moment<'a>>,
    rule: Option<&'a str>,
    left_out: Vec<Moment<'a>>,
    /// The meeting of a series that this one takes the place of.
    moved_from: Option<Moment<'a>>,
    cancelled: bool,
}

/// A date-time as it is written; dates without a time are never made into one.
struct Moment<'a> {
    value: Cow<'a, str>,
    zone: Option<String>,
}

/// A moment understood.
struct Start {
    local: DateTime,
    zone: TimeZone,
}

impl Start {
    fn at(&self) -> Timestamp {
        cadence::resolve(self.local.date(), self.local.time(), &self.zone)
    }
}

/// The events of a calendar that is whole.
fn read(text: &str) -> Result<Vec<Event<'_>>, CalendarTrouble> {
    let mut events = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut event = Event::default();
    let mut lines = Lines { rest: text };
    let mut is_calendar = false;
    while let Some(line) = lines.next() {
        let Some((name, _)) = line.first.split_once([':', ';']) else { continue };
        if name.eq_ignore_ascii_case("BEGIN") {
            let what = line.first.split_once(':').map_or("", |(_, what)| what.trim());
            if open.is_empty() && !what.eq_ignore_ascii_case("VCALENDAR") {
                return Err(CalendarTrouble::NoCalendar);
            }
            is_calendar = true;
            open.push(what);
            if open.len() > MAX_DEPTH {
                return Err(CalendarTrouble::TooMuch);
            }
            if open.len() == 2 {
                event = Event::default();
            }
        } else if name.eq_ignore_ascii_case("END") {
            let what = line.first.split_once(':').map_or("", |(_, what)| what.trim());
            if !open.pop().is_some_and(|begun| begun.eq_ignore_ascii_case(what)) {
                return Err(CalendarTrouble::NoCalendar);
            }
            if open.len() == 1 && what.eq_ignore_ascii_case("VEVENT") {
                if events.len() >= MAX_EVENTS {
                    return Err(CalendarTrouble::TooMuch);
                }
                events.push(std::mem::take(&mut event));
            }
        } else if open.len() == 2 && open.last().is_some_and(|it| it.eq_ignore_ascii_case("VEVENT")) {
            event.take(name, &line);
        }
    }
    // What is cut off is not a calendar: nobody knows what was in the rest.
    if is_calendar && open.is_empty() { Ok(events) } else { Err(CalendarTrouble::NoCalendar) }
}

impl<'a> Event<'a> {
    fn take(&mut self, name: &str, line: &Line<'a>) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        if is("SUMMARY") {
            self.title = line.value();
        } else if is("UID") {
            self.uid = line.value();
        } else if is("DTSTART") {
            self.start = line.moment();
        } else if is("RECURRENCE-ID") {
            self.moved_from = line.moment();
        } else if is("RRULE") {
            // A rule is short; one that is folded is read to the fold and no further.
            self.rule = line.first.split_once(':').map(|(_, rule)| rule.trim());
        } else if is("EXDATE") {
            self.left_out.extend(line.moments());
        } else if is("STATUS") {
            self.cancelled = line.value().trim().eq_ignore_ascii_case("CANCELLED");
        }
    }
}

/// Which meetings of a series take place at another time, or not at all, by the series.
fn moved<'a>(events: &'a [Event<'a>], zones: &mut Zones) -> HashMap<&'a str, HashSet<Timestamp>> {
    let mut moved: HashMap<&str, HashSet<Timestamp>> = HashMap::new();
    for event in events {
        if let Some(at) = event.moved_from.as_ref().and_then(|from| zones.at(from)) {
            moved.entry(event.uid.as_ref()).or_default().insert(at);
        }
    }
    moved
}

/// Physical lines joined where they were folded.
struct Lines<'a> {
    rest: &'a str,
}

/// A logical line: its first physical one, and what was folded after it, unread.
struct Line<'a> {
    first: &'a str,
    folded: &'a str,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let first = self.physical();
        let from = self.rest;
        while self.rest.starts_with([' ', '\t']) {
            self.physical();
        }
        let folded = from.get(..from.len() - self.rest.len()).unwrap_or_default();
        Some(Line { first, folded })
    }

    fn physical(&mut self) -> &'a str {
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        line.strip_suffix('\r').unwrap_or(line)
    }
}

impl<'a> Line<'a> {
    /// What stands after the name and its parameters, as far as a title may be long.
    fn value(&self) -> Cow<'a, str> {
        const ENOUGH: usize = 4_096;
        if self.folded.is_empty() {
            return Cow::Borrowed(split_value(self.first).1);
        }
        let mut whole = self.first.to_owned();
        for line in self.folded.split_inclusive('\n') {
            if whole.len() > ENOUGH {
                break;
            }
            let line = line.trim_end_matches(['\r', '\n']);
            whole.push_str(line.get(1..).unwrap_or_default());
        }
        Cow::Owned(split_value(&whole).1.to_owned())
    }

    fn zone(&self) -> Option<String> {
        let parameters = split_value(self.first).0;
        parameters.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.eq_ignore_ascii_case("TZID").then(|| value.trim_matches('"').to_owned())
        })
    }

    fn moment(&self) -> Option<Moment<'a>> {
        Some(Moment { value: self.value(), zone: self.zone() })
    }

    fn moments(&self) -> Vec<Moment<'a>> {
        let zone = self.zone();
        let value = self.value();
        let all =
            value.split(',').map(|one| Moment { value: Cow::Owned(one.to_owned()), zone: zone.clone() });
        all.collect()
    }
}

/// Name with parameters, and value. A colon in a quoted parameter does not end it.
fn split_value(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b':' if !quoted => {
                return (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (line, "")
}

/// Zones by the names that calendars use for them.
struct Zones {
    own: TimeZone,
    known: HashMap<String, TimeZone>,
}

impl Zones {
    fn moment(&mut self, moment: &Moment<'_>) -> Option<Start> {
        let value = moment.value.trim();
        let (value, is_utc) = match value.strip_suffix(['Z', 'z']) {
            Some(value) => (value, true),
            None => (value, false),
        };
        let local = date_time(value)?;
        let zone = match (is_utc, &moment.zone) {
            (true, _) => TimeZone::UTC,
            (false, Some(name)) => self.named(name),
            (false, None) => self.own.clone(),
        };
        Some(Start { local, zone })
    }

    fn at(&mut self, moment: &Moment<'_>) -> Option<Timestamp> {
        self.moment(moment).map(|start| start.at())
    }

    fn named(&mut self, name: &str) -> TimeZone {
        if let Some(zone) = self.known.get(name) {
            return zone.clone();
        }
        // Outlook writes Windows' names, some programs a path before the IANA name.
        let windows = WINDOWS.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(name));
        let iana = windows.map_or(name, |(_, iana)| iana);
        let tail = iana.rmatch_indices('/').nth(1).and_then(|(at, _)| iana.get(at + 1..));
        let found = jiff::tz::db().get(iana).ok();
        let found = found.or_else(|| jiff::tz::db().get(tail?).ok());
        let zone = found.unwrap_or_else(|| self.own.clone());
        self.known.insert(name.to_owned(), zone.clone());
        zone
    }
}

/// Windows' names of the zones that most people live in
/// (<https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml>).
const WINDOWS: &[(&str, &str)] = &[
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("Romance Standard Time", "Europe/Paris"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("FLE Standard Time", "Europe/Kiev"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("Pakistan Standard Time", "Asia/Karachi"),
    ("India Standard Time", "Asia/Kolkata"),
    ("SE Asia Standard Time", "Asia/Bangkok"),
    ("China Standard Time", "Asia/Shanghai"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Taipei Standard Time", "Asia/Taipei"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("Korea Standard Time", "Asia/Seoul"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("E. Australia Standard Time", "Australia/Brisbane"),
    ("W. Australia Standard Time", "Australia/Perth"),
    ("New Zealand Standard Time", "Pacific/Auckland"),
    ("Newfoundland Standard Time", "America/St_Johns"),
    ("Atlantic Standard Time", "America/Halifax"),
    ("Eastern Standard Time", "America/New_York"),
    ("Central Standard Time", "America/Chicago"),
    ("Mountain Standard Time", "America/Denver"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Alaskan Standard Time", "America/Anchorage"),
    ("Hawaiian Standard Time", "Pacific/Honolulu"),
    ("SA Pacific Standard Time", "America/Bogota"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("Argentina Standard Time", "America/Buenos_Aires"),
    ("Central Standard Time (Mexico)", "America/Mexico_City"),
    ("UTC", "UTC"),
];

/// `20261002T093000`; a date alone is `None`.
fn date_time(value: &str) -> Option<DateTime> {
    let (on, time) = value.split_once(['T', 't'])?;
    Some(date(on)?.to_datetime(time_of(time)?))
}

fn date(value: &str) -> Option<Date> {
    if value.len() != 8 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from, to| value.get(from..to)?.parse::<i16>().ok();
    Date::new(number(0, 4)?, i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?).ok()
}

fn time_of(value: &str) -> Option<Time> {
    if value.len() != 6 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from, to| value.get(from..to)?.parse::<i8>().ok();
    // A leap second is the second before it.
    Time::new(number(0, 2)?, number(2, 4)?, number(4, 6)?.min(59), 0).ok()
}

/// The newest meetings of the window so far.
struct Last {
    from: Timestamp,
    to: Timestamp,
    found: Vec<(Timestamp, String)>,
}

impl Last {
    fn take(&mut self, at: Timestamp, event: &Event<'_>) {
        if at < self.from || at > self.to {
            return;
        }
        let full = self.found.len() >= MEETINGS;
        if full && self.found.last().is_some_and(|(oldest, _)| *oldest >= at) {
            return;
        }
        let place = self.found.partition_point(|(other, _)| *other >= at);
        self.found.insert(place, (at, title(&event.title)));
        self.found.truncate(MEETINGS);
    }

    fn meetings(self, zone: &Zone) -> Result<Vec<Meeting>, CalendarTrouble> {
        if self.found.is_empty() {
            return Err(CalendarTrouble::NoMeetings);
        }
        let named = |(at, title): (Timestamp, String)| {
            let title = Words::new(title);
            let without = || Words::new(zone.local(at).strftime("Meeting on %a %-d %b, %H:%M").to_string());
            Meeting { title: if title.is_blank() { without() } else { title }, hats: None }
        };
        Ok(self.found.into_iter().map(named).collect())
    }
}

/// A title on one line, its escapes undone, cut to what a form takes.
fn title(escaped: &str) -> String {
    let mut title = String::new();
    let mut chars = escaped.chars();
    let mut length = 0;
    while let Some(c) = chars.next().filter(|_| length < MAX_TITLE_CHARS) {
        title.push(match c {
            '\\' => match chars.next() {
                Some('n' | 'N') | None => ' ',
                Some(other) => other,
            },
            c if c.is_control() => ' ',
            c => c,
        });
        length += 1;
    }
    title.trim().to_owned()
}
