//! Why a transfer did not come to its end, as sentences for the operator. None quotes a value of a row.

use super::{
    super::error::{OpenError, StoreError},
    checksum::Checksum,
};
use std::fmt;

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one that is left.
    From,
    /// The one that is moved into.
    To,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::From => "--from",
            Side::To => "--to",
        })
    }
}

/// Why a transfer did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// A database cannot be opened.
    #[error("{side}: {error}")]
    Open {
        /// Which one.
        side: Side,
        /// Why.
        error: OpenError,
    },
    /// The target is served, or is the source.
    #[error(
        "--to: the database is in use, or both addresses name the same one; stop `leadlens serve` on it first"
    )]
    TargetInUse,
    /// There is nothing to move.
    #[error("--from: there is no LeadLens database; check the address, and the folder you are in")]
    NoDatabase,
    /// A schema is not this program's.
    #[error(
        "{0}: the schema is of another version of LeadLens; start that database once with this version \
         (`leadlens serve`), then move it"
    )]
    OtherSchema(Side),
    /// The two schemas are not the same.
    #[error("the table {table} is not the same in both databases")]
    OtherTable {
        /// Its name.
        table: String,
    },
    /// A table that a transfer does not know how to copy.
    #[error("the table {table} cannot be copied: it has no key, or a column of an unknown type")]
    UnknownShape {
        /// Its name.
        table: String,
    },
    /// The target has rows that this transfer did not bring.
    #[error("--to: the database has data already, which did not come from --from; name an empty one")]
    TargetHasData,
    /// The same transfer has been finished.
    #[error("--to: the transfer from this database is finished; nothing was done")]
    Finished,
    /// A text that PostgreSQL cannot hold.
    #[error("the table {table} has a text in {column} with the character NUL, which PostgreSQL cannot hold")]
    Nul {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A value of a type that its column does not have.
    #[error("the table {table} has a value in {column} that is not of the type of the column")]
    Unreadable {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The two sides hold different rows.
    #[error(
        "the table {table} is not the same on both sides ({left} and {right}): --to cannot be used. Empty it and \
         begin again"
    )]
    Different {
        /// The table.
        table: String,
        /// What the source holds.
        left: Checksum,
        /// What the target holds.
        right: Checksum,
    },
    /// A statement failed.
    #[error("{side}: {error}")]
    Store {
        /// On which database.
        side: Side,
        /// Why.
        error: StoreError,
    },
}

impl TransferError {
    /// Whether what an earlier call copied may be older than what is in the source.
    pub(super) fn means_a_changed_source(&self) -> bool {
        matches!(self, Self::Different { .. } | Self::Store { error: StoreError::Refused { .. }, .. })
    }
}
