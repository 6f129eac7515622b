//! What passes between the engine and a profile's state machine while an input is handled.

use std::collections::VecDeque;

use crate::{
    id::{Attempt, Generation, ProfileId},
    input::Effect,
    rng::Rng,
    time::Timestamp,
};

/// A deadline, and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wakeup {
    pub at: Timestamp,
    pub profile: ProfileId,
    pub reason: Reason,
}

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A token is due for renewal.
    Renewal,
    /// A failed request or a closed keychain is tried again.
    Retry,
    /// A token set that is in memory only is stored again.
    Store,
    /// A token ends, which changes what a person should see.
    Expiry,
    /// There has been no live token for so long that a person should know.
    Incident,
    /// A sign-in ends soon, or has ended.
    SignInEnd,
}

/// What all profiles share while one input is handled.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub rng: Rng,
    pub effects: VecDeque<Effect>,
    attempts: u64,
    generations: u64,
}

impl Turn {
    /// `seed` decides the jitter.
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), effects: VecDeque::new(), attempts: 0, generations: 0 }
    }

    pub(crate) fn next_attempt(&mut self) -> Attempt {
        self.attempts += 1;
        Attempt(self.attempts)
    }

    pub(crate) fn next_generation(&mut self) -> Generation {
        self.generations += 1;
        Generation(self.generations)
    }
}
