//! Programs as a person sees them: who took tokens, and where tokens go by themselves.

use glowjar_lifecycle::id::ProfileId;
use glowjar_protocol::message::{Answer, Reason};
use tokio::sync::oneshot;

use super::Controller;
use crate::{handout::Caller, history, request::Reply, view::ProgramsView};

impl Controller {
    /// Somebody has the token now. Goes into the log, the record and the history, none of which sees it.
    pub(super) fn taken(&mut self, profile: ProfileId, caller: &Caller, format: &str) {
        let Some(config) = self.profiles.get(&profile) else { return };
        let (name, now) = (config.name.as_str(), self.clock.now());
        let (program, pid) = (caller.program.line(), caller.pid);
        tracing::info!(event = "handed_out", name, program, pid, format);
        self.callers.record(now, caller, (profile, name), format);
        self.history.handed_out(now, profile, caller, format);
    }

    pub(super) fn programs_of(&self, profile: ProfileId) -> ProgramsView {
        let day = self.clock.now().as_millis() - DAY;
        ProgramsView {
            asks_first: self.profiles.get(&profile).is_some_and(|profile| profile.asks_first),
            permissions: self.permissions_view(profile),
            takers: history::takers(self.history.of(profile), day, self.language),
            outlets: self.outlets_view(profile),
            consumers: self.door.names(),
        }
    }

    pub(super) fn remove_consumer(&mut self, name: &str, reply: oneshot::Sender<Reply>) {
        match self.door.remove(name) {
            // Somebody who is gone already is no trouble.
            Answer::Failed(refusal) if refusal.reason != Reason::Usage => {
                self.refuse(reply, "programs_file", &[("cause", &refusal.message)]);
            }
            _ => {
                self.programs_revision += 1;
                let _ = reply.send(Reply::Done);
            }
        }
    }
}

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;
