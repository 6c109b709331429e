//! A database moves to the other engine and back: whole, once, although it is interrupted anywhere; and not while
//! somebody uses it, nor over somebody else's rows.

use crate::{fixture::*, read, stories, write};
use leadlens::{
    coach::member_text::MemberText,
    store::{
        Engine, OpenError, Schema, Stage, Store, TransferError, TransferProgress, Transferred, transfer,
    },
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Notify;

stories!(
    everything_moves_and_comes_back_the_same,
    an_interrupted_transfer_resumes_where_it_was,
    a_database_that_changed_meanwhile_is_copied_again,
    a_database_that_is_used_is_not_moved,
    a_target_with_data_of_another_origin_is_refused,
    a_schema_of_another_version_is_refused,
    half_a_database_is_not_served,
    a_text_with_nul_that_some_other_program_wrote,
    replicas_tell_each_other_of_new_work,
);

const ANSWERS: [&str; 8] = [
    "",
    "plain",
    "NUL \0 and escape \u{1b}0\u{1b}1\u{1b}",
    "🌴👩🏽‍🚀 e\u{301} ﷽ \u{202e}right to left\u{202c} 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "'; DROP TABLE reflection; -- \" \\ %s $1 {}",
    "line\r\nbreaks\n\ttabs",
    "\u{feff}\u{fffd}\u{10ffff}",
    " spaces at both ends ",
];

/// The database next door, of the other engine, empty and without a schema.
struct Elsewhere {
    url: String,
    _folder: Option<tempfile::TempDir>,
    name: Option<(String, String)>,
}

impl Elsewhere {
    async fn of(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Postgres => Some(Self::new_file()),
            Engine::Sqlite => {
                let (server, mut admin) = postgres().await?;
                let name = format!("leadlens_test_{:x}", getrandom::u64().unwrap());
                admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
                let server = server.trim_end_matches('/').to_owned();
                Some(Self { url: format!("{server}/{name}"), _folder: None, name: Some((server, name)) })
            }
        }
    }

    fn new_file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("moved.db").display());
        Self { url, _folder: Some(folder), name: None }
    }

    async fn drop(self) {
        if let Some((server, name)) = self.name {
            let mut admin = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
            admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
        }
    }
}

/// Members with more rows than are copied at once, and every odd text.
async fn furnish(store: &Store) {
    insert_members(store, &[ana(), ben()]).await;
    let huge = "🌴".repeat(250_000);
    write!(store, |tx| {
        for (number, answer) in (0..).zip(ANSWERS) {
            tx.insert_reflection(&reflection(number, ana(), answer)).await?;
        }
        tx.insert_reflection(&reflection(100, ben(), &huge)).await?;
        for number in 0..1_203 {
            tx.record_delivery(&format!("delivery-{number}"), Some("{\"v\":1}"), minute(number)).await?;
        }
        Ok(())
    })
    .unwrap();
}

async fn moved(from: &str, to: &str) -> Result<Transferred, TransferError> {
    transfer(from, to, minute(0), &mut |_| {}).await
}

fn sums(done: &Transferred) -> BTreeMap<String, String> {
    done.tables.iter().map(|table| (table.name.clone(), table.checksum.to_string())).collect()
}

