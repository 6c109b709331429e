//! A key that is not in the database. What is hashed with it cannot be found again by somebody who has only the
//! database, a backup of it or its log, even if they know what was hashed.

use crate::coach::{
    feedback::AnswerToken,
    ids::{MemberId, RowId},
    screen::Invitation,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// 256 bits that the process derives from its configuration, so that they are the same after a restart. The
/// default is for tests.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Pepper([u8; 32]);

impl std::fmt::Debug for Pepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pepper")
    }
}

impl Pepper {
    /// From a secret of the configuration.
    pub fn derive(secret: &[u8]) -> Self {
        Self(hash(secret, &["leadlens-outside-the-database"]))
    }

    /// The token under which an answer is stored: it differs from the one in the message, and for each round.
    pub fn stored_token(&self, from: &Invitation) -> AnswerToken {
        let hashed = hash(&self.0, &["feedback-answer", from.round.as_str(), from.token.reveal()]);
        let first = hashed.first_chunk::<16>().copied().unwrap_or_default();
        AnswerToken::new(u128::from_be_bytes(first))
    }

    /// The key under which a delivery about a round is stored.
    pub fn stored_delivery(&self, round: &RowId, key: &str) -> String {
        hex::encode(hash(&self.0, &["feedback-delivery", round.as_str(), key]))
    }

    /// A pseudonym of a member, where nothing else of them may be stored.
    pub fn stored_member(&self, purpose: &str, who: &MemberId) -> String {
        hex::encode(hash(&self.0, &[purpose, who.team.as_str(), who.user.as_str()]))
    }
}

/// HMAC-SHA-256 of the parts, each with a byte after it that no part has.
fn hash(key: &[u8], parts: &[&str]) -> [u8; 32] {
    // A key of any length is allowed, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_depends_on_the_key_and_on_the_round() {
        let row = |text: &str| RowId::parse(text).unwrap();
        let (one, two) = (row("01JBQ00000000000000000000A"), row("01JBQ00000000000000000000B"));
        let invitation = |round: &RowId| Invitation { round: round.clone(), token: AnswerToken::new(7) };
        let (key, other) = (Pepper::derive(b"one"), Pepper::derive(b"another"));
        let stored = key.stored_token(&invitation(&one));
        assert_eq!(stored, Pepper::derive(b"one").stored_token(&invitation(&one)), "after a restart");
        assert_ne!(stored, AnswerToken::new(7));
        assert_ne!(stored, key.stored_token(&invitation(&two)));
        assert_ne!(stored, other.stored_token(&invitation(&one)));
        assert_ne!(key.stored_delivery(&one, "k"), other.stored_delivery(&one, "k"));
        assert_ne!(key.stored_delivery(&one, "k"), key.stored_delivery(&two, "k"));
        assert_eq!(format!("{key:?}"), "Pepper");
    }
}
