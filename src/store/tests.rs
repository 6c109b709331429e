//! Tests that need the store's internals: which index a statement uses, and what happens when a shared
//! transaction is lost.

use super::{Engine, Store, StoreError, feedback, job, member, outbox, reflection, schedule, statement::sql};
use crate::coach::ids::{MemberId, TeamId, UserId};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use std::io::Write as _;
use tokio::sync::oneshot;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

async fn new_file() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("leadlens.db").display());
    (Store::open(&url).await.unwrap(), folder)
}

/// The statements of a worker tick, with the indexes that they have to use.
fn tick(engine: Engine) -> Vec<(&'static str, &'static [&'static str])> {
    let pick = |(plain, locked): (&'static str, &'static str)| match engine {
        Engine::Sqlite => plain,
        Engine::Postgres => locked,
    };
    vec![
        (pick(member::SLOT_DUE), &["member_by_slot"]),
        (pick(member::REPORT_DUE), &["member_by_report"]),
        (pick(outbox::CLAIM), &["outbox_by_wake"]),
        (outbox::DUE_LANES, &["outbox_by_wake"]),
        (pick(job::CLAIM), &["job_by_wake"]),
        (reflection::UNCLASSIFIED, &["reflection_unread"]),
        (
            schedule::NEXT_DUE,
            &["outbox_by_wake", "job_by_wake", "member_by_slot", "member_by_report", "reflection_unread"],
        ),
    ]
}

/// Replaces `$1` … by values, because the query planner needs them. With these, nothing is due.
fn with_values(statement: &str) -> String {
    let values =
        [("$1", "0"), ("$2", "100"), ("$3", "0"), ("$4", "'me'"), ("$5", "'T1'"), ("$6", "'answer'")];
    values.into_iter().fold(statement.to_owned(), |text, (name, value)| text.replace(name, value))
}

#[tokio::test]
async fn a_tick_asks_sqlite_by_index_alone() {
    let (store, _folder) = new_file().await;
    for (statement, indexes) in tick(Engine::Sqlite) {
        let explain = format!("EXPLAIN QUERY PLAN {}", with_values(statement));
        let plan: Result<String, StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    let rows = tx.fetch_all(sql(explain)).await?;
                    rows.iter().map(|row| Ok(row.text("detail")? + "\n")).collect()
                })
            })
            .await;
        let plan = plan.unwrap();
        for index in indexes {
            assert!(plan.contains(index), "{statement}\n{plan}");
        }
        for table in ["member", "outbox", "job", "reflection"] {
            let scans = plan.lines().any(|line| line.trim() == format!("SCAN {table}"));
            assert!(!scans, "{statement}\n{plan}");
        }
    }
}

#[tokio::test]
async fn pruning_and_the_end_of_a_feedback_round_ask_sqlite_by_index_alone() {
    let (store, _folder) = new_file().await;
    for (statement, index) in [(outbox::PRUNE, "outbox_to_prune"), (feedback::QUESTIONS, "outbox_feedback")] {
        let explain = format!("EXPLAIN QUERY PLAN {}", with_values(statement));
        let plan: Result<String, StoreError> = store
            .write(move |tx| {
                Box::pin(async move {
                    let rows = tx.fetch_all(sql(explain)).await?;
                    rows.iter().map(|row| Ok(row.text("detail")? + "\n")).collect()
                })
            })
            .await;
        let plan = plan.unwrap();
        assert!(plan.contains(index) && !plan.contains("SCAN outbox\n"), "{statement}\n{plan}");
    }
}

/// With many members and rows of which none is due, as in a large workspace at night.
#[tokio::test]
async fn a_tick_asks_postgres_by_index_alone() {
    let server = std::env::var("LEADLENS_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".to_owned());
    let Ok(mut admin) = PgConnection::connect(&format!("{server}/postgres")).await else {
        assert_ne!(std::env::var("LEADLENS_REQUIRE_POSTGRES").as_deref(), Ok("1"));
        let _ = writeln!(std::io::stderr(), "PostgreSQL: skipped (no server at {server})");
        return;
    };
    let name = format!("leadlens_plan_{:x}", getrandom::u64().unwrap());
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let url = format!("{server}/{name}");
    let plans = plans_on_postgres(&url).await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
    for ((statement, indexes), plan) in tick(Engine::Postgres).into_iter().zip(plans) {
        for index in indexes {
            assert!(plan.contains(index), "{statement}\n{plan}");
        }
        for table in ["member", "outbox", "job", "reflection"] {
            assert!(!plan.contains(&format!("Seq Scan on {table}")), "{statement}\n{plan}");
        }
    }
}

