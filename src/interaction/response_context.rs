//! How an answer can reach a member outside the acknowledgement.

use crate::coach::ids::ChannelId;
use secrecy::{ExposeSecret as _, SecretString};

/// How an answer can reach the member besides the acknowledgement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResponseContext {
    /// Opens one modal within three seconds.
    pub trigger: Option<Trigger>,
    /// Answers in place, five times within thirty minutes.
    pub response_url: Option<ResponseUrl>,
    /// Where it happened.
    pub channel: Option<ChannelId>,
}

/// Slack's `trigger_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger(pub String);

/// Slack's `response_url`. Anyone who has it can write to the member, so it is a secret.
#[derive(Debug, Clone)]
pub struct ResponseUrl(pub SecretString);

impl PartialEq for ResponseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}
