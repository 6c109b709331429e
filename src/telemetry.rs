//! Logs and metrics for the operator. Both contain ids, kinds and codes only, never members' text or secrets.
//!
//! Two libraries would break that rule, so [`subscriber`] filters what they log: slack-morphism logs whole
//! envelopes and tickets and is dropped completely; all other libraries are kept at INFO and above, because
//! below INFO they log what they transport (tungstenite logs every message).

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use std::time::Duration;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Plain text.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts logging to standard error. A second call has no effect.
///
/// # Errors
/// The message of the filter's parser.
pub fn start_logging(filter: &str, format: LogFormat) -> Result<(), String> {
    let _ = subscriber(filter, format, std::io::stderr)?.try_init();
    Ok(())
}

/// A subscriber that logs to `writer`.
///
/// # Errors
/// The message of the filter's parser.
pub fn subscriber<W>(filter: &str, format: LogFormat, writer: W) -> Result<impl Subscriber + use<W>, String>
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

/// The metrics of one bot. Cloning it is cheap.
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
    malformed_payloads: IntCounterVec,
    missing_scopes: IntCounterVec,
    follow_ups: IntCounterVec,
    model_seconds: HistogramVec,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Upper bounds of the latency buckets in seconds. 0.05 is the target for acknowledgements.
const LATENCY_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 3.0];

impl Metrics {
    /// All metrics at zero, in a new registry.
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
            inbound: counter(
                "leadlens_inbound_total",
                "Deliveries from Slack",
                &["transport", "kind", "outcome"],
            ),
            ack_seconds: histogram(
                "leadlens_ack_seconds",
                "Delivery to acknowledgement",
                &["transport", "kind"],
            ),
            slack_calls: counter("leadlens_slack_calls_total", "Calls to Slack", &["method", "outcome"]),
            slack_seconds: histogram("leadlens_slack_call_seconds", "Time of calls to Slack", &["method"]),
            outbox_rows: gauge("leadlens_outbox_rows", "Outbox rows", &["state"]),
            outbox_age: gauge("leadlens_outbox_oldest_seconds", "Age of the oldest due row", &["state"]),
            sent: counter("leadlens_sent_total", "What the outbox did with its rows", &["kind", "outcome"]),
            malformed_payloads: counter(
                "leadlens_malformed_payloads_total",
                "Stored texts of the program that could not be read",
                &["kind"],
            ),
            missing_scopes: counter(
                "leadlens_missing_scope_total",
                "Calls that Slack refused because the app was installed without a scope",
                &["scope", "stops"],
            ),
            follow_ups: counter(
                "leadlens_model_follow_ups_total",
                "What became of follow-up questions that the model was to write",
                &["outcome"],
            ),
            model_seconds: histogram("leadlens_model_call_seconds", "Time of calls to the model", &[]),
            registry,
        }
    }

    /// Counts one delivery from Slack. `transport` is `socket` or `http`. `outcome` is `taken`,
    /// `ignored`, `old-form`, `refused` (not from Slack, or not readable), or one of those that were not
    /// acknowledged: `failed`, `late`, `panicked`. A repeated delivery is also counted with the kind `retry`.
    pub fn inbound(&self, transport: &str, kind: &str, outcome: &str) {
        self.inbound.with_label_values(&[transport, kind, outcome]).inc();
    }

    /// Records the time from a delivery to its acknowledgement.
    pub fn ack(&self, transport: &str, kind: &str, took: Duration) {
        self.ack_seconds.with_label_values(&[transport, kind]).observe(took.as_secs_f64());
    }

    /// Records one call to Slack. `outcome` is `ok` or an error code.
    pub fn slack_call(&self, method: &str, outcome: &str, took: Duration) {
        self.slack_calls.with_label_values(&[method, outcome]).inc();
        self.slack_seconds.with_label_values(&[method]).observe(took.as_secs_f64());
    }

    /// One attempt to send an outbox row of a kind: `outcome` is `sent`, `retry`, `rate-limited`,
    /// `in-doubt`, `not-delivered` (it was looked for), `held` or `refused`.
    pub fn sent(&self, kind: &str, outcome: &str) {
        self.sent.with_label_values(&[kind, outcome]).inc();
    }

    /// Counts one stored text that could not be read. `kind` is `effect`, `job` or `outbox`.
    pub fn malformed_payload(&self, kind: &str) {
        self.malformed_payloads.with_label_values(&[kind]).inc();
    }

    /// Counts one call that lacked a scope; `stops` says what does not work without it.
    pub fn missing_scope(&self, scope: &str, stops: &str) {
        self.missing_scopes.with_label_values(&[scope, stops]).inc();
    }

    /// Counts one follow-up question that the model was asked for. `outcome` is `shown` or the code of the
    /// reason why the library's question stayed.
    pub fn follow_up(&self, outcome: &str) {
        self.follow_ups.with_label_values(&[outcome]).inc();
    }

    /// Records the duration of one call to the model.
    pub fn model_took(&self, took: Duration) {
        self.model_seconds.with_label_values::<&str>(&[]).observe(took.as_secs_f64());
    }

    /// Sets how many outbox rows are in a state and how old the oldest one is.
    pub fn outbox(&self, state: &str, rows: i64, oldest: Duration) {
        self.outbox_rows.with_label_values(&[state]).set(rows);
        let seconds = i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX);
        self.outbox_age.with_label_values(&[state]).set(seconds);
    }

    /// All metrics in Prometheus's text format.
    pub fn render(&self) -> String {
        let mut text = Vec::new();
        match TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            Ok(()) => String::from_utf8(text).unwrap_or_default(),
            Err(_) => String::new(),
        }
    }
}

