//! How much one step claims, and what became of it.

use crate::{coach::ids::TeamId, store::Lane};
use jiff::Timestamp;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A workspace's lane.
pub(super) type LaneKey = (TeamId, Lane);

/// What became of a batch of rows or jobs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ran {
    pub(super) tally: Tally,
    /// Set when nothing of the kind is worth a try before then: Slack says nothing of a lane's members, or the
    /// store did not answer.
    pub(super) held_until: Option<Timestamp>,
}

/// What became of a row or a job that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    NotDone,
    /// Slack's limits leave no room for it yet.
    RateLimited,
}

/// How many had which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) done: usize,
    pub(super) not_done: usize,
    pub(super) rate_limited: usize,
}

impl Tally {
    pub(super) fn count(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Done => &mut self.done,
            Outcome::NotDone => &mut self.not_done,
            Outcome::RateLimited => &mut self.rate_limited,
        };
        *count = count.saturating_add(1);
    }

    pub(super) fn plus(self, more: Self) -> Self {
        Self {
            done: self.done.saturating_add(more.done),
            not_done: self.not_done.saturating_add(more.not_done),
            rate_limited: self.rate_limited.saturating_add(more.rate_limited),
        }
    }
}

/// The size of the next claim of jobs. While Slack's limits hold back most of what is claimed, a step claims
/// less. Without this, ten thousand due jobs would be claimed again and again to do five a second.
pub(super) struct AdaptiveBatch {
    next: AtomicUsize,
    min: usize,
    max: usize,
}

impl AdaptiveBatch {
    const fn between(min: usize, max: usize) -> Self {
        Self { next: AtomicUsize::new(max), min, max }
    }

    pub(super) const fn of_jobs() -> Self {
        Self::between(5, 50)
    }

    pub(super) fn next(&self) -> usize {
        self.next.load(Ordering::Relaxed)
    }

    /// Adjusts the size after the step that claimed [`AdaptiveBatch::next`]: twice what went through when
    /// limits held back more than that, otherwise twice the last size.
    pub(super) fn adjust(&self, tally: Tally) {
        let base = if tally.rate_limited > tally.done { tally.done } else { self.next() };
        self.next.store(base.saturating_mul(2).clamp(self.min, self.max), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_claims_no_more_than_the_limits_let_through_and_grows_back() {
        let batch = AdaptiveBatch::of_jobs();
        let mut sizes = vec![batch.next()];
        for (done, rate_limited) in [(12, 38), (1, 23), (5, 0), (10, 0), (20, 0), (40, 0), (0, 0)] {
            batch.adjust(Tally { done, not_done: 0, rate_limited });
            sizes.push(batch.next());
        }
        assert_eq!(sizes, [50, 24, 5, 10, 20, 40, 50, 50]);
    }
}
