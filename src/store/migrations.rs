//! The migrations that the program carries, in order, and how a database gets them. `build.rs` lists the files;
//! nothing else has to be said for a new one.
//!
//! During a rolling upgrade programs of two versions use one database. So a program runs on a schema that is one
//! migration newer than itself, and a migration only adds: what it adds is optional for a program that does not
//! know it. A program that is further behind refuses to start.

use super::{
    engine::{Engine, SESSION_SETTINGS},
    error::OpenError,
};
use sqlx::{
    AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Executor as _, Row as _, SqlStr,
    any::AnyRow,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};
use std::{borrow::Cow, sync::LazyLock};

/// Version, description and SQL of each file.
static FILES: &[(i64, &str, &str)] = &include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// sqlx's own runner, over these files.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migration = |&(version, description, sql): &(i64, &'static str, &'static str)| {
        let sql = SqlStr::from_static(sql);
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(FILES.iter().map(migration).collect())
});

/// How many migrations a database may have that this program does not know.
const STEPS_AHEAD: i64 = 1;

/// The state of a database's schema, compared with the migrations of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// No schema exists yet.
    Missing,
    /// This many migrations are pending.
    Behind(usize),
    /// All migrations were run.
    UpToDate,
    /// A newer program has run one migration more; this program can work with it.
    Ahead,
}

/// Migrates a SQLite schema. Takes the write lock first, so that two programs that start at the same time
/// migrate one after the other.
pub(super) async fn migrate_sqlite(connection: &mut AnyConnection) -> Result<(), OpenError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if migrate(Engine::Sqlite, &mut transaction).await? == Migrated::Here {
        for statement in unordered_tables(Engine::Sqlite) {
            transaction.execute(AssertSqlSafe(statement)).await?;
        }
    }
    // With a read-only file and nothing to migrate, nothing above fails. This write does.
    transaction.execute("UPDATE _sqlx_migrations SET version = version WHERE 1 = 0").await?;
    Ok(transaction.commit().await?)
}

/// Migrates a PostgreSQL schema. Of programs that start at the same time, one migrates and the others wait
/// for it.
pub(super) async fn migrate_postgres(pool: &AnyPool) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await?;
    // A migration of a large table takes its time, and waits for one that another program has begun.
    connection.execute("SET statement_timeout = 0; SET lock_timeout = 0").await?;
    connection.execute("SELECT CAST(pg_advisory_lock(7341) AS TEXT)").await?;
    let migrated = migrate_locked(&mut connection).await;
    if migrated.is_err() {
        // The session may hold sqlx's advisory lock too. Both end with it.
        let _ = connection.close().await;
        return migrated;
    }
    connection.execute("SELECT CAST(pg_advisory_unlock(7341) AS TEXT)").await?;
    connection.execute(SESSION_SETTINGS).await?;
    Ok(())
}

async fn migrate_locked(connection: &mut AnyConnection) -> Result<(), OpenError> {
    if migrate(Engine::Postgres, connection).await? == Migrated::ByNewerProgram {
        return Ok(());
    }
    let mut transaction = connection.begin().await?;
    for statement in unordered_tables(Engine::Postgres) {
        transaction.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(transaction.commit().await?)
}

#[derive(PartialEq, Eq)]
enum Migrated {
    Here,
    ByNewerProgram,
}

async fn migrate(engine: Engine, connection: &mut AnyConnection) -> Result<Migrated, OpenError> {
    if inspect(engine, connection).await? == Schema::Ahead {
        return Ok(Migrated::ByNewerProgram);
    }
    MIGRATIONS.run_direct(None, connection, false).await.map_err(open_error)?;
    Ok(Migrated::Here)
}

/// The state of the schema; runs nothing.
pub(super) async fn inspect(engine: Engine, connection: &mut AnyConnection) -> Result<Schema, OpenError> {
    let schema_exists = match engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'",
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
             WHERE table_schema = ANY (current_schemas(false)) AND table_name = '_sqlx_migrations'"
        }
    };
    if connection.fetch_optional(schema_exists).await?.is_none() {
        return Ok(Schema::Missing);
    }
    let rows =
        connection.fetch_all("SELECT version, checksum FROM _sqlx_migrations ORDER BY version").await?;
    // A checksum of another type is none of ours either.
    let checksum = |row: &AnyRow| row.try_get("checksum").unwrap_or_default();
    let applied = rows.iter().map(|row| Ok((row.try_get("version")?, checksum(row))));
    compare(&applied.collect::<Result<Vec<(i64, Vec<u8>)>, sqlx::Error>>()?)
}

