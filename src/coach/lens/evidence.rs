//! What to show of a reading: the sentences that speak for a hat the lens saw, as both lenses weighed them,
//! then the words, as the linear lens did: the encoder gives no number of its own to a word. Only what
//! points the way the reading goes: the rest would not explain it.

use super::{linear::Contribution, words};
use crate::coach::hat::{Hat, Hats};

/// A piece of the text that speaks for a hat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensEvidence {
    /// A sentence or a word of the text.
    pub text: String,
    /// The hat it speaks for.
    pub hat: Hat,
}

/// The most sentences and the most words shown.
const MAX_SHOWN: usize = 3;

/// What a word must have given to a hat's logit to be worth showing.
const MIN_CONTRIBUTION: f32 = 0.1;

/// The sentences and words behind `hats`, strongest first. `sentences` have their logits (manager,
/// leader); `contributions` are the words as compared, in the order of the text.
pub fn collect(
    text: &str,
    hats: Hats,
    sentences: &[(&str, [f32; 2])],
    contributions: &[(&str, Contribution)],
) -> Vec<LensEvidence> {
    let said = sentences.iter().filter_map(|&(sentence, logits)| {
        let (hat, strength) = strongest(hats, logits)?;
        (strength > 0.0).then_some((strength, LensEvidence { text: sentence.to_owned(), hat }))
    });
    let mut evidence = strongest_first(said.collect());
    let mut seen = Vec::new();
    let words = contributions.iter().filter_map(|&(word, Contribution(contributions))| {
        let (hat, strength) = strongest(hats, contrast(contributions))?;
        let is_new = strength >= MIN_CONTRIBUTION && !seen.contains(&word);
        is_new.then(|| seen.push(word))?;
        Some((strength, LensEvidence { text: as_written(text, word)?, hat }))
    });
    evidence.extend(strongest_first(words.collect()));
    evidence
}

/// A word that gives as much to both hats tells neither.
fn contrast([manager, leader]: [f32; 2]) -> [f32; 2] {
    [manager - leader.max(0.0), leader - manager.max(0.0)]
}

fn strongest(hats: Hats, [manager, leader]: [f32; 2]) -> Option<(Hat, f32)> {
    [(Hat::Manager, manager), (Hat::Leader, leader)]
        .into_iter()
        .filter(|(hat, _)| hats.shows(*hat))
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
}

fn strongest_first(mut found: Vec<(f32, LensEvidence)>) -> Vec<LensEvidence> {
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().take(MAX_SHOWN).map(|(_, evidence)| evidence).collect()
}

/// The word as the member wrote it.
fn as_written(text: &str, word: &str) -> Option<String> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '‘' | '`'))
        .map(|run| run.trim_matches(['\'', '’', '‘', '`']))
        .find(|run| words::normalize(run) == word)
        .map(str::to_owned)
}
