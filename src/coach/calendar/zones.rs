//! Resolves the time zones of a calendar: IANA names, Windows names, and definitions in the file itself.

use super::error::CalendarError;
use super::{
    event::parameter,
    recurrence::StepBudget,
    rule::RecurrenceRule,
    written_time::{WrittenTime, ZoneRef, date_time, offset},
};
use crate::coach::cadence;
use icalendar::parser::Component;
use jiff::{
    SignedDuration, Timestamp,
    civil::{DateTime, Weekday},
    tz::{Offset, TimeZone},
};
use std::collections::HashMap;

/// More than all IANA zones.
const MAX_DEFINITIONS: usize = 1_000;

/// How far back the last clock change of a defined zone is looked for.
const OBSERVANCE_LOOK_BACK: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// The zones that a file defines, by name.
#[derive(Default)]
pub(super) struct ZoneDefinitions {
    by_name: HashMap<String, ZoneDefinition>,
}

/// One definition of a zone.
struct ZoneDefinition {
    /// The IANA name that the exporting program gives for it, if any.
    location: Option<String>,
    changes: Vec<Observance>,
}

/// An offset from UTC that a zone has from a time on, once or every year. RFC 5545 calls it an observance.
struct Observance {
    is_summer: bool,
    to: i32,
    start: DateTime,
    rule: Option<String>,
    extra_dates: Vec<DateTime>,
}

impl ZoneDefinitions {
    /// Adds a definition.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if there are too many.
    pub(super) fn take(&mut self, zone: &Component<'_>) -> Result<(), CalendarError> {
        let of = |name: &str| value(zone, name).map(str::to_owned);
        let Some(name) = of("TZID") else { return Ok(()) };
        if self.by_name.len() >= MAX_DEFINITIONS {
            return Err(CalendarError::TooMuch);
        }
        let changes = zone.components.iter().filter_map(Observance::read).collect();
        let definition = ZoneDefinition { location: of("X-LIC-LOCATION"), changes };
        self.by_name.entry(name).or_insert(definition);
        Ok(())
    }
}

fn value<'a>(component: &'a Component<'_>, name: &str) -> Option<&'a str> {
    let property = component.properties.iter().find(|it| it.name.as_str().eq_ignore_ascii_case(name))?;
    Some(property.val.as_str().trim())
}

impl Observance {
    fn read(component: &Component<'_>) -> Option<Self> {
        let dates = component.properties.iter().filter(|it| it.name.as_str().eq_ignore_ascii_case("RDATE"));
        // A change is written in the local time before it.
        let dates = dates.filter(|it| parameter(it, "VALUE").is_none_or(|kind| kind != "PERIOD"));
        Some(Self {
            is_summer: component.name.as_str().eq_ignore_ascii_case("DAYLIGHT"),
            to: offset(value(component, "TZOFFSETTO")?)?,
            start: date_time(value(component, "DTSTART")?)?,
            rule: value(component, "RRULE").map(str::to_owned),
            extra_dates: dates.flat_map(|it| it.val.as_str().split(',')).filter_map(date_time).collect(),
        })
    }

    fn holds_at(&self, rule: &RecurrenceRule, at: DateTime) -> bool {
        self.start <= at && rule.until().is_none_or(|until| until >= at)
    }

    /// The last time before `at` at which the offset began.
    fn last_before(
        &self,
        at: Timestamp,
        budget: &mut StepBudget,
    ) -> Result<Option<Timestamp>, CalendarError> {
        let instant = |at: &DateTime| cadence::resolve(at.date(), at.time(), &TimeZone::UTC);
        let single = self.extra_dates.iter().chain([&self.start]).map(instant).filter(|it| *it <= at).max();
        let Some(rule) = self.rule.as_deref().and_then(RecurrenceRule::parse) else { return Ok(single) };
        let window = (at.saturating_sub(OBSERVANCE_LOOK_BACK).unwrap_or(Timestamp::MIN), at);
        let repeated = rule.occurrences(self.start, &TimeZone::UTC, window, budget)?.into_iter().max();
        Ok(single.max(repeated))
    }
}

