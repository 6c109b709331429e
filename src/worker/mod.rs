//! What happens without a member: due nudges and reports are planned, due rows sent, jobs done.
//! `tick.rs` is one step of it; here is the loop. What is decided is the app's and the coach's.

mod calendar;
mod tick;

pub use tick::Ticked;

use crate::{
    app::{
        App, AppError,
        ports::{Homes, Slack},
    },
    coach::ids::MemberId,
    telemetry::Metrics,
};
use futures::FutureExt as _;
use jiff::Timestamp;
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::AtomicI64},
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// The longest sleep: another machine may have written what the wake-up here cannot know.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The shortest: what cannot be done yet must not be asked for without a pause.
const SHORTEST_SLEEP: Duration = Duration::from_millis(100);
/// The shortest while many deliveries wait to be kept, unless it is woken.
const IN_A_CROWD: Duration = Duration::from_secs(1);
/// How long a failed step waits before the next one.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long a stop waits for what is under way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// The worker. Several may run over one store, in one process or in many.
pub struct Worker {
    app: App,
    slack: Arc<dyn Slack>,
    metrics: Arc<Metrics>,
    homes: Option<Arc<dyn Homes>>,
    /// Whose leases are ours.
    owner: String,
    stop: CancellationToken,
    pruned_at_ms: AtomicI64,
    rows: tick::Claim,
    jobs: tick::Claim,
    lens: Mutex<LensAtWork>,
}

/// Readings of the lens that go on beside the steps; whose they are.
type Reading = JoinHandle<Result<Vec<MemberId>, AppError>>;

/// What the lens does beside the steps.
#[derive(Default)]
struct LensAtWork {
    under_way: Option<Reading>,
    /// When it began to stand aside.
    aside_since: Option<Instant>,
}

impl Worker {
    /// A worker that ends when `stop` is cancelled.
    pub fn new(app: App, slack: Arc<dyn Slack>, metrics: Arc<Metrics>, stop: CancellationToken) -> Self {
        let owner = format!("{:016x}", app.env.rng.next_u64());
        Self {
            app,
            slack,
            metrics,
            homes: None,
            owner,
            stop,
            pruned_at_ms: AtomicI64::new(i64::MIN),
            rows: tick::Claim::of_rows(),
            jobs: tick::Claim::of_jobs(),
            lens: Mutex::default(),
        }
    }

    /// The same, telling the Homes that are open what it sent.
    #[must_use]
    pub fn telling(self, homes: Arc<dyn Homes>) -> Self {
        Self { homes: Some(homes), ..self }
    }

    /// Works until it is told to stop; then finishes what is under way, ten seconds at most, and
    /// gives back what it has claimed.
    pub async fn run(&self) {
        while !self.stop.is_cancelled() {
            let step = AssertUnwindSafe(self.tick()).catch_unwind();
            let pause = tokio::select! {
                done = step => match done {
                    Ok(Ok(ticked)) if ticked.did_anything() => SHORTEST_SLEEP,
                    Ok(Ok(_)) => self.until_due().await,
                    Ok(Err(error)) => {
                        tracing::error!(%error, "a step of the worker failed");
                        AFTER_FAILURE
                    }
                    Err(_) => {
                        tracing::error!("a step of the worker panicked");
                        AFTER_FAILURE
                    }
                },
                () = self.stopped_long_ago() => break,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.app.wake.notified() => {}
                () = self.stop.cancelled() => {}
            }
        }
        self.release().await;
    }

    async fn stopped_long_ago(&self) {
        self.stop.cancelled().await;
        tokio::time::sleep(STOP_WITHIN).await;
    }

    /// How long nothing is due.
    async fn until_due(&self) -> Duration {
        let next = self.app.next_due_at().await.unwrap_or(None);
        let now = self.app.env.now();
        // What the lens has to read is due all the while.
        let shortest = if self.app.is_crowded() { IN_A_CROWD } else { SHORTEST_SLEEP };
        next.map_or(LONGEST_SLEEP, |at| between(now, at)).clamp(shortest, LONGEST_SLEEP)
    }

    async fn release(&self) {
        match self.app.release(&self.owner).await {
            Ok(released) => tracing::info!(released, "the worker stopped"),
            Err(error) => {
                tracing::warn!(%error, "leases could not be given back; they run out by themselves")
            }
        }
    }
}

/// The time from one instant to another, none when it is over.
fn between(now: Timestamp, at: Timestamp) -> Duration {
    let ms = at.as_millisecond().saturating_sub(now.as_millisecond());
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
