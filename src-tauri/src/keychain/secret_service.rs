//! Asks a Secret Service how it stands, without ever raising a prompt, before anything is read or written.
//!
//! Reading from a locked collection would wait for a prompt that nobody asked for, perhaps on a screen nobody sees.

use std::{
    collections::HashMap,
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use glowjar_lifecycle::input::KeychainTrouble;
use secret_service::{EncryptionType, Error, blocking::SecretService};
use serde::de::DeserializeOwned;
use zbus::{
    blocking::{
        Connection,
        connection::Builder,
        fdo::{DBusProxy, PropertiesProxy},
    },
    names::{BusName, InterfaceName},
    zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Type},
};

use super::{Purpose, Way};
use crate::folders::IDENTIFIER;

mod kwallet;

/// Where an entry is. Its collection counts: KeePassXC calls each entry locked that the asking program may not have yet, and
/// asks the person when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    InOpen,
    InLocked,
    Nowhere,
}

/// The collection that new entries go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Default {
    Open,
    Locked {
        /// Another one is open, that of the session aside.
        other_is_open: bool,
    },
    Missing {
        /// There are others, that of the session aside.
        others: bool,
    },
}

/// The bus as the last call left it. To connect takes longer than all that is asked, and a start with hundreds of profiles
/// asks hundreds of times.
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

struct Kept {
    bus: Connection,
    /// For so many reads more, nothing is asked: a moment ago all of Glowjar's entries were in open collections, and so was
    /// the default. Each read would take six calls else, where two are enough.
    reads: u32,
}

/// No read follows this moment, so the next one asks anew what is open.
pub fn nothing_waits() {
    if let Some(kept) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        kept.reads = 0;
    }
}

/// Whether the next read, which counts as done with this, need not be probed.
pub fn reads_in_a_row() -> bool {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(kept) = kept.as_mut() else { return false };
    let left = kept.reads.checked_sub(1);
    kept.reads = left.unwrap_or(0);
    left.is_some()
}

/// How a call of this purpose can go through without a prompt, or why it can't.
pub fn probe(entry: &str, purpose: Purpose) -> Result<Way, KeychainTrouble> {
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let earlier = kept().take().map(|it| it.bus);
    // One that was closed meanwhile fails here, and then another takes its place.
    let (bus, is_there) = match earlier.and_then(|bus| Some((is_there(&bus).ok()?, bus))) {
        Some((is_there, bus)) => (bus, is_there),
        None => {
            let bus = connect_to_bus(Some(PATIENCE)).map_err(|_| KeychainTrouble::Absent)?;
            let is_there = is_there(&bus).map_err(|error| bus_trouble(&error))?;
            (bus, is_there)
        }
    };
    let way = match is_there {
        true => probe_over(&bus, entry, purpose)?,
        false => Err(KeychainTrouble::Absent),
    };
    let all_are_open = purpose == Purpose::Reading
        && way == Ok(Way::Clear)
        && Asked(&bus).has_all_in_open().unwrap_or(false);
    *kept() = Some(Kept { bus, reads: if all_are_open { READS_IN_A_ROW } else { 0 } });
    way
}

/// The outer error is one of the bus, after which nobody can rely on it.
fn probe_over(
    bus: &Connection,
    entry: &str,
    purpose: Purpose,
) -> Result<Result<Way, KeychainTrouble>, KeychainTrouble> {
    let service = Asked(bus);
    let attributes = HashMap::from([OURS[0], ("username", entry)]);
    let look = || {
        let default = service.default()?;
        let found = match default.can_be_searched() {
            true => service.found(&attributes)?,
            false => Found::Nowhere,
        };
        Ok(can_go_on(purpose, found, default))
    };
    let seen = look().map_err(|error| bus_trouble(&error))?;
    if seen == Err(KeychainTrouble::Locked) && kwallet::open_to_programs(bus).unwrap_or(false) {
        return look().map_err(|error| bus_trouble(&error));
    }
    Ok(seen)
}

