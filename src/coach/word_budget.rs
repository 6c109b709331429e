//! The word budget of a conversation: LeadLens should say fewer words than the member. It decides whether a
//! follow-up comes and how long it may be. Questions count; labels and buttons do not.
//!
//! After a short answer the follow-up is the shortest there is; after an answer of fewer than
//! [`MIN_ANSWER_WORDS`] words there is none.

use super::{member_text::MemberText, reflection::Reflection};
use unicode_segmentation::UnicodeSegmentation as _;

pub const MAX_FOLLOW_UPS_IN_A_ROW: usize = 2;

/// A shorter answer gets no follow-up.
pub const MIN_ANSWER_WORDS: usize = 4;

/// The words so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WordBudget {
    /// Words in the questions of LeadLens.
    pub asked: usize,
    /// Words that the member wrote.
    pub said: usize,
    /// Follow-ups since the opening question.
    pub follow_ups: usize,
}

impl WordBudget {
    /// A conversation that begins with a question.
    pub fn opened_with(question: &str) -> Self {
        Self { asked: count_words(question), ..Self::default() }
    }

    /// A reflection up to its follow-up.
    pub fn before_follow_up(reflection: &Reflection) -> Self {
        Self::opened_with(&reflection.question).answered(&reflection.situation).answered(&reflection.answer)
    }

    /// Adds an answer.
    #[must_use]
    pub fn answered(mut self, words: &MemberText) -> Self {
        self.said = self.said.saturating_add(count_words(words.reveal()));
        self
    }

    /// Adds a follow-up question.
    #[cfg(feature = "test-support")]
    #[must_use]
    pub fn followed_up(mut self, question: &str) -> Self {
        self.asked = self.asked.saturating_add(count_words(question));
        self.follow_ups = self.follow_ups.saturating_add(1);
        self
    }

    /// The most words that a follow-up may have so that the member has still said more. 0 means the shortest
    /// question there is; `None` means no follow-up.
    pub fn max_follow_up_words(self) -> Option<usize> {
        let may_ask = self.follow_ups < MAX_FOLLOW_UPS_IN_A_ROW && self.said >= MIN_ANSWER_WORDS;
        may_ask.then(|| self.said.saturating_sub(self.asked).saturating_sub(1))
    }

    #[cfg(feature = "test-support")]
    pub fn member_said_more(self) -> bool {
        self.said > self.asked
    }
}

/// Counts the words of any script. In scripts without spaces it counts characters.
pub fn count_words(text: &str) -> usize {
    text.unicode_words().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::reflection::STANDING_QUESTION;
    use proptest::prelude::*;

    #[test]
    fn a_follow_up_is_as_long_as_the_answer_allows() {
        let table = [
            ("", None),
            ("Ask them.", None),
            ("Wait a day.", None),
            ("Say what I see.", Some(0)),
            ("Ask Ana which of the two she would take.", Some(0)),
            ("Ask Ana which of the two vendors she would take, and then live with her choice.", Some(7)),
            ("明日みんなに聞いてから決める", Some(5)),
        ];
        for (answer, expected) in table {
            let budget = WordBudget::opened_with(STANDING_QUESTION).answered(&MemberText::new(answer));
            assert_eq!(budget.max_follow_up_words(), expected, "{answer}: {budget:?}");
        }
    }

    #[test]
    fn there_are_two_follow_ups_at_most() {
        let long = MemberText::new("word ".repeat(200));
        let mut budget = WordBudget::opened_with(STANDING_QUESTION);
        for _ in 0..MAX_FOLLOW_UPS_IN_A_ROW {
            budget = budget.answered(&long);
            assert!(budget.max_follow_up_words().is_some());
            budget = budget.followed_up("What else do you see?");
        }
        assert_eq!(budget.answered(&long).max_follow_up_words(), None);
    }

    proptest! {
        #[test]
        fn within_its_words_a_follow_up_leaves_the_session_to_the_member(asked in 0_usize..30, said in 0_usize..200) {
            let budget = WordBudget { asked, said, follow_ups: 0 };
            if let Some(most) = budget.max_follow_up_words().filter(|most| *most > 0) {
                let after = budget.followed_up(&"word ".repeat(most));
                prop_assert!(after.member_said_more());
            }
        }
    }
}
