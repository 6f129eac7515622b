//! What comes back to the controller: requests from people and programs, and the outcomes of work it started.

use std::time::Duration;

use glowjar_ims::{AccessReport, Client, Issued, RequestError, Technical, Verification};
use glowjar_lifecycle::{
    failure::{Failure, Transient},
    id::{Attempt, Generation, ProfileId},
    input::{Grant, Input, KeychainTrouble, SecretSlot},
    time::Step,
};
use glowjar_protocol::message::{Answer, Ask};
use tokio::sync::oneshot;

use super::{
    Controller, Happening,
    adding::{Asker, Trial},
    settings::SettingsChange,
};
use crate::{
    catalogue, crash_points,
    credential::Credential,
    deliberate::{Fault, is_committed},
    handout::Caller,
    history::Entry,
    outlets::OutletError,
    ports::{Desk, SandboxOffer},
    present,
    request::{Field, Reply, Request},
    tray::Click,
    vault::Secrets,
};

/// The closed set of things that happen to the controller.
#[derive(Debug)]
pub(super) enum Event {
    Asked {
        request: Request,
        asker: Asker,
        desk: Desk,
        reply: oneshot::Sender<Reply>,
    },
    /// By another program, whose answer may hold a token.
    Wanted {
        ask: Ask,
        caller: Caller,
        reply: oneshot::Sender<Answer>,
    },
    /// Files and programs that get tokens by themselves were served.
    Supplied {
        profile: ProfileId,
        /// Of the token that was brought.
        fingerprint: String,
        results: Vec<(u32, Result<(), OutletError>)>,
    },
    OutletLookedAt {
        number: u32,
        result: Result<(), OutletError>,
    },
    Clicked(Click, Desk),
    Happened(Happening),
    Opened {
        profile: ProfileId,
        outcome: Result<Secrets, KeychainTrouble>,
    },
    Rechecked {
        profile: ProfileId,
        attempt: Attempt,
        outcome: Result<Secrets, KeychainTrouble>,
    },
    Answered {
        profile: ProfileId,
        attempt: Attempt,
        outcome: Result<Box<Issued>, RequestError>,
    },
    Stored {
        profile: ProfileId,
        generation: Generation,
        credential: Credential,
        outcome: Result<(), KeychainTrouble>,
    },
    Verified {
        profile: ProfileId,
        generation: Generation,
        verification: Verification,
    },
    Checked {
        profile: ProfileId,
        generation: Generation,
        report: AccessReport,
        reply: oneshot::Sender<Reply>,
    },
    /// The task of an attempt ended without an outcome.
    RequestPanicked {
        profile: ProfileId,
        attempt: Attempt,
    },
    DraftStored {
        profile: ProfileId,
        outcome: Result<(), KeychainTrouble>,
    },
    /// A new profile was tried at its provider.
    Tried {
        trial: Box<Trial>,
        outcome: Result<Box<Issued>, RequestError>,
        reply: oneshot::Sender<Reply>,
    },
    /// The secrets of a profile that was removed before the application ended were read once more.
    LeftBehind {
        profile: ProfileId,
        outcome: Result<Secrets, KeychainTrouble>,
    },
    /// A removed profile's secrets are gone from the keychain, or not.
    SecretsDeleted {
        profile: ProfileId,
        outcome: Result<(), KeychainTrouble>,
    },
    /// What was removed a while ago was revoked, or not.
    Revoked {
        name: String,
        outcome: Result<(), RequestError>,
    },
    /// A client with the settings' proxy and certificates.
    ClientMade {
        change: Box<SettingsChange>,
        outcome: Result<Client, (Field, catalogue::Fault)>,
        reply: oneshot::Sender<Reply>,
    },
    IdleTimeTold {
        idle: Option<Duration>,
    },
    FileWritten {
        outcome: std::io::Result<std::path::PathBuf>,
        /// Absent for a click in the tray.
        reply: Option<oneshot::Sender<Reply>>,
    },
    SandboxStarted {
        outcome: std::io::Result<SandboxOffer>,
        reply: oneshot::Sender<Reply>,
    },
    /// For the sake of an attempt that has not gone out yet.
    SandboxStartedFor {
        profile: ProfileId,
        attempt: Attempt,
        slot: SecretSlot,
        outcome: std::io::Result<SandboxOffer>,
    },
}

