//! What is known of each profile since the start, beside its status. Nothing of it is kept.

use std::collections::{BTreeSet, HashMap};

use glowjar_ims::Technical;
use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};

use crate::{timed::Timed, view::AccessView};

/// What is known of one profile beside its status.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProfileRuntime {
    /// The last failure's technical side, and when it came.
    pub failure: Option<(Timestamp, Technical)>,
    pub access: Option<AccessView>,
    pub verified_at: Option<Timestamp>,
    /// New tokens that the provider itself then called invalid.
    pub refused_in_a_row: u32,
}

/// All of it, and of which profiles it has changed.
#[derive(Debug, Default)]
pub(crate) struct ProfileRuntimes {
    by_profile: HashMap<ProfileId, ProfileRuntime>,
    changed: BTreeSet<ProfileId>,
}

impl ProfileRuntimes {
    pub(crate) fn get(&self, profile: ProfileId) -> Option<&ProfileRuntime> {
        self.by_profile.get(&profile)
    }

    /// To be changed.
    pub(crate) fn of(&mut self, profile: ProfileId) -> &mut ProfileRuntime {
        self.changed.insert(profile);
        self.by_profile.entry(profile).or_default()
    }

    pub(crate) fn put(&mut self, profile: ProfileId, runtime: ProfileRuntime) {
        self.changed.insert(profile);
        self.by_profile.insert(profile, runtime);
    }

    pub(crate) fn remove(&mut self, profile: ProfileId) -> Option<ProfileRuntime> {
        self.changed.insert(profile);
        self.by_profile.remove(&profile)
    }

    /// The profiles of which something has changed since this was last asked.
    pub(crate) fn take_changed(&mut self) -> BTreeSet<ProfileId> {
        std::mem::take(&mut self.changed)
    }
}

impl ProfileRuntime {
    /// Moves the times held here with the clock.
    pub(crate) fn shift(&mut self, step: Step) {
        if let Some((at, _)) = &mut self.failure {
            *at = at.shifted(step);
        }
        self.verified_at = self.verified_at.map(|at| at.shifted(step));
        if let Some(access) = &mut self.access {
            access.at = Timestamp::from_millis(access.at).shifted(step).as_millis();
            let at = access.technical.at.map(Timestamp::from_millis);
            access.technical.at = at.map(|at| at.shifted(step).as_millis());
        }
    }
}

impl Timed for ProfileRuntimes {
    fn shift(&mut self, step: Step) {
        for (profile, runtime) in &mut self.by_profile {
            runtime.shift(step);
            self.changed.insert(*profile);
        }
    }
}
