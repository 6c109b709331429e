//! The linear lens: words, word pairs and pieces of words, each with one number per hat. It explains
//! itself exactly. Training lives in `lens/study/linear.py`.

use super::{blob::Blob, words};
use std::collections::HashMap;

/// The weights, borrowed from the binary, in columns sorted by the feature's hash.
pub struct Linear {
    bias: [f32; 2],
    scale: [f32; 2],
    hashes: &'static [u8],
    inverse: &'static [u8],
    weights: [&'static [u8]; 2],
}

/// What a word gave to the two logits: manager, leader.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Push(pub [f32; 2]);

/// The linear lens's reading of a text.
pub struct Account<'a> {
    /// The two logits: manager, leader.
    pub logits: [f32; 2],
    /// Each word as it was compared (small letters, no marks), and what it gave.
    pub words: Vec<(&'a str, Push)>,
    /// How many of the words the training texts had.
    pub known: usize,
}

/// One feature of a text: how often it stands there, and the words it belongs to.
#[derive(Default)]
struct Feature {
    count: u32,
    words: Vec<usize>,
}

impl Linear {
    /// Lays the columns over the bytes; `None` when they are not a linear lens.
    pub fn over(bytes: &'static [u8]) -> Option<Self> {
        let mut blob = Blob::new(bytes);
        let count = blob.count()?;
        let bias = [blob.number()?, blob.number()?];
        let scale = [blob.number()?, blob.number()?];
        let hashes = blob.take(count.checked_mul(4)?)?;
        let mut column = || blob.take(count.checked_mul(2)?);
        Some(Self { bias, scale, hashes, inverse: column()?, weights: [column()?, column()?] })
    }

    /// Reads a text that went through [`words::plain`].
    pub fn read<'a>(&self, plain: &'a str) -> Account<'a> {
        let words = words::words(plain);
        let (whole, runs) = features(&words);
        let known = words.iter().filter(|word| self.find(hash(&[word])).is_some()).count();
        let mut account = Account {
            logits: self.bias,
            words: words.iter().map(|&word| (word, Push::default())).collect(),
            known,
        };
        for block in [whole, runs] {
            self.add(block, &mut account);
        }
        account
    }

    fn add(&self, block: HashMap<u32, Feature>, account: &mut Account<'_>) {
        let mut found: Vec<(usize, f32, Feature)> = block
            .into_iter()
            .filter_map(|(hash, feature)| {
                let at = self.find(hash)?;
                let value =
                    (1.0 + (feature.count as f32).ln()) * f32::from(self.u16(self.inverse, at)?) / 4096.0;
                Some((at, value, feature))
            })
            .collect();
        // A sum of floats depends on its order, and a hash map has none.
        found.sort_unstable_by_key(|(at, ..)| *at);
        let size = found.iter().map(|(_, value, _)| value * value).sum::<f32>().sqrt();
        for (at, value, feature) in found {
            for head in 0..2 {
                let push = value / size * self.weight(head, at);
                add_to(&mut account.logits, head, push);
                let share = push / feature.words.len().max(1) as f32;
                for &word in &feature.words {
                    if let Some((_, Push(given))) = account.words.get_mut(word) {
                        add_to(given, head, share);
                    }
                }
            }
        }
    }

    fn weight(&self, head: usize, at: usize) -> f32 {
        let column = self.weights.get(head).copied().unwrap_or_default();
        let raw = self.u16(column, at).unwrap_or_default().cast_signed();
        f32::from(raw) * self.scale.get(head).copied().unwrap_or_default()
    }

    fn u16(&self, column: &[u8], at: usize) -> Option<u16> {
        let bytes = column.get(at * 2..at * 2 + 2)?;
        bytes.try_into().ok().map(u16::from_le_bytes)
    }

    /// Where a hash stands in the columns.
    fn find(&self, hash: u32) -> Option<usize> {
        let (rows, _) = self.hashes.as_chunks::<4>();
        rows.binary_search_by_key(&hash, |row| u32::from_le_bytes(*row)).ok()
    }
}

fn add_to(pair: &mut [f32; 2], head: usize, push: f32) {
    if let Some(value) = pair.get_mut(head) {
        *value += push;
    }
}

/// The two blocks of features: words with pairs, and runs of three to five characters.
fn features(words: &[&str]) -> (HashMap<u32, Feature>, HashMap<u32, Feature>) {
    let (mut whole, mut runs) = (HashMap::new(), HashMap::new());
    for (at, word) in words.iter().enumerate() {
        note(&mut whole, hash(&[word]), &[at]);
        if let Some(next) = words.get(at + 1) {
            note(&mut whole, hash(&[word, " ", next]), &[at, at + 1]);
        }
        let padded = format!("<{word}>");
        let edges: Vec<usize> = padded.char_indices().map(|(edge, _)| edge).chain([padded.len()]).collect();
        for size in 3..=5 {
            for (start, end) in edges.iter().zip(edges.iter().skip(size)) {
                note(&mut runs, hash(&["#", padded.get(*start..*end).unwrap_or_default()]), &[at]);
            }
        }
    }
    (whole, runs)
}

fn note(block: &mut HashMap<u32, Feature>, hash: u32, words: &[usize]) {
    let feature = block.entry(hash).or_default();
    feature.count += 1;
    for &word in words {
        if !feature.words.contains(&word) {
            feature.words.push(word);
        }
    }
}

/// FNV-1a, 32 bits.
fn hash(parts: &[&str]) -> u32 {
    parts
        .iter()
        .flat_map(|part| part.bytes())
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
