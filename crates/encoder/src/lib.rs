//! The encoder of the lens: the first layers of MiniLM in int8, over weights that lie in the binary. Here is
//! how they are run, in a crate of its own so that it is compiled for speed under the tests as well; what
//! a logit means is said in `coach::lens`, and how the weights came to be in `lens/README.md`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the arithmetic is in int8, and steps are held to its range before they are cast"
)]
#![allow(
    clippy::inline_always,
    reason = "a kernel that is not inlined into `forward` is not compiled for the processor's own instructions"
)]

mod blob;
mod forward;
mod matmul;
mod tokenizer;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use blob::Blob;

use forward::Model;
use tokenizer::Tokenizer;

/// How many logits there are: manager, leader.
pub const LOGITS: usize = 2;

/// Windows beyond these are not read: 4,000 characters of prose fit, and a text of signs alone must not
/// cost more.
const MOST_WINDOWS: usize = 8;

/// The weights, laid out once and then only read.
pub struct Encoder {
    tokenizer: Tokenizer,
    model: Model,
}

/// What the encoder read.
#[derive(Debug, Clone, PartialEq)]
pub struct Logits {
    /// The text's logits: the mean over its tokens.
    pub logits: [f32; LOGITS],
    /// The mean over the tokens of each clause, in the order of the text; zero for one that was not read. The tokens
    /// of a clause have seen the rest of their window.
    pub clauses: Vec<[f32; LOGITS]>,
}

/// Tokens that are read together, and the clause of each, counted over the whole text.
#[derive(Default)]
struct Window {
    tokens: Vec<usize>,
    clauses: Vec<usize>,
}

impl Encoder {
    /// Lays the model over the bytes that `lens/train` wrote; `None` when they are something else.
    pub fn from_bytes(bytes: &'static [u8]) -> Option<Self> {
        let mut blob = Blob::new(bytes);
        let count = blob.count()?;
        let tokenizer = Tokenizer::from_blob(&mut blob, count)?;
        let model = Model::from_blob(&mut blob, count)?;
        blob.is_empty().then_some(Self { tokenizer, model })
    }

    /// Reads a text, given as its sentences, each as its clauses, in small letters without marks on them.
    pub fn read<S: AsRef<[T]>, T: AsRef<str>>(&self, sentences: &[S]) -> Logits {
        let count = sentences.iter().map(|sentence| sentence.as_ref().len()).sum();
        let mut sums = vec![([0.0; LOGITS], 0_u32); count];
        for window in self.windows(sentences) {
            let logits = self.model.read(&window.tokens);
            for (clause, logits) in window.clauses.iter().zip(logits) {
                if let Some((sum, count)) = sums.get_mut(*clause) {
                    *sum = added(*sum, logits);
                    *count += 1;
                }
            }
        }
        let whole = sums
            .iter()
            .fold(([0.0; LOGITS], 0), |(sum, count), (own, tokens)| (added(sum, *own), count + tokens));
        Logits { logits: mean(whole), clauses: sums.into_iter().map(mean).collect() }
    }

    /// The ids of the tokens of a text in small letters.
    pub fn tokenize(&self, plain: &str) -> Vec<usize> {
        self.tokenizer.tokenize(plain)
    }

    /// Whole sentences as long as they fit; a sentence too long for a window is cut.
    fn windows<S: AsRef<[T]>, T: AsRef<str>>(&self, sentences: &[S]) -> Vec<Window> {
        let room = self.model.positions().saturating_sub(2).max(1);
        let mut windows: Vec<Window> = Vec::new();
        let mut clauses = 0;
        for sentence in sentences {
            if windows.len() > MOST_WINDOWS {
                break;
            }
            let mut tokens = Vec::new();
            for clause in sentence.as_ref() {
                tokens.extend(
                    self.tokenizer.tokenize(clause.as_ref()).into_iter().map(|token| (token, clauses)),
                );
                clauses += 1;
            }
            for part in tokens.chunks(room) {
                match windows.last_mut() {
                    Some(open) if open.tokens.len() + part.len() <= room => open.add(part),
                    _ => {
                        let mut window = Window::default();
                        window.add(part);
                        windows.push(window);
                    }
                }
            }
        }
        windows.truncate(MOST_WINDOWS);
        for window in &mut windows {
            window.tokens.insert(0, self.tokenizer.start());
            window.tokens.push(self.tokenizer.end());
        }
        windows
    }
}

impl Window {
    fn add(&mut self, part: &[(usize, usize)]) {
        self.tokens.extend(part.iter().map(|(token, _)| token));
        self.clauses.extend(part.iter().map(|(_, clause)| clause));
    }
}

fn added([manager, leader]: [f32; LOGITS], other: [f32; LOGITS]) -> [f32; LOGITS] {
    [manager + other[0], leader + other[1]]
}

fn mean((sum, count): ([f32; LOGITS], u32)) -> [f32; LOGITS] {
    sum.map(|logit| logit / count.max(1) as f32)
}

#[cfg(test)]
mod tests;
