//! Profiles going: with some seconds to change one's mind, and then without a trace.

use std::{collections::BTreeMap, time::Duration};

use glowjar_ims::{Issued, RequestError};
use glowjar_lifecycle::{
    failure::Transient,
    id::ProfileId,
    input::{Input, KeychainTrouble},
    status::Trouble,
    time::{Step, Timestamp},
};
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    event::{Event, FollowUp},
    notices::{Notice, Urgency},
    profile::{Name, Profile},
    profiles::ProfileRuntime,
    request::Reply,
    secret_store::{self, Secrets},
    timed::{Due, Timed},
    view::UndoView,
};

/// Long enough to read what happened and to reach the button.
const TIME_TO_UNDO: Duration = Duration::from_secs(12);

/// When to ask a keychain again that did not delete what it was to. Nobody waits for it, and one that a person unlocks tells of
/// itself; but not every keychain does.
const DELETED_AGAIN_AFTER: Duration = Duration::from_secs(10 * 60);

/// The last removal, while it can be undone, and what is left of those before. The list of profiles names all of them as
/// leaving.
#[derive(Default)]
pub(super) struct Removal {
    pending: Option<Removed>,
    left_behind: BTreeMap<ProfileId, LeftBehind>,
}

/// A removed profile's entries in the keychain.
struct LeftBehind {
    next: Next,
    /// Absent while the keychain is at it.
    at: Option<Timestamp>,
    /// The keychain may have been unlocked while it was at it, so its answer may be one of before.
    has_changed: bool,
}

/// What comes next for them.
#[derive(Clone, Copy)]
enum Next {
    /// The refresh token may have to be revoked.
    Read,
    Delete,
}

/// A profile that was removed and can be brought back.
struct Removed {
    profile: ProfileId,
    /// Where it stood in the list.
    place: usize,
    /// What was in memory. The keychain keeps its own until the time is over.
    secrets: Option<Secrets>,
    runtime: Option<ProfileRuntime>,
    /// When its last request was given up, which may still arrive.
    given_up_at: Option<Timestamp>,
    until: Timestamp,
}

impl Removal {
    /// What a removed profile takes back into memory if it is brought back.
    pub(super) fn secrets_of(&self, profile: ProfileId) -> Option<&Secrets> {
        let removed = self.pending.as_ref().filter(|removed| removed.profile == profile)?;
        removed.secrets.as_ref()
    }

    /// The keychain may do now what it did not do before.
    pub(super) fn keychain_changed(&mut self, now: Timestamp) {
        for left in self.left_behind.values_mut() {
            left.has_changed |= left.at.is_none();
            left.at = left.at.map(|at| at.min(now));
        }
    }

    fn begin(&mut self, profile: ProfileId, next: Next) {
        self.left_behind.insert(profile, LeftBehind { next, at: None, has_changed: false });
    }

    fn failed(&mut self, profile: ProfileId, now: Timestamp) {
        if let Some(left) = self.left_behind.get_mut(&profile) {
            left.at = Some(if left.has_changed { now } else { now + DELETED_AGAIN_AFTER });
        }
    }

    fn next_deletion(&self) -> Option<Timestamp> {
        self.left_behind.values().filter_map(|left| left.at).min()
    }

    fn due(&self, now: Timestamp) -> Vec<(ProfileId, Next)> {
        let is_due = |left: &LeftBehind| left.at.is_some_and(|at| at <= now);
        let due = self.left_behind.iter().filter(|(_, left)| is_due(left));
        due.map(|(profile, left)| (*profile, left.next)).collect()
    }
}

impl Timed for Removal {
    fn deadline(&self) -> Option<Timestamp> {
        let pending = self.pending.as_ref().map(|removed| removed.until);
        pending.into_iter().chain(self.next_deletion()).min()
    }

    fn shift(&mut self, step: Step) {
        for left in self.left_behind.values_mut() {
            left.at.shift(step);
        }
        let Some(removed) = &mut self.pending else { return };
        removed.until = removed.until.shifted(step);
        removed.given_up_at.shift(step);
        if let Some(secrets) = &mut removed.secrets {
            secrets.shift(step);
        }
        if let Some(runtime) = &mut removed.runtime {
            runtime.shift(step);
        }
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        if self.pending.as_ref().is_some_and(|removed| removed.until <= now) {
            return Some(Due::RemovalFinished);
        }
        self.next_deletion().is_some_and(|at| at <= now).then_some(Due::SecretsDeleted)
    }
}

