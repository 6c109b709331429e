//! Phrases, and where a text has them. The language of a phrase is told in [`super::phrases`].

use std::collections::HashMap;

/// How many words `..` passes over at most.
const LONGEST_GAP: usize = 5;

/// One place of a phrase.
#[derive(Debug)]
enum Slot {
    /// One of these words; may be absent if it is optional.
    Words {
        any: Vec<&'static str>,
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
    by_first: HashMap<&'static str, Vec<usize>>,
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

fn slot(written: &'static str) -> Slot {
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
    Slot::Words { any: written.split('|').collect(), optional }
}

impl<T: Copy> Phrases<T> {
    pub(super) fn new(written: impl Iterator<Item = (&'static str, T)>) -> Self {
        let mut phrases = Self { all: Vec::new(), by_first: HashMap::new(), others: Vec::new() };
        for (text, means) in written {
            let (text, always) = match text.strip_prefix('!') {
                Some(text) => (text, true),
                None => (text, false),
            };
            let slots: Vec<Slot> = text.split(' ').map(slot).collect();
            let nth = phrases.all.len();
            match slots.first() {
                Some(Slot::Words { any, optional: false }) => {
                    for word in any {
                        phrases.by_first.entry(word).or_default().push(nth);
                    }
                }
                _ => phrases.others.push(nth),
            }
            phrases.all.push(Phrase { slots, always, means });
        }
        phrases
    }

    /// Every phrase that the words have. `None` is a word that matches nothing.
    pub(super) fn find(&self, words: &[Option<&str>]) -> Vec<Found<T>> {
        let mut found = Vec::new();
        for (from, first) in words.iter().enumerate() {
            let begun = first.and_then(|word| self.by_first.get(word)).into_iter().flatten();
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
fn length_of(slots: &[Slot], words: &[Option<&str>]) -> Option<usize> {
    let Some((slot, rest)) = slots.split_first() else { return Some(0) };
    if matches!(slot, Slot::Gap) {
        return (0..=LONGEST_GAP.min(words.len()))
            .find_map(|gap| Some(length_of(rest, words.get(gap..)?)?.saturating_add(gap)));
    }
    let taken = match (slot, words.first().copied().flatten()) {
        (Slot::Words { any, .. }, Some(word)) => any.contains(&word),
        (Slot::Begins(stems), Some(word)) => stems.iter().any(|stem| word.starts_with(stem)),
        (Slot::Number, Some(word)) => word.chars().all(|c| c.is_ascii_digit()),
        (Slot::Gap, _) | (_, None) => false,
    };
    let after = words.get(1..).unwrap_or_default();
    let with = if taken { length_of(rest, after).map(|length| length.saturating_add(1)) } else { None };
    match slot {
        Slot::Words { optional: true, .. } => with.or_else(|| length_of(rest, words)),
        Slot::Words { .. } | Slot::Begins(_) | Slot::Number | Slot::Gap => with,
    }
}
