//! The colours of a picture.

use crate::coach::hat::Hat;

/// The colours, as SVG and CSS write them. The hats are blue and orange, which people with any kind of colour
/// blindness can tell apart (M. Okabe, K. Ito, <https://jfly.uni-koeln.de/color/>). Each also has its own
/// shape: a disc for the leader, a square for the manager.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    /// The background.
    pub paper: &'static str,
    /// Text and numbers.
    pub ink: &'static str,
    /// Less important text.
    pub muted: &'static str,
    /// Empty tracks, and lines.
    pub line: &'static str,
    pub leader: &'static str,
    pub manager: &'static str,
}

impl Palette {
    /// For a light background.
    pub const LIGHT: Self = Self {
        paper: "#ffffff",
        ink: "#1c2126",
        muted: "#59616b",
        line: "#e3e5e8",
        leader: "#c2500a",
        manager: "#0b66a8",
    };
    /// For a dark background.
    pub const DARK: Self = Self {
        paper: "#1a1d21",
        ink: "#eceef0",
        muted: "#a7aeb7",
        line: "#373c43",
        leader: "#f2a24a",
        manager: "#5fb4ee",
    };
    /// For a page with styles that define the colours.
    pub const OF_THE_PAGE: Self = Self {
        paper: "var(--paper)",
        ink: "var(--ink)",
        muted: "var(--muted)",
        line: "var(--line)",
        leader: "var(--leader)",
        manager: "var(--manager)",
    };

    pub(super) fn of(&self, hat: Hat) -> &'static str {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }
}
