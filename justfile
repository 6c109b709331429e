# What one does every day: https://just.systems. Without just, type the lines themselves.

# List these.
default:
    @just --list --unsorted

# Open the demo on a page of this machine.
demo:
    cargo run -- demo

# Run every test, or the tests whose name contains a word: `just test nudge`.
test *filter:
    cargo test {{ filter }}

# Check format, lints and prompts.
check:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings
    cargo clippy --locked --lib --bins -- -D warnings
    cargo run --quiet -- prompts check

# Look at changed snapshots one by one and accept or reject each (needs `cargo install cargo-insta`).
snapshots:
    cargo insta review

# Run everything that must hold before a change lands.
ci:
    .ci/run
