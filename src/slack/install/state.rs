//! The OAuth `state`: it proves that the browser that comes back from Slack is the one that this server
//! sent there. Without it, an attacker could make a victim's browser finish the attacker's
//! installation.
//!
//! It has the form `<nonce>.<seconds>.<signature>`. The nonce is also in a cookie of that browser, the
//! signature covers nonce and time, and it expires after ten minutes. A nonce is stored once it was used.

use crate::config::{SecretKey, SecretKeys};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How long a browser may take to Slack's page and back, in seconds.
pub(super) const LIFETIME_S: i64 = 10 * 60;

/// What is wrong with a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadState {
    /// No key of ours signed it.
    NotOurs,
    /// It is older than its lifetime.
    Expired,
    /// The browser has not the cookie that belongs to it.
    OtherBrowser,
}

/// A state that a key of ours signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signed<'s> {
    /// The nonce.
    pub nonce: &'s str,
    issued_s: i64,
}

/// Signs a state; `None` if the key is unusable.
pub(super) fn sign(key: &SecretKey, nonce: &str, issued_s: i64) -> Option<String> {
    let text = format!("{nonce}.{issued_s}");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).ok()?;
    mac.update(b"leadlens-install:");
    mac.update(text.as_bytes());
    Some(format!("{text}.{}", hex::encode(mac.finalize().into_bytes())))
}

/// Reads a state that one of our keys signed, at any time.
pub(super) fn read<'s>(keys: &SecretKeys, state: &'s str) -> Result<Signed<'s>, BadState> {
    let mut parts = state.split('.');
    let (nonce, issued_s) = parts.next().zip(parts.next()).ok_or(BadState::NotOurs)?;
    let issued_s = issued_s.parse().map_err(|_| BadState::NotOurs)?;
    let is_signed =
        keys.iter().any(|key| sign(key, nonce, issued_s).is_some_and(|ours| is_same(&ours, state)));
    if is_signed && !nonce.is_empty() { Ok(Signed { nonce, issued_s }) } else { Err(BadState::NotOurs) }
}

impl Signed<'_> {
    /// Whether it has not expired and belongs to the browser with this cookie.
    pub(super) fn check(&self, cookie: &str, now_s: i64) -> Result<(), BadState> {
        let age_s = now_s.saturating_sub(self.issued_s);
        if !is_same(self.nonce, cookie) {
            return Err(BadState::OtherBrowser);
        }
        if (0..=LIFETIME_S).contains(&age_s) { Ok(()) } else { Err(BadState::Expired) }
    }
}

fn is_same(a: &str, b: &str) -> bool {
    bool::from(a.as_bytes().ct_eq(b.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_valid_for_ten_minutes_in_its_browser() {
        let keys = |byte: &str| SecretKeys::parse(&byte.repeat(32)).unwrap();
        let (ours, other) = (keys("07"), keys("08"));
        let state = sign(ours.first(), "abc", 1_000).unwrap();
        let check = |keys: &SecretKeys, state: &str, cookie: &str, now_s: i64| {
            read(keys, state).and_then(|signed| signed.check(cookie, now_s))
        };
        assert_eq!(check(&ours, &state, "abc", 1_000), Ok(()));
        assert_eq!(check(&ours, &state, "abc", 1_600), Ok(()));
        assert_eq!(check(&ours, &state, "abc", 1_601), Err(BadState::Expired));
        assert_eq!(check(&ours, &state, "abc", 999), Err(BadState::Expired), "from the future");
        assert_eq!(check(&ours, &state, "abd", 1_000), Err(BadState::OtherBrowser));
        assert_eq!(check(&ours, &state, "", 1_601), Err(BadState::OtherBrowser));
        assert_eq!(check(&other, &state, "abc", 1_000), Err(BadState::NotOurs), "signed with another key");
        let changed = state.replace("1000", "1001");
        for state in [changed.as_str(), &format!("{state}.x"), "", "abc.soon.x", ".1000."] {
            assert_eq!(check(&ours, state, "abc", 1_001), Err(BadState::NotOurs), "{state}");
        }
        // A replica may sign with a key that is not the first here.
        let both = SecretKeys::parse(&format!("{},{}", "08".repeat(32), "07".repeat(32))).unwrap();
        assert_eq!(check(&both, &state, "abc", 1_000), Ok(()));
    }
}
