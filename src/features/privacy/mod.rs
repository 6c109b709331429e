//! Everything about oneself: exported, or erased. An operator can do both for a member who asks; the
//! member is then told.
//!
//! Erasing has three steps. One transaction deletes every row and leaves jobs that delete our messages by
//! channel and timestamp. The worker then empties the write-ahead log. At last a row, which holds nothing
//! but whom to tell, says *erased* and is deleted itself.

mod erase;
mod export;
mod handle;
mod operator;
mod outbox;
mod respond;

pub use export::export_files;
pub use handle::{handle, submit};
pub use operator::{
    export_for_operator, forget_for_operator, forget_workspace, report_for_operator, why_no_report,
};
pub use outbox::{compose_export, notice};
pub use respond::respond;

use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send everything about oneself to the DM.
    Export,
    /// Ask whether to erase everything.
    AskToForget,
}

/// The confirmed form: erase everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgetConfirmed;

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// An export is on its way.
    ExportQueued,
    /// Everything is being erased.
    Erasing,
}
