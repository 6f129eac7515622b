//! What the keeper has on disk: one file, in which every value is sealed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Serialize, de::DeserializeOwned};

use crate::seal::{Key, KeyError, SealError};

/// Cheap to clone. Each change is on the disk when the call returns.
#[derive(Clone)]
pub struct Disk {
    database: Arc<Database>,
    key: Key,
    folder: PathBuf,
}

/// What went wrong with the keeper's own store.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    #[error("{} can't be used: {cause}", path.display())]
    Folder { path: PathBuf, cause: io::Error },
    #[error("another keeper runs on this folder")]
    InUse,
    /// What a command wrote there, whoever the folder belongs to could not read.
    #[error("{} belongs to a service that does not run. Start it first (systemctl start glowjar-keeper), and give the command again", .0.display())]
    OfAnother(PathBuf),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the store is damaged or can't be written: {0}")]
    Store(String),
    #[error(transparent)]
    Sealed(#[from] SealError),
}

impl Disk {
    /// Opens the folder, and makes it at first.
    ///
    /// # Errors
    /// See [`DiskError`].
    pub fn open(folder: &Path) -> Result<Self, DiskError> {
        let trouble = |cause| DiskError::Folder { path: folder.to_owned(), cause };
        private_folder(folder).map_err(trouble)?;
        // With a key that was given, nothing new is made there.
        if !Key::is_given() && is_of_another(folder).map_err(trouble)? {
            return Err(DiskError::OfAnother(folder.to_owned()));
        }
        let key = Key::of(folder)?;
        let database = Database::create(folder.join(STORE)).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => DiskError::InUse,
            other => DiskError::Store(other.to_string()),
        })?;
        let disk = Self { database: Arc::new(database), key, folder: folder.to_owned() };
        // So that reading finds the tables.
        disk.change(|_| Ok(()))?;
        Ok(disk)
    }

    /// With which its values are sealed.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key.clone()
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// # Errors
    /// See [`DiskError`].
    pub fn read<T: DeserializeOwned>(&self, place: &str) -> Result<Option<T>, DiskError> {
        let transaction = self.database.begin_read().map_err(store)?;
        let table = transaction.open_table(VALUES).map_err(store)?;
        let Some(sealed) = table.get(place).map_err(store)? else { return Ok(None) };
        self.opened(place, sealed.value()).map(Some)
    }

    /// All whose place begins so, with what follows.
    ///
    /// # Errors
    /// See [`DiskError`].
    pub fn all<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, T)>, DiskError> {
        let transaction = self.database.begin_read().map_err(store)?;
        let table = transaction.open_table(VALUES).map_err(store)?;
        let mut all = Vec::new();
        for entry in table.range(prefix..).map_err(store)? {
            let (place, sealed) = entry.map_err(store)?;
            let Some(rest) = place.value().strip_prefix(prefix) else { break };
            all.push((rest.to_owned(), self.opened(place.value(), sealed.value())?));
        }
        Ok(all)
    }

    /// # Errors
    /// See [`DiskError`].
    pub fn write<T: Serialize>(&self, place: &str, value: &T) -> Result<(), DiskError> {
        let sealed = self.sealed(place, value)?;
        self.change(|table| table.insert(place, sealed.as_slice()).map(|_| ()).map_err(store))
    }

    /// Seals everything anew with another key; what is sealed with it already stays. All or nothing.
    ///
    /// # Errors
    /// See [`DiskError`].
    pub fn rekey(&self, new: &Key) -> Result<(), DiskError> {
        self.change(|table| {
            let mut anew = Vec::new();
            for entry in table.iter().map_err(store)? {
                let (place, sealed) = entry.map_err(store)?;
                let resealed = self.key.resealed(new, place.value(), sealed.value())?;
                anew.extend(resealed.map(|sealed| (place.value().to_owned(), sealed)));
            }
            for (place, sealed) in &anew {
                table.insert(place.as_str(), sealed.as_slice()).map_err(store)?;
            }
            Ok(())
        })
    }

    /// All of them or none.
    ///
    /// # Errors
    /// See [`DiskError`].
    pub fn write_all<T: Serialize>(&self, values: &[(String, T)]) -> Result<(), DiskError> {
        let mut sealed = Vec::with_capacity(values.len());
        for (place, value) in values {
            sealed.push((place, self.sealed(place, value)?));
        }
        self.change(|table| {
            for (place, sealed) in &sealed {
                table.insert(place.as_str(), sealed.as_slice()).map_err(store)?;
            }
            Ok(())
        })
    }

    /// # Errors
    /// See [`DiskError`].
    pub fn remove(&self, place: &str) -> Result<(), DiskError> {
        self.change(|table| table.remove(place).map(|_| ()).map_err(store))
    }

    /// Puts `value` there if what is there now fits.
    ///
    /// # Errors
    /// See [`DiskError`].
    pub fn write_if<T: Serialize + DeserializeOwned>(
        &self,
        place: &str,
        value: &T,
        fits: impl FnOnce(Option<T>) -> bool,
    ) -> Result<bool, DiskError> {
        let sealed = self.sealed(place, value)?;
        let mut done = false;
        self.change(|table| {
            let now = match table.get(place).map_err(store)? {
                Some(now) => Some(self.opened(place, now.value())?),
                None => None,
            };
            done = fits(now);
            if done {
                table.insert(place, sealed.as_slice()).map_err(store)?;
            }
            Ok(())
        })?;
        Ok(done)
    }

    fn change(
        &self,
        change: impl FnOnce(&mut redb::Table<'_, &'static str, &'static [u8]>) -> Result<(), DiskError>,
    ) -> Result<(), DiskError> {
        let transaction = self.database.begin_write().map_err(store)?;
        {
            let mut table = transaction.open_table(VALUES).map_err(store)?;
            change(&mut table)?;
        }
        transaction.commit().map_err(store)
    }

    fn sealed<T: Serialize>(&self, place: &str, value: &T) -> Result<Vec<u8>, DiskError> {
        Ok(self.key.seal(place, value)?)
    }

    fn opened<T: DeserializeOwned>(&self, place: &str, sealed: &[u8]) -> Result<T, DiskError> {
        Ok(self.key.open(place, sealed)?)
    }
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Whether root looks at what is another user's: anybody else is kept out by the system.
fn is_of_another(folder: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(folder)?);
        Ok(owner != rustix::process::geteuid().as_raw())
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(false)
    }
}

fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn store(error: impl std::fmt::Display) -> DiskError {
    DiskError::Store(error.to_string())
}

const VALUES: TableDefinition<'static, &'static str, &'static [u8]> =
    TableDefinition::new("values");
const STORE: &str = "keeper.redb";