impl Removal {
    pub(super) fn remove_profile(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        revoke: bool,
        reply: oneshot::Sender<Reply>,
    ) {
        // One can be undone: the one before is gone for good now.
        self.finish_removal(core);
        let place = match core.profiles.change(|list| list.remove(profile, revoke)) {
            Ok(place) => place.unwrap_or_default(),
            Err(error) => {
                return core.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
            }
        };
        let now = core.clock.now();
        let status = core.engine.status(profile, now);
        let timed_out = Some(Trouble::Transient(Transient::Timeout));
        let given_up_at = status.filter(|status| status.trouble == timed_out).map(|_| now);
        self.pending = Some(Removed {
            profile,
            given_up_at,
            place,
            secrets: core.secret_store.secrets(profile).cloned(),
            runtime: core.runtimes.remove(profile),
            until: now + TIME_TO_UNDO,
        });
        core.secret_store.remove(profile);
        core.input(Input::ProfileRemoved { profile });
        core.tasks.then(FollowUp::ClearClipboard { of: Some(profile) });
        tracing::info!(event = "profile_removed", %profile, revoke);
        let _ = reply.send(Reply::Done);
    }

    pub(super) fn undo_remove(&mut self, core: &mut Core, reply: oneshot::Sender<Reply>) {
        let pending = self.pending.as_ref();
        let leaving = pending.and_then(|it| core.profiles.leaving_profile(it.profile));
        let Some((removed, leaving)) = pending.zip(leaving) else {
            return core.refuse(reply, "nothing_to_undo", &[]);
        };
        let (profile, place) = (removed.profile, removed.place);
        // Another may have taken its name meanwhile.
        let name = Name::parse(&core.profiles.free_name(leaving.name.as_str()));
        let name = name.unwrap_or_else(|_| leaving.name.clone());
        let policy = leaving.policy(core.preferences.renew_early());
        let paused = leaving.paused;
        let changed = core.profiles.change(|list| {
            if let Some(leaving) = list.take_leaving(profile) {
                list.insert(place, Profile { name, ..leaving.profile });
            }
        });
        if let Err(error) = changed {
            return core.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
        }
        let under_way = core.requests.came_back(profile).then(|| core.clock.now());
        let mut given_up_at = None;
        if let Some(removed) = self.pending.take() {
            let Removed { secrets, runtime, .. } = removed;
            given_up_at = under_way.or(removed.given_up_at);
            if let Some(secrets) = secrets {
                core.secret_store.put(profile, secrets);
            }
            if let Some(runtime) = runtime {
                core.runtimes.put(profile, runtime);
            }
        }
        core.input(Input::ProfileAdded { profile, policy, paused });
        if let Some(at) = given_up_at {
            core.input(Input::GivenUpElsewhere { profile, at });
        }
        tracing::info!(event = "profile_brought_back", %profile);
        let _ = reply.send(Reply::Saved { profile: profile.to_string() });
    }

    /// The answer to a request that was under way at the removal: what it rotated is needed if that is undone.
    pub(super) fn answered_after_removal(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        issued: Issued,
    ) {
        let pending = self.pending.as_mut().filter(|removed| removed.profile == profile);
        let leaving = core.profiles.leaving_profile(profile);
        let (Some(removed), Some(leaving)) = (pending, leaving) else { return };
        let secrets = removed.secrets.get_or_insert_default();
        secrets.take_over(issued);
        let kept = secrets.keep(core.secret_store.keychain(), profile, &leaving.client_id);
        tokio::spawn(async move {
            if let Err(trouble) = kept.await {
                tracing::warn!(event = "not_saved", %profile, ?trouble);
            }
        });
    }

    pub(super) fn undo_view(&self, core: &Core) -> Option<UndoView> {
        let removed = self.pending.as_ref()?;
        let profile = core.profiles.leaving_profile(removed.profile)?;
        Some(UndoView { name: profile.name.as_str().to_owned(), until: removed.until.as_millis() })
    }

    /// Nobody can want it back any more: what is left of it goes.
    pub(super) fn finish_removal(&mut self, core: &mut Core) {
        let Some(removed) = self.pending.take() else { return };
        core.requests.give_up(removed.profile);
        purge(core, removed.profile);
        match removed.secrets {
            Some(secrets) => self.discard(core, removed.profile, Some(secrets)),
            None => self.read_left_behind(core, removed.profile),
        }
    }

    /// Glowjar ended before the time to undo was over, and nobody undid it.
    pub(super) fn finish_leaving(&mut self, core: &mut Core) {
        for leaving in core.profiles.leaving().to_vec() {
            let profile = leaving.profile.id;
            if core.profiles.contains(&profile) {
                forget_leaving(core, profile);
                continue;
            }
            purge(core, profile);
            self.read_left_behind(core, profile);
        }
    }

    fn read_left_behind(&mut self, core: &mut Core, profile: ProfileId) {
        let Some(leaving) = core.profiles.leaving_profile(profile) else { return };
        let (keychain, client_id) =
            (core.secret_store.keychain().clone(), leaving.client_id.clone());
        self.begin(profile, Next::Read);
        let event = move |outcome| Event::LeftBehind { profile, outcome };
        core.tasks.start(Some(event(Err(KeychainTrouble::NotAnswering))), async move {
            event(Secrets::open(&keychain, profile, &client_id).await)
        });
    }