impl Default {
    /// KeePassXC has the person unlock before it searches, if there is nothing open to search in. And that can't bring more
    /// than is known: everything is locked, or there is nothing.
    const fn can_be_searched(self) -> bool {
        !matches!(self, Self::Locked { other_is_open: false } | Self::Missing { others: false })
    }
}

/// What is in an open collection is read, changed and deleted there, whichever is the default.
const fn can_go_on(
    purpose: Purpose,
    found: Found,
    default: Default,
) -> Result<Way, KeychainTrouble> {
    match (found, default, purpose) {
        (Found::InLocked, ..) => Err(KeychainTrouble::Locked),
        (Found::InOpen, ..) | (Found::Nowhere, Default::Open, _) => Ok(Way::Clear),
        // It may be in there: not every Secret Service says what is in a locked one.
        (Found::Nowhere, Default::Locked { other_is_open: false }, _) => {
            Err(KeychainTrouble::Locked)
        }
        (Found::Nowhere, Default::Locked { other_is_open: true }, _) => {
            Err(KeychainTrouble::DefaultLocked)
        }
        // A new person on this machine has no keyring yet, and so no entry either.
        (Found::Nowhere, Default::Missing { others: false }, Purpose::Reading)
        | (Found::Nowhere, Default::Missing { .. }, Purpose::Deleting) => Ok(Way::NothingThere),
        (Found::Nowhere, Default::Missing { .. }, _) => Err(KeychainTrouble::NoDefault),
    }
}

/// What a Secret Service answers to anybody, without a session: KWallet has none for those who want no encryption, and
/// agreeing on a key takes longer than everything that is asked here.
#[derive(Clone, Copy)]
struct Asked<'a>(&'a Connection);

