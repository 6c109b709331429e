//! A fresh database of either engine for each story, and sample rows.

use futures::FutureExt as _;
use jiff::Timestamp;
use leadlens::{
    coach::{
        hat::Hats,
        ids::{ChannelId, MemberId, MessageRef, MessageTs, PromptId, RowId, TeamId, UserId},
        member::{Member, Zone},
        member_text::MemberText,
        nudge::{Nudge, NudgeState},
        prompt::NudgeReason,
        reflection::Reflection,
    },
    store::Store,
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::{future::Future, io::Write as _, panic::AssertUnwindSafe};

/// Runs each story on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! stories {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { $crate::fixture::on_sqlite(super::$story).await })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { $crate::fixture::on_postgres(super::$story).await })+
        }
    };
}

/// Runs a write transaction. Captured variables are moved into it.
#[macro_export]
macro_rules! write {
    ($store:expr, |$tx:ident| $work:expr) => {
        $store
            .write(move |$tx| Box::pin(async move { $work }))
            .await
            .map_err(|error: leadlens::store::StoreError| error)
    };
}

/// Runs a read transaction. Captured variables are moved into it.
#[macro_export]
macro_rules! read {
    ($store:expr, |$tx:ident| $work:expr) => {
        $store
            .read(move |$tx| Box::pin(async move { $work }))
            .await
            .map_err(|error: leadlens::store::StoreError| error)
    };
}

/// The database that a story runs on.
pub struct Fixture {
    pub store: Store,
    pub url: String,
}

pub async fn on_sqlite<F: Future<Output = ()>>(story: fn(Fixture) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("leadlens.db").display());
    let store = Store::open(&url).await.unwrap();
    story(Fixture { store, url }).await;
}

pub async fn on_postgres<F: Future<Output = ()>>(story: fn(Fixture) -> F) {
    let Some((server, mut admin)) = postgres().await else { return };
    let name = format!("leadlens_test_{:x}", getrandom::u64().unwrap());
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let url = format!("{}/{name}", server.trim_end_matches('/'));
    let told = AssertUnwindSafe(async {
        let store = Store::open(&url).await.unwrap();
        story(Fixture { store, url: url.clone() }).await;
    })
    .catch_unwind()
    .await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
    if let Err(panic) = told {
        std::panic::resume_unwind(panic);
    }
}

/// The test server and a connection to it, or `None` when there is none and none is required.
pub async fn postgres() -> Option<(String, PgConnection)> {
    let server = std::env::var("LEADLENS_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".to_owned());
    match PgConnection::connect(&format!("{}/postgres", server.trim_end_matches('/'))).await {
        Ok(admin) => Some((server, admin)),
        Err(error) => {
            let required = std::env::var("LEADLENS_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
            assert!(!required, "PostgreSQL is required, but {server} does not answer: {error}");
            // Writes past libtest's capture, so that the summary shows it.
            let _ = writeln!(std::io::stderr(), "PostgreSQL: skipped (no server at {server})");
            None
        }
    }
}

/// 2026-03-02T09:30:00Z, a Monday.
pub const MONDAY_MS: i64 = 1_772_443_800_000;

/// That Monday, some minutes later.
pub fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_millisecond(MONDAY_MS + minutes * 60_000).unwrap()
}

pub fn row(number: u32) -> RowId {
    RowId::new(MONDAY_MS, u128::from(number))
}

pub fn team() -> TeamId {
    TeamId::parse("T1").unwrap()
}

pub fn person(user: &str) -> MemberId {
    MemberId { team: team(), user: UserId::parse(user).unwrap() }
}

pub fn ana() -> MemberId {
    person("UANA")
}

pub fn ben() -> MemberId {
    person("UBEN")
}

pub fn prompt(name: &str) -> PromptId {
    PromptId::parse(name).unwrap()
}

pub fn message(channel: &str, ts: &str) -> MessageRef {
    MessageRef { channel: ChannelId::parse(channel).unwrap(), ts: MessageTs::parse(ts).unwrap() }
}

pub fn new_member(id: MemberId) -> Member {
    Member::new(id, Zone::parse("Europe/Berlin", false).unwrap(), minute(0))
}

/// Inserts these members.
pub async fn insert_members(store: &Store, people: &[MemberId]) {
    for id in people {
        let member = new_member(id.clone());
        assert!(write!(store, |tx| tx.insert_member(&member).await).unwrap());
    }
}

pub fn reflection(number: u32, member: MemberId, answer: &str) -> Reflection {
    let at = minute(i64::from(number));
    Reflection {
        answer: MemberText::new(answer),
        hat_said: Some(Hats::BOTH),
        ..Reflection::new(
            row(number),
            member,
            "What do you think the best move is?".to_owned(),
            at,
            jiff::tz::TimeZone::UTC.to_datetime(at).date(),
        )
    }
}

pub fn nudge(number: u32, member: MemberId) -> Nudge {
    Nudge {
        id: row(number),
        member,
        state: NudgeState::Waiting,
        prompt: prompt("stop-solving.open.1"),
        question: "What would happen if you asked first?".to_owned(),
        reason: NudgeReason::Sentence("You chose this practice.".to_owned()),
        slot_at: minute(i64::from(number)),
        asked_for: false,
        sent_at: None,
        message: None,
        skip_reason: None,
    }
}

/// Claims what is due in all workspaces and lanes, the longest due first.
pub async fn claim_everything(
    tx: &mut leadlens::store::Tx,
    now: Timestamp,
    until: Timestamp,
    owner: &str,
    limit: usize,
) -> Result<Vec<leadlens::store::OutboxRow>, leadlens::store::StoreError> {
    let mut rows = Vec::new();
    for due in tx.due_lanes(now).await? {
        let limit = limit - rows.len();
        rows.extend(tx.claim_due(&due.team, due.lane, now, until, owner, limit).await?);
    }
    rows.sort_by(|row, other| (row.due_at, &row.id).cmp(&(other.due_at, &other.id)));
    Ok(rows)
}