async fn everything_moves_and_comes_back_the_same(fixture: Fixture) {
    let Some(elsewhere) = Elsewhere::of(fixture.store.engine()).await else { return };
    furnish(&fixture.store).await;
    fixture.store.close().await;
    let mut seen: Vec<TransferProgress> = Vec::new();
    let there = transfer(&fixture.url, &elsewhere.url, minute(0), &mut |now| seen.push(now)).await.unwrap();
    assert!(!there.resumed && !there.began_again);
    let (first, last) = (seen.first().unwrap(), seen.last().unwrap());
    assert_eq!((first.stage, last.stage, last.done), (Stage::Copying, Stage::Comparing, last.total));
    assert!(last.total > 1_200, "{last:?}");

    let new_home = Store::open(&elsewhere.url).await.unwrap();
    assert_ne!(new_home.engine(), Store::inspect(&fixture.url).await.unwrap().0);
    let kept = read!(new_home, |tx| tx.reflections_of(&ana()).await).unwrap();
    let mut answers: Vec<String> = kept.iter().map(|one| one.answer.reveal().to_owned()).collect();
    answers.sort();
    let mut expected = ANSWERS.map(str::to_owned);
    expected.sort();
    assert_eq!(answers, expected);
    let bens = read!(new_home, |tx| tx.reflections_of(&ben()).await).unwrap();
    assert_eq!(bens[0].answer, MemberText::new("🌴".repeat(250_000)));
    assert_eq!(read!(new_home, |tx| tx.find_member(&ana()).await), Ok(Some(new_member(ana()))));
    new_home.close().await;

    let again = moved(&fixture.url, &elsewhere.url).await;
    assert_eq!(again, Err(TransferError::Finished));
    let home = Elsewhere::of(match Store::inspect(&elsewhere.url).await.unwrap().0 {
        Engine::Sqlite => Engine::Sqlite,
        Engine::Postgres => Engine::Postgres,
    });
    let home = home.await.unwrap();
    let back = moved(&elsewhere.url, &home.url).await.unwrap();
    assert_eq!(sums(&there), sums(&back), "the same on every side");
    home.drop().await;
    elsewhere.drop().await;
}

/// As a kill does: whatever was committed stays, and nothing says goodbye. `None`: it was interrupted.
async fn interrupted(from: &str, to: &str, after: usize) -> Option<Result<Transferred, TransferError>> {
    let stop = Arc::new(Notify::new());
    let mut steps = 0;
    let mut count = |_| {
        steps += 1;
        if steps == after {
            stop.notify_one();
        }
    };
    tokio::select! {
        biased;
        () = stop.notified() => None,
        done = transfer(from, to, minute(0), &mut count) => Some(done),
    }
}

async fn an_interrupted_transfer_resumes_where_it_was(fixture: Fixture) {
    let Some(elsewhere) = Elsewhere::of(fixture.store.engine()).await else { return };
    furnish(&fixture.store).await;
    fixture.store.close().await;
    // Each time a little later: in every table's first page, between two pages, and while both are compared.
    for after in [1, 1, 1, 1, 2, 3, 5, 8, 13, 21, 34] {
        assert!(interrupted(&fixture.url, &elsewhere.url, after).await.is_none(), "{after}");
        until_free(&elsewhere.url).await;
    }
    let done = moved(&fixture.url, &elsewhere.url).await.unwrap();
    assert!(done.resumed && !done.began_again, "{done:?}");
    let rows: u64 = done.tables.iter().map(|table| table.checksum.rows).sum();
    assert_eq!(rows, 2 + 9 + 1_203);
    elsewhere.drop().await;
}

/// A server notices a moment later that the program is gone.
async fn until_free(url: &str) {
    while let Ok(Err(OpenError::InUse)) = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        let store = Store::open(url).await?;
        let joined = store.join_peers(Arc::default()).await;
        store.close().await;
        joined.map(drop)
    })
    .await
    {
        tokio::task::yield_now().await;
    }
}

async fn a_database_that_changed_meanwhile_is_copied_again(fixture: Fixture) {
    let Some(elsewhere) = Elsewhere::of(fixture.store.engine()).await else { return };
    furnish(&fixture.store).await;
    assert!(interrupted(&fixture.url, &elsewhere.url, 3).await.is_none());
    until_free(&elsewhere.url).await;
    let changed = write!(fixture.store, |tx| {
        tx.insert_member(&new_member(person("UAAA"))).await?;
        tx.insert_reflection(&reflection(200, person("UAAA"), "written after the interruption")).await
    });
    changed.unwrap();
    let done = moved(&fixture.url, &elsewhere.url).await.unwrap();
    assert!(done.resumed && done.began_again, "{done:?}");
    let new_home = Store::open(&elsewhere.url).await.unwrap();
    assert!(read!(new_home, |tx| tx.find_member(&person("UAAA")).await).unwrap().is_some());
    new_home.close().await;
    elsewhere.drop().await;
}

