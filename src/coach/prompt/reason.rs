//! Why a question was chosen: what *Why this one?* tells the member. It is kept with the nudge, with the numbers
//! that were true when the question was chosen. The renderer words it.

use crate::coach::{
    hat::{Dimension, Hat, Practice},
    room::Room,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Reason {
    /// It belongs to the practice that is followed up.
    Follows { practice: Practice },
    /// It belongs to the practice in focus.
    Focus { practice: Practice },
    /// The room, as the member read it on this day, needs its hat.
    Room { room: Room, read_on: Date },
    /// The member wore its hat less often than the other one in their last answers.
    WornLess {
        hat: Hat,
        /// In how many of the answers they ticked it.
        worn: u32,
        /// In how many they ticked the other hat.
        other: u32,
        answers: u32,
    },
    /// It is about the dimension that the member was asked about least in the last 28 days.
    AskedLess { dimension: Dimension, asked: u32, questions: u32 },
    /// Nothing spoke for one of several questions.
    Chance,
    /// It asks what came of what the member set out to do on this day.
    LookBack { stated_on: Date },
    /// The library has no question, so the one of every check-in was asked.
    Standing,
}

impl Reason {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Follows { .. } => "follows",
            Reason::Focus { .. } => "focus",
            Reason::Room { .. } => "room",
            Reason::WornLess { .. } => "worn-less",
            Reason::AskedLess { .. } => "asked-less",
            Reason::Chance => "chance",
            Reason::LookBack { .. } => "look-back",
            Reason::Standing => "standing",
        }
    }
}

/// The reason that is kept with a nudge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NudgeReason {
    Known(Reason),
    /// A finished sentence, as it was kept before reasons had a type.
    Sentence(String),
}

impl From<Reason> for NudgeReason {
    fn from(reason: Reason) -> Self {
        NudgeReason::Known(reason)
    }
}

impl NudgeReason {
    /// The cell of a table.
    pub fn cell(&self) -> &str {
        match self {
            NudgeReason::Known(reason) => reason.name(),
            NudgeReason::Sentence(sentence) => sentence,
        }
    }
}
