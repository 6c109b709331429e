//! Whether many deliveries wait at once to be kept. What nobody waits for (the lens, a newer Home) then
//! stands aside: it shares the processors with the acknowledgements, and it can be done a little later.

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
const LINGERS: Duration = Duration::from_millis(500);

/// Nothing stands aside for longer, however many come: then it has as long as a crowd lingers.
const AT_MOST: Duration = Duration::from_secs(60);

/// The deliveries that wait to be kept.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    waiting: AtomicUsize,
    seen: Mutex<Option<Seen>>,
}

/// When the crowd began, and when it was last there.
#[derive(Debug, Clone, Copy)]
struct Seen {
    first: Instant,
    last: Instant,
}

/// One delivery that waits.
#[derive(Debug)]
pub(super) struct Place<'a>(&'a Crowd);

impl Crowd {
    /// Waits in it, until the place is dropped.
    pub(super) fn join(&self, now: Instant) -> Place<'_> {
        if self.waiting.fetch_add(1, Ordering::Relaxed).saturating_add(1) >= MANY {
            let mut seen = self.seen();
            let first = seen.filter(|seen| seen.lingers(now)).map_or(now, |seen| seen.first);
            *seen = Some(Seen { first, last: now });
        }
        Place(self)
    }

    /// Whether to stand aside.
    pub(super) fn is_here(&self, now: Instant) -> bool {
        let Some(Seen { first, .. }) = self.seen().filter(|seen| seen.lingers(now)) else { return false };
        let turn = now.saturating_duration_since(first).as_millis() % (AT_MOST + LINGERS).as_millis();
        turn < AT_MOST.as_millis()
    }

    /// Waits until there is no reason to stand aside.
    pub(super) async fn passed(&self) {
        while self.is_here(Instant::now()) {
            tokio::time::sleep(LINGERS / 2).await;
        }
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn lingers(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) < LINGERS
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_no_crowd_and_many_are_one_until_they_have_passed() {
        let (crowd, now) = (Crowd::default(), Instant::now());
        let few: Vec<_> = (1..MANY).map(|_| crowd.join(now)).collect();
        assert!(!crowd.is_here(now));
        drop(crowd.join(now));
        drop(few);
        assert!(crowd.is_here(now + LINGERS / 2), "the next wave is on its way");
        assert!(!crowd.is_here(now + LINGERS));
    }

    #[test]
    fn whoever_stands_aside_has_their_turn_though_the_crowd_stays() {
        let (crowd, began) = (Crowd::default(), Instant::now());
        let _few: Vec<_> = (1..MANY).map(|_| crowd.join(began)).collect();
        let waves = (0..).map(|nth| began + LINGERS / 2 * nth);
        let mut turns = waves.take(500).filter(|now| {
            drop(crowd.join(*now));
            !crowd.is_here(*now)
        });
        assert_eq!(turns.next(), Some(began + AT_MOST));
        assert_eq!(turns.next(), Some(began + AT_MOST + LINGERS / 2));
        assert_eq!(turns.next(), Some(began + AT_MOST + LINGERS + AT_MOST));
    }
}
