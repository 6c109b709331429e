//! Random choices from the seed of a soak.

use jiff::SignedDuration;
use leadlens::clock::{Rng as _, SeededRng};
use std::sync::Arc;

/// What a soak rolls. The bot has random numbers of its own, so that its calls change none of these.
pub struct Dice(Arc<SeededRng>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(SeededRng::new(seed))
    }

    /// A number below `end`.
    pub fn below(&self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }

    /// True so many times of a thousand.
    pub fn happens(&self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    pub fn one_of<'a, T>(&self, choices: &'a [T]) -> &'a T {
        &choices[usize::try_from(self.below(choices.len() as u64)).expect("an index")]
    }

    /// A time between two, in seconds.
    pub fn seconds(&self, from: u64, to: u64) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(from + self.below(to - from)).expect("seconds"))
    }

    pub fn minutes(&self, from: u64, to: u64) -> SignedDuration {
        self.seconds(from * 60, to * 60)
    }
}
