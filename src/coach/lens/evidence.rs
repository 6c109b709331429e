//! Chooses what to show of a reading: the clauses that speak for the hats, by the logits of both models. Evidence
//! against the reading is left out, because it would not explain it.

use super::words;
use crate::coach::hat::{Hat, Hats};

/// A part of the text that speaks for a hat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensEvidence {
    /// A clause, as it appears in the text.
    pub text: String,
    pub hat: Hat,
}

/// The most clauses that are shown.
const MAX_SHOWN: usize = 3;

/// The least words that are shown: one or two explain nothing, whatever their logits.
const MIN_WORDS: usize = 3;

/// The clauses that speak for `hats`, strongest first. They come with their logits for (manager, leader).
pub fn collect(hats: Hats, clauses: &[(&str, [f32; 2])]) -> Vec<LensEvidence> {
    let mut found: Vec<(f32, LensEvidence)> = Vec::new();
    for &(clause, logits) in clauses {
        let Some((hat, strength)) = strongest(hats, logits) else { continue };
        if strength > 0.0 && words::words(&words::normalize(clause)).len() >= MIN_WORDS {
            found.push((strength, LensEvidence { text: clause.to_owned(), hat }));
        }
    }
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().take(MAX_SHOWN).map(|(_, evidence)| evidence).collect()
}

fn strongest(hats: Hats, [manager, leader]: [f32; 2]) -> Option<(Hat, f32)> {
    [(Hat::Manager, manager), (Hat::Leader, leader)]
        .into_iter()
        .filter(|(hat, _)| hats.shows(*hat))
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
}
