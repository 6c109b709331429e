//! What LeadLens serves over HTTP besides Slack's door: whether it lives, whether it is ready, and
//! its metrics; and the server itself, which closes connections that are slow to ask and stops
//! without cutting an answer off. Slack's routes are mounted here and live in `slack/`.

use crate::telemetry::Metrics;
use async_trait::async_trait;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;

/// How long a connection may take to ask, or to ask again. Longer than proxies keep an idle
/// connection (a minute, mostly), because a request sent on one that is just being closed is lost.
const HEADERS_WITHIN: Duration = Duration::from_secs(75);

/// Connections held at once; the rest wait in the system's queue. Slack itself needs a few.
const MAX_CONNECTIONS: usize = 1_024;

/// How long readiness may be looked for: a probe that hangs tells nobody anything.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// After a connection could not be accepted (usually: too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What readiness asks.
#[async_trait]
pub trait Readiness: Send + Sync + 'static {
    /// What is missing, as short words for an operator; empty when everything answers.
    async fn missing(&self) -> Vec<&'static str>;

    /// Brings gauges up to date before they are read.
    async fn refresh_gauges(&self);
}

#[derive(Clone)]
struct Web {
    readiness: Arc<dyn Readiness>,
    metrics: Arc<Metrics>,
}

/// `/healthz`, `/readyz` and `/metrics`, with Slack's routes beside them.
pub fn router(readiness: Arc<dyn Readiness>, metrics: Arc<Metrics>, slack: Router) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics_page))
        .with_state(Web { readiness, metrics })
        .merge(slack)
}

async fn ready(State(web): State<Web>) -> Response {
    let looked = tokio::time::timeout(READY_WITHIN, web.readiness.missing()).await;
    let missing = looked.unwrap_or_else(|_late| vec!["an answer in time"]);
    if missing.is_empty() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", missing.join(", "))).into_response()
}

async fn metrics_page(State(web): State<Web>) -> Response {
    // Old gauges are better than none.
    let _ = tokio::time::timeout(READY_WITHIN, web.readiness.refresh_gauges()).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], web.metrics.render()).into_response()
}

/// Serves until `stop` is cancelled; then takes no new connection and lets the open ones finish
/// what they were asked, for at most `grace`.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken, grace: Duration) {
    serve_patiently(HEADERS_WITHIN, listener, router, stop, grace).await;
}

async fn serve_patiently(
    headers_within: Duration,
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    grace: Duration,
) {
    let mut server = auto::Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(headers_within);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let accept = async || {
        let place = Arc::clone(&room).acquire_owned().await;
        (place, listener.accept().await)
    };
    while let Some((place, accepted)) = stop.run_until_cancelled(accept()).await {
        let Ok((stream, _from)) = accepted else {
            tracing::warn!("a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Answers are small; waiting to fill a packet would only delay them.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            // A client that goes away or is too slow is its own affair, and may be anybody's.
            let _ = connection.await;
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(grace, graceful.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    struct Unready;

    #[async_trait]
    impl Readiness for Unready {
        async fn missing(&self) -> Vec<&'static str> {
            vec!["database", "Slack"]
        }

        async fn refresh_gauges(&self) {}
    }

    async fn serving(headers_within: Duration) -> (std::net::SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (at, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let pages = router(Arc::new(Unready), Arc::new(Metrics::new()), Router::new());
        tokio::spawn(serve_patiently(headers_within, listener, pages, stop.clone(), HEADERS_WITHIN));
        (at, stop)
    }

    async fn said(at: std::net::SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    }

    #[tokio::test]
    async fn a_client_that_never_finishes_asking_is_let_go() {
        let (at, _stop) = serving(Duration::from_millis(100)).await;
        let heard = said(at, "GET /healthz HTTP/1.1\r\nHost: leadlens\r\nX-Slow: ").await;
        assert!(!heard.contains("alive"), "{heard}");
    }

    #[tokio::test]
    async fn readiness_names_what_is_missing() {
        let (at, _stop) = serving(HEADERS_WITHIN).await;
        let heard = said(at, "GET /readyz HTTP/1.1\r\nHost: leadlens\r\nConnection: close\r\n\r\n").await;
        assert!(heard.starts_with("HTTP/1.1 503"), "{heard}");
        assert!(heard.ends_with("not ready: database, Slack\n"), "{heard}");
    }
}
