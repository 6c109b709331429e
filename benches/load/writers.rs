//! Many writers at once: submitted check-ins over HTTP, committed with `synchronous=FULL` before they
//! are acknowledged, beside the bare endpoint that commits each request alone.

use crate::{
    Times, bare,
    disk::Disk,
    process::{self, Process},
    request::{Connection, submission_form},
};
use leadlens_sandbox::{Options, Sandbox, workspace::User};
use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const MEMBERS: u64 = 256;
const AT_ONCE: u64 = 64;
const REQUESTS_EACH: u64 = 150;

/// A bot of its own process, and the workspace it lives in.
pub struct Bot {
    pub process: Process,
    pub address: SocketAddr,
    pub sandbox: Sandbox,
    pub ready_after: Duration,
    database: PathBuf,
}

impl Bot {
    /// Serves both transports, on a database in a folder.
    pub async fn start(folder: &Path, disk: &Disk) -> Self {
        let people = (0..MEMBERS).map(|nth| User::new(&member(nth), "Load", "Europe/Berlin")).collect();
        let now = leadlens::clock::Env::real().now().as_millisecond();
        let sandbox = Sandbox::start(Options::new(now, people)).await.unwrap();
        let address = process::free_address();
        let database = folder.join("leadlens.db");
        let began = Instant::now();
        let (api_url, listen) = (sandbox.api_url(), address.to_string());
        let database_url = format!("sqlite://{}?mode=rwc", database.display());
        let environment = [
            ("SLACK_API_URL", api_url.as_str()),
            ("SLACK_BOT_TOKEN", sandbox.bot_token()),
            ("SLACK_APP_TOKEN", sandbox.app_token()),
            ("SLACK_SIGNING_SECRET", sandbox.signing_secret()),
            ("LEADLENS_LISTEN", listen.as_str()),
            ("DATABASE_URL", database_url.as_str()),
        ];
        let process = Process::leadlens(&environment, disk);
        process::until_well(address, "/readyz").await;
        Self { process, address, sandbox, ready_after: began.elapsed(), database }
    }

    /// All rows that it keeps.
    pub async fn rows(&self) -> i64 {
        let count = "SELECT (SELECT COUNT(*) FROM seen) + (SELECT COUNT(*) FROM member)
            + (SELECT COUNT(*) FROM reflection) + (SELECT COUNT(*) FROM nudge)
            + (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM job)";
        self.count(count).await
    }

    /// Every member has been met and has checked in once; what the bot says to them by itself has had time to begin.
    pub async fn meet_everybody(&self) {
        let mut connection = Connection::open(self.address).await;
        for nth in 0..MEMBERS {
            connection.post(&crate::request::command(&member(nth), 1_000_000 + nth)).await;
            connection.post(&submission_form(&member(nth), 1_000_000 + nth)).await;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }

    async fn count(&self, what: &'static str) -> i64 {
        let mut connection =
            SqliteConnectOptions::new().filename(&self.database).read_only(true).connect().await.unwrap();
        sqlx::query_scalar(what).fetch_one(&mut connection).await.unwrap()
    }
}

pub fn member(nth: u64) -> String {
    format!("ULOAD{}", nth % MEMBERS)
}

pub async fn run() {
    println!("\nwriters, {AT_ONCE} at once over HTTP, {REQUESTS_EACH} check-ins each");
    compare(&Disk::ThisOne).await;
    let library = tempfile::tempdir().unwrap();
    compare(&Disk::slowed(library.path())).await;
}

async fn compare(disk: &Disk) {
    println!("  on {}:", disk.name());
    let folder = tempfile::tempdir().unwrap();
    let (bare, address) = bare::start(folder.path(), disk);
    process::until_well(address, "/healthz").await;
    let alone =
        told("one commit per request (bare axum)", &bare, 1, load(address).await, REQUESTS_EACH * AT_ONCE);
    drop(bare);

    let bot = Bot::start(folder.path(), disk).await;
    bot.meet_everybody().await;
    let before = bot.rows().await;
    let cpu = bot.process.cpu();
    let loaded = load(bot.address).await;
    let meanwhile = bot.process.cpu().saturating_sub(cpu);
    let rows = bot.rows().await - before;
    let requests = REQUESTS_EACH * AT_ONCE;
    let each = |cpu: Duration| cpu.as_secs_f64() * 1_000.0 / requests as f64;
    let seconds = loaded.1.as_secs_f64();
    let rate = rows as f64 / seconds;
    println!(
        "    LeadLens: {:.0} requests/s, {rate:.0} rows/s, {:.2} ms CPU/request, {}",
        requests as f64 / seconds,
        each(meanwhile),
        loaded.0
    );
    println!("    rows/s, LeadLens to one commit per request: {:.1} times", rate / alone);
    let after = bot.process.at_rest().await.saturating_sub(cpu).saturating_sub(meanwhile);
    println!("    when they have passed, the lens and Home: {:.2} ms CPU/request", each(after));
}

/// Prints what a process did, and says its rows a second.
fn told(
    name: &str,
    process: &Process,
    rows_each: u64,
    (times, took): (Times, Duration),
    requests: u64,
) -> f64 {
    let rate = (requests * rows_each) as f64 / took.as_secs_f64();
    println!(
        "    {name}: {:.0} requests/s, {rate:.0} rows/s, {:.2} ms CPU/request, {times}",
        requests as f64 / took.as_secs_f64(),
        process.cpu().as_secs_f64() * 1_000.0 / requests as f64,
    );
    rate
}

async fn load(address: SocketAddr) -> (Times, Duration) {
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..AT_ONCE {
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await;
            let mut times = Vec::new();
            for nth in 0..REQUESTS_EACH {
                let nth = writer * REQUESTS_EACH + nth;
                times.push(connection.post(&submission_form(&member(nth), nth)).await);
            }
            times
        });
    }
    let times = tasks.join_all().await.concat();
    (Times::of(times), began.elapsed())
}
