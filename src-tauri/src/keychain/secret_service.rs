//! Asks a Secret Service how it stands, without ever raising a prompt, before anything is read or written.
//!
//! Reading from a locked collection would wait for a prompt that nobody asked for, perhaps on a screen nobody sees.

use std::{io, time::Duration};

use glowjar_lifecycle::input::KeychainTrouble;
use secret_service::{EncryptionType, Error, blocking::SecretService};
use zbus::{
    blocking::{Connection, connection::Builder, fdo::DBusProxy},
    names::BusName,
};

use super::Purpose;

/// Whether a call of this purpose can go through without a prompt.
pub fn probe(purpose: Purpose) -> Result<(), KeychainTrouble> {
    let service = connect(Some(PATIENCE))?;
    let is_ready = match service.get_default_collection() {
        Ok(collection) => collection.is_locked().map(|locked| !locked),
        // A new person on this machine has no keyring yet. Unlocking offers to make one.
        Err(Error::NoResult) => Ok(purpose == Purpose::Reading),
        Err(error) => Err(error),
    };
    match is_ready {
        Ok(true) => Ok(()),
        Ok(false) => Err(KeychainTrouble::Locked),
        Err(error) => Err(trouble(&error)),
    }
}

/// Asks the person for the keyring's password, or for a new one where there is no keyring yet.
pub fn unlock() -> Result<(), KeychainTrouble> {
    // A person takes longer than any limit.
    let service = connect(None)?;
    let unlocked = match service.get_default_collection() {
        Ok(collection) => collection.unlock(),
        Err(Error::NoResult) => service.create_collection("Login", "default").map(drop),
        Err(error) => Err(error),
    };
    unlocked.map_err(|error| trouble(&error))
}

/// What a failure of the store as a whole says about the keychain.
pub fn platform_trouble(cause: &(dyn std::error::Error + 'static)) -> KeychainTrouble {
    cause.downcast_ref().map_or(KeychainTrouble::Refused, trouble)
}

fn connect(patience: Option<Duration>) -> Result<SecretService<'static>, KeychainTrouble> {
    let bus = connect_to_bus(patience).map_err(|_| KeychainTrouble::Absent)?;
    if !is_there(&bus).map_err(|error| trouble(&error.into()))? {
        return Err(KeychainTrouble::Absent);
    }
    // Nothing secret travels on this connection, so it needs no key exchange.
    SecretService::connect_with_existing(EncryptionType::Plain, bus)
        .map_err(|error| trouble(&error))
}

fn connect_to_bus(patience: Option<Duration>) -> zbus::Result<Connection> {
    let builder = Builder::session()?;
    match patience {
        Some(patience) => builder.method_timeout(patience).build(),
        None => builder.build(),
    }
}

/// Running, or started by the bus as soon as it is spoken to.
fn is_there(bus: &Connection) -> zbus::Result<bool> {
    let names = DBusProxy::new(bus)?;
    let name = BusName::try_from(NAME)?;
    Ok(names.name_has_owner(name)?
        || names.list_activatable_names()?.iter().any(|known| known.as_str() == NAME))
}

fn trouble(error: &Error) -> KeychainTrouble {
    match error {
        Error::Locked | Error::Prompt => KeychainTrouble::Locked,
        Error::Unavailable => KeychainTrouble::Absent,
        Error::Zbus(zbus::Error::InputOutput(cause)) if cause.kind() == io::ErrorKind::TimedOut => {
            KeychainTrouble::NotAnswering
        }
        _ => KeychainTrouble::Refused,
    }
}

pub(super) const NAME: &str = "org.freedesktop.secrets";

/// A Secret Service that runs answers in 25 ms; one that the bus has to start first takes half a second.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f22_a_service_that_never_answers_is_not_taken_for_one_that_refuses() {
        let timed_out = zbus::Error::from(io::Error::from(io::ErrorKind::TimedOut));
        assert_eq!(trouble(&Error::Zbus(timed_out)), KeychainTrouble::NotAnswering);
    }

    #[test]
    fn a_dismissed_prompt_leaves_the_keychain_locked() {
        assert_eq!(trouble(&Error::Prompt), KeychainTrouble::Locked);
    }
}
