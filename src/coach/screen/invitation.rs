use crate::coach::{feedback::AnswerToken, ids::RowId};

/// A feedback question to one person: the round, and the token. Only the token leads to the answer of the
/// person who has the message. It is in the message's buttons and is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The round.
    pub round: RowId,
    /// The token.
    pub token: AnswerToken,
}
