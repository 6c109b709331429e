//! How long the library takes to choose the next question for a member with 5,000 reflections, all of them
//! in the last 28 days: more than anybody can write, and every one of them counts.
//! `cargo bench --bench choose`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets what it did not expect should stop there"
)]

use jiff::civil::date;
use leadlens::{
    coach::{hat::RecentHats, prompt::Library},
    interaction::{QuestionLibrary, QuestionQuery},
};
use std::{hint::black_box, time::Instant};

const REFLECTIONS: u64 = 5_000;
const ROUNDS: u64 = 2_000;

fn main() {
    let library = Library::built_in().unwrap();
    let today = date(2026, 10, 28);
    let mut ask = QuestionQuery {
        focus: None,
        worn: RecentHats { leader: 6, manager: 4, answers: 8 },
        room: None,
        answers: None,
        asked: Vec::new(),
        max_words: None,
        today,
        seed: 0,
    };
    // As they came: each was chosen by the same library, one after the other.
    for seed in 0..REFLECTIONS {
        ask.seed = seed;
        let asked = library.open(&ask).unwrap();
        let days_ago = 27 - i64::try_from(seed * 28 / REFLECTIONS).unwrap();
        ask.asked.push((asked.prompt, today.checked_sub(jiff::Span::new().days(days_ago)).unwrap()));
    }
    let mut took: Vec<_> = (0..ROUNDS)
        .map(|seed| {
            ask.seed = seed;
            let started = Instant::now();
            black_box(library.open(black_box(&ask)));
            started.elapsed()
        })
        .collect();
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100];
    println!(
        "{REFLECTIONS} reflections: p50 {:?}, p99 {:?}, slowest {:?} of {ROUNDS}",
        at(50),
        at(99),
        at(100)
    );
}
