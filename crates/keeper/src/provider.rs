//! One request to the provider, under a claim.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use glowjar_claim::{
    exchange::{Input, Refusal},
    plan::TIME_TO_ANSWER,
    record::{Answer, Attempt, TroubleKind},
};
use glowjar_import::{Authentication, Body, Understood};
use glowjar_ims::{
    AccessToken, Client, ClientAuthentication, ClientId, ClientSecret, ClientSettings, Encoding,
    Endpoint, Gate, Grant, Provider, RefreshToken, RequestError, Scopes, Timeouts, TokenRequest,
    Verification,
};
use glowjar_lifecycle::{
    failure::{Failure, Permanent, RetryAfter, Transient},
    time::Timestamp,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::{clock, secret::Secret, secret_source::SecretSource};

/// What a pool's tokens are asked for with, but for the refresh token. It is kept sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credential {
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub token_endpoint: Option<String>,
    pub is_json: bool,
    pub is_basic: bool,
    pub scopes: String,
    /// In place of the secret, where it is kept elsewhere.
    #[serde(default)]
    pub secret_source: Option<SecretSource>,
}

/// A credential in use.
#[derive(Debug)]
pub(crate) struct InUse {
    credential: Credential,
    /// As it was read last, if it is kept elsewhere.
    secret: Mutex<Option<Secret>>,
}

/// Whether a request may go out, as the pool's member decided.
pub(crate) struct Go {
    pub refresh_token: Option<Secret>,
    pub not_after: Timestamp,
}

impl Credential {
    #[must_use]
    pub fn of(understood: &Understood) -> Self {
        let secret = understood.client_secret.as_ref();
        Self {
            client_id: understood.client_id.clone(),
            client_secret: secret.map(|secret| Secret::from(secret.expose_secret())),
            token_endpoint: understood.token_endpoint.as_ref().map(|it| it.as_str().to_owned()),
            is_json: understood.body == Body::Json,
            is_basic: understood.authentication == Authentication::Basic,
            scopes: understood.scopes.to_string(),
            secret_source: None,
        }
    }

    /// Where its secret is kept instead of here.
    #[must_use]
    pub fn with_secret_from(self, source: SecretSource) -> Self {
        Self { client_secret: None, secret_source: Some(source), ..self }
    }

    fn provider(&self) -> Provider {
        let endpoint = self.token_endpoint.as_deref().map(Endpoint::parse);
        let mut provider = match endpoint {
            Some(Ok(endpoint)) => Provider::custom(endpoint),
            _ => Provider::adobe_ims(),
        };
        provider.encoding = if self.is_json { Encoding::Json } else { Encoding::Form };
        let has_secret = self.client_secret.is_some() || self.secret_source.is_some();
        provider.client_authentication = match (has_secret, self.is_basic) {
            (false, _) => ClientAuthentication::None,
            (_, true) => ClientAuthentication::Basic,
            (_, false) => ClientAuthentication::Body,
        };
        provider
    }
}

impl InUse {
    pub(crate) fn new(credential: Credential) -> Self {
        let secret = Mutex::new(credential.client_secret.clone());
        Self { credential, secret }
    }

