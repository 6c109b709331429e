//! The one contrast of a month that a report opens with.
//!
//! The rule, in this order: what was worn against what the rooms needed; what was ticked against what the
//! words show; what the member thinks against what their colleagues see; this month against the months
//! before; a dimension that leans one way. The first that stands out is taken. A contrast stands out when
//! both shares have at least `TOO_FEW_BELOW` pieces and their 95 % intervals do not overlap. So a month of
//! chance seldom makes a headline, and a month in which nothing stands out says so.

use super::{
    DimensionTally, HatAxes, PerHat, SaidVsLens, WornVsNeeded,
    axis::{Axis, Share},
};
use crate::coach::{
    feedback::FeedbackMeasure,
    hat::{Dimension, Hat},
};
use serde::Serialize;
use std::cmp::Ordering;
use strum::VariantArray as _;

/// A contrast that stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "contrast", rename_all = "kebab-case")]
pub enum Finding {
    /// The rooms needed a hat more often than it was worn, of the pieces with both a room and a said hat.
    RoomsNeeded { hat: Hat, needed: u32, worn: u32, of: u32 },
    /// The member ticked a hat more or less often than their words show it, of the pieces with both.
    WordsDiffer { hat: Hat, ticked: u32, shown: u32, of: u32 },
    /// Colleagues see a hat more often than the member says that they wear it.
    ColleaguesSee { hat: Hat, seen: u32, colleagues: u32, said: u32, of: u32 },
    /// A hat was worn more or less often than in the months before.
    Changed { hat: Hat, now: u32, of: u32, before: u32, of_before: u32 },
    /// The words lean to one pole of a dimension.
    Leans { dimension: Dimension, hat: Hat, count: u32, of: u32 },
}

impl Finding {
    /// The hat that an experiment would try after this finding: the one that there was less of.
    pub fn suggests(self) -> Hat {
        match self {
            Finding::RoomsNeeded { hat, .. } => hat,
            Finding::WordsDiffer { hat, ticked, shown, .. } => {
                if ticked > shown {
                    hat
                } else {
                    hat.opposite()
                }
            }
            Finding::ColleaguesSee { hat, .. } | Finding::Leans { hat, .. } => hat.opposite(),
            Finding::Changed { hat, now, of, before, of_before } => {
                let share = |count: u32, of: u32| f64::from(count) / f64::from(of.max(1));
                if share(now, of) < share(before, of_before) { hat } else { hat.opposite() }
            }
        }
    }
}

/// What the rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Contrasts<'a> {
    pub rooms: WornVsNeeded,
    pub said_vs_lens: SaidVsLens,
    pub said: &'a HatAxes,
    pub colleagues: Option<FeedbackMeasure>,
    /// What the member said in the months before, all of them together.
    pub said_before: PerHat,
    /// How many pieces that is.
    pub evidence_before: u32,
    pub dimensions: &'a [DimensionTally],
}

/// The contrast that stands out first, if one does.
pub fn find(contrasts: &Contrasts<'_>) -> Option<Finding> {
    rooms(contrasts)
        .or_else(|| words(contrasts))
        .or_else(|| colleagues(contrasts))
        .or_else(|| changed(contrasts))
        .or_else(|| leans(contrasts))
}

fn rooms(contrasts: &Contrasts<'_>) -> Option<Finding> {
    let WornVsNeeded { of, worn, needed } = contrasts.rooms;
    let hat = Hat::VARIANTS.iter().copied().find(|hat| {
        compare(Axis::new(needed.of(*hat), of), Axis::new(worn.of(*hat), of)) == Some(Ordering::Greater)
    })?;
    Some(Finding::RoomsNeeded { hat, needed: needed.of(hat), worn: worn.of(hat), of })
}

fn words(contrasts: &Contrasts<'_>) -> Option<Finding> {
    let SaidVsLens { of, said, lens, .. } = contrasts.said_vs_lens;
    let hat = furthest_apart(|hat| (Axis::new(said.of(hat), of), Axis::new(lens.of(hat), of)))?;
    Some(Finding::WordsDiffer { hat, ticked: said.of(hat), shown: lens.of(hat), of })
}

fn colleagues(contrasts: &Contrasts<'_>) -> Option<Finding> {
    let measure = contrasts.colleagues?;
    let hat = Hat::VARIANTS.iter().copied().find(|hat| {
        let seen = Axis::new(measure.sees(*hat), measure.answers);
        compare(seen, contrasts.said.axis(*hat)) == Some(Ordering::Greater)
    })?;
    let Axis { count: said, of, .. } = contrasts.said.axis(hat);
    Some(Finding::ColleaguesSee { hat, seen: measure.sees(hat), colleagues: measure.answers, said, of })
}

