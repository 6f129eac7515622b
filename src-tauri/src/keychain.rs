//! The OS keychain: Secret Service, macOS Keychain or Windows Credential Manager, through keyring's stores.

#[cfg(target_os = "linux")]
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use glowjar_agent::ports::Keychain;
use glowjar_lifecycle::input::KeychainTrouble;
use keyring_core::{Entry, Error, api::CredentialStoreApi};
use secrecy::{ExposeSecret, SecretSlice};

use crate::folders::IDENTIFIER;

#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
pub mod stirring;

/// Opens the store once, since that takes a tenth of a second, and anew only after it failed as a whole.
#[derive(Default)]
pub struct SystemKeychain {
    store: Mutex<Option<Store>>,
}

/// What a call needs the keychain to be ready for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Reading,
    Writing,
}

type Store = Arc<dyn CredentialStoreApi + Send + Sync>;

impl Keychain for SystemKeychain {
    fn read(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
        match self.with_entry(entry, Purpose::Reading, Entry::get_secret) {
            Ok(value) => Ok(Some(value.into())),
            Err(Failure::Store(Error::NoEntry)) => Ok(None),
            Err(failure) => Err(failure.into_trouble("read")),
        }
    }

    fn write(&self, entry: &str, value: &SecretSlice<u8>) -> Result<(), KeychainTrouble> {
        self.with_entry(entry, Purpose::Writing, |entry| entry.set_secret(value.expose_secret()))
            .map_err(|failure| failure.into_trouble("write"))
    }

    fn delete(&self, entry: &str) -> Result<(), KeychainTrouble> {
        match self.with_entry(entry, Purpose::Reading, Entry::delete_credential) {
            Ok(()) | Err(Failure::Store(Error::NoEntry)) => Ok(()),
            Err(failure) => Err(failure.into_trouble("delete")),
        }
    }

    fn unlock(&self) -> Result<(), KeychainTrouble> {
        unlock()
    }

    fn longest_value(&self) -> usize {
        LONGEST_VALUE
    }
}

impl SystemKeychain {
    fn with_entry<T>(
        &self,
        entry: &str,
        purpose: Purpose,
        call: impl Fn(&Entry) -> keyring_core::Result<T>,
    ) -> Result<T, Failure> {
        probe(purpose).map_err(Failure::Probe)?;
        let outcome = self.once(entry, &call);
        match outcome {
            // A keychain that was restarted no longer knows the connection of before.
            Err(Error::PlatformFailure(_)) => {
                self.store().take();
                self.once(entry, &call).map_err(Failure::Store)
            }
            outcome => outcome.map_err(Failure::Store),
        }
    }

    fn once<T>(
        &self,
        entry: &str,
        call: impl Fn(&Entry) -> keyring_core::Result<T>,
    ) -> keyring_core::Result<T> {
        let store = {
            let mut opened = self.store();
            match &*opened {
                Some(store) => Arc::clone(store),
                None => Arc::clone(opened.insert(open()?)),
            }
        };
        call(&build(&*store, entry)?)
    }

    fn store(&self) -> MutexGuard<'_, Option<Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a call failed.
enum Failure {
    Probe(KeychainTrouble),
    Store(Error),
}

impl Failure {
    fn into_trouble(self, call: &str) -> KeychainTrouble {
        match self {
            Self::Probe(trouble) => trouble,
            Self::Store(error) => {
                // Never its `Debug`: two variants carry what was read.
                tracing::warn!(event = "keychain_failed", call, %error);
                trouble(&error)
            }
        }
    }
}

fn trouble(error: &Error) -> KeychainTrouble {
    match error {
        Error::NoStorageAccess(_) => KeychainTrouble::Locked,
        Error::NoDefaultStore => KeychainTrouble::Absent,
        Error::BadStoreFormat(_) | Error::BadDataFormat(..) => KeychainTrouble::Incomplete,
        Error::PlatformFailure(cause) => platform_trouble(cause.as_ref()),
        _ => KeychainTrouble::Refused,
    }
}

#[cfg(target_os = "linux")]
use secret_service::{platform_trouble, probe, unlock};

#[cfg(target_os = "linux")]
fn open() -> keyring_core::Result<Store> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// Keyring programs list entries by their label.
#[cfg(target_os = "linux")]
fn build(store: &dyn CredentialStoreApi, entry: &str) -> keyring_core::Result<Entry> {
    let label = format!("Glowjar: {entry}");
    store.build(IDENTIFIER, entry, Some(&HashMap::from([("label", label.as_str())])))
}

#[cfg(not(target_os = "linux"))]
fn build(store: &dyn CredentialStoreApi, entry: &str) -> keyring_core::Result<Entry> {
    store.build(IDENTIFIER, entry, None)
}

#[cfg(target_os = "macos")]
fn open() -> keyring_core::Result<Store> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open() -> keyring_core::Result<Store> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Both unlock with the person's own sign-in to the computer.
#[cfg(not(target_os = "linux"))]
fn probe(_: Purpose) -> Result<(), KeychainTrouble> {
    Ok(())
}

/// macOS asks by itself as soon as the keychain is used, and Windows never.
#[cfg(not(target_os = "linux"))]
fn unlock() -> Result<(), KeychainTrouble> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn platform_trouble(_: &(dyn std::error::Error + 'static)) -> KeychainTrouble {
    KeychainTrouble::Refused
}

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE`, in bytes.
#[cfg(windows)]
const LONGEST_VALUE: usize = 2560;
/// No limit is known; 8 KiB were tried. Nothing that Glowjar keeps is anywhere near.
#[cfg(not(windows))]
const LONGEST_VALUE: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn caused() -> keyring_core::error::PlatformError {
        Box::new(std::io::Error::other("the keychain's own words"))
    }

    #[test]
    fn a_locked_and_an_absent_keychain_are_told_apart_from_one_that_refuses() {
        assert_eq!(trouble(&Error::NoStorageAccess(caused())), KeychainTrouble::Locked);
        assert_eq!(trouble(&Error::NoDefaultStore), KeychainTrouble::Absent);
        assert_eq!(trouble(&Error::PlatformFailure(caused())), KeychainTrouble::Refused);
        assert_eq!(trouble(&Error::TooLong("secret".into(), 2560)), KeychainTrouble::Refused);
    }

    #[test]
    fn f33_what_is_logged_of_an_unreadable_entry_does_not_hold_its_value() {
        let value = b"p8e-secret".to_vec();
        for error in [Error::BadEncoding(value.clone()), Error::BadDataFormat(value, caused())] {
            let logged = error.to_string();
            assert!(!logged.contains("p8e"), "{logged}");
            assert!(!logged.contains("112, 56"), "{logged}");
        }
    }
}
