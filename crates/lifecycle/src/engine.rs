//! All profiles together: routes inputs, collects effects, knows the next deadline.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    id::{Attempt, Generation, ProfileId},
    input::{Effect, Input},
    profile::Profile,
    rng::Rng,
    status::Status,
    time::Timestamp,
};

/// Decides when tokens are asked for, kept and announced. Knows facts about tokens, never a token.
///
/// Each mutation is followed by draining the effects and asking for the next deadline:
///
/// ```
/// use glowjar_lifecycle::{engine::Engine, id::ProfileId, input::*, time::Timestamp};
///
/// let mut engine = Engine::new(1);
/// let now = Timestamp::from_millis(0);
/// let profile = ProfileId::new(7);
/// let policy = Policy { grant: GrantType::ClientCredentials, renew_early: None };
/// engine.handle_input(now, Input::ProfileAdded { profile, policy, paused: false });
///
/// let mut effects = Vec::new();
/// while let Some(effect) = engine.poll_effect() {
///     effects.push(effect);
/// }
/// assert_eq!(effects, [Effect::OpenSecrets { profile }]);
/// assert_eq!(engine.poll_timeout(), None);
/// ```
#[derive(Debug)]
pub struct Engine {
    profiles: BTreeMap<ProfileId, Profile>,
    turn: Turn,
}

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
}

/// What all profiles share while one input is handled.
#[derive(Debug)]
pub(crate) struct Turn {
    pub rng: Rng,
    pub effects: VecDeque<Effect>,
    attempts: u64,
    generations: u64,
}

impl Turn {
    pub(crate) fn next_attempt(&mut self) -> Attempt {
        self.attempts += 1;
        Attempt(self.attempts)
    }

    pub(crate) fn next_generation(&mut self) -> Generation {
        self.generations += 1;
        Generation(self.generations)
    }
}

impl Engine {
    /// `seed` decides the jitter: the same seed and inputs tell the same story.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            profiles: BTreeMap::new(),
            turn: Turn {
                rng: Rng::new(seed),
                effects: VecDeque::new(),
                attempts: 0,
                generations: 0,
            },
        }
    }

    /// Takes in a fact; [`Engine::handle_timeout`] follows when everything that happened has been taken in. Facts about profiles that are gone, and answers to attempts that are over, change nothing.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        let turn = &mut self.turn;
        match input {
            Input::ProfileAdded { profile, policy, paused } => {
                self.profiles
                    .entry(profile)
                    .or_insert_with(|| Profile::new(profile, policy, paused, turn));
            }
            Input::ProfileRemoved { profile } => {
                self.profiles.remove(&profile);
            }
            Input::ClockStepped(step) => {
                self.profiles.values_mut().for_each(|profile| profile.shift(step, turn));
                self.handle_timeout(now);
            }
            Input::Woke => {
                self.profiles.values_mut().for_each(|profile| profile.woke(now));
                self.handle_timeout(now);
            }
            Input::KeychainStirred => {
                self.profiles.values_mut().for_each(|profile| {
                    profile.keychain_stirred(now);
                    profile.act(now, turn);
                });
            }
            Input::ProfileChanged { profile, .. }
            | Input::GivenUpElsewhere { profile, .. }
            | Input::SecretsOpened { profile, .. }
            | Input::SecretsUnavailable { profile, .. }
            | Input::RefreshRequested { profile }
            | Input::PauseRequested { profile }
            | Input::ResumeRequested { profile }
            | Input::Granted { profile, .. }
            | Input::Failed { profile, .. }
            | Input::SecretsRechecked { profile, .. }
            | Input::Kept { profile, .. }
            | Input::KeepFailed { profile, .. }
            | Input::TokenRejected { profile, .. } => {
                if let Some(profile) = self.profiles.get_mut(&profile) {
                    profile.handle_input(now, input, turn);
                    profile.act(now, turn);
                }
            }
        }
    }

    /// Does what is due at `now`. Harmless if nothing is.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let turn = &mut self.turn;
        self.profiles.values_mut().for_each(|profile| profile.handle_timeout(now, turn));
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.turn.effects.pop_front()
    }

    /// The earliest deadline of all profiles: the whole scheduler.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Wakeup> {
        self.profiles.values().filter_map(Profile::wakeup).min_by_key(|wakeup| wakeup.at)
    }

    #[must_use]
    pub fn status(&self, profile: ProfileId, now: Timestamp) -> Option<Status> {
        self.profiles.get(&profile).map(|profile| profile.status(now))
    }
}
