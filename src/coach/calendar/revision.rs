//! Which of several versions of an event is the newest (RFC 5546, 2.1.5): a file may hold an invitation, its
//! changes and its cancellation.

use super::written_time::date_time;
use jiff::civil::DateTime;
use std::collections::HashMap;

/// How new a version of an event is: by its number, then by when it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Revision {
    pub(super) sequence: i64,
    pub(super) written_at: Option<DateTime>,
    /// The cancellation counts if two are equally new.
    pub(super) is_cancelled: bool,
}

/// The newest version of each event or series, by its `UID`.
#[derive(Default)]
pub(super) struct NewestRevisions {
    by_uid: HashMap<String, Revision>,
}

impl NewestRevisions {
    /// Notes a version of the event or series `uid`, whether or not its time is near.
    pub(super) fn note(&mut self, uid: &str, revision: Revision) {
        match self.by_uid.get_mut(uid) {
            Some(newest) => *newest = revision.max(*newest),
            None => drop(self.by_uid.insert(uid.to_owned(), revision)),
        }
    }

    /// Whether nothing newer replaced this version of an event or series.
    pub(super) fn is_newest(&self, uid: &str, revision: Revision) -> bool {
        self.by_uid.get(uid).is_none_or(|newest| revision == *newest)
    }

    /// Whether the series of a single occurrence was not cancelled after the occurrence was written.
    pub(super) fn has_series_of(&self, uid: &str, occurrence: Revision) -> bool {
        let newest = self.by_uid.get(uid);
        newest.is_none_or(|newest| !newest.is_cancelled || newest.sequence < occurrence.sequence)
    }
}

/// Parses the time of `DTSTAMP`, which is in UTC.
pub(super) fn stamp(value: &str) -> Option<DateTime> {
    date_time(value.trim().trim_end_matches(['Z', 'z']))
}
