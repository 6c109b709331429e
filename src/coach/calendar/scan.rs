//! Scans the bytes of a calendar for the components that matter, one at a time: it handles encodings, folded
//! lines and nesting, and enforces the limits on what a file can cost. Each component is then parsed by the
//! `icalendar` crate, which sees only its relevant lines: no attendee, no description, nothing deep, nothing
//! long.
//!
//! The crate cannot be given a whole file from somebody else. `icalendar` 0.17.17 reads 20,000 events in 10
//! MB with CRLF in about 60 ms. But on a file with LF alone its time is quadratic (4,000 events in 1.9 MB:
//! 4.6 s), 10 MB of short lines take 1.3 GB of memory, a nesting of 10,000 overflows the stack, and one line
//! without a colon makes the whole file fail. `cargo bench --bench ics -- whole` prints the first three
//! figures, `cargo bench --bench ics` those of this module.

use super::error::CalendarError;
use icalendar::parser::{Component, read_calendar_simple};
use std::{borrow::Cow, fmt::Write};

/// A calendar nests three deep: calendar, event, alarm.
const MAX_DEPTH: usize = 8;

/// About ten years of a full calendar.
pub(super) const MAX_EVENTS: usize = 100_000;

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
const ZONE_PROPERTIES: &[&str] = &["TZID", "X-LIC-LOCATION", "DTSTART", "TZOFFSETTO", "RRULE", "RDATE"];

/// A component of a calendar.
pub(super) enum CalendarComponent<'a> {
    Event(&'a Component<'a>),
    /// The definition of a time zone.
    Zone(&'a Component<'a>),
    /// An event that is too long or malformed.
    Malformed,
}

/// Passes each component of a calendar to `take`, in order. Returns true if the calendar cancels its events.
///
/// # Errors
/// [`CalendarError::NoCalendar`] if the bytes are not a calendar or are cut off, [`CalendarError::TooMuch`]
/// if the nesting is too deep or there are too many events, and the errors of `take`.
pub(super) fn read(
    bytes: &[u8],
    mut take: impl FnMut(CalendarComponent<'_>) -> Result<(), CalendarError>,
) -> Result<bool, CalendarError> {
    let bytes = utf16_to_utf8(bytes);
    let mut lines = LogicalLines { rest: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) };
    let mut reading = ScanState::default();
    while let Some(line) = lines.next() {
        reading.line(&line, &mut take)?;
    }
    // A file that is cut off is rejected, because the newest meetings may be in the missing part.
    if reading.is_calendar && reading.open.is_empty() {
        Ok(reading.is_cancelled)
    } else {
        Err(CalendarError::NoCalendar)
    }
}

#[derive(Default)]
struct ScanState<'a> {
    open: Vec<&'a [u8]>,
    is_calendar: bool,
    is_cancelled: bool,
    events: usize,
    /// The relevant lines of the open component.
    part: String,
    too_long: bool,
}

impl<'a> ScanState<'a> {
    fn line(
        &mut self,
        line: &LogicalLine<'a>,
        take: &mut impl FnMut(CalendarComponent<'_>) -> Result<(), CalendarError>,
    ) -> Result<(), CalendarError> {
        let Some(colon) = line.first.iter().position(|byte| matches!(byte, b':' | b';')) else {
            return Ok(());
        };
        let (name, after) = line.first.split_at(colon);
        let what = after.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"BEGIN") {
            self.begin(what)
        } else if name.eq_ignore_ascii_case(b"END") {
            self.end(what, take)
        } else {
            if self.open.len() == 1 && name.eq_ignore_ascii_case(b"METHOD") {
                self.is_cancelled = what.eq_ignore_ascii_case(b"CANCEL");
            }
            self.keep(name, line);
            Ok(())
        }
    }

