//! Scans the bytes of a file for the components that matter, one at a time: it handles encodings, nesting and
//! several calendars in one file, and enforces the limits on what a file can cost. Each component is then
//! parsed by the `icalendar` crate, which sees only its relevant lines: no attendee, no description, nothing
//! deep, nothing long.
//!
//! The crate cannot be given a whole file from somebody else. `icalendar` 0.17.17 reads 20,000 events in 10
//! MB with CRLF in about 60 ms. But on a file with LF alone its time is quadratic (4,000 events in 1.9 MB:
//! 4.6 s), 10 MB of short lines take 1.3 GB of memory, a nesting of 10,000 overflows the stack, and one line
//! without a colon makes the whole file fail. `cargo bench --bench ics -- whole` prints the first three
//! figures, `cargo bench --bench ics` those of this module.

pub(super) use super::header::CalendarHeader;
use super::{
    error::CalendarError,
    event::MAX_EVENTS,
    header,
    line::{self, LogicalLine, LogicalLines},
};
use icalendar::parser::{Component, read_calendar_simple};
use std::fmt::Write;

/// A calendar nests three deep: calendar, event, alarm.
const MAX_DEPTH: usize = 8;

/// The most bytes of one line of an event. Outlook writes all exceptions of a series on one line.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// The most bytes of all relevant lines of one event.
const MAX_COMPONENT_BYTES: usize = 256 * 1024;

/// A title is cut to much less later.
const MAX_FOLDED_TITLE_BYTES: usize = 4 * 1024;

/// The properties of an event that are read.
const EVENT_PROPERTIES: &[&str] = &[
    "SUMMARY",
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "DTSTAMP",
    "SEQUENCE",
    "RECURRENCE-ID",
    "RRULE",
    "EXRULE",
    "RDATE",
    "EXDATE",
    "STATUS",
    "TRANSP",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
    "X-MICROSOFT-CDO-BUSYSTATUS",
];

/// The properties of a time zone that are read.
const ZONE_PROPERTIES: &[&str] =
    &["TZID", "X-LIC-LOCATION", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"];

/// A component of a calendar.
pub(super) enum CalendarComponent<'a> {
    Event {
        component: &'a Component<'a>,
        /// Whether the owner of the calendar declined it.
        is_declined: bool,
    },
    /// The definition of a time zone.
    Zone(&'a Component<'a>),
    /// An event that is too long or malformed.
    Malformed,
}

