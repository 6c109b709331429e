//! The room: the state of the team as the member describes it, and the hat that it needs, if it needs one.

use super::hat::{Hat, Hats};
use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A description of the room. The first four need the leader hat, the next four the manager hat, and the last neither.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Room {
    /// People do not know what this is for.
    Confused,
    /// Nobody says where the team is going.
    Directionless,
    LowSpirit,
    /// The first hours of a crisis.
    CrisisBegins,
    /// Full of ideas, without order.
    Disorganised,
    /// Dates slip.
    MissingDeadlines,
    /// It is unclear what comes first today.
    UnsureOfPriorities,
    /// The panic is over, and the plan has to be carried out.
    PastThePanic,
    /// Nothing is amiss.
    GoingWell,
}

/// How long a reading steers the questions. After that the room is likely another one.
pub const STEERS_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A room, and the member's date when they described it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomReading {
    pub room: Room,
    pub read_on: Date,
}

impl Room {
    /// The hat that this room needs now. A room in which all goes well needs no other hat than it has.
    pub fn needs(self) -> Option<Hat> {
        match self {
            Room::Confused | Room::Directionless | Room::LowSpirit | Room::CrisisBegins => Some(Hat::Leader),
            Room::Disorganised | Room::MissingDeadlines | Room::UnsureOfPriorities | Room::PastThePanic => {
                Some(Hat::Manager)
            }
            Room::GoingWell => None,
        }
    }
}

/// Whether the hats that were worn include the one that the room needs; `None` for a room that needs none.
pub fn fits(worn: Hats, room: Room) -> Option<bool> {
    room.needs().map(|hat| worn.shows(hat))
}