impl Controller {
    pub(super) fn handle(&mut self, event: Event) {
        match event {
            Event::Asked { request, asker, desk, reply } => {
                self.asked(request, asker, &desk, reply);
            }
            Event::Wanted { ask, caller, reply } => self.wanted(ask, caller, reply),
            Event::Supplied { profile, fingerprint, results } => {
                self.supplied(profile, &fingerprint, results);
            }
            Event::OutletLookedAt { number, result } => self.outlet_looked_at(number, result),
            Event::Clicked(click, desk) => self.clicked(click, &desk),
            Event::Happened(happening) => self.happened(happening),
            Event::Opened { profile, outcome } => self.opened(profile, outcome),
            Event::Rechecked { profile, attempt, outcome } => {
                self.rechecked(profile, attempt, outcome)
            }
            Event::Answered { profile, attempt, outcome } => {
                self.answered(profile, attempt, outcome)
            }
            Event::Stored { profile, generation, credential, outcome } => {
                self.stored(profile, generation, &credential, outcome);
            }
            Event::Verified { profile, generation, verification } => {
                self.verified(profile, generation, verification)
            }
            Event::Checked { profile, generation, report, reply } => {
                self.checked(profile, generation, &report, reply)
            }
            Event::RequestPanicked { profile, attempt } => self.request_panicked(profile, attempt),
            Event::DraftStored { profile, outcome } => self.draft_stored(profile, outcome),
            Event::Tried { trial, outcome, reply } => self.tried(*trial, outcome, reply),
            Event::LeftBehind { profile, outcome } => self.left_behind(profile, outcome),
            Event::SecretsDeleted { profile, outcome } => self.secrets_deleted(profile, outcome),
            Event::Revoked { name, outcome } => self.revoked(&name, outcome),
            Event::ClientMade { change, outcome, reply } => {
                self.client_made(change, outcome, reply)
            }
            Event::IdleTimeTold { idle } => self.idle_time_told(idle),
            Event::FileWritten { outcome, reply } => self.file_written(outcome, reply),
            Event::SandboxStarted { outcome, reply } => self.sandbox_started(outcome, reply),
            Event::SandboxStartedFor { profile, attempt, slot, outcome } => {
                self.sandbox_started_for(profile, attempt, slot, outcome);
            }
        }
    }

    fn happened(&mut self, happening: Happening) {
        match happening {
            Happening::KeychainStirred => {
                self.removal.keychain_stirred(self.clock.now());
                self.input(Input::KeychainStirred);
            }
            Happening::Woke => self.input(Input::Woke),
            Happening::ScreenLocked => self.screen_locked(),
            Happening::ScreenUnlocked => self.screen_unlocked(),
            Happening::ScreenLockWatched { works } => self.lock.screen_is_told = works,
            Happening::BannerRaised(banner) => {
                self.banners.retain(|known| known.code != banner.code);
                if !self.preferences.dismissed_banners.contains(&banner.code) {
                    self.banners.push(banner);
                }
            }
            Happening::DoorChanged => self.door_changed(),
            Happening::TurnedAway => self.turned_away(),
            Happening::BannerCleared { code } => self.banners.retain(|known| known.code != code),
            Happening::Quitting => {}
        }
    }

