//! The arithmetic of a month.

use super::{axis::wilson, *};
use crate::coach::{
    coaching_act::CoachingAct,
    hat::{Dimension, Hat},
    reflection::{Origin, Reflection},
    room::Room,
    sample::at,
};
use jiff::civil::date;
use proptest::prelude::*;
use strum::VariantArray as _;

const LEADER: Hats = Hats { leader: true, manager: false };
const MANAGER: Hats = Hats { leader: false, manager: true };

fn said(day: i8, hats: Hats) -> Evidence {
    Evidence {
        local_on: date(2026, 10, day),
        kind: EvidenceKind::Reflection(Origin::Nudge),
        hat_said: Some(hats),
        lens_hats: None,
        pole: None,
        room: None,
    }
}

fn october() -> Month {
    "2026-10".parse().unwrap()
}

fn of(evidence: &[Evidence]) -> HatBalance {
    balance(evidence, october(), date(2026, 11, 2))
}

#[test]
fn wilson_intervals_are_those_of_the_book() {
    // Solved by bisection from |p - x| = z * sqrt(x * (1 - x) / n), not from the closed form.
    let table = [
        (0, 8, 0.0, 0.324_408),
        (1, 8, 0.022_417, 0.470_888),
        (4, 8, 0.215_216, 0.784_784),
        (8, 8, 0.675_592, 1.0),
        (1, 10, 0.017_876, 0.404_150),
        (5, 14, 0.163_447, 0.612_356),
        (10, 14, 0.453_509, 0.882_786),
        (15, 50, 0.191_036, 0.437_504),
        (500, 1000, 0.469_070, 0.530_930),
        (0, 1, 0.0, 0.793_451),
        (1, 1, 0.206_549, 1.0),
    ];
    for (count, of, low, high) in table {
        let share = wilson(count, of).unwrap();
        assert!((share.low - low).abs() < 1e-6, "{count} of {of}: {share:?}");
        assert!((share.high - high).abs() < 1e-6, "{count} of {of}: {share:?}");
        assert!((share.value - f64::from(count) / f64::from(of)).abs() < 1e-12);
    }
    assert_eq!(wilson(0, 0), None);
    assert_eq!(wilson(9, 8), wilson(8, 8));
}

#[test]
fn both_counts_on_each_axis_and_neither_stays_in_the_denominator() {
    let hats = [LEADER, LEADER, MANAGER, Hats::BOTH, Hats::BOTH, Hats::BOTH, Hats::NEITHER, MANAGER, MANAGER];
    let column = HatAxes::count(hats);
    assert_eq!((column.evidence, column.both, column.neither), (9, 3, 1));
    assert_eq!((column.leader.count, column.leader.of), (5, 9));
    assert_eq!((column.manager.count, column.manager.of), (6, 9));
    assert_eq!(column.axis(Hat::Leader).share, wilson(5, 9));
}

#[test]
fn under_eight_pieces_there_are_counts_alone() {
    let seven: Vec<Evidence> = (1..=7).map(|day| said(day, LEADER)).collect();
    let few = of(&seven);
    assert!(few.said.is_too_few());
    assert_eq!(few.said.leader, Axis { count: 7, of: 7, share: None });
    assert_eq!((few.balance, few.blind_spot), (None, None));
    let eight: Vec<Evidence> = (1..=8).map(|day| said(day, LEADER)).collect();
    let enough = of(&eight);
    assert_eq!(enough.said.leader.share, wilson(8, 8));
    assert_eq!(enough.balance, Some(0.0));
    assert_eq!(enough.blind_spot, Some(MANAGER));
}

#[test]
fn an_empty_month_divides_nothing_by_zero() {
    let empty = of(&[]);
    assert_eq!((empty.said.evidence, empty.unsaid, empty.level, empty.balance), (0, 0, None, None));
    assert_eq!(empty.said.leader, Axis { count: 0, of: 0, share: None });
    assert_eq!(empty.fit, Ratio { count: 0, of: 0 });
    assert_eq!(empty.rhythm, Ratio { count: 0, of: 4 });
    assert_eq!(empty.blind_spot, None);
}

