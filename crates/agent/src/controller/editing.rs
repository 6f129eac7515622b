//! Profiles coming, changing and going. Nothing is half stored: the secrets first, then the file, then the engine.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::Ordering,
};

use glowjar_ims::Endpoint;
use glowjar_lifecycle::{
    id::ProfileId,
    input::{Change, Input, KeychainTrouble},
};
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::{
    Controller,
    outcomes::Event,
    settling::{failed, refuse},
};
use crate::{
    credential::Credential,
    deliberate::{Fault, is_committed},
    draft::{self, Known, Parsed},
    ports::SandboxOffer,
    profile::Profile,
    profiles::ProfilesFileError,
    request::{ClientAuthentication, Draft, Encoding, Reply},
    vault::{self, Secrets},
    view::{GrantView, Preset},
    words,
};

const SANDBOX_NAME: &str = "Sandbox";

impl Controller {
    pub(super) fn check_draft(
        &self,
        profile: Option<&str>,
        draft: &Draft,
        reply: oneshot::Sender<Reply>,
    ) {
        let _ = reply.send(match self.parse(profile, draft) {
            Ok(_) => Reply::Done,
            Err(refused) => *refused,
        });
    }

    pub(super) fn save_profile(
        &mut self,
        profile: Option<&str>,
        draft: &Draft,
        reply: oneshot::Sender<Reply>,
    ) {
        match self.parse(profile, draft) {
            Ok(parsed) => self.store_draft(parsed, reply),
            Err(refused) => {
                let _ = reply.send(*refused);
            }
        }
    }

    fn parse(&self, profile: Option<&str>, draft: &Draft) -> Result<Parsed, Box<Reply>> {
        let unsaid = Credential::default();
        let edited = match profile {
            None => None,
            Some(id) => Some(self.profile_named(id).ok_or_else(|| {
                failed(
                    "unknown_profile",
                    "This profile is gone",
                    "It may have been removed meanwhile.",
                )
            })?),
        };
        let is_closed = edited.is_some_and(|edited| self.vault.secrets(edited.id).is_none());
        if is_closed && draft.client_secret.is_none() {
            return Err(Box::new(failed(
                "keychain_closed",
                "The keychain has not been opened yet",
                "What you leave as it is lies in there. Unlock it, then save again; nothing is lost.",
            )));
        }
        let known = Known {
            id: edited.map_or_else(|| self.unused_id(), |edited| edited.id),
            edited: edited.map(|edited| {
                (
                    edited,
                    self.vault.secrets(edited.id).map_or(&unsaid, |secrets| &secrets.credential),
                )
            }),
            names: self
                .profiles
                .values()
                .filter(|other| edited.is_none_or(|edited| edited.id != other.id))
                .map(|other| &other.name)
                .collect(),
        };
        draft::parse(draft, &known).map_err(|fields| Box::new(Reply::Invalid { fields }))
    }

    fn store_draft(&mut self, parsed: Parsed, reply: oneshot::Sender<Reply>) {
        let drop_token = match parsed.change {
            None | Some(Change::Policy) => return self.draft_stored(parsed, Ok(()), reply),
            Some(Change::Credential) => false,
            Some(Change::Identity) => true,
        };
        let saved = vault::save_credential(
            &self.keychain,
            parsed.profile.id,
            &parsed.credential,
            drop_token,
        );
        self.start(async move {
            Event::DraftStored { parsed: Box::new(parsed), outcome: saved.await, reply }
        });
    }

