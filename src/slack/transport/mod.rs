//! How deliveries from Slack arrive: over Socket Mode or over HTTP. Both transports are thin: they
//! check where a payload comes from, hand its JSON to `slack/receive.rs`, and return the
//! acknowledgement in their own form.

mod delivery_span;
pub mod http;
pub mod signature;
pub mod socket;
