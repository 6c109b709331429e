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
mod pieces;
mod product;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use blob::Blob;

use forward::Model;
use pieces::Pieces;

/// How many logits there are: manager, leader.
pub const LOGITS: usize = 2;

/// Windows beyond these are not read: 4,000 characters of prose fit, and a text of signs alone must not
/// cost more.
const MOST_WINDOWS: usize = 8;

/// The weights, laid out once and then only read.
pub struct Encoder {
    pieces: Pieces,
    model: Model,
}

/// What the encoder read.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The text's logits: the mean over its pieces.
    pub logits: [f32; LOGITS],
    /// The mean over the pieces of each sentence, in order; zero for one that was not read. The pieces of a
    /// sentence have seen the other sentences of their window.
    pub sentences: Vec<[f32; LOGITS]>,
}

/// Pieces that are read together, and the sentence of each.
#[derive(Default)]
struct Window {
    pieces: Vec<usize>,
    sentences: Vec<usize>,
}

impl Encoder {
    /// Lays the model over the bytes that `lens/train` wrote; `None` when they are something else.
    pub fn over(bytes: &'static [u8]) -> Option<Self> {
        let mut blob = Blob::new(bytes);
        let count = blob.count()?;
        let pieces = Pieces::over(&mut blob, count)?;
        let model = Model::over(&mut blob, count)?;
        blob.is_empty().then_some(Self { pieces, model })
    }

    /// Reads a text, given as its sentences in small letters without marks on them.
    pub fn read(&self, sentences: &[&str]) -> Account {
        let mut sums = vec![([0.0; LOGITS], 0_u32); sentences.len()];
        for window in self.windows(sentences) {
            let logits = self.model.read(&window.pieces);
            for (sentence, logits) in window.sentences.iter().zip(logits) {
                if let Some((sum, count)) = sums.get_mut(*sentence) {
                    *sum = added(*sum, logits);
                    *count += 1;
                }
            }
        }
        let whole = sums
            .iter()
            .fold(([0.0; LOGITS], 0), |(sum, count), (own, pieces)| (added(sum, *own), count + pieces));
        Account { logits: mean(whole), sentences: sums.into_iter().map(mean).collect() }
    }

    /// The ids of the pieces of a text in small letters.
    pub fn cut(&self, plain: &str) -> Vec<usize> {
        self.pieces.cut(plain)
    }

    /// Whole sentences as long as they fit; a sentence too long for a window is cut.
    fn windows(&self, sentences: &[&str]) -> Vec<Window> {
        let room = self.model.positions().saturating_sub(2).max(1);
        let mut windows: Vec<Window> = Vec::new();
        for (at, sentence) in sentences.iter().enumerate() {
            if windows.len() > MOST_WINDOWS {
                break;
            }
            let pieces = self.pieces.cut(sentence);
            for part in pieces.chunks(room) {
                match windows.last_mut() {
                    Some(open) if open.pieces.len() + part.len() <= room => open.add(part, at),
                    _ => {
                        let mut window = Window::default();
                        window.add(part, at);
                        windows.push(window);
                    }
                }
            }
        }
        windows.truncate(MOST_WINDOWS);
        for window in &mut windows {
            window.pieces.insert(0, self.pieces.start());
            window.pieces.push(self.pieces.end());
        }
        windows
    }
}

impl Window {
    fn add(&mut self, pieces: &[usize], sentence: usize) {
        self.pieces.extend(pieces);
        self.sentences.extend(pieces.iter().map(|_| sentence));
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
