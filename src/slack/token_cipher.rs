//! Encrypts the tokens of workspaces at rest with XChaCha20-Poly1305. The first key encrypts and all decrypt.

use crate::{
    clock::Env,
    coach::ids::TeamId,
    config::{SecretKey, SecretKeys},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use secrecy::{ExposeSecret, SecretString};

/// The format of an encrypted token: version, nonce and ciphertext, the latter two in hexadecimal.
const VERSION: &str = "x1";

/// The position of the key that encrypts.
pub const FIRST_KEY: usize = 0;

/// What a token is for. One kind cannot take the place of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Calls carry it.
    Access,
    /// It renews the other.
    Refresh,
}

impl TokenKind {
    /// What is authenticated with the token.
    fn context(self, team: &TeamId) -> String {
        match self {
            // The text from when there was one kind.
            TokenKind::Access => team.to_string(),
            TokenKind::Refresh => format!("refresh:{team}"),
        }
    }
}

/// The keys, and what they do.
#[derive(Debug, Clone)]
pub struct TokenCipher(SecretKeys);

impl TokenCipher {
    /// With these keys.
    pub fn new(keys: SecretKeys) -> Self {
        Self(keys)
    }

    /// Encrypts a token under the first key. The workspace's id is authenticated with it, so a row that was copied
    /// to another workspace does not decrypt.
    pub fn encrypt(&self, env: &Env, team: &TeamId, kind: TokenKind, token: &SecretString) -> Option<String> {
        let mut nonce = [0_u8; 24];
        for part in nonce.chunks_exact_mut(8) {
            part.copy_from_slice(&env.rng.next_u64().to_le_bytes());
        }
        let context = kind.context(team);
        let payload = Payload { msg: token.expose_secret().as_bytes(), aad: context.as_bytes() };
        let ciphertext = cipher(self.0.first())?.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(format!("{VERSION}.{}.{}", hex::encode(nonce), hex::encode(ciphertext)))
    }

    /// Decrypts a token, and says at which position the key stands that it is encrypted under. `None` when none of
    /// the keys fits, the workspace is another one, or the text was changed.
    pub fn decrypt(&self, team: &TeamId, kind: TokenKind, encrypted: &str) -> Option<(usize, SecretString)> {
        let mut parts = encrypted.split('.');
        let (version, nonce, ciphertext) = (parts.next()?, parts.next()?, parts.next()?);
        if version != VERSION || parts.next().is_some() {
            return None;
        }
        let nonce: [u8; 24] = hex::decode(nonce).ok()?.try_into().ok()?;
        let ciphertext = hex::decode(ciphertext).ok()?;
        let context = kind.context(team);
        let opened = self.0.iter().enumerate().find_map(|(position, key)| {
            let payload = Payload { msg: &ciphertext, aad: context.as_bytes() };
            Some((position, cipher(key)?.decrypt(&XNonce::from(nonce), payload).ok()?))
        });
        let (position, token) = opened?;
        Some((position, SecretString::from(String::from_utf8(token).ok()?)))
    }
}

fn cipher(key: &SecretKey) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(key.bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cipher_with(keys: &[&str]) -> TokenCipher {
        let keys: Vec<String> = keys.iter().map(|byte| byte.repeat(32)).collect();
        TokenCipher::new(SecretKeys::parse(&keys.join(",")).unwrap())
    }

    #[test]
    fn an_encrypted_token_decrypts_with_its_key_in_its_workspace_only() {
        let (env, cipher) = (Env::real(), cipher_with(&["07"]));
        let (t1, t2) = (TeamId::parse("T1").unwrap(), TeamId::parse("T2").unwrap());
        let encrypted =
            cipher.encrypt(&env, &t1, TokenKind::Access, &SecretString::from("xoxb-hush")).unwrap();
        assert!(!encrypted.contains("hush"));
        let (position, token) = cipher.decrypt(&t1, TokenKind::Access, &encrypted).unwrap();
        assert_eq!((position, token.expose_secret()), (FIRST_KEY, "xoxb-hush"));
        assert!(cipher.decrypt(&t2, TokenKind::Access, &encrypted).is_none());
        assert!(cipher.decrypt(&t1, TokenKind::Refresh, &encrypted).is_none());
        assert!(cipher_with(&["08"]).decrypt(&t1, TokenKind::Access, &encrypted).is_none());
        assert!(cipher.decrypt(&t1, TokenKind::Access, &encrypted.replace("x1.", "x2.")).is_none());
        assert!(cipher.decrypt(&t1, TokenKind::Access, "x1.zz.é").is_none());
    }

    #[test]
    fn every_key_decrypts_and_the_first_encrypts() {
        let (env, team) = (Env::real(), TeamId::parse("T1").unwrap());
        let token = SecretString::from("xoxb-hush");
        let under_old = cipher_with(&["07"]).encrypt(&env, &team, TokenKind::Access, &token).unwrap();
        let both = cipher_with(&["09", "07"]);
        assert_eq!(both.decrypt(&team, TokenKind::Access, &under_old).unwrap().0, 1);
        let under_new = both.encrypt(&env, &team, TokenKind::Access, &token).unwrap();
        assert_eq!(cipher_with(&["09"]).decrypt(&team, TokenKind::Access, &under_new).unwrap().0, FIRST_KEY);
        assert!(cipher_with(&["07"]).decrypt(&team, TokenKind::Access, &under_new).is_none());
    }
}