    pub(super) fn draft_stored(
        &mut self,
        parsed: Parsed,
        outcome: Result<(), KeychainTrouble>,
        reply: oneshot::Sender<Reply>,
    ) {
        if let Err(trouble) = outcome {
            // A write that was given up may still be carried out; of a new profile nothing is to stay behind.
            if !self.profiles.contains_key(&parsed.profile.id) {
                vault::forget(&self.keychain, parsed.profile.id);
            }
            let words = words::keychain(trouble);
            return refuse(reply, words.code, &words.headline, &words.advice);
        }
        let profile = parsed.profile.id;
        let old = self.profiles.insert(profile, parsed.profile.clone());
        if old.is_none() {
            self.order.push(profile);
        }
        if let Err(error) = self.save_profiles() {
            self.put_back(profile, old);
            return refuse(
                reply,
                "profiles_file",
                "The profile could not be saved",
                &format!(
                    "The profiles file can't be written ({error}). Make room or mend its folder, then save again."
                ),
            );
        }
        let change = parsed.change;
        self.adopt(parsed, old.is_none());
        tracing::info!(event = "profile_saved", %profile, ?change);
        let _ = reply.send(Reply::Saved { profile: profile.to_string() });
    }

    /// Takes a stored draft into use. A refresh token that was rotated while the draft was being stored is newer.
    fn adopt(&mut self, parsed: Parsed, is_new: bool) {
        let profile = parsed.profile.id;
        let mut secrets = self.vault.secrets(profile).cloned().unwrap_or_default();
        let rotated = parsed.change != Some(Change::Identity)
            && !parsed.credential.has_refresh_token(secrets.credential.refresh_token.as_ref());
        let kept = (secrets.credential.refresh_token.take(), secrets.credential.refresh_token_ends);
        secrets.credential = parsed.credential;
        if rotated {
            (secrets.credential.refresh_token, secrets.credential.refresh_token_ends) = kept;
            self.save_again(profile, &secrets.credential, false);
        }
        if parsed.change == Some(Change::Identity) {
            secrets.token = None;
            secrets.credential_is_unsaved = false;
            self.remembered.remove(&profile);
            if let Some(outdated) = self.in_flight.remove(&profile)
                && !is_committed(Fault::LateAnswersCount)
            {
                outdated.abort.abort();
            }
            if !is_new {
                // What was granted to the old identity may have been stored meanwhile, over the draft.
                self.save_again(profile, &secrets.credential, true);
            }
        }
        let policy = parsed.profile.policy();
        let holding = secrets.holding(&parsed.profile);
        self.vault.put(profile, secrets);
        if is_new {
            self.input(Input::ProfileAdded { profile, policy, paused: false });
        } else if let Some(change) = parsed.change {
            self.input(Input::ProfileChanged { profile, policy, change, holding });
        }
    }

    fn save_again(&self, profile: ProfileId, credential: &Credential, drop_token: bool) {
        let saved = vault::save_credential(&self.keychain, profile, credential, drop_token);
        tokio::spawn(async move {
            if let Err(trouble) = saved.await {
                tracing::warn!(event = "not_saved", %profile, ?trouble);
            }
        });
    }

    /// The file could not be written: what was there before is put back, in memory and in the keychain.
    fn put_back(&mut self, profile: ProfileId, old: Option<Profile>) {
        match old {
            Some(old) => {
                self.profiles.insert(profile, old);
                if let Some(Secrets { credential, .. }) = self.vault.secrets(profile) {
                    self.save_again(profile, credential, false);
                }
            }
            None => {
                self.profiles.remove(&profile);
                self.order.retain(|id| *id != profile);
                vault::forget(&self.keychain, profile);
            }
        }
    }

    pub(super) fn remove_profile(&mut self, profile: ProfileId, reply: oneshot::Sender<Reply>) {
        let removed = self.profiles.remove(&profile);
        let place = self.order.iter().position(|id| *id == profile);
        self.order.retain(|id| *id != profile);
        if let Err(error) = self.save_profiles() {
            self.profiles.extend(removed.map(|removed| (profile, removed)));
            self.order.insert(place.unwrap_or(0), profile);
            return refuse(
                reply,
                "profiles_file",
                "The profile could not be removed",
                &format!(
                    "The profiles file can't be written ({error}). Make room or mend its folder, then try again."
                ),
            );
        }
        if let Some(outdated) = self.in_flight.remove(&profile) {
            outdated.abort.abort();
        }
        self.vault.remove(profile);
        self.remembered.remove(&profile);
        self.input(Input::ProfileRemoved { profile });
        if self.clipboard.as_ref().is_some_and(|hold| hold.profile == profile) {
            self.clear_clipboard();
        }
        self.outlets_of_removed(profile);
        self.record.forget(profile);
        vault::forget(&self.keychain, profile);
        tracing::info!(event = "profile_removed", %profile);
        let _ = reply.send(Reply::Done);
    }

