//! Parses one event as far as a list of meetings needs it. Times stay as they are written; `zones` resolves
//! them.

use super::error::CalendarError;
use super::{
    line::parameter,
    revision::{self, Revision},
    written_time::{WrittenTime, ZoneRef, date, date_time},
};
use icalendar::parser::{Component, Property};
use jiff::Span;
use std::collections::HashMap;

/// The most events of a file.
pub(super) const MAX_EVENTS: usize = 100_000;

/// The names of time zones in a file, each kept once for each calendar.
#[derive(Default)]
pub(super) struct ZoneNames {
    /// In the order of their indices, each with the number of its calendar.
    list: Vec<(usize, String)>,
    /// The indices of the names in the calendar that is being read.
    of_calendar: HashMap<String, usize>,
}

impl ZoneNames {
    fn of(&mut self, calendar: usize, name: &str) -> Result<ZoneRef, CalendarError> {
        if self.list.last().is_some_and(|(last, _)| *last != calendar) {
            self.of_calendar.clear();
        }
        if let Some(at) = self.of_calendar.get(name) {
            return Ok(ZoneRef::Named(*at));
        }
        let at = self.list.len();
        if at >= MAX_EVENTS {
            return Err(CalendarError::TooMuch);
        }
        self.list.push((calendar, name.to_owned()));
        self.of_calendar.insert(name.to_owned(), at);
        Ok(ZoneRef::Named(at))
    }

    /// The names in the order of their indices, each with the number of its calendar.
    pub(super) fn list(&self) -> &[(usize, String)] {
        &self.list
    }
}

/// Where times are read: the calendar of the event, and the zones that were named so far.
struct Reading<'a> {
    calendar: usize,
    names: &'a mut ZoneNames,
}

#[derive(Default)]
pub(super) struct Event {
    /// The number of its calendar in the file.
    pub(super) calendar: usize,
    pub(super) uid: String,
    pub(super) revision: Revision,
    pub(super) title: String,
    /// `None` for an all-day event.
    pub(super) start: Option<WrittenTime>,
    pub(super) end: Option<WrittenTime>,
    pub(super) duration: Option<Span>,
    pub(super) rules: Vec<String>,
    pub(super) extra_dates: Vec<WrittenTime>,
    pub(super) exception_dates: Vec<WrittenTime>,
    /// The occurrence of a series that this event replaces.
    pub(super) recurrence_id: Option<WrittenTime>,
    /// Whether it also replaces all following occurrences.
    pub(super) replaces_following: bool,
    /// Cancelled, declined, or time that is marked as free.
    pub(super) is_excluded: bool,
    /// Whether a part that decides when it takes place was not understood.
    pub(super) is_unsupported: bool,
}

impl Event {
    /// Parses an event of a calendar.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if the file names too many zones.
    pub(super) fn read(
        component: &Component<'_>,
        calendar: usize,
        names: &mut ZoneNames,
    ) -> Result<Self, CalendarError> {
        let mut event = Self { calendar, ..Self::default() };
        let mut reading = Reading { calendar, names };
        for property in &component.properties {
            event.take(property, &mut reading)?;
        }
        match event.start {
            Some(WrittenTime::Timed(_, zone)) => event.read_in(zone),
            Some(WrittenTime::AllDay(_)) => {
                event.start = None;
                event.is_unsupported = false;
            }
            None => {}
        }
        Ok(event)
    }

