//! *Ask, don't fix*: somebody asks the member for an answer, and the member replies with a question. This
//! module chooses the three questions to offer and defines what is kept of such an act. Neither the message
//! that the member received nor what they made of the question is kept.

use super::{
    ids::{MemberId, PromptId, RowId},
    reflection::STANDING_QUESTION,
};
use jiff::{Timestamp, civil::Date};

/// How many questions are offered, including the standing question.
pub const OFFERED_QUESTIONS: usize = 3;

/// A question to reply with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterQuestion {
    /// The id of its prompt, which never changes.
    pub id: PromptId,
    /// The question, addressed to the person who asked.
    pub text: String,
}

/// One coaching act: the member replied with a question instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoachingAct {
    pub id: RowId,
    pub member: MemberId,
    /// The offered question that the member started from. How they changed it is not kept.
    pub prompt: PromptId,
    /// The text of that question in the library at that time.
    pub question: String,
    /// When the member recorded it.
    pub asked_at: Timestamp,
    /// The member's calendar date at that time. It is stored so that a later change of time zone does not
    /// move it.
    pub local_on: Date,
}

/// The questions to offer: the standing question, then up to two different ones from the library, chosen by
/// `seed`. `standing` is the prompt id of the first.
pub fn offer_questions(standing: PromptId, library: &[CounterQuestion], seed: u64) -> Vec<CounterQuestion> {
    let mut offered = vec![CounterQuestion { id: standing, text: STANDING_QUESTION.to_owned() }];
    let mut left: Vec<&CounterQuestion> =
        library.iter().filter(|one| offered.iter().all(|first| first.text != one.text)).collect();
    let mut seed = seed;
    while offered.len() < OFFERED_QUESTIONS && !left.is_empty() {
        let count = left.len() as u64;
        // The remainder is smaller than `left.len()`, so it fits.
        let nth = (seed % count) as usize;
        seed /= count;
        offered.push(left.swap_remove(nth).clone());
    }
    offered
}

/// The questions among which a recorded act can be changed: the standing one, those of the library, and the
/// act's own if the library no longer has it.
pub fn questions_for_edit(
    standing: PromptId,
    library: &[CounterQuestion],
    act: &CoachingAct,
) -> Vec<CounterQuestion> {
    let mut questions = vec![CounterQuestion { id: standing, text: STANDING_QUESTION.to_owned() }];
    let own = CounterQuestion { id: act.prompt.clone(), text: act.question.clone() };
    for one in library.iter().chain([&own]) {
        if questions.iter().all(|known| known.id != one.id) {
            questions.push(one.clone());
        }
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::{lint::lint, prompt::Library};
    use proptest::prelude::*;

    fn standing() -> PromptId {
        PromptId::parse("standing").unwrap()
    }

    fn library() -> Vec<CounterQuestion> {
        Library::built_in().unwrap().counter_questions().cloned().collect()
    }

    #[test]
    fn the_library_has_enough_and_every_one_is_a_good_question() {
        let library = library();
        assert!(library.len() >= 12, "{}", library.len());
        for one in library {
            assert_eq!(lint(&one.text), [], "{}", one.text);
        }
    }

    #[test]
    fn a_library_of_few_offers_what_it_has() {
        let one = CounterQuestion { id: PromptId::parse("a.1").unwrap(), text: "What is it?".to_owned() };
        let texts = |library: &[CounterQuestion]| -> Vec<String> {
            offer_questions(standing(), library, 9).into_iter().map(|one| one.text).collect()
        };
        assert_eq!(texts(&[]), [STANDING_QUESTION]);
        assert_eq!(texts(&[one]), [STANDING_QUESTION, "What is it?"]);
    }

    proptest! {
        #[test]
        fn three_different_ones_the_standing_one_first(seed: u64) {
            let offered = offer_questions(standing(), &library(), seed);
            prop_assert_eq!(offered.len(), OFFERED_QUESTIONS);
            prop_assert_eq!(&offered[0].text, STANDING_QUESTION);
            prop_assert!(offered[1] != offered[2]);
            prop_assert_eq!(offer_questions(standing(), &library(), seed), offered);
        }

        #[test]
        fn every_question_gets_its_turn(start: u64) {
            let library = library();
            let turns: std::collections::HashSet<String> = (0..500_u64)
                .flat_map(|step| offer_questions(standing(), &library, start.wrapping_add(step)))
                .map(|one| one.text)
                .collect();
            prop_assert_eq!(turns.len(), library.len() + 1);
        }
    }
}
