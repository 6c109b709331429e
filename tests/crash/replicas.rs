//! Three replicas over one PostgreSQL database, behind a load balancer as Slack sees it. While members submit and
//! questions come due in waves, one is killed, one is stopped (`SIGSTOP`), one is cut off from PostgreSQL by a network
//! that drops everything, PostgreSQL ends every connection, and one is replaced in a rolling restart. Nothing that was
//! acknowledged is lost, and nothing is posted twice.
//!
//! A lease is not waited for: that of the replica in trouble is moved into the past. Its log names the owner.

use super::*;
use std::{
    fs::File,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};
use tokio_util::task::AbortOnDropHandle;

const REPLICAS: usize = 3;
/// Each wave of questions meets one trouble.
const WAVES: usize = 4;

#[tokio::test]
async fn three_replicas_lose_and_double_nothing_whatever_befalls_one_of_them() {
    let Some(url) = postgres_database().await else { return };
    install_tls_provider();
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = workspace().await;
    let _clock = follow_the_clock(&sandbox);
    // Long enough that trouble comes between a post and its settlement.
    sandbox.faults().fail_always("chat.postMessage", Fault::Slow(60));
    let mut replicas = Vec::new();
    for nth in 0..REPLICAS {
        replicas.push(Replica::start(&sandbox, folder.path(), nth, &url).await);
    }
    let balancer = Balancer::over(replicas.iter().map(|replica| replica.port).collect()).await;
    sandbox.deliver_over_http(&format!("http://{}/slack/events", balancer.address));
    let living = live_through_trouble(&sandbox, folder.path(), &url, &mut replicas);
    let answers = tokio::time::timeout(PATIENCE * 3, living).await.expect("it goes on whatever happens");
    for replica in &mut replicas {
        replica.stop_gracefully().await;
    }
    // Nobody holds a lease any more: what is left of one is over.
    let mut database = PgConnection::connect(&url).await.expect("the database");
    for table in ["outbox", "job"] {
        let over =
            format!("update {table} set wake_at = 1 where wake_at is not null and lease_owner is not null");
        database.execute(AssertSqlSafe(over)).await.expect("leases that are over");
    }
    let mut last = Replica::start(&sandbox, folder.path(), REPLICAS, &url).await;
    let settling = until_settled(&mut database);
    tokio::time::timeout(PATIENCE, settling).await.expect("everything is settled in the end");
    last.stop_gracefully().await;

    let kept: Vec<String> =
        sqlx::query_scalar("select answer from reflection").fetch_all(&mut database).await.expect("answers");
    assert_eq!(answers.len(), WRITERS * CHECKINS_EACH);
    assert_each_kept_once(&answers, &kept);
    assert_each_posted_once(&sandbox, "[Reflect]", DUE);
    assert_each_posted_once(&sandbox, "I am LeadLens", WRITERS);
    sandbox.shutdown();
}

/// One wave of questions and one member's check-ins after the other, each with its trouble. What was acknowledged.
async fn live_through_trouble(
    sandbox: &Sandbox,
    folder: &Path,
    url: &str,
    replicas: &mut [Replica],
) -> Vec<String> {
    let (acknowledged, mut answers) = (Cell::new(0), Vec::new());
    for wave in 0..WAVES {
        let writing = write(sandbox, wave, &acknowledged);
        let (written, ()) = tokio::join!(writing, trouble(wave, sandbox, folder, url, replicas));
        answers.extend(written);
    }
    answers
}

