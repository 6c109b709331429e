//! Parses one event as far as a list of meetings needs it. Times stay as they are written; `zones` resolves
//! them.

use super::error::CalendarError;
use super::{
    scan::MAX_EVENTS,
    written_time::{WrittenTime, ZoneRef, date, date_time},
};
use icalendar::parser::{Component, Property};
use std::collections::HashMap;

/// The names of time zones in a file, each kept once.
#[derive(Default)]
pub(super) struct ZoneNames {
    by_name: HashMap<String, usize>,
}

impl ZoneNames {
    fn of(&mut self, name: &str) -> Result<ZoneRef, CalendarError> {
        let next = self.by_name.len();
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None if next >= MAX_EVENTS => return Err(CalendarError::TooMuch),
            None => *self.by_name.entry(name.to_owned()).or_insert(next),
        };
        Ok(ZoneRef::Named(at))
    }

    /// The names in the order of their indices.
    pub(super) fn into_list(self) -> Vec<String> {
        let mut list: Vec<(usize, String)> = self.by_name.into_iter().map(|(name, at)| (at, name)).collect();
        list.sort_unstable();
        list.into_iter().map(|(_, name)| name).collect()
    }
}

#[derive(Default)]
pub(super) struct Event {
    pub(super) uid: String,
    pub(super) title: String,
    /// `None` for an all-day event.
    pub(super) start: Option<WrittenTime>,
    pub(super) rules: Vec<String>,
    pub(super) extra_dates: Vec<WrittenTime>,
    pub(super) exception_dates: Vec<WrittenTime>,
    /// The occurrence of a series that this event replaces.
    pub(super) recurrence_id: Option<WrittenTime>,
    /// Whether it also replaces all following occurrences.
    pub(super) replaces_following: bool,
    /// Cancelled, or time that is marked as free.
    pub(super) is_excluded: bool,
    /// Whether a part that decides when it takes place was not understood.
    pub(super) is_unsupported: bool,
}

impl Event {
    /// Parses an event.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if the file names too many zones.
    pub(super) fn read(component: &Component<'_>, names: &mut ZoneNames) -> Result<Self, CalendarError> {
        let mut event = Self::default();
        let mut end = None;
        for property in &component.properties {
            let value = property.val.as_str();
            let is = |wanted: &str| value.trim().eq_ignore_ascii_case(wanted);
            match property.name.as_str().to_ascii_uppercase().as_str() {
                "SUMMARY" => value.clone_into(&mut event.title),
                "UID" => value.clone_into(&mut event.uid),
                "DTSTART" => event.start = event.one(property, names)?,
                "DTEND" => end = written_times(property, names, &mut false)?.into_iter().next(),
                "RECURRENCE-ID" => {
                    event.recurrence_id = event.one(property, names)?;
                    event.replaces_following = parameter(property, "RANGE").is_some();
                }
                "RRULE" => event.rules.push(value.trim().to_owned()),
                "RDATE" => {
                    event.extra_dates.extend(written_times(property, names, &mut event.is_unsupported)?);
                }
                "EXDATE" => {
                    event.exception_dates.extend(written_times(property, names, &mut event.is_unsupported)?);
                }
                // RFC 5545 removed exception rules; they are not supported.
                "EXRULE" => event.is_unsupported = true,
                "STATUS" => event.is_excluded |= is("CANCELLED"),
                "TRANSP" => event.is_excluded |= is("TRANSPARENT"),
                "X-MICROSOFT-CDO-BUSYSTATUS" => event.is_excluded |= is("OOF") || is("FREE"),
                "X-MICROSOFT-CDO-ALLDAYEVENT" => event.is_excluded |= is("TRUE"),
                _ => {}
            }
        }
        event.is_excluded |=
            matches!((event.start, end), (Some(start), Some(end)) if start.is_midnight_to_midnight(end));
        if matches!(event.start, Some(WrittenTime::AllDay(_))) {
            event.start = None;
            event.is_unsupported = false;
        }
        Ok(event)
    }

    fn one(
        &mut self,
        property: &Property<'_>,
        names: &mut ZoneNames,
    ) -> Result<Option<WrittenTime>, CalendarError> {
        Ok(written_times(property, names, &mut self.is_unsupported)?.into_iter().next())
    }
}

/// The times of a property: a list of dates, date-times or periods. Of a period, the beginning counts.
fn written_times(
    property: &Property<'_>,
    names: &mut ZoneNames,
    is_unsupported: &mut bool,
) -> Result<Vec<WrittenTime>, CalendarError> {
    let zone = match parameter(property, "TZID") {
        Some(name) => names.of(name)?,
        None => ZoneRef::Floating,
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

/// The value of a parameter without quotation marks.
pub(super) fn parameter<'a>(property: &'a Property<'_>, name: &str) -> Option<&'a str> {
    let found = property.params.iter().find(|it| it.key.as_str().eq_ignore_ascii_case(name))?;
    found.val.as_ref().map(|value| value.as_str().trim_matches('"'))
}