#[test]
fn a_hat_not_said_yet_is_in_no_share_but_makes_the_week_active() {
    let unsaid = Evidence { hat_said: None, room: Some(Room::Confused), ..said(30, LEADER) };
    let month = of(&[said(1, LEADER), unsaid]);
    assert_eq!((month.said.evidence, month.unsaid), (1, 1));
    assert_eq!(month.fit.of, 0, "a room without a hat fits nothing");
    assert_eq!(month.weeks.iter().map(|week| week.evidence).collect::<Vec<_>>(), [1, 0, 0, 0, 1]);
    assert_eq!(month.level, Some(0.25), "a half and nothing, over two active weeks");
}

#[test]
fn said_and_seen_are_never_blended() {
    let evidence: Vec<Evidence> =
        (1..=8).map(|day| Evidence { lens_hats: Some(LEADER), ..said(day, MANAGER) }).collect();
    let month = of(&evidence);
    assert_eq!((month.said.leader.count, month.said.manager.count), (0, 8));
    assert_eq!((month.lens.leader.count, month.lens.manager.count), (8, 0));
    assert_eq!(month.blind_spot, Some(LEADER), "decided by what was said");
}

#[test]
fn weeks_run_from_monday_to_sunday_and_end_with_the_month() {
    let month = of(&[said(1, LEADER), said(4, MANAGER), said(5, Hats::BOTH), said(31, MANAGER)]);
    let spans: Vec<(i8, i8)> =
        month.weeks.iter().map(|week| (week.from_on.day(), week.to_on.day())).collect();
    assert_eq!(spans, [(1, 4), (5, 11), (12, 18), (19, 25), (26, 31)]);
    let counts: Vec<(u32, u32)> = month.weeks.iter().map(|week| (week.leader, week.manager)).collect();
    assert_eq!(counts, [(1, 1), (1, 1), (0, 0), (0, 0), (0, 1)]);
    assert_eq!(month.level, Some((1.0 + 1.0 + 0.5) / 3.0));
    let balances: Vec<Option<f64>> = month.weeks.iter().map(|week| week.balance).collect();
    assert_eq!(balances, [Some(1.0), Some(1.0), None, None, Some(0.0)]);
    let six = balance(&[], "2026-08".parse().unwrap(), date(2026, 9, 1)).weeks;
    assert_eq!(six.len(), 6, "August 2026 touches six weeks");
}

#[test]
fn rhythm_counts_the_last_four_calendar_weeks_up_to_today() {
    let pieces = [said(1, LEADER), said(7, LEADER), said(20, LEADER), said(31, LEADER)];
    let september = Evidence { local_on: date(2026, 9, 25), ..said(1, LEADER) };
    let table = [
        // today, active weeks: the weeks begin on 5, 12, 19 and 26 October
        (date(2026, 11, 2), 3),
        (date(2026, 10, 31), 3),
        (date(2026, 10, 26), 2),
        (date(2026, 10, 11), 3),
        (date(2026, 10, 1), 2),
    ];
    for (today, active) in table {
        let evidence: Vec<Evidence> = pieces.into_iter().chain([september]).collect();
        let rhythm = balance(&evidence, october(), today).rhythm;
        assert_eq!(rhythm, Ratio { count: active, of: 4 }, "{today}");
    }
}

#[test]
fn fit_asks_whether_the_worn_hat_is_the_one_the_room_needed() {
    let read = |hats, room| Evidence { room: Some(room), ..said(6, hats) };
    let month = of(&[
        read(LEADER, Room::Confused),
        read(LEADER, Room::MissingDeadlines),
        read(Hats::BOTH, Room::PastThePanic),
        read(Hats::NEITHER, Room::LowSpirit),
        read(LEADER, Room::GoingWell),
        said(7, MANAGER),
    ]);
    assert_eq!(month.fit, Ratio { count: 2, of: 4 });
}

#[test]
fn what_the_rooms_needed_is_counted_without_a_hat_that_was_named_too() {
    let read = |said, room| Evidence { hat_said: said, room: Some(room), ..self::said(6, LEADER) };
    let month = of(&[
        read(None, Room::Confused),
        read(Some(MANAGER), Room::LowSpirit),
        read(Some(MANAGER), Room::PastThePanic),
        read(Some(MANAGER), Room::GoingWell),
        said(7, MANAGER),
    ]);
    assert_eq!(month.needed, PerHat { leader: 2, manager: 1 });
}

