//! What a member writes in the direct message. A reply is an answer where a question is open; anything
//! else is offered to be kept, and stored on the tap alone. Each Slack message that went into a reflection
//! is one of its parts, so that editing or deleting it in Slack reaches the reflection.

mod answer;
mod events;
mod handle;
mod jobs;
mod outbox;
mod respond;

pub use events::{deleted, edited, posted, posted_without_words};
pub use handle::handle;
pub use jobs::{KeepMessage, keep, keep_failed};
pub use outbox::{compose_care, compose_keep_failed, compose_not_kept, compose_offer, compose_without_words};
pub use respond::respond;

use crate::coach::ids::{MessageTs, RowId};
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Keep the member's own message as a check-in, or as the answer to a nudge.
    Keep { ts: MessageTs, nudge: Option<RowId> },
    /// Do not keep it.
    DontKeep { ts: MessageTs },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A message was stored, offered, edited or deleted; messages in the DM show it.
    MessageHandled,
    /// The member's own message will be read from Slack and stored.
    KeepQueued,
    /// The offer shows that the message is not kept.
    NotKept,
    /// An earlier tap did it.
    AlreadyDone,
    /// The button is on no message.
    UnknownButton,
}
