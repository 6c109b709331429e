//! Whether the worker still runs, for readiness: a loop that hangs sends nothing and logs nothing.

use parking_lot::Mutex;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How long a step may last, with the sleep before it, until the worker counts as stuck. The longest sleep is half a
/// minute, and no step waits for Slack.
const STUCK_AFTER: Duration = Duration::from_mins(3);

/// When the worker last finished a step without an error. Clones share it.
#[derive(Debug, Clone)]
pub struct Heartbeat(Arc<Mutex<Instant>>);

impl Heartbeat {
    /// A worker that begins.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    pub(super) fn beat(&self) {
        *self.0.lock() = Instant::now();
    }

    /// Whether no step has finished for too long.
    pub fn is_stuck(&self, now: Instant) -> bool {
        now.saturating_duration_since(*self.0.lock()) > STUCK_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_finishes_no_step_is_stuck() {
        let heartbeat = Heartbeat::new();
        let soon = |seconds| Instant::now() + Duration::from_secs(seconds);
        assert!(!heartbeat.is_stuck(Instant::now()));
        assert!(!heartbeat.is_stuck(soon(60)), "asleep");
        assert!(heartbeat.is_stuck(soon(181)));
        heartbeat.beat();
        assert!(!heartbeat.is_stuck(soon(179)));
    }
}
