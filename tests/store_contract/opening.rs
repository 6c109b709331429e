//! Opening a new, old, locked or broken database, and backing one up while it is written to.

use crate::{fixture::*, read, stories, write};
use leadlens::store::{Engine, OpenError, Schema, Store, StoreError, StoreOptions};
use sqlx::{AnyConnection, Connection as _, Executor as _, Row as _};
use std::{path::Path, time::Duration};

stories!(
    a_database_is_opened_again_with_everything_in_it,
    two_programs_that_start_at_once_agree,
    a_database_of_a_newer_program_is_refused,
    a_schema_that_no_release_made_is_refused,
    a_backup_is_whole_while_writers_run,
    a_look_changes_nothing,
);

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

async fn a_database_is_opened_again_with_everything_in_it(fixture: Fixture) {
    insert_members(&fixture.store, &[ana()]).await;
    fixture.store.close().await;
    let again = Store::open(&fixture.url).await.unwrap();
    assert_eq!(read!(again, |tx| tx.find_member(&ana()).await), Ok(Some(new_member(ana()))));
    again.close().await;
}

async fn two_programs_that_start_at_once_agree(fixture: Fixture) {
    let (url, folder) = match fixture.store.engine() {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (url(&folder.path().join("new.db")), Some(folder))
        }
        Engine::Postgres => {
            let mut admin = AnyConnection::connect(&fixture.url).await.unwrap();
            admin.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
            (fixture.url.clone(), None)
        }
    };
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = url.clone();
        starts.spawn(async move { Store::open(&url).await });
    }
    for (number, store) in starts.join_all().await.into_iter().enumerate() {
        let store = store.unwrap();
        let key = format!("{number}");
        assert_eq!(write!(store, |tx| tx.record_delivery(&key, None, minute(0)).await), Ok(true));
    }
    drop(folder);
}

async fn change_history(fixture: &Fixture, statement: &'static str) -> Result<Store, OpenError> {
    let mut connection = AnyConnection::connect(&fixture.url).await.unwrap();
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
    Store::open(&fixture.url).await
}

async fn a_database_of_a_newer_program_is_refused(fixture: Fixture) {
    let refused = change_history(
        &fixture,
        "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, \
         execution_time) SELECT 9999, description, installed_on, success, checksum, execution_time \
         FROM _sqlx_migrations WHERE version = 1",
    )
    .await
    .unwrap_err();
    assert!(matches!(refused, OpenError::NewerThanProgram { found: 9999, .. }), "{refused}");
    assert!(refused.to_string().contains("newer LeadLens (schema 9999"), "{refused}");
}

async fn a_schema_that_no_release_made_is_refused(fixture: Fixture) {
    let refused = change_history(&fixture, "DELETE FROM _sqlx_migrations WHERE version = 1").await;
    assert!(refused.is_err());
    let refused = change_history(
        &fixture,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (1, '', TRUE, '', 0)",
    )
    .await;
    assert_eq!(refused.unwrap_err(), OpenError::ForeignSchema { version: 1 });
}

async fn a_backup_is_whole_while_writers_run(fixture: Fixture) {
    let store = fixture.store;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy of today.db");
    if store.engine() == Engine::Postgres {
        assert_eq!(store.backup(&copy).await, Err(StoreError::BackupOfPostgres));
        return;
    }
    insert_members(&store, &[ana()]).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = store.clone();
        writers.spawn(async move {
            for turn in 0..50 {
                let number = writer * 50 + turn;
                write!(store, |tx| {
                    // Two rows that belong together: a copy has both or neither.
                    tx.record_delivery(&format!("delivery-{number}"), None, minute(0)).await?;
                    tx.insert_reflection(&reflection(number, ana(), "kept")).await
                })
                .unwrap();
            }
        });
    }
    store.backup(&copy).await.unwrap();
    let exists = store.backup(&copy).await;
    assert_eq!(exists, Err(StoreError::BackupExists(copy.clone())));
    writers.join_all().await;
    let nowhere = folder.path().join("missing/copy.db");
    assert_eq!(store.backup(&nowhere).await, Err(StoreError::BackupUnwritable(nowhere.clone())));

    let mut connection = AnyConnection::connect(&url(&copy)).await.unwrap();
    let check = connection.fetch_one("PRAGMA integrity_check").await.unwrap();
    assert_eq!(check.get::<String, _>(0), "ok");
    connection.close().await.unwrap();
    let copied = Store::open(&url(&copy)).await.unwrap();
    let kept = read!(copied, |tx| tx.reflections_of(&ana()).await).unwrap();
    for number in 0..200 {
        let has_key =
            read!(copied, |tx| tx.find_delivery(&format!("delivery-{number}")).await).unwrap().is_some();
        assert_eq!(has_key, kept.iter().any(|one| one.id == row(number)), "{number}");
    }
    assert_eq!(read!(store, |tx| tx.member_counts(&ana()).await).unwrap().reflections, 200);
    let whole = folder.path().join("whole.db");
    store.backup(&whole).await.unwrap();
    let whole = Store::open(&url(&whole)).await.unwrap();
    let rows = read!(whole, |tx| tx.reflections_of(&ana()).await).unwrap();
    assert_eq!(Ok(rows), read!(store, |tx| tx.reflections_of(&ana()).await));
}