async fn trouble(wave: usize, sandbox: &Sandbox, folder: &Path, url: &str, replicas: &mut [Replica]) {
    let (from, to) = (wave * DUE / WAVES, (wave + 1) * DUE / WAVES);
    // The replicas sleep for half a minute: they are told of the new work.
    due_members(sandbox, url, from..to).await;
    until(|| questions(sandbox) > from).await;
    let replica = &mut replicas[wave % REPLICAS];
    match wave {
        0 => {
            replica.process.kill().expect("kill -9");
            replica.process.wait().expect("an end");
            all_asked(sandbox, url, to, Some(replica)).await;
            *replica = Replica::start_on(replica.port, sandbox, folder, wave, url).await;
        }
        1 => {
            signal(&replica.process, "-STOP");
            all_asked(sandbox, url, to, Some(replica)).await;
            signal(&replica.process, "-CONT");
        }
        2 => {
            replica.wire.cut();
            all_asked(sandbox, url, to, Some(replica)).await;
            replica.wire.heal();
        }
        _ => {
            let mut admin = PgConnection::connect(url).await.expect("the database");
            let all = "select pg_terminate_backend(pid) from pg_stat_activity \
                       where datname = current_database() and pid <> pg_backend_pid()";
            let ended = admin.fetch_all(all).await.expect("an administrator");
            assert!(ended.len() > REPLICAS, "each listens and works");
            all_asked(sandbox, url, to, None).await;
            // As in a rolling restart.
            replica.stop_gracefully().await;
            *replica = Replica::start_on(replica.port, sandbox, folder, wave, url).await;
        }
    }
}

