//! Finds the newest meetings among the events of a file.

use super::{
    MAX_LISTED_UNREAD, Proposal,
    error::CalendarError,
    event::Event,
    overrides::SeriesOverrides,
    recurrence::StepBudget,
    rule::RecurrenceRule,
    written_time::{WrittenTime, ZoneRef},
    zone::CalendarZone,
    zones::ResolvedZones,
};
use crate::coach::{
    audit::{MAX_MEETINGS, MAX_TITLE_CHARS, Meeting},
    care,
    member::Zone,
    member_text::MemberText,
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{DateTime, Time},
    tz::TimeZone,
};

/// No zone is further from UTC, so that a time in an unknown zone is this near to the same time in UTC.
const FARTHEST_OFFSET: SignedDuration = SignedDuration::from_hours(15);

/// The newest meetings found so far.
pub(super) struct RecentMeetings<'a> {
    window: (Timestamp, Timestamp),
    zones: &'a ResolvedZones,
    changes: &'a SeriesOverrides<'a>,
    budget: StepBudget,
    /// Newest first.
    found: Vec<FoundMeeting<'a>>,
    unread: Vec<MemberText>,
}

struct FoundMeeting<'a> {
    at: Timestamp,
    title: String,
    /// The series that it is an occurrence of. A series takes one row.
    series: Option<&'a str>,
}

impl<'a> RecentMeetings<'a> {
    pub(super) fn new(
        window: (Timestamp, Timestamp),
        zones: &'a ResolvedZones,
        changes: &'a SeriesOverrides<'a>,
        budget: StepBudget,
        unread: Vec<MemberText>,
    ) -> Self {
        Self { window, zones, changes, budget, found: Vec::new(), unread }
    }

    /// Takes an event into account.
    ///
    /// # Errors
    /// [`CalendarError::TooMuch`] if the budget is used up.
    pub(super) fn take_event(&mut self, event: &'a Event) -> Result<(), CalendarError> {
        if event.is_excluded || !self.changes.is_newest(event) || is_whole_days(event, self.zones) {
            return Ok(());
        }
        let rules: Option<Vec<RecurrenceRule>> =
            event.rules.iter().map(|rule| RecurrenceRule::parse(rule)).collect();
        let is_understood = !event.is_unsupported && !self.changes.is_cut(event);
        let Some(rules) = rules.filter(|_| is_understood) else {
            note_unread(&mut self.unread, &event.title);
            return Ok(());
        };
        let Some(start @ WrittenTime::Timed(local, zone)) = event.start else { return Ok(()) };
        let zone = match self.zones.zone(zone) {
            Some(zone) if !self.names_unknown_zone(event) => zone,
            _ => return self.take_unknown(event, &rules, local),
        };
        if event.recurrence_id.is_some() || !event.is_of_series() {
            self.take(zone.instant(local), event);
            return Ok(());
        }
        let extra = event.extra_dates.iter().chain(rules.is_empty().then_some(&start));
        let mut all: Vec<Timestamp> = extra.filter_map(|when| self.zones.at(*when)).collect();
        for rule in &rules {
            all.extend(rule.occurrences(local, zone, self.window, &mut self.budget)?);
        }
        all.retain(|at| *at >= self.window.0 && *at <= self.window.1);
        if !all.is_empty()
            && let Some(last) = self.changes.last_of(event, zone, all)
        {
            self.take(last, event);
        }
        Ok(())
    }

    fn names_unknown_zone(&self, event: &Event) -> bool {
        let times = event.start.iter().chain(&event.extra_dates).chain(&event.exception_dates);
        times.chain(&event.recurrence_id).any(|when| self.zones.is_unknown(*when))
    }

