//! Time and chance enter here and nowhere else. `SystemClock` and `OsRng` serve the program;
//! `ManualClock` and `SeededRng` serve the demo and the tests, which move time themselves.

use crate::coach::ids::RowId;
use jiff::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

/// The only source of now.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, to the millisecond.
    fn now(&self) -> Timestamp;
}

/// The only source of chance: row ids, seeds for the choice of a question, jitter.
pub trait Rng: Send + Sync + 'static {
    /// 64 random bits.
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

/// A clock that stands still until somebody moves it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at an instant.
    pub fn at(start: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(start.as_millisecond())))
    }

    /// Moves to an instant; moving back is allowed, as a machine's clock may.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.as_millisecond(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// The operating system's random numbers.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsRng;

impl Rng for OsRng {
    fn next_u64(&self) -> u64 {
        #[allow(clippy::panic, reason = "without random numbers no id or ticket is safe: stopping is right")]
        getrandom::u64().unwrap_or_else(|error| panic!("no random numbers from the system: {error}"))
    }
}

/// Numbers that repeat for a seed (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
#[derive(Debug)]
pub struct SeededRng(AtomicU64);

impl SeededRng {
    /// The same seed gives the same numbers.
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

/// Clock and chance together, as use cases take them.
#[derive(Clone)]
pub struct Env {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What chance says.
    pub rng: Arc<dyn Rng>,
}

impl Env {
    /// The real ones.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), rng: Arc::new(OsRng) }
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh row id.
    pub fn row_id(&self) -> RowId {
        let random = (u128::from(self.rng.next_u64()) << 64) | u128::from(self.rng.next_u64());
        RowId::new(self.now().as_millisecond(), random)
    }
}
