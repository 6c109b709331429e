//! One post to a conversation while it is being sent.

use crate::{coach::ids::ChannelId, interaction::Outgoing};
use secrecy::SecretString;

/// What is posted, where, and with which token.
pub(super) struct Post<'a> {
    pub(super) outgoing: &'a Outgoing,
    pub(super) token: &'a SecretString,
    pub(super) channel: &'a ChannelId,
}

/// How much of an outbox row may be visible in Slack at this moment. It decides what a failure means:
/// when a call times out that has created nothing visible, the row is simply sent again; when the call
/// was the visible one, sending again could post the message twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendProgress {
    /// Nothing.
    NotSent,
    /// An earlier attempt, which has not been looked for yet.
    EarlierAttempt,
    /// This attempt: its visible call is under way.
    InFlight,
}
