//! Three short quotations of a member's own words: which ones, and where they are cut. The same month
//! gives the same three. They are the member's alone and go nowhere but to the member.

use crate::coach::{member_text::MemberText, month::Month, reflection::Reflection, screen::Quotation};
use unicode_segmentation::UnicodeSegmentation as _;

/// How many a report shows.
pub const QUOTATIONS: usize = 3;

/// A quotation has at most this many characters, the mark of a cut included.
pub const MAX_CHARS: usize = 120;

/// The length, in words, at which a thought is whole and is read at a glance.
const WELL_READ: usize = 14;

/// The member's own words of a month, the oldest first: its reflections in three runs of equal length,
/// and of each run the answer that is nearest to a good length, the earlier one of two alike. Only
/// reflections that count are quoted, and none whose answer shows nothing.
pub fn quotations(reflections: &[Reflection], month: Month) -> Vec<Quotation> {
    let mut of_month: Vec<&Reflection> = reflections
        .iter()
        .filter(|it| it.counts_in_balance && month.contains(it.local_on) && !it.answer.is_blank())
        .collect();
    of_month.sort_by(|one, other| {
        (one.local_on, one.created_at, &one.id).cmp(&(other.local_on, other.created_at, &other.id))
    });
    let best = |run: &[&Reflection]| {
        run.iter().min_by_key(|it| words_in(it.answer.reveal()).abs_diff(WELL_READ)).map(|it| Quotation {
            local_on: it.local_on,
            words: MemberText::new(cut_politely(it.answer.reveal())),
        })
    };
    let share_of = |nth: usize| nth * of_month.len() / QUOTATIONS;
    let runs = (0..QUOTATIONS).filter_map(|nth| of_month.get(share_of(nth)..share_of(nth + 1)));
    runs.filter_map(best).collect()
}

fn words_in(text: &str) -> usize {
    // A text of a million words is as far from a good length as one of a thousand.
    text.unicode_words().take(1_000).count()
}

/// The text on one line, whole if it is short; else cut after a sentence that fills half of the room
/// or more, else between words, else between what a reader sees as characters.
fn cut_politely(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_CHARS {
        return line;
    }
    let within = |at: &usize| line.get(..*at).is_some_and(|head| head.chars().count() + 2 <= MAX_CHARS);
    let last_of = |ends: &mut dyn Iterator<Item = usize>| ends.take_while(within).last().unwrap_or(0);
    let head = |at: usize| line.get(..at).unwrap_or_default().trim_end();
    let sentence = head(last_of(&mut line.split_sentence_bound_indices().map(|(at, part)| at + part.len())));
    if sentence.chars().count() * 2 >= MAX_CHARS {
        return format!("{sentence} …");
    }
    let word = head(last_of(&mut line.match_indices(' ').map(|(at, _)| at)));
    if word.chars().count() * 2 >= MAX_CHARS {
        return format!("{word}…");
    }
    let character = head(last_of(&mut line.grapheme_indices(true).map(|(at, _)| at)));
    if character.is_empty() {
        // Marks piled on marks: a single grapheme that alone is longer.
        return line.chars().take(MAX_CHARS - 1).chain(['…']).collect();
    }
    format!("{character}…")
}

#[cfg(test)]
mod tests;
