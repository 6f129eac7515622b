//! The OS keychain: Secret Service, macOS Keychain or Windows Credential Manager, through keyring's stores.

#[cfg(target_os = "linux")]
use std::collections::HashMap;

use glowjar_agent::ports::Keychain;
use glowjar_lifecycle::input::KeychainTrouble;
use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret, SecretSlice};

use crate::folders::IDENTIFIER;

#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
pub mod unlock_watcher;

/// The store is opened once, since that takes a tenth of a second, and anew only after it failed as a whole.
pub struct SystemKeychain;

/// What a call needs the keychain to be ready for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Reading,
    Writing,
    Deleting,
}

impl Keychain for SystemKeychain {
    fn read(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
        match with_entry(entry, Purpose::Reading, Entry::get_secret) {
            Ok(value) => Ok(Some(value.into())),
            Err(Failure::Store(Error::NoEntry)) => Ok(None),
            Err(failure) => Err(failure.into_trouble("read")),
        }
    }

    fn write(&self, entry: &str, value: &SecretSlice<u8>) -> Result<(), KeychainTrouble> {
        with_entry(entry, Purpose::Writing, |entry| entry.set_secret(value.expose_secret()))
            .map_err(|failure| failure.into_trouble("write"))
    }

    fn delete(&self, entry: &str) -> Result<(), KeychainTrouble> {
        match with_entry(entry, Purpose::Deleting, Entry::delete_credential) {
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

    fn nothing_waits(&self) {
        nothing_waits();
    }
}

/// How a call that needs no prompt goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Clear,
    /// There is no such entry, and only asking for it would raise a prompt.
    NothingThere,
}

fn with_entry<T>(
    entry: &str,
    purpose: Purpose,
    call: impl Fn(&Entry) -> keyring_core::Result<T>,
) -> Result<T, Failure> {
    let once = || {
        open()?;
        call(&named(entry)?)
    };
    if purpose == Purpose::Reading && reads_in_a_row() {
        match once() {
            Ok(value) => return Ok(value),
            Err(Error::NoEntry) => return Err(Failure::Store(Error::NoEntry)),
            // It is found out below.
            Err(_) => {}
        }
    }
    if probe(entry, purpose).map_err(Failure::Probe)? == Way::NothingThere {
        return Err(Failure::Store(Error::NoEntry));
    }
    match once() {
        // A keychain that was restarted no longer knows the connection of before.
        Err(Error::PlatformFailure(_)) => {
            keyring_core::unset_default_store();
            once().map_err(Failure::Store)
        }
        outcome => outcome.map_err(Failure::Store),
    }
}

/// Lets `keyring` choose and open the store of this system.
fn open() -> keyring_core::Result<()> {
    // It does so once per process, and a Secret Service comes and goes.
    let _ = keyring::Entry::store_status();
    match keyring_core::get_default_store() {
        Some(_) => Ok(()),
        None => open_again(),
    }
}

/// Why a call failed.
enum Failure {
    Probe(KeychainTrouble),
    Store(Error),
}

impl Failure {
    fn into_trouble(self, call: &str) -> KeychainTrouble {
        // A library that could open no connection says that nobody is there.
        if is_exhausted() {
            tracing::warn!(event = "keychain_exhausted", call);
            return KeychainTrouble::Exhausted;
        }
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

/// Whether this process can open nothing more.
#[cfg(unix)]
fn is_exhausted() -> bool {
    use std::{fs::File, os::fd::AsFd};

    // Two, since somebody else may just have closed one.
    let opened = File::open("/dev/null").and_then(|file| file.as_fd().try_clone_to_owned());
    opened.is_err_and(|error| of_too_many_files(&error))
}

/// `EMFILE` and `ENFILE`, the same number on every Unix: see errno(3).
#[cfg(unix)]
fn of_too_many_files(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}

#[cfg(not(unix))]
const fn is_exhausted() -> bool {
    false
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
use secret_service::{nothing_waits, platform_trouble, probe, reads_in_a_row, unlock};

#[cfg(target_os = "linux")]
fn open_again() -> keyring_core::Result<()> {
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn open_again() -> keyring_core::Result<()> {
    Err(Error::NoDefaultStore)
}

/// Keyring programs list entries by their label.
#[cfg(target_os = "linux")]
fn named(entry: &str) -> keyring_core::Result<Entry> {
    let label = format!("Glowjar: {entry}");
    let modifiers = HashMap::from([("label", label.as_str())]);
    Entry::new_with_modifiers(IDENTIFIER, entry, &modifiers)
}

#[cfg(not(target_os = "linux"))]
fn named(entry: &str) -> keyring_core::Result<Entry> {
    Entry::new(IDENTIFIER, entry)
}

/// Both unlock with the person's own sign-in to the computer.
#[cfg(not(target_os = "linux"))]
fn probe(_: &str, _: Purpose) -> Result<Way, KeychainTrouble> {
    Ok(Way::Clear)
}

/// macOS asks by itself as soon as the keychain is used, and Windows never.
#[cfg(not(target_os = "linux"))]
fn unlock() -> Result<(), KeychainTrouble> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
const fn nothing_waits() {}

#[cfg(not(target_os = "linux"))]
const fn reads_in_a_row() -> bool {
    false
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
    #[cfg(unix)]
    fn f55_too_many_open_files_are_told_apart_from_a_missing_one() {
        let of = std::io::Error::from_raw_os_error;
        assert_eq!([24, 23, 2, 13].map(|n| of_too_many_files(&of(n))), [true, true, false, false]);
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
