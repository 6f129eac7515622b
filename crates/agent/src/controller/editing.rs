//! Profiles coming, changing and going. Nothing is half stored: the secrets first, then the file, then the engine.

use std::collections::BTreeMap;

use glowjar_ims::Endpoint;
use glowjar_lifecycle::{
    id::ProfileId,
    input::{Change, Input, KeychainTrouble},
    time::Step,
};
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::{Controller, adding::can_stay_in_memory, outcomes::Event, publish::failed};
use crate::{
    catalogue::Fault,
    credential::Credential,
    draft::{self, Known, Parsed, ParsedProfile},
    history::Entry,
    ports::SandboxOffer,
    request::{Anyway, ClientAuthentication, Draft, Encoding, Field, FieldTrouble, Reply},
    timed::Timed,
    vault::{self, Secrets},
    view::{GrantView, Preset},
};

/// Profiles whose secrets are on their way into the keychain, and edits that wait for that of the same profile: each
/// starts from what the one before it left.
#[derive(Default)]
pub(super) struct Saves {
    under_way: BTreeMap<ProfileId, Save>,
    waiting: Vec<WaitingEdit>,
}

struct Save {
    parsed: Parsed,
    /// What the trial was given, stored along with it.
    tried: Option<Secrets>,
    reply: oneshot::Sender<Reply>,
}

struct WaitingEdit {
    profile: ProfileId,
    draft: Draft,
    anyway: Option<Anyway>,
    reply: oneshot::Sender<Reply>,
}

impl Saves {
    fn next(&mut self, profile: ProfileId) -> Option<WaitingEdit> {
        let place = self.waiting.iter().position(|waiting| waiting.profile == profile)?;
        Some(self.waiting.remove(place))
    }
}

