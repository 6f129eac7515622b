//! What all keepers of a studio have to know: who may ask, and what each pool asks with.
//!
//! Each keeper has it on its own disk, so that it can serve without the engine. Every value has a version, and of two the higher one counts:
//! an engine that was restored from a backup brings back nobody who was removed since.

use std::collections::BTreeMap;

use glowjar_claim::record::Revision;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    disk::{Disk, DiskError},
    engine::{CANARY, Engine, EngineError, REGISTER},
    seal::SealError,
};

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Register {
    disk: Disk,
    engine: Option<Engine>,
}

#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Sealed(#[from] SealError),
}

/// Absent if it was removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Versioned<T> {
    version: u64,
    value: Option<T>,
}

/// What becomes of a value.
enum Next<T> {
    Same,
    /// This, or nothing from now on.
    Put(Option<T>),
}

impl Register {
    #[must_use]
    pub fn new(disk: Disk, engine: Option<Engine>) -> Self {
        Self { disk, engine }
    }

    /// All of a kind that this keeper knows.
    ///
    /// # Errors
    /// The disk can't be read.
    pub fn all<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(String, T)>, DiskError> {
        let all: Vec<(String, Versioned<T>)> = self.disk.all(&format!("{REGISTER}{kind}/"))?;
        Ok(all.into_iter().filter_map(|(name, it)| Some((name, it.value?))).collect())
    }

    /// # Errors
    /// The disk can't be read.
    pub fn one<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>, DiskError> {
        let found: Option<Versioned<T>> = self.disk.read(&place(kind, name))?;
        Ok(found.and_then(|it| it.value))
    }

    /// Puts it in the place of what is newest; `None` removes it.
    ///
    /// # Errors
    /// It was not done, or it is not known whether it was.
    pub async fn set<T>(
        &self,
        kind: &str,
        name: &str,
        value: Option<T>,
    ) -> Result<(), RegisterError>
    where
        T: Serialize + DeserializeOwned + Clone,
    {
        self.replace(kind, name, |_: Option<&T>| Next::Put(value.clone())).await.map(drop)
    }

    /// Changes what is newest, whatever others change meanwhile, unless `change` wants none. Gives what is there then.
    ///
    /// # Errors
    /// It was not done, or it is not known whether it was.
    pub async fn change<T>(
        &self,
        kind: &str,
        name: &str,
        change: impl Fn(Option<&T>) -> Option<T>,
    ) -> Result<Option<T>, RegisterError>
    where
        T: Serialize + DeserializeOwned + Clone,
    {
        let next = |now: Option<&T>| change(now).map_or(Next::Same, |next| Next::Put(Some(next)));
        self.replace(kind, name, next).await
    }

    /// Says it to the engine first, where there is one.
    async fn replace<T>(
        &self,
        kind: &str,
        name: &str,
        next: impl Fn(Option<&T>) -> Next<T>,
    ) -> Result<Option<T>, RegisterError>
    where
        T: Serialize + DeserializeOwned + Clone,
    {
        let place = place(kind, name);
        loop {
            let own: Option<Versioned<T>> = self.disk.read(&place)?;
            let cell = match &self.engine {
                Some(engine) => engine.read(&place).await?,
                None => None,
            };
            let revision = cell.as_ref().map_or(Revision(0), |cell| cell.revision);
            let theirs = match (&self.engine, cell) {
                (Some(engine), Some(cell)) => {
                    Some(self.opened::<Versioned<T>>(engine, &place, &cell.sealed)?)
                }
                _ => None,
            };
            let newest = own.into_iter().chain(theirs).max_by_key(|it| it.version);
            let newest = newest.unwrap_or(Versioned { version: 0, value: None });
            let Versioned { version, value } = newest;
            let Next::Put(next) = next(value.as_ref()) else { return Ok(value) };
            let next = Versioned { version: version + 1, value: next };
            let is_done = match &self.engine {
                Some(engine) => {
                    let sealed = self.sealed(engine, &place, &next)?;
                    engine.swap(&place, revision, sealed, None).await?.is_some()
                }
                None => true,
            };
            if is_done && (self.keep(&place, &next)? || self.engine.is_some()) {
                return Ok(next.value);
            }
        }
    }

