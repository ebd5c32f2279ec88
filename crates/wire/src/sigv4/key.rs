//! Secrets, signing keys and signatures.

use super::canonical::sha256_hex;
use super::scope::TERMINATOR;
use super::{ALGORITHM, Scope};
use crate::text::hex;
use ring::hmac::{HMAC_SHA256, Key, Tag, sign, verify};
use std::fmt;

/// A secret access key. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(String);

impl SecretKey {
    /// Takes the secret in the form in which AWS hands it out.
    pub fn new(secret: impl Into<String>) -> SecretKey {
        SecretKey(secret.into())
    }

    /// The key for one day, region and service.
    pub(super) fn signing_key(&self, scope: &Scope) -> SigningKey {
        let start = Key::new(HMAC_SHA256, format!("AWS4{}", self.0).as_bytes());
        let parts = [scope.date.as_str(), &scope.region, &scope.service, TERMINATOR];
        let derive = |key: Key, part: &str| Key::new(HMAC_SHA256, sign(&key, part.as_bytes()).as_ref());
        SigningKey(parts.into_iter().fold(start, derive))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

/// A key that is good for one scope only.
pub(super) struct SigningKey(Key);

impl SigningKey {
    pub(super) fn sign(&self, text: &str) -> String {
        let tag: Tag = sign(&self.0, text.as_bytes());
        hex::encode(tag.as_ref())
    }

    /// Whether the signature is that of the text; takes the same time for every wrong one.
    pub(super) fn verifies(&self, text: &str, signature: &str) -> bool {
        hex::decode(signature).is_some_and(|tag| verify(&self.0, text.as_bytes(), &tag).is_ok())
    }
}

/// The text that is signed.
pub(super) fn string_to_sign(signed_at: &str, scope: &Scope, canonical_request: &str) -> String {
    let digest = sha256_hex(canonical_request.as_bytes());
    format!("{ALGORITHM}\n{signed_at}\n{scope}\n{digest}")
}
