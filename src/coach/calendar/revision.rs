//! Which of several versions of an event is the newest (RFC 5546, 2.1.5): a file may hold an invitation, its
//! changes and its cancellation.

use super::{event::Event, written_time::date_time};
use jiff::civil::DateTime;
use std::collections::HashMap;

/// How new a version of an event is: by its number, then by when it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Revision {
    pub(super) sequence: i64,
    pub(super) written_at: Option<DateTime>,
    /// Of two that are equally new, the cancellation counts.
    pub(super) is_cancelled: bool,
}

/// The newest version of each event or series, by its `UID`.
#[derive(Default)]
pub(super) struct NewestRevisions {
    by_uid: HashMap<String, Revision>,
}

impl NewestRevisions {
    /// Notes a version, whether or not its time is near.
    pub(super) fn note(&mut self, event: &Event) {
        if event.uid.is_empty() || event.recurrence_id.is_some() {
            return;
        }
        let revision = event.revision;
        match self.by_uid.get_mut(&event.uid) {
            Some(newest) => *newest = revision.max(*newest),
            None => drop(self.by_uid.insert(event.uid.clone(), revision)),
        }
    }

    /// Whether an event still takes place: nothing newer replaced it, and the series of a single occurrence
    /// was not cancelled later.
    pub(super) fn holds(&self, event: &Event) -> bool {
        let Some(newest) = self.by_uid.get(&event.uid) else { return true };
        match event.recurrence_id {
            None => event.revision == *newest,
            Some(_) => !newest.is_cancelled || newest.sequence < event.revision.sequence,
        }
    }
}

/// Parses the time of `DTSTAMP`, which is in UTC.
pub(super) fn stamp(value: &str) -> Option<DateTime> {
    date_time(value.trim().trim_end_matches(['Z', 'z']))
}