    /// The secrets of a removed profile were read once more.
    pub(super) fn left_behind(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        outcome: Result<Secrets, KeychainTrouble>,
    ) {
        match outcome {
            Ok(secrets) => self.discard(core, profile, Some(secrets)),
            Err(KeychainTrouble::Incomplete) => self.discard(core, profile, None),
            Err(_) => self.failed(profile, core.clock.now()),
        }
    }

    /// Deletes a profile's secrets from the keychain. The list names it as leaving until they are gone.
    pub(super) fn delete_secrets(&mut self, core: &mut Core, profile: ProfileId) {
        self.begin(profile, Next::Delete);
        let deleted = secret_store::delete(core.secret_store.keychain(), profile);
        let event = move |outcome| Event::SecretsDeleted { profile, outcome };
        core.tasks.start(Some(event(Err(KeychainTrouble::NotAnswering))), async move {
            event(deleted.await)
        });
    }

    pub(super) fn secrets_deleted(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        outcome: Result<(), KeychainTrouble>,
    ) {
        match outcome {
            Ok(()) => {
                self.left_behind.remove(&profile);
                forget_leaving(core, profile);
            }
            Err(_) => self.failed(profile, core.clock.now()),
        }
    }

    pub(super) fn delete_secrets_again(&mut self, core: &mut Core, now: Timestamp) {
        for (profile, next) in self.due(now) {
            match next {
                Next::Read => self.read_left_behind(core, profile),
                Next::Delete => self.delete_secrets(core, profile),
            }
        }
    }

    /// Deletes a removed profile's secrets, and revokes its refresh token if so wished.
    fn discard(&mut self, core: &mut Core, id: ProfileId, secrets: Option<Secrets>) {
        let leaving = core.profiles.leaving().iter().find(|leaving| leaving.profile.id == id);
        let Some(leaving) = leaving.cloned() else { return };
        let provider = leaving.profile.provider(core.sandbox.url.as_ref());
        let secrets = secrets.map(|secrets| secrets.credential);
        if leaving.revoke
            && let Some(provider) = provider.filter(|provider| provider.revocation.is_some())
            && let Some(credential) = secrets
            && let Some(token) = credential.refresh_token
        {
            let client = core.client.clone();
            let name = leaving.profile.name.as_str().to_owned();
            let client_id = leaving.profile.client_id;
            let secret = credential.client_secret;
            core.tasks.start(None, async move {
                let outcome = client.revoke(&provider, &client_id, secret.as_ref(), &token).await;
                Event::Revoked { name, outcome }
            });
        }
        self.delete_secrets(core, id);
    }
}

pub(super) fn forget_leaving(core: &mut Core, profile: ProfileId) {
    if let Err(error) = core.profiles.change(|list| list.take_leaving(profile)) {
        tracing::warn!(%error, "the profiles file still names what was removed");
    }
}

/// Everything outside of the keychain that belongs to a profile that is leaving goes with it. The list names it to the
/// last, so that a start after a crash in between does it again.
fn purge(core: &mut Core, id: ProfileId) {
    core.tasks.then(FollowUp::ForgetProfile(id));
    core.journal.record.forget(id);
    core.journal.history.forget(core.clock.now(), id);
    let id_as_text = id.to_string();
    core.preferences.change(|preferences| {
        preferences.default_profile.take_if(|chosen| *chosen == id_as_text);
    });
}

pub(super) fn revoked(core: &Core, name: &str, outcome: Result<(), RequestError>) {
    match outcome {
        Ok(()) => tracing::info!(event = "revoked", name),
        Err(error) => {
            tracing::warn!(event = "not_revoked", name, failure = ?error.failure, technical = %error.technical);
            let said = core.language.tell("notice-not_revoked", &[("name", name)]);
            core.host.shell.raise(&Notice {
                id: "not_revoked".to_owned(),
                title: said.headline,
                body: said.advice,
                urgency: Urgency::Normal,
                buttons: Vec::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keychain_that_is_unlocked_while_it_is_asked_is_asked_again_at_once_and_only_once() {
        let (profile, now) = (ProfileId::new(1), Timestamp::from_millis(9));
        let mut removal = Removal::default();
        removal.begin(profile, Next::Read);
        removal.keychain_changed(now);
        removal.failed(profile, now);
        assert_eq!(removal.next_deletion(), Some(now));
        removal.begin(profile, Next::Read);
        removal.failed(profile, now);
        assert_eq!(removal.next_deletion(), Some(now + DELETED_AGAIN_AFTER));
    }
}
