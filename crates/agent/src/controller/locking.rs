//! Locked, Glowjar renews as ever and gives nothing away: no hand-outs, no copies, no files.
//!
//! A person or program locks it by hand, and the screen's lock or an idle computer by themselves if that was chosen.
//! What came by itself goes by itself when the screen is unlocked: whoever can do that is the person.

use std::time::Duration;

use glowjar_protocol::message::{Answer, Reason};

use super::{core::Core, lock::LockedBy};
use crate::{
    event::{Event, FollowUp},
    handout::refused,
    view::{Action, BannerView, LOCKED, Level},
};

/// Programs can lock, and only a person at the window unlocks: otherwise each program could do it for itself.
pub(super) fn lock(core: &mut Core, by: LockedBy) {
    if !core.lock.lock(by) {
        return;
    }
    tracing::info!(event = "locked", ?by);
    core.banners.retain(|banner| banner.code != LOCKED);
    let id = match by {
        LockedBy::Hand => "banner-locked",
        LockedBy::Screen => "banner-locked_by_screen",
        LockedBy::Idleness => "banner-locked_by_idleness",
    };
    let said = core.language.tell(id, &[]);
    core.banners.push(BannerView {
        code: LOCKED.to_owned(),
        level: Level::Off,
        headline: said.headline,
        advice: said.advice,
        action: Some(Action::Unlock),
        dismissible: false,
        cause: said.cause,
    });
    core.tasks.then(FollowUp::Locked);
}

pub(super) fn unlock(core: &mut Core) {
    let now = core.clock.now();
    if !core.lock.unlock(now) {
        return;
    }
    tracing::info!(event = "unlocked");
    core.banners.retain(|banner| banner.code != LOCKED);
    watch_for_idleness(core);
    for profile in core.profiles.ids().to_vec() {
        core.tasks.then(FollowUp::Supply(profile));
    }
}

pub(super) fn screen_locked(core: &mut Core) {
    if core.preferences.choices.lock_with_screen && !core.lock.is_locked() {
        lock(core, LockedBy::Screen);
    }
}

pub(super) fn screen_unlocked(core: &mut Core) {
    if core.lock.by().is_some_and(|by| by != LockedBy::Hand) {
        unlock(core);
    }
}

/// Begins to look, or to look no longer, as the settings have it.
pub(super) fn watch_for_idleness(core: &mut Core) {
    let is_wanted = core.preferences.lock_after().is_some() && !core.lock.is_locked();
    core.lock.watch_for_idleness(is_wanted, core.clock.now());
}

pub(super) fn ask_idle_time(core: &Core) {
    let presence = core.host.presence.clone();
    core.tasks.start(Some(Event::IdleTimeTold { idle: None }), async move {
        Event::IdleTimeTold { idle: presence.idle_time().await }
    });
}

pub(super) fn idle_time_told(core: &mut Core, idle: Option<Duration>) {
    let limit = core.preferences.lock_after().filter(|_| !core.lock.is_locked());
    if let Some(limit) = limit
        && core.lock.has_been_idle_for(limit, idle, core.clock.now())
    {
        lock(core, LockedBy::Idleness);
    }
}

/// A computer that slept for so long had nobody at it.
pub(super) fn slept(core: &mut Core, span: Duration) {
    let is_long = |limit| span >= limit;
    if core.preferences.lock_after().is_some_and(is_long) && !core.lock.is_locked() {
        lock(core, LockedBy::Idleness);
    }
}

/// The refusal while it is locked.
pub(super) fn refusal_while_locked(core: &Core) -> Option<Answer> {
    let advice = match core.lock.by()? {
        LockedBy::Hand | LockedBy::Idleness => "Unlock it in its window.",
        LockedBy::Screen => "It unlocks by itself when the screen is unlocked.",
    };
    Some(refused(Reason::Person, LOCKED, HEADLINE, advice))
}

const HEADLINE: &str = "Glowjar is locked";