impl ZoneDefinition {
    /// The zone around an instant. If the clock changes by yearly rules that POSIX can express, the zone
    /// follows them; otherwise it has the fixed offset of that instant.
    fn zone(&self, at: Timestamp, budget: &mut StepBudget) -> Result<Option<TimeZone>, CalendarError> {
        if let Some(zone) = self.yearly(at) {
            return Ok(Some(zone));
        }
        let mut newest: Option<(Timestamp, i32)> = None;
        for change in &self.changes {
            if let Some(began) = change.last_before(at, budget)? {
                newest = newest.max(Some((began, change.to)));
            }
        }
        let first = self.changes.iter().min_by_key(|change| change.start).map(|change| change.to);
        let seconds = newest.map(|(_, to)| to).or(first);
        Ok(seconds.and_then(|seconds| Offset::from_seconds(seconds).ok()).map(Offset::to_time_zone))
    }

    fn yearly(&self, at: Timestamp) -> Option<TimeZone> {
        let at = TimeZone::UTC.to_datetime(at);
        let holding = |is_summer: bool| {
            let ours = self.changes.iter().filter(move |change| change.is_summer == is_summer);
            let with_rule = ours.filter_map(|it| Some((it, RecurrenceRule::parse(it.rule.as_deref()?)?)));
            with_rule.filter(|(it, rule)| it.holds_at(rule, at)).max_by_key(|(it, _)| it.start)
        };
        let (winter, winter_rule) = holding(false)?;
        let (summer, summer_rule) = holding(true)?;
        let (into_summer, into_winter) =
            (posix_date(summer.start, &summer_rule)?, posix_date(winter.start, &winter_rule)?);
        let (winter, summer) = (posix_offset(winter.to), posix_offset(summer.to));
        TimeZone::posix(&format!("<STD>{winter}<DST>{summer},{into_summer},{into_winter}")).ok()
    }
}

/// The date of a change in POSIX form: the last Sunday of October at three is `M10.5.0/03:00:00`.
fn posix_date(start: DateTime, rule: &RecurrenceRule) -> Option<String> {
    let (month, nth, weekday) = rule.yearly_weekday()?;
    let weekday = weekday.since(Weekday::Sunday);
    let time = start.time().strftime("%H:%M:%S");
    Some(format!("M{month}.{nth}.{weekday}/{time}"))
}

/// POSIX counts offsets in the opposite direction.
fn posix_offset(seconds: i32) -> String {
    let sign = if seconds > 0 { "-" } else { "+" };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The zones of a file, resolved.
pub(super) struct ResolvedZones {
    utc: TimeZone,
    own: TimeZone,
    named: Vec<TimeZone>,
}

impl ResolvedZones {
    /// Resolves names for the time around `at`. Unknown names become the member's zone.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if the budget is used up.
    pub(super) fn new(
        own: TimeZone,
        names: &[String],
        defined: &ZoneDefinitions,
        at: Timestamp,
        budget: &mut StepBudget,
    ) -> Result<Self, CalendarError> {
        let mut named = Vec::with_capacity(names.len());
        for name in names {
            let definition = defined.by_name.get(name);
            let location = definition.and_then(|it| it.location.as_deref());
            let zone = match find_zone(name).or_else(|| find_zone(location?)) {
                Some(zone) => Some(zone),
                None => match definition {
                    Some(definition) => definition.zone(at, budget)?,
                    None => None,
                },
            };
            named.push(zone.unwrap_or_else(|| own.clone()));
        }
        Ok(Self { utc: TimeZone::UTC, own, named })
    }

    pub(super) fn zone(&self, zone: ZoneRef) -> &TimeZone {
        match zone {
            ZoneRef::Utc => &self.utc,
            ZoneRef::Floating => &self.own,
            ZoneRef::Named(at) => self.named.get(at).unwrap_or(&self.own),
        }
    }

    /// The instant of a time; `None` for an all-day date.
    pub(super) fn at(&self, when: WrittenTime) -> Option<Timestamp> {
        match when {
            WrittenTime::Timed(local, zone) => {
                Some(cadence::resolve(local.date(), local.time(), self.zone(zone)))
            }
            WrittenTime::AllDay(_) => None,
        }
    }
}

/// A zone by its IANA or Windows name.
fn find_zone(name: &str) -> Option<TimeZone> {
    // Outlook writes Windows names; some programs write a path before the IANA name.
    let windows = WINDOWS.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(name));
    let iana = windows.map_or(name, |(_, iana)| iana);
    let tail = iana.rmatch_indices('/').nth(1).and_then(|(at, _)| iana.get(at + 1..));
    let found = jiff::tz::db().get(iana).ok();
    found.or_else(|| jiff::tz::db().get(tail?).ok())
}

/// The Windows names of the most used zones
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
