//! Chooses the next question of a member: loads the facts from the store, and asks the library.

use super::{
    context::Ctx,
    error::{InteractionError, Result},
    questions::{ChosenQuestion, QuestionQuery},
    steps::room::last_room,
};
use crate::coach::{
    hat::RecentHats,
    ids::PromptId,
    member::Member,
    prompt::Reason,
    reflection::{Reflection, STANDING_QUESTION},
    room::{self, RoomReading},
    word_budget::WordBudget,
};
use jiff::{SignedDuration, Timestamp};

/// No prompt comes back to a member within this time.
pub const NO_REPEAT_WITHIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How far back a member's ticked hats are counted to choose the next question.
const LEANING_WITHIN: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How many of the last answers are counted.
const LAST_ANSWERS: usize = 8;

/// The prompt id of the standing question, which is in no file.
pub fn standing_prompt() -> Result<PromptId> {
    PromptId::parse("standing").map_err(|_| InteractionError::NoQuestion)
}

fn standing_question() -> Result<ChosenQuestion> {
    let prompt = standing_prompt()?;
    Ok(ChosenQuestion { prompt, question: STANDING_QUESTION.to_owned(), reason: Reason::Standing })
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
        Some(reflection) => reflection.room.map(|room| RoomReading { room, read_on: reflection.local_on }),
        None => {
            let last = last_room(ctx, &member.id, described).await?;
            let fresh = last.filter(|(_, read_at)| now.duration_since(*read_at) <= room::STEERS_FOR);
            fresh.map(|(room, read_at)| RoomReading { room, read_on: member.local_date(read_at) })
        }
    };
    let no_repeat_since = now.saturating_sub(NO_REPEAT_WITHIN).unwrap_or(now);
    let asked = recent.iter().filter(|it| it.at >= no_repeat_since).flat_map(|it| {
        let on = member.local_date(it.at);
        [&it.prompt, &it.follow_up].into_iter().flatten().map(move |prompt| (prompt.clone(), on))
    });
    let ticked = recent.iter().rev().filter_map(|it| it.hat_said).take(LAST_ANSWERS);
    Ok(QuestionQuery {
        focus: member.focus,
        worn: RecentHats::of(ticked),
        room,
        answers: about.and_then(|reflection| reflection.prompt.clone()),
        asked: asked.collect(),
        max_words: None,
        today: member.local_date(now),
        seed: ctx.random(),
    })
}
