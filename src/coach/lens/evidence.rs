//! Chooses what to show of a reading: the sentences that speak for the hats, by the logits of both models,
//! then the words, by the linear model alone, because the encoder gives no number to a single word. Evidence
//! against the reading is left out, because it would not explain it.

use super::{linear::Contribution, words};
use crate::coach::hat::{Hat, Hats};

/// A part of the text that speaks for a hat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensEvidence {
    /// A sentence or a word, as it appears in the text.
    pub text: String,
    pub hat: Hat,
}

/// The most sentences, and the most words, that are shown.
const MAX_SHOWN: usize = 3;

/// The least contribution to a logit for which a word is shown.
const MIN_CONTRIBUTION: f32 = 0.1;

/// The sentences and words that speak for `hats`, strongest first. `sentences` come with their logits for
/// (manager, leader); `contributions` contains the normalised words in the order of the text.
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

/// Subtracts what a word contributes to the other hat: a word that speaks for both says nothing about either.
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

/// The first word of the text that normalises to `word`.
fn as_written(text: &str, word: &str) -> Option<String> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '‘' | '`'))
        .map(|run| run.trim_matches(['\'', '’', '‘', '`']))
        .find(|run| words::normalize(run) == word)
        .map(str::to_owned)
}
