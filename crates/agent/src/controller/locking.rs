//! Locked, Glowjar renews as ever and gives nothing away: no hand-outs, no copies, no files.
//!
//! A person or program locks it by hand, and the screen's lock or an idle computer by themselves if that was chosen.
//! What came by itself goes by itself when the screen is unlocked: whoever can do that is the person.

use std::time::Duration;

use glowjar_lifecycle::time::{Step, Timestamp};
use glowjar_protocol::message::{Answer, Reason};

use super::{Controller, outcomes::Event};
use crate::{
    handout::refused,
    timed::{Due, Timed},
    view::{Action, BannerView, LOCKED, Level},
};

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
    pub screen_is_told: bool,
    /// The system says how long nobody was there. True until it turned out otherwise.
    pub idleness_is_told: bool,
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

impl Controller {
    pub(super) const fn is_locked(&self) -> bool {
        self.lock.by.is_some()
    }

    /// Programs can lock, and only a person at the window unlocks: otherwise each program could do it for itself.
    pub(super) fn lock(&mut self, by: LockedBy) {
        let was_locked = self.is_locked();
        // What a person locked stays locked, whatever the screen does.
        if self.lock.by == Some(LockedBy::Hand) || self.lock.by == Some(by) {
            return;
        }
        tracing::info!(event = "locked", ?by);
        self.lock.by = Some(by);
        self.lock.look_at = None;
        self.banners.retain(|banner| banner.code != LOCKED);
        let id = match by {
            LockedBy::Hand => "banner-locked",
            LockedBy::Screen => "banner-locked_by_screen",
            LockedBy::Idleness => "banner-locked_by_idleness",
        };
        let said = self.language.tell(id, &[]);
        self.banners.push(BannerView {
            code: LOCKED.to_owned(),
            level: Level::Off,
            headline: said.headline,
            advice: said.advice,
            action: Some(Action::Unlock),
            dismissible: false,
        });
        if !was_locked && self.clipboard.is_held() {
            self.clear_clipboard();
        }
    }

    pub(super) fn unlock(&mut self) {
        if self.lock.by.take().is_none() {
            return;
        }
        tracing::info!(event = "unlocked");
        self.lock.person_at = Some(self.clock.now());
        self.banners.retain(|banner| banner.code != LOCKED);
        self.watch_for_idleness();
        for profile in self.profiles.ids().to_vec() {
            self.supply(profile);
        }
    }

    pub(super) fn screen_locked(&mut self) {
        if self.preferences.choices.lock_with_screen && !self.is_locked() {
            self.lock(LockedBy::Screen);
        }
    }

    pub(super) fn screen_unlocked(&mut self) {
        if self.lock.by.is_some_and(|by| by != LockedBy::Hand) {
            self.unlock();
        }
    }

    /// Begins to look, or to look no longer, as the settings have it.
    pub(super) fn watch_for_idleness(&mut self) {
        let is_wanted = self.preferences.lock_after().is_some() && !self.is_locked();
        self.lock.look_at = is_wanted.then(|| self.clock.now());
        if !is_wanted {
            self.lock.idleness_is_told = true;
        }
    }

    pub(super) fn ask_idle_time(&self) {
        let presence = self.presence.clone();
        self.start(Some(Event::IdleTimeTold { idle: None }), async move {
            Event::IdleTimeTold { idle: presence.idle_time().await }
        });
    }

    pub(super) fn idle_time_told(&mut self, idle: Option<Duration>) {
        let Some(limit) = self.preferences.lock_after().filter(|_| !self.is_locked()) else {
            return;
        };
        self.lock.idleness_is_told = idle.is_some();
        let now = self.clock.now();
        // A desktop that can't say now may have only just come up.
        let mut idle = idle.unwrap_or_default();
        if let Some(person_at) = self.lock.person_at {
            idle = idle.min(now.since(person_at));
        }
        let left = limit.saturating_sub(idle);
        if left.is_zero() {
            self.lock(LockedBy::Idleness);
        } else {
            self.lock.look_at = Some(now + left.max(LEAST_PAUSE));
        }
    }

    /// A computer that slept for so long had nobody at it.
    pub(super) fn slept(&mut self, span: Duration) {
        let is_long = |limit| span >= limit;
        if self.preferences.lock_after().is_some_and(is_long) && !self.is_locked() {
            self.lock(LockedBy::Idleness);
        }
    }

    /// The refusal while it is locked.
    pub(super) fn refusal_while_locked(&self) -> Option<Answer> {
        let advice = match self.lock.by? {
            LockedBy::Hand | LockedBy::Idleness => "Unlock it in its window.",
            LockedBy::Screen => "It unlocks by itself when the screen is unlocked.",
        };
        Some(refused(Reason::Person, LOCKED, HEADLINE, advice))
    }
}

const HEADLINE: &str = "Glowjar is locked";
/// What rounding makes too early by a hair is not asked again and again.
const LEAST_PAUSE: Duration = Duration::from_secs(1);
