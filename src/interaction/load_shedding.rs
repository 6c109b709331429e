//! Load shedding: while many deliveries wait to be stored, background work is postponed. Reading with
//! the lens and refreshing Home tabs nobody is viewing compete with acknowledgements for the processor,
//! and both can be done a little later.

use parking_lot::Mutex;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// From this many deliveries at once on, load is high. A single person never reaches it.
const HIGH_LOAD: usize = 8;

/// Sets how long background work stays deferred after load drops. Load comes in waves as long as one
/// commit; without this pause, background work would start between two waves.
pub(super) const COOLDOWN: Duration = Duration::from_millis(500);

/// How long no delivery may have been stored before the lens reads for an open form. Somebody who acts again at
/// once would share the processor with it.
const QUIET_FOR: Duration = Duration::from_millis(30);

/// The longest that any background work is deferred at a time, however high the load stays.
const MAX_DEFERRAL: Duration = Duration::from_mins(1);

/// Counts the deliveries that wait to be stored.
#[derive(Debug)]
pub(super) struct LoadShedding {
    cooldown: Duration,
    pending: AtomicUsize,
    /// When load last dropped from high.
    last_high: Mutex<Option<Instant>>,
    /// When the last delivery was stored.
    last_stored: Mutex<Option<Instant>>,
}

/// One delivery that waits to be stored, until it is dropped.
#[derive(Debug)]
pub struct Pending<'a>(&'a LoadShedding);

impl LoadShedding {
    pub(super) fn new(cooldown: Duration) -> Self {
        Self {
            cooldown,
            pending: AtomicUsize::new(0),
            last_high: Mutex::new(None),
            last_stored: Mutex::new(None),
        }
    }

    pub(super) fn enter(&self) -> Pending<'_> {
        self.pending.fetch_add(1, Ordering::Relaxed);
        Pending(self)
    }

    /// Whether load is high, or was less than the cooldown ago.
    pub(super) fn is_high(&self, now: Instant) -> bool {
        let cools_down = |last| now.saturating_duration_since(last) < self.cooldown;
        self.pending.load(Ordering::Relaxed) >= HIGH_LOAD || self.last_high.lock().is_some_and(cools_down)
    }

    /// How long to wait at least until no delivery has been stored for a moment; `None` when that is so now.
    pub(super) fn until_quiet(&self, now: Instant) -> Option<Duration> {
        if self.pending.load(Ordering::Relaxed) > 0 {
            return Some(QUIET_FOR);
        }
        let since = now.saturating_duration_since((*self.last_stored.lock())?);
        QUIET_FOR.checked_sub(since).filter(|left| !left.is_zero())
    }

    /// Whether the caller has to defer still. `since` is when it began to; the caller keeps it.
    pub(super) fn should_defer(&self, since: &mut Option<Instant>, now: Instant) -> bool {
        if self.is_high(now) {
            let began = *since.get_or_insert(now);
            if now.saturating_duration_since(began) < MAX_DEFERRAL {
                return true;
            }
        }
        *since = None;
        false
    }

    fn leave(&self, now: Instant) {
        *self.last_stored.lock() = Some(now);
        if self.pending.fetch_sub(1, Ordering::Relaxed) >= HIGH_LOAD {
            *self.last_high.lock() = Some(now);
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.0.leave(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_is_high_from_eight_on_and_until_it_has_cooled_down() {
        let (load, long_ago) = (LoadShedding::new(COOLDOWN), Instant::now());
        let few: Vec<_> = (1..HIGH_LOAD).map(|_| load.enter()).collect();
        assert!(!load.is_high(long_ago));
        let last = load.enter();
        assert!(load.is_high(long_ago) && load.is_high(long_ago + MAX_DEFERRAL), "however long they wait");
        drop((last, few));
        let now = Instant::now();
        assert!(load.is_high(now), "the next wave may be on its way");
        assert!(!load.is_high(now + COOLDOWN));
    }

    #[test]
    fn it_is_quiet_a_moment_after_the_last_delivery() {
        let load = LoadShedding::new(COOLDOWN);
        assert_eq!(load.until_quiet(Instant::now()), None, "nobody has come yet");
        let one = load.enter();
        assert!(load.until_quiet(Instant::now() + MAX_DEFERRAL).is_some(), "however long it takes");
        drop(one);
        let stored = Instant::now();
        assert!(load.until_quiet(stored).is_some_and(|left| left <= QUIET_FOR));
        assert_eq!(load.until_quiet(stored + QUIET_FOR), None);
    }

    #[test]
    fn deferred_work_gets_its_turn_while_load_stays_high() {
        let (load, began) = (LoadShedding::new(COOLDOWN), Instant::now());
        let _many: Vec<_> = (0..HIGH_LOAD).map(|_| load.enter()).collect();
        let mut since = None;
        let mut held = |after: Duration| load.should_defer(&mut since, began + after);
        assert!(held(Duration::ZERO) && held(MAX_DEFERRAL / 2));
        assert!(!held(MAX_DEFERRAL), "its turn");
        assert!(held(MAX_DEFERRAL + COOLDOWN), "and it defers again");
        assert!(!held(MAX_DEFERRAL + COOLDOWN + MAX_DEFERRAL));
    }
}
