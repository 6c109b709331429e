//! Whether many deliveries wait at once to be kept. What nobody waits for (the lens, a Home that nobody
//! looks at) then stands aside: it shares the processors with the acknowledgements, and it can be done a
//! little later.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// So many deliveries at once are a crowd. A person alone never is one.
const MANY: usize = 8;

/// A crowd comes in waves, each as long as one commit: it has passed when none was seen for so long.
pub(super) const LINGERS: Duration = Duration::from_millis(500);

/// Nothing stands aside for longer, however many come.
const AT_MOST: Duration = Duration::from_secs(60);

/// The deliveries that wait to be kept.
#[derive(Debug)]
pub(super) struct Crowd {
    lingers: Duration,
    waiting: AtomicUsize,
    /// When there was last a crowd that has gone.
    last: Mutex<Option<Instant>>,
}

/// One delivery that waits.
#[derive(Debug)]
pub(super) struct Place<'a>(&'a Crowd);

impl Crowd {
    pub(super) fn that_lingers(lingers: Duration) -> Self {
        Self { lingers, waiting: AtomicUsize::new(0), last: Mutex::new(None) }
    }

    /// Waits in it, until the place is dropped.
    pub(super) fn join(&self) -> Place<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Place(self)
    }

    /// Whether it is there, or the next wave of it may be on its way.
    pub(super) fn is_here(&self, now: Instant) -> bool {
        self.waiting.load(Ordering::Relaxed) >= MANY
            || self.last().is_some_and(|last| now.saturating_duration_since(last) < self.lingers)
    }

    /// Whether to stand aside still; `since` is when the caller began to, and is the caller's to keep.
    pub(super) fn holds_up(&self, since: &mut Option<Instant>, now: Instant) -> bool {
        if self.is_here(now) {
            let began = *since.get_or_insert(now);
            if now.saturating_duration_since(began) < AT_MOST {
                return true;
            }
        }
        *since = None;
        false
    }

    fn leave(&self, now: Instant) {
        if self.waiting.fetch_sub(1, Ordering::Relaxed) >= MANY {
            *self.last() = Some(now);
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.leave(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_no_crowd_and_many_are_one_until_they_have_passed() {
        let (crowd, long_ago) = (Crowd::that_lingers(LINGERS), Instant::now());
        let few: Vec<_> = (1..MANY).map(|_| crowd.join()).collect();
        assert!(!crowd.is_here(long_ago));
        let last = crowd.join();
        assert!(crowd.is_here(long_ago) && crowd.is_here(long_ago + AT_MOST), "however long they wait");
        drop((last, few));
        let now = Instant::now();
        assert!(crowd.is_here(now), "the next wave may be on its way");
        assert!(!crowd.is_here(now + LINGERS));
    }

    #[test]
    fn whoever_stands_aside_has_their_turn_though_the_crowd_stays() {
        let (crowd, began) = (Crowd::that_lingers(LINGERS), Instant::now());
        let _many: Vec<_> = (0..MANY).map(|_| crowd.join()).collect();
        let mut since = None;
        let mut held = |after: Duration| crowd.holds_up(&mut since, began + after);
        assert!(held(Duration::ZERO) && held(AT_MOST / 2));
        assert!(!held(AT_MOST), "its turn");
        assert!(held(AT_MOST + LINGERS), "and it stands aside again");
        assert!(!held(AT_MOST + LINGERS + AT_MOST));
    }
}
