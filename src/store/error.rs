//! What can go wrong with the database, as sentences for people. Nothing here repeats a value of a
//! row, a statement or the database's own message (which may quote one), nor the URL's password.
//! A new kind of failure is a variant here and a line in `kind_of`.

use sqlx::error::DatabaseError;
use std::{borrow::Cow, path::PathBuf};

/// Why a unit of work, a read or an act of maintenance did not happen. What was asked for is rolled
/// back whole.
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
    /// Two units of work stood in each other's way (deadlock, serialization failure).
    #[error("another change came first; nothing was changed, try again")]
    Conflict,
    /// A key or a reference that must hold did not; names the rule, never the values.
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
    /// The use case panicked. It alone was rolled back.
    #[error("an error inside LeadLens stopped this change; nothing of it was kept")]
    Panicked,
    /// A unit of work was begun inside another; it would wait for itself.
    #[error("a change was begun inside another change")]
    Nested,
    /// The store has been closed.
    #[error("the database has been closed")]
    Closed,
    /// Readers kept the write-ahead log in use for as long as we were willing to wait.
    #[error("a long read keeps the write-ahead log in use: what was erased may still be in it; try again")]
    WalInUse,
    /// The backup's target exists.
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
        "the database was changed by a newer LeadLens (schema {found}, this program knows {known}); \
         use that version or restore a backup"
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
    /// Anything else, by the engine's code.
    #[error("the database cannot be used (code {code})")]
    Other {
        /// SQLSTATE, SQLite's result code, or the driver's word.
        code: String,
    },
}

/// The kinds of failure that both engines share.
enum Kind {
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
        match kind_of(&error) {
            Kind::Locked => Self::Locked,
            Kind::ReadOnly => Self::ReadOnly,
            Kind::Full => Self::Full,
            Kind::Unreachable | Kind::CannotOpen | Kind::Denied => Self::Unreachable,
            Kind::Corrupt => Self::Corrupt,
            Kind::Conflict => Self::Conflict,
            Kind::Refused(rule) => Self::Refused { rule },
            Kind::Other(code) => Self::Other { code },
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        match kind_of(&error) {
            Kind::Locked | Kind::Conflict => Self::Locked,
            Kind::ReadOnly => Self::ReadOnly,
            Kind::Full => Self::Full,
            Kind::Unreachable => Self::Unreachable,
            Kind::Corrupt => Self::NotADatabase,
            Kind::CannotOpen => Self::CannotOpen,
            Kind::Denied => Self::Denied,
            Kind::Refused(code) | Kind::Other(code) => Self::Other { code },
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

fn kind_of(error: &sqlx::Error) -> Kind {
    match error {
        sqlx::Error::Database(error) => kind_of_code(error.as_ref()),
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => Kind::Unreachable,
        sqlx::Error::Tls(_) => Kind::Other("tls".to_owned()),
        sqlx::Error::PoolClosed => Kind::Other("closed".to_owned()),
        sqlx::Error::Configuration(_) => Kind::Other("configuration".to_owned()),
        sqlx::Error::Protocol(_) => Kind::Other("protocol".to_owned()),
        _ => Kind::Other("driver".to_owned()),
    }
}

/// SQLSTATEs have five characters (<https://www.postgresql.org/docs/current/errcodes-appendix.html>);
/// SQLite's codes are numbers whose low byte is the primary code (<https://www.sqlite.org/rescode.html>).
fn kind_of_code(error: &dyn DatabaseError) -> Kind {
    let code = error.code().unwrap_or(Cow::Borrowed("none"));
    if let (true, Ok(number)) = (code.len() != 5, code.parse::<u32>()) {
        return match number & 0xff {
            5 | 6 => Kind::Locked,
            8 => Kind::ReadOnly,
            13 => Kind::Full,
            10 => Kind::Unreachable,
            11 | 26 => Kind::Corrupt,
            14 => Kind::CannotOpen,
            3 | 23 => Kind::Denied,
            19 => Kind::Refused(rule_of(error)),
            _ => Kind::Other(code.into_owned()),
        };
    }
    match code.as_ref() {
        "40001" | "40P01" => Kind::Conflict,
        "55P03" => Kind::Locked,
        "25006" => Kind::ReadOnly,
        "53100" => Kind::Full,
        "53300" | "57P01" | "57P02" | "57P03" => Kind::Unreachable,
        "28000" | "28P01" | "3D000" | "42501" => Kind::Denied,
        "XX001" | "XX002" => Kind::Corrupt,
        state if state.starts_with("08") => Kind::Unreachable,
        state if state.starts_with("23") => Kind::Refused(rule_of(error)),
        _ => Kind::Other(code.into_owned()),
    }
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
