//! The hat balance of a month: asked for, due by itself, or read by an operator.

mod handle;
mod outbox;
mod planning;
mod respond;

pub use handle::handle;
pub use outbox::{compose, compose_file, compose_update};
pub use planning::plan_due;
pub use respond::respond;

use crate::coach::{month::Month, screen::PictureFormat};
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send the report of a month to the DM.
    Request { month: Month },
    /// Send the picture of a month's report to the DM, to keep or to show.
    RequestFile { month: Month, format: PictureFormat },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A report is on its way.
    Queued { month: Month },
}
