use super::{selection::shape, *};
use crate::coach::{
    copy::CopyKey,
    hat::{Dimension, Hat, Hats, Practice, RecentHats},
    ids::PromptId,
    room::{Room, RoomReading},
    word_budget,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use strum::VariantArray as _;

fn library() -> Library {
    match Library::built_in() {
        Ok(library) => library,
        Err(findings) => {
            panic!("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        }
    }
}

fn context(asked: &[(PromptId, Date)], seed: u64) -> SelectionContext<'_> {
    SelectionContext {
        follows: None,
        focus: None,
        worn: RecentHats::default(),
        room: None,
        asked,
        most_words: None,
        seed,
    }
}

#[test]
fn the_library_has_six_of_each_kind_for_each_practice_and_a_question_for_each_room() {
    let library = library();
    for practice in Practice::VARIANTS {
        for kind in PromptKind::VARIANTS {
            let count = library
                .prompts()
                .filter(|prompt| prompt.practice == *practice && prompt.kind == *kind)
                .count();
            assert!(count >= 6, "{practice} {kind}: {count}");
        }
    }
    for room in Room::VARIANTS {
        assert!(library.room(*room).is_some(), "{room}");
    }
}

#[test]
fn every_fixed_place_has_words_that_a_folder_can_replace_and_no_other_place_is_known() {
    let library = library();
    for occasion in CopyKey::VARIANTS {
        assert!(library.text_for(*occasion).is_some(), "{occasion}");
    }
    let over = |id: &str, text: &str| format!("[[says]]\nid = \"{id}\"\nhat = \"both\"\ntext = \"{text}\"\n");
    let ours = over("plan.outcome", "What did you see happen?");
    let library = library.overlay([("ours.toml", ours.as_str())]).unwrap();
    assert_eq!(library.text_for(CopyKey::PlanOutcome).unwrap().text, "What did you see happen?");
    for (bad, rule) in [
        (over("plan.outcome", "Well done."), "question-mark"),
        (over("first-contact.what", "I am simply your coach, and you should answer me."), "obligation"),
        (over("plan.income", "What did you see happen?"), "format"),
    ] {
        let findings = library.clone().overlay([("ours.toml", bad.as_str())]).unwrap_err();
        assert!(findings.iter().any(|finding| finding.rule == rule), "{bad}: {findings:?}");
    }
}

#[test]
fn either_hat_is_as_frequent_and_as_long() {
    let library = library();
    let of = |hat: Hat| -> (usize, f64) {
        let texts: Vec<usize> = library
            .prompts()
            .filter(|prompt| prompt.hats == Hats::from(hat))
            .map(|prompt| prompt.text.chars().count())
            .collect();
        (texts.len(), texts.iter().sum::<usize>() as f64 / texts.len() as f64)
    };
    let ((leader, leader_length), (manager, manager_length)) = (of(Hat::Leader), of(Hat::Manager));
    assert_eq!(leader, manager);
    assert!((leader_length / manager_length - 1.0).abs() < 0.1, "{leader_length} {manager_length}");
}

#[test]
fn no_question_stands_twice() {
    let library = library();
    let mut texts: Vec<&str> = library.prompts().map(|prompt| prompt.text.as_str()).collect();
    texts.sort_unstable();
    let count = texts.len();
    texts.dedup();
    assert_eq!(texts.len(), count);
}

#[test]
fn the_focus_comes_first_and_says_so() {
    let library = library();
    let mut context = context(&[], 4);
    context.focus = Some(Practice::EmbraceTheBoring);
    context.room = Some(RoomReading { room: Room::LowSpirit, read_on: date(2026, 10, 1) });
    let (prompt, reason) = choose(&library, PromptKind::Open, &context).unwrap();
    assert_eq!(prompt.practice, Practice::EmbraceTheBoring);
    assert_eq!(reason, Reason::Focus { practice: Practice::EmbraceTheBoring });
}

#[test]
fn a_follow_up_stays_with_its_practice_whatever_is_in_focus() {
    let library = library();
    let mut context = context(&[], 4);
    context.follows = Some(Practice::SellTheWhy);
    context.focus = Some(Practice::EmbraceTheBoring);
    let (prompt, reason) = choose(&library, PromptKind::FollowUp, &context).unwrap();
    let practice = Practice::SellTheWhy;
    assert_eq!((prompt.practice, reason), (practice, Reason::Follows { practice }));
}

#[test]
fn a_follow_up_keeps_to_its_words_and_the_shortest_stands_where_none_does() {
    let library = library();
    for seed in 0..60 {
        let mut context = context(&[], seed);
        context.follows = Some(Practice::FocusOnTheHow);
        context.most_words = Some(8);
        let (prompt, _) = choose(&library, PromptKind::FollowUp, &context).unwrap();
        assert!(word_budget::count_words(&prompt.text) <= 8, "{}", prompt.text);
        context.most_words = Some(0);
        let (prompt, _) = choose(&library, PromptKind::FollowUp, &context).unwrap();
        assert_eq!(prompt.text, "What would you accept as done?");
    }
}

#[test]
fn leans_to_the_room_and_then_to_the_hat_worn_least() {
    let library = library();
    let mut context = context(&[], 4);
    context.worn = RecentHats { leader: 1, manager: 7, answers: 8 };
    let (prompt, reason) = choose(&library, PromptKind::Open, &context).unwrap();
    let worn_less = Reason::WornLess { hat: Hat::Leader, worn: 1, other: 7, answers: 8 };
    assert_eq!((prompt.hats, reason), (Hat::Leader.into(), worn_less));
    let read_on = date(2026, 10, 13);
    context.room = Some(RoomReading { room: Room::MissingDeadlines, read_on });
    let (prompt, reason) = choose(&library, PromptKind::Open, &context).unwrap();
    let room = Reason::Room { room: Room::MissingDeadlines, read_on };
    assert_eq!((prompt.hats, reason), (Hat::Manager.into(), room));
    context.room = Some(RoomReading { room: Room::GoingWell, read_on });
    let (_, reason) = choose(&library, PromptKind::Open, &context).unwrap();
    assert_eq!(reason, worn_less, "a room that goes well steers nothing");
}

#[test]
fn without_a_preference_the_reason_is_the_dimension_that_was_asked_about_least_or_chance() {
    let library = library();
    let (prompt, reason) = choose(&library, PromptKind::Open, &context(&[], 3)).unwrap();
    assert_eq!(reason, Reason::Chance, "{}", prompt.id);
    let asked: Vec<(PromptId, Date)> = library
        .prompts()
        .filter(|prompt| prompt.dimension != Some(Dimension::Risk))
        .step_by(2)
        .flat_map(|prompt| [(prompt.id.clone(), date(2026, 10, 1)), (prompt.id.clone(), date(2026, 10, 2))])
        .collect();
    let (prompt, reason) = choose(&library, PromptKind::Open, &context(&asked, 3)).unwrap();
    // A question and its answer are one.
    let questions = u32::try_from(asked.len() / 2).unwrap();
    assert_eq!(prompt.dimension, Some(Dimension::Risk));
    assert_eq!(reason, Reason::AskedLess { dimension: Dimension::Risk, asked: 0, questions });
}

#[test]
fn a_folder_laid_over_replaces_adds_and_is_refused_whole() {
    let over = "practice = \"start-small\"\n[[prompt]]\nid = \"start-small.open.1\"\nkind = \"open\"\nhat = \"both\"\ntext = \"What is yours today?\"\n[[prompt]]\nid = \"ours.1\"\nkind = \"open\"\nhat = \"leader\"\ntext = \"Who do you trust?\"\n";
    let before = library().prompts().count();
    let library = library().overlay([("ours.toml", over)]).unwrap();
    assert_eq!(library.prompts().count(), before + 1);
    let bad = over.replace("Who do you trust?", "You should trust.");
    let findings = library.overlay([("ours.toml", bad.as_str()), ("x.toml", "[[prompt]")]).unwrap_err();
    assert!(
        findings.iter().any(|finding| finding.to_string().starts_with("ours.toml: ours.1: obligation: "))
    );
    assert!(findings.iter().any(|finding| finding.rule == "format"));
}

#[test]
fn a_month_of_questions_never_has_the_same_shape_twice_in_a_row() {
    let library = library();
    for seed in 0..40_u64 {
        let mut asked: Vec<(PromptId, Date)> = Vec::new();
        let mut last = String::new();
        for day in 0..20_u64 {
            let seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(day * 7_919);
            let (prompt, _) = choose(&library, PromptKind::Open, &context(&asked, seed)).unwrap();
            let opening = shape(&prompt.text);
            assert_ne!(opening, last, "{}", prompt.text);
            last = opening;
            asked.push((prompt.id.clone(), date(2026, 10, 1)));
        }
    }
}

proptest! {
    #[test]
    fn nothing_comes_back_within_28_days_and_a_seed_always_says_the_same(
        seeds in prop::collection::vec(any::<u64>(), 1..50),
    ) {
        let library = library();
        let today = date(2026, 10, 1);
        let mut asked: Vec<(PromptId, Date)> = Vec::new();
        for seed in seeds {
            let (prompt, _) = choose(&library, PromptKind::Open, &context(&asked, seed)).unwrap();
            let again = choose(&library, PromptKind::Open, &context(&asked, seed)).unwrap().0;
            prop_assert_eq!(prompt, again);
            prop_assert!(!asked.iter().any(|(id, _)| *id == prompt.id));
            asked.push((prompt.id.clone(), today));
        }
    }
}

#[test]
fn every_practice_says_in_a_sentence_what_it_is_and_a_folder_can_say_it_otherwise() {
    let library = library();
    for practice in Practice::VARIANTS {
        let about = library.about(*practice).unwrap_or_default();
        assert!(about.ends_with('.') && about.matches('.').count() == 1, "{practice}: {about:?}");
    }
    let ours = "practice = \"start-small\"\nabout = \"You begin.\"\n";
    let library = library.overlay([("ours.toml", ours)]).unwrap();
    assert_eq!(library.about(Practice::StartSmall), Some("You begin."));
    for (bad, rule) in [
        ("practice = \"start-small\"\nabout = \"You should begin.\"\n", "obligation"),
        ("practice = \"start-big\"\nabout = \"You begin.\"\n", "format"),
        ("about = \"You begin.\"\n", "format"),
    ] {
        let findings = library.clone().overlay([("ours.toml", bad)]).unwrap_err();
        assert!(findings.iter().any(|finding| finding.rule == rule), "{bad}: {findings:?}");
    }
}
