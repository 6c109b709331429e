//! What an operator types: `run` reads the subcommand and starts it; each other file is a subcommand, which prints
//! sentences and returns an exit status.

pub mod args;
pub mod doctor;
pub mod lens;
pub mod operator;
pub mod prompts;
pub mod rekey;
mod run;
pub mod transfer;

pub use run::main;

/// A count with its noun.
fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {}", if count == 1 { one } else { many })
}
