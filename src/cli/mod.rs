//! The subcommands besides `serve` and `demo`: what an operator types. Each prints sentences and
//! returns an exit status; none decides anything of coaching.

pub mod args;
pub mod doctor;
pub mod lens;
pub mod operator;
pub mod prompts;
