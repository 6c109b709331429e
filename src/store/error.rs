//! Errors of the database, as sentences for people. No message contains a row's value, a statement, the
//! database's own message (which may quote a value) or the URL's password. A new kind of failure is a
//! variant here and a line in `classify`.

use sqlx::error::DatabaseError;
use std::{borrow::Cow, path::PathBuf};

/// Why a transaction or a maintenance operation failed. The transaction was rolled back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another program holds the write lock.
    #[error("the database is locked by another program; nothing was changed, try again")]
    Locked,
    /// The file, the disk or the database role forbids writing.
    #[error("the database is read-only; nothing was changed")]
    ReadOnly,
    /// No room on the disk.
    #[error("the disk of the database is full; nothing was changed")]
    Full,
    /// The server or the file cannot be reached.
    #[error("the database cannot be reached; nothing was changed")]
    Unreachable,
    /// The file is damaged.
    #[error("the database file is damaged; restore it from a backup")]
    Corrupt,
    /// Deadlock or serialization failure between two transactions, or a delivery key that another
    /// transaction inserted first.
    #[error("another change came first; nothing was changed, try again")]
    Conflict,
    /// A constraint was violated; names the constraint, never the values.
    #[error("the database refused a row: rule {rule} does not hold")]
    Refused {
        /// The constraint's name, or its kind where the engine does not name it.
        rule: String,
    },
    /// A stored value that this program cannot read.
    #[error("the column {column} holds a value that this version cannot read")]
    Unreadable {
        /// Table-less column name.
        column: &'static str,
    },
    /// The work panicked. Only its own changes were rolled back.
    #[error("an error inside LeadLens stopped this change; nothing of it was kept")]
    Panicked,
    /// `Store::write` was called inside another write, which would wait for itself forever.
    #[error("a change was begun inside another change")]
    Nested,
    /// The store has been closed.
    #[error("the database has been closed")]
    Closed,
    /// Readers kept the write-ahead log in use until the lock timeout.
    #[error("a long read keeps the write-ahead log in use: what was erased may still be in it; try again")]
    WalInUse,
    /// The target of the backup exists.
    #[error("{} exists already; a backup never overwrites a file", .0.display())]
    BackupExists(PathBuf),
    /// The backup's target cannot be written or named.
    #[error("cannot write a backup to {}", .0.display())]
    BackupUnwritable(PathBuf),
    /// Backups of a server are its operator's.
    #[error("backup copies a SQLite file; use pg_dump for PostgreSQL")]
    BackupOfPostgres,
    /// Anything else, by the engine's code.
    #[error("the database refused a statement (code {code})")]
    Other {
        /// SQLSTATE, SQLite's result code, or the driver's word.
        code: String,
    },
}

/// Why the database could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The URL is not one of ours.
    #[error("DATABASE_URL {0}; an example: sqlite:///data/leadlens.db or postgres://user@host/leadlens")]
    BadUrl(&'static str),
    /// The folder is missing or the file cannot be opened or made.
    #[error("cannot open or create the database file; check that its folder exists and may be written")]
    CannotOpen,
    /// Another program holds the lock.
    #[error("the database is locked by another program; stop it or try again later")]
    Locked,
    /// Writing is forbidden.
    #[error("the database is read-only; LeadLens has to write to it")]
    ReadOnly,
    /// No room on the disk.
    #[error("the disk of the database is full")]
    Full,
    /// The file is something else, or damaged.
    #[error("the file is not a SQLite database, or it is damaged")]
    NotADatabase,
    /// WAL needs a file system with shared memory.
    #[error("the file system cannot hold a write-ahead log (SQLite's WAL); use a local disk")]
    NoWal,
    /// No server answers.
    #[error("no database server answers at the address in DATABASE_URL")]
    Unreachable,
    /// The server knows no such user, password or database.
    #[error("the database server refused the user, the password or the database in DATABASE_URL")]
    Denied,
    /// A later version of LeadLens has changed the schema.
    #[error(
        "the database was changed by a newer LeadLens (schema {found}, this program knows {known} and works with \
         one step more); use that version or restore a backup"
    )]
    NewerThanProgram {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration in the program.
        known: i64,
    },
    /// A migration in the database is not the one that the program has under that number.
    #[error("the database holds schema {version} in a form that no release of LeadLens made")]
    ForeignSchema {
        /// The migration that differs.
        version: i64,
    },
    /// Another program uses it.
    #[error(
        "the database is in use, or is being moved by `leadlens transfer`; wait until that is done, or stop the \
         program that uses it"
    )]
    InUse,
    /// Only a part of another database was copied into it.
    #[error(
        "`leadlens transfer` into this database was interrupted: run it again, until it says that it is done"
    )]
    HalfTransferred,
    /// Anything else, by the engine's code.
    #[error("the database cannot be used (code {code})")]
    Other {
        /// SQLSTATE, SQLite's result code, or the driver's word.
        code: String,
    },
}

