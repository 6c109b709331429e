//! Zones by the names that calendars use for them: IANA's, Windows', and those that are defined in the
//! file alone.

use super::error::CalendarError;
use super::{
    event::parameter,
    recurrence::{Budget, Rule},
    when::{When, ZoneRef, date_time, offset},
};
use crate::coach::cadence;
use icalendar::parser::Component;
use jiff::{
    SignedDuration, Timestamp,
    civil::{DateTime, Weekday},
    tz::{Offset, TimeZone},
};
use std::collections::HashMap;

/// More zones than the world has, in one file.
const MAX_DEFINED: usize = 1_000;

/// How far back the last change of a zone's clock is looked for.
const CHANGES_WITHIN: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// Zones that a file defines, by their names.
#[derive(Default)]
pub(super) struct Defined {
    by_name: HashMap<String, Definition>,
}

/// What a file says of a zone.
struct Definition {
    /// IANA's name for it, as far as the program that wrote the file knows one.
    location: Option<String>,
    changes: Vec<Change>,
}

/// From when on a zone's clock stands how far from UTC, once or every year.
struct Change {
    is_summer: bool,
    to: i32,
    start: DateTime,
    rule: Option<String>,
    more: Vec<DateTime>,
}

impl Defined {
    /// # Errors
    /// [`CalendarError::TooMuch`] when there are too many.
    pub(super) fn take(&mut self, zone: &Component<'_>) -> Result<(), CalendarError> {
        let of = |name: &str| value(zone, name).map(str::to_owned);
        let Some(name) = of("TZID") else { return Ok(()) };
        if self.by_name.len() >= MAX_DEFINED {
            return Err(CalendarError::TooMuch);
        }
        let changes = zone.components.iter().filter_map(Change::read).collect();
        let definition = Definition { location: of("X-LIC-LOCATION"), changes };
        self.by_name.entry(name).or_insert(definition);
        Ok(())
    }
}

fn value<'a>(component: &'a Component<'_>, name: &str) -> Option<&'a str> {
    let property = component.properties.iter().find(|it| it.name.as_str().eq_ignore_ascii_case(name))?;
    Some(property.val.as_str().trim())
}

impl Change {
    fn read(component: &Component<'_>) -> Option<Self> {
        let dates = component.properties.iter().filter(|it| it.name.as_str().eq_ignore_ascii_case("RDATE"));
        // A change is written on the clock that it ends.
        let dates = dates.filter(|it| parameter(it, "VALUE").is_none_or(|kind| kind != "PERIOD"));
        Some(Self {
            is_summer: component.name.as_str().eq_ignore_ascii_case("DAYLIGHT"),
            to: offset(value(component, "TZOFFSETTO")?)?,
            start: date_time(value(component, "DTSTART")?)?,
            rule: value(component, "RRULE").map(str::to_owned),
            more: dates.flat_map(|it| it.val.as_str().split(',')).filter_map(date_time).collect(),
        })
    }

    /// Whether its rule still holds at a time.
    fn holds_at(&self, rule: &Rule, at: DateTime) -> bool {
        self.start <= at && rule.until().is_none_or(|until| until >= at)
    }

    /// When it came about last before a time, on its own clock.
    fn last_before(&self, at: Timestamp, budget: &mut Budget) -> Result<Option<Timestamp>, CalendarError> {
        let instant = |at: &DateTime| cadence::resolve(at.date(), at.time(), &TimeZone::UTC);
        let single = self.more.iter().chain([&self.start]).map(instant).filter(|it| *it <= at).max();
        let Some(rule) = self.rule.as_deref().and_then(Rule::parse) else { return Ok(single) };
        let window = (at.saturating_sub(CHANGES_WITHIN).unwrap_or(Timestamp::MIN), at);
        let repeated = rule.between(self.start, &TimeZone::UTC, window, budget)?.into_iter().max();
        Ok(single.max(repeated))
    }
}

impl Definition {
    /// The zone around a time. One whose clock changes every year by a rule that POSIX knows changes so
    /// here; of every other the offset of that time is taken.
    fn zone(&self, at: Timestamp, budget: &mut Budget) -> Result<Option<TimeZone>, CalendarError> {
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
            let with_rule = ours.filter_map(|it| Some((it, Rule::parse(it.rule.as_deref()?)?)));
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

/// The last Sunday of October at three: `M10.5.0/03:00:00`.
fn posix_date(start: DateTime, rule: &Rule) -> Option<String> {
    let (month, nth, weekday) = rule.yearly_weekday()?;
    let weekday = weekday.since(Weekday::Sunday);
    let time = start.time().strftime("%H:%M:%S");
    Some(format!("M{month}.{nth}.{weekday}/{time}"))
}

/// POSIX counts from the zone to UTC.
fn posix_offset(seconds: i32) -> String {
    let sign = if seconds > 0 { "-" } else { "+" };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// What the names of a file mean.
pub(super) struct Zones {
    utc: TimeZone,
    own: TimeZone,
    named: Vec<TimeZone>,
}

impl Zones {
    /// Understands names around a time. Those that nobody knows are the member's own zone.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] when the budget is used up.
    pub(super) fn new(
        own: TimeZone,
        names: &[String],
        defined: &Defined,
        at: Timestamp,
        budget: &mut Budget,
    ) -> Result<Self, CalendarError> {
        let mut named = Vec::with_capacity(names.len());
        for name in names {
            let definition = defined.by_name.get(name);
            let location = definition.and_then(|it| it.location.as_deref());
            let zone = match known(name).or_else(|| known(location?)) {
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

    /// A zone.
    pub(super) fn zone(&self, zone: ZoneRef) -> &TimeZone {
        match zone {
            ZoneRef::Utc => &self.utc,
            ZoneRef::Own => &self.own,
            ZoneRef::Named(at) => self.named.get(at).unwrap_or(&self.own),
        }
    }

    /// The instant of a moment; `None` for a whole day.
    pub(super) fn at(&self, when: When) -> Option<Timestamp> {
        match when {
            When::At(local, zone) => Some(cadence::resolve(local.date(), local.time(), self.zone(zone))),
            When::On(_) => None,
        }
    }
}

/// A zone that the world knows by that name.
fn known(name: &str) -> Option<TimeZone> {
    // Outlook writes Windows' names, some programs a path before the IANA name.
    let windows = WINDOWS.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(name));
    let iana = windows.map_or(name, |(_, iana)| iana);
    let tail = iana.rmatch_indices('/').nth(1).and_then(|(at, _)| iana.get(at + 1..));
    let found = jiff::tz::db().get(iana).ok();
    found.or_else(|| jiff::tz::db().get(tail?).ok())
}

/// Windows' names of the zones that most people live in
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
