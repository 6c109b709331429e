//! What happens without a member: due nudges and reports are planned, due rows sent, jobs done. `tick.rs`
//! is one step; here is the loop around it. The worker decides nothing about coaching.

mod batch;
mod tick;

pub use tick::TickReport;

use crate::{
    coach::ids::MemberId,
    interaction::{AppState, HomeUpdates, InteractionError, SlackGateway},
    outbox,
    telemetry::Metrics,
};
use batch::AdaptiveBatch;
use futures::FutureExt as _;
use jiff::Timestamp;
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::AtomicI64},
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// The longest sleep. Another machine may have written a row of which this one knows nothing.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The shortest sleep, so that work which cannot be done yet does not keep a processor busy.
const SHORTEST_SLEEP: Duration = Duration::from_millis(100);
/// The shortest sleep under high load, unless the worker is woken.
const SLEEP_UNDER_LOAD: Duration = Duration::from_secs(1);
/// How long the worker waits after a failed step.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long a stop waits for what is under way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// The worker. Several may run over one store, in one process or in many.
pub struct Worker {
    state: AppState,
    slack: Arc<dyn SlackGateway>,
    metrics: Arc<Metrics>,
    homes: Option<Arc<dyn HomeUpdates>>,
    /// The owner of this worker's leases.
    owner: String,
    stop: CancellationToken,
    pruned_at_ms: AtomicI64,
    rows: AdaptiveBatch,
    jobs: AdaptiveBatch,
    lens: Mutex<LensTask>,
}

/// A task in which the lens reads answers while the steps go on; it returns the members who wrote them.
type Reading = JoinHandle<Result<Vec<MemberId>, InteractionError>>;

/// The lens's work beside the steps.
#[derive(Default)]
struct LensTask {
    under_way: Option<Reading>,
    /// When it began to be deferred.
    deferred_since: Option<Instant>,
}

impl Worker {
    /// A worker that ends when `stop` is cancelled.
    pub fn new(
        state: AppState,
        slack: Arc<dyn SlackGateway>,
        metrics: Arc<Metrics>,
        stop: CancellationToken,
    ) -> Self {
        let owner = format!("{:016x}", state.env.rng.next_u64());
        Self {
            state,
            slack,
            metrics,
            homes: None,
            owner,
            stop,
            pruned_at_ms: AtomicI64::new(i64::MIN),
            rows: AdaptiveBatch::of_rows(),
            jobs: AdaptiveBatch::of_jobs(),
            lens: Mutex::default(),
        }
    }

    /// The same, refreshing the Home tabs of members for whom it did something.
    #[must_use]
    pub fn with_home_updates(self, homes: Arc<dyn HomeUpdates>) -> Self {
        Self { homes: Some(homes), ..self }
    }

    /// Works until it is told to stop. Then it finishes what is under way, for ten seconds at most, and
    /// gives back what it has claimed.
    pub async fn run(&self) {
        while !self.stop.is_cancelled() {
            let step = AssertUnwindSafe(self.tick()).catch_unwind();
            let pause = tokio::select! {
                done = step => match done {
                    Ok(Ok(report)) if report.did_anything() => SHORTEST_SLEEP,
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
                () = self.stop_deadline() => break,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.state.wake.notified() => {}
                () = self.stop.cancelled() => {}
            }
        }
        self.release().await;
    }

    /// Returns when the worker was told to stop and its time for finishing is over.
    async fn stop_deadline(&self) {
        self.stop.cancelled().await;
        tokio::time::sleep(STOP_WITHIN).await;
    }

    /// How long nothing is due.
    async fn until_due(&self) -> Duration {
        let next = outbox::next_due_at(&self.state).await.unwrap_or(None);
        let now = self.state.env.now();
        // Answers that the lens has not read are due all the time.
        let shortest = if self.state.is_overloaded() { SLEEP_UNDER_LOAD } else { SHORTEST_SLEEP };
        next.map_or(LONGEST_SLEEP, |at| between(now, at)).clamp(shortest, LONGEST_SLEEP)
    }

    async fn release(&self) {
        match outbox::release(&self.state, &self.owner).await {
            Ok(released) => tracing::info!(released, "the worker stopped"),
            Err(error) => {
                tracing::warn!(%error, "leases could not be given back; they run out by themselves");
            }
        }
    }
}

/// The time from one instant to another; zero when the other has passed.
fn between(now: Timestamp, at: Timestamp) -> Duration {
    let ms = at.as_millisecond().saturating_sub(now.as_millisecond());
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
