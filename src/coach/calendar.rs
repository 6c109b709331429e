//! Reads an uploaded calendar (RFC 5545) to propose the titles of the last meetings. Of attendees only whether
//! the member declined is read. Descriptions and everything else are skipped, and nothing else is kept.
//! `docs/calendars.md` says what is read, what is named as unread, and why.
//!
//! `line` and `scan` cut the file into small components, the `icalendar` crate parses each one, `revision`
//! and `overrides` leave out what was replaced, and `recurrence` computes when a series takes place.

mod error;
mod event;
mod header;
mod line;
mod overrides;
mod recent;
mod recurrence;
mod revision;
mod rule;
mod scan;
#[cfg(test)]
mod tests;
mod written_time;
mod zone;
mod zone_definition;
mod zone_name;
mod zones;

use super::{audit::Meeting, member::Zone, member_text::MemberText};
pub use error::CalendarError;
use event::{Event, ZoneNames};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use overrides::SeriesOverrides;
use recent::{RecentMeetings, note_unread};
use recurrence::StepBudget;
use revision::NewestRevisions;
use scan::{CalendarComponent, CalendarHeader};
use written_time::WrittenTime;
use zone_definition::ZoneDefinitions;
use zones::ResolvedZones;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// How far back meetings are proposed.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How many events that were not understood are listed.
const MAX_LISTED_UNREAD: usize = 3;

/// What a calendar proposes for an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The last meetings, newest first, at most [`super::audit::MAX_MEETINGS`], one of each series.
    pub meetings: Vec<Meeting>,
    /// Titles of up to three events whose time was not understood, so that they may be missing among the
    /// meetings.
    pub unread: Vec<MemberText>,
}

/// The last meetings before `now`. All-day events, cancelled and declined events and time marked as free are
/// left out. Times without a zone are taken in the zone that the calendar names for them, or in the member's.
///
/// # Errors
/// [`CalendarError`] if the file cannot be used.
pub fn last_meetings(bytes: &[u8], zone: &Zone, now: Timestamp) -> Result<Proposal, CalendarError> {
    if bytes.len() > MAX_BYTES {
        return Err(CalendarError::TooLarge);
    }
    let window = (now.saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN), now);
    let file = CalendarFile::read(bytes, window)?;
    let mut budget = StepBudget::default();
    let own = zone.time_zone();
    let zones =
        ResolvedZones::new(own, &file.zone_names, &file.defined, &file.calendars, window, &mut budget)?;
    let changes = SeriesOverrides::of(&file.events, &zones, &file.newest);
    let mut last = RecentMeetings::new(window, &zones, &changes, budget, file.unread);
    for event in &file.events {
        last.take_event(event)?;
    }
    last.proposal(zone)
}

/// The relevant content of a file.
struct CalendarFile {
    calendars: Vec<CalendarHeader>,
    events: Vec<Event>,
    newest: NewestRevisions,
    zone_names: ZoneNames,
    defined: ZoneDefinitions,
    unread: Vec<MemberText>,
}

impl CalendarFile {
    fn read(bytes: &[u8], (from, to): (Timestamp, Timestamp)) -> Result<Self, CalendarError> {
        let (mut events, mut newest) = (Vec::new(), NewestRevisions::default());
        let mut zone_names = ZoneNames::default();
        let (mut defined, mut unread) = (ZoneDefinitions::default(), Vec::new());
        // Two days more on each side, because local dates differ from UTC dates.
        let first = TimeZone::UTC.to_datetime(from).date().saturating_sub(2.days());
        let last = TimeZone::UTC.to_datetime(to).date().saturating_add(2.days());
        let is_near = |when: &WrittenTime| (first..=last).contains(&when.date());
        let calendars = scan::read(bytes, |part, calendar, header| {
            match part {
                CalendarComponent::Zone(zone) => defined.take(calendar, zone)?,
                CalendarComponent::Malformed => note_unread(&mut unread, ""),
                CalendarComponent::Event { component, is_declined } => {
                    let mut event = Event::read(component, calendar, &mut zone_names)?;
                    event.revision.is_cancelled |= header.is_cancelled;
                    event.is_excluded |= is_declined || event.revision.is_cancelled;
                    // A changed occurrence has revisions of its own: `overrides.rs`.
                    if !event.uid.is_empty() && event.recurrence_id.is_none() {
                        newest.note(&event.uid, event.revision);
                    }
                    if event.matters(is_near, last) {
                        events.push(event);
                    }
                }
            }
            Ok(())
        })?;
        Ok(Self { calendars, events, newest, zone_names, defined, unread })
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
