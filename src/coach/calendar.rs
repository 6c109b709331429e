//! Reads an uploaded calendar (RFC 5545) to propose the titles of the last meetings. Attendees, descriptions
//! and everything else are skipped and never kept.
//!
//! `scan` cuts the file into small components, the `icalendar` crate parses each one, and `recurrence`
//! computes when a series takes place.

mod error;
mod event;
mod recurrence;
mod rule;
mod scan;
#[cfg(test)]
mod tests;
mod written_time;
mod zones;

use super::{
    audit::{MAX_MEETINGS, MAX_TITLE_CHARS, Meeting},
    care,
    member::Zone,
    member_text::MemberText,
};
pub use error::CalendarError;
use event::{Event, ZoneNames};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use recurrence::StepBudget;
use rule::RecurrenceRule;
use scan::CalendarComponent;
use std::collections::{HashMap, HashSet};
use written_time::WrittenTime;
use zones::{ResolvedZones, ZoneDefinitions};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// How far back meetings are proposed.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How many events that were not understood are listed.
const MAX_LISTED_UNREAD: usize = 3;

/// What a calendar proposes for an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The last meetings, newest first, at most [`MAX_MEETINGS`].
    pub meetings: Vec<Meeting>,
    /// Titles of up to three events whose time was not understood, so that they may be missing among the
    /// meetings.
    pub unread: Vec<MemberText>,
}

/// The last meetings before `now`. All-day events, cancelled events and time marked as free are left out.
/// Times without a zone, or in an unknown one, are taken in the member's zone. A meeting whose title is blank
/// or mentions a care concern is named by its time instead.
///
/// # Errors
/// [`CalendarError`] if the file cannot be used.
pub fn last_meetings(bytes: &[u8], zone: &Zone, now: Timestamp) -> Result<Proposal, CalendarError> {
    if bytes.len() > MAX_BYTES {
        return Err(CalendarError::TooLarge);
    }
    let from = now.saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    let file = CalendarFile::read(bytes, (from, now))?;
    let mut budget = StepBudget::default();
    let zones = ResolvedZones::new(zone.time_zone(), &file.zone_names, &file.defined, now, &mut budget)?;
    let changes = SeriesOverrides::of(&file.events, &zones);
    let mut last = RecentMeetings { from, to: now, found: Vec::new(), unread: file.unread };
    for event in &file.events {
        last.take_event(event, &zones, &changes, &mut budget)?;
    }
    last.proposal(zone)
}

/// The relevant content of a file.
struct CalendarFile {
    events: Vec<Event>,
    zone_names: Vec<String>,
    defined: ZoneDefinitions,
    unread: Vec<MemberText>,
}

impl CalendarFile {
    fn read(bytes: &[u8], (from, to): (Timestamp, Timestamp)) -> Result<Self, CalendarError> {
        let (mut events, mut names) = (Vec::new(), ZoneNames::default());
        let (mut defined, mut unread) = (ZoneDefinitions::default(), Vec::new());
        // Two days more on each side, because local dates differ from UTC dates.
        let first = TimeZone::UTC.to_datetime(from).date().saturating_sub(2.days());
        let last = TimeZone::UTC.to_datetime(to).date().saturating_add(2.days());
        let is_near = |when: &WrittenTime| (first..=last).contains(&when.date());
        let is_cancelled = scan::read(bytes, |part| {
            match part {
                CalendarComponent::Zone(zone) => defined.take(zone)?,
                CalendarComponent::Malformed => note(&mut unread, ""),
                CalendarComponent::Event(component) => {
                    let event = Event::read(component, &mut names)?;
                    if event.matters(is_near, last) {
                        events.push(event);
                    }
                }
            }
            Ok(())
        })?;
        if is_cancelled {
            events.clear();
        }
        Ok(Self { events, zone_names: names.into_list(), defined, unread })
    }
}

impl Event {
    /// Whether the event can have an occurrence near the window that ends at `last`.
    fn matters(&self, is_near: impl Fn(&WrittenTime) -> bool, last: Date) -> bool {
        let began = self.start.is_some_and(|start| start.date() <= last);
        let repeats = !self.rules.is_empty() && began && !self.is_excluded;
        let is_lost = self.is_unsupported && self.start.is_none();
        let mut dates = self.start.iter().chain(&self.recurrence_id).chain(&self.extra_dates);
        repeats || is_lost || self.replaces_following || dates.any(is_near)
    }
}

/// What single events change about a series, by the `UID` of the series.
struct SeriesOverrides<'a> {
    /// Occurrences that were moved or cancelled.
    moved: HashMap<&'a str, Vec<WrittenTime>>,
    /// Series in which an event changed all following occurrences, which is not supported.
    cut: HashSet<&'a str>,
    zones: &'a ResolvedZones,
}

