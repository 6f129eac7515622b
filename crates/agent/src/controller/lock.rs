//! Whether Glowjar is locked, and since when nobody was there.

use std::time::Duration;

use glowjar_lifecycle::time::{Step, Timestamp};

use crate::timed::{Due, Timed};

/// Whether it is locked, and what decides that.
#[derive(Debug)]
pub(super) struct Lock {
    by: Option<LockedBy>,
    /// When to ask how long nobody was there. Never earlier than that could be long enough.
    look_at: Option<Timestamp>,
    /// When somebody unlocked it: there they were, whatever the system makes of how they did it (a switch, a voice, a
    /// remote desktop).
    person_at: Option<Timestamp>,
    /// The system says when the screen is locked. True until it turned out otherwise.
    screen_is_told: bool,
    /// The system says how long nobody was there. True until it turned out otherwise.
    idleness_is_told: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockedBy {
    Hand,
    Screen,
    Idleness,
}

impl Default for Lock {
    fn default() -> Self {
        Self {
            by: None,
            look_at: None,
            person_at: None,
            screen_is_told: true,
            idleness_is_told: true,
        }
    }
}

impl Lock {
    pub(super) const fn is_locked(&self) -> bool {
        self.by.is_some()
    }

    pub(super) const fn by(&self) -> Option<LockedBy> {
        self.by
    }

    /// False if it was locked so already. What a person locked stays locked, whatever the screen does.
    pub(super) fn lock(&mut self, by: LockedBy) -> bool {
        if self.by == Some(LockedBy::Hand) || self.by == Some(by) {
            return false;
        }
        self.by = Some(by);
        self.look_at = None;
        true
    }

    /// False if it was not locked.
    pub(super) fn unlock(&mut self, now: Timestamp) -> bool {
        let was_locked = self.by.take().is_some();
        if was_locked {
            self.person_at = Some(now);
        }
        was_locked
    }

    /// Asks how long nobody was there, now, or no more.
    pub(super) const fn watch_for_idleness(&mut self, is_wanted: bool, now: Timestamp) {
        self.look_at = if is_wanted { Some(now) } else { None };
        if !is_wanted {
            self.idleness_is_told = true;
        }
    }

    /// Takes what the system says, if it says anything, and returns whether that is as long as `limit`. If not, it is
    /// asked again when it could be.
    pub(super) fn has_been_idle_for(
        &mut self,
        limit: Duration,
        idle: Option<Duration>,
        now: Timestamp,
    ) -> bool {
        self.idleness_is_told = idle.is_some();
        // A desktop that can't say now may have only just come up.
        let mut idle = idle.unwrap_or_default();
        if let Some(person_at) = self.person_at {
            idle = idle.min(now.since(person_at));
        }
        let left = limit.saturating_sub(idle);
        if !left.is_zero() {
            self.look_at = Some(now + left.max(LEAST_PAUSE));
        }
        left.is_zero()
    }

    pub(super) const fn screen_lock_is_told(&self) -> bool {
        self.screen_is_told
    }

    pub(super) const fn screen_lock_watched(&mut self, works: bool) {
        self.screen_is_told = works;
    }

    pub(super) const fn idleness_is_told(&self) -> bool {
        self.idleness_is_told
    }
}

impl Timed for Lock {
    fn deadline(&self) -> Option<Timestamp> {
        self.look_at
    }

    fn shift(&mut self, step: Step) {
        for at in [&mut self.look_at, &mut self.person_at] {
            at.shift(step);
        }
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.look_at.take_if(|at| *at <= now).map(|_| Due::IdleTimeAsked)
    }
}

/// What rounding makes too early by a hair is not asked again and again.
const LEAST_PAUSE: Duration = Duration::from_secs(1);
