//! Which Socket Mode connections there are and when one is renewed, as pure rules over instants. A
//! slot is a connection and all those that take its place; how connections are made is not known here.

use slack_morphism::SlackSocketModeWssClientId;
use std::time::{Duration, Instant};

/// A connection that lived this long ended for a reason of its own, not because it was new.
const STEADY: Duration = Duration::from_secs(10);

/// Between the last acknowledgement and the end of its connection: slack-morphism's writer drops
/// what is still queued when a connection is destroyed.
pub(super) const LINGER: Duration = Duration::from_millis(50);

/// The pause after the first short-lived connection; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause. Slack allows ten connections and answers `too_many_websockets` beyond; hurry
/// would only prolong that.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long a connection may take until Slack says hello. slack-morphism has no time limit of its
/// own, so a request that hangs would be waited for forever.
const PATIENCE: Duration = Duration::from_secs(60);

struct Slot {
    id: SlackSocketModeWssClientId,
    since: Instant,
    greeted: bool,
    short_lived: u32,
}

/// All connections of a door.
pub(super) struct Slots(Vec<Slot>);

impl Slots {
    /// As slack-morphism numbers the first ones.
    pub(super) fn new(connections: u8, now: Instant) -> Self {
        let slot = |nth: u8| Slot {
            id: SlackSocketModeWssClientId::new(u32::from(nth), u32::from(nth), 0),
            since: now,
            greeted: false,
            short_lived: 0,
        };
        Self((0..connections).map(slot).collect())
    }

    /// Slack said hello on a connection.
    pub(super) fn greet(&mut self, id: &SlackSocketModeWssClientId, now: Instant) {
        if let Some(slot) = self.find(id) {
            slot.greeted = true;
            slot.since = now;
        }
    }

    /// A connection ends: how long to wait before another takes its place. `None` when that was
    /// decided already, because an end is often told twice.
    pub(super) fn end(&mut self, id: &SlackSocketModeWssClientId, now: Instant) -> Option<Duration> {
        let slot = self.find(id)?;
        let steady = slot.greeted && now.saturating_duration_since(slot.since) >= STEADY;
        slot.short_lived = if steady { 0 } else { slot.short_lived.saturating_add(1) };
        let pause = match slot.short_lived {
            0 => LINGER,
            nth => FIRST_PAUSE.saturating_mul(1 << (nth - 1).min(16)).min(LONGEST_PAUSE),
        };
        slot.renew(now + pause);
        Some(pause)
    }

    /// Connections on which Slack should have said hello by now; each counts as renewed.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<SlackSocketModeWssClientId> {
        let late = |slot: &&mut Slot| !slot.greeted && now.saturating_duration_since(slot.since) > PATIENCE;
        let late = self.0.iter_mut().filter(late);
        late.map(|slot| {
            let id = slot.id.clone();
            slot.renew(now);
            id
        })
        .collect()
    }

    /// How many are greeted and not ended.
    pub(super) fn open(&self) -> usize {
        self.0.iter().filter(|slot| slot.greeted).count()
    }

    fn find(&mut self, id: &SlackSocketModeWssClientId) -> Option<&mut Slot> {
        self.0.iter_mut().find(|slot| slot.id == *id)
    }
}

impl Slot {
    fn renew(&mut self, now: Instant) {
        self.id = self.id.new_reconnected_id();
        self.greeted = false;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(nth: u32, reconnected: u64) -> SlackSocketModeWssClientId {
        SlackSocketModeWssClientId::new(nth, nth, reconnected)
    }

    #[test]
    fn a_steady_connection_is_renewed_at_once_and_only_once() {
        let start = Instant::now();
        let mut slots = Slots::new(2, start);
        slots.greet(&id(0, 0), start);
        slots.greet(&id(1, 0), start);
        assert_eq!(slots.open(), 2);
        let later = start + Duration::from_secs(3_600);
        assert_eq!(slots.end(&id(0, 0), later), Some(LINGER));
        assert_eq!(slots.end(&id(0, 0), later), None, "the end was told twice");
        assert_eq!(slots.open(), 1);
        slots.greet(&id(0, 1), later);
        assert_eq!(slots.open(), 2);
    }

    #[test]
    fn connections_that_break_at_once_are_renewed_ever_more_slowly() {
        let start = Instant::now();
        let mut slots = Slots::new(1, start);
        let pauses: Vec<_> = (0..12)
            .filter_map(|nth| {
                slots.greet(&id(0, nth), start);
                slots.end(&id(0, nth), start)
            })
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(
            pauses,
            [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]
        );
        slots.greet(&id(0, 12), start);
        assert_eq!(slots.end(&id(0, 12), start + STEADY), Some(LINGER), "one good connection forgives");
    }

    #[test]
    fn a_connection_that_hangs_is_given_up() {
        let start = Instant::now();
        let mut slots = Slots::new(2, start);
        slots.greet(&id(1, 0), start);
        assert_eq!(slots.overdue(start + PATIENCE), []);
        assert_eq!(slots.overdue(start + PATIENCE + Duration::from_secs(1)), [id(0, 0)]);
        assert_eq!(slots.overdue(start + PATIENCE + Duration::from_secs(1)), []);
        assert_eq!(slots.end(&id(0, 0), start + PATIENCE), None, "its late end changes nothing");
    }
}
