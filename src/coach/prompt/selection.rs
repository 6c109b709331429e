//! The choice of the next question.

use super::library::{Library, Prompt, PromptKind};
use crate::coach::{
    hat::{Dimension, Hat, Hats, Practice},
    ids::PromptId,
    room::Room,
};
use jiff::civil::Date;
use std::collections::HashMap;

/// What is known when a question is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionContext<'a> {
    /// The practice that is followed up; it comes before the focus.
    pub follows: Option<Practice>,
    /// The practice that the member put in focus.
    pub focus: Option<Practice>,
    /// How often they said the leader hat lately.
    pub leader: u32,
    /// How often they said the manager hat lately.
    pub manager: u32,
    /// The room as they last described it.
    pub room: Option<Room>,
    /// The prompts of the last 28 days, with their dates, oldest first.
    pub asked: &'a [(PromptId, Date)],
    /// The most words that it may have; where none is as short, the shortest. `None`: any number.
    pub most_words: Option<usize>,
    /// What chance says.
    pub seed: u64,
}

/// Why a question was chosen; shown on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It stays with the practice of what it follows up.
    Follows(Practice),
    /// The member put its practice in focus.
    Focus(Practice),
    /// The room they last described needs its hat.
    Room(Room),
    /// They wore its hat least of late.
    WornLeast(Hat),
    /// It is its turn.
    Turn(Practice),
}

impl Reason {
    /// As a sentence.
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

/// Chooses the next question of a kind; `None` when the library has none of that kind.
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
        // Everything was asked within 28 days: the one asked longest ago.
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

/// What is followed up first, then the focus, the room, the hat worn least; whatever leaves nothing
/// is passed over.
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
    // Half the time only, so that a leaning does not become a rut.
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

/// Leaves the prompts of at most so many words; where there are none, the shortest.
fn shorten(prompts: Vec<&Prompt>, most: Option<usize>) -> Vec<&Prompt> {
    let Some(most) = most else { return prompts };
    let shortest = prompts.iter().map(|prompt| prompt.words).min().unwrap_or_default();
    prompts.into_iter().filter(|prompt| prompt.words <= most.max(shortest)).collect()
}

/// Leaves the prompts of the dimension that was asked about least of late.
fn spread<'l>(library: &Library, prompts: &[&'l Prompt], asked: &[(PromptId, Date)]) -> Vec<&'l Prompt> {
    let mut counts: HashMap<Option<Dimension>, usize> = HashMap::new();
    for dimension in asked.iter().filter_map(|(id, _)| library.find(id)).map(|prompt| prompt.dimension) {
        *counts.entry(dimension).or_default() += 1;
    }
    let count = |prompt: &Prompt| counts.get(&prompt.dimension).copied().unwrap_or_default();
    let least = prompts.iter().map(|prompt| count(prompt)).min().unwrap_or_default();
    prompts.iter().copied().filter(|prompt| count(prompt) == least).collect()
}

/// Leaves the prompts that open with another word than the last one did, where there are any: never
/// twice the same shape in a row.
fn vary<'l>(library: &Library, prompts: Vec<&'l Prompt>, asked: &[(PromptId, Date)]) -> Vec<&'l Prompt> {
    let last = asked.iter().rev().find_map(|(id, _)| library.find(id)).map(|prompt| shape(&prompt.text));
    let others: Vec<&Prompt> =
        prompts.iter().copied().filter(|prompt| Some(shape(&prompt.text)) != last).collect();
    if others.is_empty() { prompts } else { others }
}

/// The word that a question opens with, which gives it its shape.
pub(super) fn shape(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_lowercase()
}

fn pick<'l>(prompts: &[&'l Prompt], seed: u64) -> Option<&'l Prompt> {
    let len = u64::try_from(prompts.len()).ok().filter(|len| *len > 0)?;
    // The seed's lowest bit has decided about the leaning already.
    let nth = usize::try_from((seed >> 1) % len).ok()?;
    prompts.get(nth).copied()
}
