//! The lens reads which hats a text shows. It runs locally, on weights that are part of the binary, and
//! returns the evidence for its reading and its confidence. Two models read the text, and their logits are
//! added: the linear model in `linear`, and the encoder in the crate `crates/encoder`. `lens/README.md`
//! describes their training and their accuracy. `lens_result` decides what of a reading is kept.

mod evidence;
mod language;
mod linear;
mod words;

pub use evidence::LensEvidence;
pub use language::{ENGLISH, UNDETERMINED};

use super::hat::{Dimension, Hats};
use leadlens_encoder::Encoder;
use linear::{LOGITS, Linear};
use serde::Deserialize;
use std::{borrow::Cow, collections::HashSet, sync::LazyLock};
use strum::VariantArray as _;

/// The rest of a longer text is not read. Slack's form takes 3,000 characters; the limit bounds the cost of a
/// longer line given to `leadlens lens`.
const MAX_CHARS: usize = 4_000;

static LENS: LazyLock<Lens> = LazyLock::new(|| Lens { weights: Weights::built_in() });

pub struct Lens {
    weights: Option<Weights>,
}

struct Weights {
    linear: Linear,
    encoder: Encoder,
    thresholds: Thresholds,
}

/// The probabilities from which on the lens commits itself. They were chosen on writers who are not in the
/// training texts.
#[derive(Deserialize)]
struct Thresholds {
    /// For the hats.
    threshold: f32,
    /// For the dimension.
    dimension: f32,
}

impl Weights {
    /// `None` if an embedded file is malformed, which a test rules out.
    fn built_in() -> Option<Self> {
        Some(Self {
            linear: Linear::from_bytes(include_bytes!("../../lens/weights/linear.bin"))?,
            encoder: Encoder::from_bytes(include_bytes!("../../lens/weights/encoder.bin"))?,
            thresholds: toml::from_str(include_str!("../../lens/weights/reading.toml")).ok()?,
        })
    }
}

/// What the lens reads in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The hats that the text shows. `None` if the lens abstains, because it is unsure or does not read the
    /// language.
    pub hats: Option<Hats>,
    /// The hats it would give if it could not abstain.
    pub best_guess: Hats,
    /// The probability of `best_guess`, from 0 to 1, calibrated on writers who are not in the training texts.
    pub confidence: f32,
    /// The probability of the leader hat, from 0 to 1.
    pub leader: f32,
    /// The probability of the manager hat, from 0 to 1.
    pub manager: f32,
    /// The dimension on which the hat shows most, if one is clear.
    pub dimension: Option<Dimension>,
    /// The ISO 639-1 code of the language, or `und`. The lens reads only `en`.
    pub language: &'static str,
    /// The clauses that contributed most, strongest first, as they appear in the text.
    pub evidence: Vec<LensEvidence>,
}

#[derive(Debug, Clone, Copy)]
struct HatProbabilities {
    manager: f32,
    leader: f32,
}

impl HatProbabilities {
    fn from_logits([manager, leader]: [f32; 2]) -> Self {
        Self { manager: sigmoid(manager), leader: sigmoid(leader) }
    }

    /// The most probable combination of the two hats, and its probability.
    fn likeliest(self) -> (Hats, f32) {
        let share = |shows: bool, p: f32| if shows { p } else { 1.0 - p };
        let (leader, manager) = (self.leader >= 0.5, self.manager >= 0.5);
        (Hats { leader, manager }, share(leader, self.leader) * share(manager, self.manager))
    }
}

/// Adds the logits of the two models, which were trained to be added.
fn add_logits([manager, leader]: [f32; 2], [other_manager, other_leader]: [f32; 2]) -> [f32; 2] {
    [manager + other_manager, leader + other_leader]
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl Lens {
    /// The lens of this binary. Its tables are built at the first call.
    pub fn get() -> &'static Lens {
        &LENS
    }

    /// Reads a text of any length, script and markup. Equal texts give equal readings, and a sentence that is
    /// repeated counts once.
    pub fn read(&self, text: &str) -> Reading {
        let text = text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| text.split_at(end).0);
        let Some(Weights { linear, encoder, thresholds }) = &self.weights else { return abstention() };
        let sentences = words::sentences(text);
        let text = match without_repetition(&sentences) {
            Some(once) => Cow::Owned(once.join("\n")),
            None => Cow::Borrowed(text),
        };
        let linear_reading = linear.read(&text, &words::normalize(&text));
        let language = language::detect(&text, linear_reading.words, linear_reading.known);
        if linear_reading.words == 0 {
            return Reading { language, ..abstention() };
        }
        let sentences: Vec<_> = words::sentences(&text).into_iter().map(words::clauses).collect();
        let plain: Vec<Vec<String>> = sentences
            .iter()
            .map(|clauses| clauses.iter().map(|clause| words::normalize(clause)).collect())
            .collect();
        let deep = encoder.read(&plain);
        let [manager, leader, dimensions @ ..] = linear_reading.logits;
        let shows = HatProbabilities::from_logits(add_logits([manager, leader], deep.logits));
        let (best_guess, confidence) = shows.likeliest();
        let mut reading = Reading {
            best_guess,
            confidence,
            leader: shows.leader,
            manager: shows.manager,
            language,
            ..abstention()
        };
        if language == ENGLISH {
            reading.hats = (confidence >= thresholds.threshold).then_some(best_guess);
            reading.dimension =
                likeliest_dimension(dimensions, thresholds.dimension).filter(|_| best_guess != Hats::NEITHER);
            let clauses = sentences.concat().into_iter().zip(plain.concat()).zip(deep.clauses);
            let clauses = clauses.map(|((clause, plain), deep)| {
                let [manager, leader, ..] = linear.read(clause, &plain).logits;
                (clause, add_logits([manager, leader], deep))
            });
            reading.evidence = evidence::collect(best_guess, &clauses.collect::<Vec<_>>());
        }
        reading
    }
}

/// The sentences, each once, if one of them is there twice.
fn without_repetition<'a>(sentences: &[&'a str]) -> Option<Vec<&'a str>> {
    let mut known = HashSet::new();
    let once: Vec<&str> =
        sentences.iter().copied().filter(|sentence| known.insert(words::normalize(sentence))).collect();
    (once.len() < sentences.len()).then_some(once)
}

/// The most probable dimension, if its probability is at least `level`.
fn likeliest_dimension(logits: [f32; LOGITS - 2], level: f32) -> Option<Dimension> {
    let likely = Dimension::VARIANTS.iter().zip(logits.map(sigmoid));
    likely
        .filter(|(_, p)| *p >= level)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(found, _)| *found)
}

/// The reading of a text that says nothing.
fn abstention() -> Reading {
    Reading {
        hats: None,
        best_guess: Hats::NEITHER,
        confidence: 0.0,
        leader: 0.0,
        manager: 0.0,
        dimension: None,
        language: UNDETERMINED,
        evidence: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
