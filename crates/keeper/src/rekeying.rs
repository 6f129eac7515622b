//! Everything is sealed anew with another key of the studio's, after the one before may have become known.

use std::{fs, io, path::Path};

use crate::{
    disk::{Disk, DiskError},
    engine::{Engine, EngineError},
    seal::{FILE, Key, KeyError, SealError},
};

#[derive(Debug, thiserror::Error)]
pub enum RekeyError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Sealed(#[from] SealError),
    #[error("the new key can't be put in the place of the old one: {0}")]
    File(io::Error),
}

/// The engine, this keeper's own disk, then its key: whatever breaks it off, it can be begun again. At each keeper of a studio,
/// with the same new key.
///
/// # Errors
/// Something can be opened with neither key, or can't be written.
pub async fn rekey(folder: &Path, engine: Option<&Engine>, new: &Path) -> Result<(), RekeyError> {
    let disk = Disk::open(folder)?;
    let key = Key::at(new)?;
    if let Some(engine) = engine {
        // Those that somebody changed meanwhile are looked at again.
        while !rekey_engine(engine, &disk.key(), &key).await? {}
    }
    disk.rekey(&key)?;
    let own = folder.join(FILE);
    // Absent where systemd gives it.
    if own.exists() {
        let next = folder.join("glowjar-key.next");
        let replaced = fs::copy(new, &next)
            .and_then(|_| fs::File::open(&next)?.sync_all())
            .and_then(|()| fs::rename(&next, &own));
        replaced.map_err(RekeyError::File)?;
    }
    Ok(())
}

/// Whether all of it was done.
async fn rekey_engine(engine: &Engine, old: &Key, new: &Key) -> Result<bool, RekeyError> {
    let mut is_done = true;
    // Who leads is told by a key without a value.
    for cell in engine.all("").await?.into_iter().filter(|cell| !cell.sealed.is_empty()) {
        let place = format!("{}{}", engine.studio(), cell.key);
        if let Some(sealed) = old.resealed(new, &place, &cell.sealed)? {
            is_done &= engine.swap(&cell.key, cell.revision, sealed, None).await?.is_some();
        }
    }
    Ok(is_done)
}
