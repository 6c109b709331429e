//! The follow-up question that a language model writes, if the operator brings one and the member agrees.
//! The library's question is stored and shown first. The call is made between [`claim_call`] and
//! [`accept`] by the holder of the client, with no transaction open.

mod call;
mod handle;
mod respond;

pub use call::{NotAsked, accept, claim_call, revert};
pub use handle::handle;
pub use respond::respond;

use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Let the model at this host write follow-up questions.
    Agree { host: String },
    /// Do not let it, or not any more.
    Refuse { host: String },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The member's answer was stored.
    Answered,
}
