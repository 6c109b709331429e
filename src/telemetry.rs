//! Logs and metrics for the operator. What reaches either is made of ids, kinds and codes; members'
//! text and secrets have no way in. Events of slack-morphism are dropped whatever the filter says,
//! because it logs whole envelopes and tickets; of other libraries only what they find worth telling
//! at INFO passes, because below that they write down what they carry (tungstenite: every message).

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use std::{sync::Arc, time::Duration};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging to standard error; a second call changes nothing.
///
/// # Errors
/// The filter's own words when it cannot be read.
pub fn start_logging(filter: &str, format: LogFormat) -> Result<(), String> {
    let _ = log_to(filter, format, std::io::stderr)?.try_init();
    Ok(())
}

/// Logging to a writer, ready to be set.
///
/// # Errors
/// The filter's own words when it cannot be read.
pub fn log_to<W>(filter: &str, format: LogFormat, writer: W) -> Result<impl Subscriber + use<W>, String>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter).map_err(|error| error.to_string())?;
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    Ok(tracing_subscriber::registry().with(lines.with_filter(filter.and(filter_fn(may_be_written)))))
}

fn may_be_written(event: &Metadata<'_>) -> bool {
    let module = event.target().split("::").next().unwrap_or_default();
    module == "leadlens" || (module != "slack_morphism" && *event.level() <= Level::INFO)
}

/// The counters and histograms of one bot. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    inbound: IntCounterVec,
    ack_seconds: HistogramVec,
    slack_calls: IntCounterVec,
    slack_seconds: HistogramVec,
    outbox_rows: IntGaugeVec,
    outbox_age: IntGaugeVec,
    sent: IntCounterVec,
    follow_ups: IntCounterVec,
    model_seconds: HistogramVec,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Upper ends of the latency buckets, in seconds; 0.05 is the promise for an acknowledgement.
const LATENCY_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 3.0];

impl Metrics {
    /// All of them at zero, in a registry of their own.
    pub fn new() -> Self {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            register(&registry, IntCounterVec::new(Opts::new(name, help), labels))
        };
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            register(&registry, IntGaugeVec::new(Opts::new(name, help), labels))
        };
        let histogram = |name: &str, help: &str, labels: &[&str]| {
            let opts = HistogramOpts::new(name, help).buckets(LATENCY_BUCKETS.to_vec());
            register(&registry, HistogramVec::new(opts, labels))
        };
        Self {
            inbound: counter("leadlens_inbound_total", "Deliveries from Slack", &["door", "kind", "outcome"]),
            ack_seconds: histogram("leadlens_ack_seconds", "Delivery to acknowledgement", &["door", "kind"]),
            slack_calls: counter("leadlens_slack_calls_total", "Calls to Slack", &["method", "outcome"]),
            slack_seconds: histogram("leadlens_slack_call_seconds", "Time of calls to Slack", &["method"]),
            outbox_rows: gauge("leadlens_outbox_rows", "Outbox rows", &["state"]),
            outbox_age: gauge("leadlens_outbox_oldest_seconds", "Age of the oldest due row", &["state"]),
            sent: counter("leadlens_sent_total", "What the outbox did with its rows", &["kind", "outcome"]),
            follow_ups: counter(
                "leadlens_model_follow_ups_total",
                "What became of follow-up questions that the model was to write",
                &["outcome"],
            ),
            model_seconds: histogram("leadlens_model_call_seconds", "Time of calls to the model", &[]),
            registry,
        }
    }

    /// One delivery from Slack: `door` is `socket` or `http`; `outcome` is `taken`, `ignored`,
    /// `old-form`, `refused` (not Slack's, or not readable), or one of those without an
    /// acknowledgement: `failed`, `late`, `panicked`. A repeated delivery is noted besides, as kind
    /// `retry`.
    pub fn inbound(&self, door: &str, kind: &str, outcome: &str) {
        self.inbound.with_label_values(&[door, kind, outcome]).inc();
    }

    /// How long an acknowledgement took.
    pub fn ack(&self, door: &str, kind: &str, took: Duration) {
        self.ack_seconds.with_label_values(&[door, kind]).observe(took.as_secs_f64());
    }

    /// One call to Slack; `outcome` is `ok` or an error code.
    pub fn slack_call(&self, method: &str, outcome: &str, took: Duration) {
        self.slack_calls.with_label_values(&[method, outcome]).inc();
        self.slack_seconds.with_label_values(&[method]).observe(took.as_secs_f64());
    }

    /// What became of an outbox row.
    pub fn sent(&self, kind: &str, outcome: &str) {
        self.sent.with_label_values(&[kind, outcome]).inc();
    }

    /// One follow-up question that the model was to write: `shown`, or why the library's stays, as a code.
    pub fn follow_up(&self, outcome: &str) {
        self.follow_ups.with_label_values(&[outcome]).inc();
    }

    /// How long the model was waited for.
    pub fn model_took(&self, took: Duration) {
        self.model_seconds.with_label_values::<&str>(&[]).observe(took.as_secs_f64());
    }

    /// How many outbox rows are in a state, and how old the oldest is.
    pub fn outbox(&self, state: &str, rows: i64, oldest: Duration) {
        self.outbox_rows.with_label_values(&[state]).set(rows);
        let seconds = i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX);
        self.outbox_age.with_label_values(&[state]).set(seconds);
    }

    /// Everything in Prometheus's text format.
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        match TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            Ok(()) => String::from_utf8(text).unwrap_or_default(),
            Err(_) => String::new(),
        }
    }
}

#[allow(
    clippy::panic,
    reason = "names and labels are constants of this file: the first start of any test shows a mistake in them"
)]
fn register<C: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> C {
    let collector = made.unwrap_or_else(|error| panic!("a metric is declared wrongly: {error}"));
    if let Err(error) = registry.register(Box::new(collector.clone())) {
        panic!("a metric is declared twice: {error}");
    }
    collector
}

/// Metrics shared by everything that records some.
pub type SharedMetrics = Arc<Metrics>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_say_what_was_counted() {
        let metrics = Metrics::new();
        metrics.inbound("http", "command", "taken");
        metrics.ack("http", "command", Duration::from_millis(3));
        metrics.outbox("waiting", 2, Duration::from_secs(7));
        let text = metrics.render();
        assert!(text.contains(r#"leadlens_inbound_total{door="http",kind="command",outcome="taken"} 1"#));
        assert!(text.contains(r#"leadlens_ack_seconds_bucket{door="http",kind="command",le="0.005"} 1"#));
        assert!(text.contains(r#"leadlens_outbox_oldest_seconds{state="waiting"} 7"#));
    }
}
