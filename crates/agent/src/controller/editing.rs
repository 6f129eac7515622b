//! Profiles coming, changing and going. Nothing is half stored: the secrets first, then the file, then the engine.

use std::collections::BTreeMap;

use glowjar_ims::{ClientSecret, Endpoint, Issued, RequestError};
use glowjar_lifecycle::{
    id::ProfileId,
    input::{Change, Input, KeychainTrouble},
    time::{Step, Timestamp},
};
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::{
    adding::{Imports, ToStore, can_stay_in_memory, not_kept},
    core::Core,
    removing::{Removal, forget_leaving},
    token_results::{save_again, still_unsaved},
};
use crate::{
    credential::Credential,
    draft::{self, Known, Parsed, ParsedProfile},
    event::{Asker, Event, FollowUp, Trial},
    history::Entry,
    localization::FieldError,
    ports::SandboxOffer,
    request::{Anyway, ClientAuthentication, Draft, Encoding, Field, FieldTrouble, Reply},
    secret_store::{self, Secrets},
    timed::Timed,
    view::{GrantView, Preset},
};

/// Everything that is under way with profiles that come, change or go.
#[derive(Default)]
pub(super) struct ProfileChanges {
    pub imports: Imports,
    pub saves: Saves,
    pub removal: Removal,
}

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
    edit: LaterEdit,
    reply: oneshot::Sender<Reply>,
}

enum LaterEdit {
    Draft(Box<Draft>, Option<Anyway>),
    SignedIn(Box<(Parsed, Secrets)>),
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

impl ProfileChanges {
    pub(super) fn check_draft(
        &self,
        core: &Core,
        profile: Option<&str>,
        draft: Draft,
        understood: Option<&str>,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(draft) = self.imports.with_pasted_secrets(core, draft, understood) else {
            return core.refuse(reply, "paste_forgotten", &[]);
        };
        let _ = reply.send(match parse(core, profile, &draft) {
            Ok(_) => Reply::Done,
            Err(refused) => *refused,
        });
    }

    pub(super) fn save_profile(
        &mut self,
        core: &mut Core,
        profile: Option<&str>,
        draft: Draft,
        understood: Option<&str>,
        anyway: Option<Anyway>,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(draft) = self.imports.with_pasted_secrets(core, draft, understood) else {
            return core.refuse(reply, "paste_forgotten", &[]);
        };
        let edited = profile.and_then(|id| core.profile_named(id)).map(|profile| profile.id);
        if let Some(profile) = edited.filter(|id| self.saves.under_way.contains_key(id)) {
            let edit = LaterEdit::Draft(Box::new(draft), anyway);
            self.saves.waiting.push(WaitingEdit { profile, edit, reply });
            return;
        }
        let mut parsed = match parse(core, profile, &draft) {
            Ok(parsed) => parsed,
            Err(refused) => {
                let _ = reply.send(*refused);
                return;
            }
        };
        parsed.may_stay_in_memory = anyway == Some(Anyway::InMemory);
        let is_new = profile.is_none();
        self.imports.join(&mut parsed);
        let kept = is_new.then(|| self.imports.take_kept(&parsed.credential)).flatten();
        match kept {
            Some(kept) => self.store_tried(core, parsed, kept, reply),
            None if is_new && anyway.is_none() => {
                let untried = self.imports.try_out(core, parsed, reply);
                self.store(core, untried);
            }
            None => self.store_draft(core, parsed, reply),
        }
    }

    pub(super) fn store_draft(
        &mut self,
        core: &mut Core,
        parsed: Parsed,
        reply: oneshot::Sender<Reply>,
    ) {
        let drop_token = match parsed.change {
            None | Some(Change::Policy) => {
                return self.save_ended(core, Save { parsed, tried: None, reply }, Ok(()));
            }
            Some(Change::Credential) => false,
            Some(Change::Identity) => true,
        };
        let save = Save { parsed, tried: None, reply };
        let Some(save) = self.announced(core, save) else { return };
        let (parsed, keychain) = (&save.parsed, core.secret_store.keychain());
        let stored =
            secret_store::save_credential(keychain, parsed.id(), &parsed.credential, drop_token);
        self.save_begins(core, save, stored);
    }

