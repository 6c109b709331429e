//! The few differences between SQLite and PostgreSQL: how a connection is made ready, how the
//! schema is brought up to date, how a file is copied. Statements of the store are not here: they
//! are the same for both.

use super::{
    StoreOptions,
    error::{OpenError, StoreError},
    migrations::MIGRATIONS,
};
use sqlx::{
    AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::MigrateError,
    sqlite::SqliteConnectOptions,
};
use std::{path::Path, str::FromStr, time::Duration};

/// Which database is behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file beside the program.
    Sqlite,
    /// A server, for more than one machine.
    Postgres,
}

impl Engine {
    /// How people call it.
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

/// Reads a `DATABASE_URL`. The default file is made when it is missing.
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
    // Statements are logged by nobody: slow ones are counted by the caller, and none carries values.
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

/// Makes a new database file readable for its owner alone: it holds members' words. The log beside
/// it inherits the rights. An existing file keeps its own.
fn create_private_file(options: &AnyConnectOptions) {
    if !options.database_url.query().is_some_and(|query| query.contains("mode=rwc")) {
        return;
    }
    let Ok(options) = SqliteConnectOptions::from_str(options.database_url.as_str()) else { return };
    // What cannot be created is reported by SQLite with the reason.
    let _ = create_private(options.get_filename());
}

fn create_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path)
}

/// Opens a SQLite connection for a role.
pub(super) async fn connect_sqlite(
    options: &AnyConnectOptions,
    role: Role,
    patience: Duration,
) -> Result<AnyConnection, sqlx::Error> {
    let mut connection = options.connect().await?;
    connection.execute(AssertSqlSafe(pragmas(role, patience))).await?;
    Ok(connection)
}

/// `synchronous=FULL` makes a commit survive a power cut; `secure_delete` overwrites what is
/// deleted; sorting in memory keeps members' words out of temporary files. Checkpoints are left to
/// the engine (every 1,000 pages).
fn pragmas(role: Role, patience: Duration) -> String {
    let wait_ms = patience.as_millis();
    let role = match role {
        // Pages of eight megabytes: rows of chance ids go all over their tables, and what the two of the
        // default do not hold is read anew.
        Role::Writer => {
            "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; \
             PRAGMA cache_size=-8192;"
        }
        Role::Reader => "PRAGMA query_only=ON;",
    };
    format!("PRAGMA busy_timeout={wait_ms}; PRAGMA temp_store=MEMORY; {role}")
}

/// Opens the writing connection for the first time: the file is made if need be, its write-ahead log
/// turned on, its schema brought up to date.
pub(super) async fn open_sqlite(
    options: &AnyConnectOptions,
    patience: Duration,
) -> Result<AnyConnection, OpenError> {
    create_private_file(options);
    let mut connection = connect_sqlite(options, Role::Writer, patience).await?;
    use_wal(&mut connection).await?;
    migrate_sqlite(&mut connection).await?;
    Ok(connection)
}

/// Turns the write-ahead log on. It is a property of the file and stays.
async fn use_wal(connection: &mut AnyConnection) -> Result<(), OpenError> {
    let row = connection.fetch_one("PRAGMA journal_mode=WAL").await?;
    match row.try_get::<&str, _>(0) {
        Ok("wal") => Ok(()),
        _ => Err(OpenError::NoWal),
    }
}

/// Brings a SQLite schema up to date. The write lock is taken first, so that two programs that
/// start at once migrate one after the other, and a file that cannot be written is known now.
async fn migrate_sqlite(connection: &mut AnyConnection) -> Result<(), OpenError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(open_error)?;
    for statement in unordered_tables(Engine::Sqlite) {
        transaction.execute(AssertSqlSafe(statement)).await?;
    }
    // A file that can only be read lets all the above pass when nothing is to be migrated.
    transaction.execute("UPDATE _sqlx_migrations SET version = version WHERE 1 = 0").await?;
    Ok(transaction.commit().await?)
}

/// Brings a PostgreSQL schema up to date, under the migrator's advisory lock.
pub(super) async fn migrate_postgres(pool: &AnyPool) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await?;
    let mut migrated = MIGRATIONS.run_direct(None, &mut *connection, false).await.map_err(open_error);
    if migrated.is_ok() {
        migrated = make_unordered_tables(&mut connection).await;
    }
    if migrated.is_err() {
        // A failed migrator keeps its advisory lock for as long as its session lives.
        let _ = connection.close().await;
    }
    migrated
}

/// What is left to do to the schema, without doing it: how many migrations. `None`: there is no schema yet.
pub(super) async fn schema_behind(
    engine: Engine,
    connection: &mut AnyConnection,
) -> Result<Option<usize>, OpenError> {
    let is_there = match engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'",
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
             WHERE table_schema = ANY (current_schemas(false)) AND table_name = '_sqlx_migrations'"
        }
    };
    if connection.fetch_optional(is_there).await?.is_none() {
        return Ok(None);
    }
    let rows =
        connection.fetch_all("SELECT version, checksum FROM _sqlx_migrations ORDER BY version").await?;
    for row in &rows {
        let (version, checksum): (i64, Vec<u8>) = (row.try_get("version")?, row.try_get("checksum")?);
        let known = MIGRATIONS.iter().find(|migration| migration.version == version);
        match known {
            None => return Err(open_error(MigrateError::VersionMissing(version))),
            Some(known) if *known.checksum != checksum => {
                return Err(open_error(MigrateError::VersionMismatch(version)));
            }
            Some(_) => {}
        }
    }
    Ok(Some(MIGRATIONS.iter().count().saturating_sub(rows.len())))
}