async fn plans_on_postgres(url: &str) -> Vec<String> {
    let store = Store::open(url).await.unwrap();
    let limits: Result<Vec<String>, StoreError> = store
        .read(|tx| {
            Box::pin(async move {
                let names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
                let mut limits = Vec::new();
                for name in names {
                    let rows =
                        tx.fetch_all(sql(format!("SELECT current_setting('{name}') AS detail"))).await?;
                    limits.extend(rows.iter().map(|row| row.text("detail")).collect::<Result<Vec<_>, _>>()?);
                }
                Ok(limits)
            })
        })
        .await;
    assert_eq!(limits.unwrap(), ["20s", "5s", "1min"], "no statement and no lock lasts for ever");
    store.close().await;
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection
        .execute(
            "INSERT INTO member SELECT 'T1', 'U' || n, NULL, 'UTC', 0, NULL, NULL, '19:00', '08:00', '', 0, \
             NULL, NULL, 0, 0, 0, n * 1000, n * 1000, NULL, NULL, 0 FROM generate_series(1, 20000) AS n; \
             INSERT INTO outbox (id, team_id, kind, subject, due_at, state, attempts, wake_at, file_ids, \
             created_at) SELECT 'R' || n, 'T1', 'kept', '', n, 'waiting', 0, n, '', 0 \
             FROM generate_series(1, 20000) AS n; \
             INSERT INTO job (id, team_id, kind, due_at, attempts, wake_at) \
             SELECT 'R' || n, 'T1', 'delete-file', n, 0, n FROM generate_series(1, 20000) AS n; \
             INSERT INTO reflection (id, team_id, user_id, origin, question, situation, answer, \
             follow_up_answer, created_at, local_on, counted, read_at) \
             SELECT 'R' || n, 'T1', 'U' || n, 'checkin', '', '', '', '', n, '2026-10-01', 1, n \
             FROM generate_series(1, 20000) AS n; \
             ANALYZE",
        )
        .await
        .unwrap();
    let mut plans = Vec::new();
    for (statement, _) in tick(Engine::Postgres) {
        let explain = AssertSqlSafe(format!("EXPLAIN {}", with_values(statement)));
        let rows = connection.fetch_all(explain).await.unwrap();
        plans.push(rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect());
    }
    connection.close().await.unwrap();
    plans
}

/// Occupies the writer until the sender is used, so that later writes share one commit.
async fn hold(store: &Store) -> oneshot::Sender<()> {
    let (begun, has_begun) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let store = store.clone();
    tokio::spawn(async move {
        let held: Result<(), StoreError> = store
            .write(move |_tx| {
                Box::pin(async move {
                    let _ = begun.send(());
                    let _ = released.await;
                    Ok(())
                })
            })
            .await;
        held
    });
    has_begun.await.unwrap();
    release
}

/// Records a key, after a statement that breaks the transaction in the way that the test needs.
async fn record(store: Store, key: &'static str, before: Option<&'static str>) -> Result<bool, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                if let Some(statement) = before {
                    tx.execute(sql(statement)).await?;
                }
                tx.record_delivery(key, None, NOW).await
            })
        })
        .await
}

async fn is_recorded(store: &Store, key: &'static str) -> bool {
    let seen: Result<_, StoreError> = store.read(move |tx| Box::pin(tx.find_delivery(key))).await;
    seen.unwrap().is_some()
}

/// A failing disk can roll back the whole transaction between two statements. On this test's one thread both
/// writes are queued when the yield returns, and share the commit of the task that `hold` queued.
#[tokio::test]
async fn a_lost_transaction_fails_every_task_in_it_and_no_later_one() {
    let (store, _folder) = new_file().await;
    let release = hold(&store).await;
    let one = tokio::spawn(record(store.clone(), "one", None));
    let two = tokio::spawn(record(store.clone(), "two", Some("ROLLBACK")));
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    assert!(one.await.unwrap().is_err());
    assert!(two.await.unwrap().is_err());
    assert!(!is_recorded(&store, "one").await);
    assert_eq!(record(store.clone(), "three", None).await, Ok(true));
    assert!(is_recorded(&store, "three").await);
}

/// The key cache must never let a delivery be processed twice, even if another program wrote the table.
#[tokio::test]
async fn a_key_that_the_cache_missed_is_a_conflict() {
    let (store, _folder) = new_file().await;
    let acts: Result<bool, StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                assert_eq!(tx.find_delivery("one").await?, None);
                tx.execute(sql("INSERT INTO seen (delivery_key, effect, seen_at) VALUES ('one', NULL, 0)"))
                    .await?;
                tx.record_delivery("one", None, NOW).await
            })
        })
        .await;
    assert_eq!(acts, Err(StoreError::Conflict));
    assert!(!is_recorded(&store, "one").await, "nothing of it is kept");
    assert_eq!(record(store.clone(), "one", None).await, Ok(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_what_does_not_fit_and_recovers() {
    let (store, _folder) = new_file().await;
    let big: Result<u64, StoreError> = store
        .write(|tx| {
            Box::pin(async move {
                tx.record_delivery("small", None, NOW).await?;
                tx.fetch(sql("PRAGMA max_page_count=1")).await?;
                let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) \
                            INSERT INTO seen SELECT 'key of some length ' || i, NULL, 0 FROM n";
                tx.execute(sql(fill)).await
            })
        })
        .await;
    assert_eq!(big, Err(StoreError::Full));
    assert!(!is_recorded(&store, "small").await);
    let room: Result<_, StoreError> = store
        .write(|tx| Box::pin(async move { tx.fetch(sql("PRAGMA max_page_count=1000000")).await.map(|_| ()) }))
        .await;
    assert_eq!(room, Ok(()));
    assert_eq!(record(store.clone(), "later", None).await, Ok(true));
}

#[tokio::test]
async fn errors_name_the_rule_and_no_value() {
    let (store, _folder) = new_file().await;
    let ana = MemberId { team: TeamId::parse("T1").unwrap(), user: UserId::parse("UANA").unwrap() };
    let twice: Result<u64, StoreError> = store
        .write(move |tx| {
            Box::pin(async move {
                let insert = || {
                    sql("INSERT INTO seen (delivery_key, effect, seen_at) VALUES ($1, 'a secret', 0)")
                        .bind(ana.user.to_string())
                };
                tx.execute(insert()).await?;
                tx.execute(insert()).await
            })
        })
        .await;
    let error = twice.unwrap_err();
    assert_eq!(error, StoreError::Refused { rule: "unique".to_owned() });
    assert_eq!(error.to_string(), "the database refused a row: rule unique does not hold");
}
