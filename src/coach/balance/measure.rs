//! The measures of a month beside its two axes, each with the counts that it is made of: fit and what
//! the rooms needed, where the member leaned on each dimension, what they ticked against what their
//! words show.

use super::evidence::{Evidence, EvidenceKind};
use crate::coach::{
    hat::{Dimension, Hat, Hats},
    room::fits,
};
use serde::Serialize;
use strum::VariantArray as _;

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ratio {
    /// How many.
    pub count: u32,
    /// Of how many.
    pub of: u32,
}

/// How many of each hat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PerHat {
    /// The leader hat.
    pub leader: u32,
    /// The manager hat.
    pub manager: u32,
}

impl PerHat {
    /// The count of a hat.
    pub fn of(self, hat: Hat) -> u32 {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }

    /// Counts each hat that is shown; *both* counts once on each.
    pub(super) fn count(shown: impl IntoIterator<Item = Hats>) -> Self {
        shown.into_iter().fold(Self::default(), |sum, hats| Self {
            leader: sum.leader.saturating_add(u32::from(hats.leader)),
            manager: sum.manager.saturating_add(u32::from(hats.manager)),
        })
    }
}

/// How often each pole of a dimension was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DimensionTally {
    /// The dimension.
    pub dimension: Dimension,
    /// Pieces in which it was seen, whatever the pole: the lens named it, or an act shows it.
    pub of: u32,
    /// Those at the leader's pole. *Both* counts once at each.
    pub leader: u32,
    /// Those at the manager's pole.
    pub manager: u32,
}

/// What the member ticked against what their words show, over the pieces of which both are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SaidVsLens {
    /// Pieces that were ticked and read.
    pub of: u32,
    /// Those in which both name the same hats.
    pub same: u32,
    /// The hats that were ticked.
    pub said: PerHat,
    /// The hats that the words show.
    #[serde(rename = "seen")]
    pub lens: PerHat,
}

pub(super) fn fit(of_month: &[Evidence]) -> Ratio {
    let read = || of_month.iter().filter_map(|piece| Some((piece.hat_said?, piece.room?)));
    Ratio { count: count(read().filter(|(worn, room)| fits(*worn, *room))), of: count(read()) }
}

pub(super) fn needed(of_month: &[Evidence]) -> PerHat {
    PerHat::count(of_month.iter().filter_map(|piece| Some(Hats::from(piece.room?.needs()))))
}

pub(super) fn coaching_acts(of_month: &[Evidence]) -> u32 {
    count(of_month.iter().filter(|piece| piece.kind == EvidenceKind::CoachingAct))
}

pub(super) fn dimension_tallies(of_month: &[Evidence]) -> Vec<DimensionTally> {
    let tally = |dimension: Dimension| {
        let at = || of_month.iter().filter_map(move |piece| piece.pole.filter(|pole| pole.0 == dimension));
        let poles = PerHat::count(at().map(|pole| pole.1));
        DimensionTally { dimension, of: count(at()), leader: poles.leader, manager: poles.manager }
    };
    Dimension::VARIANTS.iter().copied().map(tally).collect()
}

pub(super) fn said_vs_lens(of_month: &[Evidence]) -> SaidVsLens {
    let known = || of_month.iter().filter_map(|piece| Some((piece.hat_said?, piece.lens_hats?)));
    SaidVsLens {
        of: count(known()),
        same: count(known().filter(|(said, seen)| said == seen)),
        said: PerHat::count(known().map(|(said, _)| said)),
        lens: PerHat::count(known().map(|(_, seen)| seen)),
    }
}

pub(super) fn count(pieces: impl Iterator) -> u32 {
    u32::try_from(pieces.count()).unwrap_or(u32::MAX)
}
