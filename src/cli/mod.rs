//! The subcommands besides `serve` and `demo`: what an operator types. Each prints sentences and
//! returns an exit status; none decides anything of coaching.

pub mod args;
pub mod doctor;
pub mod lens;
pub mod operator;
pub mod prompts;

/// A count with its noun.
fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {}", if count == 1 { one } else { many })
}