    /// An event in an unknown zone is not guessed at. It is named if it can be within the window.
    fn take_unknown(
        &mut self,
        event: &Event,
        rules: &[RecurrenceRule],
        start: DateTime,
    ) -> Result<(), CalendarError> {
        let from = self.window.0.saturating_sub(FARTHEST_OFFSET).unwrap_or(Timestamp::MIN);
        let to = self.window.1.saturating_add(FARTHEST_OFFSET).unwrap_or(Timestamp::MAX);
        let utc = CalendarZone::Known(TimeZone::UTC);
        let written = |when: &WrittenTime| match when {
            WrittenTime::Timed(local, _) => utc.instant(*local),
            WrittenTime::AllDay(date) => utc.instant(date.at(0, 0, 0, 0)),
        };
        let mut times: Vec<Timestamp> = event.extra_dates.iter().map(written).collect();
        if rules.is_empty() || event.recurrence_id.is_some() {
            times.push(utc.instant(start));
        }
        for rule in rules {
            times.extend(rule.occurrences(start, &utc, (from, to), &mut self.budget)?);
        }
        if times.into_iter().any(|at| at >= from && at <= to) {
            note_unread(&mut self.unread, &event.title);
        }
        Ok(())
    }

    fn take(&mut self, at: Timestamp, event: &'a Event) {
        if at < self.window.0 || at > self.window.1 {
            return;
        }
        let (title, series) = (title(&event.title), event.series());
        // The same meeting can come from two exports in one file.
        let is_same = |other: &FoundMeeting<'_>| {
            series.is_some() && other.series == series || other.at == at && other.title == title
        };
        if let Some(same) = self.found.iter().position(is_same) {
            if self.found.get(same).is_some_and(|other| other.at >= at) {
                return;
            }
            self.found.remove(same);
        }
        let place = self.found.partition_point(|other| other.at >= at);
        self.found.insert(place, FoundMeeting { at, title, series });
        self.found.truncate(MAX_MEETINGS);
        // Older meetings would not be among the proposed ones.
        if let Some(oldest) = self.found.get(MAX_MEETINGS - 1) {
            self.window.0 = oldest.at;
        }
    }

    /// What is proposed. A meeting whose title is blank or mentions a care concern is named by its time.
    ///
    /// # Errors
    /// [`CalendarError::NoMeetings`] if there is nothing.
    pub(super) fn proposal(self, zone: &Zone) -> Result<Proposal, CalendarError> {
        if self.found.is_empty() && self.unread.is_empty() {
            return Err(CalendarError::NoMeetings);
        }
        let named = |FoundMeeting { at, title, .. }: FoundMeeting<'_>| {
            let is_said = !MemberText::new(title.clone()).is_blank() && care::check(&title).is_none();
            let by_time = || zone.local(at).strftime("Meeting on %a %-d %b, %H:%M").to_string();
            Meeting { title: MemberText::new(if is_said { title } else { by_time() }), hats: None }
        };
        Ok(Proposal { meetings: self.found.into_iter().map(named).collect(), unread: self.unread })
    }
}

/// Whether an event lasts from midnight to a later midnight, or to the minute before it: on the clock of its
/// start, of its calendar or of the member. Some programs write all-day events so.
fn is_whole_days(event: &Event, zones: &ResolvedZones) -> bool {
    let Some(start @ WrittenTime::Timed(local, zone)) = event.start else { return false };
    // What is written on one clock needs no zone.
    let written_end = match (event.end, event.duration) {
        (Some(WrittenTime::Timed(end, there)), _) if there == zone => Some(end),
        (None, Some(duration)) => local.checked_add(duration).ok(),
        _ => None,
    };
    if written_end.is_some_and(|end| is_midnight_to_midnight(local, end)) {
        return true;
    }
    let Some(begins) = zones.at(start) else { return false };
    let ends = match (written_end, event.end) {
        (Some(end), _) => zones.at(WrittenTime::Timed(end, zone)),
        (None, end) => end.and_then(|end| zones.at(end)),
    };
    let Some(ends) = ends else { return false };
    let of_calendar = ZoneRef::Floating { calendar: event.calendar };
    let clocks = [zones.zone(zone), zones.zone(of_calendar), Some(zones.own())];
    clocks.into_iter().flatten().any(|zone| is_midnight_to_midnight(zone.local(begins), zone.local(ends)))
}

fn is_midnight_to_midnight(start: DateTime, end: DateTime) -> bool {
    const LAST_MINUTE: Time = Time::constant(23, 59, 0, 0);
    let is_end = end.time() == Time::midnight() || end.time() >= LAST_MINUTE;
    start.time() == Time::midnight() && is_end && end > start
}

/// Adds an event that was not understood, once for each title.
pub(super) fn note_unread(unread: &mut Vec<MemberText>, called: &str) {
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
