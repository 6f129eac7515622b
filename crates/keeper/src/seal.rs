//! Values that are sealed before they go to a disk or to an engine.
//!
//! AES-256-GCM with the value's place as associated data, so that a value that was moved to another place can't be opened there.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use secrecy::zeroize::Zeroizing;
use serde::{Serialize, de::DeserializeOwned};

/// A studio's key, the same at all its keepers. Cheap to clone.
#[derive(Clone)]
pub struct Key(Arc<RandomizedNonceKey>);

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key in {} can't be used: {cause}", path.display())]
    File { path: PathBuf, cause: io::Error },
    #[error("the key in {} is not 64 hexadecimal digits", .0.display())]
    Malformed(PathBuf),
}

/// The key is another one, or somebody changed or moved the value.
#[derive(Debug, thiserror::Error)]
#[error("what is stored as {0} can't be opened with this studio's key")]
pub struct SealError(String);

impl Key {
    /// systemd's credential `glowjar-key`, where one is given (`$CREDENTIALS_DIRECTORY`), else a file of this name in the folder that
    /// only its owner can read, made up at first.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn of(folder: &Path) -> Result<Self, KeyError> {
        Self::at(&given().unwrap_or_else(|| folder.join(FILE)))
    }

    /// Whether it is systemd's.
    pub(crate) fn is_given() -> bool {
        given().is_some()
    }

    /// Out of this file, which is made at first.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn at(path: &Path) -> Result<Self, KeyError> {
        let path = path.to_owned();
        let trouble = |cause| KeyError::File { path: path.clone(), cause };
        if !path.exists() {
            make_up(&path).map_err(trouble)?;
        }
        let digits = Zeroizing::new(fs::read_to_string(&path).map_err(trouble)?);
        Self::parse(digits.trim()).ok_or(KeyError::Malformed(path))
    }

    fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).ok()?;
        }
        Some(Self(Arc::new(RandomizedNonceKey::new(&AES_256_GCM, &*bytes).ok()?)))
    }

    /// The nonce, and what was sealed with it.
    ///
    /// # Errors
    /// The value can't be written as JSON.
    pub fn seal<T: Serialize>(&self, place: &str, value: &T) -> Result<Vec<u8>, SealError> {
        let text = serde_json::to_vec(value).map(Zeroizing::new);
        self.seal_bytes(place, &text.map_err(|_| SealError(place.to_owned()))?)
    }

    /// # Errors
    /// See [`SealError`].
    pub fn open<T: DeserializeOwned>(&self, place: &str, sealed: &[u8]) -> Result<T, SealError> {
        let value = self.unseal(place, sealed).and_then(|text| serde_json::from_slice(&text).ok());
        value.ok_or_else(|| SealError(place.to_owned()))
    }

    /// The same value sealed with another key; `None` if it is that already.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn resealed(
        &self,
        new: &Self,
        place: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, SealError> {
        match self.unseal(place, sealed) {
            Some(text) => new.seal_bytes(place, &text).map(Some),
            None if new.unseal(place, sealed).is_some() => Ok(None),
            None => Err(SealError(place.to_owned())),
        }
    }

    fn seal_bytes(&self, place: &str, text: &[u8]) -> Result<Vec<u8>, SealError> {
        let trouble = || SealError(place.to_owned());
        let mut text = text.to_vec();
        let aad = Aad::from(place.as_bytes());
        let nonce = self.0.seal_in_place_append_tag(aad, &mut text).map_err(|_| trouble())?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    fn unseal(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = Zeroizing::new(text.to_vec());
        let aad = Aad::from(place.as_bytes());
        let length = self.0.open_in_place(nonce, aad, &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key([hidden])")
    }
}

fn make_up(path: &Path) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(io::Error::other)?;
    let digits: Zeroizing<String> =
        Zeroizing::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(digits.as_bytes()).and_then(|()| file.sync_all())
}

fn given() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CREDENTIALS_DIRECTORY")?);
    Some(folder.join(FILE)).filter(|path| path.exists())
}

pub(crate) const FILE: &str = "glowjar-key";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s19_what_was_moved_changed_or_sealed_with_another_key_can_t_be_opened() {
        let key = Key::parse(&"07".repeat(32)).expect("a key");
        let other = Key::parse(&"08".repeat(32)).expect("a key");
        let sealed = key.seal("pool/a", &"secret").expect("sealed");
        assert_eq!(key.open::<String>("pool/a", &sealed).expect("opened"), "secret");
        assert!(key.open::<String>("pool/b", &sealed).is_err());
        assert!(other.open::<String>("pool/a", &sealed).is_err());
        for length in 0..sealed.len() {
            assert!(key.open::<String>("pool/a", &sealed[..length]).is_err(), "cut at {length}");
            let mut changed = sealed.clone();
            changed[length] ^= 1;
            assert!(key.open::<String>("pool/a", &changed).is_err(), "changed at {length}");
        }
    }

    #[test]
    fn debug_hides_it() {
        let key = Key::parse(&"07".repeat(32)).expect("a key");
        assert_eq!(format!("{key:?} {key:#?}"), "Key([hidden]) Key([hidden])");
        assert!(Key::parse("07").is_none() && Key::parse(&"x7".repeat(32)).is_none());
    }
}