/// Registers a metric. It panics if the metric is declared wrongly or twice, which depends only on the
/// constants in this file, so that any test shows it.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn metrics_say_what_was_counted() {
        let metrics = Metrics::new();
        metrics.inbound("http", "command", "taken");
        metrics.ack("http", "command", Duration::from_millis(3));
        metrics.outbox("waiting", 2, Duration::from_secs(7));
        let text = metrics.render();
        assert!(
            text.contains(r#"leadlens_inbound_total{kind="command",outcome="taken",transport="http"} 1"#)
        );
        assert!(
            text.contains(r#"leadlens_ack_seconds_bucket{kind="command",transport="http",le="0.005"} 1"#)
        );
        assert!(text.contains(r#"leadlens_outbox_oldest_seconds{state="waiting"} 7"#));
    }

    /// The words of a text that begin with `leadlens_`, without what Prometheus adds to a histogram's name.
    fn named_in(text: &str) -> BTreeSet<&str> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let metrics = words.filter(|word| word.starts_with("leadlens_"));
        metrics
            .map(|name| {
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
            })
            .collect()
    }

    #[test]
    fn alerts_and_dashboard_ask_for_metrics_that_exist() {
        let metrics = Metrics::new();
        metrics.inbound("http", "command", "taken");
        metrics.ack("http", "command", Duration::ZERO);
        metrics.slack_call("chat.postMessage", "ok", Duration::ZERO);
        metrics.sent("nudge", "sent");
        metrics.malformed_payload("job");
        metrics.missing_scope("im:history", "answers");
        metrics.follow_up("shown");
        metrics.model_took(Duration::ZERO);
        metrics.outbox("waiting", 0, Duration::ZERO);
        let page = metrics.render();
        let there = named_in(&page);
        let alerts = include_str!("../deploy/monitoring/alerts.yaml");
        let dashboard = include_str!("../deploy/monitoring/dashboard.json");
        for (file, text) in [("alerts", alerts), ("dashboard", dashboard)] {
            let asked = named_in(text);
            assert!(asked.len() >= 5, "{file} asks for {asked:?} only");
            assert!(asked.is_subset(&there), "{file}: {:?}", asked.difference(&there).collect::<Vec<_>>());
        }
        let shown: Vec<_> = there.difference(&named_in(dashboard)).copied().collect();
        assert_eq!(shown, Vec::<&str>::new(), "the dashboard shows every metric");
        // Labels in `by (…)` and in `{…}`.
        for label in ["le", "transport", "kind", "outcome", "state", "method", "scope"] {
            assert!(page.contains(&format!("{label}=\"")), "{label}");
        }
        let labels = dashboard.split(" by (").skip(1).filter_map(|rest| rest.split(')').next());
        for label in labels.flat_map(|labels| labels.split(", ")) {
            assert!(page.contains(&format!("{label}=\"")), "{label}");
        }
    }
}
