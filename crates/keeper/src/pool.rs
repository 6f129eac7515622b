//! Where the keepers of a pool meet. What a store has to be able to do is little, so that many can.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use glowjar_claim::record::{Fence, Record, Revision};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::{
    disk::{Disk, DiskError},
    engine::{CANARY, Engine, EngineError, record_key},
    seal::{Key, SealError},
    secret::Secret,
};

/// A store that all keepers of a pool share.
pub trait Pool: Clone + Send + Sync + 'static {
    /// Linearizable: what it says is at least as new as everything that was confirmed before the call.
    fn read(&self) -> impl Future<Output = Result<Shared, PoolError>> + Send;

    /// Puts `record` in the place of the one of revision `expected` (0: there was none), if that is what is there and, where given,
    /// `leading` leads. In one transaction. `None` if not.
    ///
    /// # Errors
    /// It may have been done, or may be done yet.
    fn swap(
        &self,
        expected: Revision,
        record: Record<Secret>,
        leading: Option<Fence>,
    ) -> impl Future<Output = Result<Option<Revision>, PoolError>> + Send;

    /// A term of its own, higher than every one before, if nobody leads. It ends by itself unless it is kept alive.
    fn lead(&self) -> impl Future<Output = Result<Option<Fence>, PoolError>> + Send;

    /// Whether it still leads.
    fn keep_alive(&self, fence: Fence) -> impl Future<Output = Result<bool, PoolError>> + Send;

    fn resign(&self, fence: Fence) -> impl Future<Output = ()> + Send;

    /// Rises whenever something may have changed. A hint.
    fn changes(&self) -> watch::Receiver<u64>;

    /// Whether this keeper alone can reach it.
    fn is_own(&self) -> bool;
}

/// What the store holds.
#[derive(Clone, Debug)]
pub struct Shared {
    pub revision: Revision,
    pub leader: Option<Fence>,
    pub record: Option<Record<Secret>>,
}

#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Somebody else's engine, or somebody wrote in it.
    #[error(transparent)]
    Sealed(#[from] SealError),
}

/// Where this keeper's pools are.
#[derive(Clone, Debug)]
pub enum AnyPool {
    Own(OwnPool),
    Shared(SharedPool),
}

/// The pool of several keepers, sealed in an engine.
#[derive(Clone, Debug)]
pub struct SharedPool {
    engine: Engine,
    key: Key,
    name: String,
}

/// The pool of a single keeper, in its own store. It leads at once, since nobody else can open that.
#[derive(Clone, Debug)]
pub struct OwnPool {
    disk: Disk,
    place: String,
    changes: Arc<watch::Sender<u64>>,
    term: Arc<AtomicU64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    revision: Revision,
    record: Record<Secret>,
}

impl OwnPool {
    #[must_use]
    pub fn of(disk: Disk, name: &str) -> Self {
        let place = format!("pool/{name}/record");
        Self { disk, place, changes: Arc::new(watch::Sender::new(0)), term: Arc::default() }
    }
}

impl Pool for OwnPool {
    async fn read(&self) -> Result<Shared, PoolError> {
        let written: Option<Written> = self.disk.read(&self.place)?;
        let leader = Some(self.term.load(Ordering::SeqCst)).filter(|term| *term > 0).map(Fence);
        let revision = written.as_ref().map_or(Revision(0), |written| written.revision);
        Ok(Shared { revision, leader, record: written.map(|written| written.record) })
    }

    async fn swap(
        &self,
        expected: Revision,
        record: Record<Secret>,
        leading: Option<Fence>,
    ) -> Result<Option<Revision>, PoolError> {
        let term = Fence(self.term.load(Ordering::SeqCst));
        if leading.is_some_and(|fence| fence != term) {
            return Ok(None);
        }
        let next = Written { revision: Revision(expected.0 + 1), record };
        let done = self.disk.write_if(&self.place, &next, |now: Option<Written>| {
            now.map_or(Revision(0), |now| now.revision) == expected
        })?;
        if done {
            self.changes.send_modify(|changes| *changes += 1);
        }
        Ok(done.then_some(next.revision))
    }

