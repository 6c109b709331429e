//! LeadLens: a Slack coach for people who lead teams.
//!
//! `coach` and `report` are the pure core: rules, decisions and wording, without I/O. The other modules
//! connect that core to Slack, a database, a clock and an operator. ARCHITECTURE.md shows which module may
//! use which; `tests/boundaries.rs` checks it.

pub mod coach;
pub mod report;

pub mod clock;
pub mod store;

pub mod dispatch;
pub mod features;
pub mod interaction;
pub(crate) mod jobs;
pub mod outbox;

pub mod slack;
pub mod web;
pub mod worker;

pub mod config;
pub(crate) mod llm;
pub mod telemetry;

pub mod cli;
pub mod server;

pub mod demo;
