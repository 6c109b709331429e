//! How long the lens takes for a text of 100 words on one core, and for the longest it reads; the memory it
//! adds.
//! `cargo bench --bench lens`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets what it did not expect should stop there"
)]

use leadlens::coach::lens::Lens;
use std::{fs, hint::black_box, time::Instant};

const ROUNDS: usize = 2_000;

const TEXT: &str = "Our roadmap is last year's roadmap with the dates changed, so I asked the whole product team \
    to come and argue for what we should refuse to build. It was loud, and then Meera said \
    what everybody had been thinking since spring. I did not answer; I asked her what she would try first. \
    Afterwards I moved the release to Thursday, cut the list to four items, gave each of them an owner and a date, \
    and booked fifteen minutes every morning until it ships. The tracker is up to date. I wonder whether they will \
    dare to say it.";

fn main() {
    assert_eq!(TEXT.split_whitespace().count(), 100);
    let before = resident_kb();
    let started = Instant::now();
    black_box(Lens::get().read(black_box(TEXT)));
    let first = started.elapsed();
    let mut took: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            black_box(Lens::get().read(black_box(TEXT)));
            started.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!("first reading {first:?}");
    println!("100 words: p50 {:?}, p95 {:?} of {ROUNDS}", took[ROUNDS / 2], took[ROUNDS * 95 / 100]);
    let long = TEXT.repeat(10);
    let started = Instant::now();
    black_box(Lens::get().read(black_box(&long)));
    println!("4,000 characters: {:?}", started.elapsed());
    println!("resident memory grew by {} kB", resident_kb().saturating_sub(before));
}

/// Resident memory of this process; 0 where the system does not tell.
fn resident_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
