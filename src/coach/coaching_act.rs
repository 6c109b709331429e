//! *Ask, don't fix*: someone asks the member for an answer, the member gives a question back. Which
//! three questions are offered, and what one act of it is. No word of the message that was asked, and
//! no word of what the member made of the question, is part of an act.

use super::{
    ids::{MemberId, PromptId, RowId},
    reflection::STANDING_QUESTION,
};
use jiff::{Timestamp, civil::Date};

/// How many questions are offered, the standing one included.
pub const OFFERED_QUESTIONS: usize = 3;

/// A question to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterQuestion {
    /// Its prompt; stable forever.
    pub id: PromptId,
    /// The question, as it speaks to whoever asked.
    pub text: String,
}

/// One act of developing instead of fixing: a question was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoachingAct {
    /// Its row.
    pub id: RowId,
    /// Whose it is.
    pub member: MemberId,
    /// The question it began from; what the member made of it is not kept.
    pub prompt: PromptId,
    /// That question as it stood in the library.
    pub question: String,
    /// When the member said so.
    pub asked_at: Timestamp,
    /// The member's own calendar date then, so that travel never moves it.
    pub local_on: Date,
}

/// The three questions to offer: the standing one first, then two different ones of the library by
/// chance. Fewer when the library has fewer; `standing` is the prompt id of the first.
pub fn offer_questions(standing: PromptId, library: &[CounterQuestion], seed: u64) -> Vec<CounterQuestion> {
    let mut offered = vec![CounterQuestion { id: standing, text: STANDING_QUESTION.to_owned() }];
    let mut left: Vec<&CounterQuestion> =
        library.iter().filter(|one| offered.iter().all(|first| first.text != one.text)).collect();
    let mut seed = seed;
    while offered.len() < OFFERED_QUESTIONS && !left.is_empty() {
        let count = left.len() as u64;
        // Below the number of questions left, so it fits.
        let nth = (seed % count) as usize;
        seed /= count;
        offered.push(left.swap_remove(nth).clone());
    }
    offered
}

/// The questions that a kept act can have begun from: the standing one, those of the library, and its
/// own where that left the library meanwhile.
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
