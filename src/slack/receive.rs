//! What both transports do with a delivery once it is JSON: parse it, dispatch it in a task of its own
//! with a deadline, word the acknowledgement, and start what follows it. A panic or a slow use case costs
//! the delivery its acknowledgement (Slack delivers again) and nothing else.

use super::{
    ack,
    inbound::{self, Kind, ParseError},
};
use crate::{
    coach::ids::ViewId,
    dispatch::{Delivery, Event, NotStored},
    interaction::{DeliveryKey, PostAck, Reply},
    telemetry::Metrics,
};
use async_trait::async_trait;
use serde_json::Value;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// How long a use case may take before its delivery goes without an acknowledgement. Slack waits
/// three seconds (<https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response>).
pub const DEADLINE: Duration = Duration::from_secs(2);

/// Handles a delivery.
#[async_trait]
pub trait Dispatcher: Send + Sync + 'static {
    /// Commits what the delivery asks for and returns what is owed for it.
    async fn dispatch(&self, delivery: Delivery) -> Result<Reply, NotStored>;
}

/// Carries out what follows an acknowledgement.
#[async_trait]
pub trait PostAckHandler: Send + Sync + 'static {
    /// A member acts in a form: it is about to show something else.
    fn form_superseded(&self, _view: &ViewId) {}

    /// Carries out one step of a delivery. It logs its own failures, which undo nothing.
    async fn run(&self, step: PostAck, delivery: &DeliveryKey);
}

/// What a transport answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Acknowledged, with a body where one is owed.
    Ack(Option<Value>),
    /// The payload has not the shape that Slack documents. HTTP refuses it; Socket Mode acknowledges it,
    /// because it would never parse better.
    Malformed,
    /// Not stored, or not in time: no acknowledgement, so that Slack delivers again.
    NotStored,
}

/// The way from a transport to the dispatcher and back. Cheap to clone.
#[derive(Clone)]
pub struct Receiver {
    dispatcher: Arc<dyn Dispatcher>,
    post_ack: Arc<dyn PostAckHandler>,
    metrics: Arc<Metrics>,
    tasks: TaskTracker,
    deadline: Duration,
}

impl Receiver {
    /// `tasks` is what a graceful stop waits for.
    pub fn new(
        dispatcher: Arc<dyn Dispatcher>,
        post_ack: Arc<dyn PostAckHandler>,
        metrics: Arc<Metrics>,
        tasks: TaskTracker,
    ) -> Self {
        Self { dispatcher, post_ack, metrics, tasks, deadline: DEADLINE }
    }

    /// Uses another deadline.
    #[cfg(feature = "test-support")]
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The metrics that transports record into.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Receives one payload from a transport (`socket` or `http`). Parsing, storing and wording run in one
    /// task of their own, so that a panic in them cannot end the transport.
    pub async fn receive(&self, transport: &'static str, kind: Kind, payload: Value) -> Answer {
        let began = Instant::now();
        // The task belongs to the span of its delivery, which the transport has opened.
        let work = self.tasks.spawn(process(self.clone(), kind, payload).in_current_span());
        let processed = match tokio::time::timeout(self.deadline, work).await {
            Ok(Ok(processed)) => processed,
            Ok(Err(_panicked)) => Processed::not_stored(kind, "panicked"),
            Err(_elapsed) => Processed::not_stored(kind, "late"),
        };
        self.metrics.inbound(transport, processed.kind, processed.outcome);
        match processed.answer {
            Answer::Ack(_) => self.metrics.ack(transport, kind.as_str(), began.elapsed()),
            Answer::NotStored => {
                let outcome = processed.outcome;
                tracing::warn!(transport, outcome, "a delivery goes without an acknowledgement");
            }
            // Logged where the reason is known.
            Answer::Malformed => {}
        }
        if let Some((delivery, steps)) = processed.post_ack {
            self.start_post_ack(delivery, steps);
        }
        processed.answer
    }

    fn start_post_ack(&self, delivery: DeliveryKey, steps: Vec<PostAck>) {
        if steps.is_empty() {
            return;
        }
        let (post_ack, tasks) = (Arc::clone(&self.post_ack), self.tasks.clone());
        let run_all = async move {
            for step in steps {
                if matches!(step, PostAck::PublishHome { .. }) {
                    // It may be deferred, and what comes after it need not wait.
                    let (post_ack, delivery) = (Arc::clone(&post_ack), delivery.clone());
                    tasks.spawn(async move { post_ack.run(step, &delivery).await }.in_current_span());
                } else {
                    post_ack.run(step, &delivery).await;
                }
            }
        };
        self.tasks.spawn(run_all.in_current_span());
    }
}

/// What became of one delivery.
struct Processed {
    answer: Answer,
    /// For the metrics, as is `outcome`.
    kind: &'static str,
    outcome: &'static str,
    post_ack: Option<(DeliveryKey, Vec<PostAck>)>,
}

impl Processed {
    fn answered(kind: &'static str, outcome: &'static str, answer: Answer) -> Self {
        Self { answer, kind, outcome, post_ack: None }
    }

    fn not_stored(kind: Kind, outcome: &'static str) -> Self {
        Self::answered(kind.as_str(), outcome, Answer::NotStored)
    }
}

async fn process(receiver: Receiver, kind: Kind, payload: Value) -> Processed {
    let delivery = match inbound::parse(kind, &payload) {
        Ok(Delivery { event: Event::Ignored { kind }, .. }) => {
            return Processed::answered(kind, "ignored", Answer::Ack(None));
        }
        Ok(delivery) => delivery,
        Err(ParseError::OutdatedForm { block }) => {
            let body = ack::outdated_form(block.as_deref());
            return Processed::answered(kind.as_str(), "outdated-form", Answer::Ack(Some(body)));
        }
        Err(error @ ParseError::Malformed(_)) => {
            tracing::warn!(%error, "a delivery was refused");
            return Processed::answered(kind.as_str(), "refused", Answer::Malformed);
        }
    };
    record_key(&delivery);
    if let Some(view) = delivery.event.view() {
        receiver.post_ack.form_superseded(view);
    }
    let key = delivery.key.clone();
    match receiver.dispatcher.dispatch(delivery).await {
        Ok(reply) => {
            let (ack, post_ack) = reply.into_parts();
            let answer = Answer::Ack(ack::body(ack, &payload, &key.0));
            Processed {
                post_ack: Some((key, post_ack)),
                ..Processed::answered(kind.as_str(), "taken", answer)
            }
        }
        Err(NotStored) => Processed::not_stored(kind, "failed"),
    }
}

/// Puts the key into the delivery's span. A feedback answer's key is left out: it must not be possible to
/// find an answer's author in the log.
fn record_key(delivery: &Delivery) {
    if !delivery.event.is_feedback_answer() {
        tracing::Span::current().record("delivery.key", delivery.key.0.as_str());
    }
}
