//! The lines of a calendar: encodings, and lines that are folded over several (RFC 5545, 3.1).

use icalendar::parser::Property;
use std::borrow::Cow;

/// A name of a property, with room for what belongs to no calendar.
const MAX_HEAD_BYTES: usize = 256;

/// The most bytes of a line that is joined apart from an event: the name of a component, or what a calendar
/// says about itself.
const MAX_TEXT_BYTES: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The properties of an event whose values are dates and times. Such a value has no colon.
const TIMES: &[&str] = &["DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"];

/// Splits the bytes into logical lines: physical lines, joined where they were folded.
pub(super) struct LogicalLines<'a> {
    rest: &'a [u8],
}

/// A logical line: its first physical line, and the lines folded after it.
#[derive(Clone, Copy)]
pub(super) struct LogicalLine<'a> {
    first: &'a [u8],
    folded: &'a [u8],
}

impl<'a> LogicalLines<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Skips what some programs write before a calendar, which is not the rest of a folded line there.
    pub(super) fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
        while let Some(rest) = self.rest.strip_prefix(BYTE_ORDER_MARK) {
            self.rest = rest.trim_ascii_start();
        }
    }

    pub(super) fn next(&mut self) -> Option<LogicalLine<'a>> {
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

impl<'a> LogicalLine<'a> {
    /// How many bytes it has at most.
    pub(super) fn len(&self) -> usize {
        self.first.len() + self.folded.len()
    }

    /// The line without what was folded, if that is longer than `max`.
    pub(super) fn cut(&self, max: usize) -> Self {
        let folded = if self.folded.len() <= max { self.folded } else { &[] };
        Self { first: self.first, folded }
    }

    /// The beginning of the line, with the whole name of its property.
    pub(super) fn head(&self) -> Cow<'a, [u8]> {
        // Nearly always the first physical line has the name.
        if self.folded.is_empty() || self.first.iter().any(|byte| matches!(byte, b':' | b';')) {
            return Cow::Borrowed(self.first);
        }
        self.joined(MAX_HEAD_BYTES)
    }

    /// What comes after a position, without blanks around it.
    pub(super) fn after(&self, position: usize) -> Vec<u8> {
        let joined = self.joined(MAX_TEXT_BYTES);
        joined.get(position + 1..).unwrap_or_default().trim_ascii().to_vec()
    }

    /// The line as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        decode(&self.joined(MAX_TEXT_BYTES), &mut text);
        text
    }

    /// Appends the line as text that the `icalendar` crate reads.
    pub(super) fn unfold(&self, to: &mut String) {
        let from = to.len();
        decode(&self.joined(usize::MAX), to);
        if let Some(quoted) = to.get(from..).and_then(with_quoted_zone) {
            to.truncate(from);
            to.push_str(&quoted);
        }
        to.push_str("\r\n");
    }

    /// The physical lines as one, until it is longer than `enough`. They are joined before they are decoded,
    /// because some programs fold within a character.
    fn joined(&self, enough: usize) -> Cow<'a, [u8]> {
        let mut joined = Cow::Borrowed(self.first);
        for more in self.folded.split(|byte| *byte == b'\n') {
            if joined.len() > enough {
                break;
            }
            let more = more.strip_suffix(b"\r").unwrap_or(more);
            if let Some(more) = more.get(1..) {
                joined.to_mut().extend_from_slice(more);
            }
        }
        joined
    }
}

/// Exchange writes `TZID=tzone://Microsoft/Utc` and display names such as `(UTC-05:00) Eastern Time` without
/// the quotation marks that a colon needs. `None` if nothing is missing.
fn with_quoted_zone(line: &str) -> Option<String> {
    const TZID: &str = ";TZID=";
    let (head, value) = line.rsplit_once(':')?;
    let (name, _) = head.split_once(';')?;
    if !head.contains(':') || !TIMES.iter().any(|it| name.eq_ignore_ascii_case(it)) {
        return None;
    }
    let at = head.to_ascii_uppercase().find(TZID)?;
    let (before, zone) = head.split_at_checked(at + TZID.len())?;
    if zone.trim_start().starts_with('"') {
        return None;
    }
    // Another parameter has a name and an equals sign; `; Tijuana` belongs to the zone.
    let next = zone.match_indices(';').find(|(at, _)| zone.get(*at..).is_some_and(|more| more.contains('=')));
    let (zone, more) = zone.split_at_checked(next.map_or(zone.len(), |(at, _)| at))?;
    Some(format!("{before}\"{}\"{more}:{value}", zone.replace('"', "")))
}

fn decode(bytes: &[u8], to: &mut String) {
    let push = |c: char| to.push(if c.is_control() { ' ' } else { c });
    match std::str::from_utf8(bytes) {
        Ok(line) => line.chars().for_each(push),
        Err(_) => bytes.iter().map(|byte| from_windows_1252(*byte)).for_each(push),
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
pub(super) fn to_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    // Without a mark, a calendar begins with a B, or with blanks before it.
    let read = match bytes.first_chunk::<2>() {
        Some([0xff, 0xfe] | [b'B' | b' ' | b'\t' | b'\r' | b'\n', 0]) => u16::from_le_bytes,
        Some([0xfe, 0xff] | [0, b'B' | b' ' | b'\t' | b'\r' | b'\n']) => u16::from_be_bytes,
        _ => return Cow::Borrowed(bytes),
    };
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair));
    let text = char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER));
    Cow::Owned(text.collect::<String>().into_bytes())
}

/// The value of a parameter without quotation marks and blanks around it.
pub(super) fn parameter<'a>(property: &'a Property<'_>, name: &str) -> Option<&'a str> {
    let found = property.params.iter().find(|it| it.key.as_str().eq_ignore_ascii_case(name))?;
    found.val.as_ref().map(|value| value.as_str().trim().trim_matches('"').trim())
}