#[test]
fn each_pole_is_counted_on_its_own_dimension() {
    let seen = |dimension, hats| Evidence {
        lens_hats: Some(hats),
        pole: Some((dimension, hats)),
        ..said(6, Hats::NEITHER)
    };
    let act = CoachingAct {
        id: crate::coach::ids::RowId::new(0, 1),
        member: crate::coach::sample::id(),
        prompt: crate::coach::ids::PromptId::parse("a.1").unwrap(),
        question: String::new(),
        asked_at: at("2026-10-06T08:00:00Z"),
        local_on: date(2026, 10, 6),
    };
    let month = of(&[
        seen(Dimension::Risk, LEADER),
        seen(Dimension::Risk, Hats::BOTH),
        seen(Dimension::Risk, Hats::NEITHER),
        seen(Dimension::Focus, MANAGER),
        Evidence::from(&act),
        Evidence { local_on: date(2026, 9, 30), ..seen(Dimension::Horizon, LEADER) },
    ]);
    let counts: Vec<_> = month
        .dimensions
        .iter()
        .map(|tally| (tally.dimension, tally.of, tally.leader, tally.manager))
        .collect();
    assert_eq!(
        counts,
        [
            (Dimension::Horizon, 0, 0, 0),
            (Dimension::Risk, 3, 2, 1),
            (Dimension::Growth, 1, 1, 0),
            (Dimension::Focus, 1, 0, 1),
        ]
    );
    assert_eq!(month.coaching_acts, 1);
}

#[test]
fn what_was_ticked_stands_beside_what_the_words_show_where_both_are_known() {
    let both = |said: Hats, lens_hats: Hats| Evidence {
        hat_said: Some(said),
        lens_hats: Some(lens_hats),
        ..self::said(6, said)
    };
    let month = of(&[
        both(MANAGER, LEADER),
        both(MANAGER, MANAGER),
        both(Hats::BOTH, LEADER),
        said(7, MANAGER),
        Evidence { hat_said: None, lens_hats: Some(LEADER), ..said(8, LEADER) },
    ]);
    let (said, lens) = (PerHat { leader: 1, manager: 3 }, PerHat { leader: 2, manager: 1 });
    assert_eq!(month.said_vs_lens, SaidVsLens { of: 3, same: 1, said, lens });
}

#[test]
fn a_month_is_compared_with_the_five_before_it() {
    let january: Month = "2026-01".parse().unwrap();
    let before: Vec<String> = comparison_months(january).map(|month| month.to_string()).collect();
    assert_eq!(before, ["2025-12", "2025-11", "2025-10", "2025-09", "2025-08"]);
    assert_eq!(evidence_start(january), date(2025, 8, 1));
}

#[test]
fn balance_is_one_when_both_hats_are_worn_alike() {
    for (leader, manager, expected) in [
        (0, 0, None),
        (5, 5, Some(1.0)),
        (3, 0, Some(0.0)),
        (1, 3, Some(0.5)),
        (u32::MAX, u32::MAX, Some(1.0)),
    ] {
        assert_eq!(balance_index(leader, manager), expected, "{leader} {manager}");
    }
}

#[test]
fn evidence_is_taken_from_a_reflection_as_it_stands() {
    let mira = crate::coach::sample::mira();
    let reflection = Reflection {
        room: Some(Room::Confused),
        lens_hats: Some(MANAGER),
        lens_dimension: Some(Dimension::Risk),
        ..Reflection::new(
            crate::coach::ids::RowId::new(0, 1),
            mira.id.clone(),
            String::new(),
            at("2026-10-31T23:30:00Z"),
            date(2026, 11, 1),
        )
    };
    let evidence = Evidence::from_reflection(&reflection).unwrap();
    assert_eq!(
        (evidence.local_on, evidence.hat_said, evidence.lens_hats),
        (date(2026, 11, 1), None, Some(MANAGER))
    );
    assert_eq!(evidence.kind, EvidenceKind::Reflection(Origin::Checkin));
    assert_eq!(evidence.pole, Some((Dimension::Risk, MANAGER)));
    let abstained = Reflection { lens_hats: None, ..reflection.clone() };
    assert_eq!(
        Evidence::from_reflection(&abstained).unwrap().pole,
        None,
        "no pole without a hat that was seen"
    );
    assert_eq!(
        Evidence::from_reflection(&Reflection { counts_in_balance: false, ..reflection }),
        None,
        "kept past the care check"
    );
}

