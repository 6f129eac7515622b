//! The engine at which several keepers meet: etcd, or a PostgreSQL that the studio has. What comes here is sealed.

use glowjar_claim::record::{Fence, Revision};
use tokio::sync::watch;
use url::Url;

pub(crate) use self::cell::{CANARY, REGISTER, record_key};
pub use self::cell::{Cell, EngineError, PoolCells, Settings, Tls};
use self::{etcd::Etcd, postgres::Postgres};

mod cell;
mod etcd;
mod postgres;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub enum Engine {
    Etcd(Etcd),
    Postgres(Postgres),
}

impl Engine {
    /// Returns before it was reached, so that a keeper starts without it.
    ///
    /// # Errors
    /// The settings can't be used.
    pub async fn open(settings: &Settings) -> Result<Self, EngineError> {
        let is_postgres = |it: &Url| ["postgres", "postgresql"].contains(&it.scheme());
        if settings.members.iter().any(is_postgres) {
            return Ok(Self::Postgres(Postgres::open(settings)?));
        }
        Ok(Self::Etcd(Etcd::open(settings).await?))
    }

    /// Linearizable: what it says is at least as new as everything that was confirmed before the call.
    ///
    /// # Errors
    /// The engine is silent.
    pub async fn pool(&self, name: &str) -> Result<PoolCells, EngineError> {
        match self {
            Self::Etcd(etcd) => etcd.pool(name).await,
            Self::Postgres(it) => it.pool(name).await,
        }
    }

    /// Linearizable as well.
    ///
    /// # Errors
    /// The engine is silent.
    pub async fn read(&self, key: &str) -> Result<Option<Cell>, EngineError> {
        match self {
            Self::Etcd(etcd) => etcd.read(key).await,
            Self::Postgres(it) => it.read(key).await,
        }
    }

    /// All whose key begins so.
    ///
    /// # Errors
    /// The engine is silent.
    pub async fn all(&self, prefix: &str) -> Result<Vec<Cell>, EngineError> {
        match self {
            Self::Etcd(etcd) => etcd.all(prefix).await,
            Self::Postgres(it) => it.all(prefix).await,
        }
    }

    /// Puts `sealed` in the place of what has revision `expected` (0: there was nothing), if that is what is there and, where given,
    /// this pool has this leader. In one transaction. `None` if not.
    ///
    /// # Errors
    /// It may have been done, or may be done yet.
    pub async fn swap(
        &self,
        key: &str,
        expected: Revision,
        sealed: Vec<u8>,
        leading: Option<(&str, Fence)>,
    ) -> Result<Option<Revision>, EngineError> {
        match self {
            Self::Etcd(etcd) => etcd.swap(key, expected, sealed, leading).await,
            Self::Postgres(it) => it.swap(key, expected, sealed, leading).await,
        }
    }

    /// See [`Pool::lead`](crate::pool::Pool::lead).
    ///
    /// # Errors
    /// The engine is silent.
    pub async fn lead(&self, pool: &str) -> Result<Option<Fence>, EngineError> {
        match self {
            Self::Etcd(etcd) => etcd.lead(pool).await,
            Self::Postgres(it) => it.lead(pool).await,
        }
    }

    /// Whether it still leads.
    ///
    /// # Errors
    /// The engine is silent.
    pub async fn keep_alive(&self, pool: &str, fence: Fence) -> Result<bool, EngineError> {
        match self {
            Self::Etcd(etcd) => etcd.keep_alive(pool, fence).await,
            Self::Postgres(it) => it.keep_alive(pool, fence).await,
        }
    }

    pub async fn resign(&self, pool: &str, fence: Fence) {
        match self {
            Self::Etcd(etcd) => etcd.resign(pool, fence).await,
            Self::Postgres(it) => it.resign(pool, fence).await,
        }
    }

    /// Rises whenever something of a pool may have changed. A hint.
    #[must_use]
    pub fn pool_changes(&self) -> watch::Receiver<u64> {
        match self {
            Self::Etcd(etcd) => etcd.pool_changes(),
            Self::Postgres(it) => it.pool_changes(),
        }
    }

    /// The same for what is no pool's.
    #[must_use]
    pub fn register_changes(&self) -> watch::Receiver<u64> {
        match self {
            Self::Etcd(etcd) => etcd.register_changes(),
            Self::Postgres(it) => it.register_changes(),
        }
    }

    /// What every place begins with.
    #[must_use]
    pub fn studio(&self) -> &str {
        match self {
            Self::Etcd(etcd) => etcd.studio(),
            Self::Postgres(it) => it.studio(),
        }
    }
}
