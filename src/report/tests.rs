//! What a member reads of their month, in four months of one life.

use super::*;
use crate::coach::{
    balance::EvidenceKind,
    hat::{Dimension, Hat, Hats},
    ids::{ChannelId, MessageRef, MessageTs, PromptId, RowId},
    member::{Cadence, Pause},
    member_text::MemberText,
    nudge::SkipReason,
    prompt::{Library, NudgeReason},
    reflection::{Origin, Reflection},
    room::Room,
    sample::{at, id, mira, zone},
};
use jiff::civil::date;
use strum::VariantArray as _;

mod drawn;
mod member_export;

const LEADER: Hats = Hats { leader: true, manager: false };
const MANAGER: Hats = Hats { leader: false, manager: true };

fn piece(month: i8, day: i8, said: Option<Hats>, room: Option<Room>) -> Evidence {
    let kind = EvidenceKind::Reflection(Origin::Nudge);
    Evidence { local_on: date(2026, month, day), kind, hat_said: said, lens_hats: None, pole: None, room }
}

fn nudge(number: u128, state: NudgeState, sent_at: Option<&str>) -> Nudge {
    Nudge {
        id: RowId::new(1_790_000_000_000, number),
        member: id(),
        state,
        prompt: PromptId::parse("stop-solving.open.3").unwrap(),
        question: "What do you think the best move is?".into(),
        reason: NudgeReason::Sentence("It is the practice in focus.".into()),
        slot_at: at("2026-10-05T07:30:00Z"),
        asked_for: false,
        sent_at: sent_at.map(at),
        message: None,
        skip_reason: None,
    }
}

/// A month with life in it: thirteen said, one unsaid, rooms, nudges and a month before.
fn rich() -> Report {
    use Room::*;
    let october = [
        (1, MANAGER, Some(MissingDeadlines)),
        (2, LEADER, Some(MissingDeadlines)),
        (5, MANAGER, Some(UnsureOfPriorities)),
        (6, MANAGER, None),
        (7, Hats::BOTH, Some(Confused)),
        (12, LEADER, Some(LowSpirit)),
        (13, MANAGER, None),
        (14, MANAGER, Some(LowSpirit)),
        (16, Hats::NEITHER, None),
        (20, MANAGER, None),
        (27, Hats::BOTH, Some(PastThePanic)),
        (28, MANAGER, Some(CrisisBegins)),
        (30, LEADER, None),
    ];
    let mut evidence: Vec<Evidence> =
        october.iter().map(|(day, hats, room)| piece(10, *day, Some(*hats), *room)).collect();
    evidence.push(piece(10, 29, None, Some(Confused)));
    evidence.extend(
        [(9, 3, LEADER), (9, 10, MANAGER), (9, 17, MANAGER)].map(|(m, d, h)| piece(m, d, Some(h), None)),
    );
    evidence.push(piece(11, 1, Some(LEADER), None));
    let nudges = [
        nudge(1, NudgeState::Answered, Some("2026-10-05T07:30:00Z")),
        nudge(2, NudgeState::Answered, Some("2026-10-06T07:30:00Z")),
        nudge(3, NudgeState::Skipped, Some("2026-10-07T07:30:00Z")),
        nudge(4, NudgeState::Open, Some("2026-10-31T22:30:00Z")),
        nudge(5, NudgeState::Answered, Some("2026-10-31T23:30:00Z")),
        nudge(6, NudgeState::NotSent, None),
    ];
    Report::of(october_2026(), date(2026, 11, 2), &zone("Europe/Berlin"), &evidence, &nudges)
}

fn october_2026() -> Month {
    "2026-10".parse().unwrap()
}

fn report(today: Date, evidence: &[Evidence]) -> Report {
    Report::of(october_2026(), today, &zone("Europe/Berlin"), evidence, &[])
}

/// Five pieces, and the month still runs.
fn small() -> Report {
    let evidence: Vec<Evidence> = [(1, MANAGER), (5, LEADER), (8, MANAGER), (12, Hats::BOTH), (13, MANAGER)]
        .map(|(day, hats)| piece(10, day, Some(hats), None))
        .to_vec();
    report(date(2026, 10, 14), &evidence)
}

