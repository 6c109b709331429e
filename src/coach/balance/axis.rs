//! How much of a hat: a count among all pieces of evidence, its share and the range of the share. Two
//! axes make a column, one column for each way to know the hats.

use crate::coach::hat::{Hat, Hats};
use serde::Serialize;

/// Under this many pieces of evidence a share says more about chance than about the member.
pub const TOO_FEW_BELOW: u32 = 8;

/// A share with the range it may as well be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// Count by all evidence, 0 to 1.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// A count of something among all pieces, and its share once they are enough to tell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Axis {
    /// Pieces that show the hat.
    pub count: u32,
    /// All pieces, those that show neither hat included.
    pub of: u32,
    /// `None` under [`TOO_FEW_BELOW`] pieces: too few to tell.
    pub share: Option<Share>,
}

impl Axis {
    /// Counts above `of` are cut to it.
    pub fn new(count: u32, of: u32) -> Self {
        let share = if of < TOO_FEW_BELOW { None } else { wilson(count, of) };
        Self { count: count.min(of), of, share }
    }
}

/// The share of `count` in `of` with its 95 % Wilson score interval; `None` when `of` is 0.
///
/// With p = count / of, n = of and z = 1.959964, the interval is
/// (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
/// (E. B. Wilson, JASA 22 (1927), 209–212,
/// <https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval>).
/// Unlike the textbook p ± z·√(p(1 − p)/n) it holds for small n and never leaves [0, 1].
pub fn wilson(count: u32, of: u32) -> Option<Share> {
    /// The two-sided 95 % quantile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if of == 0 {
        return None;
    }
    let n = f64::from(of);
    let p = f64::from(count.min(of)) / n;
    let zz = Z * Z;
    let middle = p + zz / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + zz / (4.0 * n * n)).sqrt();
    let scale = 1.0 + zz / n;
    // At the ends the exact bound is the share itself; rounding may miss it by the last bit.
    let low = ((middle - reach) / scale).clamp(0.0, p);
    let high = ((middle + reach) / scale).clamp(p, 1.0);
    Some(Share { value: p, low, high })
}

/// One way to know the hats: as the member said them, or as the lens saw them. Never blended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HatAxes {
    /// Pieces whose hats are known this way: the denominator of both axes.
    pub evidence: u32,
    /// The leader axis. *Both* counts once on each axis.
    pub leader: Axis,
    /// The manager axis.
    pub manager: Axis,
    /// Pieces that show both hats.
    pub both: u32,
    /// Pieces that show neither.
    pub neither: u32,
}

impl HatAxes {
    /// Counts what is known.
    pub fn count(hats: impl IntoIterator<Item = Hats>) -> Self {
        let (mut evidence, mut leader, mut manager, mut both, mut neither) =
            (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
        for hats in hats {
            evidence = evidence.saturating_add(1);
            leader = leader.saturating_add(u32::from(hats.leader));
            manager = manager.saturating_add(u32::from(hats.manager));
            both = both.saturating_add(u32::from(hats == Hats::BOTH));
            neither = neither.saturating_add(u32::from(hats == Hats::NEITHER));
        }
        let (leader, manager) = (Axis::new(leader, evidence), Axis::new(manager, evidence));
        Self { evidence, leader, manager, both, neither }
    }

    /// The axis of a hat.
    pub fn axis(&self, hat: Hat) -> Axis {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }

    /// Too few pieces to tell a share.
    pub fn is_too_few(&self) -> bool {
        self.evidence < TOO_FEW_BELOW
    }
}
