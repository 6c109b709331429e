//! The hat balance of a month, computed from evidence. `evidence` defines the input, `axis` counts and
//! shares, `measure` the other measures of a report; this file combines them. `report` words the result. To
//! add a kind of evidence, add a variant of `EvidenceKind` and a constructor of [`Evidence`].

use super::{cadence::monday_of, hat::Hats, month::Month};
use jiff::{ToSpan, civil::Date};
use measure::{coaching_acts, count, dimension_tallies, fit, needed, said_vs_lens, worn_vs_needed};
use serde::Serialize;

mod axis;
mod evidence;
mod finding;
mod measure;

pub use axis::{Axis, HatAxes, Share, TOO_FEW_BELOW};
pub use evidence::Evidence;
#[cfg(test)]
pub use evidence::EvidenceKind;
pub use finding::{Contrasts, Finding, find};
pub use measure::{DimensionTally, PerHat, Ratio, SaidVsLens, WornVsNeeded};

/// A hat that none of at least this many pieces of evidence shows is a blind spot.
pub const BLIND_SPOT_FROM: u32 = 8;

/// How many earlier months a month is compared with.
pub const COMPARISON_MONTHS: usize = 5;

/// How many weeks the rhythm covers.
pub const RHYTHM_WEEKS: u8 = 4;

/// The months that a month is compared with, newest first.
pub fn comparison_months(month: Month) -> impl Iterator<Item = Month> {
    std::iter::successors(Some(month.previous()), |month| Some(month.previous())).take(COMPARISON_MONTHS)
}

/// The earliest date whose evidence [`balance`] needs for a month, its rhythm and the months it is compared
/// with.
pub fn evidence_start(month: Month) -> Date {
    comparison_months(month).last().unwrap_or(month).first_day()
}

/// One calendar week (Monday to Sunday), cut at the ends of the month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Week {
    /// Its first day within the month.
    pub from_on: Date,
    /// Its last day within the month.
    pub to_on: Date,
    /// Pieces of evidence of any kind. A week with at least one is *active*.
    pub evidence: u32,
    /// L: pieces for which the member said the leader hat.
    pub leader: u32,
    /// M: pieces for which the member said the manager hat.
    pub manager: u32,
    /// (L + M) / 2, the mean count of the two hats. `None` if the week is not active.
    pub level: Option<f64>,
    /// [`balance_index`] of L and M.
    pub balance: Option<f64>,
}

/// 1 − |L − M| / (L + M). It is 1 if both hats were worn equally often, 0 if only one was, and `None` if
/// neither was. It describes a month; no value is a target.
pub fn balance_index(leader: u32, manager: u32) -> Option<f64> {
    let sum = f64::from(leader) + f64::from(manager);
    (sum > 0.0).then(|| 1.0 - f64::from(leader.abs_diff(manager)) / sum)
}

/// The hat balance of one month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HatBalance {
    pub month: Month,
    /// The axes by what the member said. They decide the blind spot.
    pub said: HatAxes,
    /// The axes by what the lens read.
    #[serde(rename = "seen")]
    pub lens: HatAxes,
    /// Pieces whose hat the member has not said. They are not part of `said`, not even as *neither*, but they
    /// make a week active.
    pub unsaid: u32,
    /// All weeks of the month, also those that are not active.
    pub weeks: Vec<Week>,
    /// Mean level of the active weeks. `None` if no week is active.
    pub level: Option<f64>,
    /// [`balance_index`] of the month's counts by what the member said. `None` below [`TOO_FEW_BELOW`]
    /// pieces.
    pub balance: Option<f64>,
    /// In how many of the pieces with both a room and a said hat the hat was the one that the room needed.
    pub fit: Ratio,
    /// How often the rooms needed each hat.
    pub needed: PerHat,
    /// What was worn compared with what the rooms needed.
    pub worn_vs_needed: WornVsNeeded,
    /// How often each pole of each dimension was shown, in the order of [`crate::coach::hat::Dimension`].
    pub dimensions: Vec<DimensionTally>,
    /// What the member said compared with what the lens read.
    #[serde(rename = "say_show")]
    pub said_vs_lens: SaidVsLens,
    /// Questions given back instead of an answer.
    #[serde(rename = "asks")]
    pub coaching_acts: u32,
    /// How many of the last four calendar weeks were active. The last of them contains the end of the month
    /// or today, whichever is earlier.
    pub rhythm: Ratio,
    /// The hats that none of at least [`BLIND_SPOT_FROM`] pieces shows by what the member said.
    pub blind_spot: Option<Hats>,
}

