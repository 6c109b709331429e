//! The contract of the store: stories that run on both engines. Every new method of `Tx` is called by a
//! story; `every_method_has_its_story` fails for one that is not.
//!
//! For PostgreSQL each story creates a database on the server that `LEADLENS_TEST_POSTGRES` names (default
//! `postgres://postgres@127.0.0.1:5432`) and drops it. Without a server it prints that it is skipped; with
//! `LEADLENS_REQUIRE_POSTGRES=1` it fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]
#![allow(unreachable_pub, reason = "a test exports nothing: `pub` marks what its files share")]

#[path = "store_contract/coaching_acts.rs"]
mod coaching_acts;
#[path = "store_contract/commits.rs"]
mod commits;
#[path = "store_contract/delivery_keys.rs"]
mod delivery_keys;
#[path = "store_contract/erasure.rs"]
mod erasure;
#[path = "store_contract/feedback.rs"]
mod feedback;
#[path = "store_contract/fixture.rs"]
mod fixture;
#[path = "store_contract/importing.rs"]
mod importing;
#[path = "store_contract/jobs.rs"]
mod jobs;
#[path = "store_contract/llm_consent.rs"]
mod llm_consent;
#[path = "store_contract/look_backs.rs"]
mod look_backs;
#[path = "store_contract/members.rs"]
mod members;
#[path = "store_contract/nudges.rs"]
mod nudges;
#[path = "store_contract/opening.rs"]
mod opening;
#[path = "store_contract/outbox.rs"]
mod outbox;
#[path = "store_contract/plans.rs"]
mod plans;
#[path = "store_contract/reflections.rs"]
mod reflections;
#[path = "store_contract/severed.rs"]
mod severed;
#[path = "store_contract/transfer.rs"]
mod transfer;

/// Compares the public methods of `Tx` in the source with the calls in the stories: a statement that no
/// story runs is tested on neither engine.
#[test]
fn every_method_has_its_story() {
    let read = |folder: &str| -> String {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|end| end == "rs"))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    };
    let stories = read("tests/store_contract");
    let store = read("src/store");
    let methods: Vec<&str> =
        store.split("pub async fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next()).collect();
    assert!(methods.len() > 50, "read {} methods only", methods.len());
    let untold: Vec<_> = methods
        .iter()
        .filter(|name| ![".", "::"].iter().any(|call| stories.contains(&format!("{call}{name}("))))
        .collect();
    assert!(untold.is_empty(), "no story calls {untold:?}");
}
