//! The lens: which hats a member's words show, read locally from weights in the binary, with the
//! evidence and the doubt. Two lenses read and their logits are added: the linear one, here, and the
//! encoder, in the crate `crates/encoder`. Pure: text in, reading out. How they were trained, and how well
//! they read, is in `lens/README.md`; what a reading does to a reflection is not decided here.

mod evidence;
mod language;
mod linear;
mod words;

pub use language::{ENGLISH, UNDETERMINED};

use super::hat::{Dimension, Hat, Hats};
use leadlens_encoder::Encoder;
use linear::{LOGITS, Linear};
use serde::Deserialize;
use std::sync::LazyLock;

/// Read no further than this: Slack's form takes 3,000 characters, and a longer line (from `leadlens
/// lens`) must not cost more.
const MAX_CHARS: usize = 4_000;

static LENS: LazyLock<Lens> = LazyLock::new(|| Lens { parts: Parts::built_in() });

/// The weights, laid out once and then only read.
pub struct Lens {
    parts: Option<Parts>,
}

struct Parts {
    linear: Linear,
    encoder: Encoder,
    levels: Levels,
}

/// From which probability on something is said; set on writers that the weights had not read.
#[derive(Deserialize)]
struct Levels {
    /// That these are the hats.
    threshold: f32,
    /// That this is the dimension.
    dimension: f32,
}

impl Parts {
    /// `None` when the files are not what they should be; a test holds that they are.
    fn built_in() -> Option<Self> {
        Some(Self {
            linear: Linear::over(include_bytes!("../../lens/weights/linear.bin"))?,
            encoder: Encoder::over(include_bytes!("../../lens/weights/encoder.bin"))?,
            levels: toml::from_str(include_str!("../../lens/weights/reading.toml")).ok()?,
        })
    }
}

/// What the lens saw in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The hats the words show; `None` where the lens abstains: it is unsure, or cannot read the language.
    pub hat: Option<Hats>,
    /// What it would say if it had to.
    pub forced: Hats,
    /// How likely `forced` is, from 0 to 1, as measured on writers it had not read.
    pub confidence: f32,
    /// How likely the text shows the leader hat, from 0 to 1.
    pub leader: f32,
    /// How likely the text shows the manager hat, from 0 to 1.
    pub manager: f32,
    /// The row on which the hat shows most, where that is clear.
    pub dimension: Option<Dimension>,
    /// ISO 639-1 code of the language, `und` where it cannot be told. All but `en` are refused.
    pub language: &'static str,
    /// The sentences and words that moved it, strongest first, each as it stands in the text.
    pub evidence: Vec<Evidence>,
}

/// A piece of the text that speaks for a hat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// A sentence or a word of the text.
    pub text: String,
    /// The hat it speaks for.
    pub hat: Hat,
}

/// Two probabilities.
#[derive(Debug, Clone, Copy)]
struct Shows {
    manager: f32,
    leader: f32,
}

impl Shows {
    fn from_logits([manager, leader]: [f32; 2]) -> Self {
        Self { manager: sigmoid(manager), leader: sigmoid(leader) }
    }

    /// The likeliest of the four values, and how likely it is.
    fn likeliest(self) -> (Hats, f32) {
        let share = |shows: bool, p: f32| if shows { p } else { 1.0 - p };
        let (leader, manager) = (self.leader >= 0.5, self.manager >= 0.5);
        (Hats { leader, manager }, share(leader, self.leader) * share(manager, self.manager))
    }
}

/// The two lenses' logits count together: training has weighed them against each other.
fn together([manager, leader]: [f32; 2], [other_manager, other_leader]: [f32; 2]) -> [f32; 2] {
    [manager + other_manager, leader + other_leader]
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl Lens {
    /// The lens of this binary; its tables are made at the first call.
    pub fn get() -> &'static Lens {
        &LENS
    }

    /// Reads a text of any length, script and markup. The same text always gives the same reading.
    pub fn read(&self, text: &str) -> Reading {
        let text = text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| text.split_at(end).0);
        let plain = words::plain(text);
        let Some(Parts { linear, encoder, levels }) = &self.parts else { return unread() };
        let account = linear.read(text, &plain);
        let language = language::of(text, account.words.len(), account.known);
        if account.words.is_empty() {
            return Reading { language, ..unread() };
        }
        let sentences: Vec<_> =
            words::sentences(text).into_iter().map(|own| (own, words::plain(own))).collect();
        let deep = encoder.read(&sentences.iter().map(|(_, plain)| plain.as_str()).collect::<Vec<_>>());
        let [manager, leader, dimensions @ ..] = account.logits;
        let shows = Shows::from_logits(together([manager, leader], deep.logits));
        let (forced, confidence) = shows.likeliest();
        let mut reading = Reading {
            forced,
            confidence,
            leader: shows.leader,
            manager: shows.manager,
            language,
            ..unread()
        };
        if language == ENGLISH {
            reading.hat = (confidence >= levels.threshold).then_some(forced);
            reading.dimension = clearest(dimensions, levels.dimension).filter(|_| forced != Hats::NEITHER);
            let sentences = sentences.iter().zip(deep.sentences).map(|((sentence, plain), deep)| {
                let [manager, leader, ..] = linear.read(sentence, plain).logits;
                (*sentence, together([manager, leader], deep))
            });
            let sentences: Vec<_> = sentences.collect();
            reading.evidence = evidence::of(text, forced, &sentences, &account.words);
        }
        reading
    }
}

/// The likeliest dimension, when it is at least as likely as `level`.
fn clearest(logits: [f32; LOGITS - 2], level: f32) -> Option<Dimension> {
    let likely = Dimension::ALL.iter().zip(logits.map(sigmoid));
    likely
        .filter(|(_, p)| *p >= level)
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
        .map(|(found, _)| *found)
}

/// Nothing to read: the lens abstains.
fn unread() -> Reading {
    Reading {
        hat: None,
        forced: Hats::NEITHER,
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