    fn secret(&self) -> Option<Secret> {
        self.secret.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nothing is asked of the provider with a secret that is not known yet.
    fn is_complete(&self) -> bool {
        self.credential.secret_source.is_none() || self.secret().is_some()
    }

    /// Reads the secret, where it is kept elsewhere.
    pub(crate) async fn read_secret(&self) {
        let Some(source) = &self.credential.secret_source else { return };
        match source.read().await {
            Ok(secret) => {
                *self.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
            }
            Err(error) => tracing::error!(%error, "the client secret could not be read"),
        }
    }
}

/// Opens the connection, asks the member whether to go on, sends, and says what became of it.
pub(crate) async fn ask(
    credential: Arc<InUse>,
    attempt: Attempt,
    refresh_token: Option<Secret>,
    go: oneshot::Receiver<Go>,
    said: mpsc::UnboundedSender<Input<Secret>>,
) {
    if !credential.is_complete() {
        // The keeper is about to end.
        let _ = said.send(Input::NotSent(attempt));
        return credential.read_secret().await;
    }
    let mints = refresh_token.is_none();
    let sent = Arc::new(AtomicBool::new(false));
    let outcome = request(&credential, attempt, refresh_token, go, &said, &sent).await;
    let input = match outcome {
        Some(Ok(answer))
            if mints && !is_good(&credential.credential, &answer.access_token).await =>
        {
            tracing::error!(
                "the provider issued a token that it does not know; the one before stays"
            );
            Input::Refused(attempt, Refusal { pause: None, trouble: None })
        }
        Some(Ok(answer)) => Input::Answered(attempt, answer),
        // Nothing was let through, so nothing went out.
        _ if !sent.load(Ordering::SeqCst) => {
            if let Some(Err(error)) = &outcome {
                tracing::warn!(%error, "the provider was not reached");
            }
            Input::NotSent(attempt)
        }
        Some(Err(error)) => {
            tracing::warn!(%error, "no token was issued");
            match refusal(&error) {
                Some(refusal) => {
                    if refusal.trouble == Some(TroubleKind::CredentialRefused) {
                        // It may have been changed, so that who resumes the pool finds the new one in use.
                        credential.read_secret().await;
                    }
                    Input::Refused(attempt, refusal)
                }
                None => Input::Lost(attempt),
            }
        }
        None => Input::Lost(attempt),
    };
    // The keeper is about to end.
    let _ = said.send(input);
}

async fn request(
    in_use: &InUse,
    attempt: Attempt,
    refresh_token: Option<Secret>,
    go: oneshot::Receiver<Go>,
    said: &mpsc::UnboundedSender<Input<Secret>>,
    sent: &Arc<AtomicBool>,
) -> Option<Result<Answer<Secret>, RequestError>> {
    let credential = &in_use.credential;
    let gate = gate(attempt, refresh_token.clone(), go, said.clone(), Arc::clone(sent));
    let timeouts = Timeouts {
        // The limit is below, where an answer that is there already goes first.
        total: TIME_TO_ANSWER * 20,
        ..Timeouts::default()
    };
    let client = Client::gated(&settings(timeouts), gate).ok()?;
    let client_id = ClientId::parse(&credential.client_id).ok()?;
    let secret = in_use.secret().and_then(|secret| ClientSecret::parse(secret.expose()).ok());
    let scopes = Scopes::parse(&credential.scopes).unwrap_or_default();
    let refresh_token = refresh_token.and_then(|it| RefreshToken::parse(it.expose()).ok());
    let grant = match &refresh_token {
        Some(refresh_token) => Grant::RefreshToken { refresh_token, scopes: None },
        None => Grant::ClientCredentials { scopes: &scopes },
    };
    let provider = credential.provider();
    let request = TokenRequest { client_id: &client_id, secret: secret.as_ref(), grant };
    let mut asking = std::pin::pin!(client.request_token(&provider, &request, clock::now()));
    let issued = tokio::select! {
        biased;
        issued = &mut asking => issued,
        () = clock::pass(TIME_TO_ANSWER) => {
            // A process that was stopped finds time over and answer there at once. It gets time to read it.
            tokio::select! {
                biased;
                issued = &mut asking => issued,
                () = clock::pass(TIME_TO_READ) => return None,
            }
        }
    };
    Some(issued.map(|issued| Answer {
        refresh_token: issued.refresh_token.map(|token| Secret::from(token.expose())),
        access_token: Secret::from(issued.access_token.expose()),
        lifetime: issued.validity.lifetime(),
    }))
}

/// Whether the provider knows a token that it issued just now, as far as it says so. It is asked before anybody is given it.
async fn is_good(credential: &Credential, token: &Secret) -> bool {
    let mut provider = credential.provider();
    if provider.token_endpoint.path() == ADOBES_PATH {
        provider.validation = Some(provider.token_endpoint.at("/ims/validate_token/v1"));
    }
    let client = Client::new(&settings(Timeouts { total: TIME_TO_TRY, ..Timeouts::default() }));
    let (Ok(client), Ok(client_id), Ok(token)) = (
        client,
        ClientId::parse(&credential.client_id),
        AccessToken::parse(token.expose().to_owned()),
    ) else {
        return true;
    };
    let verification = client.verify(&provider, &client_id, &token).await;
    !matches!(verification, Verification::Invalid { .. })
}

fn settings(timeouts: Timeouts) -> ClientSettings {
    ClientSettings {
        timeouts,
        user_agent: concat!("Glowjar-Keeper/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..ClientSettings::default()
    }
}

/// Asked once, since a connection is made once.
fn gate(
    attempt: Attempt,
    refresh_token: Option<Secret>,
    go: oneshot::Receiver<Go>,
    said: mpsc::UnboundedSender<Input<Secret>>,
    sent: Arc<AtomicBool>,
) -> Gate {
    let go = Arc::new(Mutex::new(Some(go)));
    Gate::new(move || {
        let go = go.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (said, sent, refresh_token) = (said.clone(), Arc::clone(&sent), refresh_token.clone());
        async move {
            let Some(go) = go else { return false };
            if said.send(Input::Connected(attempt)).is_err() {
                return false;
            }
            let Ok(go) = go.await else { return false };
            let passes = go.refresh_token == refresh_token && clock::now() <= go.not_after;
            sent.store(passes, Ordering::SeqCst);
            passes
        }
    })
}

/// What the provider said, if it said anything; a reply that broke off or makes no sense may hold what was issued.
fn refusal(error: &RequestError) -> Option<Refusal> {
    let refusal = |trouble| Some(Refusal { pause: None, trouble });
    match error.failure {
        Failure::Permanent(Permanent::RefreshTokenRejected) => {
            refusal(Some(TroubleKind::SignInRefused))
        }
        Failure::Permanent(_) => refusal(Some(TroubleKind::CredentialRefused)),
        Failure::Transient {
            cause:
                Transient::Throttled | Transient::Server | Transient::Blocked | Transient::CaptivePortal,
            retry_after,
        } => {
            let pause = retry_after.map(|after| match after {
                RetryAfter::Delay(span) => span,
                RetryAfter::At(at) => at.since(clock::now()),
            });
            Some(Refusal { pause, trouble: None })
        }
        Failure::Transient { .. } => None,
    }
}

/// docs/adobe-ims.md section 4.
const ADOBES_PATH: &str = "/ims/token/v3";
const TIME_TO_TRY: Duration = Duration::from_secs(10);
const TIME_TO_READ: Duration = Duration::from_secs(1);
