//! The library as the app's source of questions: facts in the coach's words, its choice out.

use super::ask::{Ask, Asked, Questions};
use crate::coach::{
    care::{self, Concern},
    coaching_act::CounterQuestion,
    copy::CopyKey,
    hat::Practice,
    ids::PromptId,
    llm_follow_up::Instructions,
    member_text::MemberText,
    prompt::{Library, PromptKind, SelectionContext, choose},
    room::Room,
};

fn chosen(library: &Library, kind: PromptKind, ask: &Ask) -> Option<Asked> {
    let context = SelectionContext {
        follows: ask.answers.as_ref().and_then(|id| library.find(id)).map(|it| it.practice),
        focus: ask.focus,
        leader: ask.leader,
        manager: ask.manager,
        room: ask.room,
        asked: &ask.asked,
        most_words: ask.most_words,
        seed: ask.seed,
    };
    let (prompt, reason) = choose(library, kind, &context)?;
    Some(Asked { prompt: prompt.id.clone(), question: prompt.text.clone(), reason: reason.sentence() })
}

impl Questions for Library {
    fn open(&self, ask: &Ask) -> Option<Asked> {
        chosen(self, PromptKind::Open, ask)
    }

    fn follow_up(&self, ask: &Ask) -> Option<Asked> {
        chosen(self, PromptKind::FollowUp, ask)
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

    fn concern(&self, words: &MemberText) -> Option<Concern> {
        care::check(words.reveal())
    }

    fn instructions(&self) -> Option<Instructions> {
        Library::instructions(self).cloned()
    }

    fn practice(&self, prompt: &PromptId) -> Option<Practice> {
        self.find(prompt).map(|prompt| prompt.practice)
    }

    fn texts(&self) -> Vec<String> {
        self.prompts().map(|prompt| prompt.text.clone()).collect()
    }
}