    /// Keeps a secret that was made by the console's API.
    pub(super) fn store_made(
        &mut self,
        core: &mut Core,
        parsed: Parsed,
        reply: oneshot::Sender<Reply>,
    ) {
        if self.saves.under_way.contains_key(&parsed.id()) {
            return core.refuse(reply, "changed_meanwhile", &[]);
        }
        self.store_draft(core, parsed, reply);
    }

    /// Adds what was understood from a paste.
    pub(super) fn add_understood(
        &mut self,
        core: &mut Core,
        handle: &str,
        name: String,
        anyway: Option<Anyway>,
        asker: &Asker,
        reply: oneshot::Sender<Reply>,
    ) {
        match self.imports.draft_of(core, handle, asker, name) {
            Some(draft) => self.save_profile(core, None, draft, None, anyway, reply),
            None => core.refuse(reply, "paste_forgotten", &[]),
        }
    }

    /// A new profile was tried at its provider.
    pub(super) fn tried(
        &mut self,
        core: &mut Core,
        trial: Trial,
        outcome: Result<Box<Issued>, RequestError>,
        reply: oneshot::Sender<Reply>,
    ) {
        let tried = self.imports.tried(core, trial, outcome, reply);
        self.store(core, tried);
    }

    /// A person signed in for a profile that is new, or for one that exists.
    pub(super) fn signed_in(
        &mut self,
        core: &mut Core,
        parsed: Parsed,
        secrets: Secrets,
        reply: oneshot::Sender<Reply>,
    ) {
        let profile = parsed.id();
        if self.saves.under_way.contains_key(&profile) {
            let edit = LaterEdit::SignedIn(Box::new((parsed, secrets)));
            self.saves.waiting.push(WaitingEdit { profile, edit, reply });
        } else {
            self.store_tried(core, parsed, secrets, reply);
        }
    }

    pub(super) fn send_waiting_trials(&mut self, core: &mut Core, now: Timestamp) {
        for untried in self.imports.send_waiting_trials(core, now) {
            self.store(core, Some(untried));
        }
    }

    fn store(&mut self, core: &mut Core, it: Option<ToStore>) {
        match it {
            Some(ToStore { parsed, tried: Some(secrets), reply }) => {
                self.store_tried(core, parsed, secrets, reply);
            }
            Some(ToStore { parsed, tried: None, reply }) => self.store_draft(core, parsed, reply),
            None => {}
        }
    }

    /// A rotated refresh token exists nowhere else, so it goes straight into the keychain, before the profile's file.
    fn store_tried(
        &mut self,
        core: &mut Core,
        parsed: Parsed,
        secrets: Secrets,
        reply: oneshot::Sender<Reply>,
    ) {
        let save = Save { parsed, tried: Some(secrets), reply };
        let Some(save) = self.announced(core, save) else { return };
        let client_id = match &save.parsed.profile {
            ParsedProfile::New(profile) => Some(&profile.client_id),
            ParsedProfile::Edited(id, _) => core.profiles.get(id).map(|profile| &profile.client_id),
        };
        let (Some(secrets), Some(client_id)) = (&save.tried, client_id) else {
            return core.refuse(save.reply, "unknown_profile", &[]);
        };
        let stored = secrets.keep(core.secret_store.keychain(), save.parsed.id(), client_id);
        self.save_begins(core, save, stored);
    }

    /// Before anything of a new profile is in the keychain, the list names it among those that leave nothing behind. It
    /// is entered as a profile once its secrets are stored. After a crash in between, the next start deletes them.
    fn announced(&mut self, core: &mut Core, save: Save) -> Option<Save> {
        let ParsedProfile::New(profile) = &save.parsed.profile else { return Some(save) };
        match core.profiles.change(|list| list.announce(profile.clone())) {
            Ok(()) => Some(save),
            Err(error) => {
                if let Some(secrets) = save.tried {
                    self.imports.keep_tried(&save.parsed.credential, secrets);
                }
                core.refuse(save.reply, "profiles_file", &[("cause", &error.to_string())]);
                None
            }
        }
    }

