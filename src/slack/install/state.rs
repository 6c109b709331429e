//! The OAuth `state`: it proves that the browser that comes back from Slack is the one that this server
//! sent there. Without it, an attacker could make a victim's browser finish the attacker's
//! installation.
//!
//! It has the form `<nonce>.<seconds>.<signature>`. The nonce is also in a cookie of that browser, the
//! signature covers nonce and time, and it expires after ten minutes. Nothing is stored on the server.

use crate::config::SecretKey;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How long a browser may take to Slack's page and back, in seconds.
pub(super) const LIFETIME_S: i64 = 10 * 60;

/// Signs a state; `None` if the key is unusable.
pub(super) fn sign(key: &SecretKey, nonce: &str, issued_s: i64) -> Option<String> {
    let text = format!("{nonce}.{issued_s}");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).ok()?;
    mac.update(b"leadlens-install:");
    mac.update(text.as_bytes());
    Some(format!("{text}.{}", hex::encode(mac.finalize().into_bytes())))
}

/// The nonce of a state.
pub(super) fn nonce(state: &str) -> Option<&str> {
    state.split('.').next().filter(|nonce| !nonce.is_empty())
}

/// Whether the state is signed by us, at any time.
pub(super) fn is_ours(key: &SecretKey, state: &str) -> bool {
    let mut parts = state.split('.');
    let Some((nonce, issued_s)) = parts.next().zip(parts.next()) else { return false };
    let issued_s = issued_s.parse::<i64>().ok();
    issued_s
        .and_then(|issued_s| sign(key, nonce, issued_s))
        .is_some_and(|ours| bool::from(ours.as_bytes().ct_eq(state.as_bytes())))
}

/// Whether the state is signed by us, has not expired, and belongs to the browser with this cookie.
pub(super) fn is_valid(key: &SecretKey, state: &str, cookie: &str, now_s: i64) -> bool {
    let mut parts = state.split('.');
    let Some((nonce, issued_s)) = parts.next().zip(parts.next()) else { return false };
    let Ok(issued_s) = issued_s.parse::<i64>() else { return false };
    let age_s = now_s.saturating_sub(issued_s);
    let is_same = |a: &str, b: &str| bool::from(a.as_bytes().ct_eq(b.as_bytes()));
    let is_signed = sign(key, nonce, issued_s).is_some_and(|ours| is_same(&ours, state));
    (0..=LIFETIME_S).contains(&age_s) && is_signed && is_same(nonce, cookie)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_valid_for_ten_minutes_in_its_browser() {
        let key = SecretKey::parse(&"07".repeat(32)).unwrap();
        let other = SecretKey::parse(&"08".repeat(32)).unwrap();
        let state = sign(&key, "abc", 1_000).unwrap();
        assert!(is_valid(&key, &state, "abc", 1_000) && is_valid(&key, &state, "abc", 1_600));
        assert!(!is_valid(&key, &state, "abc", 1_601), "expired");
        assert!(!is_valid(&key, &state, "abc", 999), "from the future");
        assert!(!is_valid(&key, &state, "abd", 1_000), "from another browser");
        assert!(!is_valid(&other, &state, "abc", 1_000), "signed with another key");
        assert!(!is_valid(&key, &state.replace("1000", "1001"), "abc", 1_001), "changed");
        assert!(!is_valid(&key, &format!("{state}.x"), "abc", 1_000), "extended");
        assert!(!is_valid(&key, "", "", 0));
    }
}
