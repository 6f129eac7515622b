//! Who may ask, and what they were given.

use std::collections::{BTreeMap, HashMap};

use glowjar_lifecycle::time::Timestamp;
use glowjar_token_endpoint::SecretHash;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// A desk, a farm node or anything else that was let in. Of its secret, only a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    hash: String,
    /// The one pool whose tokens it may have; all if absent.
    pub pool: Option<String>,
}

/// All that were let in.
#[derive(Debug, Default)]
pub struct Desks {
    by_name: BTreeMap<String, Desk>,
    names: HashMap<String, String>,
}

/// A line of the record of what was handed out and done. It holds no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// In milliseconds of UTC.
    pub at: i64,
    pub who: String,
    pub what: String,
}

impl Desk {
    /// A desk with a secret that was just made up: 256 bits. The secret is said once and kept nowhere.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn admit(pool: Option<String>) -> Result<(Self, SecretString), getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((Self { hash: SecretHash::of(&secret).to_string(), pool }, secret.into()))
    }

    #[must_use]
    pub fn may_have(&self, pool: &str) -> bool {
        self.pool.as_ref().is_none_or(|only| only == pool)
    }

    /// Takes as long for a secret that is almost right as for any other.
    #[must_use]
    pub fn has(&self, secret: &SecretHash) -> bool {
        SecretHash::parse(&self.hash).is_some_and(|hash| hash == *secret)
    }
}

impl Desks {
    /// The one that has this secret.
    #[must_use]
    pub fn with(&self, secret: &SecretHash) -> Option<&str> {
        let name = self.names.get(&secret.to_string())?;
        self.by_name.get(name).filter(|desk| desk.has(secret)).map(|_| name.as_str())
    }

    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Desk> {
        self.by_name.get(name)
    }

    /// How many may have this pool's tokens.
    #[must_use]
    pub fn of(&self, pool: &str) -> usize {
        self.by_name.values().filter(|desk| desk.may_have(pool)).count()
    }

    pub fn add(&mut self, name: String, desk: Desk) {
        self.names.insert(desk.hash.clone(), name.clone());
        self.by_name.insert(name, desk);
    }

    pub fn remove(&mut self, name: &str) -> Option<Desk> {
        let desk = self.by_name.remove(name)?;
        self.names.remove(&desk.hash);
        Some(desk)
    }
}

impl FromIterator<(String, Desk)> for Desks {
    fn from_iter<I: IntoIterator<Item = (String, Desk)>>(all: I) -> Self {
        let mut desks = Self::default();
        all.into_iter().for_each(|(name, desk)| desks.add(name, desk));
        desks
    }
}

impl Entry {
    #[must_use]
    pub fn new(now: Timestamp, who: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: now.as_millis(), who: who.into(), what: what.into() }
    }
}
