//! The linear model: words, word pairs and character n-grams, each with one weight per logit. The
//! contribution of each word can be read off exactly. `lens/study/linear.py` trains it.

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

/// What a word contributed to the logits of (manager, leader).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Contribution(pub [f32; 2]);

pub struct LinearReading<'a> {
    /// The logits of manager, leader, and the dimensions in their order.
    pub logits: [f32; LOGITS],
    /// Each normalised word with its contribution.
    pub words: Vec<(&'a str, Contribution)>,
    /// How many of the words occur in the training texts.
    pub known: usize,
}

/// One feature of a text: how often it occurs, and the words that it belongs to.
#[derive(Default)]
struct Feature {
    count: u32,
    words: Vec<usize>,
}

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
    pub fn read<'a>(&self, text: &str, plain: &'a str) -> LinearReading<'a> {
        let words = words::words(plain);
        let known = words.iter().filter(|word| self.find(hash(&[word])).is_some()).count();
        let mut word_features = word_features(&words);
        add_sentence_start_features(text, &mut word_features);
        let char_ngram_features = char_ngram_features(&words);
        let words = words.into_iter().map(|word| (word, Contribution::default())).collect();
        let mut linear_reading = LinearReading { logits: self.bias, words, known };
        for block in [word_features, char_ngram_features] {
            self.add(block, &mut linear_reading);
        }
        linear_reading
    }

    fn add(&self, block: HashMap<u32, Feature>, linear_reading: &mut LinearReading<'_>) {
        let mut found: Vec<(usize, f32, Feature)> = block
            .into_iter()
            .filter_map(|(hash, feature)| {
                let at = self.find(hash)?;
                let value =
                    (1.0 + (feature.count as f32).ln()) * f32::from(column_value(self.inverse, at)?) / 4096.0;
                Some((at, value, feature))
            })
            .collect();
        // The sum of floats depends on their order, and a hash map has no order.
        found.sort_unstable_by_key(|(at, ..)| *at);
        let size = found.iter().map(|(_, value, _)| value * value).sum::<f32>().sqrt();
        for (at, value, feature) in found {
            let columns = self.weights.iter().zip(&self.scale);
            let contribution: [f32; LOGITS] = std::array::from_fn({
                let mut weights = columns.map(|(column, scale)| {
                    f32::from(column_value(column, at).unwrap_or_default().cast_signed()) * scale * value
                        / size
                });
                move |_| weights.next().unwrap_or_default()
            });
            for (logit, contribution) in linear_reading.logits.iter_mut().zip(contribution) {
                *logit += contribution;
            }
            let word_share = 1.0 / feature.words.len().max(1) as f32;
            for &word in &feature.words {
                if let Some((_, Contribution(word_contribution))) = linear_reading.words.get_mut(word) {
                    for (word_contribution, contribution) in word_contribution.iter_mut().zip(contribution) {
                        *word_contribution += contribution * word_share;
                    }
                }
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
fn word_features(words: &[&str]) -> HashMap<u32, Feature> {
    let mut block = HashMap::new();
    for (at, word) in words.iter().enumerate() {
        add_feature(&mut block, hash(&[word]), &[at]);
        if let Some(next) = words.get(at + 1) {
            add_feature(&mut block, hash(&[word, " ", next]), &[at, at + 1]);
        }
    }
    block
}

/// The first words of each sentence, and whether the sentence is a question. These features belong to no
/// single word.
fn add_sentence_start_features(text: &str, block: &mut HashMap<u32, Feature>) {
    for sentence in words::sentences(text) {
        let plain = words::normalize(sentence);
        let words = words::words(&plain);
        let Some(first) = words.first() else { continue };
        add_feature(block, hash(&["^ ", first]), &[]);
        if sentence.ends_with('?') {
            add_feature(block, hash(&["? ", first]), &[]);
        }
        if let Some(second) = words.get(1) {
            add_feature(block, hash(&["^ ", first, " ", second]), &[]);
        }
    }
}

/// Runs of three to five characters within a word; `<` and `>` mark its ends.
fn char_ngram_features(words: &[&str]) -> HashMap<u32, Feature> {
    let mut block = HashMap::new();
    for (at, word) in words.iter().enumerate() {
        let padded = format!("<{word}>");
        let edges: Vec<usize> = padded.char_indices().map(|(edge, _)| edge).chain([padded.len()]).collect();
        for size in 3..=5 {
            for (start, end) in edges.iter().zip(edges.iter().skip(size)) {
                add_feature(&mut block, hash(&["#", padded.get(*start..*end).unwrap_or_default()]), &[at]);
            }
        }
    }
    block
}

fn add_feature(block: &mut HashMap<u32, Feature>, hash: u32, words: &[usize]) {
    let feature = block.entry(hash).or_default();
    feature.count += 1;
    for &word in words {
        if !feature.words.contains(&word) {
            feature.words.push(word);
        }
    }
}

/// The 32-bit FNV-1a hash.
fn hash(parts: &[&str]) -> u32 {
    parts
        .iter()
        .flat_map(|part| part.bytes())
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
