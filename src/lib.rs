//! LeadLens: a Slack coach for people who lead teams.
//!
//! `coach` and `report` are the pure core: rules, decisions and wording, without I/O. The other modules
//! connect that core to Slack, a database, a clock and an operator. ARCHITECTURE.md shows which module may
//! use which; `tests/boundaries.rs` checks it.
//!
//! The binary uses [`main`] alone, so that rustc reports every function that the program does not reach.
//! The feature `test-support` opens the modules to `tests/` and `benches/`. Nothing else switches it on.

pub use cli::main;

mod jobs;
mod llm;

#[cfg(not(feature = "test-support"))]
mod cli;
#[cfg(not(feature = "test-support"))]
mod clock;
#[cfg(not(feature = "test-support"))]
mod coach;
#[cfg(not(feature = "test-support"))]
mod config;
#[cfg(not(feature = "test-support"))]
mod demo;
#[cfg(not(feature = "test-support"))]
mod dispatch;
#[cfg(not(feature = "test-support"))]
mod features;
#[cfg(not(feature = "test-support"))]
mod interaction;
#[cfg(not(feature = "test-support"))]
mod outbox;
#[cfg(not(feature = "test-support"))]
mod report;
#[cfg(not(feature = "test-support"))]
mod server;
#[cfg(not(feature = "test-support"))]
mod site;
#[cfg(not(feature = "test-support"))]
mod slack;
#[cfg(not(feature = "test-support"))]
mod store;
#[cfg(not(feature = "test-support"))]
mod telemetry;
#[cfg(not(feature = "test-support"))]
mod web;
#[cfg(not(feature = "test-support"))]
mod worker;

#[cfg(feature = "test-support")]
pub mod cli;
#[cfg(feature = "test-support")]
pub mod clock;
#[cfg(feature = "test-support")]
pub mod coach;
#[cfg(feature = "test-support")]
pub mod config;
#[cfg(feature = "test-support")]
pub mod demo;
#[cfg(feature = "test-support")]
pub mod dispatch;
#[cfg(feature = "test-support")]
pub mod features;
#[cfg(feature = "test-support")]
pub mod interaction;
#[cfg(feature = "test-support")]
pub mod outbox;
#[cfg(feature = "test-support")]
pub mod report;
#[cfg(feature = "test-support")]
pub mod server;
#[cfg(feature = "test-support")]
pub mod site;
#[cfg(feature = "test-support")]
pub mod slack;
#[cfg(feature = "test-support")]
pub mod store;
#[cfg(feature = "test-support")]
pub mod telemetry;
#[cfg(feature = "test-support")]
pub mod web;
#[cfg(feature = "test-support")]
pub mod worker;
