//! What a member can do, one folder each. A feature owns its interactions from end to end:
//!
//! - `mod.rs`: its `Action`s (what its buttons mean), its `Submission`s (its forms, filled in) and its
//!   `Effect`s (what it changed, stored beside the delivery's key);
//! - `handle.rs`: an action or a submission → an outcome, in the delivery's transaction;
//! - `respond.rs`: an effect → the reply, the same for a redelivery;
//! - `outbox.rs`: what it sends by itself, composed when it is sent;
//! - `jobs.rs`: what it does after Slack was asked something.
//!
//! Features do not import each other. A rule that two need belongs to `coach`, a step that two need to
//! `interaction::steps`.

#![deny(clippy::wildcard_enum_match_arm)]

pub mod ask;
pub mod audit;
pub mod checkin;
pub(crate) mod direct_message;
pub mod feedback;
pub mod history;
pub mod home;
pub mod import;
pub mod lens;
pub mod llm_follow_up;
pub mod nudge;
pub(crate) mod onboarding;
pub mod plain_words;
pub mod plan;
pub mod privacy;
pub mod report;
pub mod room;
pub mod schedule;
pub mod workspace;
