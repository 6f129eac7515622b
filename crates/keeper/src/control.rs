//! What an admin asks of a keeper, and what it answers: lines of JSON on a socket that only its owner can reach.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::{desk::Entry, secret_source::SecretSource};

/// Holds a secret when something is imported, hence no `Debug` that shows it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    Import {
        pool: String,
        text: Pasted,
        secret_source: Option<SecretSource>,
    },
    Admit {
        name: String,
        pool: Option<String>,
        /// With a secret in its line that is good from now on, in place of a word that is good once.
        #[serde(default)]
        lasting: bool,
        /// Who signed the keepers' certificates, as the line says it; the keeper's own word without it.
        #[serde(default)]
        authority: Option<String>,
    },
    Remove {
        name: String,
    },
    Pools,
    Log {
        lines: usize,
    },
    Halt {
        pool: String,
        why: String,
    },
    Resume {
        pool: String,
    },
    Status,
}

/// A text that holds a credential.
#[derive(Debug, Deserialize)]
pub struct Pasted(pub SecretString);

impl Serialize for Pasted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Done(String),
    /// What one desk pastes. It holds that desk's secret.
    Admitted(Pasted),
    Pools(Vec<PoolLine>),
    Log(Vec<Entry>),
    /// What happened, why, and what to do.
    Refused(String),
}

/// A pool, as an admin sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolLine {
    pub name: String,
    pub client_id: String,
    /// Absent without a live token.
    pub seconds_left: Option<u64>,
    pub state: String,
    /// Whether this keeper is the one that asks the provider.
    pub leads: bool,
    /// Whether the provider asked to be left alone for a while.
    pub is_paused: bool,
    pub version: u64,
    pub budget: u32,
    pub resends: u64,
    pub desks: usize,
}