    fn begin(&mut self, what: &'a [u8]) -> Result<(), CalendarError> {
        if self.open.is_empty() && !what.eq_ignore_ascii_case(b"VCALENDAR") {
            return Err(CalendarError::NoCalendar);
        }
        self.is_calendar = true;
        self.open.push(what);
        if self.open.len() > MAX_DEPTH {
            return Err(CalendarError::TooMuch);
        }
        if self.open.len() == 2 {
            self.part.clear();
            self.too_long = false;
        }
        self.border("BEGIN");
        Ok(())
    }

    fn end(
        &mut self,
        what: &[u8],
        take: &mut impl FnMut(CalendarComponent<'_>) -> Result<(), CalendarError>,
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
        let read = if self.too_long { None } else { read_calendar_simple(&self.part).ok() };
        match read.as_deref() {
            Some([event]) if is_event => take(CalendarComponent::Event(event)),
            Some([zone]) if kind == Some("VTIMEZONE") => take(CalendarComponent::Zone(zone)),
            _ if is_event => take(CalendarComponent::Malformed),
            _ => Ok(()),
        }
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
            return;
        };
        // The beginning of a long title is enough.
        let is_short = *name != "SUMMARY" || line.folded.len() <= MAX_FOLDED_TITLE_BYTES;
        let line = LogicalLine { first: line.first, folded: if is_short { line.folded } else { &[] } };
        if self.has_room(line.first.len() + line.folded.len()) {
            line.unfold(&mut self.part);
        } else {
            self.too_long = true;
        }
    }

    fn has_room(&self, more: usize) -> bool {
        let fits = more <= MAX_LINE_BYTES && self.part.len() + more <= MAX_COMPONENT_BYTES;
        fits && !self.too_long
    }
}

/// Splits the bytes into logical lines: physical lines, joined where they were folded.
struct LogicalLines<'a> {
    rest: &'a [u8],
}

/// A logical line: its first physical line, and the lines folded after it.
struct LogicalLine<'a> {
    first: &'a [u8],
    folded: &'a [u8],
}

impl<'a> LogicalLines<'a> {
    fn next(&mut self) -> Option<LogicalLine<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let first = self.physical();
        let from = self.rest;
        while matches!(self.rest.first(), Some(b' ' | b'\t')) {
            self.physical();
        }
        let folded = from.get(..from.len() - self.rest.len()).unwrap_or_default();
        Some(LogicalLine { first, folded })
    }

    fn physical(&mut self) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

impl LogicalLine<'_> {
    /// Appends the line. It is joined before it is decoded, because some programs fold within a character.
    fn unfold(&self, to: &mut String) {
        let mut joined = Cow::Borrowed(self.first);
        for more in self.folded.split(|byte| *byte == b'\n') {
            let more = more.strip_suffix(b"\r").unwrap_or(more);
            if let Some(more) = more.get(1..) {
                joined.to_mut().extend_from_slice(more);
            }
        }
        let push = |c: char| to.push(if c.is_control() { ' ' } else { c });
        match std::str::from_utf8(&joined) {
            Ok(line) => line.chars().for_each(push),
            Err(_) => joined.iter().map(|byte| from_windows_1252(*byte)).for_each(push),
        }
        to.push_str("\r\n");
    }
}

/// Decodes a byte of a line that is not UTF-8 as Windows-1252, which contains Latin-1.
fn from_windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“',
        '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
    ];
    let special = byte.checked_sub(0x80).and_then(|at| FROM_80.get(usize::from(at)));
    special.copied().unwrap_or(char::from(byte))
}

/// Converts UTF-16 to UTF-8 and leaves everything else unchanged.
fn utf16_to_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let read = match bytes.first_chunk::<2>() {
        Some([0xff, 0xfe] | [b'B', 0]) => u16::from_le_bytes,
        Some([0xfe, 0xff] | [0, b'B']) => u16::from_be_bytes,
        _ => return Cow::Borrowed(bytes),
    };
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair));
    let text = char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER));
    Cow::Owned(text.collect::<String>().into_bytes())
}
