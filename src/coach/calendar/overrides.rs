//! What single events change about a series.

use super::{
    event::Event,
    revision::{NewestRevisions, Revision},
    written_time::WrittenTime,
    zone::CalendarZone,
    zones::ResolvedZones,
};
use jiff::{Timestamp, civil::Date};
use std::collections::{HashMap, HashSet};

/// The occurrence of a series that an event replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Occurrence {
    At(Timestamp),
    /// The file names only the date, or a zone that is not known.
    On(Date),
}

/// What single events change about series, by the `UID` of the series.
pub(super) struct SeriesOverrides<'a> {
    /// Occurrences that were moved or cancelled, each with its newest version.
    moved: HashMap<&'a str, HashMap<Occurrence, Revision>>,
    /// Series in which an event changed all following occurrences, which is not supported.
    cut: HashSet<&'a str>,
    zones: &'a ResolvedZones,
    newest: &'a NewestRevisions,
}

impl<'a> SeriesOverrides<'a> {
    pub(super) fn of(events: &'a [Event], zones: &'a ResolvedZones, newest: &'a NewestRevisions) -> Self {
        let mut changes = Self { moved: HashMap::new(), cut: HashSet::new(), zones, newest };
        for event in events {
            if let Some(from) = event.recurrence_id {
                let occurrence = changes.occurrence(from);
                let of_series = changes.moved.entry(&event.uid).or_default();
                let revision = of_series.entry(occurrence).or_insert(event.revision);
                *revision = event.revision.max(*revision);
                if event.replaces_following {
                    changes.cut.insert(event.uid.as_str());
                }
            }
        }
        changes
    }

    fn occurrence(&self, written: WrittenTime) -> Occurrence {
        self.zones.at(written).map_or(Occurrence::On(written.date()), Occurrence::At)
    }

    /// Whether nothing newer replaced or cancelled an event.
    pub(super) fn is_newest(&self, event: &Event) -> bool {
        let is_newest = event.recurrence_id.is_none_or(|from| {
            let newest = self.moved.get(event.uid.as_str()).and_then(|it| it.get(&self.occurrence(from)));
            event.uid.is_empty() || newest.is_none_or(|newest| *newest == event.revision)
        });
        // An occurrence counts as long as its series does.
        is_newest
            && match event.recurrence_id {
                None => self.newest.is_newest(&event.uid, event.revision),
                Some(_) => self.newest.has_series_of(&event.uid, event.revision),
            }
    }

    /// Whether an event changed all following occurrences of the series.
    pub(super) fn is_cut(&self, event: &Event) -> bool {
        event.recurrence_id.is_none() && self.cut.contains(event.uid.as_str())
    }

    /// The last of some occurrences of a series that takes place.
    pub(super) fn last_of(
        &self,
        series: &Event,
        zone: &CalendarZone,
        mut occurrences: Vec<Timestamp>,
    ) -> Option<Timestamp> {
        let moved = self.moved.get(series.uid.as_str());
        let excluded: HashSet<Occurrence> =
            series.exception_dates.iter().map(|when| self.occurrence(*when)).collect();
        let is_out = |occurrence: Occurrence| {
            excluded.contains(&occurrence) || moved.is_some_and(|it| it.contains_key(&occurrence))
        };
        occurrences.sort_unstable();
        let takes_place =
            |at: &Timestamp| !is_out(Occurrence::At(*at)) && !is_out(Occurrence::On(zone.local(*at).date()));
        occurrences.into_iter().rev().find(takes_place)
    }
}
