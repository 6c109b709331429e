//! The two hats, the four dimensions they differ on, and the nine practices that train the change
//! between them. Names here are the names in the schema, the screens and the docs.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Text that names none of the values of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind}")]
pub struct UnknownName {
    /// Which list was asked.
    pub kind: &'static str,
}

/// Defines a closed list of values with one stable name each, used in the schema, in exports and
/// in prompts; `ALL` is in the order in which people should read them.
#[macro_export]
macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $kind:literal { $($(#[$vdoc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            /// Every value, in reading order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The stable name, as stored and exported.
            pub fn as_str(self) -> &'static str { match self { $($name::$variant => $text),+ } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::coach::hat::UnknownName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok($name::$variant),)+ _ => Err($crate::coach::hat::UnknownName { kind: $kind }) }
            }
        }
    };
}

named! {
    /// One of the two hats.
    Hat, "hat" {
        /// What and why; people; dare.
        Leader => "leader",
        /// How and when; systems; keep it safe.
        Manager => "manager",
    }
}

impl Hat {
    /// The other one.
    pub fn opposite(self) -> Self {
        match self {
            Hat::Leader => Hat::Manager,
            Hat::Manager => Hat::Leader,
        }
    }
}

/// Which hats a reflection shows: one, both or neither. Stored as one of four words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hats {
    /// Shows the leader hat.
    pub leader: bool,
    /// Shows the manager hat.
    pub manager: bool,
}

impl Hats {
    /// Neither hat.
    pub const NEITHER: Hats = Hats { leader: false, manager: false };
    /// Both hats.
    pub const BOTH: Hats = Hats { leader: true, manager: true };
    /// The four values, in reading order.
    pub const ALL: [Hats; 4] = [
        Hats { leader: true, manager: false },
        Hats { leader: false, manager: true },
        Hats::BOTH,
        Hats::NEITHER,
    ];

    /// Whether this hat is among those shown.
    pub fn shows(self, hat: Hat) -> bool {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }

    /// `leader`, `manager`, `both` or `neither`.
    pub fn as_str(self) -> &'static str {
        match (self.leader, self.manager) {
            (true, true) => "both",
            (true, false) => "leader",
            (false, true) => "manager",
            (false, false) => "neither",
        }
    }
}

impl From<Hat> for Hats {
    fn from(hat: Hat) -> Self {
        Hats { leader: hat == Hat::Leader, manager: hat == Hat::Manager }
    }
}

impl fmt::Display for Hats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Hats {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Hats::ALL.into_iter().find(|hats| hats.as_str() == text).ok_or(UnknownName { kind: "hat" })
    }
}

impl TryFrom<String> for Hats {
    type Error = UnknownName;
    fn try_from(text: String) -> Result<Self, UnknownName> {
        text.parse()
    }
}

impl From<Hats> for String {
    fn from(hats: Hats) -> String {
        hats.as_str().to_owned()
    }
}

named! {
    /// The four rows on which the hats differ.
    Dimension, "dimension" {
        /// The next two weeks, or the next two years.
        Horizon => "horizon",
        /// Minimise it, or take it for the mission.
        Risk => "risk",
        /// Keep today's standard, or develop people past their comfort zone.
        Growth => "growth",
        /// Systems and workflow, or spirit, morale and culture.
        Focus => "focus",
    }
}

impl Dimension {
    /// What a hat does on it, as short as a label: `two years`.
    pub fn pole(self, hat: Hat) -> &'static str {
        match (self, hat) {
            (Dimension::Horizon, Hat::Leader) => "two years",
            (Dimension::Horizon, Hat::Manager) => "two weeks",
            (Dimension::Risk, Hat::Leader) => "taking it",
            (Dimension::Risk, Hat::Manager) => "keeping it low",
            (Dimension::Growth, Hat::Leader) => "developing people",
            (Dimension::Growth, Hat::Manager) => "keeping the standard",
            (Dimension::Focus, Hat::Leader) => "spirit",
            (Dimension::Focus, Hat::Manager) => "systems",
        }
    }

    /// Its name at the start of a line.
    pub fn title(self) -> &'static str {
        match self {
            Dimension::Horizon => "Horizon",
            Dimension::Risk => "Risk",
            Dimension::Growth => "Growth",
            Dimension::Focus => "Focus",
        }
    }
}

named! {
    /// The nine habits that LeadLens trains.
    Practice, "practice" {
        /// Ask, do not answer.
        StopSolving => "stop-solving",
        /// Five minutes of why before the what.
        SellTheWhy => "sell-the-why",
        /// One thing that is fine and could be extraordinary.
        ChangeProject => "change-project",
        /// The sheet the team needs, or someone who will keep it.
        EmbraceTheBoring => "embrace-the-boring",
        /// Clear, boring, measurable goals.
        FocusOnTheHow => "focus-on-the-how",
        /// Friday off, the broken printer.
        CheckInDontJustInspire => "check-in-dont-just-inspire",
        /// Where the hours of the week went.
        AuditTheCalendar => "audit-the-calendar",
        /// What others see.
        AskForFeedback => "ask-for-feedback",
        /// One small consistent act; trust over time.
        StartSmall => "start-small",
    }
}

impl Practice {
    /// The hat that this practice strengthens; `None` for the three that serve both.
    pub fn hat(self) -> Option<Hat> {
        match self {
            Practice::StopSolving | Practice::SellTheWhy | Practice::ChangeProject => Some(Hat::Leader),
            Practice::EmbraceTheBoring | Practice::FocusOnTheHow | Practice::CheckInDontJustInspire => {
                Some(Hat::Manager)
            }
            Practice::AuditTheCalendar | Practice::AskForFeedback | Practice::StartSmall => None,
        }
    }

    /// How people say it: `stop solving`, `check in, don't just inspire`.
    pub fn title(self) -> &'static str {
        match self {
            Practice::StopSolving => "stop solving",
            Practice::SellTheWhy => "sell the why",
            Practice::ChangeProject => "change project",
            Practice::EmbraceTheBoring => "embrace the boring",
            Practice::FocusOnTheHow => "focus on the how",
            Practice::CheckInDontJustInspire => "check in, don't just inspire",
            Practice::AuditTheCalendar => "audit the calendar",
            Practice::AskForFeedback => "ask for feedback",
            Practice::StartSmall => "start small",
        }
    }

    /// What it trains, as short as a label.
    pub fn aim(self) -> &'static str {
        match self {
            Practice::StopSolving => "ask, do not answer",
            Practice::SellTheWhy => "five minutes of why before the what",
            Practice::ChangeProject => "one thing that is fine and could be extraordinary",
            Practice::EmbraceTheBoring => "the sheet the team needs, or someone who will keep it",
            Practice::FocusOnTheHow => "clear, boring, measurable goals",
            Practice::CheckInDontJustInspire => "the small things that people need, such as a Friday off",
            Practice::AuditTheCalendar => "where the hours of the week went",
            Practice::AskForFeedback => "what others see",
            Practice::StartSmall => "one small consistent act; trust over time",
        }
    }
}
