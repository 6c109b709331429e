//! The differences between SQLite and PostgreSQL: connection settings, backup and vacuum. The
//! statements of the store are not here, because both engines run the same text.

use super::{
    error::{OpenError, StoreError},
    options::StoreOptions,
    sqlite_connection::SqliteConnection,
    statement::sql,
};
use sqlx::{
    AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _,
    any::{AnyConnectOptions, AnyPoolOptions},
    sqlite::SqliteConnectOptions,
};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// The database engine of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A local file, for one machine.
    Sqlite,
    /// A server, for more than one machine.
    Postgres,
}

impl Engine {
    /// The name to show to people.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        }
    }
}

/// What a SQLite connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Writer,
    Reader,
}

/// Parses a `DATABASE_URL`. A SQLite file is created when it is missing, unless the URL has a `mode`.
pub(super) fn parse(url: &str) -> Result<(Engine, AnyConnectOptions), OpenError> {
    sqlx::any::install_default_drivers();
    let (engine, text) = match url.strip_prefix("sqlite:") {
        Some(rest) => (Engine::Sqlite, sqlite_url(rest)?),
        None if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            (Engine::Postgres, url.to_owned())
        }
        None => return Err(OpenError::BadUrl("must begin with sqlite:// or postgres://")),
    };
    let options = AnyConnectOptions::from_str(&text).map_err(|_| OpenError::BadUrl("is not a URL"))?;
    if engine == Engine::Postgres {
        sqlx::postgres::PgConnectOptions::from_str(&text)
            .map_err(|_| OpenError::BadUrl("is not a PostgreSQL URL"))?;
    }
    // sqlx would log slow statements with their text. The store's callers measure time themselves.
    Ok((engine, options.disable_statement_logging()))
}

fn sqlite_url(rest: &str) -> Result<String, OpenError> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    if path.is_empty() {
        return Err(OpenError::BadUrl("names no file"));
    }
    if path.contains(":memory:") || parameters.contains("mode=memory") {
        return Err(OpenError::BadUrl("names a database in memory, which would forget everything"));
    }
    let url = match parameters {
        "" => format!("sqlite:{path}?mode=rwc"),
        given if given.contains("mode=") => format!("sqlite:{path}?{given}"),
        given => format!("sqlite:{path}?{given}&mode=rwc"),
    };
    let known = SqliteConnectOptions::from_str(&url);
    known.map_err(|_| OpenError::BadUrl("has a parameter that SQLite does not know")).map(|_| url)
}

/// Creates a new database file that only its owner can read, because it holds members' text. SQLite gives
/// its write-ahead log the same permissions. An existing file keeps its permissions.
pub(super) fn create_private_file(options: &AnyConnectOptions) {
    if !options.database_url.query().is_some_and(|query| query.contains("mode=rwc")) {
        return;
    }
    let Ok(options) = SqliteConnectOptions::from_str(options.database_url.as_str()) else { return };
    // If this fails, opening fails as well, and SQLite reports the reason.
    let _ = create_private(options.get_filename());
}

fn create_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path)
}

/// Opens a file that only its owner can read, and creates it if it is missing.
pub(super) fn open_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut open = std::fs::OpenOptions::new();
    open.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path)
}

/// The SQLite file, if users of this machine other than its owner can read it.
pub(super) fn file_that_others_can_read(engine: Engine, options: &AnyConnectOptions) -> Option<PathBuf> {
    if engine != Engine::Sqlite {
        return None;
    }
    let options = SqliteConnectOptions::from_str(options.database_url.as_str()).ok()?;
    let path = options.get_filename();
    others_can_read(&std::fs::metadata(path).ok()?).then(|| path.to_owned())
}

#[cfg(unix)]
fn others_can_read(file: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o044 != 0
}

#[cfg(not(unix))]
fn others_can_read(_: &std::fs::Metadata) -> bool {
    false
}

/// Opens a SQLite connection for a role.
pub(super) async fn connect_sqlite(
    options: &AnyConnectOptions,
    role: Role,
    lock_timeout: Duration,
) -> Result<AnyConnection, sqlx::Error> {
    let mut connection = options.connect().await?;
    connection.execute(AssertSqlSafe(pragmas(role, lock_timeout))).await?;
    Ok(connection)
}

/// `synchronous=FULL` makes a commit survive a power cut; `secure_delete` overwrites what is
/// deleted; sorting in memory keeps members' words out of temporary files. Checkpoints are left to
/// the engine (every 1,000 pages).
fn pragmas(role: Role, lock_timeout: Duration) -> String {
    let wait_ms = lock_timeout.as_millis();
    let role = match role {
        // A page cache of eight megabytes instead of two: rows with random ids are spread over all pages of
        // a table, and a small cache would read most of them again.
        Role::Writer => {
            "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; \
             PRAGMA cache_size=-8192;"
        }
        Role::Reader => "PRAGMA query_only=ON;",
    };
    format!("PRAGMA busy_timeout={wait_ms}; PRAGMA temp_store=MEMORY; {role}")
}

/// Opens the writing connection of a database that exists.
pub(super) fn open_writer(
    options: &AnyConnectOptions,
    lock_timeout: Duration,
) -> Result<SqliteConnection, StoreError> {
    let parsed = SqliteConnectOptions::from_str(options.database_url.as_str())?;
    let is_read_only = options.database_url.query().is_some_and(|query| query.contains("mode=ro"));
    let connection = SqliteConnection::open(parsed.get_filename(), is_read_only)?;
    connection.run_all(&pragmas(Role::Writer, lock_timeout))?;
    Ok(connection)
}