/// Waits until so many questions were posted. Meanwhile the time of the replica in trouble is over: PostgreSQL ends its
/// sessions, as it does with those that are silent for a minute, and its leases end. What is in doubt is looked into
/// without the pause before it.
async fn all_asked(sandbox: &Sandbox, url: &str, count: usize, troubled: Option<&Replica>) {
    let mut database = PgConnection::connect(url).await.expect("the database");
    let owner = troubled.map(|replica| replica.owner.as_str()).unwrap_or_default();
    let asking = async {
        while questions(sandbox) < count {
            if let Some(replica) = troubled {
                let ended =
                    "select pg_terminate_backend(pid) from pg_stat_activity where client_port = any($1)";
                sqlx::query(ended).bind(replica.wire.ports()).execute(&mut database).await.expect("sessions");
            }
            for moved in [
                "update outbox set wake_at = 1 where lease_owner = $1 and wake_at > 1",
                "update outbox set wake_at = 1 \
                 where state = 'in-doubt' and coalesce(lease_owner, $1) = $1 and wake_at > 1",
                "update job set wake_at = 1 where lease_owner = $1 and wake_at > 1",
                // A claim or an attempt whose commit a replica did not hear of, because its connection was ended.
                "update outbox set wake_at = 1 where state = 'leased' and wake_at > 1 and lease_owner <> $1 \
                 and (attempted_at is null or attempted_at < 1000 * extract(epoch from now()) - 10000)",
            ] {
                let done = sqlx::query(moved).bind(owner).execute(&mut database).await;
                done.expect("leases and waits that are over");
            }
            tell(&mut database).await;
            tokio::time::sleep(A_MOMENT).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("the others take over");
}

/// What this test moves, the replicas find by looking; so they are told to look.
async fn tell(database: &mut PgConnection) {
    database.execute("select pg_notify('leadlens_work', '')").await.expect("a notification");
}

fn questions(sandbox: &Sandbox) -> usize {
    messages_with(sandbox, "[Reflect]").values().sum()
}

async fn until_settled(database: &mut PgConnection) {
    let unsettled = "select (select count(*) from outbox where state in ('waiting', 'leased', 'in-doubt')) \
                     + (select count(*) from job where failed_at is null) \
                     + (select count(*) from reflection where read_at is null)";
    while sqlx::query_scalar::<_, i64>(unsettled).fetch_one(&mut *database).await.expect("a count") > 0 {
        let doubts =
            "update outbox set wake_at = 1 where state = 'in-doubt' and lease_owner is null and wake_at > 1";
        database.execute(doubts).await.expect("waits that are over");
        tell(database).await;
        tokio::time::sleep(A_MOMENT).await;
    }
}

struct Replica {
    process: Child,
    port: u16,
    wire: Wire,
    /// Of its leases.
    owner: String,
}

impl Replica {
    async fn start(sandbox: &Sandbox, folder: &Path, nth: usize, url: &str) -> Self {
        Self::start_on(free_port(), sandbox, folder, 100 + nth, url).await
    }

    async fn start_on(port: u16, sandbox: &Sandbox, folder: &Path, name: usize, url: &str) -> Self {
        let server = url::Url::parse(url).expect("an address");
        let host = server.host_str().expect("a host");
        let wire = Wire::to(format!("{host}:{}", server.port().unwrap_or(5432))).await;
        let mut through = server.clone();
        through.set_host(Some("127.0.0.1")).expect("a host");
        through.set_port(Some(wire.address.port())).expect("a port");
        let log = folder.join(format!("replica-{name}.log"));
        let mut program = program(sandbox, folder, Transport::Http, port, through.as_str());
        program.env("LEADLENS_LOG", "leadlens=debug").stderr(File::create(&log).expect("a log"));
        let process = program.spawn().expect("the program");
        let owner = owner_in(&log).await;
        until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        Self { process, port, wire, owner }
    }

    async fn stop_gracefully(&mut self) {
        signal(&self.process, "-TERM");
        let ending = async {
            while self.process.try_wait().expect("a status").is_none() {
                tokio::time::sleep(A_MOMENT).await;
            }
        };
        tokio::time::timeout(PATIENCE, ending).await.expect("it ends");
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // A replica that has ended already is fine, too.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The owner of the leases, which the first step of a worker says.
async fn owner_in(log: &PathBuf) -> String {
    let looking = async {
        loop {
            let text = std::fs::read_to_string(log).unwrap_or_default();
            let plain: String =
                text.replace("\u{1b}[3m", "").replace("\u{1b}[0m", "").replace("\u{1b}[2m", "");
            let owner = plain.split("worker=").nth(1);
            let owner: String =
                owner.unwrap_or_default().chars().take_while(char::is_ascii_alphanumeric).collect();
            if owner.len() == 16 {
                return owner;
            }
            tokio::time::sleep(A_MOMENT).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("the worker begins")
}

/// Shares connections out among the replicas that accept them, one after the other.
struct Balancer {
    address: SocketAddr,
    _task: AbortOnDropHandle<()>,
}

impl Balancer {
    async fn over(ports: Vec<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let next = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (ports, next) = (ports.clone(), Arc::clone(&next));
                tokio::spawn(async move {
                    for _ in 0..ports.len() {
                        let port = ports[next.fetch_add(1, Ordering::Relaxed) % ports.len()];
                        if let Ok(replica) = TcpStream::connect(("127.0.0.1", port)).await {
                            let (_, always) = watch::channel(true);
                            return pass(client, replica, always).await;
                        }
                    }
                });
            }
        });
        Self { address, _task: AbortOnDropHandle::new(task) }
    }
}

/// A network between a replica and PostgreSQL that can stop carrying anything, in silence.
struct Wire {
    address: SocketAddr,
    carries: watch::Sender<bool>,
    /// From which ports PostgreSQL was reached.
    ports: Arc<Mutex<Vec<i32>>>,
    _task: AbortOnDropHandle<()>,
}

impl Wire {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (carries, carrying) = watch::channel(true);
        let ports: Arc<Mutex<Vec<i32>>> = Arc::default();
        let used = Arc::clone(&ports);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, carrying, used) = (server.clone(), carrying.clone(), Arc::clone(&used));
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(&server).await {
                        let from = server.local_addr().expect("an address").port();
                        used.lock().expect("no panic").push(i32::from(from));
                        pass(client, server, carrying).await;
                    }
                });
            }
        });
        Self { address, carries, ports, _task: AbortOnDropHandle::new(task) }
    }

    fn ports(&self) -> Vec<i32> {
        self.ports.lock().expect("no panic").clone()
    }

    fn cut(&self) {
        self.carries.send_replace(false);
    }

    fn heal(&self) {
        self.carries.send_replace(true);
    }
}

/// Carries bytes both ways until one side closes.
async fn pass(one: TcpStream, other: TcpStream, carries: watch::Receiver<bool>) {
    let ((from_one, to_one), (from_other, to_other)) = (one.into_split(), other.into_split());
    tokio::select! {
        () = pass_on(from_one, to_other, carries.clone()) => {}
        () = pass_on(from_other, to_one, carries) => {}
    }
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut carries: watch::Receiver<bool>) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        // Without a sender nothing cuts this wire any more.
        let _ = carries.wait_for(|carries| *carries).await;
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
