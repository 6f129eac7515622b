//! The port for programs that can do nothing but HTTP, when another program has it: said, and tried again.

use std::time::Duration;

use glowjar_lifecycle::{id::ProfileId, time::Timestamp};

use glowjar_protocol::message::{Answer, Reason};
use tokio::sync::{oneshot, watch};

use super::core::Core;
use crate::{
    agent::Agent,
    event::{Event, HostEvent},
    handout::{
        Caller,
        http::{Guest, HttpApi},
    },
    history,
    ports::Desk,
    request::Reply,
    view::{BannerView, ConsumerView, Snapshot},
};

/// The port and who may come through it, as the controller sees them.
pub(super) struct HttpPort {
    pub http_api: HttpApi,
    /// What whoever asks there is told of.
    snapshots: watch::Receiver<Snapshot>,
    revision: u64,
}

impl HttpPort {
    pub(super) const fn new(http_api: HttpApi, snapshots: watch::Receiver<Snapshot>) -> Self {
        Self { http_api, snapshots, revision: 0 }
    }

    /// Goes up when what is shown of it changes.
    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn remove_consumer(
        &mut self,
        core: &Core,
        name: &str,
        reply: oneshot::Sender<Reply>,
    ) {
        match self.http_api.remove(name) {
            // Somebody who is gone already is no trouble.
            Answer::Failed(refusal) if refusal.reason != Reason::Usage => {
                core.refuse(reply, "programs_file", &[("cause", &refusal.message)]);
            }
            _ => {
                self.revision += 1;
                let _ = reply.send(Reply::Done);
            }
        }
    }

    /// Lets a program in for one profile, at the person's wish.
    pub(super) fn let_in(
        &self,
        core: &Core,
        profile: ProfileId,
        name: &str,
        desk: &Desk,
        reply: oneshot::Sender<Reply>,
    ) {
        if core.lock.is_locked() {
            return core.refuse(reply, "locked", &[]);
        }
        let Some(events) = core.tasks.events() else { return };
        let agent = Agent::new(events, self.snapshots.clone(), desk.clone());
        let (http_api, desk) = (self.http_api.clone(), desk.clone());
        let name = free_name(name, &http_api.names());
        core.tasks.start(None, async move {
            let answer = http_api.add(name.clone(), Some(profile.to_string()), &agent).await;
            Event::LetIn { profile, name, answer, desk, reply }
        });
    }

    /// Somebody who has ended meanwhile is no trouble.
    pub(super) fn remove_passing(&mut self, name: &str, reply: oneshot::Sender<Reply>) {
        self.http_api.dismiss_named(name);
        self.revision += 1;
        let _ = reply.send(Reply::Done);
    }

    /// Who may come in, those first who were let in for good.
    pub(super) fn consumers(&self, core: &Core) -> Vec<ConsumerView> {
        let view = |guest: Guest| {
            let profiles = core.profiles.ids().iter();
            let Caller { program, way, .. } = &guest.caller;
            let last = profiles.filter_map(|profile| {
                history::last_taken(core.journal.history.of(*profile), program, *way)
            });
            let its_profile = guest.profile.and_then(|id| core.profile_named(&id));
            ConsumerView {
                name: guest.name,
                profile_name: its_profile.map(|profile| profile.name.as_str().to_owned()),
                until_it_ends: guest.is_passing,
                last_taken: last.max(),
            }
        };
        self.http_api.guests().into_iter().map(view).collect()
    }

    /// It was opened or closed, could not be opened, or others may come in.
    pub(super) fn http_api_changed(&mut self, core: &mut Core) {
        self.revision += 1;
        core.banners.retain(|banner| ![PORT, SECRETS].contains(&banner.code.as_str()));
        let port = self.http_api.blocked(core.language).map(|said| BannerView::lasting(PORT, said));
        let secrets =
            self.http_api.exposed(core.language).map(|said| BannerView::lasting(SECRETS, said));
        core.banners.extend(port.into_iter().chain(secrets));
        self.http_api.try_again_at(core.clock.now() + PAUSE);
    }

    /// Requests over HTTP got nothing.
    pub(super) fn turned_away(&self, core: &mut Core) {
        let now = core.clock.now();
        for counted in self.http_api.take_turned_away() {
            let (cause, program, count) = (counted.cause, &counted.program, counted.count);
            tracing::warn!(event = "http_turned_away", cause, program, count);
            core.journal.record.add_turned_away(now, counted);
        }
    }

    pub(super) fn open_port_again(&self, core: &Core, now: Timestamp) {
        let Some(events) = core.tasks.events() else { return };
        let desk = Desk::new(core.host.shell.clone());
        let agent = Agent::new(events, self.snapshots.clone(), desk);
        let http_api = self.http_api.clone();
        // Not again before this one is told of.
        http_api.try_again_at(now + PAUSE);
        core.tasks.start(Some(Event::Happened(HostEvent::HttpApiChanged)), async move {
            if let Err(error) = http_api.open(&agent).await {
                tracing::warn!(event = "http_not_open", %error);
            }
            Event::Happened(HostEvent::HttpApiChanged)
        });
    }
}

/// A name that nobody has: "n8n", "n8n 2" and so on.
fn free_name(name: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|number| format!("{name} {number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

const PORT: &str = "http_port";
const SECRETS: &str = "http_secrets";
/// A program that has the port now has it for longer than a second, and who asks there waits for it.
const PAUSE: Duration = Duration::from_secs(60);
