//! Conversations from outside: the real bot, a workspace of its own, real HTTP and WebSocket
//! on loopback, and a clock that the test moves. A module for each feature; `world` is what they share
//! on, `member` is what a member does and sees.
//!
//! To add a conversation, add a `#[tokio::test]` to the module of its feature:
//!
//! ```ignore
//! #[tokio::test]
//! async fn a_pause_is_kept() {
//!     over_both_transports(async |world| {
//!         let ana = world.ana().with_a_cadence().await;
//!         ana.types("/leadlens pause 2026-10-19").await;
//!         ana.sees("Paused. Nothing comes by itself before Mon 19 Oct 2026.");
//!         world.clock_to("2026-10-18 12:00").await; // a message on the way would fail the test
//!     })
//!     .await;
//! }
//! ```
//!
//! It runs over Socket Mode and over HTTP. Every verb waits until the bot has come to rest. At the end
//! a message or a form that no `sees…` has read fails the test, and so does an outbox row or a job that
//! is not finished, unless the conversation says `world.still_waits(..)`: silence is checked as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]
#![allow(unreachable_pub, reason = "a test exports nothing: `pub` marks what its files share")]

mod act;
mod back_off;
mod bad_input;
mod browser;
mod calendar_file;
mod care;
mod checkin;
mod commands;
mod crowd;
mod delivery;
mod feedback;
mod feedback_privacy;
mod first_contact;
mod forms;
mod harness;
mod history;
mod home;
mod installing;
mod leaving;
mod look_back;
mod malformed;
mod member;
mod model;
mod model_consent;
mod not_opened;
mod nudge;
mod once;
mod order;
mod outage;
mod plain_words;
mod practices;
mod privacy;
mod refused;
mod reply;
mod report;
mod report_follows;
mod retries;
mod room_audit_plan;
mod rotation;
mod schedule;
mod seen;
mod sessions;
mod setting;
mod silence;
mod site;
mod slack_fails;
mod texts;
mod time;
mod why;
mod world;
