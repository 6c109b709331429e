//! Chooses the next question. No question comes back within 28 days. The practice that is followed up comes
//! first, then the one in focus; half of the time the choice prefers the hat that the room needs or that was
//! worn less. Among the remaining questions it varies the dimension and the opening. Equal input, including
//! the seed, gives an equal choice.

use super::{
    library::{Library, Prompt, PromptKind},
    reason::Reason,
};
use crate::coach::{
    hat::{Dimension, Hat, Hats, Practice, RecentHats},
    ids::PromptId,
    room::RoomReading,
};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

/// What the choice depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionContext<'a> {
    /// The practice of the question that is followed up. It takes precedence over the focus.
    pub follows: Option<Practice>,
    /// The practice that the member put in focus.
    pub focus: Option<Practice>,
    /// The hats that the member ticked in their last answers.
    pub worn: RecentHats,
    /// The member's last reading of the room, while it is fresh.
    pub room: Option<RoomReading>,
    /// The prompts of the last 28 days with their dates, oldest first.
    pub asked: &'a [(PromptId, Date)],
    /// The most words that the question may have. If no question is that short, the shortest are used. `None`
    /// for no limit.
    pub most_words: Option<usize>,
    /// Random bits.
    pub seed: u64,
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
    let dimensions = Dimensions::of(library, context.asked);
    let spread = dimensions.least_asked(&varied);
    let prompt = pick(&spread, context.seed)?;
    Some((prompt, reason.unwrap_or_else(|| dimensions.reason(prompt, &varied))))
}

/// Keeps the questions of the first preference that leaves any: the practice that is followed up, the focus,
/// the room, the hat worn less.
fn narrow<'l>(fresh: &[&'l Prompt], context: &SelectionContext<'_>) -> (Vec<&'l Prompt>, Option<Reason>) {
    let wanted = [
        context.follows.map(|practice| (practice, Reason::Follows { practice })),
        context.focus.map(|practice| (practice, Reason::Focus { practice })),
    ];
    for (practice, reason) in wanted.into_iter().flatten() {
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
        if let Some(RoomReading { room, read_on }) = context.room
            && let Some(hat) = room.needs()
        {
            let fitting = drawing_to(hat);
            if !fitting.is_empty() {
                return (fitting, Some(Reason::Room { room, read_on }));
            }
        }
        if let Some(hat) = context.worn.less_worn() {
            let fitting = drawing_to(hat);
            if !fitting.is_empty() {
                let (worn, other) = (context.worn.count(hat), context.worn.count(hat.opposite()));
                let answers = context.worn.answers;
                return (fitting, Some(Reason::WornLess { hat, worn, other, answers }));
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

/// How often each dimension was asked about lately.
struct Dimensions {
    counts: HashMap<Option<Dimension>, u32>,
    questions: u32,
}

impl Dimensions {
    fn of(library: &Library, asked: &[(PromptId, Date)]) -> Self {
        // A question and its answer are two entries with one id.
        let distinct: HashSet<&PromptId> = asked.iter().map(|(id, _)| id).collect();
        let mut all = Self { counts: HashMap::new(), questions: 0 };
        for prompt in distinct.into_iter().filter_map(|id| library.find(id)) {
            let count = all.counts.entry(prompt.dimension).or_default();
            *count = count.saturating_add(1);
            all.questions = all.questions.saturating_add(1);
        }
        all
    }

    fn count(&self, prompt: &Prompt) -> u32 {
        self.counts.get(&prompt.dimension).copied().unwrap_or_default()
    }

    /// Keeps the questions of the dimension that was asked about least.
    fn least_asked<'l>(&self, prompts: &[&'l Prompt]) -> Vec<&'l Prompt> {
        let least = prompts.iter().map(|prompt| self.count(prompt)).min().unwrap_or_default();
        prompts.iter().copied().filter(|prompt| self.count(prompt) == least).collect()
    }

    /// Whether the dimension decided for a question.
    fn reason(&self, chosen: &Prompt, among: &[&Prompt]) -> Reason {
        let asked = self.count(chosen);
        match chosen.dimension {
            Some(dimension) if among.iter().any(|other| self.count(other) > asked) => {
                Reason::AskedLess { dimension, asked, questions: self.questions }
            }
            _ => Reason::Chance,
        }
    }
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