/// Compares the migrations of a database, in order, with those of the program.
fn compare(applied: &[(i64, Vec<u8>)]) -> Result<Schema, OpenError> {
    let known = newest_known();
    let mut is_ahead = false;
    for (version, checksum) in applied {
        let foreign = OpenError::ForeignSchema { version: *version };
        match MIGRATIONS.iter().find(|migration| migration.version == *version) {
            Some(migration) if *migration.checksum == **checksum => {}
            Some(_) => return Err(foreign),
            None if *version <= known => return Err(foreign),
            None if version.saturating_sub(known) <= STEPS_AHEAD => is_ahead = true,
            None => {
                let found = applied.last().map_or(*version, |(newest, _)| *newest);
                return Err(OpenError::NewerThanProgram { found, known });
            }
        }
    }
    let is_applied = |version: i64| applied.iter().any(|(applied, _)| *applied == version);
    let pending: Vec<i64> =
        FILES.iter().map(|(version, ..)| *version).filter(|version| !is_applied(*version)).collect();
    let newest = applied.last().map_or(0, |(version, _)| *version);
    match pending.first() {
        Some(skipped) if *skipped < newest => Err(OpenError::ForeignSchema { version: *skipped }),
        Some(_) => Ok(Schema::Behind(pending.len())),
        None if is_ahead => Ok(Schema::Ahead),
        None => Ok(Schema::UpToDate),
    }
}

fn newest_known() -> i64 {
    FILES.iter().map(|(version, ..)| *version).max().unwrap_or(0)
}

fn open_error(error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(version)
        | MigrateError::VersionMismatch(version)
        | MigrateError::Dirty(version) => OpenError::ForeignSchema { version },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        _ => OpenError::Other { code: "migration".to_owned() },
    }
}

/// The tables of anonymous feedback, which must not reveal the order of their rows. SQLite needs
/// `WITHOUT ROWID` for that: otherwise it numbers the rows in order of insertion. A migration is one text
/// for both engines and cannot say it. On PostgreSQL `feedback.rs` hides the order by rewriting all rows.
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
    let statements = tables.iter().flat_map(|(table, id, columns)| {
        [
            format!("CREATE TABLE IF NOT EXISTS {table} ({id} TEXT NOT NULL PRIMARY KEY, {of_round}, {columns}){end}"),
            format!("CREATE INDEX IF NOT EXISTS {table}_by_round ON {table} (round_id)"),
        ]
    });
    statements.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied_up_to(steps_after_known: i64) -> Vec<(i64, Vec<u8>)> {
        let ours = MIGRATIONS.iter().map(|migration| (migration.version, migration.checksum.to_vec()));
        let newer = (1..=steps_after_known).map(|step| (newest_known() + step, vec![1]));
        ours.chain(newer).collect()
    }

    #[test]
    fn a_program_works_with_a_schema_one_step_ahead_and_with_none_further() {
        assert_eq!(compare(&applied_up_to(0)), Ok(Schema::UpToDate));
        assert_eq!(compare(&applied_up_to(1)), Ok(Schema::Ahead));
        let known = newest_known();
        let refused = compare(&applied_up_to(2)).unwrap_err();
        assert_eq!(refused, OpenError::NewerThanProgram { found: known + 2, known });
        let says = refused.to_string();
        assert!(says.contains("newer LeadLens") && says.contains(&format!("{}", known + 2)), "{says}");
    }

    #[test]
    fn a_newer_migration_over_a_missing_one_is_no_release_of_ours() {
        let mut applied = applied_up_to(1);
        let skipped = applied.remove(applied.len() - 2);
        assert_eq!(compare(&applied), Err(OpenError::ForeignSchema { version: skipped.0 }));
        applied.pop();
        assert_eq!(compare(&applied), Ok(Schema::Behind(1)));
    }

    /// The program before runs beside the one that has migrated: it must be able to go on writing. The first
    /// seventeen were made before this rule.
    #[test]
    fn a_migration_adds_and_takes_nothing_away() {
        for (version, _, sql) in FILES.iter().filter(|(version, ..)| *version > 17) {
            let code: Vec<&str> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
            for statement in code.join(" ").to_uppercase().split(';') {
                let takes = ["DROP TABLE", "DROP COLUMN", "RENAME", "ALTER COLUMN"];
                assert!(!takes.iter().any(|word| statement.contains(word)), "{version}: {statement}");
                let adds_a_duty = statement.contains("ADD COLUMN")
                    && statement.contains("NOT NULL")
                    && !statement.contains("DEFAULT");
                assert!(!adds_a_duty, "{version}: an older program does not fill it: {statement}");
            }
        }
    }
}
