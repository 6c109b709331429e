//! Why a use case was rolled back.

use crate::{
    report::member_export::restore::InvalidExport,
    store::{MalformedPayload, StoreError},
};

/// Why a use case was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum InteractionError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored payload cannot be read.
    #[error(transparent)]
    Payload(#[from] MalformedPayload),
    /// Another delivery with the same key was committed meanwhile; this one is a redelivery.
    #[error("another delivery with the same key was committed first")]
    Raced,
    /// There is no such member.
    #[error("LeadLens knows no such member")]
    UnknownMember,
    /// The library has no question.
    #[error("there is no question to ask")]
    NoQuestion,
    /// An import holds rows that belong to another member here.
    #[error(
        "the export holds entries that belong to another member here; give --team and --user of that member"
    )]
    AnotherMembers,
    /// An import holds values that no member can have set.
    #[error(transparent)]
    InvalidExport(#[from] InvalidExport),
    /// A file of an export could not be written.
    #[error("an export could not be written")]
    Export,
}

/// What a use case answers.
pub type Result<T> = std::result::Result<T, InteractionError>;
