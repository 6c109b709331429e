//! A time zone of a calendar, and what a local time in it means (RFC 5545, 3.3.5).

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

/// A zone of the IANA database, or one that the file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CalendarZone {
    Known(TimeZone),
    Defined(OffsetChanges),
}

/// The offsets from UTC of a zone that the file defines, around the time that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OffsetChanges {
    /// The offset before the first change.
    pub(super) first: Offset,
    /// When the offset changes and what it is from then on, in order.
    pub(super) changes: Vec<(Timestamp, Offset)>,
}

impl CalendarZone {
    /// The instant of a local time: the first of two if the clock shows it twice; and if the clock skips it,
    /// the one with the offset before the gap. (Nudges have a rule of their own, `cadence::resolve`.)
    pub(super) fn instant(&self, local: DateTime) -> Timestamp {
        match self {
            Self::Known(zone) => {
                zone.to_ambiguous_timestamp(local).compatible().unwrap_or_else(|_| end_of_time(local))
            }
            Self::Defined(offsets) => offsets.instant(local),
        }
    }

    /// The local time at an instant.
    pub(super) fn local(&self, at: Timestamp) -> DateTime {
        match self {
            Self::Known(zone) => zone.to_datetime(at),
            Self::Defined(offsets) => offsets.at(at).to_datetime(at),
        }
    }
}

impl OffsetChanges {
    fn instant(&self, local: DateTime) -> Timestamp {
        let with = |offset: Offset| offset.to_timestamp(local).unwrap_or_else(|_| end_of_time(local));
        let mut current = self.first;
        for (at, next) in &self.changes {
            // Before the change, or in the gap that it leaves.
            if with(current) < *at || with(*next) < *at {
                break;
            }
            current = *next;
        }
        with(current)
    }

    fn at(&self, at: Timestamp) -> Offset {
        let last = self.changes.iter().rev().find(|(began, _)| *began <= at);
        last.map_or(self.first, |(_, offset)| *offset)
    }
}

/// Where a time lies that is beyond what can be computed.
fn end_of_time(local: DateTime) -> Timestamp {
    if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX }
}
