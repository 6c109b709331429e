//! *Ask, don't fix*: three questions to give back, one coaching act when the member says that they asked
//! one, and the list of acts. Nothing of the message that asked ever comes here.

mod handle;
mod respond;

pub use handle::{handle, open_form, submit};
pub use respond::respond;

use crate::coach::{
    coaching_act::CounterQuestion,
    ids::{PromptId, RowId},
    reflection::STANDING_QUESTION,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Take another of the three questions; 0 is the first.
    ChooseQuestion { nth: u8 },
    /// Show the acts at a page; 0 is the newest.
    List { page: u32 },
    /// Open an act for editing.
    Edit { act: RowId },
    /// Delete an act; the button asks for confirmation itself, except for the undo.
    Delete { act: RowId },
}

/// A submitted form of this feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// *I asked it*: the questions that were offered, and which of them was taken.
    Asked { offered: Vec<PromptId>, taken: u8 },
    /// An edited act.
    Edit { act: RowId, prompt: Option<PromptId>, on: Option<Date> },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// An act was stored.
    Stored { act: RowId },
    /// An act was deleted.
    Deleted,
    /// The act does not exist any more.
    NotFound,
    /// An earlier tap did the same.
    AlreadyDone,
}

/// The text of a question. One that left the library meanwhile reads as the standing question.
fn question_of(library: &[CounterQuestion], id: &PromptId) -> String {
    let found = library.iter().find(|one| one.id == *id);
    found.map_or_else(|| STANDING_QUESTION.to_owned(), |one| one.text.clone())
}
