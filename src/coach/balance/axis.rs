//! Counts of a hat among all pieces of evidence, with the share and its confidence interval. Two axes make
//! [`HatAxes`]: one by what the member said, one by what the lens read.

use crate::coach::hat::{Hat, Hats};
use serde::Serialize;

/// With fewer pieces of evidence than this, a share would say more about chance than about the member, so
/// none is shown.
pub const TOO_FEW_BELOW: u32 = 8;

/// A share with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// `count / of`, from 0 to 1.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// A count among all pieces, and its share if there are enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Axis {
    /// Pieces that show the hat.
    pub count: u32,
    /// All pieces, including those that show neither hat.
    pub of: u32,
    /// `None` below [`TOO_FEW_BELOW`] pieces.
    pub share: Option<Share>,
}

impl Axis {
    /// A `count` above `of` is treated as `of`.
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
    // At 0 and 1 the exact bound equals the share; rounding may miss it by the last bit.
    let low = ((middle - reach) / scale).clamp(0.0, p);
    let high = ((middle + reach) / scale).clamp(p, 1.0);
    Some(Share { value: p, low, high })
}

/// Both axes by one source: what the member said, or what the lens read. The two sources are never combined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HatAxes {
    /// Pieces for which the source gives hats: the denominator of both axes.
    pub evidence: u32,
    /// The leader axis. A piece that shows both hats counts on each axis.
    pub leader: Axis,
    pub manager: Axis,
    pub both: u32,
    /// Pieces that show neither hat.
    pub neither: u32,
}

impl HatAxes {
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

    pub fn axis(&self, hat: Hat) -> Axis {
        match hat {
            Hat::Leader => self.leader,
            Hat::Manager => self.manager,
        }
    }

    /// Whether there are too few pieces to show a share.
    pub fn is_too_few(&self) -> bool {
        self.evidence < TOO_FEW_BELOW
    }
}
