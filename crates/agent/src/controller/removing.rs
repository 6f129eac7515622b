//! Profiles going: with some seconds to change one's mind, and then without a trace.

use std::time::Duration;

use glowjar_ims::{Issued, RequestError};
use glowjar_lifecycle::{id::ProfileId, input::Input, time::Timestamp};
use tokio::sync::oneshot;

use super::{Controller, outcomes::Event};
use crate::{
    notices::{Notice, Urgency},
    present::Remembered,
    profiles::Leaving,
    request::Reply,
    vault::{self, Secrets},
    view::UndoView,
};

/// Long enough to read what happened and to reach the button.
const TIME_TO_UNDO: Duration = Duration::from_secs(12);

/// A profile that was removed and can be brought back.
pub(super) struct Removed {
    pub leaving: Leaving,
    /// Where it stood in the list.
    place: usize,
    /// What was in memory. The keychain keeps its own until the time is over.
    secrets: Option<Secrets>,
    remembered: Option<Remembered>,
    pub until: Timestamp,
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
        let Some(config) = self.profiles.remove(&profile) else { return };
        let place = self.order.iter().position(|id| *id == profile).unwrap_or(0);
        self.order.retain(|id| *id != profile);
        self.removed = Some(Removed {
            leaving: Leaving { profile: config, revoke },
            place,
            secrets: None,
            remembered: None,
            until: self.clock.now() + TIME_TO_UNDO,
        });
        if let Err(error) = self.save_profiles() {
            if let Some(Removed { leaving, .. }) = self.removed.take() {
                self.profiles.insert(profile, leaving.profile);
                self.order.insert(place, profile);
            }
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        let secrets = self.vault.secrets(profile).cloned();
        let remembered = self.remembered.remove(&profile);
        self.vault.remove(profile);
        if let Some(removed) = &mut self.removed {
            removed.secrets = secrets;
            removed.remembered = remembered;
        }
        self.input(Input::ProfileRemoved { profile });
        if self.clipboard.as_ref().is_some_and(|hold| hold.profile == profile) {
            self.clear_clipboard();
        }
        tracing::info!(event = "profile_removed", %profile, revoke);
        let _ = reply.send(Reply::Done);
    }

    pub(super) fn undo_remove(&mut self, reply: oneshot::Sender<Reply>) {
        let Some(removed) = self.removed.take() else {
            return self.refuse(reply, "nothing_to_undo", &[]);
        };
        let config = removed.leaving.profile.clone();
        let profile = config.id;
        let policy = config.policy(self.preferences.renew_early());
        let paused = config.paused;
        let place = removed.place.min(self.order.len());
        self.profiles.insert(profile, config);
        self.order.insert(place, profile);
        if let Err(error) = self.save_profiles() {
            self.profiles.remove(&profile);
            self.order.retain(|id| *id != profile);
            self.removed = Some(removed);
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        if let Some(secrets) = removed.secrets {
            self.vault.put(profile, secrets);
        }
        self.remembered.extend(removed.remembered.map(|remembered| (profile, remembered)));
        self.input(Input::ProfileAdded { profile, policy, paused });
        tracing::info!(event = "profile_brought_back", %profile);
        let _ = reply.send(Reply::Saved { profile: profile.to_string() });
    }

    /// The answer to a request that was under way at the removal: what it rotated is needed if that is undone.
    pub(super) fn answered_after_removal(&mut self, profile: ProfileId, issued: Issued) {
        let Some(removed) = &mut self.removed else { return };
        if removed.leaving.profile.id != profile {
            return;
        }
        let secrets = removed.secrets.get_or_insert_default();
        secrets.take_over(issued);
        let kept = secrets.keep(&self.keychain, profile, &removed.leaving.profile.client_id);
        tokio::spawn(async move {
            if let Err(trouble) = kept.await {
                tracing::warn!(event = "not_saved", %profile, ?trouble);
            }
        });
    }

    pub(super) fn undo_view(&self) -> Option<UndoView> {
        self.removed.as_ref().map(|removed| UndoView {
            name: removed.leaving.profile.name.as_str().to_owned(),
            until: removed.until.as_millis(),
        })
    }

    pub(super) fn finish_removal_if_due(&mut self, now: Timestamp) {
        if self.removed.as_ref().is_some_and(|removed| removed.until <= now) {
            self.finish_removal();
        }
    }

    /// Nobody can want it back any more: what is left of it goes.
    pub(super) fn finish_removal(&mut self) {
        let Some(removed) = self.removed.take() else { return };
        self.outlets_of_removed(removed.leaving.profile.id);
        self.record.forget(removed.leaving.profile.id);
        if let Some(outdated) = self.in_flight.remove(&removed.leaving.profile.id) {
            outdated.abort.abort();
        }
        self.take_away(removed.leaving, removed.secrets);
        if let Err(error) = self.save_profiles() {
            tracing::warn!(%error, "the profiles file still names what was removed");
        }
    }

    /// Glowjar ended before the time to undo was over, and nobody undid it.
    pub(super) fn finish_leaving(&mut self, leaving: Vec<Leaving>) {
        for leaving in leaving {
            let id = leaving.profile.id;
            if self.profiles.contains_key(&id) {
                continue;
            }
            let (keychain, client_id) = (self.keychain.clone(), leaving.profile.client_id.clone());
            self.start(async move {
                let secrets = Secrets::open(&keychain, id, &client_id).await.ok();
                Event::LeftBehind { leaving: Box::new(leaving), secrets }
            });
        }
    }

    /// Revokes if so wished, and deletes what the keychain holds.
    pub(super) fn take_away(&mut self, leaving: Leaving, secrets: Option<Secrets>) {
        let id = leaving.profile.id;
        self.history.forget(self.clock.now(), id);
        if let Err(error) = self.permissions.forget_profile(id) {
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
            self.start(async move {
                let outcome = client.revoke(&provider, &client_id, secret.as_ref(), &token).await;
                Event::Revoked { name, outcome }
            });
        }
        vault::forget(&self.keychain, id);
        if self.preferences.default_profile.as_deref() == Some(&*id.to_string()) {
            self.preferences.default_profile = None;
            self.preferences_store.save(&self.preferences);
        }
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
