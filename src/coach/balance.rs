//! The hat balance of a month, from pieces of evidence: `axis` has the two axes with their counts and
//! ranges, `measure` what else section 6 measures, this file puts them together. How it is worded is
//! `report`'s. A new kind of evidence is a variant of [`EvidenceKind`] and a way to make an [`Evidence`] of it.

use super::{cadence::monday_of, hat::Hats, month::Month};
use jiff::{ToSpan, civil::Date};
use measure::{coaching_acts, count, dimension_tallies, fit, needed, said_vs_lens};
use serde::Serialize;

mod axis;
mod evidence;
mod measure;

pub use axis::{Axis, HatAxes, Share, TOO_FEW_BELOW, wilson};
pub use evidence::{Evidence, EvidenceKind};
pub use measure::{DimensionTally, PerHat, Ratio, SaidVsLens};

/// A hat that is absent from at least this many pieces of evidence is a blind spot.
pub const BLIND_SPOT_FROM: u32 = 8;

/// How many months before it a month is compared with.
pub const COMPARISON_MONTHS: usize = 3;

/// How many weeks the rhythm looks at.
pub const RHYTHM_WEEKS: u8 = 4;

/// The months before a month that it is compared with, the last one first.
pub fn comparison_months(month: Month) -> impl Iterator<Item = Month> {
    std::iter::successors(Some(month.previous()), |month| Some(month.previous())).take(COMPARISON_MONTHS)
}

/// The first date of which evidence is needed to tell a month's balance, its rhythm and the
/// comparison with the months before.
pub fn evidence_start(month: Month) -> Date {
    comparison_months(month).last().unwrap_or(month).first_day()
}

/// One calendar week (Monday to Sunday) of a month, cut at the month's ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Week {
    /// Its first day in the month.
    pub from_on: Date,
    /// Its last day in the month.
    pub to_on: Date,
    /// Pieces of evidence of any kind, with or without a said hat; the week is active with one.
    pub evidence: u32,
    /// Self-said pieces that show the leader hat (L).
    pub leader: u32,
    /// Self-said pieces that show the manager hat (M).
    pub manager: u32,
    /// (L + M) / 2: how much of either hat the week saw; `None` unless it was active.
    pub level: Option<f64>,
    /// See [`balance_index`].
    pub balance: Option<f64>,
}

/// 1 − |L − M| / (L + M): 1 when both hats were worn equally often, 0 when only one was, `None`
/// when neither was. It is a description; no value of it is a target.
pub fn balance_index(leader: u32, manager: u32) -> Option<f64> {
    let sum = f64::from(leader) + f64::from(manager);
    (sum > 0.0).then(|| 1.0 - f64::from(leader.abs_diff(manager)) / sum)
}

/// The hat balance of one month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HatBalance {
    /// The month.
    pub month: Month,
    /// The axes as the member said them; the blind spot is decided by these.
    pub said: HatAxes,
    /// The axes as the lens saw them.
    #[serde(rename = "seen")]
    pub lens: HatAxes,
    /// Pieces for which the member has not said a hat. They are in no share of `said`, because they
    /// show no hat that was said, not even *neither*; but they make a week active.
    pub unsaid: u32,
    /// Every week of the month, active or not.
    pub weeks: Vec<Week>,
    /// The mean of the levels of the active weeks; `None` without one.
    pub level: Option<f64>,
    /// [`balance_index`] the month's self-said counts; `None` when they are too few to tell.
    pub balance: Option<f64>,
    /// Worn hat = hat the room needed, of the pieces with a room that was read and a hat that was
    /// said.
    pub fit: Ratio,
    /// The hat that the rooms needed, of the pieces with a room that was read.
    pub needed: PerHat,
    /// How often each pole of each dimension was seen, in the order of the dimensions.
    pub dimensions: Vec<DimensionTally>,
    /// What was ticked against what the words show.
    #[serde(rename = "say_show")]
    pub said_vs_lens: SaidVsLens,
    /// Acts of developing instead of fixing: questions given back.
    #[serde(rename = "asks")]
    pub coaching_acts: u32,
    /// Active weeks of the last four, counted in calendar weeks up to the end of the month or today,
    /// whichever comes first; the week of that day is the fourth.
    pub rhythm: Ratio,
    /// The hats that are absent from at least eight self-said pieces.
    pub blind_spot: Option<Hats>,
}

/// Computes the balance of a month from a member's evidence, in any order; evidence from
/// [`evidence_from`] on is enough, more does no harm. `today` is the member's own date.
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
    // No month touches more than six weeks.
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
            level: (evidence > 0).then(|| (f64::from(leader) + f64::from(manager)) / 2.0),
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