    fn opened(&mut self, profile: ProfileId, outcome: Result<Secrets, KeychainTrouble>) {
        let Some(config) = self.profiles.get(&profile) else { return };
        let held = self.vault.secrets(profile);
        if let Some(held) = held.filter(|held| held.credential_is_unsaved || held.token.is_some()) {
            // Newer than what the keychain holds, or all that there is, or brought back: its times have moved with the
            // clock, and those in the keychain have not.
            let (holding, is_unsaved) = (held.holding(config), held.credential_is_unsaved);
            self.input(Input::SecretsOpened { profile, holding });
            if is_unsaved {
                self.still_unsaved(profile, outcome.err().unwrap_or(KeychainTrouble::Refused));
            }
            return;
        }
        match outcome {
            Ok(secrets) => {
                let holding = secrets.holding(config);
                self.vault.put(profile, secrets);
                self.input(Input::SecretsOpened { profile, holding });
            }
            Err(trouble) => {
                tracing::warn!(
                    event = "keychain",
                    name = config.name.as_str(),
                    ?trouble,
                    "secrets could not be read"
                );
                self.input(Input::SecretsUnavailable { profile, trouble });
            }
        }
    }

    /// Another process may have rotated the refresh token: what the keychain holds now counts, unless ours is newer.
    fn rechecked(
        &mut self,
        profile: ProfileId,
        attempt: Attempt,
        outcome: Result<Secrets, KeychainTrouble>,
    ) {
        let Some(config) = self.profiles.get(&profile) else { return };
        let held = self.vault.secrets(profile).cloned().unwrap_or_default();
        if let (Err(trouble), false) = (&outcome, held.credential_is_unsaved) {
            return self.input(Input::SecretsUnavailable { profile, trouble: *trouble });
        }
        let found = outcome.ok().filter(|found| {
            !held.credential_is_unsaved
                && found.credential.refresh_token.is_some()
                && !held.credential.has_refresh_token(found.credential.refresh_token.as_ref())
        });
        let newer = found.is_some();
        let current = found.unwrap_or(held);
        let holding = current.holding(config);
        self.vault.put(profile, current);
        self.input(Input::SecretsRechecked { profile, attempt, newer, holding });
    }

    fn answered(
        &mut self,
        profile: ProfileId,
        attempt: Attempt,
        outcome: Result<Box<Issued>, RequestError>,
    ) {
        let landed = self.requests.ended(profile, attempt);
        let is_late = landed.is_none() && !is_committed(Fault::LateAnswersCount);
        let Some(step) = landed.or_else(|| (!is_late).then(|| Step::from_millis(0))) else {
            return;
        };
        let name = self
            .profiles
            .get(&profile)
            .map(|config| config.name.as_str().to_owned())
            .unwrap_or_default();
        match outcome {
            Ok(mut issued) => {
                crash_points::pass("reply-read");
                issued.validity = issued.validity.shifted(step);
                issued.refresh_token_ends = issued.refresh_token_ends.map(|at| at.shifted(step));
                if !self.profiles.contains(&profile) {
                    return self.answered_after_removal(profile, *issued);
                }
                let event =
                    match (self.vault.access_token(profile), self.is_rotation(profile, &issued)) {
                        (None, _) => "granted",
                        (Some(_), true) => "rotated",
                        (Some(_), false) => "renewed",
                    };
                let failed_before = self.runtimes.of(profile).failure.take().is_some();
                tracing::info!(event, name, expires_at = %issued.validity.expires_at);
                if failed_before {
                    tracing::info!(event = "recovered", name);
                    self.note(profile, Entry::Recovered);
                }
                self.note(profile, Entry::granted(event == "granted", issued.validity));
                let grant = Grant {
                    validity: issued.validity,
                    refresh_token_ends: issued.refresh_token_ends,
                    skew: issued.skew.map(|skew| Step::from_millis(skew.ahead_millis())),
                };
                self.vault.take_over(profile, *issued);
                crash_points::pass("taken-over");
                self.input(Input::Granted { profile, attempt, grant });
            }
            Err(RequestError { failure, technical, .. }) => {
                tracing::warn!(event = "failed", name, ?failure, %technical);
                self.note_failure(profile, failure, &technical);
                self.remember_failure(profile, *technical);
                self.input(Input::Failed { profile, attempt, failure });
                // The engine has no token to save it along with.
                if let Some(Secrets { credential, token: None, credential_is_unsaved: true }) =
                    self.vault.secrets(profile)
                {
                    self.save_again(profile, credential, false);
                }
            }
        }
    }

