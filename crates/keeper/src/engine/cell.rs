//! What is in an engine, under which keys, and how it is reached.

use std::path::PathBuf;

use glowjar_claim::record::{Fence, Revision};
use url::Url;

/// How it is reached.
#[derive(Clone)]
pub struct Settings {
    /// etcd's members, of which each will do, or one PostgreSQL.
    pub members: Vec<Url>,
    /// What all keys of this studio begin with, so that two studios can share an engine.
    pub studio: String,
    pub tls: Tls,
}

/// A password may stand in an address that is going to be refused for it.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hosts: Vec<_> = self.members.iter().map(Url::host_str).collect();
        f.debug_struct("Settings").field("hosts", &hosts).field("studio", &self.studio).finish()
    }
}

/// PEM files.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Who signed the engine's certificate; the system's authorities otherwise.
    pub authority: Option<PathBuf>,
    /// This keeper's certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// A value with the state of the engine in which it was written.
#[derive(Clone, Debug)]
pub struct Cell {
    pub key: String,
    pub revision: Revision,
    pub sealed: Vec<u8>,
}

/// What is there of a pool, at one moment.
#[derive(Clone, Debug)]
pub struct PoolCells {
    /// Shows that this is the studio's engine, and that it was not wiped.
    pub canary: Option<Cell>,
    pub record: Option<Cell>,
    pub leader: Option<Fence>,
}

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the engine does not answer: {0}")]
    Silent(String),
    #[error("{} can't be read: {cause}", path.display())]
    File { path: PathBuf, cause: std::io::Error },
    #[error(
        "an engine is named by http:// or https:// addresses of etcd's members, or by one postgres:// address"
    )]
    Address,
    #[error(
        "a password in the engine's address is seen by everybody on this machine: leave it out and give it in PGPASSWORD"
    )]
    PasswordInAddress,
}

pub(crate) fn record_key(pool: &str) -> String {
    format!("pool/{pool}/record")
}

pub(crate) fn leader_key(pool: &str) -> String {
    format!("pool/{pool}/leader")
}

pub(crate) const CANARY: &str = "canary";
pub(crate) const REGISTER: &str = "register/";
pub(crate) const POOLS: &str = "pool/";