    pub(super) fn set_paused(
        &mut self,
        profile: ProfileId,
        paused: bool,
        reply: oneshot::Sender<Reply>,
    ) {
        let before = self.profiles.get(&profile).map(|config| config.paused);
        if let Some(config) = self.profiles.get_mut(&profile) {
            config.paused = paused;
        }
        if let Err(error) = self.save_profiles() {
            if let (Some(config), Some(before)) = (self.profiles.get_mut(&profile), before) {
                config.paused = before;
            }
            let advice = format!("The profiles file can't be written ({error}).");
            return refuse(reply, "profiles_file", "This could not be saved", &advice);
        }
        self.input(if paused {
            Input::PauseRequested { profile }
        } else {
            Input::ResumeRequested { profile }
        });
        let _ = reply.send(Reply::Done);
    }

    pub(super) fn try_sandbox(&self, reply: oneshot::Sender<Reply>) {
        let sandbox = std::sync::Arc::clone(&self.sandbox);
        self.start(async move { Event::SandboxStarted { outcome: sandbox.start().await, reply } });
    }

    pub(super) fn sandbox_started(
        &mut self,
        outcome: std::io::Result<SandboxOffer>,
        reply: oneshot::Sender<Reply>,
    ) {
        let offer = match outcome {
            Ok(offer) => offer,
            Err(error) => {
                let advice = format!("It needs a free port on this machine ({error}).");
                return refuse(reply, "sandbox", "The sandbox did not start", &advice);
            }
        };
        self.sandbox_url = Endpoint::parse(&offer.url).ok();
        let existing =
            self.profiles.values().find(|profile| profile.source.preset == Preset::Sandbox);
        if let Some(existing) = existing {
            let _ = reply.send(Reply::Saved { profile: existing.id.to_string() });
            return;
        }
        let draft = self.sandbox_draft(offer);
        self.save_profile(None, &draft, reply);
    }

    fn sandbox_draft(&self, offer: SandboxOffer) -> Draft {
        let taken = |name: &str| {
            self.profiles.values().any(|profile| profile.name.as_str().eq_ignore_ascii_case(name))
        };
        let name = std::iter::once(SANDBOX_NAME.to_owned())
            .chain((2..).map(|n| format!("{SANDBOX_NAME} {n}")))
            .find(|name| !taken(name))
            .unwrap_or_default();
        Draft {
            name,
            preset: Preset::Sandbox,
            token_endpoint: String::new(),
            encoding: Encoding::Form,
            client_authentication: ClientAuthentication::Body,
            client_id: offer.client_id,
            grant: if offer.refresh_token.is_some() {
                GrantView::RefreshToken
            } else {
                GrantView::ClientCredentials
            },
            scopes: offer.scopes,
            client_secret: Some(offer.client_secret),
            standby_secret: None::<SecretString>,
            refresh_token: offer.refresh_token,
            renew_early_minutes: None,
        }
    }

    fn save_profiles(&self) -> Result<(), ProfilesFileError> {
        self.profiles_file.save(self.order.iter().filter_map(|id| self.profiles.get(id)))
    }

    /// Spread from the seed, so that the same seed tells the same story. Never given twice: of a removed profile there
    /// may still be work under way.
    fn unused_id(&self) -> ProfileId {
        loop {
            let mut hasher = DefaultHasher::new();
            (self.seed, self.ids_given.fetch_add(1, Ordering::Relaxed)).hash(&mut hasher);
            let id = ProfileId::new(hasher.finish());
            if !self.profiles.contains_key(&id) {
                return id;
            }
        }
    }
}
