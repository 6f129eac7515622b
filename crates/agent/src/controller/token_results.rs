//! What token requests and the keychain answered, taken into the secret store and told to the engine.

use glowjar_ims::{AccessReport, Issued, RequestError, Technical, Verification};
use glowjar_lifecycle::{
    failure::{Failure, Transient},
    id::{Attempt, Generation, ProfileId},
    input::{Grant, Input, KeychainTrouble},
    time::Step,
};
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    crash_points,
    credential::Credential,
    event::{Event, FollowUp},
    fault_injection::{InjectedFault, is_committed},
    history::Entry,
    profile::Profile,
    profile_view,
    request::Reply,
    secret_store::{self, Secrets},
};

pub(super) fn opened(
    core: &mut Core,
    profile: ProfileId,
    outcome: Result<Secrets, KeychainTrouble>,
) {
    let Some(config) = core.profiles.get(&profile) else { return };
    let held = core.secret_store.secrets(profile);
    if let Some(held) = held.filter(|held| held.credential_is_unsaved || held.token.is_some()) {
        // Newer than what the keychain holds, or all that there is, or brought back: its times have moved with the
        // clock, and those in the keychain have not.
        let holding = held.holding(config);
        let is_kept = |kept: &Secrets| kept.credential.has_secrets_of(&held.credential);
        let was_unsaved = held.credential_is_unsaved;
        let is_unsaved = was_unsaved && !outcome.as_ref().is_ok_and(is_kept);
        let held = Secrets { credential_is_unsaved: is_unsaved, ..held.clone() };
        core.secret_store.put(profile, held);
        core.input(Input::SecretsOpened { profile, holding });
        match outcome {
            Err(trouble) if is_unsaved => still_unsaved(core, profile, trouble),
            Ok(_) if is_unsaved => still_unsaved(core, profile, KeychainTrouble::Refused),
            // An earlier look at the keychain may have come before it was written.
            Ok(_) if was_unsaved => now_saved(core, profile),
            Ok(_) | Err(_) => {}
        }
        return;
    }
    match outcome {
        // The end came between signing out and the keychain, or that refused.
        Ok(found)
            if config.is_signed_out()
                && (found.credential.refresh_token.is_some() || found.token.is_some()) =>
        {
            let secrets = Secrets::signed_out(&found.credential);
            let holding = secrets.holding(config);
            core.secret_store.put(profile, secrets);
            core.input(Input::SecretsOpened { profile, holding });
            core.tasks.then(FollowUp::SignedOut(profile, Box::new(found)));
        }
        Ok(secrets) => {
            let holding = secrets.holding(config);
            core.secret_store.put(profile, secrets);
            core.input(Input::SecretsOpened { profile, holding });
        }
        Err(trouble) => {
            tracing::warn!(
                event = "keychain",
                name = config.name.as_str(),
                ?trouble,
                "secrets could not be read"
            );
            core.input(Input::SecretsUnavailable { profile, trouble });
        }
    }
}

fn now_saved(core: &mut Core, profile: ProfileId) {
    let status = core.status(profile);
    if let Some(token) = status.and_then(|status| status.token) {
        core.input(Input::Kept { profile, generation: token.generation });
    }
}

/// The answer to a request that was under way when its profile was removed came after that was undone. The engine, to which
/// the profile is new, begins again with what was granted.
fn begin_again(core: &mut Core, profile: ProfileId) {
    let config = core.profiles.get(&profile);
    let Some((config, secrets)) = config.zip(core.secret_store.secrets(profile)) else { return };
    let kept = secrets.keep(core.secret_store.keychain(), profile, &config.client_id);
    tokio::spawn(async move {
        if let Err(trouble) = kept.await {
            tracing::warn!(event = "not_saved", %profile, ?trouble);
        }
    });
    let (policy, paused) = (config.policy(core.preferences.renew_early()), config.paused);
    core.input(Input::ProfileRemoved { profile });
    core.input(Input::ProfileAdded { profile, policy, paused });
}

