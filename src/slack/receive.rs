//! What both doors do with a delivery once it is JSON: read it, dispatch it in a task of its own with
//! a deadline, say the acknowledgement, and start what follows it. A panic or a slow use case costs
//! the delivery its acknowledgement (Slack delivers again) and nothing else.

use super::{
    inbound::{self, Kind, Refused},
    reply::{self, After, Owed},
};
use crate::{
    app::incoming::{Incoming, NotKept, PressedAt, Reply, What},
    coach::ids::ViewId,
    telemetry::Metrics,
};
use async_trait::async_trait;
use serde_json::Value;
use std::{sync::Arc, time::Duration, time::Instant};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// How long a use case may take before its delivery goes without an acknowledgement. Slack waits
/// three seconds (<https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response>).
pub const DEADLINE: Duration = Duration::from_secs(2);

/// What understands a delivery and keeps it.
#[async_trait]
pub trait Dispatcher: Send + Sync + 'static {
    /// Commits what the delivery asks for and says what is owed for it.
    async fn dispatch(&self, incoming: Incoming) -> Result<Reply, NotKept>;
}

/// What is done after the acknowledgement.
#[async_trait]
pub trait Afterwards: Send + Sync + 'static {
    /// A member acts in a form: it is about to show something else.
    fn moved_on(&self, _view: &ViewId) {}

    /// Carries one of them out; a failure is its own to log and undoes nothing.
    async fn carry_out(&self, after: After);
}

/// What a door answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Acknowledged, with a body where one is owed.
    Ack(Option<Value>),
    /// The payload is not of Slack's documented shape. HTTP refuses it; Socket Mode acknowledges,
    /// because it would never parse better.
    Refused,
    /// Not kept in time or not at all: no acknowledgement, so that Slack delivers again.
    NotKept,
}

/// The way from a door to the app and back. Cheap to clone.
#[derive(Clone)]
pub struct Receiver {
    dispatcher: Arc<dyn Dispatcher>,
    afterwards: Arc<dyn Afterwards>,
    metrics: Arc<Metrics>,
    tasks: TaskTracker,
    deadline: Duration,
}

impl Receiver {
    /// `tasks` is what a graceful stop waits for.
    pub fn new(
        dispatcher: Arc<dyn Dispatcher>,
        afterwards: Arc<dyn Afterwards>,
        metrics: Arc<Metrics>,
        tasks: TaskTracker,
    ) -> Self {
        Self { dispatcher, afterwards, metrics, tasks, deadline: DEADLINE }
    }

    /// With another deadline, for tests of slowness.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The metrics that doors record into.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Receives one payload through a door (`socket` or `http`). Reading, keeping and wording run in
    /// one task of their own, so that whatever happens in there cannot harm the door.
    pub async fn receive(&self, door: &'static str, kind: Kind, payload: Value) -> Answer {
        let began = Instant::now();
        // The task belongs to the span of its delivery, which the transport has opened.
        let work = self.tasks.spawn(take(self.clone(), kind, payload).in_current_span());
        let taken = match tokio::time::timeout(self.deadline, work).await {
            Ok(Ok(taken)) => taken,
            Ok(Err(_panicked)) => Taken::not_kept(kind, "panicked"),
            Err(_late) => Taken::not_kept(kind, "late"),
        };
        self.metrics.inbound(door, taken.kind, taken.outcome);
        match taken.answer {
            Answer::Ack(_) => self.metrics.ack(door, kind.as_str(), began.elapsed()),
            Answer::NotKept => {
                let (kind, outcome) = (taken.kind, taken.outcome);
                tracing::warn!(door, kind, outcome, "a delivery goes without an acknowledgement");
            }
            // Said where the reason is known.
            Answer::Refused => {}
        }
        if !taken.after.is_empty() {
            let afterwards = Arc::clone(&self.afterwards);
            let tasks = self.tasks.clone();
            self.tasks.spawn(async move {
                for step in taken.after {
                    if step.is_home() {
                        // It may stand aside, and what comes after it need not.
                        let afterwards = Arc::clone(&afterwards);
                        tasks.spawn(async move { afterwards.carry_out(step).await });
                    } else {
                        afterwards.carry_out(step).await;
                    }
                }
            });
        }
        taken.answer
    }
}

/// What became of one delivery.
struct Taken {
    answer: Answer,
    /// For the metrics, as is `outcome`.
    kind: &'static str,
    outcome: &'static str,
    after: Vec<After>,
}

impl Taken {
    fn answered(kind: &'static str, outcome: &'static str, answer: Answer) -> Self {
        Self { answer, kind, outcome, after: Vec::new() }
    }

    fn not_kept(kind: Kind, outcome: &'static str) -> Self {
        Self::answered(kind.as_str(), outcome, Answer::NotKept)
    }
}

async fn take(receiver: Receiver, kind: Kind, payload: Value) -> Taken {
    let incoming = match inbound::read(kind, &payload) {
        Ok(Incoming { what: What::Ignored { kind }, .. }) => {
            return Taken::answered(kind, "ignored", Answer::Ack(None));
        }
        Ok(incoming) => incoming,
        Err(Refused::OldForm { block }) => {
            let says = reply::old_form(block.as_deref());
            return Taken::answered(kind.as_str(), "old-form", Answer::Ack(Some(says)));
        }
        Err(refused @ Refused::Malformed(_)) => {
            tracing::warn!(kind = kind.as_str(), %refused, "a delivery was refused");
            return Taken::answered(kind.as_str(), "refused", Answer::Refused);
        }
    };
    let owed = Owed::by(&incoming);
    if let What::Submitted { view, .. } | What::Pressed { at: PressedAt::Form { view, .. }, .. } =
        &incoming.what
    {
        receiver.afterwards.moved_on(view);
    }
    match receiver.dispatcher.dispatch(incoming).await {
        Ok(reply) => {
            let (body, after) = reply::say(reply, &owed);
            Taken { after, ..Taken::answered(kind.as_str(), "taken", Answer::Ack(body)) }
        }
        Err(NotKept) => Taken::not_kept(kind, "failed"),
    }
}
