//! The two hats, the four dimensions on which they differ, and the nine practices that train switching
//! between them. The database, the exports and the screens use the same names.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use strum::{Display, EnumString, IntoStaticStr, ParseError, VariantArray};

/// One of the two hats.
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
pub enum Hat {
    /// What and why; people; taking risks.
    Leader,
    /// How and when; systems; keeping risks low.
    Manager,
}

impl Hat {
    pub fn opposite(self) -> Self {
        match self {
            Hat::Leader => Hat::Manager,
            Hat::Manager => Hat::Leader,
        }
    }
}

/// Which hats something shows: one, both or neither. It is stored as `leader`, `manager`, `both` or
/// `neither`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hats {
    pub leader: bool,
    pub manager: bool,
}

impl Hats {
    pub const NEITHER: Hats = Hats { leader: false, manager: false };
    pub const BOTH: Hats = Hats { leader: true, manager: true };
    /// The four values in the order in which they are shown.
    pub const ALL: [Hats; 4] = [
        Hats { leader: true, manager: false },
        Hats { leader: false, manager: true },
        Hats::BOTH,
        Hats::NEITHER,
    ];

    pub fn shows(self, hat: Hat) -> bool {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }

    /// The stored name: `leader`, `manager`, `both` or `neither`.
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
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Hats::ALL.into_iter().find(|hats| hats.as_str() == text).ok_or(ParseError::VariantNotFound)
    }
}

impl TryFrom<String> for Hats {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<Hats> for String {
    fn from(hats: Hats) -> String {
        hats.as_str().to_owned()
    }
}

/// The hats that a member ticked in their last answers. An answer with both counts for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecentHats {
    pub leader: u32,
    pub manager: u32,
    pub answers: u32,
}

impl RecentHats {
    pub fn of(ticked: impl IntoIterator<Item = Hats>) -> Self {
        let mut all = Self::default();
        for hats in ticked {
            all.leader = all.leader.saturating_add(u32::from(hats.leader));
            all.manager = all.manager.saturating_add(u32::from(hats.manager));
            all.answers = all.answers.saturating_add(1);
        }
        all
    }

    pub fn count(self, hat: Hat) -> u32 {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }

    /// The hat that was worn less often. `None` if both were worn as often.
    pub fn less_worn(self) -> Option<Hat> {
        match self.leader.cmp(&self.manager) {
            std::cmp::Ordering::Less => Some(Hat::Leader),
            std::cmp::Ordering::Greater => Some(Hat::Manager),
            std::cmp::Ordering::Equal => None,
        }
    }
}

/// One of the four dimensions on which the hats differ.
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
pub enum Dimension {
    /// The next two weeks (manager) or the next two years (leader).
    Horizon,
    /// Keeping risks low (manager) or taking them for the mission (leader).
    Risk,
    /// Keeping today's standard (manager) or developing people past their comfort zone (leader).
    Growth,
    /// Systems and workflow (manager) or spirit, morale and culture (leader).
    Focus,
}

impl Dimension {
    /// A short label of what a hat does on this dimension, such as `two years`.
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

/// One of the nine habits that LeadLens trains.
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
pub enum Practice {
    /// Ask instead of answering.
    StopSolving,
    /// Five minutes of why before the what.
    SellTheWhy,
    /// Find one thing that is fine and could be extraordinary.
    ChangeProject,
    /// Make the sheet that the team needs, or find someone who will keep it.
    EmbraceTheBoring,
    /// Set clear, boring, measurable goals.
    FocusOnTheHow,
    /// Notice small needs: a Friday off, the broken printer.
    CheckInDontJustInspire,
    /// Look at where the hours of the week went.
    AuditTheCalendar,
    /// Ask what others see.
    AskForFeedback,
    /// Do one small consistent act; trust builds over time.
    StartSmall,
}

impl Practice {
    /// The hat that this practice strengthens. `None` for the three that serve both.
    pub fn hat(self) -> Option<Hat> {
        match self {
            Practice::StopSolving | Practice::SellTheWhy | Practice::ChangeProject => Some(Hat::Leader),
            Practice::EmbraceTheBoring | Practice::FocusOnTheHow | Practice::CheckInDontJustInspire => {
                Some(Hat::Manager)
            }
            Practice::AuditTheCalendar | Practice::AskForFeedback | Practice::StartSmall => None,
        }
    }

    /// The name that members see: `stop solving`, `check in, don't just inspire`.
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

    /// A short label of what it trains.
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
