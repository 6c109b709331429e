//! The parts of a calendar's bytes that matter here, one at a time and small: encodings, folded lines,
//! nesting, and every bound on what a file can cost. A part is understood by the `icalendar` crate,
//! which is given nothing else: no attendee, no description, nothing deep, nothing long.
//!
//! Given a whole file, `icalendar` 0.17.17 reads 20,000 events in 10 MB with CRLF in about 60 ms; but a file
//! with LF alone takes time that grows with its square (4,000 events in 1.9 MB: 4.6 s), 10 MB of short lines
//! take 1.3 GB, a nesting of 10,000 overflows the stack, and one line without a colon loses the whole
//! file. `cargo bench --bench ics -- whole` prints the first three, `cargo bench --bench ics` what is done here.

use super::error::CalendarError;
use icalendar::parser::{Component, read_calendar_simple};
use std::{borrow::Cow, fmt::Write};

/// A calendar nests three deep: calendar, event, alarm.
const MAX_DEPTH: usize = 8;

/// Ten years of a full calendar.
pub(super) const MAX_EVENTS: usize = 100_000;

/// What a line of one event may hold; Outlook puts a series' exceptions on one line.
const MAX_LINE: usize = 64 * 1024;

/// What all lines of one event that matter may hold together.
const MAX_PART: usize = 256 * 1024;

/// A title is cut to far less.
const MAX_FOLDED_TITLE: usize = 4 * 1024;

/// What is read of an event.
const OF_EVENT: &[&str] = &[
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

/// What is read of a time zone.
const OF_ZONE: &[&str] = &["TZID", "X-LIC-LOCATION", "DTSTART", "TZOFFSETTO", "RRULE", "RDATE"];

/// One part of a calendar.
pub(super) enum Part<'a> {
    /// An event.
    Event(&'a Component<'a>),
    /// The definition of a time zone.
    Zone(&'a Component<'a>),
    /// An event that is too long, or not written as one.
    Unread,
}

/// Gives each part of a calendar to `take`, in order. True: the calendar calls its events off.
///
/// # Errors
/// [`CalendarError::NoCalendar`] when it is none or is cut off, [`CalendarError::TooMuch`] when it
/// is too deep or has too many events, and what `take` answers.
pub(super) fn read(
    bytes: &[u8],
    mut take: impl FnMut(Part<'_>) -> Result<(), CalendarError>,
) -> Result<bool, CalendarError> {
    let bytes = as_ascii_like(bytes);
    let mut lines = Lines { rest: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) };
    let mut reading = Reading::default();
    while let Some(line) = lines.next() {
        reading.line(&line, &mut take)?;
    }
    // What is cut off is not a calendar: nobody knows what was in the rest.
    if reading.is_calendar && reading.open.is_empty() {
        Ok(reading.called_off)
    } else {
        Err(CalendarError::NoCalendar)
    }
}

/// Where the reading stands.
#[derive(Default)]
struct Reading<'a> {
    open: Vec<&'a [u8]>,
    is_calendar: bool,
    called_off: bool,
    events: usize,
    /// The lines that matter of the part that is open.
    part: String,
    too_long: bool,
}

impl<'a> Reading<'a> {
    fn line(
        &mut self,
        line: &Line<'a>,
        take: &mut impl FnMut(Part<'_>) -> Result<(), CalendarError>,
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
                self.called_off = what.eq_ignore_ascii_case(b"CANCEL");
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
        take: &mut impl FnMut(Part<'_>) -> Result<(), CalendarError>,
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
            Some([event]) if is_event => take(Part::Event(event)),
            Some([zone]) if kind == Some("VTIMEZONE") => take(Part::Zone(zone)),
            _ if is_event => take(Part::Unread),
            _ => Ok(()),
        }
    }

    /// What is open, if it matters.
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

    fn keep(&mut self, name: &[u8], line: &Line<'_>) {
        let wanted = match self.kind() {
            Some("VEVENT") => OF_EVENT,
            Some(_) => OF_ZONE,
            None => return,
        };
        let Some(name) = wanted.iter().find(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes())) else {
            return;
        };
        // Of a long title the beginning will do.
        let is_short = *name != "SUMMARY" || line.folded.len() <= MAX_FOLDED_TITLE;
        let line = Line { first: line.first, folded: if is_short { line.folded } else { &[] } };
        if self.has_room(line.first.len() + line.folded.len()) {
            line.unfold(&mut self.part);
        } else {
            self.too_long = true;
        }
    }

    fn has_room(&self, more: usize) -> bool {
        let fits = more <= MAX_LINE && self.part.len() + more <= MAX_PART;
        fits && !self.too_long
    }
}

/// Physical lines joined where they were folded.
struct Lines<'a> {
    rest: &'a [u8],
}

/// A logical line: its first physical one, and what was folded after it.
struct Line<'a> {
    first: &'a [u8],
    folded: &'a [u8],
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let first = self.physical();
        let from = self.rest;
        while matches!(self.rest.first(), Some(b' ' | b'\t')) {
            self.physical();
        }
        let folded = from.get(..from.len() - self.rest.len()).unwrap_or_default();
        Some(Line { first, folded })
    }

    fn physical(&mut self) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

impl Line<'_> {
    /// Appends the whole line. It is joined before it is decoded: some programs fold inside a character.
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
            Err(_) => joined.iter().map(|byte| western(*byte)).for_each(push),
        }
        to.push_str("\r\n");
    }
}

/// A byte of what is no UTF-8, read as Windows-1252, which Latin-1 is part of.
fn western(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“',
        '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
    ];
    let special = byte.checked_sub(0x80).and_then(|at| FROM_80.get(usize::from(at)));
    special.copied().unwrap_or(char::from(byte))
}

/// UTF-16 made into UTF-8; everything else as it is.
fn as_ascii_like(bytes: &[u8]) -> Cow<'_, [u8]> {
    let read = match bytes.first_chunk::<2>() {
        Some([0xff, 0xfe] | [b'B', 0]) => u16::from_le_bytes,
        Some([0xfe, 0xff] | [0, b'B']) => u16::from_be_bytes,
        _ => return Cow::Borrowed(bytes),
    };
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair));
    let text = char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER));
    Cow::Owned(text.collect::<String>().into_bytes())
}