    async fn lead(&self) -> Result<Option<Fence>, PoolError> {
        let first = self.term.compare_exchange(0, 1, Ordering::SeqCst, Ordering::SeqCst);
        Ok(first.is_ok().then_some(Fence(1)))
    }

    async fn keep_alive(&self, fence: Fence) -> Result<bool, PoolError> {
        Ok(self.term.load(Ordering::SeqCst) == fence.0)
    }

    async fn resign(&self, fence: Fence) {
        let _ = self.term.compare_exchange(fence.0, 0, Ordering::SeqCst, Ordering::SeqCst);
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn is_own(&self) -> bool {
        true
    }
}

impl SharedPool {
    #[must_use]
    pub fn of(engine: Engine, key: Key, name: &str) -> Self {
        Self { engine, key, name: name.to_owned() }
    }

    fn place(&self, key: &str) -> String {
        format!("{}{key}", self.engine.studio())
    }
}

impl Pool for SharedPool {
    async fn read(&self) -> Result<Shared, PoolError> {
        let cells = self.engine.pool(&self.name).await?;
        // Without it the engine is a wiped one, and whatever is in it is not believed.
        let Some(canary) = cells.canary else {
            return Ok(Shared { revision: Revision(0), leader: None, record: None });
        };
        self.key.open::<String>(&self.place(CANARY), &canary.sealed)?;
        let revision = cells.record.as_ref().map_or(Revision(0), |cell| cell.revision);
        let open = |sealed: &[u8]| self.key.open(&self.place(&record_key(&self.name)), sealed);
        let record = cells.record.map(|cell| open(&cell.sealed)).transpose()?;
        Ok(Shared { revision, leader: cells.leader, record })
    }

    async fn swap(
        &self,
        expected: Revision,
        record: Record<Secret>,
        leading: Option<Fence>,
    ) -> Result<Option<Revision>, PoolError> {
        let key = record_key(&self.name);
        let sealed = self.key.seal(&self.place(&key), &record)?;
        let leading = leading.map(|fence| (self.name.as_str(), fence));
        Ok(self.engine.swap(&key, expected, sealed, leading).await?)
    }

    async fn lead(&self) -> Result<Option<Fence>, PoolError> {
        Ok(self.engine.lead(&self.name).await?)
    }

    async fn keep_alive(&self, fence: Fence) -> Result<bool, PoolError> {
        Ok(self.engine.keep_alive(&self.name, fence).await?)
    }

    async fn resign(&self, fence: Fence) {
        self.engine.resign(&self.name, fence).await;
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.engine.pool_changes()
    }

    fn is_own(&self) -> bool {
        false
    }
}

impl Pool for AnyPool {
    async fn read(&self) -> Result<Shared, PoolError> {
        match self {
            Self::Own(pool) => pool.read().await,
            Self::Shared(pool) => pool.read().await,
        }
    }

    async fn swap(
        &self,
        expected: Revision,
        record: Record<Secret>,
        leading: Option<Fence>,
    ) -> Result<Option<Revision>, PoolError> {
        match self {
            Self::Own(pool) => pool.swap(expected, record, leading).await,
            Self::Shared(pool) => pool.swap(expected, record, leading).await,
        }
    }

    async fn lead(&self) -> Result<Option<Fence>, PoolError> {
        match self {
            Self::Own(pool) => pool.lead().await,
            Self::Shared(pool) => pool.lead().await,
        }
    }

    async fn keep_alive(&self, fence: Fence) -> Result<bool, PoolError> {
        match self {
            Self::Own(pool) => pool.keep_alive(fence).await,
            Self::Shared(pool) => pool.keep_alive(fence).await,
        }
    }

    async fn resign(&self, fence: Fence) {
        match self {
            Self::Own(pool) => pool.resign(fence).await,
            Self::Shared(pool) => pool.resign(fence).await,
        }
    }

    fn changes(&self) -> watch::Receiver<u64> {
        match self {
            Self::Own(pool) => pool.changes(),
            Self::Shared(pool) => pool.changes(),
        }
    }

    fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}