    fn save_begins(
        &mut self,
        core: &mut Core,
        save: Save,
        stored: impl Future<Output = Result<(), KeychainTrouble>> + Send + 'static,
    ) {
        let profile = save.parsed.id();
        self.saves.under_way.insert(profile, save);
        let event = move |outcome| Event::DraftStored { profile, outcome };
        core.tasks.start(Some(event(Err(KeychainTrouble::NotAnswering))), async move {
            event(stored.await)
        });
    }

    pub(super) fn draft_stored(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        outcome: Result<(), KeychainTrouble>,
    ) {
        if let Some(save) = self.saves.under_way.remove(&profile) {
            self.save_ended(core, save, outcome);
        }
        while !self.saves.under_way.contains_key(&profile)
            && let Some(WaitingEdit { edit, reply, .. }) = self.saves.next(profile)
        {
            match edit {
                LaterEdit::Draft(draft, anyway) => {
                    let profile = profile.to_string();
                    self.save_profile(core, Some(&profile), *draft, None, anyway, reply);
                }
                LaterEdit::SignedIn(it) => self.signed_in(core, it.0, it.1, reply),
            }
        }
    }

    fn save_ended(&mut self, core: &mut Core, save: Save, outcome: Result<(), KeychainTrouble>) {
        let Save { parsed, tried, reply } = save;
        let unsaved = outcome.err();
        let may_stay = |trouble| parsed.may_stay_in_memory && can_stay_in_memory(trouble);
        let refusal = match unsaved.filter(|trouble| !may_stay(*trouble)) {
            Some(trouble) => Some(not_kept(core, trouble)),
            None => enter_in_list(core, &parsed),
        };
        if let Some(refusal) = refusal {
            if let Some(secrets) = tried {
                self.imports.keep_tried(&parsed.credential, secrets);
            }
            self.undo_in_keychain(core, &parsed, unsaved);
            let _ = reply.send(refusal);
            return;
        }
        let (profile, change) = (parsed.id(), parsed.change);
        let is_new = matches!(parsed.profile, ParsedProfile::New(_));
        if change == Some(Change::Identity) && !is_new {
            core.note(profile, Entry::Dropped);
        }
        if let Some(token) = tried.as_ref().and_then(|tried| tried.token.as_ref()) {
            let validity = token.validity;
            core.note(profile, Entry::granted(true, validity));
        }
        self.adopt(core, parsed, tried, unsaved, is_new);
        core.tasks.then(FollowUp::Saved(profile));
        tracing::info!(event = "profile_saved", %profile, ?change, ?unsaved);
        let _ = reply.send(Reply::Saved { profile: profile.to_string() });
    }