/// Another process may have rotated the refresh token: what the keychain holds now counts, unless ours is newer.
pub(super) fn rechecked(
    core: &mut Core,
    profile: ProfileId,
    attempt: Attempt,
    outcome: Result<Secrets, KeychainTrouble>,
) {
    let Some(config) = core.profiles.get(&profile) else { return };
    let held = core.secret_store.secrets(profile).cloned().unwrap_or_default();
    if let (Err(trouble), false) = (&outcome, held.credential_is_unsaved) {
        return core.input(Input::SecretsUnavailable { profile, trouble: *trouble });
    }
    let found = outcome.ok().filter(|found| {
        !held.credential_is_unsaved
            && found.credential.refresh_token.is_some()
            && !held.credential.has_refresh_token(found.credential.refresh_token.as_ref())
    });
    let newer = found.is_some();
    let current = found.unwrap_or(held);
    let holding = current.holding(config);
    core.secret_store.put(profile, current);
    core.input(Input::SecretsRechecked { profile, attempt, newer, holding });
}

pub(super) fn answered(
    core: &mut Core,
    profile: ProfileId,
    attempt: Attempt,
    outcome: Result<Box<Issued>, RequestError>,
) {
    let is_from_before = core.requests.is_from_before(profile, attempt);
    let landed = core.requests.ended(profile, attempt);
    let is_late = landed.is_none() && !is_committed(InjectedFault::LateAnswersCount);
    let Some(step) = landed.or_else(|| (!is_late).then(|| Step::from_millis(0))) else {
        return;
    };
    let name = core.name_of(profile).to_owned();
    match outcome {
        Ok(mut issued) => {
            crash_points::pass("reply-read");
            issued.validity = issued.validity.shifted(step);
            issued.refresh_token_ends = issued.refresh_token_ends.map(|at| at.shifted(step));
            if !core.profiles.contains(&profile) {
                return core.tasks.then(FollowUp::AnsweredAfterRemoval(profile, issued));
            }
            let event = match (
                core.secret_store.access_token(profile),
                is_rotation(core, profile, &issued),
            ) {
                (None, _) => "granted",
                (Some(_), true) => "rotated",
                (Some(_), false) => "renewed",
            };
            let failed_before = core.runtimes.of(profile).failure.take().is_some();
            tracing::info!(event, name, expires_at = %issued.validity.expires_at);
            if failed_before {
                tracing::info!(event = "recovered", name);
                core.note(profile, Entry::Recovered);
            }
            core.note(profile, Entry::granted(event == "granted", issued.validity));
            let validity = issued.validity;
            let skew = issued.skew.map(|skew| Step::from_millis(skew.ahead_millis()));
            let usual = core.profiles.get(&profile).and_then(Profile::usual_sign_in_life);
            let held = core.secret_store.take_over(profile, *issued, usual);
            let refresh_token_ends = held.credential.refresh_token_ends;
            let grant = Grant { validity, refresh_token_ends, skew };
            crash_points::pass("taken-over");
            if is_from_before {
                return begin_again(core, profile);
            }
            core.input(Input::Granted { profile, attempt, grant });
        }
        Err(RequestError { failure, technical, .. }) => {
            tracing::warn!(event = "failed", name, ?failure, %technical);
            core.note_failure(profile, failure, &technical);
            remember_failure(core, profile, *technical);
            core.input(Input::Failed { profile, attempt, failure });
            // The engine has no token to save it along with.
            if let Some(Secrets { credential, token: None, credential_is_unsaved: true }) =
                core.secret_store.secrets(profile)
            {
                save_again(core, profile, credential, false);
            }
        }
    }
}

/// Whether the request went out is not known.
pub(super) fn request_panicked(core: &mut Core, profile: ProfileId, attempt: Attempt) {
    if core.requests.ended(profile, attempt).is_none() {
        return;
    }
    let failure = Failure::transient(Transient::Internal);
    let technical = Technical::default();
    tracing::warn!(event = "failed", %profile, ?failure);
    core.note_failure(profile, failure, &technical);
    remember_failure(core, profile, technical);
    core.input(Input::Failed { profile, attempt, failure });
}

fn remember_failure(core: &mut Core, profile: ProfileId, technical: Technical) {
    let now = core.clock.now();
    core.runtimes.of(profile).failure = Some((now, technical));
}

