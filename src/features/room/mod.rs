//! Reading the room by itself: remembered as the last described room, answered with the hat it needs
//! and one question. It is no evidence; a check-in begun from it is.

mod handle;
mod respond;

pub use handle::handle;
pub use respond::respond;

use crate::coach::room::Room;
use serde::{Deserialize, Serialize};

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open the readings.
    Open,
    /// The room was read so.
    Read { room: Room },
    /// Forget the last reading.
    Forget,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The reading was stored.
    Read { room: Room },
    /// The last reading was deleted.
    Forgotten,
}