fn changed(contrasts: &Contrasts<'_>) -> Option<Finding> {
    let before = |hat| Axis::new(contrasts.said_before.of(hat), contrasts.evidence_before);
    let hat = furthest_apart(|hat| (contrasts.said.axis(hat), before(hat)))?;
    let Axis { count: now, of, .. } = contrasts.said.axis(hat);
    let Axis { count: before, of: of_before, .. } = before(hat);
    Some(Finding::Changed { hat, now, of, before, of_before })
}

/// The dimension with the most pieces of those that lean. A pole is leaned to when the interval of its share
/// lies above one half.
fn leans(contrasts: &Contrasts<'_>) -> Option<Finding> {
    let leaning = contrasts.dimensions.iter().filter_map(|tally| {
        let count = |hat| match hat {
            Hat::Leader => tally.leader,
            Hat::Manager => tally.manager,
        };
        let is_leaned_to =
            |hat: &Hat| Axis::new(count(*hat), tally.of).share.is_some_and(|share| share.low > 0.5);
        // Where most pieces show both poles, nothing leans.
        let mut poles = Hat::VARIANTS.iter().copied().filter(is_leaned_to);
        let hat = poles.next().filter(|_| poles.next().is_none())?;
        Some(Finding::Leans { dimension: tally.dimension, hat, count: count(hat), of: tally.of })
    });
    leaning.max_by_key(|finding| match finding {
        Finding::Leans { of, .. } => *of,
        Finding::RoomsNeeded { .. }
        | Finding::WordsDiffer { .. }
        | Finding::ColleaguesSee { .. }
        | Finding::Changed { .. } => 0,
    })
}

/// The hat whose two shares differ most, of those whose intervals do not overlap.
fn furthest_apart(axes: impl Fn(Hat) -> (Axis, Axis)) -> Option<Hat> {
    let gap = |hat: Hat| {
        let (one, other) = axes(hat);
        compare(one, other).filter(|order| order.is_ne())?;
        let (one, other) = one.share.zip(other.share)?;
        Some((hat, (one.value - other.value).abs()))
    };
    let gaps = Hat::VARIANTS.iter().copied().filter_map(gap);
    gaps.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(hat, _)| hat)
}

