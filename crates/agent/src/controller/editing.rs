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

use super::{Controller, adding::can_stay_in_memory, outcomes::Event, settling::failed};
use crate::{
    credential::Credential,
    deliberate::{Fault, is_committed},
    draft::{self, Known, Parsed},
    history::Entry,
    ports::SandboxOffer,
    profile::Profile,
    profiles::ProfilesFileError,
    request::{Anyway, ClientAuthentication, Draft, Encoding, Reply},
    vault::{self, Secrets},
    view::{GrantView, Preset},
};

impl Controller {
    pub(super) fn check_draft(
        &self,
        profile: Option<&str>,
        draft: Draft,
        understood: Option<&str>,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(draft) = self.with_pasted_secrets(draft, understood) else {
            return self.refuse(reply, "paste_forgotten", &[]);
        };
        let _ = reply.send(match self.parse(profile, &draft) {
            Ok(_) => Reply::Done,
            Err(refused) => *refused,
        });
    }

    pub(super) fn save_profile(
        &mut self,
        profile: Option<&str>,
        draft: Draft,
        understood: Option<&str>,
        anyway: Option<Anyway>,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(draft) = self.with_pasted_secrets(draft, understood) else {
            return self.refuse(reply, "paste_forgotten", &[]);
        };
        let mut parsed = match self.parse(profile, &draft) {
            Ok(parsed) => parsed,
            Err(refused) => {
                let _ = reply.send(*refused);
                return;
            }
        };
        parsed.may_stay_in_memory = anyway == Some(Anyway::InMemory);
        let is_new = profile.is_none();
        match self.take_kept(&parsed).filter(|_| is_new) {
            Some(kept) => self.store_tried(parsed, kept, reply),
            None if is_new && anyway.is_none() => self.try_out(parsed, reply),
            None => self.store_draft(parsed, reply),
        }
    }

    fn parse(&self, profile: Option<&str>, draft: &Draft) -> Result<Parsed, Box<Reply>> {
        let unsaid = Credential::default();
        let edited = match profile {
            None => None,
            Some(id) => Some(
                self.profile_named(id)
                    .ok_or_else(|| failed(self.language, "unknown_profile", &[]))?,
            ),
        };
        let is_closed = edited.is_some_and(|edited| self.vault.secrets(edited.id).is_none());
        if is_closed && draft.client_secret.is_none() {
            return Err(Box::new(failed(self.language, "keychain_closed", &[])));
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
            language: self.language,
        };
        draft::parse(draft, &known).map_err(|fields| Box::new(Reply::Invalid { fields }))
    }

    pub(super) fn store_draft(&mut self, parsed: Parsed, reply: oneshot::Sender<Reply>) {
        let drop_token = match parsed.change {
            None | Some(Change::Policy) => return self.draft_stored(parsed, None, Ok(()), reply),
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
            Event::DraftStored {
                parsed: Box::new(parsed),
                tried: None,
                outcome: saved.await,
                reply,
            }
        });
    }

    pub(super) fn draft_stored(
        &mut self,
        parsed: Parsed,
        tried: Option<Secrets>,
        outcome: Result<(), KeychainTrouble>,
        reply: oneshot::Sender<Reply>,
    ) {
        let unsaved = outcome.err();
        let may_stay = |trouble| parsed.may_stay_in_memory && can_stay_in_memory(trouble);
        if let Some(trouble) = unsaved.filter(|trouble| !may_stay(*trouble)) {
            if let Some(secrets) = tried {
                self.keep_tried(&parsed.credential, secrets);
            }
            // A write that was given up may still be carried out; of a new profile nothing is to stay behind.
            if !self.profiles.contains_key(&parsed.profile.id) {
                vault::forget(&self.keychain, parsed.profile.id);
            }
            let _ = reply.send(self.not_kept(trouble));
            return;
        }
        let profile = parsed.profile.id;
        let old = self.profiles.insert(profile, parsed.profile.clone());
        if old.is_none() {
            self.order.push(profile);
        }
        if let Err(error) = self.save_profiles() {
            self.put_back(profile, old);
            if let Some(secrets) = tried {
                self.keep_tried(&parsed.credential, secrets);
            }
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        let change = parsed.change;
        if change == Some(Change::Identity) && old.is_some() {
            self.note(profile, Entry::Dropped);
        }
        if let Some(token) = tried.as_ref().and_then(|tried| tried.token.as_ref()) {
            let validity = token.validity;
            self.note(profile, Entry::granted(true, validity));
        }
        self.adopt(parsed, tried, unsaved, old.is_none());
        tracing::info!(event = "profile_saved", %profile, ?change, ?unsaved);
        let _ = reply.send(Reply::Saved { profile: profile.to_string() });
    }

    /// Takes a stored draft into use. A refresh token that was rotated while the draft was being stored is newer.
    fn adopt(
        &mut self,
        parsed: Parsed,
        tried: Option<Secrets>,
        unsaved: Option<KeychainTrouble>,
        is_new: bool,
    ) {
        let profile = parsed.profile.id;
        let policy = parsed.profile.policy(self.preferences.renew_early());
        if let Some(mut secrets) = tried {
            secrets.credential_is_unsaved = unsaved.is_some();
            self.vault.put(profile, secrets);
            return self.input(Input::ProfileAdded { profile, policy, paused: false });
        }
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
        secrets.credential_is_unsaved |= unsaved.is_some();
        let holding = secrets.holding(&parsed.profile);
        self.vault.put(profile, secrets);
        if is_new {
            self.input(Input::ProfileAdded { profile, policy, paused: false });
        } else if let Some(change) = parsed.change {
            self.input(Input::ProfileChanged { profile, policy, change, holding });
            if let Some(trouble) = unsaved {
                self.still_unsaved(profile, trouble);
            }
        }
    }

    /// The engine is to try again to save what only memory holds. Without a token that waits for the next one.
    pub(super) fn still_unsaved(&mut self, profile: ProfileId, trouble: KeychainTrouble) {
        let status = self.engine.status(profile, self.clock.now());
        if let Some(token) = status.and_then(|status| status.token) {
            let generation = token.generation;
            self.input(Input::KeepFailed { profile, generation, trouble });
        }
    }

    pub(super) fn save_again(&self, profile: ProfileId, credential: &Credential, drop_token: bool) {
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
            return self.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        self.note(profile, if paused { Entry::Paused } else { Entry::Resumed });
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
                return self.refuse(reply, "sandbox", &[("cause", &error.to_string())]);
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
        self.save_profile(None, draft, None, Some(Anyway::Untried), reply);
    }

    fn sandbox_draft(&self, offer: SandboxOffer) -> Draft {
        let name = self.free_name(&self.language.say("sandbox-name"));
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

    pub(super) fn save_profiles(&self) -> Result<(), ProfilesFileError> {
        let profiles = self.order.iter().filter_map(|id| self.profiles.get(id));
        self.profiles_file.save(profiles, self.removed.as_ref().map(|removed| &removed.leaving))
    }

    /// Spread from the seed, so that the same seed tells the same story. Never given twice: of a removed profile there
    /// may still be work under way.
    pub(super) fn unused_id(&self) -> ProfileId {
        loop {
            let mut hasher = DefaultHasher::new();
            (self.seed, self.ids_given.fetch_add(1, Ordering::Relaxed)).hash(&mut hasher);
            let id = ProfileId::new(hasher.finish());
            let is_leaving =
                self.removed.as_ref().is_some_and(|removed| removed.leaving.profile.id == id);
            if !self.profiles.contains_key(&id) && !is_leaving {
                return id;
            }
        }
    }
}
