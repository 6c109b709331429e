//! The room: the state of the team as the member describes it, and the hat that it needs.

use super::hat::{Hat, Hats};
use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A description of the room. The first four need the leader hat, the last four the manager hat.
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
    /// The hat that this room needs now.
    pub fn needs(self) -> Hat {
        match self {
            Room::Confused | Room::Directionless | Room::LowSpirit | Room::CrisisBegins => Hat::Leader,
            Room::Disorganised | Room::MissingDeadlines | Room::UnsureOfPriorities | Room::PastThePanic => {
                Hat::Manager
            }
        }
    }
}

/// Whether the hats that were worn include the one that the room needs.
pub fn fits(worn: Hats, room: Room) -> bool {
    worn.shows(room.needs())
}
