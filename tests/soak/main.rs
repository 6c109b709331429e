//! A soak: weeks of simulated life in two workspaces, with faults of every kind from a seed, and a model of what
//! each member must have received. The real bot runs against the sandbox over loopback, with a clock that the
//! test moves. Nothing may be lost, doubled, sent in quiet hours, or sent more than four hours late.
//!
//! A short one runs with the other tests. `cargo test --test soak -- --ignored --nocapture` runs thirty days with
//! 300 members. `LEADLENS_SOAK_SEED`, `LEADLENS_SOAK_DAYS` and `LEADLENS_SOAK_MEMBERS` change the long one; the
//! summary prints the seed.
//!
//! `world` is the two workspaces, the bot and the clock; `people` what members do; `faults` what goes wrong;
//! `model` what must be true. `installed` has conversations in the same world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]
#![allow(
    clippy::match_same_arms,
    clippy::explicit_auto_deref,
    clippy::format_collect,
    clippy::needless_for_each,
    clippy::redundant_closure_for_method_calls,
    reason = "tables of faults and reactions are read line by line"
)]
#![allow(unreachable_pub, reason = "a test exports nothing: `pub` marks what its files share")]

mod dice;
mod faults;
mod installed;
mod model;
mod people;
mod soak;
mod world;

use soak::Soak;

/// The long soak's seed, unless it is told another.
const SEED: u64 = 2_026;

#[tokio::test]
async fn three_days_of_faults_lose_double_and_delay_nothing() {
    Soak::begin(7, 3, 20).await.run().await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn thirty_days_of_faults_lose_double_and_delay_nothing() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let seed = number("LEADLENS_SOAK_SEED").unwrap_or(SEED);
    let days = number("LEADLENS_SOAK_DAYS").unwrap_or(30);
    let members = number("LEADLENS_SOAK_MEMBERS").unwrap_or(300);
    Soak::begin(seed, days, usize::try_from(members).expect("a number of members")).await.run().await;
}