/// Passes each component to `take`, in order, with the number of its calendar and what that calendar has said
/// about itself before. Returns what all calendars say about themselves.
///
/// # Errors
/// [`CalendarError::NoCalendar`] if the bytes are not a calendar or are cut off, [`CalendarError::TooMuch`]
/// if the nesting is too deep or there are too many events, and the errors of `take`.
pub(super) fn read(
    bytes: &[u8],
    mut take: impl FnMut(CalendarComponent<'_>, usize, &CalendarHeader) -> Result<(), CalendarError>,
) -> Result<Vec<CalendarHeader>, CalendarError> {
    let bytes = line::to_utf8(bytes);
    let mut lines = LogicalLines::of(&bytes);
    let mut reading = ScanState::default();
    loop {
        if reading.open.is_empty() {
            lines.skip_blanks();
        }
        let Some(line) = lines.next() else { break };
        reading.line(&line, &mut take)?;
    }
    // A file that is cut off is rejected, because the newest meetings may be in the missing part.
    if reading.calendars.is_empty() || !reading.open.is_empty() {
        return Err(CalendarError::NoCalendar);
    }
    Ok(reading.calendars)
}

#[derive(Default)]
struct ScanState {
    open: Vec<Vec<u8>>,
    /// What the calendars say about themselves; the last one is being read.
    calendars: Vec<CalendarHeader>,
    events: usize,
    /// The relevant lines of the open component.
    part: String,
    too_long: bool,
    is_declined: bool,
}

impl ScanState {
    fn line(
        &mut self,
        line: &LogicalLine<'_>,
        take: &mut impl FnMut(CalendarComponent<'_>, usize, &CalendarHeader) -> Result<(), CalendarError>,
    ) -> Result<(), CalendarError> {
        let head = line.head();
        let Some(colon) = head.iter().position(|byte| matches!(byte, b':' | b';')) else {
            return Ok(());
        };
        let name = head.get(..colon).unwrap_or_default();
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("BEGIN") {
            self.begin(line.after(colon))
        } else if is("END") {
            self.end(&line.after(colon), take)
        } else if self.open.len() == 1 {
            if let (Some(calendar), true) = (self.calendars.last_mut(), CalendarHeader::reads(name)) {
                calendar.take(&line.text());
            }
            Ok(())
        } else {
            self.keep(name, line);
            Ok(())
        }
    }

    fn begin(&mut self, what: Vec<u8>) -> Result<(), CalendarError> {
        if self.open.is_empty() {
            if !what.eq_ignore_ascii_case(b"VCALENDAR") {
                return Err(CalendarError::NoCalendar);
            }
            self.calendars.push(CalendarHeader::default());
        }
        self.open.push(what);
        if self.open.len() > MAX_DEPTH {
            return Err(CalendarError::TooMuch);
        }
        if self.open.len() == 2 {
            self.part.clear();
            self.too_long = false;
            self.is_declined = false;
        }
        self.border("BEGIN");
        Ok(())
    }

    fn end(
        &mut self,
        what: &[u8],
        take: &mut impl FnMut(CalendarComponent<'_>, usize, &CalendarHeader) -> Result<(), CalendarError>,
    ) -> Result<(), CalendarError> {
        if !self.open.last().is_some_and(|begun| begun.eq_ignore_ascii_case(what)) {
            return Err(CalendarError::NoCalendar);
        }
        self.border("END");
        let kind = self.kind();
        self.open.pop();
        if self.open.len() != 1 {
            return Ok(());
        }
        let is_event = kind == Some("VEVENT");
        if is_event {
            self.events += 1;
            if self.events > MAX_EVENTS {
                return Err(CalendarError::TooMuch);
            }
        }
        let Some(header) = self.calendars.last() else { return Ok(()) };
        let calendar = self.calendars.len() - 1;
        let read = if self.too_long { None } else { read_calendar_simple(&self.part).ok() };
        let component = match read.as_deref() {
            Some([component]) if is_event => {
                CalendarComponent::Event { component, is_declined: self.is_declined }
            }
            Some([zone]) if kind == Some("VTIMEZONE") => CalendarComponent::Zone(zone),
            _ if is_event => CalendarComponent::Malformed,
            _ => return Ok(()),
        };
        take(component, calendar, header)
    }

    /// The kind of the open component, if it is relevant.
    fn kind(&self) -> Option<&'static str> {
        let is = |at: usize, kind: &str| {
            self.open.get(at).is_some_and(|open| open.eq_ignore_ascii_case(kind.as_bytes()))
        };
        match self.open.len() {
            2 => ["VEVENT", "VTIMEZONE"].into_iter().find(|kind| is(1, kind)),
            3 if is(1, "VTIMEZONE") => ["STANDARD", "DAYLIGHT"].into_iter().find(|kind| is(2, kind)),
            _ => None,
        }
    }

    fn border(&mut self, which: &str) {
        if let Some(kind) = self.kind().filter(|_| self.has_room(0)) {
            let _ = write!(self.part, "{which}:{kind}\r\n");
        }
    }

    fn keep(&mut self, name: &[u8], line: &LogicalLine<'_>) {
        let wanted = match self.kind() {
            Some("VEVENT") => EVENT_PROPERTIES,
            Some(_) => ZONE_PROPERTIES,
            None => return,
        };
        let Some(name) = wanted.iter().find(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes())) else {
            if name.eq_ignore_ascii_case(b"ATTENDEE") {
                self.attendee(line);
            }
            return;
        };
        // The beginning of a long title is enough.
        let line = if *name == "SUMMARY" { line.cut(MAX_FOLDED_TITLE_BYTES) } else { *line };
        if self.has_room(line.len()) {
            line.unfold(&mut self.part);
        } else {
            self.too_long = true;
        }
    }

    /// Notes whether the owner of the calendar declined. Nothing else of an attendee is read.
    fn attendee(&mut self, line: &LogicalLine<'_>) {
        let owner = self.calendars.last().and_then(CalendarHeader::owner);
        if let Some(owner) = owner.filter(|_| line.len() <= MAX_LINE_BYTES) {
            self.is_declined |= header::is_declined_by(owner, &line.text());
        }
    }

    fn has_room(&self, more: usize) -> bool {
        let fits = more <= MAX_LINE_BYTES && self.part.len() + more <= MAX_COMPONENT_BYTES;
        fits && !self.too_long
    }
}
