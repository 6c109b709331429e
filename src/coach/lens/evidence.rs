//! What to show of a reading: the sentences that speak for a hat the lens saw, as both lenses weighed them,
//! then the words, as the linear lens did: the encoder gives no number of its own to a word. Only what
//! points the way the reading goes: the rest would not explain it.

use super::{Evidence, linear::Push, words};
use crate::coach::hat::{Hat, Hats};

/// The most sentences and the most words shown.
const MOST: usize = 3;

/// What a word must have given to a hat's logit to be worth showing.
const LEAST_PUSH: f32 = 0.1;

/// The sentences and words behind `hats`, strongest first. `sentences` have their logits (manager,
/// leader); `pushes` are the words as compared, in the order of the text.
pub fn of(text: &str, hats: Hats, sentences: &[(&str, [f32; 2])], pushes: &[(&str, Push)]) -> Vec<Evidence> {
    let said = sentences.iter().filter_map(|&(sentence, logits)| {
        let (hat, strength) = strongest(hats, logits)?;
        (strength > 0.0).then_some((strength, Evidence { text: sentence.to_owned(), hat }))
    });
    let mut evidence = best(said.collect());
    let mut seen = Vec::new();
    let words = pushes.iter().filter_map(|&(word, Push(pushes))| {
        let (hat, strength) = strongest(hats, against(pushes))?;
        let is_new = strength >= LEAST_PUSH && !seen.contains(&word);
        is_new.then(|| seen.push(word))?;
        Some((strength, Evidence { text: as_written(text, word)?, hat }))
    });
    evidence.extend(best(words.collect()));
    evidence
}

/// A word that gives as much to both hats tells neither.
fn against([manager, leader]: [f32; 2]) -> [f32; 2] {
    [manager - leader.max(0.0), leader - manager.max(0.0)]
}

fn strongest(hats: Hats, [manager, leader]: [f32; 2]) -> Option<(Hat, f32)> {
    [(Hat::Manager, manager), (Hat::Leader, leader)]
        .into_iter()
        .filter(|(hat, _)| hats.shows(*hat))
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
}

fn best(mut found: Vec<(f32, Evidence)>) -> Vec<Evidence> {
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().take(MOST).map(|(_, evidence)| evidence).collect()
}

/// The word as the member wrote it.
fn as_written(text: &str, word: &str) -> Option<String> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '‘' | '`'))
        .map(|run| run.trim_matches(['\'', '’', '‘', '`']))
        .find(|run| words::plain(run) == word)
        .map(str::to_owned)
}
