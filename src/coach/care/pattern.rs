//! Phrases, and where a text has them. The language of a phrase is told in [`super::phrases`].

use std::collections::HashMap;

/// How many words `..` passes over at most.
const LONGEST_GAP: usize = 5;

/// A number for each word of the phrases, by which words are compared. Only words that begin like a
/// [`Slot::Begins`] or a number are looked at letter by letter.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(HashMap<&'static str, u32>);

impl Vocabulary {
    fn add(&mut self, word: &'static str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(word).or_insert(next)
    }
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    text: &'a str,
    /// Its number, if a phrase has it.
    number: Option<u32>,
}

/// One place of a phrase.
#[derive(Debug)]
enum Slot {
    /// One of these words, by their numbers; may be absent if it is optional.
    Words {
        any: Vec<u32>,
        optional: bool,
    },
    /// A word that begins with one of these.
    Begins(Vec<&'static str>),
    Number,
    Gap,
}

/// A phrase, and what it means.
#[derive(Debug)]
struct Phrase<T> {
    slots: Vec<Slot>,
    /// Also met where harmless words cover it.
    always: bool,
    means: T,
}

/// Many phrases, found by their first word.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    all: Vec<Phrase<T>>,
    /// The phrases that begin with a word, by its number.
    by_first: Vec<Vec<usize>>,
    /// Those that begin with no plain word.
    others: Vec<usize>,
}

/// A phrase that a text has: its words are `from..to`.
pub(super) struct Found<T> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) always: bool,
    pub(super) means: T,
}

fn slot(written: &'static str, vocabulary: &mut Vocabulary) -> Slot {
    match written {
        ".." => return Slot::Gap,
        "#" => return Slot::Number,
        _ => {}
    }
    let (written, optional) = match written.strip_suffix('?') {
        Some(written) => (written, true),
        None => (written, false),
    };
    if written.contains('*') {
        return Slot::Begins(written.split('|').map(|stem| stem.trim_end_matches('*')).collect());
    }
    Slot::Words { any: written.split('|').map(|word| vocabulary.add(word)).collect(), optional }
}

impl Vocabulary {
    /// The words of a text with their numbers.
    pub(super) fn number<'a>(&self, words: &'a [String]) -> Vec<Option<Word<'a>>> {
        let word = |text: &'a String| Some(Word { text, number: self.0.get(text.as_str()).copied() });
        words.iter().map(word).collect()
    }
}

impl<T: Copy> Phrases<T> {
    pub(super) fn new(written: impl Iterator<Item = (&'static str, T)>, vocabulary: &mut Vocabulary) -> Self {
        let mut phrases = Self { all: Vec::new(), by_first: Vec::new(), others: Vec::new() };
        for (text, means) in written {
            let (text, always) = match text.strip_prefix('!') {
                Some(text) => (text, true),
                None => (text, false),
            };
            let slots: Vec<Slot> = text.split(' ').map(|written| slot(written, vocabulary)).collect();
            phrases.add(Phrase { slots, always, means });
        }
        phrases
    }

    fn add(&mut self, phrase: Phrase<T>) {
        let nth = self.all.len();
        match phrase.slots.first() {
            Some(Slot::Words { any, optional: false }) => {
                for first in any.iter().map(|word| *word as usize) {
                    if self.by_first.len() <= first {
                        self.by_first.resize_with(first.saturating_add(1), Vec::new);
                    }
                    self.by_first.get_mut(first).into_iter().for_each(|begun| begun.push(nth));
                }
            }
            _ => self.others.push(nth),
        }
        self.all.push(phrase);
    }

    /// Every phrase that the words have. `None` is a word that matches nothing.
    pub(super) fn find(&self, words: &[Option<Word<'_>>]) -> Vec<Found<T>> {
        let mut found = Vec::new();
        for (from, first) in words.iter().enumerate() {
            let begun = first.and_then(|word| self.by_first.get(word.number? as usize)).into_iter().flatten();
            for phrase in begun.chain(&self.others).filter_map(|nth| self.all.get(*nth)) {
                let rest = words.get(from..).unwrap_or_default();
                if let Some(length) = length_of(&phrase.slots, rest) {
                    let to = from.saturating_add(length);
                    found.push(Found { from, to, always: phrase.always, means: phrase.means });
                }
            }
        }
        found
    }
}

/// How many of the words the slots take, beginning with the first.
fn length_of(slots: &[Slot], words: &[Option<Word<'_>>]) -> Option<usize> {
    let Some((slot, rest)) = slots.split_first() else { return Some(0) };
    if matches!(slot, Slot::Gap) {
        return (0..=LONGEST_GAP.min(words.len()))
            .find_map(|gap| Some(length_of(rest, words.get(gap..)?)?.saturating_add(gap)));
    }
    let taken = match (slot, words.first().copied().flatten()) {
        (Slot::Words { any, .. }, Some(word)) => word.number.is_some_and(|number| any.contains(&number)),
        (Slot::Begins(stems), Some(word)) => stems.iter().any(|stem| word.text.starts_with(stem)),
        (Slot::Number, Some(word)) => word.text.bytes().all(|byte| byte.is_ascii_digit()),
        (Slot::Gap, _) | (_, None) => false,
    };
    let after = words.get(1..).unwrap_or_default();
    let with = if taken { length_of(rest, after).map(|length| length.saturating_add(1)) } else { None };
    match slot {
        Slot::Words { optional: true, .. } => with.or_else(|| length_of(rest, words)),
        Slot::Words { .. } | Slot::Begins(_) | Slot::Number | Slot::Gap => with,
    }
}