async fn a_database_that_is_used_is_not_moved(fixture: Fixture) {
    let Some(elsewhere) = Elsewhere::of(fixture.store.engine()).await else { return };
    let served = fixture.store.join_peers(Arc::default()).await.unwrap();
    let second = fixture.store.join_peers(Arc::default()).await.expect("replicas share a database");
    let refused = moved(&fixture.url, &elsewhere.url).await.unwrap_err();
    assert!(refused.to_string().starts_with("--from: the database is in use"), "{refused}");
    let other = Store::open(&elsewhere.url).await.unwrap();
    served.leave().await;
    second.leave().await;
    let target_served = other.join_peers(Arc::default()).await.unwrap();
    until_free(&fixture.url).await;
    let refused = moved(&fixture.url, &elsewhere.url).await.unwrap_err();
    assert_eq!(refused, TransferError::TargetInUse);
    target_served.leave().await;
    other.close().await;
    until_free(&elsewhere.url).await;
    assert_eq!(moved(&fixture.url, &fixture.url).await, Err(TransferError::TargetInUse), "onto itself");

    let mut joined = None;
    let mut seen = false;
    furnish(&fixture.store).await;
    let store = fixture.store.clone();
    let (ask, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let asking = tokio::spawn(async move {
        asked.recv().await;
        store.join_peers(Arc::default()).await.map(drop)
    });
    let mut hold = |_| {
        if !seen {
            seen = true;
            ask.send(()).unwrap();
        }
        // The transfer waits here until somebody has tried to come in.
        while joined.is_none() && !asking.is_finished() {
            std::thread::yield_now();
        }
        joined = Some(());
    };
    transfer(&fixture.url, &elsewhere.url, minute(0), &mut hold).await.unwrap();
    assert_eq!(asking.await.unwrap(), Err(OpenError::InUse));
    elsewhere.drop().await;
}

async fn a_target_with_data_of_another_origin_is_refused(fixture: Fixture) {
    let Some(elsewhere) = Elsewhere::of(fixture.store.engine()).await else { return };
    furnish(&fixture.store).await;
    let other = Store::open(&elsewhere.url).await.unwrap();
    insert_members(&other, &[person("UELSE")]).await;
    assert_eq!(moved(&fixture.url, &elsewhere.url).await, Err(TransferError::TargetHasData));
    assert!(read!(other, |tx| tx.find_member(&person("UELSE")).await).unwrap().is_some(), "it is untouched");
    other.close().await;

    // Half of another database's rows are that one's, too.
    let Some(half) = Elsewhere::of(fixture.store.engine()).await else { return };
    let third = Elsewhere::new_file();
    let third_store = Store::open(&third.url).await.unwrap();
    furnish(&third_store).await;
    assert!(interrupted(&third.url, &half.url, 2).await.is_none());
    until_free(&half.url).await;
    assert_eq!(moved(&fixture.url, &half.url).await, Err(TransferError::TargetHasData));

    let nothing = Elsewhere::new_file();
    assert_eq!(moved(&nothing.url, &half.url).await, Err(TransferError::NoDatabase));
    half.drop().await;
    elsewhere.drop().await;
}

async fn a_schema_of_another_version_is_refused(fixture: Fixture) {
    let Some(elsewhere) = Elsewhere::of(fixture.store.engine()).await else { return };
    furnish(&fixture.store).await;
    Store::open(&elsewhere.url).await.unwrap().close().await;
    for (url, side) in [(&fixture.url, "--from"), (&elsewhere.url, "--to")] {
        for (change, back) in [(1, -1), (-1, 1)] {
            let mut connection = AnyConnection::connect(url).await.unwrap();
            let newest = "(SELECT MAX(version) FROM _sqlx_migrations)";
            let step = |by: i64| match by {
                // One that this program does not know, or one that is not run yet.
                1 => format!(
                    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     SELECT version + 1, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = {newest}"
                ),
                _ => format!("DELETE FROM _sqlx_migrations WHERE version = {newest}"),
            };
            if change == -1 {
                connection.execute("CREATE TABLE kept AS SELECT * FROM _sqlx_migrations").await.unwrap();
            }
            connection.execute(AssertSqlSafe(step(change))).await.unwrap();
            let expected = if change == 1 { Schema::Ahead } else { Schema::Behind(1) };
            assert_eq!(Store::inspect(url).await.unwrap().1, expected);
            let refused = moved(&fixture.url, &elsewhere.url).await.unwrap_err().to_string();
            assert!(refused.starts_with(&format!("{side}: the schema is of another version")), "{refused}");
            if back == -1 {
                connection.execute(AssertSqlSafe(step(back))).await.unwrap();
            } else {
                let restored = "DELETE FROM _sqlx_migrations; INSERT INTO _sqlx_migrations SELECT * FROM kept; \
                                DROP TABLE kept";
                connection.execute(restored).await.unwrap();
            }
            connection.close().await.unwrap();
        }
    }
    assert!(moved(&fixture.url, &elsewhere.url).await.is_ok());
    elsewhere.drop().await;
}

async fn half_a_database_is_not_served(fixture: Fixture) {
    let Some(elsewhere) = Elsewhere::of(fixture.store.engine()).await else { return };
    furnish(&fixture.store).await;
    assert!(interrupted(&fixture.url, &elsewhere.url, 2).await.is_none());
    until_free(&elsewhere.url).await;
    let half = Store::open(&elsewhere.url).await.unwrap();
    let refused = half.join_peers(Arc::default()).await.unwrap_err();
    assert_eq!(refused, OpenError::HalfTransferred);
    moved(&fixture.url, &elsewhere.url).await.unwrap();
    half.join_peers(Arc::default()).await.expect("now it is whole");
    half.close().await;
    elsewhere.drop().await;
}

async fn a_text_with_nul_that_some_other_program_wrote(fixture: Fixture) {
    if fixture.store.engine() == Engine::Postgres {
        return;
    }
    let Some(elsewhere) = Elsewhere::of(Engine::Sqlite).await else { return };
    let mut connection = AnyConnection::connect(&fixture.url).await.unwrap();
    let written = "INSERT INTO seen (delivery_key, effect, seen_at) VALUES ('key', 'a' || char(0) || 'b', 0)";
    connection.execute(written).await.unwrap();
    let refused = moved(&fixture.url, &elsewhere.url).await.unwrap_err();
    let expected = TransferError::Nul { table: "seen".to_owned(), column: "effect".to_owned() };
    assert_eq!(refused, expected);
    connection.execute("UPDATE seen SET effect = NULL").await.unwrap();
    let done = moved(&fixture.url, &elsewhere.url).await.unwrap();
    assert!(done.resumed);
    elsewhere.drop().await;
}

async fn replicas_tell_each_other_of_new_work(fixture: Fixture) {
    let wake = Arc::new(Notify::new());
    if fixture.store.engine() == Engine::Sqlite {
        let alone = fixture.store.join_peers(wake).await.unwrap();
        alone.leave().await;
        return;
    }
    let other = Store::open(&fixture.url).await.unwrap();
    let others = other.join_peers(Arc::clone(&wake)).await.unwrap();
    let ours = fixture.store.join_peers(Arc::default()).await.unwrap();
    insert_members(&fixture.store, &[ana()]).await;
    let schedule = |at: i64| {
        let store = fixture.store.clone();
        async move {
            let mut member = new_member(ana());
            member.next_slot_at = Some(minute(at));
            write!(store, |tx| tx.save_member(&member).await).unwrap();
        }
    };
    schedule(5).await;
    within(wake.notified()).await;

    // The server ends every connection; they are made again, and what was told meanwhile is looked for.
    let mut admin = sqlx::PgConnection::connect(&fixture.url).await.unwrap();
    let ended = admin
        .fetch_all(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                    AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    assert!(ended.len() >= 2 && ended.iter().all(|row| row.get::<bool, _>(0)));
    within(wake.notified()).await;
    schedule(6).await;
    within(wake.notified()).await;

    // Who leaves tells first what is still to be told.
    schedule(7).await;
    ours.leave().await;
    within(wake.notified()).await;
    others.leave().await;
}

async fn within(told: impl Future<Output = ()>) {
    tokio::time::timeout(std::time::Duration::from_secs(20), told).await.expect("it is told");
}
