//! Slack's request signature (<https://docs.slack.dev/authentication/verifying-requests-from-slack>):
//! HMAC-SHA256 over `v0:timestamp:body`, compared in constant time, within five minutes of now.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::fmt::Write;

/// Slack's window against replays, in seconds.
const WINDOW_S: i64 = 5 * 60;

/// Why a request is not taken for Slack's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// A header is missing or unreadable.
    #[error("no signature")]
    Missing,
    /// Signed more than five minutes ago, or for the future.
    #[error("outside the five-minute window")]
    Expired,
    /// Signed with another secret, or over another body.
    #[error("signature does not match")]
    Mismatch,
}

/// Checks a request. `now_s` is the present in Unix seconds.
///
/// # Errors
/// [`Forged`], which says why.
pub fn verify(
    secret: &SecretString,
    timestamp: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now_s: i64,
) -> Result<(), Forged> {
    let (timestamp, signature) = timestamp.zip(signature).ok_or(Forged::Missing)?;
    let signed_s: i64 = timestamp.parse().map_err(|_| Forged::Missing)?;
    if now_s.abs_diff(signed_s) > WINDOW_S.unsigned_abs() {
        return Err(Forged::Expired);
    }
    let claimed = signature.strip_prefix("v0=").and_then(bytes_of_hex).ok_or(Forged::Mismatch)?;
    // The MAC's own comparison takes the same time wherever the difference is.
    mac(secret, timestamp, body).ok_or(Forged::Mismatch)?.verify_slice(&claimed).map_err(|_| Forged::Mismatch)
}

/// Signs as Slack does; for whoever stands in for Slack.
pub fn sign(secret: &SecretString, timestamp: &str, body: &[u8]) -> String {
    let mut text = "v0=".to_owned();
    if let Some(mac) = mac(secret, timestamp, body) {
        for byte in mac.finalize().into_bytes() {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

fn mac(secret: &SecretString, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    Some(mac)
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32).map(|nth| u8::from_str_radix(text.get(nth * 2..nth * 2 + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's own page.
    #[test]
    fn slacks_example_verifies() {
        let secret = SecretString::from("8f742231b10e8888abcd99yyyzzz85a5");
        let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
        let check =
            |signature, body: &[u8], now_s| verify(&secret, Some("1531420618"), Some(signature), body, now_s);
        assert_eq!(check(signature, body, 1_531_420_618 + 299), Ok(()));
        assert_eq!(check(signature, body, 1_531_420_618 + 301), Err(Forged::Expired));
        assert_eq!(check(signature, body, 1_531_420_618 - 301), Err(Forged::Expired));
        assert_eq!(check(signature, b"token=other", 1_531_420_618), Err(Forged::Mismatch));
        assert_eq!(check("v0=00", body, 1_531_420_618), Err(Forged::Mismatch));
        assert_eq!(check("v0=€€", body, 1_531_420_618), Err(Forged::Mismatch));
        assert_eq!(verify(&secret, None, Some(signature), body, 1_531_420_618), Err(Forged::Missing));
        assert_eq!(sign(&secret, "1531420618", body), signature);
    }
}
