//! A member's own reflections: paged, searched, deleted. What is shown belongs to its author alone: every
//! query names them.

mod handle;
mod respond;

pub use handle::{handle, search, submit};
pub use respond::respond;

use crate::coach::{ids::RowId, member_text::MemberText};
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open the history at a page; 0 is the newest.
    Open { page: u32 },
    /// Turn the page of an open history; its search stays as it is.
    TurnPage { page: u32 },
    /// Search the open history for the text in its search field.
    Search,
    /// Delete a reflection; the button asks for confirmation itself.
    Delete { reflection: RowId },
}

/// The submitted history: a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The text to look for.
    pub text: MemberText,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A reflection was deleted.
    Deleted,
    /// The reflection does not exist any more.
    NotFound,
}