#[tokio::test]
async fn a_file_for_its_owner_alone_is_made_only_where_it_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my leads #1.db");
    let refused = Store::open(&format!("sqlite://{}?mode=rw", folder.path().join("x.db").display())).await;
    assert_eq!(refused.unwrap_err(), OpenError::CannotOpen);
    let store = Store::open(&url(&file).replace('#', "%23")).await.unwrap();
    insert_members(&store, &[ana()]).await;
    #[cfg(unix)]
    for name in ["my leads #1.db", "my leads #1.db-wal"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let url = url(&file).replace('#', "%23");
        assert_eq!(Store::file_that_others_can_read(&url), Ok(None));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(Store::file_that_others_can_read(&url), Ok(Some(file.clone())), "an operator is warned");
    }
    let missing = Store::open(&url(&folder.path().join("no/such/folder.db"))).await;
    assert_eq!(missing.unwrap_err(), OpenError::CannotOpen);
}

#[tokio::test]
async fn urls_that_cannot_be_are_refused_in_a_sentence() {
    for bad in [
        "",
        "mysql://u:hush@h/d",
        "sqlite:",
        "sqlite://",
        "sqlite::memory:",
        "sqlite://a.db?mode=memory",
        "sqlite://a.db?mode=hush",
        "sqlite://a.db?hush=1",
        "postgres://u:hush@h:port/d",
    ] {
        let refused = Store::open(bad).await.unwrap_err();
        assert!(matches!(refused, OpenError::BadUrl(_)), "{bad}: {refused:?}");
        assert!(!refused.to_string().contains("hush") && !format!("{refused:?}").contains("hush"));
    }
    let settings = StoreOptions { lock_timeout: Duration::from_millis(50), ..StoreOptions::default() };
    let nobody = Store::open_with("postgres://u:hush@127.0.0.1:1/d", &settings).await.unwrap_err();
    assert_eq!(nobody, OpenError::Unreachable);
}

#[tokio::test]
async fn a_server_that_refuses_says_so_without_the_password() {
    let Some((server, _admin)) = postgres().await else { return };
    let refused = Store::open(&format!("{server}/no_such_database")).await.unwrap_err();
    assert_eq!(refused, OpenError::Denied);
}

#[tokio::test]
async fn a_file_that_is_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.db");
    std::fs::write(&file, "Dear diary, ".repeat(1_000)).unwrap();
    assert_eq!(Store::open(&url(&file)).await.unwrap_err(), OpenError::NotADatabase);
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("Dear diary"));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leadlens.db");
    Store::open(&url(&file)).await.unwrap().close().await;
    let read_only = Store::open(&format!("{}?mode=ro", url(&file))).await;
    assert_eq!(read_only.unwrap_err(), OpenError::ReadOnly);
}

#[tokio::test]
async fn a_locked_file_is_refused_at_the_start_and_later() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("leadlens.db");
    let settings = StoreOptions { lock_timeout: Duration::from_millis(50), ..StoreOptions::default() };
    let store = Store::open_with(&url(&file), &settings).await.unwrap();
    insert_members(&store, &[ana()]).await;
    let mut other = AnyConnection::connect(&url(&file)).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    assert_eq!(Store::open_with(&url(&file), &settings).await.unwrap_err(), OpenError::Locked);
    let refused = write!(store, |tx| tx.record_delivery("key", None, minute(0)).await);
    assert_eq!(refused, Err(StoreError::Locked));
    assert!(read!(store, |tx| tx.find_member(&ana()).await).unwrap().is_some(), "reads go on");
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(write!(store, |tx| tx.record_delivery("key", None, minute(0)).await), Ok(true));
}

async fn a_look_changes_nothing(fixture: Fixture) {
    let engine = fixture.store.engine();
    assert_eq!(Store::inspect(&fixture.url).await, Ok((engine, Schema::UpToDate)));
    let mut connection = AnyConnection::connect(&fixture.url).await.unwrap();
    let newest = "DELETE FROM _sqlx_migrations \
         WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    connection.execute(newest).await.unwrap();
    for _ in 0..2 {
        assert_eq!(Store::inspect(&fixture.url).await, Ok((engine, Schema::Behind(1))), "still");
    }
    let changed = "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1";
    connection.execute(changed).await.unwrap();
    let refused = Store::inspect(&fixture.url).await;
    assert!(matches!(refused, Err(OpenError::NewerThanProgram { found: 9999, .. })), "{refused:?}");
    if engine == Engine::Postgres {
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
        for _ in 0..2 {
            assert_eq!(Store::inspect(&fixture.url).await, Ok((engine, Schema::Missing)));
        }
    }
    connection.close().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.db");
    assert_eq!(Store::inspect(&url(&file)).await, Ok((Engine::Sqlite, Schema::Missing)));
    assert!(!file.exists(), "nothing is made");
    let nowhere = folder.path().join("nowhere/new.db");
    assert_eq!(Store::inspect(&url(&nowhere)).await, Err(OpenError::CannotOpen));
}