/// How two shares compare. `Equal`: their intervals overlap, so nothing can be said. `None`: one of them has
/// too few pieces.
fn compare(one: Axis, other: Axis) -> Option<Ordering> {
    let (one, other): (Share, Share) = one.share.zip(other.share)?;
    Some(if one.low > other.high {
        Ordering::Greater
    } else if one.high < other.low {
        Ordering::Less
    } else {
        Ordering::Equal
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEADER: Hat = Hat::Leader;
    const MANAGER: Hat = Hat::Manager;

    /// A month in which nothing stands out.
    struct Case {
        rooms: WornVsNeeded,
        said_vs_lens: SaidVsLens,
        said: HatAxes,
        colleagues: Option<FeedbackMeasure>,
        before: (PerHat, u32),
        dimensions: Vec<DimensionTally>,
    }

    fn per_hat(leader: u32, manager: u32) -> PerHat {
        PerHat { leader, manager }
    }

    fn axes(leader: u32, manager: u32, evidence: u32) -> HatAxes {
        let (leader, manager) = (Axis::new(leader, evidence), Axis::new(manager, evidence));
        HatAxes { evidence, leader, manager, both: 0, neither: 0 }
    }

    fn even() -> Case {
        Case {
            rooms: WornVsNeeded { of: 12, worn: per_hat(6, 6), needed: per_hat(6, 6) },
            said_vs_lens: SaidVsLens { of: 12, same: 12, said: per_hat(6, 6), lens: per_hat(6, 6) },
            said: axes(6, 6, 12),
            colleagues: Some(FeedbackMeasure {
                mean: 3.0,
                answers: 9,
                rounds: 1,
                sees_goal: 4,
                sees_process: 4,
            }),
            before: (per_hat(15, 15), 30),
            dimensions: vec![DimensionTally { dimension: Dimension::Risk, of: 10, leader: 5, manager: 5 }],
        }
    }

    fn finding(change: impl FnOnce(&mut Case)) -> Option<Finding> {
        let mut case = even();
        change(&mut case);
        find(&Contrasts {
            rooms: case.rooms,
            said_vs_lens: case.said_vs_lens,
            said: &case.said,
            colleagues: case.colleagues,
            said_before: case.before.0,
            evidence_before: case.before.1,
            dimensions: &case.dimensions,
        })
    }

    #[test]
    fn an_even_month_has_no_headline() {
        assert_eq!(finding(|_| {}), None);
    }

    #[test]
    fn each_contrast_is_found_alone_and_suggests_what_there_was_less_of() {
        type Change = fn(&mut Case);
        let cases: [(Change, Finding, Hat); 8] = [
            (
                |it| it.rooms = WornVsNeeded { of: 12, worn: per_hat(2, 10), needed: per_hat(10, 2) },
                Finding::RoomsNeeded { hat: LEADER, needed: 10, worn: 2, of: 12 },
                LEADER,
            ),
            (
                |it| {
                    it.said_vs_lens =
                        SaidVsLens { of: 12, same: 3, said: per_hat(10, 6), lens: per_hat(2, 6) }
                },
                Finding::WordsDiffer { hat: LEADER, ticked: 10, shown: 2, of: 12 },
                LEADER,
            ),
            (
                |it| {
                    it.said_vs_lens =
                        SaidVsLens { of: 12, same: 3, said: per_hat(6, 2), lens: per_hat(6, 11) }
                },
                Finding::WordsDiffer { hat: MANAGER, ticked: 2, shown: 11, of: 12 },
                LEADER,
            ),
            (
                |it| {
                    it.said = axes(6, 2, 12);
                    it.before = (per_hat(0, 0), 0);
                    it.colleagues = Some(FeedbackMeasure {
                        mean: 1.4,
                        answers: 9,
                        rounds: 1,
                        sees_goal: 0,
                        sees_process: 8,
                    });
                },
                Finding::ColleaguesSee { hat: MANAGER, seen: 8, colleagues: 9, said: 2, of: 12 },
                LEADER,
            ),
            (
                |it| it.before = (per_hat(2, 15), 30),
                Finding::Changed { hat: LEADER, now: 6, of: 12, before: 2, of_before: 30 },
                MANAGER,
            ),
            (
                |it| it.before = (per_hat(15, 29), 30),
                Finding::Changed { hat: MANAGER, now: 6, of: 12, before: 29, of_before: 30 },
                MANAGER,
            ),
            (
                |it| {
                    it.dimensions =
                        vec![DimensionTally { dimension: Dimension::Growth, of: 10, leader: 1, manager: 9 }];
                },
                Finding::Leans { dimension: Dimension::Growth, hat: MANAGER, count: 9, of: 10 },
                LEADER,
            ),
            (
                |it| {
                    it.dimensions = vec![
                        DimensionTally { dimension: Dimension::Growth, of: 9, leader: 9, manager: 0 },
                        DimensionTally { dimension: Dimension::Focus, of: 12, leader: 0, manager: 12 },
                    ];
                },
                Finding::Leans { dimension: Dimension::Focus, hat: MANAGER, count: 12, of: 12 },
                LEADER,
            ),
        ];
        for (change, expected, suggests) in cases {
            assert_eq!(finding(change), Some(expected));
            assert_eq!(expected.suggests(), suggests, "{expected:?}");
        }
    }

    #[test]
    fn nothing_is_said_of_fewer_than_eight_or_where_ranges_overlap() {
        type Change = fn(&mut Case);
        let silent: [Change; 6] = [
            |it| it.rooms = WornVsNeeded { of: 7, worn: per_hat(0, 7), needed: per_hat(7, 0) },
            |it| it.rooms = WornVsNeeded { of: 12, worn: per_hat(5, 7), needed: per_hat(8, 4) },
            |it| it.said_vs_lens = SaidVsLens { of: 7, same: 0, said: per_hat(7, 0), lens: per_hat(0, 7) },
            |it| {
                it.said = axes(6, 0, 12);
                it.before = (per_hat(0, 0), 0);
                it.colleagues =
                    Some(FeedbackMeasure { mean: 1.0, answers: 3, rounds: 1, sees_goal: 0, sees_process: 3 });
            },
            |it| it.before = (per_hat(0, 7), 7),
            |it| {
                it.dimensions =
                    vec![DimensionTally { dimension: Dimension::Growth, of: 9, leader: 9, manager: 9 }];
            },
        ];
        for (nth, change) in silent.into_iter().enumerate() {
            assert_eq!(finding(change), None, "{nth}");
        }
    }

    #[test]
    fn the_rooms_come_before_everything_else() {
        let all = |it: &mut Case| {
            it.rooms = WornVsNeeded { of: 12, worn: per_hat(10, 2), needed: per_hat(2, 10) };
            it.said_vs_lens = SaidVsLens { of: 12, same: 0, said: per_hat(12, 0), lens: per_hat(0, 12) };
            it.before = (per_hat(0, 30), 30);
        };
        let found = finding(all);
        assert_eq!(found, Some(Finding::RoomsNeeded { hat: MANAGER, needed: 10, worn: 2, of: 12 }));
    }
}
