//! The linear model: words, word pairs and character n-grams, each with one weight per logit.
//! `lens/study/linear.py` trains it.

use super::words;
use leadlens_encoder::Blob;
use std::collections::HashMap;

/// The number of logits: manager, leader, and one for each dimension.
pub const LOGITS: usize = 6;

/// The weights, in columns that are sorted by the feature's hash. They borrow from the binary.
pub struct Linear {
    bias: [f32; LOGITS],
    scale: [f32; LOGITS],
    hashes: &'static [u8],
    inverse: &'static [u8],
    weights: [&'static [u8]; LOGITS],
}

pub struct LinearReading {
    /// The logits of manager, leader, and the dimensions in their order.
    pub logits: [f32; LOGITS],
    /// How many words the text has.
    pub words: usize,
    /// How many of the words occur in the training texts.
    pub known: usize,
}

/// How often a text has each feature, by the feature's hash.
type Counts = HashMap<u32, u32>;

impl Linear {
    /// Reads the columns from a file; `None` if it is malformed.
    pub fn from_bytes(bytes: &'static [u8]) -> Option<Self> {
        let mut blob = Blob::new(bytes);
        let count = blob.count()?;
        if blob.count()? != LOGITS {
            return None;
        }
        let bias = blob.numbers(LOGITS)?.try_into().ok()?;
        let scale = blob.numbers(LOGITS)?.try_into().ok()?;
        let hashes = blob.take(count.checked_mul(4)?)?;
        let inverse = blob.take(count.checked_mul(2)?)?;
        let mut weights: [&[u8]; LOGITS] = Default::default();
        for column in &mut weights {
            *column = blob.take(count.checked_mul(2)?)?;
        }
        Some(Self { bias, scale, hashes, inverse, weights })
    }

    /// Reads a text. `plain` is the same text after [`words::normalize`].
    pub fn read(&self, text: &str, plain: &str) -> LinearReading {
        let words = words::words(plain);
        let known = words.iter().filter(|word| self.find(hash(&[word])).is_some()).count();
        let mut word_features = word_features(&words);
        add_sentence_start_features(text, &mut word_features);
        let mut reading = LinearReading { logits: self.bias, words: words.len(), known };
        for block in [word_features, char_ngram_features(&words)] {
            self.add(block, &mut reading.logits);
        }
        reading
    }

    fn add(&self, block: Counts, logits: &mut [f32; LOGITS]) {
        let mut found: Vec<(usize, f32)> = block
            .into_iter()
            .filter_map(|(hash, count)| {
                let at = self.find(hash)?;
                let value = (1.0 + (count as f32).ln()) * f32::from(column_value(self.inverse, at)?) / 4096.0;
                Some((at, value))
            })
            .collect();
        // The sum of floats depends on their order, and a hash map has no order.
        found.sort_unstable_by_key(|(at, _)| *at);
        let size = found.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        for (at, value) in found {
            for (logit, (column, scale)) in logits.iter_mut().zip(self.weights.iter().zip(&self.scale)) {
                let weight = column_value(column, at).unwrap_or_default().cast_signed();
                *logit += f32::from(weight) * scale * value / size;
            }
        }
    }

    /// The row of a hash in the columns.
    fn find(&self, hash: u32) -> Option<usize> {
        let (rows, _) = self.hashes.as_chunks::<4>();
        rows.binary_search_by_key(&hash, |row| u32::from_le_bytes(*row)).ok()
    }
}

fn column_value(column: &[u8], at: usize) -> Option<u16> {
    let (numbers, _) = column.as_chunks::<2>();
    numbers.get(at).map(|number| u16::from_le_bytes(*number))
}

/// Words and pairs of neighbouring words.
fn word_features(words: &[&str]) -> Counts {
    let mut block = Counts::new();
    for (word, next) in words.iter().zip(words.iter().skip(1).map(Some).chain([None])) {
        count(&mut block, &[word]);
        if let Some(next) = next {
            count(&mut block, &[word, " ", next]);
        }
    }
    block
}

/// The first words of each sentence, and whether the sentence is a question.
fn add_sentence_start_features(text: &str, block: &mut Counts) {
    for sentence in words::sentences(text) {
        let plain = words::normalize(sentence);
        let words = words::words(&plain);
        let Some(first) = words.first() else { continue };
        count(block, &["^ ", first]);
        if sentence.ends_with('?') {
            count(block, &["? ", first]);
        }
        if let Some(second) = words.get(1) {
            count(block, &["^ ", first, " ", second]);
        }
    }
}

/// Runs of three to five characters within a word; `<` and `>` mark its ends.
fn char_ngram_features(words: &[&str]) -> Counts {
    let mut block = Counts::new();
    for word in words {
        let padded = format!("<{word}>");
        let edges: Vec<usize> = padded.char_indices().map(|(edge, _)| edge).chain([padded.len()]).collect();
        for size in 3..=5 {
            for (start, end) in edges.iter().zip(edges.iter().skip(size)) {
                count(&mut block, &["#", padded.get(*start..*end).unwrap_or_default()]);
            }
        }
    }
    block
}

fn count(block: &mut Counts, parts: &[&str]) {
    *block.entry(hash(parts)).or_default() += 1;
}

/// The 32-bit FNV-1a hash.
fn hash(parts: &[&str]) -> u32 {
    parts
        .iter()
        .flat_map(|part| part.bytes())
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