fn blind_spot() -> Report {
    let evidence: Vec<Evidence> = (1..=9).map(|day| piece(10, day * 3, Some(MANAGER), None)).collect();
    report(date(2026, 11, 2), &evidence)
}

#[test]
fn a_rich_month() {
    insta::assert_snapshot!("rich_text", plain(&rich()));
    insta::assert_snapshot!("rich_json", export::json(&rich()).unwrap());
    insta::assert_snapshot!("rich_csv", export::csv(&rich()).unwrap());
}

#[test]
fn a_month_under_eight() {
    insta::assert_snapshot!("small_text", plain(&small()));
    insta::assert_snapshot!("small_json", export::json(&small()).unwrap());
    insta::assert_snapshot!("small_csv", export::csv(&small()).unwrap());
}

#[test]
fn an_empty_month() {
    let empty = report(date(2026, 11, 2), &[]);
    assert!(!empty.has_evidence());
    insta::assert_snapshot!("empty_text", plain(&empty));
    insta::assert_snapshot!("empty_json", export::json(&empty).unwrap());
    insta::assert_snapshot!("empty_csv", export::csv(&empty).unwrap());
}

#[test]
fn a_month_with_a_blind_spot() {
    insta::assert_snapshot!("blind_spot_text", plain(&blind_spot()));
    insta::assert_snapshot!("blind_spot_json", export::json(&blind_spot()).unwrap());
    insta::assert_snapshot!("blind_spot_csv", export::csv(&blind_spot()).unwrap());
}

#[test]
fn a_month_in_which_no_hat_was_named_is_still_a_month() {
    let unnamed = report(date(2026, 11, 2), &[piece(10, 7, None, None)]);
    assert!(unnamed.has_evidence());
    insta::assert_snapshot!("unnamed_text", plain(&unnamed));
}

/// The same month once the lens has read most of it, with three acts.
fn read() -> Report {
    use Dimension::*;
    let shows = [
        (1, Risk, MANAGER),
        (2, Horizon, MANAGER),
        (5, Focus, MANAGER),
        (6, Focus, MANAGER),
        (7, Growth, LEADER),
        (12, Growth, LEADER),
        (13, Focus, MANAGER),
        (14, Focus, Hats::BOTH),
        (20, Focus, MANAGER),
        (28, Horizon, MANAGER),
        (30, Focus, LEADER),
        (31, Focus, MANAGER),
    ];
    let mut evidence: Vec<Evidence> = shows
        .map(|(day, dimension, hats)| Evidence {
            lens_hats: Some(hats),
            pole: Some((dimension, hats)),
            ..piece(10, day, Some(if day % 7 == 0 { LEADER } else { MANAGER }), Some(Room::Confused))
        })
        .to_vec();
    let act = Evidence {
        kind: EvidenceKind::CoachingAct,
        pole: Some((Growth, LEADER)),
        ..piece(10, 15, Some(LEADER), None)
    };
    evidence.extend([act; 3]);
    for (month, pieces) in [(9, 9), (8, 4), (7, 12)] {
        evidence.extend(
            (1..=pieces)
                .map(|day| piece(month, day, Some(if day % 3 == 0 { LEADER } else { MANAGER }), None)),
        );
    }
    let feedback = [[1, 1, 1, 0, 0], [0, 0, 1, 1, 2]];
    report(date(2026, 11, 2), &evidence).with_feedback(&feedback).with_plans(&begun())
}

/// Experiments and plans of a month, and of the one before.
fn begun() -> Vec<Plan> {
    use crate::coach::plan::PlanState::*;
    let plan = |nth: u128, experiment, state, local_on| Plan {
        id: RowId::new(1_790_000_000_000, nth),
        member: id(),
        experiment,
        cue: MemberText::new("the stand-up begins"),
        act: MemberText::new("ask one question"),
        follow_up_at: at("2026-10-05T07:30:00Z"),
        asks: RowId::new(1_790_000_000_000, nth + 100),
        state,
        outcome: MemberText::default(),
        made_at: at("2026-10-02T07:30:00Z"),
        edited_at: None,
        local_on,
        message: None,
    };
    let october = date(2026, 10, 2);
    vec![
        plan(1, Some(Hat::Leader), Done, october),
        plan(2, Some(Hat::Leader), NotYet, october),
        plan(3, Some(Hat::Manager), Asked, october),
        plan(4, None, SomethingElse, october),
        plan(5, None, Done, october),
        plan(6, None, Open, date(2026, 10, 31)),
        plan(7, None, Done, date(2026, 9, 30)),
    ]
}

