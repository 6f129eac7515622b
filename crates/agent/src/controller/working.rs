//! Carries out the engine's effects, each in a task that sends its outcome back as an event.

use std::{collections::HashMap, future::Future, sync::Arc};

use glowjar_ims::{
    ClientId, ClientSecret, Endpoint, Grant, Provider, RefreshToken, RequestError, Scopes,
    TokenRequest,
};
use glowjar_lifecycle::{
    id::{Attempt, Generation, ProfileId},
    input::{Effect, KeychainTrouble, SecretSlot},
    time::Step,
};
use tokio::{sync::mpsc, task::AbortHandle};

use super::{Controller, outcomes::Event};
use crate::{
    deliberate::{Fault, is_committed},
    ports::SandboxOffer,
    profile::Profile,
    timed::Timed,
    vault::Secrets,
    view::{GrantView, Preset},
};

impl Controller {
    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::OpenSecrets { profile } => {
                let event = move |outcome| Event::Opened { profile, outcome };
                self.read_secrets(profile, event);
            }
            Effect::RecheckSecrets { profile, attempt } => {
                let event = move |outcome| Event::Rechecked { profile, attempt, outcome };
                self.read_secrets(profile, event);
            }
            Effect::RequestToken { profile, attempt, secret } => {
                self.request_token(profile, attempt, secret)
            }
            Effect::KeepToken { profile, generation } => self.keep_token(profile, generation),
            Effect::AnnounceToken { profile, generation } => {
                self.verify_token(profile, generation);
                self.supply(profile);
            }
        }
    }

    /// Starts work whose outcome comes back as an event. If it panics, `if_it_panics` comes back instead: whatever is
    /// marked as under way for this work has to end with it. A reply that the work held is dropped, which answers it.
    pub(super) fn start(
        &self,
        if_it_panics: Option<Event>,
        work: impl Future<Output = Event> + Send + 'static,
    ) -> AbortHandle {
        let mut guard = PanicGuard { events: self.events.clone(), event: if_it_panics };
        let task = tokio::spawn(async move {
            let event = work.await;
            guard.event = None;
            if let Some(events) = guard.events.upgrade() {
                let _ = events.send(event);
            }
        });
        task.abort_handle()
    }

    fn read_secrets(
        &self,
        profile: ProfileId,
        event: impl Fn(Result<Secrets, KeychainTrouble>) -> Event + Send + Sync + 'static,
    ) {
        let Some(config) = self.profiles.get(&profile) else { return };
        let (keychain, client_id) = (self.keychain.clone(), config.client_id.clone());
        self.start(Some(event(Err(KeychainTrouble::NotAnswering))), async move {
            event(Secrets::open(&keychain, profile, &client_id).await)
        });
    }

    fn request_token(&mut self, profile: ProfileId, attempt: Attempt, slot: SecretSlot) {
        let is_sandbox = |config: &Profile| config.source.preset == Preset::Sandbox;
        if self.sandbox_url.is_none() && self.profiles.get(&profile).is_some_and(is_sandbox) {
            return self.start_sandbox_for(profile, attempt, slot);
        }
        let prepared = self.profiles.get(&profile).and_then(|config| {
            let provider = config.provider(self.sandbox_url.as_ref())?;
            Prepared::new(config, self.vault.secrets(profile)?, slot, provider)
        });
        let Some(prepared) = prepared else { return self.unaddressable(profile, attempt) };
        let (client, clock) = (self.client.clone(), self.clock.clone());
        let if_it_panics = Some(Event::RequestPanicked { profile, attempt });
        let abort = self.start(if_it_panics, async move {
            let outcome = prepared.send(&client, clock.now()).await.map(Box::new);
            Event::Answered { profile, attempt, outcome }
        });
        self.requests.sent(profile, attempt, abort);
    }

    /// A profile of the sandbox can be made by hand, too, and the sandbox may have failed to start at first.
    fn start_sandbox_for(&mut self, profile: ProfileId, attempt: Attempt, slot: SecretSlot) {
        let sandbox = Arc::clone(&self.sandbox);
        let if_it_panics = Some(Event::RequestPanicked { profile, attempt });
        let abort = self.start(if_it_panics, async move {
            Event::SandboxStartedFor { profile, attempt, slot, outcome: sandbox.start().await }
        });
        self.requests.sent(profile, attempt, abort);
    }

    pub(super) fn sandbox_started_for(
        &mut self,
        profile: ProfileId,
        attempt: Attempt,
        slot: SecretSlot,
        outcome: std::io::Result<SandboxOffer>,
    ) {
        if let Err(error) = &outcome {
            tracing::warn!(%error, "the sandbox did not start");
        }
        self.sandbox_url = outcome.ok().and_then(|offer| Endpoint::parse(&offer.url).ok());
        if self.requests.ended(profile, attempt).is_none() {
            return;
        }
        match self.sandbox_url {
            Some(_) => self.request_token(profile, attempt, slot),
            None => self.unaddressable(profile, attempt),
        }
    }

    fn keep_token(&self, profile: ProfileId, generation: Generation) {
        let (Some(config), Some(secrets)) =
            (self.profiles.get(&profile), self.vault.secrets(profile))
        else {
            return;
        };
        let credential = secrets.credential.clone();
        let kept = secrets.keep(&self.keychain, profile, &config.client_id);
        let if_it_panics = Event::Stored {
            profile,
            generation,
            credential: credential.clone(),
            outcome: Err(KeychainTrouble::NotAnswering),
        };
        self.start(Some(if_it_panics), async move {
            Event::Stored { profile, generation, credential, outcome: kept.await }
        });
    }

    /// Asks the provider about a token that is new to this run: one from the keychain may have been revoked since.
    fn verify_token(&mut self, profile: ProfileId, generation: Generation) {
        let runtime = self.runtimes.of(profile);
        runtime.access = None;
        runtime.verified_at = None;
        let (Some(config), Some(token)) =
            (self.profiles.get(&profile), self.vault.access_token(profile))
        else {
            return;
        };
        let Some(provider) = config.provider(self.sandbox_url.as_ref()) else { return };
        if provider.validation.is_none() {
            return;
        }
        let (client, client_id, token) =
            (self.client.clone(), config.client_id.clone(), token.clone());
        self.start(None, async move {
            let verification = client.verify(&provider, &client_id, &token).await;
            Event::Verified { profile, generation, verification }
        });
    }
}

