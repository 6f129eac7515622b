//! The desktop's keychain: a real gnome-keyring, KeePassXC or KWallet in every mood, or something that merely stands in
//! its place.

mod keepassxc;
mod kwallet;

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, bail, ensure};
use tokio::process::Command;
use zbus::{
    Connection, Proxy,
    zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value},
};

use crate::{
    bus::{Bus, wait_for_name},
    process::Process,
    session::Surroundings,
    timeouts::{PATIENCE, until, within},
};

/// What a program finds when it asks the bus for the Secret Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainState {
    /// gnome-keyring with an open login collection.
    Unlocked,
    /// gnome-keyring with a locked login collection (one is made if there is none yet).
    Locked,
    /// gnome-keyring as a fresh user finds it, without any collection to write to.
    NoCollection,
    /// gnome-keyring with an open collection and no default one.
    NoDefault,
    /// gnome-keyring with an open login collection and another as the default, which is locked.
    DefaultLocked,
    /// KeePassXC, which needs a screen.
    KeePassXc(Unlocking),
    /// KWallet, which needs a screen.
    KWallet(Unlocking),
    /// Somebody who owns the name, takes every call and never answers.
    Silent,
    /// Nobody.
    Absent,
}

/// How the default collection of KeePassXC or KWallet stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlocking {
    Open,
    /// KWallet alone: opened with the person's login, and no program has asked for it yet.
    OpenedAtLogin,
    Locked,
    /// There is none.
    Missing,
}

impl KeychainState {
    /// The title of the window that asks for the password when a program wants to unlock this keychain. `None` where
    /// there is nothing to unlock, or gnome-keyring's own prompt would come, which no test answers.
    #[must_use]
    pub const fn prompt(self) -> Option<&'static str> {
        match self {
            Self::KeePassXc(Unlocking::Locked) => Some(keepassxc::PROMPT),
            Self::KWallet(Unlocking::Locked) => Some(kwallet::PROMPT),
            _ => None,
        }
    }
}

/// The keychain of one desktop.
pub struct Keychain {
    surroundings: Surroundings,
    bus: Connection,
    daemon: Option<Process>,
    stand_in: Option<Connection>,
    address: String,
}

impl std::fmt::Debug for Keychain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keychain")
            .field("daemon", &self.daemon)
            .field("silent", &self.stand_in.is_some())
            .finish()
    }
}

/// An entry as anybody on the bus can list it: everything but the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub label: String,
    pub attributes: BTreeMap<String, String>,
    pub locked: bool,
    path: OwnedObjectPath,
}

impl Keychain {
    pub(crate) async fn start(
        surroundings: Surroundings,
        bus: &Bus,
        state: KeychainState,
    ) -> Result<Self> {
        let mut keychain = Self {
            surroundings,
            bus: bus.connection().clone(),
            daemon: None,
            stand_in: None,
            address: bus.address().to_owned(),
        };
        keychain.replace(state).await?;
        Ok(keychain)
    }

    /// Ends what owns the Secret Service and puts a new one in its place. What was stored stays on disk.
    ///
    /// # Errors
    /// When gnome-keyring isn't installed or doesn't come up.
    pub async fn replace(&mut self, state: KeychainState) -> Result<()> {
        if let Some(daemon) = self.daemon.take() {
            kwallet::save(&self.bus).await;
            drop(daemon);
        }
        if let Some(stand_in) = self.stand_in.take() {
            stand_in.close().await?;
        }
        wait_for_name(&self.bus, SECRETS, false, PATIENCE).await?;
        match state {
            KeychainState::Absent => {}
            KeychainState::Silent => self.stand_in = Some(fall_silent(&self.address).await?),
            KeychainState::NoCollection => self.start_daemon(&[], b"").await?,
            KeychainState::Unlocked => self.start_daemon(&["--unlock"], PASSWORD).await?,
            KeychainState::Locked => {
                self.start_daemon(&["--unlock"], PASSWORD).await?;
                self.lock().await?;
            }
            KeychainState::NoDefault => {
                self.start_daemon(&[], b"").await?;
                self.make_collection("Work").await?;
            }
            KeychainState::DefaultLocked => {
                self.start_daemon(&["--unlock"], PASSWORD).await?;
                let work = self.make_collection("Work").await?;
                self.make_default(&work).await?;
                self.lock_collection(work.as_str()).await?;
            }
            KeychainState::KeePassXc(unlocking) => {
                self.daemon = Some(keepassxc::start(&self.surroundings, unlocking).await?);
                self.wait_for_unlocking(unlocking).await?;
            }
            KeychainState::KWallet(unlocking) => {
                self.daemon = Some(kwallet::start(&self.surroundings, &self.bus, unlocking).await?);
                self.wait_for_unlocking(unlocking).await?;
            }
        }
        Ok(())
    }

