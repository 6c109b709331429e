//! Resolves the time zones of a calendar: names of zones, definitions in the file itself, and times without
//! a zone.

use super::{
    error::CalendarError,
    event::ZoneNames,
    recurrence::StepBudget,
    scan::CalendarHeader,
    written_time::{WrittenTime, ZoneRef},
    zone::CalendarZone,
    zone_definition::ZoneDefinitions,
    zone_name,
};
use jiff::{Timestamp, tz::TimeZone};
use std::collections::HashMap;

/// The zones of a file, resolved. A zone that is not known is `None`: its times cannot be read.
pub(super) struct ResolvedZones {
    utc: CalendarZone,
    own: CalendarZone,
    /// The zone of times without one, for each calendar of the file.
    floating: Vec<Option<CalendarZone>>,
    named: Vec<Option<CalendarZone>>,
}

/// What is needed to find a zone, and what was found already.
struct ZoneFinder<'a> {
    defined: &'a ZoneDefinitions,
    /// The time around which zones are needed.
    window: (Timestamp, Timestamp),
    found: HashMap<(&'a str, Option<usize>), Option<CalendarZone>>,
}

impl ResolvedZones {
    /// Resolves the zones of a file for a window of time.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if the budget is used up.
    pub(super) fn new(
        own: TimeZone,
        names: &ZoneNames,
        defined: &ZoneDefinitions,
        calendars: &[CalendarHeader],
        window: (Timestamp, Timestamp),
        budget: &mut StepBudget,
    ) -> Result<Self, CalendarError> {
        let own = CalendarZone::Known(own);
        let mut finder = ZoneFinder { defined, window, found: HashMap::new() };
        let mut named = Vec::new();
        for (calendar, name) in names.list() {
            named.push(finder.find(*calendar, name, budget)?);
        }
        let mut floating = Vec::with_capacity(calendars.len());
        for (calendar, header) in calendars.iter().enumerate() {
            floating.push(match &header.time_zone {
                Some(name) => finder.find(calendar, name, budget)?,
                None => Some(own.clone()),
            });
        }
        Ok(Self { utc: CalendarZone::Known(TimeZone::UTC), own, floating, named })
    }

    /// The zone; `None` if it is not known.
    pub(super) fn zone(&self, zone: ZoneRef) -> Option<&CalendarZone> {
        match zone {
            ZoneRef::Utc => Some(&self.utc),
            ZoneRef::Floating { calendar } => self.floating.get(calendar)?.as_ref(),
            ZoneRef::Named(at) => self.named.get(at)?.as_ref(),
        }
    }

    /// The member's own zone.
    pub(super) fn own(&self) -> &CalendarZone {
        &self.own
    }

    /// The instant of a time; `None` for an all-day date and in a zone that is not known.
    pub(super) fn at(&self, when: WrittenTime) -> Option<Timestamp> {
        match when {
            WrittenTime::Timed(local, zone) => Some(self.zone(zone)?.instant(local)),
            WrittenTime::AllDay(_) => None,
        }
    }

    /// Whether the zone of a time is not known.
    pub(super) fn is_unknown(&self, when: WrittenTime) -> bool {
        matches!(when, WrittenTime::Timed(_, zone) if self.zone(zone).is_none())
    }
}

impl<'a> ZoneFinder<'a> {
    /// A zone by its name in a calendar. A name that IANA or Windows gives is taken at its word; then the
    /// file's own definition counts, and at last what can be guessed from the name.
    fn find(
        &mut self,
        calendar: usize,
        name: &'a str,
        budget: &mut StepBudget,
    ) -> Result<Option<CalendarZone>, CalendarError> {
        let definition = self.defined.find(calendar, name);
        let key = (name, definition.map(|(index, _)| index));
        if let Some(zone) = self.found.get(&key) {
            return Ok(zone.clone());
        }
        let location = definition.and_then(|(_, it)| it.location.as_deref());
        let known = zone_name::find_exact(name).or_else(|| zone_name::find_exact(location?));
        let mut zone = known.map(CalendarZone::Known);
        if let (None, Some((_, definition))) = (&zone, definition) {
            zone = definition.zone(self.window, budget)?;
        }
        let described = || zone_name::find_described(name, self.window.1).map(CalendarZone::Known);
        let zone = zone.or_else(described);
        self.found.insert(key, zone.clone());
        Ok(zone)
    }
}
