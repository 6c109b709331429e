//! Reads the definitions of time zones in a calendar (VTIMEZONE; RFC 5545, 3.6.5).

use super::{
    error::CalendarError,
    line::parameter,
    recurrence::StepBudget,
    rule::{RecurrenceRule, SeriesEnd},
    written_time::{date_time, offset},
    zone::{CalendarZone, OffsetChanges},
};
use icalendar::parser::Component;
use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use std::collections::HashMap;

/// The most different definitions in a file: more than all IANA zones.
const MAX_DEFINITIONS: usize = 1_000;

/// How far back the last clock change before the window is looked for.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// Local times near the window need the changes of these days too.
const MARGIN: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The most changes of one zone within the window.
const MAX_CHANGES: usize = 64;

/// The zones that a file defines, by name.
#[derive(Default)]
pub(super) struct ZoneDefinitions {
    by_name: HashMap<String, SameName>,
    count: usize,
}

/// The definitions of one name. Each calendar in a file can have its own; usually all of them are equal.
#[derive(Default)]
struct SameName {
    distinct: Vec<ZoneDefinition>,
    /// Calendars in order, each with the index of its definition.
    of_calendar: Vec<(usize, usize)>,
}

/// One definition of a zone.
#[derive(PartialEq, Eq)]
pub(super) struct ZoneDefinition {
    /// The IANA name that the exporting program gives for it, if any.
    pub(super) location: Option<String>,
    observances: Vec<Observance>,
}

/// An offset from UTC that a zone has from a time on, once or every year.
#[derive(PartialEq, Eq)]
struct Observance {
    from: Offset,
    to: Offset,
    /// Its beginnings are local times at the offset before it.
    start: DateTime,
    rule: Option<String>,
    extra_dates: Vec<DateTime>,
}

impl ZoneDefinitions {
    /// Adds a definition.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if there are too many.
    pub(super) fn take(&mut self, calendar: usize, zone: &Component<'_>) -> Result<(), CalendarError> {
        let of = |name: &str| value(zone, name).map(str::to_owned);
        let Some(name) = of("TZID").filter(|name| !name.is_empty()) else { return Ok(()) };
        let observances = zone.components.iter().filter_map(Observance::read).collect();
        let definition = ZoneDefinition { location: of("X-LIC-LOCATION"), observances };
        let same = self.by_name.entry(name).or_default();
        let known = same.distinct.iter().position(|other| *other == definition);
        let index = known.unwrap_or(same.distinct.len());
        if known.is_none() {
            self.count += 1;
            if self.count > MAX_DEFINITIONS {
                return Err(CalendarError::TooMuch);
            }
            same.distinct.push(definition);
        }
        // The first definition of a name in a calendar counts.
        if same.of_calendar.last().is_none_or(|(last, _)| *last != calendar) {
            same.of_calendar.push((calendar, index));
        }
        Ok(())
    }

    /// The definition of a name in a calendar, or that of another calendar in the file, and its index among
    /// those of the name.
    pub(super) fn find(&self, calendar: usize, name: &str) -> Option<(usize, &ZoneDefinition)> {
        let same = self.by_name.get(name)?;
        let own = same.of_calendar.binary_search_by_key(&calendar, |(of, _)| *of).ok();
        let index = own.and_then(|at| same.of_calendar.get(at)).map_or(0, |(_, index)| *index);
        Some((index, same.distinct.get(index)?))
    }
}

fn value<'a>(component: &'a Component<'_>, name: &str) -> Option<&'a str> {
    let property = component.properties.iter().find(|it| it.name.as_str().eq_ignore_ascii_case(name))?;
    Some(property.val.as_str().trim())
}

impl Observance {
    fn read(component: &Component<'_>) -> Option<Self> {
        let dates = component.properties.iter().filter(|it| it.name.as_str().eq_ignore_ascii_case("RDATE"));
        let dates = dates.filter(|it| parameter(it, "VALUE").is_none_or(|kind| kind != "PERIOD"));
        let of = |name: &str| offset(value(component, name)?).and_then(|it| Offset::from_seconds(it).ok());
        let to = of("TZOFFSETTO")?;
        Some(Self {
            from: of("TZOFFSETFROM").unwrap_or(to),
            to,
            start: date_time(value(component, "DTSTART")?)?,
            rule: value(component, "RRULE").map(str::to_owned),
            extra_dates: dates.flat_map(|it| it.val.as_str().split(',')).filter_map(date_time).collect(),
        })
    }

    /// When it begins: each single time, and the repeated ones from some time before `from` until `to`. `None`
    /// if its rule was not understood.
    fn beginnings(
        &self,
        (from, to): (Timestamp, Timestamp),
        budget: &mut StepBudget,
    ) -> Result<Option<Vec<Timestamp>>, CalendarError> {
        let before = CalendarZone::Known(TimeZone::fixed(self.from));
        let single = self.extra_dates.iter().chain([&self.start]).map(|local| before.instant(*local));
        let mut found: Vec<Timestamp> = single.collect();
        let Some(rule) = &self.rule else { return Ok(Some(found)) };
        let Some(rule) = RecurrenceRule::parse(rule) else { return Ok(None) };
        // The last time of a rule counts once the rule has ended.
        let to = rule
            .until()
            .map_or(to, |until| to.min(before.instant(until).saturating_add(MARGIN).unwrap_or(to)));
        let back = match rule.end {
            SeriesEnd::Count(_) => Timestamp::MIN,
            SeriesEnd::Never | SeriesEnd::Until { .. } => {
                from.min(to).saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN)
            }
        };
        found.extend(rule.occurrences(self.start, &before, (back, to), budget)?);
        Ok(Some(found))
    }
}

impl ZoneDefinition {
    /// The zone as it is around a window of time. `None` if the definition says nothing that was understood.
    pub(super) fn zone(
        &self,
        (from, to): (Timestamp, Timestamp),
        budget: &mut StepBudget,
    ) -> Result<Option<CalendarZone>, CalendarError> {
        let from = from.saturating_sub(MARGIN).unwrap_or(Timestamp::MIN);
        let to = to.saturating_add(MARGIN).unwrap_or(Timestamp::MAX);
        let mut changes = Vec::new();
        for observance in &self.observances {
            let Some(begins) = observance.beginnings((from, to), budget)? else { return Ok(None) };
            changes.extend(begins.into_iter().map(|at| (at, observance.from, observance.to)));
        }
        changes.sort_unstable();
        let Some((_, first, _)) = changes.first() else { return Ok(None) };
        let earlier = changes.iter().rev().find(|(at, ..)| *at <= from);
        let first = earlier.map_or(*first, |(_, _, to)| *to);
        let near = changes.iter().filter(|(at, ..)| *at > from && *at <= to);
        let changes: Vec<_> = near.map(|(at, _, offset)| (*at, *offset)).take(MAX_CHANGES + 1).collect();
        let is_usable = changes.len() <= MAX_CHANGES;
        Ok(is_usable.then_some(CalendarZone::Defined(OffsetChanges { first, changes })))
    }
}