/// Computes the balance of a month from a member's evidence in any order. The evidence must reach back to
/// [`evidence_start`]; earlier evidence has no effect. `today` is the member's local date.
pub fn balance(evidence: &[Evidence], month: Month, today: Date) -> HatBalance {
    let of_month: Vec<Evidence> =
        evidence.iter().copied().filter(|piece| month.contains(piece.local_on)).collect();
    let said = HatAxes::count(of_month.iter().filter_map(|piece| piece.hat_said));
    let weeks = weeks_of(&of_month, month);
    HatBalance {
        month,
        lens: HatAxes::count(of_month.iter().filter_map(|piece| piece.lens_hats)),
        unsaid: count(of_month.iter().filter(|piece| piece.hat_said.is_none())),
        level: mean(weeks.iter().filter_map(|week| week.level)),
        balance: if said.is_too_few() { None } else { balance_index(said.leader.count, said.manager.count) },
        fit: fit(&of_month),
        needed: needed(&of_month),
        worn_vs_needed: worn_vs_needed(&of_month),
        dimensions: dimension_tallies(&of_month),
        said_vs_lens: said_vs_lens(&of_month),
        coaching_acts: coaching_acts(&of_month),
        rhythm: rhythm(evidence, month.last_day().min(today)),
        blind_spot: blind_spot(&said),
        said,
        weeks,
    }
}

fn weeks_of(of_month: &[Evidence], month: Month) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut from_on = month.first_day();
    // A month touches at most six weeks.
    for _ in 0..6 {
        let to_on = monday_of(from_on).saturating_add(6.days()).min(month.last_day());
        let pieces = || of_month.iter().filter(|piece| (from_on..=to_on).contains(&piece.local_on));
        let said = HatAxes::count(pieces().filter_map(|piece| piece.hat_said));
        let (leader, manager) = (said.leader.count, said.manager.count);
        let evidence = count(pieces());
        weeks.push(Week {
            from_on,
            to_on,
            evidence,
            leader,
            manager,
            level: (evidence > 0).then(|| f64::midpoint(f64::from(leader), f64::from(manager))),
            balance: balance_index(leader, manager),
        });
        if to_on >= month.last_day() {
            break;
        }
        from_on = to_on.saturating_add(1.day());
    }
    weeks
}

fn rhythm(evidence: &[Evidence], until_on: Date) -> Ratio {
    let active = (0..i64::from(RHYTHM_WEEKS)).filter(|back| {
        let monday = monday_of(until_on).saturating_sub(back.weeks());
        let last = monday.saturating_add(6.days()).min(until_on);
        evidence.iter().any(|piece| (monday..=last).contains(&piece.local_on))
    });
    Ratio { count: count(active), of: u32::from(RHYTHM_WEEKS) }
}

fn blind_spot(said: &HatAxes) -> Option<Hats> {
    let absent = Hats { leader: said.leader.count == 0, manager: said.manager.count == 0 };
    (said.evidence >= BLIND_SPOT_FROM && absent != Hats::NEITHER).then_some(absent)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, number) = values.fold((0.0, 0.0), |(sum, number), value| (sum + value, number + 1.0));
    (number > 0.0).then(|| sum / number)
}

#[cfg(test)]
mod tests;
