//! All profiles together: routes inputs, collects effects, knows the next deadline.

use std::collections::{BTreeMap, BTreeSet};

pub use crate::turn::{Reason, Wakeup};

use crate::{
    id::ProfileId,
    input::{Effect, Input},
    profile::Profile,
    status::Status,
    time::Timestamp,
    turn::Turn,
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
    profiles: BTreeMap<ProfileId, Scheduled>,
    /// The earliest deadline of each profile that has one, earliest first.
    deadlines: BTreeSet<(Timestamp, ProfileId)>,
    /// Profiles that took in a fact since the last [`Engine::handle_timeout`], which therefore has to look at them.
    touched: BTreeSet<ProfileId>,
    /// Profiles whose status may be another than when it was last asked for.
    changed: BTreeSet<ProfileId>,
    turn: Turn,
}

/// A profile, and its deadline as it stands in [`Engine::deadlines`].
#[derive(Debug)]
struct Scheduled {
    profile: Profile,
    deadline: Option<Timestamp>,
}

impl Engine {
    /// `seed` decides the jitter: the same seed and inputs tell the same story.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            profiles: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            touched: BTreeSet::new(),
            changed: BTreeSet::new(),
            turn: Turn::new(seed),
        }
    }

    /// Takes in a fact; [`Engine::handle_timeout`] follows when everything that happened has been taken in. Facts about
    /// profiles that are gone, and answers to attempts that are over, change nothing.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::ProfileAdded { profile: id, policy, paused } => {
                if !self.profiles.contains_key(&id) {
                    let profile = Profile::new(id, policy, paused, &mut self.turn);
                    self.profiles.insert(id, Scheduled { profile, deadline: None });
                    self.touch(id, |_, _| {});
                }
            }
            Input::ProfileRemoved { profile } => {
                let removed = self.profiles.remove(&profile);
                if let Some(at) = removed.and_then(|removed| removed.deadline) {
                    self.deadlines.remove(&(at, profile));
                }
                self.touched.remove(&profile);
                self.changed.insert(profile);
            }
            Input::ClockStepped(step) => {
                self.touch_all(|profile, turn| profile.shift(step, turn));
                self.handle_timeout(now);
            }
            Input::Woke => {
                self.touch_all(|profile, _| profile.woke(now));
                self.handle_timeout(now);
            }
            Input::KeychainChanged => self.touch_all(|profile, turn| {
                profile.keychain_changed(now);
                profile.act(now, turn);
            }),
            Input::ProfileChanged { profile, .. }
            | Input::GivenUpElsewhere { profile, .. }
            | Input::RefusalRemembered { profile, .. }
            | Input::WithholdingRemembered { profile }
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
            | Input::TokenRejected { profile, .. }
            | Input::TokenWithheld { profile, .. }
            | Input::TokenReleased { profile } => self.touch(profile, |profile, turn| {
                profile.handle_input(now, input, turn);
                profile.act(now, turn);
            }),
        }
    }

    /// Does what is due at `now`. Harmless if nothing is, and then costs nothing, however many profiles there are: what
    /// a profile does of itself depends on a fact or on its deadline.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let mut due = std::mem::take(&mut self.touched);
        let passed = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        due.extend(passed.map(|(_, profile)| *profile));
        #[cfg(debug_assertions)]
        self.assert_nothing_to_do_for_others(now, &due);
        for profile in due {
            self.touch(profile, |profile, turn| profile.handle_timeout(now, turn));
            self.touched.remove(&profile);
        }
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.turn.effects.pop_front()
    }

    /// The earliest deadline of all profiles: the whole scheduler.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Wakeup> {
        let (_, profile) = self.deadlines.first()?;
        self.profiles.get(profile)?.profile.wakeup()
    }

    /// A profile whose status may be another than before, or that is gone; each once. Statuses of others are as they
    /// were, if [`Engine::handle_timeout`] was called since, because a deadline tells when a token ends.
    pub fn poll_changed(&mut self) -> Option<ProfileId> {
        self.changed.pop_first()
    }

    #[must_use]
    pub fn status(&self, profile: ProfileId, now: Timestamp) -> Option<Status> {
        self.profiles.get(&profile).map(|it| it.profile.status(now))
    }

    /// The only way to change a profile: its deadline is kept up to date.
    fn touch(&mut self, id: ProfileId, change: impl FnOnce(&mut Profile, &mut Turn)) {
        let Some(Scheduled { profile, deadline }) = self.profiles.get_mut(&id) else { return };
        change(profile, &mut self.turn);
        let next = profile.wakeup().map(|wakeup| wakeup.at);
        if *deadline != next {
            if let Some(at) = std::mem::replace(deadline, next) {
                self.deadlines.remove(&(at, id));
            }
            self.deadlines.extend(next.map(|at| (at, id)));
        }
        self.touched.insert(id);
        self.changed.insert(id);
    }

    fn touch_all(&mut self, mut change: impl FnMut(&mut Profile, &mut Turn)) {
        let ids: Vec<ProfileId> = self.profiles.keys().copied().collect();
        for id in ids {
            self.touch(id, &mut change);
        }
    }

    /// Looks at the profiles that [`Engine::handle_timeout`] passes over, as long as there are few.
    #[cfg(debug_assertions)]
    fn assert_nothing_to_do_for_others(&self, now: Timestamp, due: &BTreeSet<ProfileId>) {
        const FEW: usize = 8;
        let others = self.profiles.iter().filter(|(id, _)| !due.contains(id)).take(FEW);
        for (id, Scheduled { profile, .. }) in others {
            let (mut again, mut turn) = (profile.clone(), self.turn.clone());
            again.handle_timeout(now, &mut turn);
            debug_assert_eq!(&again, profile, "{id} had something to do before its deadline");
            debug_assert_eq!(turn.effects.len(), self.turn.effects.len(), "{id} asks for more");
        }
    }
}
