//! What happens without a member: due nudges and reports are planned, due rows sent, jobs done. `tick.rs`
//! is one step, `lanes.rs` what runs beside the steps; here is the loop. The worker decides nothing about
//! coaching.

mod batch;
mod executor;
mod heartbeat;
mod lanes;
mod tick;

pub use heartbeat::Heartbeat;
pub use tick::TickReport;

use crate::{
    coach::ids::MemberId,
    interaction::{AppState, HomeUpdates, InteractionError, SlackGateway},
    outbox,
    telemetry::Metrics,
};
use executor::Executor;
use futures::FutureExt as _;
use jiff::Timestamp;
use lanes::Tasks;
use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{Mutex, Notify},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// The longest sleep. Another machine may have written a row of which this one knows nothing.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The shortest sleep, so that work which cannot be done yet does not keep a processor busy.
const SHORTEST_SLEEP: Duration = Duration::from_millis(100);
/// The shortest sleep under high load, unless the worker is woken.
const SLEEP_UNDER_LOAD: Duration = Duration::from_secs(1);
/// How long the worker waits after a failed step.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long a shutdown waits for running tasks.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// The worker. Several may run over one store, in one process or in many.
pub struct Worker {
    executor: Executor,
    tasks: Mutex<Tasks>,
    /// Notified when a task beside the steps has ended.
    ended: Arc<Notify>,
    /// Whether Slack answers. While it does not, its deliveries do not come either.
    hears_slack: Option<Arc<AtomicBool>>,
    pruned_at_ms: AtomicI64,
    beat_at_ms: AtomicI64,
    heartbeat: Heartbeat,
    lens: Mutex<LensTask>,
}

/// A task in which the lens reads answers beside the steps; it returns the members who wrote them.
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
        let tasks = Tasks::default();
        Self {
            executor: Executor::new(state, slack, metrics, stop),
            ended: tasks.ended(),
            tasks: Mutex::new(tasks),
            pruned_at_ms: AtomicI64::new(i64::MIN),
            beat_at_ms: AtomicI64::new(i64::MIN),
            heartbeat: Heartbeat::new(),
            hears_slack: None,
            lens: Mutex::default(),
        }
    }

    /// Also refreshes the Home tabs of members whose rows it sends.
    #[must_use]
    pub fn with_home_updates(self, homes: Arc<dyn HomeUpdates>) -> Self {
        Self { executor: self.executor.with_homes(homes), ..self }
    }

    /// Also reads whether Slack answers.
    #[must_use]
    pub fn with_slack_watch(self, hears_slack: Arc<AtomicBool>) -> Self {
        Self { hears_slack: Some(hears_slack), ..self }
    }

    /// When its steps come to their end.
    pub fn heartbeat(&self) -> Heartbeat {
        self.heartbeat.clone()
    }

    /// Works until it is told to stop. Then it finishes what is under way, for ten seconds at most, and
    /// gives back what it has claimed.
    pub async fn run(&self) {
        let stop = self.executor.stop.clone();
        while !stop.is_cancelled() {
            let step = AssertUnwindSafe(self.step()).catch_unwind();
            let pause = tokio::select! {
                done = step.inspect(|done| if matches!(done, Ok(Ok(_))) { self.heartbeat.beat() }) => match done {
                    // There may be more to do at once.
                    Ok(Ok(report)) if report.made_progress() => continue,
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
                () = self.executor.state.wake.notified() => {}
                () = self.ended.notified() => {}
                () = stop.cancelled() => {}
            }
        }
        let finish = async { self.tasks.lock().await.finish().await };
        if tokio::time::timeout(STOP_WITHIN, finish).await.is_err() {
            tracing::warn!("stopped while Slack was being written to");
        }
        self.release().await;
    }

    /// Returns when the worker was told to stop and its time for finishing is over.
    async fn stop_deadline(&self) {
        self.executor.stop.cancelled().await;
        tokio::time::sleep(STOP_WITHIN).await;
    }

    /// When the next work is due, running tasks excepted. `None`: nothing is planned.
    ///
    /// # Errors
    /// The store's.
    pub async fn next_due_at(&self) -> Result<Option<Timestamp>, InteractionError> {
        let state = &self.executor.state;
        let now = state.env.now();
        let due = outbox::due_lanes(state, now).await?;
        let other = outbox::next_due_at(state, now).await?;
        let mut tasks = self.tasks.lock().await;
        let rows = tasks.next_due_at(self.executor.slack.as_ref(), now, &due);
        // Only jobs can be left of what was due before the step.
        let other = other.map(|at| if at <= now { tasks.jobs_due_at(at) } else { at });
        Ok(rows.into_iter().chain(other).min())
    }

    /// How long nothing is due.
    async fn until_due(&self) -> Duration {
        let next = self.next_due_at().await.unwrap_or(None);
        let now = self.executor.state.env.now();
        // Answers that the lens has not read are due all the time.
        let shortest = if self.executor.state.is_overloaded() { SLEEP_UNDER_LOAD } else { SHORTEST_SLEEP };
        next.map_or(LONGEST_SLEEP, |at| between(now, at)).clamp(shortest, LONGEST_SLEEP)
    }

    /// Makes one step of the loop, waits for what it began, and returns how long the loop would sleep then. `None`:
    /// it would begin the next step at once.
    ///
    /// # Errors
    /// The store's.
    #[cfg(feature = "test-support")]
    pub async fn sleep_after_step(&self) -> Result<Option<Duration>, InteractionError> {
        let report = self.step().await?;
        self.tasks.lock().await.finish().await;
        let (wake, ended) = (&self.executor.state.wake, &self.ended);
        let is_woken = [wake.notified().now_or_never(), ended.notified().now_or_never()];
        let is_woken = is_woken.iter().any(Option::is_some);
        Ok(if report.made_progress() || is_woken { None } else { Some(self.until_due().await) })
    }

    async fn release(&self) {
        match outbox::release(&self.executor.state, &self.executor.owner).await {
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
