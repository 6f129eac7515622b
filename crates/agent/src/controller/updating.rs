//! Newer versions of Glowjar: looked for once a day if the person wants that, and installed when they say so. What is found
//! is a quiet line in the window and in `glowjar status`; nothing pops up.

use std::{sync::Arc, time::Duration};

use glowjar_lifecycle::time::{Step, Timestamp};
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    event::Event,
    ports::{UpdateError, Updates},
    request::Reply,
    timed::{Due, Timed},
    view::{Action, BannerView, Level, UPDATE},
};

pub(super) struct Updating {
    port: Arc<dyn Updates>,
    /// Absent while nobody wants it, or while it is being looked.
    look_at: Option<Timestamp>,
    is_looking: bool,
    is_installing: bool,
    /// The version that can be installed.
    found: Option<String>,
}

impl Updating {
    pub(super) fn new(port: Arc<dyn Updates>) -> Self {
        Self { port, look_at: None, is_looking: false, is_installing: false, found: None }
    }

    /// Whether this copy of Glowjar can replace itself. Those that a package manager installed can't.
    pub(super) fn is_offered(&self) -> bool {
        self.port.is_offered()
    }

    /// Begins and ends with the person's choice.
    pub(super) fn follow_the_choice(&mut self, core: &mut Core) {
        let is_wanted = self.is_offered() && core.preferences.choices.look_for_updates;
        if !is_wanted {
            self.look_at = None;
            if self.found.take().is_some() {
                show(core, None, false);
            }
        } else if self.look_at.is_none() && !self.is_looking {
            self.look_at = Some(core.clock.now());
        }
    }

    pub(super) fn look(&mut self, core: &Core) {
        self.is_looking = true;
        let looking = self.port.look();
        let failed = Event::UpdateLookedFor { outcome: Err("it panicked".to_owned()) };
        core.tasks
            .start(Some(failed), async move { Event::UpdateLookedFor { outcome: looking.await } });
    }

    /// That it could not be found out is nothing a person has to do something about.
    pub(super) fn looked_for(&mut self, core: &mut Core, outcome: Result<Option<String>, String>) {
        self.is_looking = false;
        if !core.preferences.choices.look_for_updates {
            return;
        }
        let now = core.clock.now();
        match outcome {
            Ok(found) => {
                tracing::info!(event = "looked_for_updates", found);
                self.look_at = Some(now + PAUSE);
                if !self.is_installing {
                    show(core, found.as_deref(), false);
                    self.found = found;
                }
            }
            Err(cause) => {
                tracing::info!(event = "no_updates_told", cause);
                self.look_at = Some(now + PAUSE_AFTER_FAILURE);
            }
        }
    }

    pub(super) fn install(&mut self, core: &mut Core, reply: oneshot::Sender<Reply>) {
        if self.found.is_none() || self.is_installing {
            core.refuse(reply, "no_update", &[]);
            return;
        }
        tracing::info!(event = "installs_update", version = self.found);
        self.is_installing = true;
        show(core, self.found.as_deref(), true);
        let installing = self.port.install();
        core.tasks.start(Some(Event::UpdatePanicked), async move {
            Event::UpdateInstalled { outcome: installing.await, reply }
        });
    }

    pub(super) fn installed(
        &mut self,
        core: &mut Core,
        outcome: Result<(), UpdateError>,
        reply: oneshot::Sender<Reply>,
    ) {
        self.is_installing = false;
        match outcome {
            // The new version is about to take this one's place.
            Ok(()) => drop(reply.send(Reply::Done)),
            Err(error) => {
                tracing::warn!(event = "update_not_installed", %error);
                let id = match &error {
                    UpdateError::Unreachable(_) => "update_unreachable",
                    UpdateError::NotGenuine(_) => "update_not_genuine",
                    UpdateError::NotWritten(_) => "update_not_written",
                };
                show(core, self.found.as_deref(), false);
                core.refuse(reply, id, &[("cause", error.cause())]);
            }
        }
    }

    pub(super) fn panicked(&mut self, core: &mut Core) {
        self.is_installing = false;
        show(core, self.found.as_deref(), false);
    }
}

fn show(core: &mut Core, found: Option<&str>, is_installing: bool) {
    core.banners.retain(|banner| !banner.is_update());
    let Some(version) = found else { return };
    // One that was waved away is not spoken of again, the next version is.
    let code = format!("{UPDATE}{version}");
    if core.preferences.dismissed_banners.contains(&code) {
        return;
    }
    let own = core.host.version.clone();
    let id = if is_installing { "banner-update_installing" } else { "banner-update" };
    let said = core.language.tell(id, &[("version", version), ("own", &own)]);
    core.banners.push(BannerView {
        code,
        level: Level::Off,
        headline: said.headline,
        advice: said.advice,
        action: (!is_installing).then_some(Action::InstallUpdate),
        dismissible: !is_installing,
        cause: said.cause,
    });
}

impl Timed for Updating {
    fn deadline(&self) -> Option<Timestamp> {
        self.look_at
    }

    fn shift(&mut self, step: Step) {
        self.look_at.shift(step);
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.look_at.take_if(|at| *at <= now).map(|_| Due::UpdateLookedFor)
    }
}

/// A release is no emergency, and whoever runs the server learns of each look.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);
/// A computer that was just switched on may not have its network yet; one that never has it must not ask all day.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(4 * 60 * 60);
