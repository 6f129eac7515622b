//! Token requests on their way to a provider.

use std::collections::HashMap;

use glowjar_ims::{
    Client, ClientId, ClientSecret, Grant, Issued, Provider, RefreshToken, RequestError, Scopes,
    TokenRequest,
};
use glowjar_lifecycle::{
    failure::{Failure, Permanent, Transient},
    id::{Attempt, ProfileId},
    input::SecretSlot,
    time::{Step, Timestamp},
};
use glowjar_token_endpoint::SecretHash;
use tokio::task::AbortHandle;

use crate::{
    fault_injection::{InjectedFault, is_committed},
    profile::Profile,
    secret_store::Secrets,
    timed::Timed,
    view::GrantView,
};

/// Token requests under way, at most one of each profile.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    in_flight: HashMap<ProfileId, InFlight>,
    /// All steps of the wall clock since the start.
    clock_set_by: Step,
}

#[derive(Debug)]
struct InFlight {
    attempt: Attempt,
    abort: AbortHandle,
    sent: SentAt,
    /// Sent before the profile was removed and brought back. The engine knows nothing of it.
    is_from_before: bool,
}

/// When something was sent whose answer counts from then: on the clock as it was set at that time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SentAt {
    clock_set_by: Step,
}

impl Requests {
    /// The one before, if there is any, is given up.
    pub(crate) fn sent(&mut self, profile: ProfileId, attempt: Attempt, abort: AbortHandle) {
        let request = InFlight { attempt, abort, sent: self.now(), is_from_before: false };
        if let Some(outdated) = self.in_flight.insert(profile, request) {
            outdated.abort.abort();
        }
    }

    /// The step of the clock since this attempt was sent, by which its answer has to be moved. `None` for a late answer
    /// to an attempt that was given up, which changes nothing.
    pub(crate) fn ended(&mut self, profile: ProfileId, attempt: Attempt) -> Option<Step> {
        let request = self.in_flight.get(&profile).filter(|it| it.attempt == attempt)?;
        let step = self.step_since(request.sent);
        self.in_flight.remove(&profile);
        Some(step)
    }

    /// The profile was brought back. Whether an answer to what was sent before it was removed may still come.
    pub(crate) fn came_back(&mut self, profile: ProfileId) -> bool {
        let request = self.in_flight.get_mut(&profile);
        request.map(|request| request.is_from_before = true).is_some()
    }

    /// Whether this was sent before the profile was removed and brought back.
    pub(crate) fn is_from_before(&self, profile: ProfileId, attempt: Attempt) -> bool {
        let request = self.in_flight.get(&profile).filter(|request| request.attempt == attempt);
        request.is_some_and(|request| request.is_from_before)
    }

    /// Nothing that its answer says counts any more.
    pub(crate) fn give_up(&mut self, profile: ProfileId) {
        if let Some(outdated) = self.in_flight.remove(&profile)
            && !is_committed(InjectedFault::LateAnswersCount)
        {
            outdated.abort.abort();
        }
    }

    pub(crate) const fn now(&self) -> SentAt {
        SentAt { clock_set_by: self.clock_set_by }
    }

    pub(crate) const fn step_since(&self, sent: SentAt) -> Step {
        sent.clock_set_by.until(self.clock_set_by)
    }
}

impl Timed for Requests {
    fn shift(&mut self, step: Step) {
        self.clock_set_by = self.clock_set_by.then(step);
    }
}

/// A token request with all that it needs, so that it can travel to its task.
pub(crate) struct Prepared {
    provider: Provider,
    /// Asked in turn if the one before is not there.
    elsewhere: Vec<Provider>,
    client_id: ClientId,
    secret: Option<ClientSecret>,
    refresh_token: Option<RefreshToken>,
    scopes: Scopes,
}

impl Prepared {
    /// `None` if a part that the grant needs is missing.
    pub(crate) fn new(
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
            elsewhere: config.elsewhere(&provider),
            provider,
            client_id: config.client_id.clone(),
            secret,
            refresh_token,
            scopes: config.scopes.clone(),
        };
        Some(prepared)
    }

    /// Makes the secret known to a studio's keeper, to whichever answers first, by a word that is good once.
    pub(crate) async fn join(
        &self,
        client: &Client,
        word: &ClientSecret,
    ) -> Result<(), RequestError> {
        let own = self.secret.as_ref().map(|own| SecretHash::of(own.expose()).to_string());
        let own = own.unwrap_or_default();
        let mut outcome = client.join(&self.provider, &self.client_id, word, &own).await;
        for provider in &self.elsewhere {
            if !outcome.as_ref().is_err_and(is_trouble_of_this_one) {
                break;
            }
            outcome = client.join(provider, &self.client_id, word, &own).await;
        }
        outcome
    }

    pub(crate) async fn send(
        &self,
        client: &Client,
        sent_at: Timestamp,
    ) -> Result<Issued, RequestError> {
        let grant = match &self.refresh_token {
            None => Grant::ClientCredentials { scopes: &self.scopes },
            // The scopes stay those of the sign-in (RFC 6749 section 6), so that the tutorial's request goes out to the letter.
            Some(refresh_token) => Grant::RefreshToken { refresh_token, scopes: None },
        };
        let request =
            TokenRequest { client_id: &self.client_id, secret: self.secret.as_ref(), grant };
        let mut outcome = client.request_token(&self.provider, &request, sent_at).await;
        for provider in &self.elsewhere {
            match &outcome {
                Err(error) if is_trouble_of_this_one(error) => {
                    tracing::info!(%error, next = provider.token_endpoint.host(), "the next keeper is asked");
                }
                _ => break,
            }
            let other = client.request_token(provider, &request, sent_at).await;
            // What somebody answered says more than that nobody did.
            let says_more =
                other.is_ok() || outcome.as_ref().is_err_and(|it| it.technical.status.is_none());
            if says_more {
                outcome = other;
            }
        }
        outcome
    }
}

/// Whether another keeper of the same studio may do better.
fn is_trouble_of_this_one(error: &RequestError) -> bool {
    match error.failure {
        Failure::Transient { cause, .. } => cause != Transient::Withheld,
        Failure::Permanent(cause) => cause == Permanent::EndpointMissing,
    }
}
