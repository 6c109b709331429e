//! Everything that knows Slack. `transport` receives deliveries over Socket Mode or HTTP, `inbound`
//! parses them, `render` builds the screens, and `delivery` sends what the outbox holds. Nothing in
//! here decides anything about coaching.

#![allow(clippy::indexing_slicing, reason = "a key that a JSON value lacks reads as null")]

pub mod ack;
pub mod delivery;
pub(crate) mod form_guard;
pub(crate) mod home_publisher;
pub mod inbound;
pub(crate) mod install;
pub mod manifest;
pub mod payload;
pub mod post_ack;
pub mod receive;
pub mod render;
pub mod token_cipher;
pub mod token_rotation;
pub mod tokens;
pub mod transport;
pub mod web_api;