    fn take(&mut self, property: &Property<'_>, reading: &mut Reading<'_>) -> Result<(), CalendarError> {
        let value = property.val.as_str();
        let is = |wanted: &str| value.trim().eq_ignore_ascii_case(wanted);
        match property.name.as_str().to_ascii_uppercase().as_str() {
            "SUMMARY" => value.clone_into(&mut self.title),
            "UID" => value.trim().clone_into(&mut self.uid),
            "SEQUENCE" => self.revision.sequence = value.trim().parse().unwrap_or(0),
            "DTSTAMP" => self.revision.written_at = revision::stamp(value),
            "DTSTART" => self.start = self.one(property, reading)?,
            "DTEND" => self.end = written_times(property, reading, &mut false)?.into_iter().next(),
            "DURATION" => self.duration = value.trim().parse().ok(),
            "RECURRENCE-ID" => {
                self.recurrence_id = self.one(property, reading)?;
                self.replaces_following = parameter(property, "RANGE").is_some();
            }
            "RRULE" => self.rules.push(value.trim().to_owned()),
            "RDATE" => {
                self.extra_dates.extend(written_times(property, reading, &mut self.is_unsupported)?);
            }
            "EXDATE" => {
                self.exception_dates.extend(written_times(property, reading, &mut self.is_unsupported)?);
            }
            // RFC 5545 removed exception rules; they are not supported.
            "EXRULE" => self.is_unsupported = true,
            "STATUS" => self.revision.is_cancelled |= is("CANCELLED"),
            "TRANSP" => self.is_excluded |= is("TRANSPARENT"),
            "X-MICROSOFT-CDO-BUSYSTATUS" => self.is_excluded |= is("OOF") || is("FREE"),
            "X-MICROSOFT-CDO-ALLDAYEVENT" => self.is_excluded |= is("TRUE"),
            _ => {}
        }
        Ok(())
    }

    /// Reads the other times without a zone in the zone of the start.
    fn read_in(&mut self, zone: ZoneRef) {
        let dates = self.extra_dates.iter_mut().chain(&mut self.exception_dates);
        for when in dates.chain(&mut self.recurrence_id) {
            *when = when.or_in(zone);
        }
    }

    fn one(
        &mut self,
        property: &Property<'_>,
        reading: &mut Reading<'_>,
    ) -> Result<Option<WrittenTime>, CalendarError> {
        Ok(written_times(property, reading, &mut self.is_unsupported)?.into_iter().next())
    }

    /// Whether it belongs to a series.
    pub(super) fn is_of_series(&self) -> bool {
        !self.rules.is_empty() || !self.extra_dates.is_empty() || self.recurrence_id.is_some()
    }

    /// The series it belongs to. Google gives a series a new `UID` from where all following events were
    /// changed: `abc_R20260901T070000@google.com` continues `abc@google.com`.
    pub(super) fn series(&self) -> Option<&str> {
        let is_series = self.is_of_series() && !self.uid.is_empty();
        let google = self.uid.strip_suffix("@google.com");
        let before = google.and_then(|uid| uid.rsplit_once("_R")).map(|(before, _)| before);
        is_series.then(|| before.or(google).unwrap_or(&self.uid))
    }
}

/// The times of a property: a list of dates, date-times or periods. Of a period, the beginning counts.
fn written_times(
    property: &Property<'_>,
    reading: &mut Reading<'_>,
    is_unsupported: &mut bool,
) -> Result<Vec<WrittenTime>, CalendarError> {
    let zone = match parameter(property, "TZID").filter(|name| !name.is_empty()) {
        Some(name) => reading.names.of(reading.calendar, name)?,
        None => ZoneRef::Floating { calendar: reading.calendar },
    };
    let mut times = Vec::new();
    for written in property.val.as_str().split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let written = written.split_once('/').map_or(written, |(start, _)| start);
        match written_time(written, zone) {
            Some(moment) => times.push(moment),
            None => *is_unsupported = true,
        }
    }
    Ok(times)
}

fn written_time(written: &str, zone: ZoneRef) -> Option<WrittenTime> {
    match written.strip_suffix(['Z', 'z']) {
        Some(utc) => Some(WrittenTime::Timed(date_time(utc)?, ZoneRef::Utc)),
        None if written.len() == 8 => date(written).map(WrittenTime::AllDay),
        None => Some(WrittenTime::Timed(date_time(written)?, zone)),
    }
}
