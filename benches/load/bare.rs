//! What LeadLens's writing is compared with: a bare axum endpoint that checks the same signature and
//! does one insert per commit, on the same disk with the same pragmas.

use crate::{
    disk::Disk,
    process::{self, Process},
};
use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use leadlens::slack::transport::signature;
use secrecy::SecretString;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{net::SocketAddr, path::Path, process::Command, sync::Arc, time::SystemTime};

/// The first argument of the process that serves it.
pub const ROLE: &str = "--bare-endpoint";

struct Endpoint {
    pool: SqlitePool,
    secret: SecretString,
}

/// Starts it as a process of its own.
pub fn start(folder: &Path, disk: &Disk) -> (Process, SocketAddr) {
    let address = process::free_address();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(ROLE).arg(format!("{address}={}", folder.join("bare.db").display()));
    disk.under(&mut command);
    (Process::start(command), address)
}

/// Serves until the process is ended.
pub async fn serve(what: &str) {
    let (address, file) = what.split_once('=').unwrap();
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query("CREATE TABLE kept (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        .execute(&pool)
        .await
        .unwrap();
    let endpoint = Arc::new(Endpoint { pool, secret: SecretString::from(leadlens_sandbox::SIGNING_SECRET) });
    let router = Router::new()
        .route("/slack/events", post(keep))
        .route("/healthz", axum::routing::get(|| async { "alive" }))
        .with_state(endpoint);
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    axum::serve(listener, router).await.unwrap();
}

async fn keep(State(endpoint): State<Arc<Endpoint>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    #[expect(clippy::disallowed_methods, reason = "it is compared with, and has no clock to be moved")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let timestamp = header("x-slack-request-timestamp");
    let checked = signature::verify(
        &endpoint.secret,
        timestamp,
        header("x-slack-signature"),
        &body,
        i64::try_from(now).unwrap(),
    );
    if checked.is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    let kept = sqlx::query("INSERT INTO kept (body) VALUES ($1)").bind(text).execute(&endpoint.pool).await;
    if kept.is_ok() { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR }
}