/// One hat alone is fine where it is what was worn: nine leaders, rooms that called for it.
fn one_hat() -> Report {
    let evidence: Vec<Evidence> =
        (1..=9).map(|day| piece(10, day * 3, Some(LEADER), Some(Room::LowSpirit))).collect();
    report(date(2026, 11, 2), &evidence)
}

#[test]
fn what_was_begun_is_said_with_what_came_of_it_in_every_form() {
    let with = read();
    let says = plain(&with);
    assert!(
        says.contains(
            "You began 2 with the leader hat: 1 done, 1 not yet. You began 1 with the manager hat: 1 open."
        ) && says.contains("You made 3: 1 done, 1 something else, 1 open."),
        "{says}"
    );
    assert!(!plain(&small()).contains("Experiments"));
    let csv = export::csv(&with).unwrap();
    for row in [
        ",begun,leader-experiment,2,",
        ",begun-and-not-yet,leader-experiment,1,2,",
        ",begun-and-open,plan,1,3,",
    ] {
        assert!(csv.contains(row), "{row} in {csv}");
    }
    let json: serde_json::Value = serde_json::from_str(&export::json(&with).unwrap()).unwrap();
    assert_eq!(json["plans"]["manager_experiments"]["open"], 1);
    assert_eq!(json["worn_less"], "leader");
}

#[test]
fn a_month_that_the_lens_has_read() {
    insta::assert_snapshot!("read_text", plain(&read()));
    insta::assert_snapshot!("read_csv", export::csv(&read()).unwrap());
    assert!(!plain(&rich()).contains("your words show"), "nothing is invented without a lens");
}

#[test]
fn a_month_of_one_hat() {
    insta::assert_snapshot!("one_hat_text", plain(&one_hat()));
}

#[test]
fn the_charts_and_the_table_show_the_numbers_of_the_text_within_slacks_limits() {
    let text = plain(&read());
    let drawn = chart::charts(&read());
    let [weeks, dimensions] = &drawn[..] else { panic!("{drawn:?}") };
    assert_eq!(weeks.categories, ["1–4 Oct", "5–11 Oct", "12–18 Oct", "19–25 Oct", "26–31 Oct"]);
    for (place, week) in weeks.categories.iter().enumerate() {
        let numbers =
            format!("{week} {} and {}", weeks.series[0].values[place], weeks.series[1].values[place]);
        assert!(text.contains(&numbers), "{numbers}");
    }
    for (place, name) in dimensions.categories.iter().enumerate() {
        let dimension: Dimension = name.to_lowercase().parse().unwrap();
        for (series, hat) in dimensions.series.iter().zip(Hat::VARIANTS) {
            let numbers = format!("{} {}", dimension.pole(*hat), series.values[place]);
            assert!(text.contains(&numbers), "{numbers}");
        }
    }
    let table = chart::table(&read()).unwrap();
    insta::assert_debug_snapshot!("read_table", table);
    assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
    assert!(table.rows.iter().flatten().all(|cell| !cell.is_empty()));
    assert_eq!(chart::table(&report(date(2026, 11, 2), &[])), None);
}

#[test]
fn every_month_keeps_slacks_limits_for_titles_and_labels() {
    for month in 1..=12 {
        let month: Month = format!("2026-{month:02}").parse().unwrap();
        let one = Evidence {
            local_on: month.first_day(),
            pole: Some((Dimension::Horizon, LEADER)),
            ..piece(9, 1, Some(LEADER), None)
        };
        let report = Report::of(month, date(2027, 1, 1), &zone("UTC"), &[one; 9], &[]);
        let charts = chart::charts(&report);
        assert_eq!(charts.len(), 2);
        for chart in charts {
            assert!(chart.title.chars().count() <= 50, "{}", chart.title);
            assert!(chart.categories.iter().all(|label| label.chars().count() <= 20));
            assert!(chart.series.iter().all(|series| series.values.len() == chart.categories.len()));
            assert!(chart.series.iter().all(|series| series.name.chars().count() <= 20));
        }
    }
    assert_eq!(chart::charts(&small()), [], "bars would look like more than five pieces are");
}

