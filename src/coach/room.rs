//! The room: the state of the team as the member reads it, the hat it needs, and whether the hat
//! that was worn fits. What the table says comes from the design's section 1.

use super::hat::{Hat, Hats};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A reading of the room. The first four call for the leader, the next four for the manager.
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
    /// Nobody says where we are going.
    Directionless,
    /// Morale is down.
    LowSpirit,
    /// The first hours of a crisis.
    CrisisBegins,
    /// Full of ideas, without order.
    Disorganised,
    /// Dates slip.
    MissingDeadlines,
    /// What comes first today is unclear.
    UnsureOfPriorities,
    /// Past the panic; it has to be carried out.
    PastThePanic,
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

    /// How a button offers it, at most 30 characters.
    pub fn short_label(self) -> &'static str {
        match self {
            Room::Confused => "Confused",
            Room::Directionless => "Without direction",
            Room::LowSpirit => "Low in spirit",
            Room::CrisisBegins => "A crisis begins",
            Room::Disorganised => "Inspired, disorganised",
            Room::MissingDeadlines => "Missing deadlines",
            Room::UnsureOfPriorities => "Unsure what comes first",
            Room::PastThePanic => "Past the panic",
        }
    }

    /// How the form offers it, at most 75 characters (Slack's limit for an option).
    pub fn label(self) -> &'static str {
        match self {
            Room::Confused => "Confused: what is this for?",
            Room::Directionless => "Without direction",
            Room::LowSpirit => "Low in spirit",
            Room::CrisisBegins => "In the first hours of a crisis",
            Room::Disorganised => "Inspired but disorganised",
            Room::MissingDeadlines => "Missing deadlines",
            Room::UnsureOfPriorities => "Unsure of today's priorities",
            Room::PastThePanic => "Past the panic, needs to execute",
        }
    }
}

/// Whether the hat that was worn is the hat the room needed; *both* fits either room and
/// *neither* fits none.
pub fn fits(worn: Hats, room: Room) -> bool {
    worn.shows(room.needs())
}
