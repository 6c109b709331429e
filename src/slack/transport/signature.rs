//! Slack's request signature (<https://docs.slack.dev/authentication/verifying-requests-from-slack>):
//! HMAC-SHA256 over `v0:timestamp:body`, compared in constant time, not older than five minutes.
//! `docs/decisions.md` says why slack-morphism's verifier is not used.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far a timestamp may be from now, in seconds. It limits how long a recorded request can be
/// replayed.
const MAX_AGE_S: u64 = 5 * 60;

/// Why a request is not accepted as Slack's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing or unreadable.
    #[error("no signature")]
    Missing,
    /// The timestamp is more than five minutes in the past or in the future.
    #[error("outside the five-minute window")]
    Expired,
    /// It was signed with another secret, or for another body.
    #[error("signature does not match")]
    Mismatch,
}

/// Verifies a request. `now_s` is the present in Unix seconds.
///
/// # Errors
/// [`SignatureError`].
pub fn verify(
    secret: &SecretString,
    timestamp: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now_s: i64,
) -> Result<(), SignatureError> {
    let (timestamp, signature) = timestamp.zip(signature).ok_or(SignatureError::Missing)?;
    let signed_s: i64 = timestamp.parse().map_err(|_| SignatureError::Missing)?;
    if now_s.abs_diff(signed_s) > MAX_AGE_S {
        return Err(SignatureError::Expired);
    }
    let claimed = signature.strip_prefix("v0=").and_then(|digits| hex::decode(digits).ok());
    let claimed = claimed.ok_or(SignatureError::Mismatch)?;
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
    let mut mac = mac.map_err(|_| SignatureError::Mismatch)?;
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    // `verify_slice` compares in constant time and refuses another length.
    mac.verify_slice(&claimed).map_err(|_| SignatureError::Mismatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's documentation.
    #[test]
    fn slacks_example_verifies() {
        let secret = SecretString::from("8f742231b10e8888abcd99yyyzzz85a5");
        let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
        let check =
            |signature, body: &[u8], now_s| verify(&secret, Some("1531420618"), Some(signature), body, now_s);
        assert_eq!(check(signature, body, 1_531_420_618 + 299), Ok(()));
        assert_eq!(check(signature, body, 1_531_420_618 + 301), Err(SignatureError::Expired));
        assert_eq!(check(signature, body, 1_531_420_618 - 301), Err(SignatureError::Expired));
        assert_eq!(check(signature, b"token=other", 1_531_420_618), Err(SignatureError::Mismatch));
        for malformed in ["v0=00", "v0=", "v0=€€", "v1=00", ""] {
            assert_eq!(check(malformed, body, 1_531_420_618), Err(SignatureError::Mismatch), "{malformed}");
        }
        assert_eq!(verify(&secret, None, Some(signature), body, 1_531_420_618), Err(SignatureError::Missing));
    }
}
