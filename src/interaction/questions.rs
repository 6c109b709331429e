//! Where questions come from, and the facts that choosing one needs. This file loads the facts; which
//! prompts there are and how one is chosen is the coach's, and `coach::prompt::Library` answers here.

use super::{
    context::Ctx,
    error::{InteractionError, Result},
    steps::room::last_room,
};
use crate::coach::{
    care::{self, Concern},
    coaching_act::CounterQuestion,
    copy::CopyKey,
    hat::{Hats, Practice},
    ids::PromptId,
    llm_follow_up::Instructions,
    member::Member,
    member_text::MemberText,
    prompt::{Library, PromptKind, SelectionContext, choose},
    reflection::{Reflection, STANDING_QUESTION},
    room::Room,
    word_budget::WordBudget,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

/// No prompt comes back to a member within this time.
pub const NO_REPEAT_WITHIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How far back a member's ticked hats are counted to choose the next question.
const LEANING_WITHIN: SignedDuration = SignedDuration::from_hours(60 * 24);

/// The facts from which a question is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionQuery {
    /// The practice that the member put in focus.
    pub focus: Option<Practice>,
    /// How often they ticked the leader hat recently.
    pub leader: u32,
    /// How often they ticked the manager hat recently.
    pub manager: u32,
    /// The room as they last described it.
    pub room: Option<Room>,
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
    /// Why this one, as a sentence.
    pub reason: String,
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
    /// The practice of a prompt; `None` when the library does not have the prompt.
    fn practice(&self, prompt: &PromptId) -> Option<Practice>;
    /// The text of every prompt.
    fn texts(&self) -> Vec<String>;
}

/// The prompt id of the standing question, which is in no file.
pub fn standing_prompt() -> Result<PromptId> {
    PromptId::parse("standing").map_err(|_| InteractionError::NoQuestion)
}

fn standing_question() -> Result<ChosenQuestion> {
    let prompt = standing_prompt()?;
    let reason = "This is the question of every check-in.".to_owned();
    Ok(ChosenQuestion { prompt, question: STANDING_QUESTION.to_owned(), reason })
}

/// Chooses the next question for a member; the standing one when the library has none.
pub async fn choose_opening(ctx: &mut Ctx<'_>, member: &Member, now: Timestamp) -> Result<ChosenQuestion> {
    let query = query(ctx, member, None, now).await?;
    match ctx.questions().open(&query) {
        Some(chosen) => Ok(chosen),
        None => standing_question(),
    }
}

/// Chooses the question that follows up a reflection, if the member has written enough for one.
pub async fn choose_follow_up(
    ctx: &mut Ctx<'_>,
    member: &Member,
    reflection: &Reflection,
    now: Timestamp,
) -> Result<Option<ChosenQuestion>> {
    let budget = WordBudget::before_follow_up(reflection);
    let Some(max_words) = budget.max_follow_up_words() else { return Ok(None) };
    let query = query(ctx, member, Some(reflection), now).await?;
    Ok(ctx.questions().follow_up(&QuestionQuery { max_words: Some(max_words), ..query }))
}

async fn query(
    ctx: &mut Ctx<'_>,
    member: &Member,
    about: Option<&Reflection>,
    now: Timestamp,
) -> Result<QuestionQuery> {
    let since = now.saturating_sub(LEANING_WITHIN).unwrap_or(now);
    let recent = ctx.tx.recent_history(&member.id, since).await?;
    let described = recent.iter().rev().find_map(|it| Some((it.room?, it.at)));
    let room = match about {
        Some(reflection) => reflection.room,
        None => last_room(ctx, &member.id, described).await?,
    };
    let no_repeat_since = now.saturating_sub(NO_REPEAT_WITHIN).unwrap_or(now);
    let asked = recent.iter().filter(|it| it.at >= no_repeat_since).flat_map(|it| {
        let on = member.local_date(it.at);
        [&it.prompt, &it.follow_up].into_iter().flatten().map(move |prompt| (prompt.clone(), on))
    });
    let count = |shows: fn(Hats) -> bool| {
        let said = recent.iter().filter_map(|it| it.hat_said);
        u32::try_from(said.filter(|hats| shows(*hats)).count()).unwrap_or(u32::MAX)
    };
    Ok(QuestionQuery {
        focus: member.focus,
        leader: count(|hats| hats.leader),
        manager: count(|hats| hats.manager),
        room,
        answers: about.and_then(|reflection| reflection.prompt.clone()),
        asked: asked.collect(),
        max_words: None,
        today: member.local_date(now),
        seed: ctx.random(),
    })
}

fn chosen(library: &Library, kind: PromptKind, query: &QuestionQuery) -> Option<ChosenQuestion> {
    let context = SelectionContext {
        follows: query.answers.as_ref().and_then(|id| library.find(id)).map(|it| it.practice),
        focus: query.focus,
        leader: query.leader,
        manager: query.manager,
        room: query.room,
        asked: &query.asked,
        most_words: query.max_words,
        seed: query.seed,
    };
    let (prompt, reason) = choose(library, kind, &context)?;
    Some(ChosenQuestion {
        prompt: prompt.id.clone(),
        question: prompt.text.clone(),
        reason: reason.sentence(),
    })
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

    fn practice(&self, prompt: &PromptId) -> Option<Practice> {
        self.find(prompt).map(|prompt| prompt.practice)
    }

    fn texts(&self) -> Vec<String> {
        self.prompts().map(|prompt| prompt.text.clone()).collect()
    }
}