/// Whether there is something to look at. A SQLite file that is missing will be made where its folder is.
///
/// # Errors
/// [`OpenError::CannotOpen`] when its folder is missing too, [`OpenError::ReadOnly`] when it may not be
/// written.
pub(super) fn is_there(engine: Engine, options: &AnyConnectOptions) -> Result<bool, OpenError> {
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

/// A connection that changes nothing: a file that is missing is not made.
pub(super) async fn connect_to_look(
    engine: Engine,
    options: &AnyConnectOptions,
    patience: Duration,
) -> Result<AnyConnection, OpenError> {
    if engine == Engine::Postgres {
        let mut connection =
            tokio::time::timeout(patience, options.connect()).await.map_err(|_| OpenError::Unreachable)??;
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
    Ok(connect_sqlite(&options, Role::Reader, patience).await?)
}

/// Where what was said in feedback rounds stands. A migration is one text for both engines and cannot
/// say `WITHOUT ROWID`, without which SQLite numbers the rows in the order in which they came. The
/// only times that PostgreSQL's hidden columns could tell are taken away by `feedback.rs`.
fn unordered_tables(engine: Engine) -> Vec<String> {
    let end = match engine {
        Engine::Sqlite => " WITHOUT ROWID",
        Engine::Postgres => "",
    };
    let of_round = "round_id TEXT NOT NULL REFERENCES feedback_round (id) ON DELETE CASCADE";
    let tables = [
        ("feedback_answer", "answer_id", "step BIGINT, comment TEXT NOT NULL"),
        ("feedback_comment", "comment_id", "words TEXT NOT NULL"),
        ("feedback_seen", "delivery_key", "effect TEXT NOT NULL"),
    ];
    let make = tables.iter().flat_map(|(table, id, columns)| {
        [
            format!("CREATE TABLE IF NOT EXISTS {table} ({id} TEXT NOT NULL PRIMARY KEY, {of_round}, {columns}){end}"),
            format!("CREATE INDEX IF NOT EXISTS {table}_by_round ON {table} (round_id)"),
        ]
    });
    make.collect()
}

/// Under a lock of their own: two programs that start at once would both find them missing.
async fn make_unordered_tables(connection: &mut AnyConnection) -> Result<(), OpenError> {
    let mut transaction = connection.begin().await?;
    transaction.execute("SELECT CAST(pg_advisory_xact_lock(7341) AS TEXT)").await?;
    for statement in unordered_tables(Engine::Postgres) {
        transaction.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(transaction.commit().await?)
}

fn open_error(error: MigrateError) -> OpenError {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    match error {
        MigrateError::VersionMissing(found) if found > known => OpenError::NewerThanProgram { found, known },
        MigrateError::VersionMissing(version)
        | MigrateError::VersionMismatch(version)
        | MigrateError::Dirty(version) => OpenError::ForeignSchema { version },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        _ => OpenError::Other { code: "migration".to_owned() },
    }
}

/// The connections that read, on SQLite; all of them, on PostgreSQL.
pub(super) fn pool(engine: Engine, options: &AnyConnectOptions, settings: &StoreOptions) -> AnyPool {
    let patience = settings.patience;
    let pool = AnyPoolOptions::new().acquire_timeout(patience.max(Duration::from_secs(1)));
    let pool = match engine {
        Engine::Postgres => pool.max_connections(settings.server_connections),
        Engine::Sqlite => pool
            .max_connections(settings.read_connections)
            // A file does not go away the way a server does.
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    connection.execute(AssertSqlSafe(pragmas(Role::Reader, patience))).await?;
                    Ok(())
                })
            }),
    };
    pool.connect_lazy_with(options.clone())
}

/// The statement that begins a read: every query in it sees the same state of the database.
pub(super) fn begin_read(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "BEGIN",
        Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }
}

/// Copies a running SQLite database into a file that does not exist yet. The copy is one consistent
/// state; writers go on meanwhile.
pub(super) async fn backup_sqlite(options: &AnyConnectOptions, to: &Path) -> Result<(), StoreError> {
    let unwritable = || StoreError::BackupUnwritable(to.to_owned());
    let name = to.to_str().ok_or_else(unwritable)?;
    create_private(to).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::BackupExists(to.to_owned()),
        _ => unwritable(),
    })?;
    let copied = copy_into(options, name).await;
    if copied.is_err() {
        // Ours, and incomplete.
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

/// Writes the database anew. `secure_delete` overwrites what is deleted, but not the copies that
/// SQLite leaves in the free space of a page when it moves rows to another (`rebuildPage` in its
/// btree.c), so that without this a deleted text can survive. Takes about half a second for 100,000
/// reflections, and room for a second database on the disk; memory would be scarcer, hence the
/// temporary file.
pub(super) async fn rewrite(connection: &mut AnyConnection) -> Result<(), StoreError> {
    connection.execute("PRAGMA temp_store=FILE").await?;
    let rewritten = connection.execute("VACUUM").await;
    connection.execute("PRAGMA temp_store=MEMORY").await?;
    rewritten.map(|_| ()).map_err(StoreError::from)
}

/// Writes the whole log into the database file and empties it. False: somebody still reads it. It
/// waits briefly, for all writers wait with it; the caller tries again.
pub(super) async fn truncate_wal(
    connection: &mut AnyConnection,
    patience: Duration,
) -> Result<bool, StoreError> {
    connection.execute("PRAGMA busy_timeout=20").await?;
    let row = connection.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await;
    let wait_ms = patience.as_millis();
    connection.execute(AssertSqlSafe(format!("PRAGMA busy_timeout={wait_ms}"))).await?;
    let busy: i64 = row?.try_get(0)?;
    Ok(busy == 0)
}
