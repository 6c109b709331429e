//! `kill -9`, in a loop, of the real program while members submit, questions go out, and Slack's answers to
//! some posts are lost. Afterwards every submission that was acknowledged is there once and was read by the
//! lens, and everything due was posted once. Two programs over one PostgreSQL database, of which one is stopped
//! (`SIGSTOP`) until its leases are over, post everything once too; that test waits for real leases and runs by
//! `cargo test --test crash -- --ignored`. `crash/replicas.rs` has three of them and all kinds of trouble.
//!
//! The program runs on the machine's clock, so its members are made due before it starts. A lease of
//! ninety seconds is not waited for: while the program is dead, its leases are moved into the past.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]

#[path = "crash/replicas.rs"]
mod replicas;

use jiff::{ToSpan, civil::Weekday};
use leadlens::{
    clock::{Clock as _, SystemClock},
    coach::{
        cadence,
        ids::{MemberId, TeamId, UserId},
        member::{Cadence, Member, QuietHours, Zone},
    },
    slack::web_api::install_tls_provider,
    store::Store,
};
use leadlens_sandbox::{
    Options, Sandbox,
    script::Person,
    transcript::{message, plain},
    workspace::{Fault, User},
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use std::{
    cell::Cell,
    collections::BTreeMap,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Members whose question is due, and members who submit check-ins meanwhile.
const DUE: usize = 24;
const WRITERS: usize = 4;
const CHECKINS_EACH: usize = 5;

/// How often the program is killed over each transport.
const KILLS: usize = 6;

/// Long enough for a machine under load; reaching it fails the test.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two looks at a condition.
const A_MOMENT: Duration = Duration::from_millis(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    SocketMode,
    Http,
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_due_is_doubled_over_socket_mode() {
    survives_being_killed(Transport::SocketMode).await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_due_is_doubled_over_http() {
    survives_being_killed(Transport::Http).await;
}

async fn survives_being_killed(transport: Transport) {
    install_tls_provider();
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = workspace().await;
    let _clock = follow_the_clock(&sandbox);
    due_members(&sandbox, &url(folder.path()), 0..DUE).await;
    let port = free_port();
    if transport == Transport::Http {
        sandbox.deliver_over_http(&format!("http://127.0.0.1:{port}/slack/events"));
    }
    let acknowledged = Cell::new(0);
    let writing = async {
        let writers = (0..WRITERS).map(|nth| write(&sandbox, nth, &acknowledged));
        futures::future::join_all(writers).await
    };
    let killing = kill_in_a_loop(&sandbox, folder.path(), transport, port, &acknowledged);
    let both = async { tokio::join!(writing, killing) };
    let (answers, mut last) =
        tokio::time::timeout(PATIENCE, both).await.expect("it goes on after every kill");
    until_all_is_settled(folder.path(), &sandbox).await;
    last.kill().expect("a kill");
    last.wait().expect("an end");

    let answers: Vec<String> = answers.into_iter().flatten().collect();
    let mut database = database(folder.path()).await;
    let kept: Vec<String> =
        sqlx::query_scalar("select answer from reflection").fetch_all(&mut database).await.expect("answers");
    assert_each_kept_once(&answers, &kept);
    assert_each_posted_once(&sandbox, "[Reflect]", DUE);
    assert_each_posted_once(&sandbox, "I am LeadLens", WRITERS);
    sandbox.shutdown();
}

/// One of two programs is stopped in the middle of its posts. The other takes over when the leases are over,
/// and finds what was posted; the first then goes on where it was stopped.
#[tokio::test]
#[ignore = "waits two minutes for leases to end"]
async fn a_program_that_was_stopped_past_its_leases_posts_nothing_again() {
    let Some(url) = postgres_database().await else { return };
    install_tls_provider();
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = workspace().await;
    let _clock = follow_the_clock(&sandbox);
    due_members(&sandbox, &url, 0..DUE).await;
    sandbox.faults().fail_always("chat.postMessage", Fault::Slow(700));
    let mut programs: Vec<Child> =
        (0..2).map(|_| start_over(&sandbox, folder.path(), Transport::Http, free_port(), &url)).collect();
    until(|| posts(&sandbox) > 0).await;
    signal(&programs[0], "-STOP");
    let taken_over = async {
        while posts(&sandbox) < DUE {
            tokio::time::sleep(A_MOMENT).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(4), taken_over).await.expect("the other program takes over");
    let mut database = PgConnection::connect(&url).await.expect("the database");
    tokio::time::timeout(Duration::from_mins(4), until_sent(&mut database)).await.expect("all is settled");
    signal(&programs[0], "-CONT");
    tokio::time::sleep(Duration::from_secs(5)).await;
    for program in &mut programs {
        program.kill().expect("a kill");
        program.wait().expect("an end");
    }
    assert_each_posted_once(&sandbox, "[Reflect]", DUE);
    sandbox.shutdown();
}

/// Every answer that was acknowledged is there, once, and nothing else is.
fn assert_each_kept_once(acknowledged: &[String], kept: &[String]) {
    for answer in acknowledged {
        assert_eq!(kept.iter().filter(|kept| *kept == answer).count(), 1, "{answer}");
    }
    assert_eq!(kept.len(), acknowledged.len(), "nothing else is there");
}

/// So many members have a message that contains this, each of them one.
fn assert_each_posted_once(sandbox: &Sandbox, contains: &str, members: usize) {
    let posted = messages_with(sandbox, contains);
    assert_eq!(posted.len(), members, "{posted:?}");
    assert!(posted.values().all(|count| *count == 1), "each was posted once: {posted:?}");
}

/// A new database on the PostgreSQL server of the tests, if there is one.
async fn postgres_database() -> Option<String> {
    let server = std::env::var("LEADLENS_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".to_owned());
    let Ok(mut admin) = PgConnection::connect(&format!("{server}/postgres")).await else {
        assert_ne!(std::env::var("LEADLENS_REQUIRE_POSTGRES").as_deref(), Ok("1"));
        eprintln!("PostgreSQL: skipped (no server at {server})");
        return None;
    };
    let name = format!("leadlens_crash_{:x}", SystemClock.now().as_millisecond());
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database");
    Some(format!("{server}/{name}"))
}

async fn until_sent(database: &mut PgConnection) {
    let unsent = "select count(*) from outbox where state <> 'sent'";
    while sqlx::query_scalar::<_, i64>(unsent).fetch_one(&mut *database).await.expect("a count") > 0 {
        tokio::time::sleep(A_MOMENT).await;
    }
}

fn signal(program: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &program.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

fn due(nth: usize) -> String {
    format!("U0DUE{nth:02}")
}

fn writer(nth: usize) -> String {
    format!("U0PEN{nth:02}")
}

async fn workspace() -> Sandbox {
    let due = (0..DUE).map(|nth| User::new(&due(nth), "Due", "UTC"));
    let writers = (0..WRITERS).map(|nth| User::new(&writer(nth), "Pen", "UTC"));
    let mut options = Options::new(SystemClock.now().as_millisecond(), due.chain(writers).collect());
    options.ack_timeout = Duration::from_millis(800);
    Sandbox::start(options).await.expect("a sandbox")
}

/// Slack's clock is the machine's, as the program's is.
fn follow_the_clock(sandbox: &Sandbox) -> tokio_util::task::AbortOnDropHandle<()> {
    let sandbox = sandbox.clone();
    tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            sandbox.set_now_ms(SystemClock.now().as_millisecond());
            tokio::time::sleep(A_MOMENT).await;
        }
    }))
}

/// Members with a slot a minute ago, whom the program finds when it starts, or is told of.
async fn due_members(sandbox: &Sandbox, url: &str, which: std::ops::Range<usize>) {
    let store = Store::open(url).await.expect("a database");
    let peers = store.join_peers(std::sync::Arc::default()).await.expect("nobody moves it");
    let team = TeamId::parse(&sandbox.team_id()).expect("a team");
    let now = SystemClock.now();
    let slot = Zone::utc().local(now) - 1.minute();
    let slot = slot.with().second(0).subsec_nanosecond(0).build().expect("a minute");
    let slot_at = cadence::resolve(slot.date(), slot.time(), &Zone::utc().time_zone());
    let week: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
    for nth in which {
        let id = MemberId { team: team.clone(), user: UserId::parse(&due(nth)).expect("a user") };
        let mut member = Member::new(id, Zone::utc(), now);
        member.welcomed_at = Some(now);
        member.cadence = Some(Cadence::new(&week, &[slot.time()]).expect("a cadence"));
        member.quiet = QuietHours { from: slot.time(), to: slot.time() };
        member.next_slot_at = Some(slot_at);
        let kept = store.write(move |tx| Box::pin(async move { tx.insert_member(&member).await }));
        assert!(kept.await.expect("a member"));
    }
    peers.leave().await;
    store.close().await;
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("leadlens.db").display())
}

async fn database(folder: &Path) -> SqliteConnection {
    let url = format!("sqlite://{}", folder.join("leadlens.db").display());
    SqliteConnection::connect(&url).await.expect("the database")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn start(sandbox: &Sandbox, folder: &Path, transport: Transport, port: u16) -> Child {
    start_over(sandbox, folder, transport, port, &url(folder))
}

fn start_over(
    sandbox: &Sandbox,
    folder: &Path,
    transport: Transport,
    port: u16,
    database_url: &str,
) -> Child {
    program(sandbox, folder, transport, port, database_url).spawn().expect("the program")
}

fn program(sandbox: &Sandbox, folder: &Path, transport: Transport, port: u16, database_url: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_leadlens"));
    program
        .arg("serve")
        .current_dir(folder)
        .env_clear()
        .env("SLACK_API_URL", sandbox.api_url())
        .env("SLACK_BOT_TOKEN", sandbox.bot_token())
        .env("LEADLENS_LISTEN", format!("127.0.0.1:{port}"))
        .env("DATABASE_URL", database_url)
        .env("LEADLENS_LOG", "error")
        .stdout(Stdio::null());
    match transport {
        Transport::SocketMode => {
            program.env("SLACK_APP_TOKEN", sandbox.app_token()).env("SLACK_CONNECTIONS", "2")
        }
        Transport::Http => program.env("SLACK_SIGNING_SECRET", sandbox.signing_secret()),
    };
    program
}

/// Kills the program again and again, each time the moment something more was posted or kept, and
/// leaves the last one running.
async fn kill_in_a_loop(
    sandbox: &Sandbox,
    folder: &Path,
    transport: Transport,
    port: u16,
    acknowledged: &Cell<usize>,
) -> Child {
    for nth in 0..KILLS {
        // Slack takes a message, and the program does not hear of it.
        sandbox
            .faults()
            .fail("chat.postMessage", if nth % 2 == 0 { Fault::CutAfter } else { Fault::ServerErrorAfter });
        let mut program = start(sandbox, folder, transport, port);
        let (posts, acks) = (posts(sandbox), acknowledged.get());
        // Every other time the post is what it dies of, else the submission.
        let more = |now: usize, before: usize, total: usize| now > before || now >= total;
        until(|| match nth % 2 {
            0 => more(self::posts(sandbox), posts + nth % 3, DUE + WRITERS),
            _ => more(acknowledged.get(), acks, WRITERS * CHECKINS_EACH),
        })
        .await;
        program.kill().expect("kill -9");
        program.wait().expect("an end");
        let mut database = database(folder).await;
        for moved in [
            "update outbox set wake_at = 1 where lease_owner is not null and wake_at is not null",
            "update outbox set wake_at = 1 where state = 'in-doubt'",
            "update job set wake_at = 1 where lease_owner is not null and wake_at is not null",
        ] {
            sqlx::query(moved).execute(&mut database).await.expect("leases and waits that are over");
        }
    }
    start(sandbox, folder, transport, port)
}

fn posts(sandbox: &Sandbox) -> usize {
    sandbox.look(|state| state.channels.values().flat_map(|it| &it.messages).filter(|it| it.bot).count())
}

async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(A_MOMENT).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it comes about");
}

/// Checks in, and goes on until each submission is acknowledged, as a member does who sees Slack's
/// sentence and taps again. What was acknowledged.
async fn write(sandbox: &Sandbox, nth: usize, acknowledged: &Cell<usize>) -> Vec<String> {
    let pen = sandbox.person(&writer(nth));
    let mut answers = Vec::new();
    for round in 0..CHECKINS_EACH {
        while title(&pen) != "Check in" {
            let typed = pen.types("/leadlens checkin").await;
            if typed.acked {
                // The form comes after the acknowledgement, unless the program dies in between.
                let opens = async {
                    while title(&pen) != "Check in" {
                        tokio::time::sleep(A_MOMENT).await;
                    }
                };
                let _ = tokio::time::timeout(Duration::from_millis(500), opens).await;
            } else {
                tokio::time::sleep(A_MOMENT).await;
            }
        }
        let answer = format!("Move {round} of {nth}.");
        pen.in_modal().fills("answer", &answer).expect("an input");
        pen.in_modal().fills("hat", "Both").expect("a choice");
        loop {
            let submitted = pen.in_modal().submits().await.expect("the form");
            // Without the database the form stays open and says so.
            let is_refused = submitted.ack.is_some_and(|ack| ack["response_action"] == "errors");
            if submitted.acked && !is_refused {
                break;
            }
            tokio::time::sleep(A_MOMENT).await;
        }
        assert_eq!(title(&pen), "One more question", "what is acknowledged is answered");
        pen.in_modal().closes();
        acknowledged.set(acknowledged.get() + 1);
        answers.push(answer);
    }
    answers
}

fn title(pen: &Person) -> String {
    pen.in_modal().view().map(|view| plain(&view.content["title"])).unwrap_or_default()
}

/// Nothing waits, is leased, in doubt or unread any more.
async fn until_all_is_settled(folder: &Path, sandbox: &Sandbox) {
    let mut database = database(folder).await;
    let unsettled = "select (select count(*) from outbox where state in ('waiting', 'leased', 'in-doubt')) \
                     + (select count(*) from job where failed_at is null) \
                     + (select count(*) from reflection where read_at is null)";
    let wait = async {
        loop {
            let count: i64 = sqlx::query_scalar(unsettled).fetch_one(&mut database).await.expect("a count");
            if count == 0 && posts(sandbox) >= DUE + WRITERS {
                return;
            }
            tokio::time::sleep(A_MOMENT).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("everything is settled in the end");
}

/// How many messages with a text each direct message holds, if any.
fn messages_with(sandbox: &Sandbox, text: &str) -> BTreeMap<String, usize> {
    sandbox.look(|state| {
        let mut counts = BTreeMap::new();
        for channel in state.channels.values() {
            let count = channel.messages.iter().filter(|it| it.bot && message(it).contains(text)).count();
            if count > 0 {
                counts.insert(channel.id.clone(), count);
            }
        }
        counts
    })
}