impl Asked<'_> {
    fn found(self, attributes: &HashMap<&str, &str>) -> zbus::Result<Found> {
        let collections = self.collections_with(attributes)?;
        Ok(match collections.is_empty() {
            true => Found::Nowhere,
            false if self.any(&collections, |is_locked| is_locked)? => Found::InLocked,
            false => Found::InOpen,
        })
    }

    /// Whether the default collection is open and nothing of Glowjar's is in a locked one. The second is mostly known without
    /// a search, which grows with the number of entries.
    fn has_all_in_open(self) -> zbus::Result<bool> {
        Ok(self.default()? == Default::Open
            && (!self.any(&self.lasting()?, |is_locked| is_locked)?
                || self.found(&OURS.into())? == Found::InOpen))
    }

    fn default(self) -> zbus::Result<Default> {
        let Some(default) = self.alias("default")? else {
            return Ok(Default::Missing { others: !self.lasting()?.is_empty() });
        };
        if !self.is_locked(&default)? {
            return Ok(Default::Open);
        }
        let other_is_open = self.any(&self.lasting()?, |is_locked| !is_locked)?;
        Ok(Default::Locked { other_is_open })
    }

    /// The collections of all entries with these attributes.
    fn collections_with(
        self,
        attributes: &HashMap<&str, &str>,
    ) -> zbus::Result<Vec<OwnedObjectPath>> {
        let (open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            self.call("SearchItems", &(attributes,))?;
        let items = open.iter().chain(&locked);
        let mut paths: Vec<_> = items.filter_map(|item| collection_of(item.as_str())).collect();
        paths.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        paths.dedup();
        Ok(paths)
    }

    /// All collections but the session's, which is always open and forgotten when the person logs out.
    fn lasting(self) -> zbus::Result<Vec<OwnedObjectPath>> {
        let session = self.alias("session")?;
        let all = self.property(SERVICE, "org.freedesktop.Secret.Service", "Collections")?;
        let mut collections = Vec::<OwnedObjectPath>::try_from(all)?;
        collections.retain(|collection| Some(collection) != session.as_ref());
        Ok(collections)
    }

    fn alias(self, name: &str) -> zbus::Result<Option<OwnedObjectPath>> {
        let path: OwnedObjectPath = self.call("ReadAlias", &(name,))?;
        Ok(Some(path).filter(|path| path.as_str() != NO_OBJECT))
    }

    fn any(self, collections: &[OwnedObjectPath], is: impl Fn(bool) -> bool) -> zbus::Result<bool> {
        for collection in collections {
            if is(self.is_locked(collection)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_locked(self, collection: &OwnedObjectPath) -> zbus::Result<bool> {
        let path = collection.as_str();
        Ok(self.property(path, "org.freedesktop.Secret.Collection", "Locked")?.try_into()?)
    }

    fn call<A, R>(self, method: &str, arguments: &A) -> zbus::Result<R>
    where
        A: serde::Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        let interface = Some("org.freedesktop.Secret.Service");
        let reply = self.0.call_method(Some(NAME), SERVICE, interface, method, arguments)?;
        reply.body().deserialize()
    }

    fn property(self, path: &str, interface: &str, name: &str) -> zbus::Result<OwnedValue> {
        let object = PropertiesProxy::new(self.0, NAME, ObjectPath::try_from(path)?)?;
        Ok(object.get(InterfaceName::try_from(interface)?, name)?)
    }
}

/// `/org/freedesktop/secrets/collection/xxxx/iiii` is an item of the collection that it begins with.
/// <https://specifications.freedesktop.org/secret-service-spec/latest/object-paths.html>
fn collection_of(item: &str) -> Option<OwnedObjectPath> {
    let (collection, _) = item.rsplit_once('/')?;
    OwnedObjectPath::try_from(collection).ok()
}

/// Asks the person for the password of the keyring that has Glowjar's entries or is to get them, or for a new one where there is
/// no default keyring yet.
pub fn unlock() -> Result<(), KeychainTrouble> {
    // A person takes longer than any limit.
    let bus = connect(None)?;
    let ours = ours(Asked(&bus)).map_err(|error| bus_trouble(&error))?;
    let service = SecretService::connect_with_existing(EncryptionType::Dh, bus.clone());
    let service = service.map_err(|error| trouble(&error))?;
    unlock_what_is_wanted(&service, ours).map_err(|error| trouble(&error))
}

/// The collections that have entries of Glowjar's, as far as can be told without a prompt.
fn ours(service: Asked<'_>) -> zbus::Result<Vec<OwnedObjectPath>> {
    match service.default()?.can_be_searched() {
        true => service.collections_with(&OURS.into()),
        false => Ok(Vec::new()),
    }
}

fn unlock_what_is_wanted(
    service: &SecretService<'_>,
    ours: Vec<OwnedObjectPath>,
) -> Result<(), Error> {
    let mut has_unlocked = false;
    for path in ours {
        let collection = service.get_collection_by_path(path)?;
        if collection.is_locked()? {
            collection.unlock()?;
            has_unlocked = true;
        }
    }
    match service.get_default_collection() {
        // One password at a time.
        _ if has_unlocked => Ok(()),
        Ok(collection) => collection.unlock(),
        Err(Error::NoResult) => service.create_collection("Login", "default").map(drop),
        Err(error) => Err(error),
    }
}

/// What a failure of the store as a whole says about the keychain.
pub fn platform_trouble(cause: &(dyn std::error::Error + 'static)) -> KeychainTrouble {
    cause.downcast_ref().map_or(KeychainTrouble::Refused, trouble)
}

/// To the bus, if a Secret Service is there.
fn connect(patience: Option<Duration>) -> Result<Connection, KeychainTrouble> {
    let bus = connect_to_bus(patience).map_err(|_| KeychainTrouble::Absent)?;
    if !is_there(&bus).map_err(|error| bus_trouble(&error))? {
        return Err(KeychainTrouble::Absent);
    }
    Ok(bus)
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
        Error::Zbus(error) => bus_trouble(error),
        _ => KeychainTrouble::Refused,
    }
}

fn bus_trouble(error: &zbus::Error) -> KeychainTrouble {
    match error {
        zbus::Error::InputOutput(cause) if cause.kind() == io::ErrorKind::TimedOut => {
            KeychainTrouble::NotAnswering
        }
        // It went between two questions.
        zbus::Error::MethodError(name, ..) if GONE.contains(&name.as_str()) => {
            KeychainTrouble::Absent
        }
        _ => KeychainTrouble::Refused,
    }
}

/// What every entry of Glowjar's has.
const OURS: [(&str, &str); 1] = [("service", IDENTIFIER)];
const SERVICE: &str = "/org/freedesktop/secrets";
/// What the specification has in place of an object that isn't there.
const NO_OBJECT: &str = "/";
const GONE: [&str; 2] =
    ["org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"];

pub(super) const NAME: &str = "org.freedesktop.secrets";

/// A Secret Service that runs answers in 25 ms; one that the bus has to start first takes half a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Some 50 ms of them. A keyring that is locked within that time is met by a read that asks for its password.
const READS_IN_A_ROW: u32 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f22_a_service_that_never_answers_is_not_taken_for_one_that_refuses() {
        let timed_out = zbus::Error::from(io::Error::from(io::ErrorKind::TimedOut));
        assert_eq!(trouble(&Error::Zbus(timed_out)), KeychainTrouble::NotAnswering);
    }

    const EVERY_PURPOSE: [Purpose; 3] = [Purpose::Reading, Purpose::Writing, Purpose::Deleting];
    const EVERY_DEFAULT: [Default; 5] = [
        Default::Open,
        Default::Locked { other_is_open: false },
        Default::Locked { other_is_open: true },
        Default::Missing { others: false },
        Default::Missing { others: true },
    ];

    #[test]
    fn f56_an_entry_in_an_open_keyring_can_be_used_whichever_is_the_default() {
        for (purpose, default) in pairs() {
            assert_eq!(can_go_on(purpose, Found::InOpen, default), Ok(Way::Clear), "{default:?}");
        }
    }

    #[test]
    fn f22_an_entry_in_a_locked_keyring_is_locked_whichever_is_the_default() {
        for (purpose, default) in pairs() {
            let trouble = can_go_on(purpose, Found::InLocked, default);
            assert_eq!(trouble, Err(KeychainTrouble::Locked), "{default:?}");
        }
    }

    #[test]
    fn f56_no_default_keyring_and_one_that_is_locked_beside_an_open_one_are_told_apart() {
        let seen =
            |default| EVERY_PURPOSE.map(|purpose| can_go_on(purpose, Found::Nowhere, default));
        let (locked, beside) = (KeychainTrouble::Locked, KeychainTrouble::DefaultLocked);
        let missing = KeychainTrouble::NoDefault;
        let expected = [
            [Ok(Way::Clear); 3],
            [Err(locked); 3],
            [Err(beside); 3],
            [Ok(Way::NothingThere), Err(missing), Ok(Way::NothingThere)],
            [Err(missing), Err(missing), Ok(Way::NothingThere)],
        ];
        assert_eq!(EVERY_DEFAULT.map(seen), expected);
    }

    #[test]
    fn the_collection_of_an_item_is_the_path_before_it() {
        let of = |item: &str| collection_of(item).map(|path| path.to_string());
        let login = "/org/freedesktop/secrets/collection/login";
        assert_eq!(of(&format!("{login}/12")).as_deref(), Some(login));
        assert_eq!(of("nonsense"), None);
        assert_eq!(of(""), None);
    }

    fn pairs() -> impl Iterator<Item = (Purpose, Default)> {
        EVERY_PURPOSE
            .into_iter()
            .flat_map(|purpose| EVERY_DEFAULT.map(|default| (purpose, default)))
    }

    #[test]
    fn a_dismissed_prompt_leaves_the_keychain_locked() {
        assert_eq!(trouble(&Error::Prompt), KeychainTrouble::Locked);
    }
}