    /// Whether the request went out is not known.
    fn request_panicked(&mut self, profile: ProfileId, attempt: Attempt) {
        if self.requests.ended(profile, attempt).is_none() {
            return;
        }
        let failure = Failure::transient(Transient::Internal);
        let technical = Technical::default();
        tracing::warn!(event = "failed", %profile, ?failure);
        self.note_failure(profile, failure, &technical);
        self.remember_failure(profile, technical);
        self.input(Input::Failed { profile, attempt, failure });
    }

    /// A provider that can't even be addressed is one that can't be reached.
    pub(super) fn unaddressable(&mut self, profile: ProfileId, attempt: Attempt) {
        self.input(Input::Failed {
            profile,
            attempt,
            failure: Failure::transient(Transient::Connect),
        });
    }

    fn remember_failure(&mut self, profile: ProfileId, technical: Technical) {
        let now = self.clock.now();
        self.runtimes.of(profile).failure = Some((now, technical));
    }

    fn is_rotation(&self, profile: ProfileId, issued: &Issued) -> bool {
        let held = self.vault.secrets(profile);
        issued.refresh_token.is_some()
            && held.is_some_and(|held| {
                !held.credential.has_refresh_token(issued.refresh_token.as_ref())
            })
    }

    fn stored(
        &mut self,
        profile: ProfileId,
        generation: Generation,
        credential: &Credential,
        outcome: Result<(), KeychainTrouble>,
    ) {
        match outcome {
            Ok(()) => {
                crash_points::pass("stored");
                self.vault.credential_saved(profile, credential);
                self.input(Input::Kept { profile, generation });
                crash_points::pass("unannounced");
            }
            Err(trouble) => {
                tracing::warn!(event = "not_saved", %profile, ?trouble);
                if is_committed(Fault::UnsavedForgotten) {
                    return self.stored(profile, generation, credential, Ok(()));
                }
                self.input(Input::KeepFailed { profile, generation, trouble });
                crash_points::pass("not-saved");
            }
        }
    }

    fn verified(&mut self, profile: ProfileId, generation: Generation, verification: Verification) {
        if !self.is_current(profile, generation) {
            return;
        }
        match verification {
            Verification::Valid => {
                let now = self.clock.now();
                let runtime = self.runtimes.of(profile);
                runtime.verified_at = Some(now);
                runtime.refused_in_a_row = 0;
            }
            Verification::Invalid { .. } => {
                let runtime = self.runtimes.of(profile);
                runtime.refused_in_a_row += 1;
                // A second new token that is refused as well would not be healed by a third.
                if runtime.refused_in_a_row == 1 {
                    self.input(Input::TokenRejected { profile, generation });
                }
            }
            Verification::Unknown => {}
        }
    }

    fn checked(
        &mut self,
        profile: ProfileId,
        generation: Generation,
        report: &AccessReport,
        reply: oneshot::Sender<Reply>,
    ) {
        let access = present::access(report, self.clock.now(), self.language);
        if self.is_current(profile, generation) {
            self.runtimes.of(profile).access = Some(access.clone());
            if report.access == glowjar_ims::Access::TokenRejected {
                self.input(Input::TokenRejected { profile, generation });
            }
        }
        let _ = reply.send(Reply::Access { access });
    }

    fn is_current(&self, profile: ProfileId, generation: Generation) -> bool {
        let status = self.engine.status(profile, self.clock.now());
        status.and_then(|status| status.token).is_some_and(|token| token.generation == generation)
    }
}

#[cfg(test)]
mod tests;