impl<'a> SeriesOverrides<'a> {
    fn of(events: &'a [Event], zones: &'a ResolvedZones) -> Self {
        let mut moved: HashMap<&str, Vec<WrittenTime>> = HashMap::new();
        let mut cut = HashSet::new();
        for event in events {
            if let Some(from) = event.recurrence_id {
                moved.entry(&event.uid).or_default().push(from);
                if event.replaces_following {
                    cut.insert(event.uid.as_str());
                }
            }
        }
        Self { moved, cut, zones }
    }

    /// The instants and the dates on which a series does not take place.
    fn excluded_times(&self, series: &Event) -> (HashSet<Timestamp>, HashSet<Date>) {
        let moved = self.moved.get(series.uid.as_str()).into_iter().flatten();
        let (mut at, mut on) = (HashSet::new(), HashSet::new());
        for when in series.exception_dates.iter().chain(moved) {
            match (self.zones.at(*when), when) {
                (Some(instant), _) => drop(at.insert(instant)),
                (None, when) => drop(on.insert(when.date())),
            }
        }
        (at, on)
    }
}

/// The newest meetings found so far.
struct RecentMeetings {
    from: Timestamp,
    to: Timestamp,
    found: Vec<(Timestamp, String)>,
    unread: Vec<MemberText>,
}

impl RecentMeetings {
    fn take_event(
        &mut self,
        event: &Event,
        zones: &ResolvedZones,
        changes: &SeriesOverrides<'_>,
        budget: &mut StepBudget,
    ) -> Result<(), CalendarError> {
        if event.is_excluded {
            return Ok(());
        }
        let rules: Option<Vec<RecurrenceRule>> =
            event.rules.iter().map(|rule| RecurrenceRule::parse(rule)).collect();
        let is_cut = event.recurrence_id.is_none() && changes.cut.contains(event.uid.as_str());
        let Some(rules) = rules.filter(|_| !event.is_unsupported && !is_cut) else {
            note(&mut self.unread, &event.title);
            return Ok(());
        };
        let Some(WrittenTime::Timed(local, zone)) = event.start else { return Ok(()) };
        let start = zones.at(WrittenTime::Timed(local, zone));
        if event.recurrence_id.is_some() || rules.is_empty() && event.extra_dates.is_empty() {
            if let Some(at) = start {
                self.take(at, event);
            }
            return Ok(());
        }
        let zone = zones.zone(zone);
        let mut all: Vec<Timestamp> = event.extra_dates.iter().filter_map(|more| zones.at(*more)).collect();
        if rules.is_empty() {
            all.extend(start);
        }
        for rule in &rules {
            all.extend(rule.occurrences(local, zone, (self.from, self.to), budget)?);
        }
        if all.is_empty() {
            return Ok(());
        }
        let (excluded_times, excluded_dates) = changes.excluded_times(event);
        for at in all {
            if !excluded_times.contains(&at) && !excluded_dates.contains(&zone.to_datetime(at).date()) {
                self.take(at, event);
            }
        }
        Ok(())
    }

    fn take(&mut self, at: Timestamp, event: &Event) {
        if at < self.from || at > self.to {
            return;
        }
        let full = self.found.len() >= MAX_MEETINGS;
        if full && self.found.last().is_some_and(|(oldest, _)| *oldest >= at) {
            return;
        }
        let title = title(&event.title);
        // The same meeting can come from two exports in one file, or from a rule and an extra date.
        if self.found.iter().any(|(other, called)| *other == at && *called == title) {
            return;
        }
        let place = self.found.partition_point(|(other, _)| *other >= at);
        self.found.insert(place, (at, title));
        self.found.truncate(MAX_MEETINGS);
        // Older meetings would not be among the proposed ones.
        if let Some((oldest, _)) = self.found.get(MAX_MEETINGS - 1) {
            self.from = *oldest;
        }
    }

    fn proposal(self, zone: &Zone) -> Result<Proposal, CalendarError> {
        if self.found.is_empty() && self.unread.is_empty() {
            return Err(CalendarError::NoMeetings);
        }
        let named = |(at, title): (Timestamp, String)| {
            let is_said = !MemberText::new(title.clone()).is_blank() && care::check(&title).is_none();
            let by_time = || zone.local(at).strftime("Meeting on %a %-d %b, %H:%M").to_string();
            Meeting { title: MemberText::new(if is_said { title } else { by_time() }), hats: None }
        };
        Ok(Proposal { meetings: self.found.into_iter().map(named).collect(), unread: self.unread })
    }
}

/// Adds an event that was not understood, once for each title.
fn note(unread: &mut Vec<MemberText>, called: &str) {
    let called = MemberText::new(title(called));
    let called = if called.is_blank() { MemberText::new("an event without a title") } else { called };
    if unread.len() < MAX_LISTED_UNREAD && !unread.contains(&called) {
        unread.push(called);
    }
}

/// A title on one line, cut to the length that the form accepts.
fn title(whole: &str) -> String {
    let chars = whole.chars().map(|c| if c.is_control() { ' ' } else { c });
    chars.take(MAX_TITLE_CHARS).collect::<String>().trim().to_owned()
}
