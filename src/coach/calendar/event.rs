//! One event, as far as a list of meetings needs it, and the moments in it as they are written. What a
//! zone's name means is not known here.

use super::error::CalendarError;
use super::{
    parts::MAX_EVENTS,
    when::{When, ZoneRef, date, date_time},
};
use icalendar::parser::{Component, Property};
use std::collections::HashMap;

/// Names of zones, each kept once.
#[derive(Default)]
pub(super) struct Names {
    by_name: HashMap<String, usize>,
}

impl Names {
    fn of(&mut self, name: &str) -> Result<ZoneRef, CalendarError> {
        let next = self.by_name.len();
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None if next >= MAX_EVENTS => return Err(CalendarError::TooMuch),
            None => *self.by_name.entry(name.to_owned()).or_insert(next),
        };
        Ok(ZoneRef::Named(at))
    }

    /// The names, each at its number.
    pub(super) fn into_list(self) -> Vec<String> {
        let mut list: Vec<(usize, String)> = self.by_name.into_iter().map(|(name, at)| (at, name)).collect();
        list.sort_unstable();
        list.into_iter().map(|(_, name)| name).collect()
    }
}

/// One event.
#[derive(Default)]
pub(super) struct Event {
    pub(super) uid: String,
    pub(super) title: String,
    /// `None` for an event of whole days.
    pub(super) start: Option<When>,
    pub(super) rules: Vec<String>,
    pub(super) more: Vec<When>,
    pub(super) left_out: Vec<When>,
    /// The meeting of a series that this one takes the place of.
    pub(super) moved_from: Option<When>,
    /// It takes the place of all that follow as well.
    pub(super) and_following: bool,
    /// Cancelled, or time that is not taken.
    pub(super) is_off: bool,
    /// Something in it was not understood that says when it takes place.
    pub(super) is_unread: bool,
}

impl Event {
    /// # Errors
    /// [`CalendarError::TooMuch`] when there are too many zones.
    pub(super) fn read(component: &Component<'_>, names: &mut Names) -> Result<Self, CalendarError> {
        let mut event = Self::default();
        let mut end = None;
        for property in &component.properties {
            let value = property.val.as_str();
            let is = |wanted: &str| value.trim().eq_ignore_ascii_case(wanted);
            match property.name.as_str().to_ascii_uppercase().as_str() {
                "SUMMARY" => event.title = value.to_owned(),
                "UID" => event.uid = value.to_owned(),
                "DTSTART" => event.start = event.one(property, names)?,
                "DTEND" => end = event_moments(property, names, &mut false)?.into_iter().next(),
                "RECURRENCE-ID" => {
                    event.moved_from = event.one(property, names)?;
                    event.and_following = parameter(property, "RANGE").is_some();
                }
                "RRULE" => event.rules.push(value.trim().to_owned()),
                "RDATE" => event.more.extend(event_moments(property, names, &mut event.is_unread)?),
                "EXDATE" => event.left_out.extend(event_moments(property, names, &mut event.is_unread)?),
                // An exception by rule was taken out of the standard long ago.
                "EXRULE" => event.is_unread = true,
                "STATUS" => event.is_off |= is("CANCELLED"),
                "TRANSP" => event.is_off |= is("TRANSPARENT"),
                "X-MICROSOFT-CDO-BUSYSTATUS" => event.is_off |= is("OOF") || is("FREE"),
                "X-MICROSOFT-CDO-ALLDAYEVENT" => event.is_off |= is("TRUE"),
                _ => {}
            }
        }
        event.is_off |= matches!((event.start, end), (Some(start), Some(end)) if start.whole_days_to(end));
        if matches!(event.start, Some(When::On(_))) {
            event.start = None;
            event.is_unread = false;
        }
        Ok(event)
    }

    fn one(&mut self, property: &Property<'_>, names: &mut Names) -> Result<Option<When>, CalendarError> {
        Ok(event_moments(property, names, &mut self.is_unread)?.into_iter().next())
    }
}

/// The moments of a property: a list of dates, date-times, or periods, of which the beginning counts.
fn event_moments(
    property: &Property<'_>,
    names: &mut Names,
    is_unread: &mut bool,
) -> Result<Vec<When>, CalendarError> {
    let zone = match parameter(property, "TZID") {
        Some(name) => names.of(name)?,
        None => ZoneRef::Own,
    };
    let mut moments = Vec::new();
    for written in property.val.as_str().split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let written = written.split_once('/').map_or(written, |(start, _)| start);
        match moment(written, zone) {
            Some(moment) => moments.push(moment),
            None => *is_unread = true,
        }
    }
    Ok(moments)
}

fn moment(written: &str, zone: ZoneRef) -> Option<When> {
    match written.strip_suffix(['Z', 'z']) {
        Some(utc) => Some(When::At(date_time(utc)?, ZoneRef::Utc)),
        None if written.len() == 8 => date(written).map(When::On),
        None => Some(When::At(date_time(written)?, zone)),
    }
}

/// The value of a parameter, without its quotes.
pub(super) fn parameter<'a>(property: &'a Property<'_>, name: &str) -> Option<&'a str> {
    let found = property.params.iter().find(|it| it.key.as_str().eq_ignore_ascii_case(name))?;
    found.val.as_ref().map(|value| value.as_str().trim_matches('"'))
}
