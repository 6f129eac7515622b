//! How window, tray and programs speak to the running controller.

use glowjar_protocol::message::{Answer, Ask};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    event::{Asker, Event, HostEvent},
    handout::Caller,
    ports::Desk,
    request::{Reply, Request},
    tray::Click,
    view::Snapshot,
};

/// Speaks to the running controller. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Agent {
    events: mpsc::UnboundedSender<Event>,
    snapshots: watch::Receiver<Snapshot>,
    /// Where the person who asks and clicks sits.
    desk: Desk,
}

impl Agent {
    pub(crate) const fn new(
        events: mpsc::UnboundedSender<Event>,
        snapshots: watch::Receiver<Snapshot>,
        desk: Desk,
    ) -> Self {
        Self { events, snapshots, desk }
    }

    /// Asks and waits for the answer.
    pub async fn ask(&self, request: Request) -> Reply {
        self.ask_as(request, Asker::Person).await
    }

    /// As [`Agent::ask`], for a program: what it sends is for itself alone.
    pub(crate) async fn ask_for(&self, caller: &Caller, request: Request) -> Reply {
        self.ask_as(request, Asker::Program(caller.program.clone())).await
    }

    async fn ask_as(&self, request: Request, asker: Asker) -> Reply {
        let (reply, answer) = oneshot::channel();
        let desk = self.desk.clone();
        let _ = self.events.send(Event::Asked { request, asker, desk, reply });
        let language = self.snapshots.borrow().language;
        // Work that panics drops its reply, and the controller that ends drops all.
        let why = || if self.events.is_closed() { "stopping" } else { "internal" };
        answer.await.unwrap_or_else(|_| Reply::failed(language, why(), &[]))
    }

    /// Passes on a click in the tray's menu.
    pub fn click(&self, click: Click) {
        let _ = self.events.send(Event::Clicked(click, self.desk.clone()));
    }

    /// The same controller for a person at another desktop: what they copy and open goes there.
    #[must_use]
    pub fn at(&self, desk: Desk) -> Self {
        Self { desk, ..self.clone() }
    }

    pub fn tell(&self, happening: HostEvent) {
        let _ = self.events.send(Event::Happened(happening));
    }

    /// What the window would show now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.snapshots.borrow().clone()
    }

    /// Waits for a snapshot that satisfies `condition`. Never returns if none does.
    pub async fn snapshot_when(&self, condition: impl FnMut(&Snapshot) -> bool) -> Snapshot {
        let mut snapshots = self.snapshots.clone();
        let snapshot = snapshots.wait_for(condition).await;
        snapshot.map(|snapshot| snapshot.clone()).unwrap_or_else(|_| self.snapshot())
    }

    /// Serves another program. The answer may hold a token; there is none if the application ends meanwhile.
    pub(crate) async fn serve(&self, ask: Ask, caller: Caller) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        let _ = self.events.send(Event::Wanted { ask, caller, reply });
        answer.await.ok()
    }

    pub(crate) fn snapshots(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.clone()
    }
}
