use super::{
    selection::{Reason, shape},
    *,
};
use crate::coach::{
    copy::CopyKey,
    hat::{Hat, Hats, Practice},
    ids::PromptId,
    room::Room,
    word_budget,
};
use jiff::civil::Date;
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
        leader: 0,
        manager: 0,
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
    context.room = Some(Room::LowSpirit);
    let (prompt, reason) = choose(&library, PromptKind::Open, &context).unwrap();
    assert_eq!(prompt.practice, Practice::EmbraceTheBoring);
    assert_eq!(reason, Reason::Focus(Practice::EmbraceTheBoring));
}

#[test]
fn a_follow_up_stays_with_its_practice_whatever_is_in_focus() {
    let library = library();
    let mut context = context(&[], 4);
    context.follows = Some(Practice::SellTheWhy);
    context.focus = Some(Practice::EmbraceTheBoring);
    let (prompt, reason) = choose(&library, PromptKind::FollowUp, &context).unwrap();
    assert_eq!((prompt.practice, reason), (Practice::SellTheWhy, Reason::Follows(Practice::SellTheWhy)));
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
    (context.leader, context.manager) = (1, 9);
    let (prompt, reason) = choose(&library, PromptKind::Open, &context).unwrap();
    assert_eq!((prompt.hats, reason), (Hat::Leader.into(), Reason::WornLeast(Hat::Leader)));
    context.room = Some(Room::MissingDeadlines);
    let (prompt, reason) = choose(&library, PromptKind::Open, &context).unwrap();
    assert_eq!((prompt.hats, reason), (Hat::Manager.into(), Reason::Room(Room::MissingDeadlines)));
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
            asked.push((prompt.id.clone(), jiff::civil::date(2026, 10, 1)));
        }
    }
}

proptest! {
    #[test]
    fn nothing_comes_back_within_28_days_and_a_seed_always_says_the_same(
        seeds in prop::collection::vec(any::<u64>(), 1..50),
    ) {
        let library = library();
        let today = jiff::civil::date(2026, 10, 1);
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
