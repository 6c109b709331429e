//! Which Socket Mode connections exist and when one is renewed, as pure rules over instants. A slot is
//! a connection together with its successive replacements. Connecting itself happens elsewhere.

use slack_morphism::SlackSocketModeWssClientId;
use std::time::{Duration, Instant};

/// A connection that lived this long counts as healthy, so its replacement does not wait.
const HEALTHY_AFTER: Duration = Duration::from_secs(10);

/// The pause between the last acknowledgement and closing its connection. slack-morphism's writer drops
/// what is still queued when a connection is destroyed.
pub(super) const FLUSH_DELAY: Duration = Duration::from_millis(50);

/// The pause after the first short-lived connection; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause. Slack answers `too_many_websockets` to more than ten connections, and retrying
/// fast would prolong that.
const MAX_PAUSE: Duration = Duration::from_mins(1);

/// How long a connection may take until Slack sends `hello`. slack-morphism has no timeout of its own,
/// so it would wait for a hanging request forever.
const HELLO_TIMEOUT: Duration = Duration::from_mins(1);

struct Slot {
    id: SlackSocketModeWssClientId,
    /// Since the connection was started, or since `hello`.
    since: Instant,
    is_open: bool,
    /// How many connections in a row ended before they were healthy.
    short_lived: u32,
}

/// All connections.
pub(super) struct Slots(Vec<Slot>);

impl Slots {
    /// The ids are those that slack-morphism gives to its first connections.
    pub(super) fn new(connections: u8, now: Instant) -> Self {
        let slot = |nth: u8| Slot {
            id: SlackSocketModeWssClientId::new(u32::from(nth), u32::from(nth), 0),
            since: now,
            is_open: false,
            short_lived: 0,
        };
        Self((0..connections).map(slot).collect())
    }

    /// Slack sent `hello` on a connection.
    pub(super) fn note_hello(&mut self, id: &SlackSocketModeWssClientId, now: Instant) {
        if let Some(slot) = self.find(id) {
            slot.is_open = true;
            slot.since = now;
        }
    }

    /// A connection has ended. Returns how long to wait before replacing it, or `None` when that was
    /// answered already, because an end is often reported twice.
    pub(super) fn end(&mut self, id: &SlackSocketModeWssClientId, now: Instant) -> Option<Duration> {
        let slot = self.find(id)?;
        let is_healthy = slot.is_open && now.saturating_duration_since(slot.since) >= HEALTHY_AFTER;
        slot.short_lived = if is_healthy { 0 } else { slot.short_lived.saturating_add(1) };
        let pause = match slot.short_lived {
            0 => FLUSH_DELAY,
            nth => FIRST_PAUSE.saturating_mul(1 << (nth - 1).min(16)).min(MAX_PAUSE),
        };
        slot.renew(now + pause);
        Some(pause)
    }

    /// Connections on which Slack should have sent `hello` by now. Each of them counts as replaced.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<SlackSocketModeWssClientId> {
        let is_overdue =
            |slot: &&mut Slot| !slot.is_open && now.saturating_duration_since(slot.since) > HELLO_TIMEOUT;
        let overdue = self.0.iter_mut().filter(is_overdue);
        overdue
            .map(|slot| {
                let id = slot.id.clone();
                slot.renew(now);
                id
            })
            .collect()
    }

    /// The number of open connections.
    pub(super) fn open(&self) -> usize {
        self.0.iter().filter(|slot| slot.is_open).count()
    }

    fn find(&mut self, id: &SlackSocketModeWssClientId) -> Option<&mut Slot> {
        self.0.iter_mut().find(|slot| slot.id == *id)
    }
}

impl Slot {
    fn renew(&mut self, now: Instant) {
        self.id = self.id.new_reconnected_id();
        self.is_open = false;
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
    fn a_healthy_connection_is_renewed_at_once_and_only_once() {
        let start = Instant::now();
        let mut slots = Slots::new(2, start);
        slots.note_hello(&id(0, 0), start);
        slots.note_hello(&id(1, 0), start);
        assert_eq!(slots.open(), 2);
        let later = start + Duration::from_hours(1);
        assert_eq!(slots.end(&id(0, 0), later), Some(FLUSH_DELAY));
        assert_eq!(slots.end(&id(0, 0), later), None, "the end was reported twice");
        assert_eq!(slots.open(), 1);
        slots.note_hello(&id(0, 1), later);
        assert_eq!(slots.open(), 2);
    }

    #[test]
    fn connections_that_break_at_once_are_renewed_more_and_more_slowly() {
        let start = Instant::now();
        let mut slots = Slots::new(1, start);
        let pauses: Vec<_> = (0..12)
            .filter_map(|nth| {
                slots.note_hello(&id(0, nth), start);
                slots.end(&id(0, nth), start)
            })
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(
            pauses,
            [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]
        );
        slots.note_hello(&id(0, 12), start);
        assert_eq!(
            slots.end(&id(0, 12), start + HEALTHY_AFTER),
            Some(FLUSH_DELAY),
            "one healthy connection resets the pause"
        );
    }

    #[test]
    fn a_connection_that_hangs_is_replaced() {
        let start = Instant::now();
        let mut slots = Slots::new(2, start);
        slots.note_hello(&id(1, 0), start);
        assert_eq!(slots.overdue(start + HELLO_TIMEOUT), []);
        assert_eq!(slots.overdue(start + HELLO_TIMEOUT + Duration::from_secs(1)), [id(0, 0)]);
        assert_eq!(slots.overdue(start + HELLO_TIMEOUT + Duration::from_secs(1)), []);
        assert_eq!(slots.end(&id(0, 0), start + HELLO_TIMEOUT), None, "its late end changes nothing");
    }
}
