//! Chooses what a report quotes from a member's reflections: up to two rooms in which the hat did not fit, and
//! up to three short quotations. Equal input gives equal quotations. They
//! are shown to the member only.

use crate::coach::{
    member_text::MemberText,
    month::Month,
    reflection::Reflection,
    screen::{Misfit, OwnWords, Quotation},
};
use unicode_segmentation::UnicodeSegmentation as _;

/// The number of quotations in a report.
pub const QUOTATIONS: usize = 3;

/// The most characters of a quotation, including the ellipsis.
pub const MAX_CHARS: usize = 120;

/// The preferred length in words: long enough for a whole thought, short enough to be read at a glance.
const WELL_READ: usize = 14;

/// The most rooms of a report in which the hat did not fit.
pub const MISFITS: usize = 2;

/// What a report of a month quotes, without the plan. The last rooms in which the hat did not fit come first;
/// the quotations are of other reflections. Reflections that do not count in the balance and blank answers
/// are not quoted.
pub fn own_words(reflections: &[Reflection], month: Month) -> OwnWords {
    let mut of_month: Vec<&Reflection> = reflections
        .iter()
        .filter(|it| it.counts_in_balance && month.contains(it.local_on) && !it.answer.is_blank())
        .collect();
    of_month.sort_by(|one, other| {
        (one.local_on, one.created_at, &one.id).cmp(&(other.local_on, other.created_at, &other.id))
    });
    let (mut misfits, mut rest) = (Vec::new(), Vec::new());
    for reflection in of_month.into_iter().rev() {
        match misfit(reflection).filter(|_| misfits.len() < MISFITS) {
            Some(misfit) => misfits.push(misfit),
            None => rest.push(reflection),
        }
    }
    misfits.reverse();
    rest.reverse();
    OwnWords { quotations: quotations(&rest), misfits, kept_plan: None }
}

fn misfit(reflection: &Reflection) -> Option<Misfit> {
    let (worn, room) = reflection.hat_said.zip(reflection.room)?;
    let needed = room.needs().filter(|hat| !worn.shows(*hat))?;
    Some(Misfit { room, needed, worn, quotation: quote(reflection) })
}

/// The quotations, oldest first. The reflections are divided into three runs of equal length; from each run
/// comes the answer whose length is closest to the preferred one, the earlier one if two are equally close.
fn quotations(of_month: &[&Reflection]) -> Vec<Quotation> {
    let best = |run: &[&Reflection]| {
        let best = run.iter().min_by_key(|it| words_in(it.answer.reveal()).abs_diff(WELL_READ));
        best.map(|it| quote(it))
    };
    let share_of = |nth: usize| nth * of_month.len() / QUOTATIONS;
    let runs = (0..QUOTATIONS).filter_map(|nth| of_month.get(share_of(nth)..share_of(nth + 1)));
    runs.filter_map(best).collect()
}

fn quote(reflection: &Reflection) -> Quotation {
    let words = MemberText::new(cut_politely(reflection.answer.reveal()));
    Quotation { local_on: reflection.local_on, words }
}

fn words_in(text: &str) -> usize {
    // Counting more words would not change the choice.
    text.unicode_words().take(1_000).count()
}

/// The text on one line. If it is too long, it is cut after a sentence that fills at least half of the space,
/// otherwise between words, otherwise between grapheme clusters.
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
        // A single grapheme cluster of many combining marks can be longer than the limit.
        return line.chars().take(MAX_CHARS - 1).chain(['…']).collect();
    }
    format!("{character}…")
}

#[cfg(test)]
mod tests;
