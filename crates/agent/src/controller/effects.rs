//! Carries out the engine's effects, each in a task that sends its outcome back as an event.

use std::sync::Arc;

use glowjar_ims::Endpoint;
use glowjar_lifecycle::{
    failure::{Failure, Transient},
    id::{Attempt, Generation, ProfileId},
    input::{Effect, Input, KeychainTrouble, SecretSlot},
};

use super::core::Core;
use crate::{
    event::{Event, FollowUp},
    ports::SandboxOffer,
    profile::Profile,
    secret_store::Secrets,
    token_requests::Prepared,
    view::Preset,
};

pub(super) fn execute(core: &mut Core, effect: Effect) {
    match effect {
        Effect::OpenSecrets { profile } => {
            let event = move |outcome| Event::Opened { profile, outcome };
            read_secrets(core, profile, event);
        }
        Effect::RecheckSecrets { profile, attempt } => {
            let event = move |outcome| Event::Rechecked { profile, attempt, outcome };
            read_secrets(core, profile, event);
        }
        Effect::RequestToken { profile, attempt, secret } => {
            request_token(core, profile, attempt, secret)
        }
        Effect::KeepToken { profile, generation } => keep_token(core, profile, generation),
        Effect::AnnounceToken { profile, generation } => {
            verify_token(core, profile, generation);
            core.tasks.then(FollowUp::Supply(profile));
        }
    }
}

fn read_secrets(
    core: &Core,
    profile: ProfileId,
    event: impl Fn(Result<Secrets, KeychainTrouble>) -> Event + Send + Sync + 'static,
) {
    let Some(config) = core.profiles.get(&profile) else { return };
    let (keychain, client_id) = (core.secret_store.keychain().clone(), config.client_id.clone());
    core.tasks.start(Some(event(Err(KeychainTrouble::NotAnswering))), async move {
        event(Secrets::open(&keychain, profile, &client_id).await)
    });
}

fn request_token(core: &mut Core, profile: ProfileId, attempt: Attempt, slot: SecretSlot) {
    let is_sandbox = |config: &Profile| config.source.preset == Preset::Sandbox;
    if core.sandbox.url.is_none() && core.profiles.get(&profile).is_some_and(is_sandbox) {
        return start_sandbox_for(core, profile, attempt, slot);
    }
    let prepared = core.profiles.get(&profile).and_then(|config| {
        let provider = config.provider(core.sandbox.url.as_ref())?;
        Prepared::new(config, core.secret_store.secrets(profile)?, slot, provider)
    });
    let Some(prepared) = prepared else { return unaddressable(core, profile, attempt) };
    let (client, clock) = (core.client.clone(), core.clock.clone());
    let if_it_panics = Some(Event::RequestPanicked { profile, attempt });
    let abort = core.tasks.start(if_it_panics, async move {
        let outcome = prepared.send(&client, clock.now()).await.map(Box::new);
        Event::Answered { profile, attempt, outcome }
    });
    core.requests.sent(profile, attempt, abort);
}

/// A profile of the sandbox can be made by hand, too, and the sandbox may have failed to start at first.
fn start_sandbox_for(core: &mut Core, profile: ProfileId, attempt: Attempt, slot: SecretSlot) {
    let sandbox = Arc::clone(&core.sandbox.port);
    let if_it_panics = Some(Event::RequestPanicked { profile, attempt });
    let abort = core.tasks.start(if_it_panics, async move {
        Event::SandboxStartedFor { profile, attempt, slot, outcome: sandbox.start().await }
    });
    core.requests.sent(profile, attempt, abort);
}

pub(super) fn sandbox_started_for(
    core: &mut Core,
    profile: ProfileId,
    attempt: Attempt,
    slot: SecretSlot,
    outcome: std::io::Result<SandboxOffer>,
) {
    if let Err(error) = &outcome {
        tracing::warn!(%error, "the sandbox did not start");
    }
    core.sandbox.url = outcome.ok().and_then(|offer| Endpoint::parse(&offer.url).ok());
    if core.requests.ended(profile, attempt).is_none() {
        return;
    }
    match core.sandbox.url {
        Some(_) => request_token(core, profile, attempt, slot),
        None => unaddressable(core, profile, attempt),
    }
}

fn keep_token(core: &Core, profile: ProfileId, generation: Generation) {
    let (Some(config), Some(secrets)) =
        (core.profiles.get(&profile), core.secret_store.secrets(profile))
    else {
        return;
    };
    let credential = secrets.credential.clone();
    let kept = secrets.keep(core.secret_store.keychain(), profile, &config.client_id);
    let if_it_panics = Event::Stored {
        profile,
        generation,
        credential: credential.clone(),
        outcome: Err(KeychainTrouble::NotAnswering),
    };
    core.tasks.start(Some(if_it_panics), async move {
        Event::Stored { profile, generation, credential, outcome: kept.await }
    });
}

/// Asks the provider about a token that is new to this run: one from the keychain may have been revoked since.
fn verify_token(core: &mut Core, profile: ProfileId, generation: Generation) {
    let runtime = core.runtimes.of(profile);
    runtime.access = None;
    runtime.verified_at = None;
    let (Some(config), Some(token)) =
        (core.profiles.get(&profile), core.secret_store.access_token(profile))
    else {
        return;
    };
    let Some(provider) = config.provider(core.sandbox.url.as_ref()) else { return };
    if provider.validation.is_none() {
        return;
    }
    let (client, client_id, token) = (core.client.clone(), config.client_id.clone(), token.clone());
    core.tasks.start(None, async move {
        let verification = client.verify(&provider, &client_id, &token).await;
        Event::Verified { profile, generation, verification }
    });
}

/// A provider that can't even be addressed is one that can't be reached.
fn unaddressable(core: &mut Core, profile: ProfileId, attempt: Attempt) {
    core.input(Input::Failed { profile, attempt, failure: Failure::transient(Transient::Connect) });
}
