//! Profiles going: with some seconds to change one's mind, and then without a trace.

use std::time::Duration;

use glowjar_ims::{Issued, RequestError};
use glowjar_lifecycle::{
    id::ProfileId,
    input::Input,
    time::{Step, Timestamp},
};
use tokio::sync::oneshot;

use super::{Controller, outcomes::Event};
use crate::{
    notices::{Notice, Urgency},
    present::Remembered,
    profile::{Name, Profile},
    request::Reply,
    timed::{Due, Timed},
    vault::{self, Secrets},
    view::UndoView,
};

/// Long enough to read what happened and to reach the button.
const TIME_TO_UNDO: Duration = Duration::from_secs(12);

/// The last removal, while it can be undone. The list of profiles names it as leaving.
#[derive(Default)]
pub(super) struct Removal {
    pending: Option<Removed>,
}

/// A profile that was removed and can be brought back.
struct Removed {
    profile: ProfileId,
    /// Where it stood in the list.
    place: usize,
    /// What was in memory. The keychain keeps its own until the time is over.
    secrets: Option<Secrets>,
    remembered: Option<Remembered>,
    until: Timestamp,
}

impl Removal {
    /// What a removed profile takes back into memory if it is brought back.
    pub(super) fn secrets_of(&self, profile: ProfileId) -> Option<&Secrets> {
        let removed = self.pending.as_ref().filter(|removed| removed.profile == profile)?;
        removed.secrets.as_ref()
    }
}

impl Timed for Removal {
    fn deadline(&self) -> Option<Timestamp> {
        self.pending.as_ref().map(|removed| removed.until)
    }

    fn shift(&mut self, step: Step) {
        let Some(removed) = &mut self.pending else { return };
        removed.until = removed.until.shifted(step);
        if let Some(secrets) = &mut removed.secrets {
            secrets.shift(step);
        }
        if let Some(remembered) = &mut removed.remembered {
            remembered.shift(step);
        }
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.deadline().is_some_and(|until| until <= now).then_some(Due::RemovalFinished)
    }
}

impl Controller {
    pub(super) fn remove_profile(
        &mut self,
        profile: ProfileId,
        revoke: bool,
        reply: oneshot::Sender<Reply>,
    ) {
        // One can be undone: the one before is gone for good now.
        self.finish_removal();
        let place = match self.profiles.change(|list| list.remove(profile, revoke)) {
            Ok(place) => place.unwrap_or_default(),
            Err(error) => {
                return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
            }
        };
        self.removal.pending = Some(Removed {
            profile,
            place,
            secrets: self.vault.secrets(profile).cloned(),
            remembered: self.remembered.remove(&profile),
            until: self.clock.now() + TIME_TO_UNDO,
        });
        self.vault.remove(profile);
        self.input(Input::ProfileRemoved { profile });
        if self.clipboard.holds_of(profile) {
            self.clear_clipboard();
        }
        tracing::info!(event = "profile_removed", %profile, revoke);
        let _ = reply.send(Reply::Done);
    }