fn is_rotation(core: &Core, profile: ProfileId, issued: &Issued) -> bool {
    let held = core.secret_store.secrets(profile);
    issued.refresh_token.is_some()
        && held
            .is_some_and(|held| !held.credential.has_refresh_token(issued.refresh_token.as_ref()))
}

pub(super) fn stored(
    core: &mut Core,
    profile: ProfileId,
    generation: Generation,
    credential: &Credential,
    outcome: Result<(), KeychainTrouble>,
) {
    match outcome {
        Ok(()) => {
            crash_points::pass("stored");
            core.secret_store.credential_saved(profile, credential);
            core.input(Input::Kept { profile, generation });
            crash_points::pass("unannounced");
        }
        Err(trouble) => {
            tracing::warn!(event = "not_saved", %profile, ?trouble);
            if is_committed(InjectedFault::UnsavedForgotten) {
                return stored(core, profile, generation, credential, Ok(()));
            }
            core.input(Input::KeepFailed { profile, generation, trouble });
            crash_points::pass("not-saved");
        }
    }
}

pub(super) fn verified(
    core: &mut Core,
    profile: ProfileId,
    generation: Generation,
    verification: Verification,
) {
    if !is_current(core, profile, generation) {
        return;
    }
    match verification {
        Verification::Valid => {
            let now = core.clock.now();
            let runtime = core.runtimes.of(profile);
            runtime.verified_at = Some(now);
            runtime.refused_in_a_row = 0;
        }
        Verification::Invalid { .. } => {
            let runtime = core.runtimes.of(profile);
            runtime.refused_in_a_row += 1;
            // A second new token that is refused as well would not be healed by a third.
            if runtime.refused_in_a_row == 1 {
                core.input(Input::TokenRejected { profile, generation });
            }
        }
        Verification::Unknown => {}
    }
}

pub(super) fn checked(
    core: &mut Core,
    profile: ProfileId,
    generation: Generation,
    report: &AccessReport,
    reply: oneshot::Sender<Reply>,
) {
    let access = profile_view::access(report, core.clock.now(), core.language);
    if is_current(core, profile, generation) {
        core.runtimes.of(profile).access = Some(access.clone());
        if report.access == glowjar_ims::Access::TokenRejected {
            core.input(Input::TokenRejected { profile, generation });
        }
    }
    let _ = reply.send(Reply::Access { access });
}

fn is_current(core: &Core, profile: ProfileId, generation: Generation) -> bool {
    let status = core.status(profile);
    status.and_then(|status| status.token).is_some_and(|token| token.generation == generation)
}

/// The engine is to try again to save what only memory holds. Without a token that waits for the next one.
pub(super) fn still_unsaved(core: &mut Core, profile: ProfileId, trouble: KeychainTrouble) {
    let status = core.status(profile);
    if let Some(token) = status.and_then(|status| status.token) {
        let generation = token.generation;
        core.input(Input::KeepFailed { profile, generation, trouble });
    }
}

pub(super) fn save_again(
    core: &Core,
    profile: ProfileId,
    credential: &Credential,
    drop_token: bool,
) {
    let saved = secret_store::save_credential(
        core.secret_store.keychain(),
        profile,
        credential,
        drop_token,
    );
    tokio::spawn(async move {
        if let Err(trouble) = saved.await {
            tracing::warn!(event = "not_saved", %profile, ?trouble);
        }
    });
}

/// Asks the provider's API whether the token opens it.
pub(super) fn check_access(core: &Core, profile: ProfileId, reply: oneshot::Sender<Reply>) {
    let Some(config) = core.profiles.get(&profile) else { return };
    let gateway = config.provider(core.sandbox.url.as_ref()).and_then(|provider| provider.gateway);
    let Some(gateway) = gateway else {
        return core.refuse(reply, "no_gateway", &[]);
    };
    let token = core.secret_store.access_token(profile).cloned();
    let status = core.status(profile).and_then(|status| status.token);
    let (Some(token), Some(status)) = (token, status) else {
        return core.refuse(reply, "no_live_token", &[]);
    };
    let (client, client_id, generation) =
        (core.client.clone(), config.client_id.clone(), status.generation);
    core.tasks.start(None, async move {
        let report = client.check_access(&gateway, &client_id, &token).await;
        Event::Checked { profile, generation, report, reply }
    });
}
