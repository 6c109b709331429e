//! When to stop coaching and name people to talk to: texts that mention self-harm, harassment, legal or
//! medical trouble. [`check`] is pure and runs before anything is kept. `care/labelled.tsv` holds the texts
//! that it is measured on. It knows phrases and no more, and what it tells is what it knows. Three times fresh
//! texts were written and labelled before anybody looked at the phrases. The phrases met 8 of 47 troubled texts, 21 of
//! 30 with 2 false alarms of 30, and 1 of 14 with none of 8, the last in wordings chosen to be unlike all others. The
//! texts belong to the set since, and the phrases were extended by the kinds of trouble that they tell of.

mod pattern;
mod phrases;
mod text;

use pattern::{Phrases, Vocabulary};
use std::sync::LazyLock;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a text mentions. The variants are ordered by gravity, the gravest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Concern {
    /// Wanting to die or to hurt oneself.
    SelfHarm,
    /// Being harassed, threatened or discriminated against, or witnessing it.
    Harassment,
    Legal,
    Medical,
}

/// The phrases of [`phrases`], read once.
struct Phrasebook {
    vocabulary: Vocabulary,
    concerns: Phrases<Concern>,
    harmless: Phrases<()>,
}

static PHRASEBOOK: LazyLock<Phrasebook> = LazyLock::new(|| {
    let of = |(concern, phrases): (Concern, &'static [&'static str])| {
        phrases.iter().map(move |phrase| (*phrase, concern))
    };
    let mut vocabulary = Vocabulary::default();
    let concerns = Phrases::new(phrases::PHRASES.into_iter().flat_map(of), &mut vocabulary);
    let harmless = Phrases::new(phrases::HARMLESS.iter().map(|phrase| (*phrase, ())), &mut vocabulary);
    Phrasebook { vocabulary, concerns, harmless }
});

/// The gravest concern that a text mentions; `None` if coaching can continue. It only matches phrases and rather
/// asks once too often: the member decides what is kept.
pub fn check(text: &str) -> Option<Concern> {
    let Phrasebook { vocabulary, concerns, harmless } = &*PHRASEBOOK;
    let words = text::words(text);
    let words = vocabulary.number(&words);
    let found = concerns.find(&words);
    if found.is_empty() {
        return None;
    }
    let mut uncovered = words.clone();
    for harmless in harmless.find(&words) {
        uncovered.get_mut(harmless.from..harmless.to).unwrap_or_default().fill(None);
    }
    let sure = found.iter().filter(|found| found.always).map(|found| found.means);
    let spoken = concerns.find(&uncovered).into_iter().map(|found| found.means);
    // The variants are ordered by gravity.
    sure.chain(spoken).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts after these were fresh, and the phrases were extended with their result.
    const WITHOUT_FRESH: usize = 431;

    /// A text of the labelled set. Every third of the first ones is held back: the phrases were not written with its
    /// result.
    struct Labelled {
        text: &'static str,
        concern: Option<Concern>,
        held_back: bool,
    }

    fn labelled() -> Vec<Labelled> {
        let lines = include_str!("care/labelled.tsv").lines().enumerate();
        lines
            .map(|(nth, line)| {
                let (label, text) = line.split_once('\t').expect("a label and a text");
                let concern = (label != "none").then(|| label.parse().expect("a concern"));
                Labelled { text, concern, held_back: nth % 3 == 2 && nth < WITHOUT_FRESH }
            })
            .collect()
    }

    /// The share of the troubled texts that are met as what they are, and of the harmless ones that are met.
    #[allow(clippy::cast_precision_loss, reason = "a few hundred")]
    fn recall_and_false_alarms(texts: &[&Labelled]) -> (f64, f64) {
        let (troubled, harmless): (Vec<&Labelled>, Vec<&Labelled>) =
            texts.iter().partition(|text| text.concern.is_some());
        let met = troubled.iter().filter(|text| check(text.text) == text.concern).count();
        let alarms = harmless.iter().filter(|text| check(text.text).is_some()).count();
        (met as f64 / troubled.len() as f64, alarms as f64 / harmless.len() as f64)
    }

    #[test]
    fn it_is_measured_on_a_labelled_set() {
        let all = labelled();
        let harmless = all.iter().filter(|text| text.concern.is_none()).count();
        assert!(all.len() >= 300 && harmless * 3 >= all.len(), "{harmless} of {}", all.len());
        let (held_back, tuned): (Vec<&Labelled>, Vec<&Labelled>) =
            all.iter().partition(|text| text.held_back);
        for (name, part) in [("tuned", &tuned), ("held back", &held_back)] {
            let (recall, false_alarms) = recall_and_false_alarms(part);
            println!("{name}: {} texts, recall {recall:.3}, false alarms {false_alarms:.3}", part.len());
        }
        for text in tuned.iter().filter(|text| check(text.text) != text.concern) {
            println!("{:?} instead of {:?}: {}", check(text.text), text.concern, text.text);
        }
        let (recall, false_alarms) = recall_and_false_alarms(&all.iter().collect::<Vec<_>>());
        println!("all: {} texts, recall {recall:.3}, false alarms {false_alarms:.3}", all.len());
        assert!(recall >= 0.98 && false_alarms <= 0.02, "recall {recall:.3}, false alarms {false_alarms:.3}");
    }

    #[test]
    fn trouble_is_met_with_people() {
        let table = [
            ("Some nights I want to die.", Concern::SelfHarm),
            ("I’ve thought about how to kill myself", Concern::SelfHarm),
            ("They'd be better off without me", Concern::SelfHarm),
            ("I dont want to live", Concern::SelfHarm),
            ("i cant live like this, im tired of living", Concern::SelfHarm),
            ("`I want to` \"die\"", Concern::SelfHarm),
            ("My director sexually harassed a trainee", Concern::Harassment),
            ("He threatened me in the car park", Concern::Harassment),
            ("She was discriminated against for her faith", Concern::Harassment),
            ("A former employee is suing us", Concern::Legal),
            ("I found out he embezzled the travel money", Concern::Legal),
            ("I had a panic attack before the board meeting", Concern::Medical),
            ("I was diagnosed with something this week and told nobody", Concern::Medical),
        ];
        for (text, concern) in table {
            assert_eq!(check(text), Some(concern), "{text}");
        }
    }

    #[test]
    fn the_gravest_of_two_is_met() {
        assert_eq!(check("My diagnosis, the lawsuit: I want to die."), Some(Concern::SelfHarm));
        assert_eq!(check("Being bullied gave me a panic attack"), Some(Concern::Harassment));
        assert_eq!(check("to die is what they want"), None, "the words in their order");
    }

    #[test]
    fn the_talk_of_managers_stays_coaching() {
        for text in [
            "This deadline is killing me.",
            "We killed the project and I am relieved.",
            "Legal review takes three weeks; I asked them to a meeting.",
            "Two of my people are on sick leave.",
            "The team is burned out on reorganisations.",
            "I could die of embarrassment after that demo.",
            "The launch died in committee.",
            "I hit the wall with procurement.",
            "He attacked my plan in the review.",
            "I cut the budget by a third.",
            "Our competitor sues everybody in the industry.",
            "I feel low and the room is low too.",
            "Her hospital rota clashes with our planning.",
            "I want to take a risk on the junior hire.",
            "",
        ] {
            assert_eq!(check(text), None, "{text}");
        }
    }
}
