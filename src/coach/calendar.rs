//! An uploaded calendar (RFC 5545), read for one thing: the titles of the last meetings. Attendees,
//! descriptions and everything else are passed over and never kept. Bytes become small parts in `parts`,
//! the `icalendar` crate understands each; when a series takes place is worked out in `recurrence`.

mod error;
mod event;
mod parts;
mod recurrence;
mod rule;
#[cfg(test)]
mod tests;
mod when;
mod zones;

use super::{
    audit::{MAX_MEETINGS, MAX_TITLE_CHARS, Meeting},
    care,
    member::Zone,
    member_text::MemberText,
};
pub use error::CalendarError;
use event::{Event, Names};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use parts::Part;
use recurrence::{Budget, Rule};
use std::collections::{HashMap, HashSet};
use when::When;
use zones::{Defined, Zones};

/// The largest file that is read.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Meetings before this are not the last ones.
const WITHIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How many events that were not understood are named.
const NAMED_UNREAD: usize = 3;

/// What a calendar proposes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The last meetings, the newest first, at most [`MAX_MEETINGS`].
    pub meetings: Vec<Meeting>,
    /// Titles of events that may have taken place too, in a way that is not understood here; a few.
    pub unread: Vec<MemberText>,
}

/// The last meetings before `now`; events of whole days, cancelled ones, and time that is marked as free
/// are none. Times without a zone, and in one that nobody knows, are the member's own. A title that is
/// blank, or that speaks of trouble, is not proposed: the meeting is called by its time.
///
/// # Errors
/// [`CalendarError`], which is a sentence for the member.
pub fn last_meetings(bytes: &[u8], zone: &Zone, now: Timestamp) -> Result<Proposal, CalendarError> {
    if bytes.len() > MAX_BYTES {
        return Err(CalendarError::TooLarge);
    }
    let from = now.saturating_sub(WITHIN).unwrap_or(Timestamp::MIN);
    let file = File::read(bytes, (from, now))?;
    let mut budget = Budget::default();
    let zones = Zones::new(zone.time_zone(), &file.zone_names, &file.defined, now, &mut budget)?;
    let changes = Changes::of(&file.events, &zones);
    let mut last = Last { from, to: now, found: Vec::new(), unread: file.unread };
    for event in &file.events {
        last.take_event(event, &zones, &changes, &mut budget)?;
    }
    last.proposal(zone)
}

/// What matters of a file.
struct File {
    events: Vec<Event>,
    zone_names: Vec<String>,
    defined: Defined,
    unread: Vec<MemberText>,
}

impl File {
    fn read(bytes: &[u8], (from, to): (Timestamp, Timestamp)) -> Result<Self, CalendarError> {
        let (mut events, mut names) = (Vec::new(), Names::default());
        let (mut defined, mut unread) = (Defined::default(), Vec::new());
        // Wherever the clock is that a date is read from.
        let first = TimeZone::UTC.to_datetime(from).date().saturating_sub(2.days());
        let last = TimeZone::UTC.to_datetime(to).date().saturating_add(2.days());
        let is_near = |when: &When| (first..=last).contains(&when.date());
        let called_off = parts::read(bytes, |part| {
            match part {
                Part::Zone(zone) => defined.take(zone)?,
                Part::Unread => note(&mut unread, ""),
                Part::Event(component) => {
                    let event = Event::read(component, &mut names)?;
                    if event.matters(is_near, last) {
                        events.push(event);
                    }
                }
            }
            Ok(())
        })?;
        if called_off {
            events.clear();
        }
        Ok(Self { events, zone_names: names.into_list(), defined, unread })
    }
}

impl Event {
    /// Whether anything of it may lie near the window that ends at `last`.
    fn matters(&self, is_near: impl Fn(&When) -> bool, last: Date) -> bool {
        let began = self.start.is_some_and(|start| start.date() <= last);
        let repeats = !self.rules.is_empty() && began && !self.is_off;
        let is_lost = self.is_unread && self.start.is_none();
        let mut dates = self.start.iter().chain(&self.moved_from).chain(&self.more);
        repeats || is_lost || self.and_following || dates.any(is_near)
    }
}

