//! The library of questions, as an interaction uses it: `coach::prompt::Library` answers.

use crate::coach::{
    care::{self, Concern},
    coaching_act::CounterQuestion,
    copy::CopyKey,
    hat::{Practice, RecentHats},
    ids::PromptId,
    llm_follow_up::Instructions,
    member_text::MemberText,
    prompt::{Library, PromptKind, Reason, SelectionContext, choose},
    room::{Room, RoomReading},
};
use jiff::civil::Date;

/// The facts from which a question is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionQuery {
    /// The practice that the member put in focus.
    pub focus: Option<Practice>,
    /// The hats that they ticked in their last answers.
    pub worn: RecentHats,
    /// The room as they last described it, while that is fresh.
    pub room: Option<RoomReading>,
    /// The prompt that the reflection which is followed up answers.
    pub answers: Option<PromptId>,
    /// The prompts of the last 28 days, with their dates, oldest first.
    pub asked: Vec<(PromptId, Date)>,
    /// The most words that the question may have.
    pub max_words: Option<usize>,
    /// The member's own date.
    pub today: Date,
    /// Random bits that decide between equally good questions.
    pub seed: u64,
}

/// A question that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenQuestion {
    /// The prompt.
    pub prompt: PromptId,
    /// The question.
    pub question: String,
    /// Why this one.
    pub reason: Reason,
}

/// The library of questions, and the check of a text before it is stored.
pub trait QuestionLibrary: Send + Sync + 'static {
    /// An opening question; `None` when the library has none.
    fn open(&self, query: &QuestionQuery) -> Option<ChosenQuestion>;
    /// A follow-up question; `None` when the library has none.
    fn follow_up(&self, query: &QuestionQuery) -> Option<ChosenQuestion>;
    /// The questions to give back to someone who asks for an answer.
    fn counter_questions(&self) -> Vec<CounterQuestion>;
    /// The question for a reading of the room; `None` when the library has none.
    fn room(&self, room: Room) -> Option<String>;
    /// The text for a fixed place.
    fn text_for(&self, key: CopyKey) -> String;
    /// The trouble outside coaching that a text speaks of.
    fn concern(&self, text: &MemberText) -> Option<Concern>;
    /// What a language model is told before anything else; `None` when the library has nothing.
    fn instructions(&self) -> Option<Instructions>;
    /// What a practice is, in a sentence; empty when the library does not say.
    fn about(&self, practice: Practice) -> String;
    /// The practice of a prompt; `None` when the library does not have the prompt.
    fn practice(&self, prompt: &PromptId) -> Option<Practice>;
    /// The text of every prompt.
    fn texts(&self) -> Vec<String>;
}

fn chosen(library: &Library, kind: PromptKind, query: &QuestionQuery) -> Option<ChosenQuestion> {
    let context = SelectionContext {
        follows: query.answers.as_ref().and_then(|id| library.find(id)).map(|it| it.practice),
        focus: query.focus,
        worn: query.worn,
        room: query.room,
        asked: &query.asked,
        most_words: query.max_words,
        seed: query.seed,
    };
    let (prompt, reason) = choose(library, kind, &context)?;
    Some(ChosenQuestion { prompt: prompt.id.clone(), question: prompt.text.clone(), reason })
}

impl QuestionLibrary for Library {
    fn open(&self, query: &QuestionQuery) -> Option<ChosenQuestion> {
        chosen(self, PromptKind::Open, query)
    }

    fn follow_up(&self, query: &QuestionQuery) -> Option<ChosenQuestion> {
        chosen(self, PromptKind::FollowUp, query)
    }

    fn counter_questions(&self) -> Vec<CounterQuestion> {
        Library::counter_questions(self).cloned().collect()
    }

    fn room(&self, room: Room) -> Option<String> {
        Library::room(self, room).map(str::to_owned)
    }

    fn text_for(&self, key: CopyKey) -> String {
        Library::text_for(self, key).map(|it| it.text.clone()).unwrap_or_default()
    }

    fn concern(&self, text: &MemberText) -> Option<Concern> {
        care::check(text.reveal())
    }

    fn instructions(&self) -> Option<Instructions> {
        Library::instructions(self).cloned()
    }

    fn about(&self, practice: Practice) -> String {
        Library::about(self, practice).unwrap_or_default().to_owned()
    }

    fn practice(&self, prompt: &PromptId) -> Option<Practice> {
        self.find(prompt).map(|prompt| prompt.practice)
    }

    fn texts(&self) -> Vec<String> {
        self.prompts().map(|prompt| prompt.text.clone()).collect()
    }
}
