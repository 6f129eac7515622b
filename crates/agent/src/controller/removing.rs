//! Profiles going: with some seconds to change one's mind, and then without a trace.

use std::{collections::BTreeMap, time::Duration};

use glowjar_ims::{Issued, RequestError, Revocable};
use glowjar_lifecycle::{
    failure::{Failure, Transient},
    id::ProfileId,
    input::{Change, Input, KeychainTrouble},
    status::{Phase, Trouble},
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

/// When to ask a provider again that could not be reached to end a sign-in, and for how long: most refresh tokens end by themselves
/// before that is over.
const REVOKED_AGAIN_AFTER: Duration = Duration::from_secs(10 * 60);
const REVOKED_FOR: Duration = Duration::from_secs(14 * 24 * 60 * 60);

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
    /// Since when the provider could not be reached.
    unreached_since: Option<Timestamp>,
    /// What waits to be revoked. After a restart, the keychain's count.
    secrets: Option<Box<Secrets>>,
}

/// What comes next for them.
#[derive(Clone, Copy)]
enum Next {
    /// The refresh token may have to be revoked.
    Read,
    Revoke,
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
        let before = self.left_behind.remove(&profile);
        let unreached_since = before.and_then(|left| left.unreached_since);
        let left =
            LeftBehind { next, at: None, has_changed: false, unreached_since, secrets: None };
        self.left_behind.insert(profile, left);
    }

    /// The machine woke up, or the network came back.
    pub(super) fn woke(&mut self, now: Timestamp) {
        let unrevoked = |left: &&mut LeftBehind| matches!(left.next, Next::Revoke);
        for left in self.left_behind.values_mut().filter(unrevoked) {
            left.at = left.at.map(|at| at.min(now));
        }
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
            left.unreached_since.shift(step);
            if let Some(secrets) = &mut left.secrets {
                secrets.shift(step);
            }
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
        let remembered = core.profiles.get(&profile).map(|it| it.refused.remembered(profile));
        for input in remembered.into_iter().flatten() {
            core.input(input);
        }
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
        secrets.take_over(issued, leaving.usual_sign_in_life());
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
                Next::Revoke => {
                    let left = self.left_behind.get_mut(&profile);
                    match left.and_then(|left| left.secrets.take()) {
                        Some(secrets) => self.discard(core, profile, Some(*secrets)),
                        None => self.read_left_behind(core, profile),
                    }
                }
                Next::Delete => self.delete_secrets(core, profile),
            }
        }
    }

    /// Revokes what a removed profile's sign-in brought, if so wished, and then deletes its secrets.
    fn discard(&mut self, core: &mut Core, id: ProfileId, secrets: Option<Secrets>) {
        let Some(leaving) = core.profiles.leaving().iter().find(|it| it.profile.id == id) else {
            return;
        };
        let provider = leaving.profile.provider(core.sandbox.url.as_ref());
        let provider = provider.filter(|it| leaving.revoke && it.revocation.is_some());
        let is_worth_it = |secrets: &Secrets| {
            secrets.credential.refresh_token.is_some() || secrets.token.is_some()
        };
        let (Some(provider), Some(secrets)) = (provider, secrets.filter(is_worth_it)) else {
            return self.delete_secrets(core, id);
        };
        let (client, client_id) = (core.client.clone(), leaving.profile.client_id.clone());
        self.begin(id, Next::Revoke);
        let event = move |secrets: &Secrets, outcome| Event::Revoked {
            profile: id,
            secrets: Box::new(secrets.clone()),
            outcome,
        };
        core.tasks.start(Some(event(&secrets, None)), async move {
            let secret = secrets.credential.client_secret.as_ref();
            let revoke = |token| client.revoke(&provider, &client_id, secret, token);
            let mut outcome = Ok(());
            // First, since a server need not know an access token any more whose refresh token is gone.
            if let Some(token) = &secrets.token {
                outcome = revoke(Revocable::Access(&token.access_token)).await;
            }
            let is_unreached = |it: &Result<(), RequestError>| {
                matches!(it, Err(RequestError { failure: Failure::Transient { .. }, .. }))
            };
            if !is_unreached(&outcome)
                && let Some(token) = &secrets.credential.refresh_token
            {
                outcome = revoke(Revocable::Refresh(token)).await;
            }
            event(&secrets, Some(outcome))
        });
    }

    /// What a sign-in brought was revoked, or not.
    pub(super) fn revoked(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        secrets: Box<Secrets>,
        outcome: Option<Result<(), RequestError>>,
    ) {
        let Some(leaving) = core.profiles.leaving_profile(profile) else { return };
        let (name, now) = (leaving.name.as_str().to_owned(), core.clock.now());
        let id = format!("not-revoked-{profile}");
        let since = self.left_behind.get(&profile).and_then(|left| left.unreached_since);
        let why = match outcome {
            Some(Ok(())) => {
                tracing::info!(event = "revoked", name);
                if since.is_some() {
                    core.host.shell.withdraw(&id);
                }
                return self.delete_secrets(core, profile);
            }
            Some(Err(error)) => {
                tracing::warn!(event = "not_revoked", name, failure = ?error.failure, technical = %error.technical);
                Some(error.failure)
            }
            None => None,
        };
        let may_work_later = matches!(why, None | Some(Failure::Transient { .. }))
            && since.is_none_or(|since| now.since(since) < REVOKED_FOR);
        let message = match (may_work_later, since) {
            (true, Some(_)) => None,
            (true, None) => Some("notice-revoked_later"),
            (false, _) => Some("notice-not_revoked"),
        };
        if let Some(message) = message {
            let said = core.language.tell(message, &[("name", &name)]);
            let (title, body) = (said.headline, said.advice);
            let (urgency, buttons) = (Urgency::Normal, Vec::new());
            core.host.shell.raise(&Notice { id, title, body, urgency, buttons });
        }
        if !may_work_later {
            return self.delete_secrets(core, profile);
        }
        if let Some(left) = self.left_behind.get_mut(&profile) {
            left.at = Some(now + REVOKED_AGAIN_AFTER);
            left.unreached_since = since.or(Some(now));
            left.secrets = Some(secrets);
        }
    }

    /// The profile stays, and what its sign-in brought goes: it is revoked and deleted under the id of a profile that is
    /// leaving, so that both happen also after a crash, and as soon as the provider can be reached.
    pub(super) fn sign_out(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        reply: oneshot::Sender<Reply>,
    ) {
        let config = core.profiles.get(&profile).filter(|config| config.sign_in.is_some());
        if config.is_none() {
            return core.refuse(reply, "unknown_profile", &[]);
        }
        let Some(secrets) = core.secret_store.secrets(profile).cloned() else {
            return core.refuse(reply, "keychain_closed", &[]);
        };
        // What is on its way may bring the only refresh token that can be revoked.
        let status = core.status(profile);
        if status.is_some_and(|status| {
            matches!(status.phase, Phase::Acquiring { .. } | Phase::Refreshing { .. })
        }) {
            return core.refuse(reply, "sign_out_busy", &[]);
        }
        self.end_sign_in(core, profile, secrets, Some(reply));
    }

    pub(super) fn end_sign_in(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        secrets: Secrets,
        reply: Option<oneshot::Sender<Reply>>,
    ) {
        let Some(config) = core.profiles.get(&profile).cloned() else { return };
        let leaving = Profile { id: core.profiles.unused_id(), ..config.clone() };
        let leaving_id = leaving.id;
        let changed = core.profiles.change(|list| {
            list.leave_to_be_revoked(leaving);
            if let Some(profile) = list.get_mut(profile) {
                profile.foretold = None;
                if let Some(way) = &mut profile.sign_in {
                    (way.signed_out, way.account) = (true, None);
                }
            }
        });
        if let Err(error) = changed {
            if let Some(reply) = reply {
                core.refuse(reply, "profiles_file", &[("cause", &error.to_string())]);
            }
            return;
        }
        let held = Secrets::signed_out(&secrets.credential);
        let keychain = core.secret_store.keychain();
        let (from, to) = ((profile, &held.credential), (leaving_id, &config.client_id));
        let moved = secret_store::move_sign_in(keychain, from, to, &secrets);
        let holding = held.holding(&config);
        core.secret_store.put(profile, held);
        core.runtimes.remove(profile);
        let policy = config.policy(core.preferences.renew_early());
        core.input(Input::ProfileChanged { profile, policy, change: Change::Identity, holding });
        core.tasks.then(FollowUp::ClearClipboard { of: Some(profile) });
        core.tasks.then(FollowUp::SuppliesEnd(profile));
        tracing::info!(event = "signed_out", name = config.name.as_str());
        let secrets = Box::new(secrets);
        core.tasks.start(None, async move {
            let outcome = moved.await;
            Event::SignedOut { leaving: leaving_id, secrets, outcome, reply }
        });
    }

    pub(super) fn signed_out(
        &mut self,
        core: &mut Core,
        leaving: ProfileId,
        secrets: Secrets,
        outcome: Result<(), KeychainTrouble>,
        reply: Option<oneshot::Sender<Reply>>,
    ) {
        match (outcome, reply) {
            (Ok(()), Some(reply)) => drop(reply.send(Reply::Done)),
            // The keychain is asked once more when the profile is opened next.
            (Err(_), Some(reply)) => core.refuse(reply, "sign_out_not_wiped", &[]),
            (_, None) => {}
        }
        self.discard(core, leaving, Some(secrets));
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