fn any_evidence() -> impl Strategy<Value = Vec<Evidence>> {
    let hats = || prop::option::of(prop::sample::select(&Hats::ALL[..]));
    let room = prop::option::of(prop::sample::select(Room::VARIANTS));
    let dimension = prop::option::of(prop::sample::select(Dimension::VARIANTS));
    let one = (0_i64..100, hats(), hats(), dimension, room).prop_map(|(day, said, seen, dimension, room)| {
        Evidence {
            local_on: date(2026, 9, 1).saturating_add(day.days()),
            kind: EvidenceKind::Reflection(Origin::Checkin),
            hat_said: said,
            lens_hats: seen,
            pole: dimension.zip(seen),
            room,
        }
    });
    prop::collection::vec(one, 0..60)
}

fn swapped(hats: Hats) -> Hats {
    Hats { leader: hats.manager, manager: hats.leader }
}

proptest! {
    #[test]
    fn the_interval_lies_in_zero_to_one_and_holds_the_share(of in 1_u32..5_000, part in 0.0_f64..=1.0) {
        let count = (f64::from(of) * part) as u32;
        let share = wilson(count, of).unwrap();
        prop_assert!(0.0 <= share.low && share.low <= share.value);
        prop_assert!(share.value <= share.high && share.high <= 1.0);
        let mirrored = wilson(of - count, of).unwrap();
        prop_assert!((share.low - (1.0 - mirrored.high)).abs() < 1e-9);
    }

    #[test]
    fn more_of_it_moves_the_interval_up_and_more_evidence_narrows_it(of in 2_u32..500, part in 0.0_f64..1.0) {
        let count = (f64::from(of - 1) * part) as u32;
        let (less, more) = (wilson(count, of).unwrap(), wilson(count + 1, of).unwrap());
        prop_assert!(less.low < more.low && less.high < more.high);
        let (few, many) = (wilson(count, of).unwrap(), wilson(count * 4, of * 4).unwrap());
        prop_assert!(many.high - many.low < few.high - few.low);
    }

    #[test]
    fn neither_hat_is_favoured(evidence in any_evidence()) {
        let mirrored: Vec<Evidence> = evidence
            .iter()
            .map(|piece| Evidence {
                hat_said: piece.hat_said.map(swapped),
                lens_hats: piece.lens_hats.map(swapped),
                pole: piece.pole.map(|(dimension, hats)| (dimension, swapped(hats))),
                ..*piece
            })
            .collect();
        let (plain, mirror) = (of(&evidence), of(&mirrored));
        prop_assert_eq!(plain.said.leader, mirror.said.manager);
        prop_assert_eq!(plain.lens.manager, mirror.lens.leader);
        prop_assert_eq!(plain.balance, mirror.balance);
        prop_assert_eq!(plain.level, mirror.level);
        prop_assert_eq!(plain.blind_spot.map(swapped), mirror.blind_spot);
        for (tally, mirrored) in plain.dimensions.iter().zip(&mirror.dimensions) {
            prop_assert_eq!((tally.leader, tally.manager), (mirrored.manager, mirrored.leader));
        }
    }

    #[test]
    fn counts_add_up_and_order_does_not_matter(evidence in any_evidence()) {
        let month = of(&evidence);
        let inside = evidence.iter().filter(|piece| october().contains(piece.local_on)).count() as u32;
        prop_assert_eq!(month.said.evidence + month.unsaid, inside);
        prop_assert_eq!(month.weeks.iter().map(|week| week.evidence).sum::<u32>(), inside);
        prop_assert_eq!(month.weeks.iter().map(|week| week.leader).sum::<u32>(), month.said.leader.count);
        let union = month.said.leader.count + month.said.manager.count - month.said.both + month.said.neither;
        prop_assert_eq!(union, month.said.evidence);
        prop_assert!(month.fit.count <= month.fit.of && month.fit.of <= month.said.evidence);
        prop_assert!(month.balance.is_none_or(|balance| (0.0..=1.0).contains(&balance)));
        let poles = evidence.iter().filter(|it| october().contains(it.local_on) && it.pole.is_some()).count();
        prop_assert_eq!(month.dimensions.iter().map(|tally| tally.of).sum::<u32>(), poles as u32);
        prop_assert!(month.dimensions.iter().all(|it| it.leader.max(it.manager) <= it.of));
        prop_assert!(month.said_vs_lens.same <= month.said_vs_lens.of && month.said_vs_lens.of <= month.lens.evidence);
        let backwards: Vec<Evidence> = evidence.iter().rev().copied().collect();
        prop_assert_eq!(month, of(&backwards));
    }
}
