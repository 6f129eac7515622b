//! A program's secret, of which only a hash is kept.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The SHA-256 of a program's secret.
///
/// A password would need a slow hash. These secrets are made up by a machine and have 256 bits, which nobody guesses,
/// however fast the hash.
#[derive(Clone, Copy, Eq)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// From 64 hexadecimal digits, as [`fmt::Display`] writes them.
    #[must_use]
    pub fn parse(hexadecimal: &str) -> Option<Self> {
        let digits = hexadecimal.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// Takes as long for a secret that is almost right as for any other.
    #[must_use]
    pub fn is_of(&self, secret: &str) -> bool {
        *self == Self::of(secret)
    }

    /// Eight bytes at a time, so that a comparison with many programs costs next to nothing.
    fn words(&self) -> [u64; 4] {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(self.0.as_chunks().0) {
            *word = u64::from_ne_bytes(*bytes);
        }
        words
    }

    pub(crate) const fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// Takes as long for a hash that is almost the same as for any other.
impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.words(), other.words());
        let differing = one.iter().zip(other).fold(0, |bits, (one, other)| bits | (one ^ other));
        differing.ct_eq(&0).into()
    }
}

impl fmt::Display for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_known_again_by_what_is_written_of_it() {
        let hash = SecretHash::of("abc");
        let written = hash.to_string();
        assert!(written.starts_with("ba7816bf8f01"), "{written}");
        assert_eq!(SecretHash::parse(&written), Some(hash));
        assert!(hash.is_of("abc") && !hash.is_of("abd") && !hash.is_of(""));
        for wrong in ["", "abc", &written[1..], &format!("{}+1", &written[2..]), &"é".repeat(32)] {
            assert_eq!(SecretHash::parse(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{hash:?}"), "SecretHash(..)");
    }
}
