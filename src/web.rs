//! The HTTP server, and the routes for operators: liveness, readiness and metrics. The server closes
//! connections that are slow to send a request, and stops without cutting an answer off. Slack's routes
//! are defined in `slack/` and mounted here.

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

/// How long a connection may take to send the headers of a request, and how long it may be idle before
/// the next one. Most proxies keep an idle connection for a minute; this is longer, because a request
/// that a proxy sends on a connection that is just being closed is lost.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(75);

/// Connections held at once. Further ones wait in the listen queue of the system. Slack uses a few.
const MAX_CONNECTIONS: usize = 1_024;

/// The timeout of a readiness check, so that a hanging database does not make the probe hang.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// The pause after a failed accept, which usually means too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the routes ask the bot.
#[async_trait]
pub trait Readiness: Send + Sync + 'static {
    /// The names of the dependencies that do not answer, for the operator; empty when the bot is ready.
    async fn missing(&self) -> Vec<&'static str>;

    /// Updates the gauges before they are read.
    async fn refresh_gauges(&self);
}

#[derive(Clone)]
struct Web {
    readiness: Arc<dyn Readiness>,
    metrics: Arc<Metrics>,
}

/// `/healthz`, `/readyz` and `/metrics`, merged with Slack's routes.
pub fn router(readiness: Arc<dyn Readiness>, metrics: Arc<Metrics>, slack: Router) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics_page))
        .with_state(Web { readiness, metrics })
        .merge(slack)
}

async fn ready(State(web): State<Web>) -> Response {
    let checked = tokio::time::timeout(READY_TIMEOUT, web.readiness.missing()).await;
    let missing = checked.unwrap_or_else(|_| vec!["an answer in time"]);
    if missing.is_empty() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", missing.join(", "))).into_response()
}

async fn metrics_page(State(web): State<Web>) -> Response {
    // After the timeout the old values are served, which are better than none.
    let _ = tokio::time::timeout(READY_TIMEOUT, web.readiness.refresh_gauges()).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], web.metrics.render()).into_response()
}

/// Serves until `stop` is cancelled. Then it accepts no new connection, and waits up to `grace` for the
/// running requests.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken, grace: Duration) {
    serve_with_timeout(HEADER_READ_TIMEOUT, listener, router, stop, grace).await;
}

async fn serve_with_timeout(
    header_read_timeout: Duration,
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    grace: Duration,
) {
    let mut server = auto::Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(header_read_timeout);
    let graceful = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let accept = async || {
        let permit = Arc::clone(&permits).acquire_owned().await;
        (permit, listener.accept().await)
    };
    while let Some((permit, accepted)) = stop.run_until_cancelled(accept()).await {
        let Ok((stream, _)) = accepted else {
            tracing::warn!("a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Answers are small, so Nagle's algorithm would only delay them. Without the option they are slower
        // but correct, so an error does not matter.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _permit = permit;
            // Errors are those of the client: it went away, or was too slow.
            let _ = connection.await;
        });
    }
    drop(listener);
    // What is still open after the grace period ends with the process.
    let _ = tokio::time::timeout(grace, graceful.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;
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

    async fn start(header_read_timeout: Duration) -> (SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let router = router(Arc::new(Unready), Arc::new(Metrics::new()), Router::new());
        let grace = HEADER_READ_TIMEOUT;
        tokio::spawn(serve_with_timeout(header_read_timeout, listener, router, stop.clone(), grace));
        (address, stop)
    }

    async fn answer_to(request: &str, address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_connection_that_never_finishes_its_headers_is_closed() {
        let (address, _stop) = start(Duration::from_millis(100)).await;
        let answer = answer_to("GET /healthz HTTP/1.1\r\nHost: leadlens\r\nX-Slow: ", address).await;
        assert!(!answer.contains("alive"), "{answer}");
    }

    #[tokio::test]
    async fn readiness_names_what_is_missing() {
        let (address, _stop) = start(HEADER_READ_TIMEOUT).await;
        let request = "GET /readyz HTTP/1.1\r\nHost: leadlens\r\nConnection: close\r\n\r\n";
        let answer = answer_to(request, address).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.ends_with("not ready: database, Slack\n"), "{answer}");
    }

    /// Reads the answer to a whole request on a connection that is open already.
    async fn asks(mut stream: TcpStream) -> String {
        let request = "GET /healthz HTTP/1.1\r\nHost: leadlens\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn headers_that_drip_do_not_hold_a_connection_longer() {
        let (address, _stop) = start(Duration::from_millis(200)).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: leadlens\r\n").await.unwrap();
        let drips = async {
            // One header line after the other, each well within the time: all of them together are limited.
            while stream.write_all(b"X-Slow: 1\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), drips).await.expect("the server closes it");
    }

    #[tokio::test]
    async fn two_thousand_idle_connections_keep_nobody_out_for_long() {
        let (address, _stop) = start(Duration::from_millis(500)).await;
        let mut open = Vec::new();
        for _ in 0..2_000 {
            // Beyond the listen queue the system makes them wait; those are no worse off than the rest.
            let connecting = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address));
            match connecting.await {
                Ok(Ok(stream)) => open.push(stream),
                Ok(Err(_)) | Err(_) => break,
            }
        }
        assert!(open.len() > MAX_CONNECTIONS, "{} connections were made", open.len());
        let answer = async {
            loop {
                if let Ok(stream) = TcpStream::connect(address).await {
                    return asks(stream).await;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let answer = tokio::time::timeout(Duration::from_secs(20), answer).await.expect("an answer");
        assert!(answer.ends_with("alive\n"), "{answer}");
        drop(open);
    }
}