    /// Nothing of a draft that was not saved stays in the keychain. A write that was given up may still be carried out.
    fn undo_in_keychain(
        &mut self,
        core: &mut Core,
        parsed: &Parsed,
        unsaved: Option<KeychainTrouble>,
    ) {
        let id = parsed.id();
        let is_touched = matches!(parsed.change, Some(Change::Credential | Change::Identity));
        if matches!(parsed.profile, ParsedProfile::New(_)) {
            return match unsaved {
                // Closed as it is, it took nothing, and would delete nothing.
                Some(
                    KeychainTrouble::Absent
                    | KeychainTrouble::Locked
                    | KeychainTrouble::NoDefault
                    | KeychainTrouble::DefaultLocked,
                ) => forget_leaving(core, id),
                Some(_) | None => self.removal.delete_secrets(core, id),
            };
        }
        let removed = self.removal.secrets_of(id);
        match core.profiles.get(&id).or_else(|| core.profiles.leaving_profile(id)) {
            None => self.removal.delete_secrets(core, id),
            Some(config) if is_touched && unsaved.is_none() => {
                if let Some(secrets) = core.secret_store.secrets(id).or(removed) {
                    let secrets = Secrets { credential_is_unsaved: true, ..secrets.clone() };
                    let kept = secrets.keep(core.secret_store.keychain(), id, &config.client_id);
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
        core: &mut Core,
        parsed: Parsed,
        tried: Option<Secrets>,
        unsaved: Option<KeychainTrouble>,
        is_new: bool,
    ) {
        let profile = parsed.id();
        let Some(config) = core.profiles.get(&profile).cloned() else { return };
        let policy = config.policy(core.preferences.renew_early());
        let given_up = self.imports.given_up_at(&parsed.credential, core.clock.now());
        if let Some(mut secrets) = tried {
            secrets.credential_is_unsaved = unsaved.is_some();
            core.secret_store.put(profile, secrets);
            if !is_new {
                // What was asked for with the sign-in before is nobody's any more.
                core.runtimes.remove(profile);
                core.requests.give_up(profile);
                core.input(Input::ProfileRemoved { profile });
            }
            let paused = config.paused;
            return core.input(Input::ProfileAdded { profile, policy, paused });
        }
        let mut secrets = core.secret_store.secrets(profile).cloned().unwrap_or_default();
        let rotated = parsed.keeps_refresh_token
            && !parsed.credential.has_refresh_token(secrets.credential.refresh_token.as_ref());
        let kept = (secrets.credential.refresh_token.take(), secrets.credential.refresh_token_ends);
        secrets.credential = parsed.credential;
        if rotated {
            (secrets.credential.refresh_token, secrets.credential.refresh_token_ends) = kept;
            save_again(core, profile, &secrets.credential, false);
        }
        if parsed.change == Some(Change::Identity) {
            secrets.token = None;
            secrets.credential_is_unsaved = false;
            core.runtimes.remove(profile);
            core.requests.give_up(profile);
            if !is_new {
                // What was granted to the old identity may have been stored meanwhile, over the draft.
                save_again(core, profile, &secrets.credential, true);
            }
        }
        secrets.credential_is_unsaved |= unsaved.is_some();
        let holding = secrets.holding(&config);
        core.secret_store.put(profile, secrets);
        if is_new {
            core.input(Input::ProfileAdded { profile, policy, paused: false });
            if let Some(at) = given_up {
                core.input(Input::GivenUpElsewhere { profile, at });
            }
        } else if let Some(change) = parsed.change {
            core.input(Input::ProfileChanged { profile, policy, change, holding });
            if let Some(trouble) = unsaved {
                still_unsaved(core, profile, trouble);
            }
        }
    }

    pub(super) fn sandbox_started(
        &mut self,
        core: &mut Core,
        outcome: std::io::Result<SandboxOffer>,
        reply: oneshot::Sender<Reply>,
    ) {
        let offer = match outcome {
            Ok(offer) => offer,
            Err(error) => {
                return core.refuse(reply, "sandbox", &[("cause", &error.to_string())]);
            }
        };
        core.sandbox.url = Endpoint::parse(&offer.url).ok();
        let existing =
            core.profiles.iter().find(|profile| profile.source.preset == Preset::Sandbox);
        if let Some(existing) = existing {
            let _ = reply.send(Reply::Saved { profile: existing.id.to_string() });
            return;
        }
        let draft = sandbox_draft(core, offer);
        self.save_profile(core, None, draft, None, Some(Anyway::Untried), reply);
    }
}

fn parse(core: &Core, profile: Option<&str>, draft: &Draft) -> Result<Parsed, Box<Reply>> {
    let unsaid = Credential::default();
    let edited = match profile {
        None => None,
        Some(id) => {
            Some(core.profile_named(id).ok_or_else(|| core.failed("unknown_profile", &[]))?)
        }
    };
    let is_closed = edited.is_some_and(|edited| core.secret_store.secrets(edited.id).is_none());
    if is_closed && draft.client_secret.is_none() {
        return Err(Box::new(core.failed("keychain_closed", &[])));
    }
    let id = edited.map_or_else(|| core.profiles.unused_id(), |edited| edited.id);
    let known = Known {
        id,
        edited: edited.map(|edited| {
            (
                edited,
                core.secret_store.secrets(edited.id).map_or(&unsaid, |secrets| &secrets.credential),
            )
        }),
        names: core.profiles.names_beside(id),
        signs_in: false,
        language: core.language,
    };
    let parsed =
        draft::parse(draft, &known).map_err(|fields| Box::new(Reply::Invalid { fields }))?;
    let source = match &parsed.profile {
        ParsedProfile::New(profile) => Some(&profile.source),
        ParsedProfile::Edited(_, edit) => edit.source(),
    };
    if source.is_some_and(|source| !core.preferences.managed().allows(source)) {
        return Err(Box::new(core.failed("managed_source", &[])));
    }
    Ok(parsed)
}

/// Enters a profile that is new, or the fields that an edit changes, into the list as it is now. Says why, if that
/// can't be.
fn enter_in_list(core: &mut Core, parsed: &Parsed) -> Option<Reply> {
    let id = parsed.id();
    let now = core.clock.now();
    let has_new_secret = has_new_secret(core, parsed);
    let name = match &parsed.profile {
        ParsedProfile::New(profile) => Some(&profile.name),
        ParsedProfile::Edited(_, edit) => edit.name(),
    };
    let is_taken = |name: &&_| core.profiles.names_beside(id).iter().any(|it| it.reads_like(name));
    if let Some(name) = name.filter(is_taken) {
        let message = FieldError::with("name_taken", "name", name.as_str()).say(core.language);
        return Some(Reply::Invalid {
            fields: vec![FieldTrouble { field: Field::Name, message, cause: None }],
        });
    }
    let changed = core.profiles.change(|list| match &parsed.profile {
        ParsedProfile::New(profile) => {
            list.take_leaving(profile.id);
            let mut profile = profile.clone();
            if has_new_secret && profile.secret_life.since.is_none() {
                profile.secret_life.replaced(now);
            }
            list.push(profile);
            true
        }
        ParsedProfile::Edited(id, edit) => {
            let edited = list.get_mut(*id).map(|profile| {
                edit.clone().apply(profile);
                if has_new_secret {
                    profile.secret_life.replaced(now);
                }
            });
            edited.is_some()
        }
    });
    match changed {
        Ok(true) => None,
        Ok(false) => Some(core.failed("unknown_profile", &[])),
        Err(error) => Some(core.failed("profiles_file", &[("cause", &error.to_string())])),
    }
}

/// Whether the client secret is one that was not here before, not even as the standby.
fn has_new_secret(core: &Core, parsed: &Parsed) -> bool {
    let held = core.secret_store.secrets(parsed.id()).map(|held| &held.credential);
    let secret = parsed.credential.client_secret.as_ref().map(ClientSecret::expose);
    let is_known = |secret: &str| {
        held.is_some_and(|held| {
            // One that was just made waits there for its trial.
            let made = held.made.as_ref().is_some_and(|made| made.secret.expose() == secret);
            let standby = held.standby_secret.as_ref().filter(|_| !made);
            held.client_secret.iter().chain(standby).any(|known| known.expose() == secret)
        })
    };
    secret.is_some_and(|secret| !is_known(secret))
}

pub(super) fn set_paused(
    core: &mut Core,
    profile: ProfileId,
    paused: bool,
    reply: oneshot::Sender<Reply>,
) {
    if !core.change_profile(profile, reply, |config| config.paused = paused) {
        return;
    }
    core.note(profile, if paused { Entry::Paused } else { Entry::Resumed });
    core.input(if paused {
        Input::PauseRequested { profile }
    } else {
        Input::ResumeRequested { profile }
    });
}

pub(super) fn try_sandbox(core: &Core, reply: oneshot::Sender<Reply>) {
    let sandbox = std::sync::Arc::clone(&core.sandbox.port);
    core.tasks.start(None, async move {
        Event::SandboxStarted { outcome: sandbox.start().await, reply }
    });
}

fn sandbox_draft(core: &Core, offer: SandboxOffer) -> Draft {
    let name = core.profiles.free_name(&core.language.say("sandbox-name"));
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
        family: None,
        authority: None,
    }
}