    pub(super) fn undo_remove(&mut self, reply: oneshot::Sender<Reply>) {
        let pending = self.removal.pending.as_ref();
        let leaving = pending.and_then(|it| self.profiles.leaving_profile(it.profile));
        let Some((removed, leaving)) = pending.zip(leaving) else {
            return self.refuse(reply, "nothing_to_undo", &[]);
        };
        let (profile, place) = (removed.profile, removed.place);
        // Another may have taken its name meanwhile.
        let name = Name::parse(&self.profiles.free_name(leaving.name.as_str()));
        let name = name.unwrap_or_else(|_| leaving.name.clone());
        let policy = leaving.policy(self.preferences.renew_early());
        let paused = leaving.paused;
        let changed = self.profiles.change(|list| {
            if let Some(leaving) = list.take_leaving(profile) {
                list.insert(place, Profile { name, ..leaving.profile });
            }
        });
        if let Err(error) = changed {
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        if let Some(Removed { secrets, remembered, .. }) = self.removal.pending.take() {
            if let Some(secrets) = secrets {
                self.vault.put(profile, secrets);
            }
            self.remembered.extend(remembered.map(|remembered| (profile, remembered)));
        }
        self.input(Input::ProfileAdded { profile, policy, paused });
        tracing::info!(event = "profile_brought_back", %profile);
        let _ = reply.send(Reply::Saved { profile: profile.to_string() });
    }

    /// The answer to a request that was under way at the removal: what it rotated is needed if that is undone.
    pub(super) fn answered_after_removal(&mut self, profile: ProfileId, issued: Issued) {
        let pending = self.removal.pending.as_mut().filter(|removed| removed.profile == profile);
        let leaving = self.profiles.leaving_profile(profile);
        let (Some(removed), Some(leaving)) = (pending, leaving) else { return };
        let secrets = removed.secrets.get_or_insert_default();
        secrets.take_over(issued);
        let kept = secrets.keep(&self.keychain, profile, &leaving.client_id);
        tokio::spawn(async move {
            if let Err(trouble) = kept.await {
                tracing::warn!(event = "not_saved", %profile, ?trouble);
            }
        });
    }

    pub(super) fn undo_view(&self) -> Option<UndoView> {
        let removed = self.removal.pending.as_ref()?;
        let profile = self.profiles.leaving_profile(removed.profile)?;
        Some(UndoView { name: profile.name.as_str().to_owned(), until: removed.until.as_millis() })
    }

    /// Nobody can want it back any more: what is left of it goes.
    pub(super) fn finish_removal(&mut self) {
        let Some(removed) = self.removal.pending.take() else { return };
        self.requests.give_up(removed.profile);
        self.take_away(removed.profile, removed.secrets);
    }

    /// Glowjar ended before the time to undo was over, and nobody undid it.
    pub(super) fn finish_leaving(&mut self) {
        for leaving in self.profiles.leaving().to_vec() {
            let profile = leaving.profile.id;
            if self.profiles.contains(&profile) {
                self.forget_leaving(profile);
                continue;
            }
            let (keychain, client_id) = (self.keychain.clone(), leaving.profile.client_id.clone());
            self.start(Some(Event::LeftBehind { profile, secrets: None }), async move {
                let secrets = Secrets::open(&keychain, profile, &client_id).await.ok();
                Event::LeftBehind { profile, secrets }
            });
        }
    }

    fn forget_leaving(&mut self, profile: ProfileId) {
        if let Err(error) = self.profiles.change(|list| list.take_leaving(profile)) {
            tracing::warn!(%error, "the profiles file still names what was removed");
        }
    }

    /// Everything that belongs to a profile that is leaving goes with it, wherever that is kept, and its refresh token
    /// is revoked if so wished. The list names it to the last, so that a start after a crash in between does it again.
    pub(super) fn take_away(&mut self, id: ProfileId, secrets: Option<Secrets>) {
        let leaving = self.profiles.leaving().iter().find(|leaving| leaving.profile.id == id);
        let Some(leaving) = leaving.cloned() else { return };
        self.outlets_of_removed(id);
        self.callers.forget(id);
        self.history.forget(self.clock.now(), id);
        if let Err(error) = self.questions.permissions.forget_profile(id) {
            tracing::warn!(event = "permissions_not_saved", %error);
        }
        let provider = leaving.profile.provider(self.sandbox_url.as_ref());
        let secrets = secrets.map(|secrets| secrets.credential);
        if leaving.revoke
            && let Some(provider) = provider.filter(|provider| provider.revocation.is_some())
            && let Some(credential) = secrets
            && let Some(token) = credential.refresh_token
        {
            let client = self.client.clone();
            let name = leaving.profile.name.as_str().to_owned();
            let client_id = leaving.profile.client_id;
            let secret = credential.client_secret;
            self.start(None, async move {
                let outcome = client.revoke(&provider, &client_id, secret.as_ref(), &token).await;
                Event::Revoked { name, outcome }
            });
        }
        vault::forget(&self.keychain, id);
        let id_as_text = id.to_string();
        self.preferences.change(|preferences| {
            preferences.default_profile.take_if(|chosen| *chosen == id_as_text);
        });
        self.forget_leaving(id);
    }

    pub(super) fn revoked(&self, name: &str, outcome: Result<(), RequestError>) {
        match outcome {
            Ok(()) => tracing::info!(event = "revoked", name),
            Err(error) => {
                tracing::warn!(event = "not_revoked", name, failure = ?error.failure, technical = %error.technical);
                let said = self.language.tell("notice-not_revoked", &[("name", name)]);
                self.shell.raise(&Notice {
                    id: "not_revoked".to_owned(),
                    title: said.headline,
                    body: said.advice,
                    urgency: Urgency::Normal,
                    buttons: Vec::new(),
                });
            }
        }
    }
}