    async fn wait_for_unlocking(&self, unlocking: Unlocking) -> Result<()> {
        wait_for_name(&self.bus, SECRETS, true, PATIENCE).await?;
        match unlocking {
            Unlocking::Open => self.wait_until_collection(DEFAULT, false).await,
            Unlocking::OpenedAtLogin | Unlocking::Locked => {
                self.wait_until_collection(DEFAULT, true).await
            }
            Unlocking::Missing => Ok(()),
        }
    }

    /// What unlocks every keychain here.
    #[must_use]
    pub fn password() -> &'static str {
        std::str::from_utf8(PASSWORD).expect("it can be typed")
    }

    /// Makes another collection of gnome-keyring's, open and with the same password.
    async fn make_collection(&self, label: &str) -> Result<OwnedObjectPath> {
        let attributes =
            HashMap::from([("org.freedesktop.Secret.Collection.Label", Value::from(label))]);
        let internal = self.proxy(SECRETS_PATH, INTERNAL).await?;
        let password = self.plain_password().await?;
        self.answer(internal.call("CreateWithMasterPassword", &(attributes, password))).await
    }

    /// Makes a collection the one that new entries go to.
    ///
    /// # Errors
    /// When no gnome-keyring answers.
    pub async fn make_default(&self, collection: &ObjectPath<'_>) -> Result<()> {
        let service = self.proxy(SECRETS_PATH, "org.freedesktop.Secret.Service").await?;
        self.answer(service.call("SetAlias", &("default", collection))).await
    }

    /// Makes gnome-keyring's login collection the default, as a person does who has read what to do.
    ///
    /// # Errors
    /// As [`Keychain::make_default`].
    pub async fn make_login_default(&self) -> Result<()> {
        self.make_default(&ObjectPath::try_from(LOGIN)?).await
    }

    /// The password on a session without encryption, as gnome-keyring's private interface wants it.
    async fn plain_password(&self) -> Result<(OwnedObjectPath, Vec<u8>, Vec<u8>, &'static str)> {
        let service = self.proxy(SECRETS_PATH, "org.freedesktop.Secret.Service").await?;
        let (_, channel): (OwnedValue, OwnedObjectPath) =
            self.answer(service.call("OpenSession", &("plain", Value::from("")))).await?;
        Ok((channel, Vec::new(), PASSWORD.to_vec(), "text/plain"))
    }

    async fn start_daemon(&mut self, arguments: &[&str], input: &[u8]) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(arguments);
        self.daemon = Some(Process::start_with_input(command, input).await?);
        wait_for_name(&self.bus, SECRETS, true, PATIENCE).await?;
        if arguments.contains(&"--unlock") {
            self.wait_until_locked(false).await?;
        }
        Ok(())
    }

    /// Locks the login collection, as the screen lock or its owner would.
    ///
    /// # Errors
    /// When there is no gnome-keyring with a login collection.
    pub async fn lock(&self) -> Result<()> {
        self.lock_collection(LOGIN).await
    }

    async fn lock_collection(&self, collection: &str) -> Result<()> {
        let service = self.proxy(SECRETS_PATH, "org.freedesktop.Secret.Service").await?;
        let (locked, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.answer(service.call("Lock", &(vec![ObjectPath::try_from(collection)?],))).await?;
        ensure!(prompt.as_str() == "/", "locking wants a prompt");
        ensure!(
            locked.iter().any(|path| path.as_str() == collection),
            "{collection} was not locked"
        );
        self.wait_until_collection(collection, true).await
    }

    /// Unlocks the login collection with its password, without a prompt.
    ///
    /// # Errors
    /// When there is no gnome-keyring with a login collection.
    pub async fn unlock(&self) -> Result<()> {
        // What gnome-keyring's own PAM module and its tests use; the public interface always prompts.
        let internal = self.proxy(SECRETS_PATH, INTERNAL).await?;
        let password = self.plain_password().await?;
        let () = self
            .answer(
                internal
                    .call("UnlockWithMasterPassword", &(ObjectPath::try_from(LOGIN)?, password)),
            )
            .await?;
        self.wait_until_locked(false).await
    }

    /// Everything stored, in no particular order.
    ///
    /// # Errors
    /// When no keychain answers.
    pub async fn entries(&self) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        // KeePassXC finds nothing when it is searched for everything.
        for path in self.items().await? {
            let item = self.proxy(path.as_str(), "org.freedesktop.Secret.Item").await?;
            let locked = self.answer(item.get_property("Locked")).await?;
            let attributes: HashMap<String, String> =
                self.answer(item.get_property("Attributes")).await?;
            let label = self.answer(item.get_property("Label")).await?;
            entries.push(Entry {
                label,
                attributes: attributes.into_iter().collect(),
                locked,
                path,
            });
        }
        Ok(entries)
    }

    async fn items(&self) -> Result<Vec<OwnedObjectPath>> {
        let service = self.proxy(SECRETS_PATH, "org.freedesktop.Secret.Service").await?;
        let collections: Vec<OwnedObjectPath> =
            self.answer(service.get_property("Collections")).await?;
        let mut items = Vec::new();
        for collection in collections {
            let interface = "org.freedesktop.Secret.Collection";
            let collection = self.proxy(collection.as_str(), interface).await?;
            let more: Vec<OwnedObjectPath> = self.answer(collection.get_property("Items")).await?;
            items.extend(more);
        }
        Ok(items)
    }

    /// Deletes every entry that has all of `attributes`, and says how many.
    ///
    /// # Errors
    /// When no keychain answers or an entry is locked.
    pub async fn delete(&self, attributes: &[(&str, &str)]) -> Result<usize> {
        let mut deleted = 0;
        for entry in self.entries().await? {
            if !attributes
                .iter()
                .all(|(key, value)| entry.attributes.get(*key).is_some_and(|own| own == value))
            {
                continue;
            }
            let item = self.proxy(entry.path.as_str(), "org.freedesktop.Secret.Item").await?;
            let prompt: OwnedObjectPath = self.answer(item.call("Delete", &())).await?;
            ensure!(prompt.as_str() == "/", "deleting {:?} wants a prompt", entry.label);
            deleted += 1;
        }
        Ok(deleted)
    }

    async fn wait_until_locked(&self, locked: bool) -> Result<()> {
        self.wait_until_collection(LOGIN, locked).await
    }

    async fn wait_until_collection(&self, collection: &str, locked: bool) -> Result<()> {
        let what = if locked { "the keychain to lock" } else { "the keychain to unlock" };
        let collection = self.proxy(collection, "org.freedesktop.Secret.Collection").await?;
        until(PATIENCE, what, || async {
            // No such object yet: the daemon takes its name before it has made its collection.
            Ok((collection.get_property::<bool>("Locked").await.ok() == Some(locked)).then_some(()))
        })
        .await
    }

    async fn proxy<'a>(&self, path: &'a str, interface: &'a str) -> Result<Proxy<'a>> {
        if self.daemon.is_none() {
            bail!("there is no keychain to ask");
        }
        let uncached = zbus::proxy::CacheProperties::No;
        let builder = zbus::proxy::Builder::new(&self.bus)
            .destination(SECRETS)?
            .path(path)?
            .interface(interface)?;
        Ok(builder.cache_properties(uncached).build().await?)
    }

    async fn answer<T>(&self, call: impl Future<Output = zbus::Result<T>>) -> Result<T> {
        within(PATIENCE, "the keychain's answer", call).await?.context("the keychain refused")
    }

    fn command(&self, program: &str) -> Command {
        self.surroundings.command(program)
    }
}

/// Owns the Secret Service's name on a connection where nobody serves anything: the bus delivers each call, and no
/// reply is ever sent.
async fn fall_silent(address: &str) -> Result<Connection> {
    let connection = zbus::connection::Builder::address(address)?.build().await?;
    connection.request_name(SECRETS).await?;
    Ok(connection)
}

const SECRETS: &str = "org.freedesktop.secrets";
const SECRETS_PATH: &str = "/org/freedesktop/secrets";
const INTERNAL: &str = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const DEFAULT: &str = "/org/freedesktop/secrets/aliases/default";
const PASSWORD: &[u8] = b"a desktop's own password";