/// Sends its event if the task that holds it panics. One that is aborted just ends.
struct PanicGuard {
    events: mpsc::WeakUnboundedSender<Event>,
    event: Option<Event>,
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        tracing::error!(event = "task_panicked", outcome = ?self.event);
        if let (Some(event), Some(events)) = (self.event.take(), self.events.upgrade()) {
            let _ = events.send(event);
        }
    }
}

/// Token requests under way, at most one of each profile.
#[derive(Debug, Default)]
pub(super) struct Requests {
    in_flight: HashMap<ProfileId, InFlight>,
    /// All steps of the wall clock since the start.
    clock_set_by: Step,
}

#[derive(Debug)]
struct InFlight {
    attempt: Attempt,
    abort: AbortHandle,
    sent: SentAt,
}

/// When something was sent whose answer counts from then: on the clock as it was set at that time.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentAt {
    clock_set_by: Step,
}

impl Requests {
    /// The one before, if there is any, is given up.
    fn sent(&mut self, profile: ProfileId, attempt: Attempt, abort: AbortHandle) {
        let request = InFlight { attempt, abort, sent: self.now() };
        if let Some(outdated) = self.in_flight.insert(profile, request) {
            outdated.abort.abort();
        }
    }

    /// The step of the clock since this attempt was sent, by which its answer has to be moved. `None` for a late answer
    /// to an attempt that was given up, which changes nothing.
    pub(super) fn ended(&mut self, profile: ProfileId, attempt: Attempt) -> Option<Step> {
        let request = self.in_flight.get(&profile).filter(|it| it.attempt == attempt)?;
        let step = self.step_since(request.sent);
        self.in_flight.remove(&profile);
        Some(step)
    }

    /// Whether an answer may still come.
    pub(super) fn is_under_way(&self, profile: ProfileId) -> bool {
        self.in_flight.contains_key(&profile)
    }

    /// Nothing that its answer says counts any more.
    pub(super) fn give_up(&mut self, profile: ProfileId) {
        if let Some(outdated) = self.in_flight.remove(&profile)
            && !is_committed(Fault::LateAnswersCount)
        {
            outdated.abort.abort();
        }
    }

    pub(super) const fn now(&self) -> SentAt {
        SentAt { clock_set_by: self.clock_set_by }
    }

    pub(super) const fn step_since(&self, sent: SentAt) -> Step {
        sent.clock_set_by.until(self.clock_set_by)
    }
}

impl Timed for Requests {
    fn shift(&mut self, step: Step) {
        self.clock_set_by = self.clock_set_by.then(step);
    }
}

/// A token request with all that it needs, so that it can travel to its task.
pub(super) struct Prepared {
    provider: Provider,
    client_id: ClientId,
    secret: Option<ClientSecret>,
    refresh_token: Option<RefreshToken>,
    scopes: Scopes,
}

impl Prepared {
    /// `None` if a part that the grant needs is missing.
    pub(super) fn new(
        config: &Profile,
        secrets: &Secrets,
        slot: SecretSlot,
        provider: Provider,
    ) -> Option<Self> {
        let credential = &secrets.credential;
        let secret = match slot {
            SecretSlot::Primary => credential.client_secret.clone(),
            SecretSlot::Standby => credential.standby_secret.clone(),
        };
        let refresh_token = match config.grant {
            GrantView::ClientCredentials => None,
            GrantView::RefreshToken => Some(credential.refresh_token.clone()?),
        };
        let prepared = Self {
            provider,
            client_id: config.client_id.clone(),
            secret,
            refresh_token,
            scopes: config.scopes.clone(),
        };
        Some(prepared)
    }

    pub(super) async fn send(
        &self,
        client: &glowjar_ims::Client,
        sent_at: glowjar_lifecycle::time::Timestamp,
    ) -> Result<glowjar_ims::Issued, RequestError> {
        let grant = match &self.refresh_token {
            None => Grant::ClientCredentials { scopes: &self.scopes },
            // The scopes stay those of the sign-in (RFC 6749 section 6), so that the tutorial's request goes out to the letter.
            Some(refresh_token) => Grant::RefreshToken { refresh_token, scopes: None },
        };
        let request =
            TokenRequest { client_id: &self.client_id, secret: self.secret.as_ref(), grant };
        client.request_token(&self.provider, &request, sent_at).await
    }
}