/// What PostgreSQL ends by itself: a statement that runs or waits for a lock too long, and a transaction whose
/// program has gone without a word. Otherwise it would hold its locks, and all who wait for them, for hours.
///
/// Every statement that runs often has an index. Without statistics, as in a new database before its first
/// autovacuum, PostgreSQL takes a growing table for a small one and keeps plans that read all of it;
/// `enable_seqscan = off` makes it take the index from the beginning. Where there is none it reads the table all the
/// same (<https://www.postgresql.org/docs/current/runtime-config-query.html>).
pub(super) const SESSION_SETTINGS: &str = "SET statement_timeout = '20s'; SET lock_timeout = '5s'; \
     SET idle_in_transaction_session_timeout = '60s'; \
     SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; \
     SET enable_seqscan = off";

/// Whether the database exists. A missing SQLite file is not an error if its folder exists, because opening
/// creates it.
///
/// # Errors
/// [`OpenError::CannotOpen`] when the folder is missing, [`OpenError::ReadOnly`] when the file is read-only.
pub(super) fn database_exists(engine: Engine, options: &AnyConnectOptions) -> Result<bool, OpenError> {
    if engine == Engine::Postgres {
        return Ok(true);
    }
    let options = SqliteConnectOptions::from_str(options.database_url.as_str())?;
    let file = options.get_filename();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    match file.metadata() {
        Ok(found) if found.permissions().readonly() => Err(OpenError::ReadOnly),
        Ok(_) => Ok(true),
        Err(_) if folder.is_none_or(Path::is_dir) => Ok(false),
        Err(_) => Err(OpenError::CannotOpen),
    }
}

/// Opens a read-only connection. Does not create a missing file.
pub(super) async fn connect_read_only(
    engine: Engine,
    options: &AnyConnectOptions,
    lock_timeout: Duration,
) -> Result<AnyConnection, OpenError> {
    if engine == Engine::Postgres {
        let mut connection = tokio::time::timeout(lock_timeout, options.connect())
            .await
            .map_err(|_| OpenError::Unreachable)??;
        connection.execute("SET default_transaction_read_only = on").await?;
        return Ok(connection);
    }
    let mut options = options.clone();
    let kept: Vec<(String, String)> = options
        .database_url
        .query_pairs()
        .filter(|(name, _)| name != "mode")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    options.database_url.query_pairs_mut().clear().extend_pairs(kept).append_pair("mode", "rw");
    Ok(connect_sqlite(&options, Role::Reader, lock_timeout).await?)
}

/// The reading connections on SQLite; all connections on PostgreSQL.
pub(super) fn pool(engine: Engine, options: &AnyConnectOptions, settings: &StoreOptions) -> AnyPool {
    let lock_timeout = settings.lock_timeout;
    let pool = AnyPoolOptions::new().acquire_timeout(lock_timeout.max(Duration::from_secs(1)));
    let pool = match engine {
        Engine::Postgres => {
            pool.max_connections(settings.server_connections).after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SESSION_SETTINGS).await.map(|_| ()) })
            })
        }
        Engine::Sqlite => pool
            .max_connections(settings.read_connections)
            // A local file does not disconnect the way a server does.
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    connection.execute(AssertSqlSafe(pragmas(Role::Reader, lock_timeout))).await?;
                    Ok(())
                })
            }),
    };
    pool.connect_lazy_with(options.clone())
}

/// Begins a read transaction: all its queries see the same state of the database.
pub(super) fn begin_read(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "BEGIN",
        Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }
}

/// Copies a running SQLite database into a new file. The copy is one consistent state, and writers are not
/// blocked.
pub(super) async fn backup_sqlite(options: &AnyConnectOptions, to: &Path) -> Result<(), StoreError> {
    let unwritable = || StoreError::BackupUnwritable(to.to_owned());
    let name = to.to_str().ok_or_else(unwritable)?;
    create_private(to).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::BackupExists(to.to_owned()),
        _ => unwritable(),
    })?;
    let copied = copy_into(options, name).await;
    if copied.is_err() {
        // This call created the file, and it is incomplete.
        let _ = std::fs::remove_file(to);
    }
    copied
}

async fn copy_into(options: &AnyConnectOptions, name: &str) -> Result<(), StoreError> {
    let mut connection = options.connect().await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await;
    let _ = connection.close().await;
    copied.map(|_| ()).map_err(StoreError::from)
}

/// Rewrites the whole database file, so that erased text is gone from it. `secure_delete` overwrites
/// deleted rows, but not the copies that SQLite leaves in a page's free space when it moves rows to another
/// page (`rebuildPage` in its btree.c). Without this an erased text can survive in the file.
///
/// Takes about half a second for 100,000 reflections, and disk space for a second copy. The copy goes to a
/// temporary file, because memory may not hold it.
pub(super) fn vacuum(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    connection.run_all("PRAGMA temp_store=FILE")?;
    let vacuumed = connection.run_all("VACUUM");
    connection.run_all("PRAGMA temp_store=MEMORY")?;
    vacuumed
}

/// Copies the whole write-ahead log into the database file and empties the log. False: a reader still uses
/// it. Waits only 20 ms, because all writers wait meanwhile; the caller tries again.
pub(super) fn truncate_wal(
    connection: &mut SqliteConnection,
    lock_timeout: Duration,
) -> Result<bool, StoreError> {
    connection.run_all("PRAGMA busy_timeout=20")?;
    let row = connection.fetch(&sql("PRAGMA wal_checkpoint(TRUNCATE)"));
    connection.run_all(&format!("PRAGMA busy_timeout={}", lock_timeout.as_millis()))?;
    let busy = row?.and_then(|row| row.number("busy")).flatten();
    Ok(busy == Some(0))
}
