//! The hat balance of a month: two axes with their counts and ranges, and what else section 6
//! measures, from pieces of evidence. How it is worded is `report`'s. A new kind of evidence is a
//! variant of [`Kind`] and a way to make an [`Evidence`] of it.

use super::{
    act::Act,
    cadence::monday_of,
    hat::{Hat, Hats},
    month::Month,
    reflection::{Origin, Reflection},
    room::{Room, fits},
};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;

/// Under this many pieces of evidence a share says more about chance than about the member.
pub const TOO_FEW_BELOW: u32 = 8;

/// A hat that is absent from at least this many pieces of evidence is a blind spot.
pub const BLIND_SPOT_FROM: u32 = 8;

/// How many weeks the rhythm looks at.
pub const RHYTHM_WEEKS: u8 = 4;

/// What kind of thing a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An answered question.
    Reflection(Origin),
    /// A question given back instead of an answer: developing instead of fixing.
    Ask,
}

/// One piece of evidence of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The member's own calendar date when it was kept.
    pub local_on: Date,
    /// What it is.
    pub kind: Kind,
    /// The hats that the member said; `None` while they have not said.
    pub said: Option<Hats>,
    /// The hats that the lens saw; `None` when it has not read it or abstained.
    pub seen: Option<Hats>,
    /// The room as the member read it.
    pub room: Option<Room>,
}

impl Evidence {
    /// The evidence that a reflection is; `None` for words that no measure counts.
    pub fn of(reflection: &Reflection) -> Option<Self> {
        reflection.counted.then_some(Self {
            local_on: reflection.local_on,
            kind: Kind::Reflection(reflection.origin),
            said: reflection.hat_said,
            seen: reflection.hat_seen,
            room: reflection.room,
        })
    }
}

impl From<&Act> for Evidence {
    /// An act shows the leader hat, and its member says so by doing it.
    fn from(act: &Act) -> Self {
        Self {
            local_on: act.local_on,
            kind: Kind::Ask,
            said: Some(Hat::Leader.into()),
            seen: None,
            room: None,
        }
    }
}

/// The first date of which evidence is needed to tell a month's balance, its rhythm and the
/// comparison with the month before.
pub fn evidence_from(month: Month) -> Date {
    month.previous().first_day()
}

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
pub struct Column {
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

impl Column {
    /// Counts what is known.
    pub fn of(hats: impl IntoIterator<Item = Hats>) -> Self {
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
    /// See [`balance_of`].
    pub balance: Option<f64>,
}

/// 1 − |L − M| / (L + M): 1 when both hats were worn equally often, 0 when only one was, `None`
/// when neither was. It is a description; no value of it is a target.
pub fn balance_of(leader: u32, manager: u32) -> Option<f64> {
    let sum = f64::from(leader) + f64::from(manager);
    (sum > 0.0).then(|| 1.0 - f64::from(leader.abs_diff(manager)) / sum)
}

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many.
    pub count: u32,
    /// Of how many.
    pub of: u32,
}

/// The hat balance of one month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HatBalance {
    /// The month.
    pub month: Month,
    /// The axes as the member said them; the blind spot is decided by these.
    pub said: Column,
    /// The axes as the lens saw them.
    pub seen: Column,
    /// Pieces for which the member has not said a hat. They are in no share of `said`, because they
    /// show no hat that was said, not even *neither*; but they make a week active.
    pub unsaid: u32,
    /// Every week of the month, active or not.
    pub weeks: Vec<Week>,
    /// The mean of the levels of the active weeks; `None` without one.
    pub level: Option<f64>,
    /// [`balance_of`] the month's self-said counts; `None` when they are too few to tell.
    pub balance: Option<f64>,
    /// Worn hat = hat the room needed, of the pieces with a room that was read and a hat that was
    /// said.
    pub fit: Tally,
    /// Active weeks of the last four, counted in calendar weeks up to the end of the month or today,
    /// whichever comes first; the week of that day is the fourth.
    pub rhythm: Tally,
    /// The hats that are absent from at least eight self-said pieces.
    pub blind_spot: Option<Hats>,
}

/// Computes the balance of a month from a member's evidence, in any order; evidence from
/// [`evidence_from`] on is enough, more does no harm. `today` is the member's own date.
pub fn balance(evidence: &[Evidence], month: Month, today: Date) -> HatBalance {
    let of_month: Vec<Evidence> =
        evidence.iter().copied().filter(|piece| month.contains(piece.local_on)).collect();
    let said = Column::of(of_month.iter().filter_map(|piece| piece.said));
    let weeks = weeks_of(&of_month, month);
    HatBalance {
        month,
        seen: Column::of(of_month.iter().filter_map(|piece| piece.seen)),
        unsaid: count(of_month.iter().filter(|piece| piece.said.is_none())),
        level: mean(weeks.iter().filter_map(|week| week.level)),
        balance: if said.is_too_few() { None } else { balance_of(said.leader.count, said.manager.count) },
        fit: fit(&of_month),
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
        let said = Column::of(pieces().filter_map(|piece| piece.said));
        let (leader, manager) = (said.leader.count, said.manager.count);
        let evidence = count(pieces());
        weeks.push(Week {
            from_on,
            to_on,
            evidence,
            leader,
            manager,
            level: (evidence > 0).then(|| (f64::from(leader) + f64::from(manager)) / 2.0),
            balance: balance_of(leader, manager),
        });
        if to_on >= month.last_day() {
            break;
        }
        from_on = to_on.saturating_add(1.day());
    }
    weeks
}

fn fit(of_month: &[Evidence]) -> Tally {
    let read = || of_month.iter().filter_map(|piece| Some((piece.said?, piece.room?)));
    Tally { count: count(read().filter(|(worn, room)| fits(*worn, *room))), of: count(read()) }
}

fn rhythm(evidence: &[Evidence], until_on: Date) -> Tally {
    let active = (0..i64::from(RHYTHM_WEEKS)).filter(|back| {
        let monday = monday_of(until_on).saturating_sub(back.weeks());
        let last = monday.saturating_add(6.days()).min(until_on);
        evidence.iter().any(|piece| (monday..=last).contains(&piece.local_on))
    });
    Tally { count: count(active), of: u32::from(RHYTHM_WEEKS) }
}

fn blind_spot(said: &Column) -> Option<Hats> {
    let absent = Hats { leader: said.leader.count == 0, manager: said.manager.count == 0 };
    (said.evidence >= BLIND_SPOT_FROM && absent != Hats::NEITHER).then_some(absent)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, number) = values.fold((0.0, 0.0), |(sum, number), value| (sum + value, number + 1.0));
    (number > 0.0).then(|| sum / number)
}

fn count(pieces: impl Iterator) -> u32 {
    u32::try_from(pieces.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
