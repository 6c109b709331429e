//! Chooses the next question. No question comes back within 28 days. The practice that is followed up comes
//! first, then the one in focus; half of the time the choice prefers the hat that the room needs or that was
//! worn less. Among the remaining questions it varies the dimension and the opening. Equal input, including
//! the seed, gives an equal choice.

use super::library::{Library, Prompt, PromptKind};
use crate::coach::{
    hat::{Dimension, Hat, Hats, Practice},
    ids::PromptId,
    room::Room,
};
use jiff::civil::Date;
use std::collections::HashMap;

/// What the choice depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionContext<'a> {
    /// The practice of the question that is followed up. It takes precedence over the focus.
    pub follows: Option<Practice>,
    /// The practice that the member put in focus.
    pub focus: Option<Practice>,
    /// How often the member recently said the leader hat.
    pub leader: u32,
    /// How often the member recently said the manager hat.
    pub manager: u32,
    /// The member's last reading of the room.
    pub room: Option<Room>,
    /// The prompts of the last 28 days with their dates, oldest first.
    pub asked: &'a [(PromptId, Date)],
    /// The most words that the question may have. If no question is that short, the shortest are used. `None`
    /// for no limit.
    pub most_words: Option<usize>,
    /// Random bits.
    pub seed: u64,
}

/// Why a question was chosen. Members can ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It belongs to the practice that is followed up.
    Follows(Practice),
    /// It belongs to the practice in focus.
    Focus(Practice),
    /// The room needs its hat.
    Room(Room),
    /// The member wore its hat less recently.
    WornLeast(Hat),
    /// No other reason applied; it is this practice's turn.
    Turn(Practice),
}

impl Reason {
    /// The reason as a sentence, which is stored with the nudge.
    pub fn sentence(self) -> String {
        match self {
            Reason::Follows(practice) => {
                format!("It stays with the practice \"{}\", which you were asked about.", practice.title())
            }
            Reason::Focus(practice) => {
                format!("You put the practice \"{}\" in focus.", practice.title())
            }
            Reason::Room(room) => format!(
                "You last read the room as \"{}\", and that room asks for the {} hat.",
                room.label(),
                room.needs()
            ),
            Reason::WornLeast(hat) => format!("Of the two, you ticked the {hat} hat less often lately."),
            Reason::Turn(practice) => {
                format!(
                    "It is the turn of the practice \"{}\". No question comes back within 28 days.",
                    practice.title()
                )
            }
        }
    }
}

/// Chooses the next question of a kind. `None` if the library has no question of that kind.
pub fn choose<'l>(
    library: &'l Library,
    kind: PromptKind,
    context: &SelectionContext<'_>,
) -> Option<(&'l Prompt, Reason)> {
    let asked: HashMap<&PromptId, Date> = context.asked.iter().map(|(id, on)| (id, *on)).collect();
    let of_kind: Vec<&Prompt> = library.prompts().filter(|prompt| prompt.kind == kind).collect();
    let mut fresh: Vec<&Prompt> =
        of_kind.iter().copied().filter(|prompt| !asked.contains_key(&prompt.id)).collect();
    if fresh.is_empty() {
        // If everything was asked within 28 days, the question that was asked longest ago comes back.
        let oldest = of_kind.into_iter().min_by_key(|prompt| asked.get(&prompt.id).copied())?;
        fresh.push(oldest);
    }
    let (narrowed, reason) = narrow(&fresh, context);
    let brief = shorten(narrowed, context.most_words);
    let varied = vary(library, brief, context.asked);
    let spread = spread(library, &varied, context.asked);
    let prompt = pick(&spread, context.seed)?;
    Some((prompt, reason.unwrap_or(Reason::Turn(prompt.practice))))
}

/// Keeps the questions of the first preference that leaves any: the practice that is followed up, the focus,
/// the room, the hat worn less.
fn narrow<'l>(fresh: &[&'l Prompt], context: &SelectionContext<'_>) -> (Vec<&'l Prompt>, Option<Reason>) {
    let wanted = [context.follows.map(Reason::Follows), context.focus.map(Reason::Focus)];
    for reason in wanted.into_iter().flatten() {
        let (Reason::Follows(practice) | Reason::Focus(practice)) = reason else { continue };
        let of_it: Vec<_> = fresh.iter().copied().filter(|prompt| prompt.practice == practice).collect();
        if !of_it.is_empty() {
            return (of_it, Some(reason));
        }
    }
    let drawing_to = |hat: Hat| -> Vec<&'l Prompt> {
        fresh.iter().copied().filter(|prompt| prompt.hats == Hats::from(hat)).collect()
    };
    // Only half of the time, so that the questions do not all lead to the same hat.
    if context.seed.is_multiple_of(2) {
        if let Some(room) = context.room {
            let fitting = drawing_to(room.needs());
            if !fitting.is_empty() {
                return (fitting, Some(Reason::Room(room)));
            }
        }
        let least = match context.leader.cmp(&context.manager) {
            std::cmp::Ordering::Less => Some(Hat::Leader),
            std::cmp::Ordering::Greater => Some(Hat::Manager),
            std::cmp::Ordering::Equal => None,
        };
        if let Some(hat) = least {
            let fitting = drawing_to(hat);
            if !fitting.is_empty() {
                return (fitting, Some(Reason::WornLeast(hat)));
            }
        }
    }
    (fresh.to_vec(), None)
}

/// Keeps the questions with at most `most` words, or the shortest if there are none.
fn shorten(prompts: Vec<&Prompt>, most: Option<usize>) -> Vec<&Prompt> {
    let Some(most) = most else { return prompts };
    let shortest = prompts.iter().map(|prompt| prompt.words).min().unwrap_or_default();
    prompts.into_iter().filter(|prompt| prompt.words <= most.max(shortest)).collect()
}

/// Keeps the questions of the dimension that was asked about least recently.
fn spread<'l>(library: &Library, prompts: &[&'l Prompt], asked: &[(PromptId, Date)]) -> Vec<&'l Prompt> {
    let mut counts: HashMap<Option<Dimension>, usize> = HashMap::new();
    for dimension in asked.iter().filter_map(|(id, _)| library.find(id)).map(|prompt| prompt.dimension) {
        *counts.entry(dimension).or_default() += 1;
    }
    let count = |prompt: &Prompt| counts.get(&prompt.dimension).copied().unwrap_or_default();
    let least = prompts.iter().map(|prompt| count(prompt)).min().unwrap_or_default();
    prompts.iter().copied().filter(|prompt| count(prompt) == least).collect()
}

/// Keeps the questions that open with another word than the last one, unless none would remain, so that the
/// same form does not follow itself.
fn vary<'l>(library: &Library, prompts: Vec<&'l Prompt>, asked: &[(PromptId, Date)]) -> Vec<&'l Prompt> {
    let last = asked.iter().rev().find_map(|(id, _)| library.find(id)).map(|prompt| shape(&prompt.text));
    let others: Vec<&Prompt> =
        prompts.iter().copied().filter(|prompt| Some(shape(&prompt.text)) != last).collect();
    if others.is_empty() { prompts } else { others }
}

/// The first word of a question, which determines its form.
pub(super) fn shape(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_lowercase()
}

fn pick<'l>(prompts: &[&'l Prompt], seed: u64) -> Option<&'l Prompt> {
    let len = u64::try_from(prompts.len()).ok().filter(|len| *len > 0)?;
    // The lowest bit already decided about the preferences.
    let nth = usize::try_from((seed >> 1) % len).ok()?;
    prompts.get(nth).copied()
}