/// What single events change of a series, by the series.
struct Changes<'a> {
    /// Meetings that take place at another time, or not at all.
    moved: HashMap<&'a str, Vec<When>>,
    /// Series of which one event changed all that follow.
    cut: HashSet<&'a str>,
    zones: &'a Zones,
}

impl<'a> Changes<'a> {
    fn of(events: &'a [Event], zones: &'a Zones) -> Self {
        let mut moved: HashMap<&str, Vec<When>> = HashMap::new();
        let mut cut = HashSet::new();
        for event in events {
            if let Some(from) = event.moved_from {
                moved.entry(&event.uid).or_default().push(from);
                if event.and_following {
                    cut.insert(event.uid.as_str());
                }
            }
        }
        Self { moved, cut, zones }
    }

    /// The instants and the dates at which a series does not take place.
    fn not_at(&self, series: &Event) -> (HashSet<Timestamp>, HashSet<Date>) {
        let moved = self.moved.get(series.uid.as_str()).into_iter().flatten();
        let (mut at, mut on) = (HashSet::new(), HashSet::new());
        for when in series.left_out.iter().chain(moved) {
            match (self.zones.at(*when), when) {
                (Some(instant), _) => drop(at.insert(instant)),
                (None, when) => drop(on.insert(when.date())),
            }
        }
        (at, on)
    }
}

/// The newest meetings of the window so far.
struct Last {
    from: Timestamp,
    to: Timestamp,
    found: Vec<(Timestamp, String)>,
    unread: Vec<MemberText>,
}

impl Last {
    fn take_event(
        &mut self,
        event: &Event,
        zones: &Zones,
        changes: &Changes<'_>,
        budget: &mut Budget,
    ) -> Result<(), CalendarError> {
        if event.is_off {
            return Ok(());
        }
        let rules: Option<Vec<Rule>> = event.rules.iter().map(|rule| Rule::parse(rule)).collect();
        let is_cut = event.moved_from.is_none() && changes.cut.contains(event.uid.as_str());
        let Some(rules) = rules.filter(|_| !event.is_unread && !is_cut) else {
            note(&mut self.unread, &event.title);
            return Ok(());
        };
        let Some(When::At(local, zone)) = event.start else { return Ok(()) };
        let start = zones.at(When::At(local, zone));
        if event.moved_from.is_some() || rules.is_empty() && event.more.is_empty() {
            start.into_iter().for_each(|at| self.take(at, event));
            return Ok(());
        }
        let zone = zones.zone(zone);
        let mut all: Vec<Timestamp> = event.more.iter().filter_map(|more| zones.at(*more)).collect();
        if rules.is_empty() {
            all.extend(start);
        }
        for rule in &rules {
            all.extend(rule.between(local, zone, (self.from, self.to), budget)?);
        }
        if all.is_empty() {
            return Ok(());
        }
        let (not_at, not_on) = changes.not_at(event);
        for at in all {
            if !not_at.contains(&at) && !not_on.contains(&zone.to_datetime(at).date()) {
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
        // Two exports in one file, or a date that a rule names as well.
        if self.found.iter().any(|(other, called)| *other == at && *called == title) {
            return;
        }
        let place = self.found.partition_point(|(other, _)| *other >= at);
        self.found.insert(place, (at, title));
        self.found.truncate(MAX_MEETINGS);
        // Nothing before the fifth is looked for any more.
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

/// Notes an event that was not understood, once for a title.
fn note(unread: &mut Vec<MemberText>, called: &str) {
    let called = MemberText::new(title(called));
    let called = if called.is_blank() { MemberText::new("an event without a title") } else { called };
    if unread.len() < NAMED_UNREAD && !unread.contains(&called) {
        unread.push(called);
    }
}

/// A title on one line, cut to what a form takes.
fn title(whole: &str) -> String {
    let chars = whole.chars().map(|c| if c.is_control() { ' ' } else { c });
    chars.take(MAX_TITLE_CHARS).collect::<String>().trim().to_owned()
}
