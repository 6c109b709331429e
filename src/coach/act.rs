//! *Ask, don't fix*: someone asks the member for an answer, the member gives a question back. Which
//! three questions are offered, and what one act of it is. No word of the message that was asked, and
//! no word of what the member made of the question, is part of an act.

use super::{
    ids::{MemberId, PromptId, RowId},
    reflection::STANDING_QUESTION,
};
use jiff::{Timestamp, civil::Date};

/// How many questions are offered, the standing one included.
pub const OFFERED: usize = 3;

/// A question to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// Its prompt; stable forever.
    pub id: PromptId,
    /// The question, as it speaks to whoever asked.
    pub text: String,
}

/// One act of developing instead of fixing: a question was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
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
pub fn offer(standing: PromptId, library: &[GiveBack], seed: u64) -> Vec<GiveBack> {
    let mut offered = vec![GiveBack { id: standing, text: STANDING_QUESTION.to_owned() }];
    let mut left: Vec<&GiveBack> =
        library.iter().filter(|one| offered.iter().all(|first| first.text != one.text)).collect();
    let mut seed = seed;
    while offered.len() < OFFERED && !left.is_empty() {
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
pub fn questions(standing: PromptId, library: &[GiveBack], act: &Act) -> Vec<GiveBack> {
    let mut questions = vec![GiveBack { id: standing, text: STANDING_QUESTION.to_owned() }];
    let own = GiveBack { id: act.prompt.clone(), text: act.question.clone() };
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

    fn library() -> Vec<GiveBack> {
        Library::built_in().unwrap().give_back().cloned().collect()
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
        let one = GiveBack { id: PromptId::parse("a.1").unwrap(), text: "What is it?".to_owned() };
        let texts = |library: &[GiveBack]| -> Vec<String> {
            offer(standing(), library, 9).into_iter().map(|one| one.text).collect()
        };
        assert_eq!(texts(&[]), [STANDING_QUESTION]);
        assert_eq!(texts(&[one]), [STANDING_QUESTION, "What is it?"]);
    }

    proptest! {
        #[test]
        fn three_different_ones_the_standing_one_first(seed: u64) {
            let offered = offer(standing(), &library(), seed);
            prop_assert_eq!(offered.len(), OFFERED);
            prop_assert_eq!(&offered[0].text, STANDING_QUESTION);
            prop_assert!(offered[1] != offered[2]);
            prop_assert_eq!(offer(standing(), &library(), seed), offered);
        }

        #[test]
        fn every_question_gets_its_turn(start: u64) {
            let library = library();
            let turns: std::collections::HashSet<String> = (0..500_u64)
                .flat_map(|step| offer(standing(), &library, start.wrapping_add(step)))
                .map(|one| one.text)
                .collect();
            prop_assert_eq!(turns.len(), library.len() + 1);
        }
    }
}
