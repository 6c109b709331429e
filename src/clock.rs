//! The clock and the random number generator. All time and all random numbers enter the program here, so that
//! the demo and the tests can control both: they use `ManualClock` and `SeededRng` where the program uses
//! `SystemClock` and `OsRng`.

use crate::coach::ids::RowId;
use jiff::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

/// The source of the current time.
pub trait Clock: Send + Sync + 'static {
    /// The current instant, rounded down to the millisecond.
    fn now(&self) -> Timestamp;
}

/// The source of random numbers: for row ids, for the choice of a question, and for jitter.
pub trait Rng: Send + Sync + 'static {
    fn next_u64(&self) -> u64;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where time comes in")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// A clock that changes only when [`ManualClock::set`] is called.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn at(start: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(start.as_millisecond())))
    }

    /// Sets the current instant, which may be earlier than before: a machine's clock can also go back.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.as_millisecond(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

#[derive(Debug, Default, Clone, Copy)]
pub struct OsRng;

impl Rng for OsRng {
    fn next_u64(&self) -> u64 {
        // Ids and tokens must be unpredictable. Without random numbers the process cannot make safe ones, so
        // it stops.
        #[allow(clippy::panic, reason = "without random numbers no id or ticket is safe: stopping is right")]
        getrandom::u64().unwrap_or_else(|error| panic!("no random numbers from the system: {error}"))
    }
}

/// A reproducible generator (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
#[derive(Debug)]
pub struct SeededRng(AtomicU64);

impl SeededRng {
    /// Equal seeds give equal sequences.
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(seed)))
    }
}

impl Rng for SeededRng {
    fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The clock and the random number generator that the use cases receive.
#[derive(Clone)]
pub struct Env {
    pub clock: Arc<dyn Clock>,
    pub rng: Arc<dyn Rng>,
}

impl Env {
    /// The system's clock and random numbers.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), rng: Arc::new(OsRng) }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new row id, made from the current time and random bits.
    pub fn row_id(&self) -> RowId {
        let random = (u128::from(self.rng.next_u64()) << 64) | u128::from(self.rng.next_u64());
        RowId::new(self.now().as_millisecond(), random)
    }
}