impl Timed for Saves {
    fn shift(&mut self, step: Step) {
        for save in self.under_way.values_mut() {
            save.parsed.credential.shift(step);
            if let Some(tried) = &mut save.tried {
                tried.shift(step);
            }
        }
    }
}

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
        let edited = profile.and_then(|id| self.profile_named(id)).map(|profile| profile.id);
        if let Some(profile) = edited.filter(|id| self.saves.under_way.contains_key(id)) {
            self.saves.waiting.push(WaitingEdit { profile, draft, anyway, reply });
            return;
        }
        let mut parsed = match self.parse(profile, &draft) {
            Ok(parsed) => parsed,
            Err(refused) => {
                let _ = reply.send(*refused);
                return;
            }
        };
        parsed.may_stay_in_memory = anyway == Some(Anyway::InMemory);
        let is_new = profile.is_none();
        let kept = is_new.then(|| self.imports.take_kept(&parsed.credential)).flatten();
        match kept {
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
        let id = edited.map_or_else(|| self.profiles.unused_id(), |edited| edited.id);
        let known = Known {
            id,
            edited: edited.map(|edited| {
                (
                    edited,
                    self.vault.secrets(edited.id).map_or(&unsaid, |secrets| &secrets.credential),
                )
            }),
            names: self.profiles.names_beside(id),
            language: self.language,
        };
        draft::parse(draft, &known).map_err(|fields| Box::new(Reply::Invalid { fields }))
    }

    pub(super) fn store_draft(&mut self, parsed: Parsed, reply: oneshot::Sender<Reply>) {
        let drop_token = match parsed.change {
            None | Some(Change::Policy) => {
                return self.save_ended(Save { parsed, tried: None, reply }, Ok(()));
            }
            Some(Change::Credential) => false,
            Some(Change::Identity) => true,
        };
        let stored =
            vault::save_credential(&self.keychain, parsed.id(), &parsed.credential, drop_token);
        self.save_begins(Save { parsed, tried: None, reply }, stored);
    }

    /// A rotated refresh token exists nowhere else, so it goes straight into the keychain, before the profile's file.
    pub(super) fn store_tried(
        &mut self,
        parsed: Parsed,
        secrets: Secrets,
        reply: oneshot::Sender<Reply>,
    ) {
        let ParsedProfile::New(profile) = &parsed.profile else {
            return self.store_draft(parsed, reply);
        };
        let stored = secrets.keep(&self.keychain, profile.id, &profile.client_id);
        self.save_begins(Save { parsed, tried: Some(secrets), reply }, stored);
    }

    fn save_begins(
        &mut self,
        save: Save,
        stored: impl Future<Output = Result<(), KeychainTrouble>> + Send + 'static,
    ) {
        let profile = save.parsed.id();
        self.saves.under_way.insert(profile, save);
        let event = move |outcome| Event::DraftStored { profile, outcome };
        self.start(
            Some(event(Err(KeychainTrouble::NotAnswering))),
            async move { event(stored.await) },
        );
    }

    pub(super) fn draft_stored(
        &mut self,
        profile: ProfileId,
        outcome: Result<(), KeychainTrouble>,
    ) {
        if let Some(save) = self.saves.under_way.remove(&profile) {
            self.save_ended(save, outcome);
        }
        while !self.saves.under_way.contains_key(&profile)
            && let Some(WaitingEdit { draft, anyway, reply, .. }) = self.saves.next(profile)
        {
            self.save_profile(Some(&profile.to_string()), draft, None, anyway, reply);
        }
    }

    fn save_ended(&mut self, save: Save, outcome: Result<(), KeychainTrouble>) {
        let Save { parsed, tried, reply } = save;
        let unsaved = outcome.err();
        let may_stay = |trouble| parsed.may_stay_in_memory && can_stay_in_memory(trouble);
        let refusal = match unsaved.filter(|trouble| !may_stay(*trouble)) {
            Some(trouble) => Some(self.not_kept(trouble)),
            None => self.enter_in_list(&parsed),
        };
        if let Some(refusal) = refusal {
            if let Some(secrets) = tried {
                self.imports.keep_tried(&parsed.credential, secrets);
            }
            self.undo_in_keychain(&parsed, unsaved);
            let _ = reply.send(refusal);
            return;
        }
        let (profile, change) = (parsed.id(), parsed.change);
        let is_new = matches!(parsed.profile, ParsedProfile::New(_));
        if change == Some(Change::Identity) && !is_new {
            self.note(profile, Entry::Dropped);
        }
        if let Some(token) = tried.as_ref().and_then(|tried| tried.token.as_ref()) {
            let validity = token.validity;
            self.note(profile, Entry::granted(true, validity));
        }
        self.adopt(parsed, tried, unsaved, is_new);
        tracing::info!(event = "profile_saved", %profile, ?change, ?unsaved);
        let _ = reply.send(Reply::Saved { profile: profile.to_string() });
    }

    /// Enters a profile that is new, or the fields that an edit changes, into the list as it is now. Says why, if that
    /// can't be.
    fn enter_in_list(&mut self, parsed: &Parsed) -> Option<Reply> {
        let id = parsed.id();
        let name = match &parsed.profile {
            ParsedProfile::New(profile) => Some(&profile.name),
            ParsedProfile::Edited(_, edit) => edit.name(),
        };
        let is_taken =
            |name: &&_| self.profiles.names_beside(id).iter().any(|it| it.reads_like(name));
        if let Some(name) = name.filter(is_taken) {
            let message = Fault::with("name_taken", "name", name.as_str()).say(self.language);
            return Some(Reply::Invalid {
                fields: vec![FieldTrouble { field: Field::Name, message }],
            });
        }
        let changed = self.profiles.change(|list| match &parsed.profile {
            ParsedProfile::New(profile) => {
                list.push(profile.clone());
                true
            }
            ParsedProfile::Edited(id, edit) => {
                let edited = list.get_mut(*id).map(|profile| edit.clone().apply(profile));
                edited.is_some()
            }
        });
        match changed {
            Ok(true) => None,
            Ok(false) => Some(failed(self.language, "unknown_profile", &[])),
            Err(error) => {
                Some(failed(self.language, "profiles_file", &[("cause", &error.to_string())]))
            }
        }
    }

    /// Nothing of a draft that was not saved stays in the keychain. A write that was given up may still be carried out.
    fn undo_in_keychain(&mut self, parsed: &Parsed, unsaved: Option<KeychainTrouble>) {
        let id = parsed.id();
        let is_touched = matches!(parsed.change, Some(Change::Credential | Change::Identity));
        let removed = self.removal.secrets_of(id);
        match self.profiles.get(&id).or_else(|| self.profiles.leaving_profile(id)) {
            None => self.delete_secrets(id),
            Some(config) if is_touched && unsaved.is_none() => {
                if let Some(secrets) = self.vault.secrets(id).or(removed) {
                    let secrets = Secrets { credential_is_unsaved: true, ..secrets.clone() };
                    let kept = secrets.keep(&self.keychain, id, &config.client_id);
                    tokio::spawn(async move {
                        if let Err(trouble) = kept.await {
                            tracing::warn!(event = "not_saved", profile = %id, ?trouble);
                        }
                    });
                }
            }
            Some(_) => {}
        }
    }

    /// Takes a stored draft into use. A refresh token that was rotated while the draft was being stored is newer.
    fn adopt(
        &mut self,
        parsed: Parsed,
        tried: Option<Secrets>,
        unsaved: Option<KeychainTrouble>,
        is_new: bool,
    ) {
        let profile = parsed.id();
        let Some(config) = self.profiles.get(&profile).cloned() else { return };
        let policy = config.policy(self.preferences.renew_early());
        let given_up = self.imports.given_up_at(&parsed.credential, self.clock.now());
        if let Some(mut secrets) = tried {
            secrets.credential_is_unsaved = unsaved.is_some();
            self.vault.put(profile, secrets);
            return self.input(Input::ProfileAdded { profile, policy, paused: false });
        }
        let mut secrets = self.vault.secrets(profile).cloned().unwrap_or_default();
        let rotated = parsed.keeps_refresh_token
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
            self.runtimes.remove(profile);
            self.requests.give_up(profile);
            if !is_new {
                // What was granted to the old identity may have been stored meanwhile, over the draft.
                self.save_again(profile, &secrets.credential, true);
            }
        }
        secrets.credential_is_unsaved |= unsaved.is_some();
        let holding = secrets.holding(&config);
        self.vault.put(profile, secrets);
        if is_new {
            self.input(Input::ProfileAdded { profile, policy, paused: false });
            if let Some(at) = given_up {
                self.input(Input::GivenUpElsewhere { profile, at });
            }
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

    pub(super) fn set_paused(
        &mut self,
        profile: ProfileId,
        paused: bool,
        reply: oneshot::Sender<Reply>,
    ) {
        if !self.change_profile(profile, reply, |config| config.paused = paused) {
            return;
        }
        self.note(profile, if paused { Entry::Paused } else { Entry::Resumed });
        self.input(if paused {
            Input::PauseRequested { profile }
        } else {
            Input::ResumeRequested { profile }
        });
    }

    pub(super) fn try_sandbox(&self, reply: oneshot::Sender<Reply>) {
        let sandbox = std::sync::Arc::clone(&self.sandbox);
        self.start(
            None,
            async move { Event::SandboxStarted { outcome: sandbox.start().await, reply } },
        );
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
            self.profiles.iter().find(|profile| profile.source.preset == Preset::Sandbox);
        if let Some(existing) = existing {
            let _ = reply.send(Reply::Saved { profile: existing.id.to_string() });
            return;
        }
        let draft = self.sandbox_draft(offer);
        self.save_profile(None, draft, None, Some(Anyway::Untried), reply);
    }

    fn sandbox_draft(&self, offer: SandboxOffer) -> Draft {
        let name = self.profiles.free_name(&self.language.say("sandbox-name"));
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
}
