//! Delivery to Slack: what the outbox and the jobs ask for, within Slack's rate limits.
//!
//! `sender` implements the `SlackGateway` with `rate_limited_api`, which every call goes through.
//! `reconcile` finds out whether an earlier attempt reached Slack, and `error_class` decides whether a
//! failed one is worth another. A new method of Slack needs its limit in `rate_limit` and its scope in
//! `slack/manifest.rs`.

mod deletion;
mod error_class;
mod file_download;
mod file_upload;
mod names;
mod past_messages;
mod post;
mod presence;
mod presence_cache;
mod rate_limit;
mod rate_limited_api;
mod reconcile;
mod sender;

pub use error_class::is_about_token;
pub use sender::Sender;
