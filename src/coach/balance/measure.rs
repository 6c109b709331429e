//! The measures of a month besides its two axes, each with the counts it is made of: the fit with the rooms,
//! the tallies of the dimensions, and what the member said compared with what the lens read.

use super::evidence::{Evidence, EvidenceKind};
use crate::coach::{
    hat::{Dimension, Hat, Hats},
    room::fits,
};
use serde::Serialize;
use strum::VariantArray as _;

/// `count` of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ratio {
    pub count: u32,
    pub of: u32,
}

/// One count for each hat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PerHat {
    pub leader: u32,
    pub manager: u32,
}

/// What was worn compared with what the rooms needed, over the pieces with both a said hat and a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct WornVsNeeded {
    /// Pieces with both.
    pub of: u32,
    /// The hats that the member said.
    pub worn: PerHat,
    /// The hats that the rooms needed.
    pub needed: PerHat,
}

impl PerHat {
    pub fn of(self, hat: Hat) -> u32 {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }

    /// Counts the hats that are shown. *Both* counts for each.
    pub(super) fn count(shown: impl IntoIterator<Item = Hats>) -> Self {
        shown.into_iter().fold(Self::default(), |sum, hats| Self {
            leader: sum.leader.saturating_add(u32::from(hats.leader)),
            manager: sum.manager.saturating_add(u32::from(hats.manager)),
        })
    }
}

/// How often each pole of one dimension was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DimensionTally {
    pub dimension: Dimension,
    /// Pieces that show this dimension, whatever the pole.
    pub of: u32,
    /// Pieces at the leader's pole. A piece that shows both hats counts at each pole.
    pub leader: u32,
    /// Pieces at the manager's pole.
    pub manager: u32,
}

/// What the member said compared with what the lens read, over the pieces for which both are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SaidVsLens {
    /// Pieces for which both are known.
    pub of: u32,
    /// Pieces for which both give the same hats.
    pub same: u32,
    /// The hats that the member said.
    pub said: PerHat,
    /// The hats that the lens read.
    #[serde(rename = "seen")]
    pub lens: PerHat,
}

pub(super) fn fit(of_month: &[Evidence]) -> Ratio {
    let read = || of_month.iter().filter_map(|piece| fits(piece.hat_said?, piece.room?));
    Ratio { count: count(read().filter(|fits| *fits)), of: count(read()) }
}

pub(super) fn worn_vs_needed(of_month: &[Evidence]) -> WornVsNeeded {
    let both = || of_month.iter().filter_map(|piece| Some((piece.hat_said?, piece.room?.needs()?)));
    WornVsNeeded {
        of: count(both()),
        worn: PerHat::count(both().map(|(worn, _)| worn)),
        needed: PerHat::count(both().map(|(_, needed)| Hats::from(needed))),
    }
}

pub(super) fn needed(of_month: &[Evidence]) -> PerHat {
    PerHat::count(of_month.iter().filter_map(|piece| Some(Hats::from(piece.room?.needs()?))))
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