    /// Writes it to the disk, unless something as new is there.
    fn keep<T>(&self, place: &str, next: &Versioned<T>) -> Result<bool, DiskError>
    where
        T: Serialize + DeserializeOwned,
    {
        let is_newer = |now: Option<Versioned<T>>| now.is_none_or(|now| now.version < next.version);
        self.disk.write_if(place, next, is_newer)
    }

    /// Takes over what is newer in the engine and says there what is newer here. `taken` gets the names of what was taken over, also
    /// where it breaks off after that.
    ///
    /// # Errors
    /// The engine is silent, or the disk can't be used.
    pub async fn merge<T>(&self, kind: &str, taken: &mut Vec<String>) -> Result<(), RegisterError>
    where
        T: Serialize + DeserializeOwned + Clone,
    {
        let Some(engine) = &self.engine else { return Ok(()) };
        if !self.is_founded().await? {
            return Ok(());
        }
        let prefix = format!("{REGISTER}{kind}/");
        let own: Vec<(String, Versioned<T>)> = self.disk.all(&prefix)?;
        let mut own: BTreeMap<String, Versioned<T>> = own.into_iter().collect();
        let mut newer = Vec::new();
        for cell in engine.all(&prefix).await? {
            let Some(name) = cell.key.strip_prefix(&prefix).map(str::to_owned) else { continue };
            let mine = own.remove(&name);
            let version = mine.as_ref().map_or(0, |mine| mine.version);
            let theirs = self.opened::<Versioned<T>>(engine, &cell.key, &cell.sealed);
            match (theirs, mine) {
                (Ok(theirs), _) if theirs.version > version => {
                    // This keeper itself may have been told something newer meanwhile.
                    if self.keep(&cell.key, &theirs)? {
                        taken.push(name);
                    }
                }
                (Ok(theirs), Some(mine)) if theirs.version < version => {
                    newer.push((name, cell.revision, mine));
                }
                (Ok(_), _) => {}
                (Err(error), mine) => {
                    tracing::error!(%error, "left alone, or written anew from this keeper's own disk");
                    newer.extend(mine.map(|mine| (name, cell.revision, mine)));
                }
            }
        }
        newer.extend(own.into_iter().map(|(name, mine)| (name, Revision(0), mine)));
        for (name, revision, mine) in newer {
            let place = place(kind, &name);
            let sealed = self.sealed(engine, &place, &mine)?;
            // Whoever was quicker is heard of soon.
            engine.swap(&place, revision, sealed, None).await?;
        }
        Ok(())
    }

    /// Marks an engine in which nothing is as this studio's.
    ///
    /// # Errors
    /// It is another studio's, or silent.
    pub async fn found(&self) -> Result<(), RegisterError> {
        let Some(engine) = &self.engine else { return Ok(()) };
        if !self.is_founded().await? {
            let sealed = self.sealed(engine, CANARY, &engine.studio())?;
            engine.swap(CANARY, Revision(0), sealed, None).await?;
        }
        Ok(())
    }

    /// Whether this is the studio's engine and it was not wiped.
    async fn is_founded(&self) -> Result<bool, RegisterError> {
        let Some(engine) = &self.engine else { return Ok(true) };
        let Some(canary) = engine.read(CANARY).await? else { return Ok(false) };
        self.opened::<String>(engine, CANARY, &canary.sealed)?;
        Ok(true)
    }

    fn sealed<T: Serialize>(
        &self,
        engine: &Engine,
        place: &str,
        value: &T,
    ) -> Result<Vec<u8>, SealError> {
        self.disk.key().seal(&format!("{}{place}", engine.studio()), value)
    }

    fn opened<T: DeserializeOwned>(
        &self,
        engine: &Engine,
        place: &str,
        sealed: &[u8],
    ) -> Result<T, SealError> {
        self.disk.key().open(&format!("{}{place}", engine.studio()), sealed)
    }
}

fn place(kind: &str, name: &str) -> String {
    format!("{REGISTER}{kind}/{name}")
}
