//! The port for programs that can do nothing but HTTP, when another program has it: said, and tried again.

use std::time::Duration;

use glowjar_lifecycle::time::Timestamp;

use super::{Agent, Controller, Happening, outcomes::Event};
use crate::{ports::Desk, view::BannerView};

impl Controller {
    /// It was opened or closed, could not be opened, or others may come in.
    pub(super) fn door_changed(&mut self) {
        self.programs_revision += 1;
        self.banners.retain(|banner| ![PORT, SECRETS].contains(&banner.code.as_str()));
        let port = self.door.blocked(self.language).map(|said| BannerView::lasting(PORT, said));
        let secrets =
            self.door.exposed(self.language).map(|said| BannerView::lasting(SECRETS, said));
        self.banners.extend(port.into_iter().chain(secrets));
        self.door.try_again_at(self.clock.now() + PAUSE);
    }

    /// Requests over HTTP got nothing.
    pub(super) fn turned_away(&mut self) {
        let now = self.clock.now();
        for counted in self.door.take_turned_away() {
            let (cause, program, count) = (counted.cause, &counted.program, counted.count);
            tracing::warn!(event = "http_turned_away", cause, program, count);
            self.callers.record_turned_away(now, counted);
        }
    }

    pub(super) fn open_port_again(&mut self, now: Timestamp) {
        let Some(events) = self.events.upgrade() else { return };
        let desk = Desk::new(self.shell.clone());
        let agent = Agent { events, snapshots: self.publisher.subscribe(), desk };
        let door = self.door.clone();
        // Not again before this one is told of.
        door.try_again_at(now + PAUSE);
        self.start(Some(Event::Happened(Happening::DoorChanged)), async move {
            if let Err(error) = door.open(&agent).await {
                tracing::warn!(event = "http_not_open", %error);
            }
            Event::Happened(Happening::DoorChanged)
        });
    }
}

const PORT: &str = "http_port";
const SECRETS: &str = "http_secrets";
/// A program that has the port now has it for longer than a second, and who asks there waits for it.
const PAUSE: Duration = Duration::from_secs(60);
