//! Where questions come from, and what has to be known to choose one: the app loads the facts, the
//! library chooses. Which prompts there are and how one is chosen is the coach's.

use super::{App, AppError, Done};
use crate::{
    coach::{
        act::GiveBack,
        care::Concern,
        copy::CopyKey,
        hat::{Hats, Practice},
        ids::PromptId,
        member::Member,
        member_text::MemberText,
        model::Instructions,
        reflection::{Reflection, STANDING_QUESTION},
        room::Room,
        word_budget::WordBudget,
    },
    store::Tx,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

/// No prompt comes back to a member within this time.
pub(super) const NO_REPEAT_WITHIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// The leaning of a member is read from this much time.
const LEANING_TIME: SignedDuration = SignedDuration::from_hours(60 * 24);

/// What is known when a question is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The practice that the member put in focus.
    pub focus: Option<Practice>,
    /// How often they said the leader hat lately.
    pub leader: u32,
    /// How often they said the manager hat lately.
    pub manager: u32,
    /// The room as they last described it.
    pub room: Option<Room>,
    /// The prompt that the reflection which is followed up answers.
    pub answers: Option<PromptId>,
    /// The prompts of the last 28 days, with their dates, oldest first.
    pub asked: Vec<(PromptId, Date)>,
    /// The most words that it may have.
    pub most_words: Option<usize>,
    /// The member's own date.
    pub today: Date,
    /// What chance says.
    pub seed: u64,
}

/// A question that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The prompt.
    pub prompt: PromptId,
    /// The question.
    pub question: String,
    /// Why this one, as a sentence.
    pub reason: String,
}

/// The library of questions, and the check of a text before it is kept.
pub trait Questions: Send + Sync + 'static {
    /// A question that opens; `None` when the library has none.
    fn open(&self, ask: &Ask) -> Option<Asked>;
    /// A question that follows up; `None` when the library has none.
    fn follow_up(&self, ask: &Ask) -> Option<Asked>;
    /// The questions to give back to someone who asks for an answer.
    fn give_back(&self) -> Vec<GiveBack>;
    /// The question for a reading of the room; `None` when the library has none.
    fn room(&self, room: Room) -> Option<String>;
    /// What is asked or said at a fixed place.
    fn text_for(&self, key: CopyKey) -> String;
    /// The trouble that a text speaks of and that is not coaching's.
    fn concern(&self, words: &MemberText) -> Option<Concern>;
    /// What a model is told before anything else; `None` when the library has nothing to tell it.
    fn instructions(&self) -> Option<Instructions>;
    /// The practice of a prompt; `None` when the library does not have it.
    fn practice(&self, prompt: &PromptId) -> Option<Practice>;
    /// The words of every prompt.
    fn texts(&self) -> Vec<String>;
}

/// The prompt id of the standing question, which stands in no file.
pub(super) fn standing_prompt() -> Done<PromptId> {
    PromptId::parse("standing").map_err(|_| AppError::NoQuestion)
}

fn standing_question() -> Done<Asked> {
    let prompt = standing_prompt()?;
    let reason = "This is the question of every check-in.".to_owned();
    Ok(Asked { prompt, question: STANDING_QUESTION.to_owned(), reason })
}

impl App {
    /// Chooses the next question for a member; the standing one when the library has none.
    pub(super) async fn choose_opening(&self, tx: &mut Tx, member: &Member, now: Timestamp) -> Done<Asked> {
        let ask = self.ask(tx, member, None, now).await?;
        match self.questions().open(&ask) {
            Some(asked) => Ok(asked),
            None => standing_question(),
        }
    }

    /// Chooses the question that follows up a reflection, where its session has room for one.
    pub(super) async fn choose_follow_up(
        &self,
        tx: &mut Tx,
        member: &Member,
        reflection: &Reflection,
        now: Timestamp,
    ) -> Done<Option<Asked>> {
        let session = WordBudget::before_the_follow_up_of(reflection);
        let Some(most_words) = session.follow_up_of_at_most() else { return Ok(None) };
        let ask = self.ask(tx, member, Some(reflection), now).await?;
        Ok(self.questions().follow_up(&Ask { most_words: Some(most_words), ..ask }))
    }

    /// What the library says at a fixed place.
    pub fn text_for(&self, key: CopyKey) -> String {
        self.questions().text_for(key)
    }

    /// What trouble any of these texts speaks of.
    pub(super) fn concern(&self, texts: &[&MemberText]) -> Option<Concern> {
        let questions = self.questions();
        texts.iter().find_map(|words| questions.concern(words))
    }

    async fn ask(
        &self,
        tx: &mut Tx,
        member: &Member,
        about: Option<&Reflection>,
        now: Timestamp,
    ) -> Done<Ask> {
        let since = now.saturating_sub(LEANING_TIME).unwrap_or(now);
        let lately = tx.recent_history(&member.id, since).await?;
        let described = lately.iter().rev().find_map(|it| Some((it.room?, it.at)));
        let room = match about {
            Some(reflection) => reflection.room,
            None => self.last_room(tx, &member.id, described).await?,
        };
        let no_repeat_since = now.saturating_sub(NO_REPEAT_WITHIN).unwrap_or(now);
        let asked = lately.iter().filter(|it| it.at >= no_repeat_since).flat_map(|it| {
            let on = member.local_date(it.at);
            [&it.prompt, &it.follow_up].into_iter().flatten().map(move |prompt| (prompt.clone(), on))
        });
        let count = |shows: fn(Hats) -> bool| {
            let said = lately.iter().filter_map(|it| it.hat_said);
            u32::try_from(said.filter(|hats| shows(*hats)).count()).unwrap_or(u32::MAX)
        };
        Ok(Ask {
            focus: member.focus,
            leader: count(|hats| hats.leader),
            manager: count(|hats| hats.manager),
            room,
            answers: about.and_then(|reflection| reflection.prompt.clone()),
            asked: asked.collect(),
            most_words: None,
            today: member.local_date(now),
            seed: self.env.rng.next_u64(),
        })
    }
}