#[test]
fn the_experiment_is_the_hat_worn_less_once_there_is_enough_to_tell() {
    assert_eq!(rich().worn_less, Some(Hat::Leader));
    assert_eq!(one_hat().worn_less, Some(Hat::Manager));
    assert_eq!(blind_spot().worn_less, Some(Hat::Leader));
    assert_eq!(small().worn_less, None, "five pieces tell nothing");
    let alike: Vec<Evidence> = (1..=8).map(|day| piece(10, day, Some(Hats::BOTH), None)).collect();
    assert_eq!(report(date(2026, 11, 2), &alike).worn_less, None);
}

#[test]
fn the_experiment_follows_from_the_headline_and_never_asks_for_more_of_what_colleagues_see() {
    // The rooms needed the leader hat in twelve of twelve; colleagues see a little of both.
    assert_eq!(read().experiment(), Some(Hat::Leader));
    // Colleagues who see the process alone ask for more of the why.
    let process = [[3, 0, 0, 0, 0]];
    assert_eq!(one_hat().experiment(), Some(Hat::Manager));
    assert_eq!(one_hat().with_feedback(&process).experiment(), Some(Hat::Leader));
    // They see the goal alone, and the rooms needed the leader hat: no hat is named.
    assert_eq!(read().with_feedback(&[[0, 0, 0, 0, 3]]).experiment(), None);
}

#[test]
fn a_report_is_read_in_under_a_minute() {
    for report in [rich(), read(), small(), blind_spot(), one_hat()] {
        let mut read: Vec<String> = vec![text::title(&report), question(&report)];
        let has_charts = chart::table(&report).is_some();
        let parts = text::parts(&report).into_iter().filter(|part| !(has_charts && part.in_charts));
        read.extend(parts.flat_map(|part| [part.heading.to_owned(), part.text]));
        let words: usize = read.iter().map(|text| text.split_whitespace().count()).sum();
        // A word of English takes six characters with its space.
        let quoted = quotation::QUOTATIONS * quotation::MAX_CHARS / 6;
        // 238 words a minute is the mean of silent reading in English (Brysbaert 2019).
        assert!(words + quoted < 238, "{words} + {quoted}");
    }
}

/// The question that the built-in library ends that month with.
fn question(report: &Report) -> String {
    Library::built_in().unwrap().text_for(text::closing_question(report)).unwrap().text.clone()
}

fn plain(report: &Report) -> String {
    text::plain(report, &question(report))
}

#[test]
fn each_kind_of_month_ends_with_a_question_of_its_own() {
    let empty = report(date(2026, 11, 2), &[]);
    let both_absent: Vec<Evidence> = (1..=8).map(|day| piece(10, day, Some(Hats::NEITHER), None)).collect();
    let leaders: Vec<Evidence> = (1..=8).map(|day| piece(10, day, Some(LEADER), None)).collect();
    let even: Vec<Evidence> = (1..=8).map(|day| piece(10, day, Some(Hats::BOTH), None)).collect();
    let others = [both_absent, leaders, even].map(|evidence| report(date(2026, 11, 2), &evidence));
    let reports = [rich(), small(), blind_spot(), empty].into_iter().chain(others);
    let questions: std::collections::BTreeSet<String> = reports.map(|report| question(&report)).collect();
    assert_eq!(questions.len(), 7);
}

#[test]
fn feedback_is_a_sentence_three_rows_and_a_field_and_nothing_without_a_result() {
    let without = small();
    assert!(!plain(&without).contains("What others see"));
    assert!(!export::json(&without).unwrap().contains("feedback"));
    let with = small().with_feedback(&[[1, 1, 1, 0, 0], [0, 0, 1, 1, 2]]);
    assert!(plain(&with).contains(
        "What others see\n7 people answered in 2 rounds. On average 3.3, from 1, clarity on the process, to 5, \
         inspiration for the goal."
    ));
    let csv = export::csv(&with).unwrap();
    assert!(csv.contains(",feedback,answers,7,") && csv.contains(",feedback,rounds,2,"), "{csv}");
    assert!(csv.contains(",feedback,mean-step,,,3.28571"), "{csv}");
    assert!(export::json(&with).unwrap().contains("\"answers\": 7"));
}
