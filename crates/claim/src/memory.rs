//! What a keeper has in a store of its own.

use std::collections::BTreeMap;

use glowjar_lifecycle::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{Answer, Attempt, Record, Revision, Version};

/// A time by this machine's clock, in milliseconds of UTC, as it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub struct Moment(pub Timestamp);

impl From<i64> for Moment {
    fn from(millis: i64) -> Self {
        Self(Timestamp::from_millis(millis))
    }
}

impl From<Moment> for i64 {
    fn from(moment: Moment) -> Self {
        moment.0.as_millis()
    }
}

/// What it saw last, so that it notices if the pool's store goes back in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory<S> {
    pub revision: Revision,
    pub record: Option<Record<S>>,
    /// The request that was last about to be sent.
    pub sending: Option<Attempt>,
    /// When the token of this generation ends at the earliest, by this machine's clock.
    pub ends: Option<(Version, Moment)>,
}

/// An answer that is not in the pool yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<S> {
    pub version: Version,
    pub answer: Answer<S>,
    /// When the token ends, by this machine's clock.
    pub ends: Moment,
}

/// All of it, as it is found at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnStore<S> {
    pub memory: Memory<S>,
    pub answers: BTreeMap<Attempt, Kept<S>>,
}

impl<S> Default for Memory<S> {
    fn default() -> Self {
        Self { revision: Revision(0), record: None, sending: None, ends: None }
    }
}

impl<S> Default for OwnStore<S> {
    fn default() -> Self {
        Self { memory: Memory::default(), answers: BTreeMap::new() }
    }
}

impl<S: Clone + PartialEq> Memory<S> {
    /// Whether what is there now is older than what was seen before. Nothing in a store that goes forward ever sinks.
    pub fn is_ahead_of(&self, revision: Revision, record: &Record<S>) -> bool {
        let Some(known) = &self.record else { return false };
        let forgot_halt = record.rewound && known.halted.is_some() && record.halted.is_none();
        let is_back = revision < self.revision && !record.rewound;
        progress(record) < progress(known) || is_back || forgot_halt
    }
}

/// What only rises.
fn progress<S>(record: &Record<S>) -> (Version, u64, Option<Version>) {
    (record.grant.version, record.steps, record.token.as_ref().map(|token| token.generation))
}