/// The failures that both engines share.
enum Failure {
    Locked,
    ReadOnly,
    Full,
    Unreachable,
    Corrupt,
    Conflict,
    Refused(String),
    CannotOpen,
    Denied,
    Other(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        classify(&error).into()
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => {
                classify_sqlite(failure.extended_code, || rule_of_sqlite(failure.extended_code)).into()
            }
            _ => Self::Other { code: "driver".to_owned() },
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Locked => Self::Locked,
            Failure::ReadOnly => Self::ReadOnly,
            Failure::Full => Self::Full,
            Failure::Unreachable | Failure::CannotOpen | Failure::Denied => Self::Unreachable,
            Failure::Corrupt => Self::Corrupt,
            Failure::Conflict => Self::Conflict,
            Failure::Refused(rule) => Self::Refused { rule },
            Failure::Other(code) => Self::Other { code },
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        match classify(&error) {
            Failure::Locked | Failure::Conflict => Self::Locked,
            Failure::ReadOnly => Self::ReadOnly,
            Failure::Full => Self::Full,
            Failure::Unreachable => Self::Unreachable,
            Failure::Corrupt => Self::NotADatabase,
            Failure::CannotOpen => Self::CannotOpen,
            Failure::Denied => Self::Denied,
            Failure::Refused(code) | Failure::Other(code) => Self::Other { code },
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Locked => Self::Locked,
            StoreError::ReadOnly => Self::ReadOnly,
            StoreError::Full => Self::Full,
            StoreError::Unreachable => Self::Unreachable,
            StoreError::Corrupt => Self::NotADatabase,
            StoreError::Other { code } => Self::Other { code },
            other => Self::Other { code: other.to_string() },
        }
    }
}

fn classify(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(error) => classify_code(error.as_ref()),
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => Failure::Unreachable,
        sqlx::Error::Tls(_) => Failure::Other("tls".to_owned()),
        sqlx::Error::PoolClosed => Failure::Other("closed".to_owned()),
        sqlx::Error::Configuration(_) => Failure::Other("configuration".to_owned()),
        sqlx::Error::Protocol(_) => Failure::Other("protocol".to_owned()),
        _ => Failure::Other("driver".to_owned()),
    }
}

/// SQLSTATEs have five characters (<https://www.postgresql.org/docs/current/errcodes-appendix.html>);
/// SQLite's codes are numbers whose low byte is the primary code (<https://www.sqlite.org/rescode.html>).
fn classify_code(error: &dyn DatabaseError) -> Failure {
    let code = error.code().unwrap_or(Cow::Borrowed("none"));
    if let (true, Ok(number)) = (code.len() != 5, code.parse()) {
        return classify_sqlite(number, || rule_of(error));
    }
    match code.as_ref() {
        "40001" | "40P01" => Failure::Conflict,
        // Also a statement that the server ended because it ran too long.
        "55P03" | "57014" => Failure::Locked,
        "25006" => Failure::ReadOnly,
        "53100" => Failure::Full,
        "53300" | "57P01" | "57P02" | "57P03" | "25P03" => Failure::Unreachable,
        "28000" | "28P01" | "3D000" | "42501" => Failure::Denied,
        "XX001" | "XX002" => Failure::Corrupt,
        state if state.starts_with("08") => Failure::Unreachable,
        state if state.starts_with("23") => Failure::Refused(rule_of(error)),
        _ => Failure::Other(code.into_owned()),
    }
}

/// Takes SQLite's extended result code.
fn classify_sqlite(code: i32, rule: impl FnOnce() -> String) -> Failure {
    match code & 0xff {
        5 | 6 => Failure::Locked,
        8 => Failure::ReadOnly,
        13 => Failure::Full,
        10 => Failure::Unreachable,
        11 | 26 => Failure::Corrupt,
        14 => Failure::CannotOpen,
        3 | 23 => Failure::Denied,
        19 => Failure::Refused(rule()),
        _ => Failure::Other(code.to_string()),
    }
}

/// The kind of a violated constraint.
fn rule_of_sqlite(extended_code: i32) -> String {
    match extended_code {
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY => "unique",
        rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => "reference",
        rusqlite::ffi::SQLITE_CONSTRAINT_NOTNULL => "not null",
        _ => "check",
    }
    .to_owned()
}

/// PostgreSQL names the constraint; SQLite has only its kind to offer without quoting its message.
fn rule_of(error: &dyn DatabaseError) -> String {
    use sqlx::error::ErrorKind;
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    match error.kind() {
        ErrorKind::UniqueViolation => "unique",
        ErrorKind::ForeignKeyViolation => "reference",
        ErrorKind::NotNullViolation => "not null",
        _ => "check",
    }
    .to_owned()
}
