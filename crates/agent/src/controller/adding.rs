//! New profiles: understood from a paste or typed in, tried at the provider, and stored only if that works.

use std::time::Duration;

use glowjar_import::Understood;
use glowjar_ims::{Issued, LifetimeSource, RequestError};
use glowjar_lifecycle::{
    failure::{Failure, Permanent},
    input::{KeychainTrouble, SecretSlot},
    status::Trouble,
    time::{Step, Timestamp},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::{Controller, outcomes::Event, working::Prepared};
use crate::{
    credential::{Credential, Token},
    draft::Parsed,
    present,
    request::{Anyway, Draft, DraftView, Reply},
    understood,
    vault::Secrets,
    view::TechnicalView,
    words,
};

/// Long enough to read what was understood and to ask somebody; then the secret is dropped.
const PASTES_KEPT: Duration = Duration::from_secs(10 * 60);
/// Nobody adds more at once, and each holds a secret.
const MOST_PASTES: usize = 4;

/// What was understood, until it is used or forgotten.
pub(super) struct Paste {
    handle: String,
    understood: Understood,
    pub forgotten_at: Timestamp,
}

/// A new profile at its provider.
#[derive(Debug)]
pub(super) struct Trial {
    parsed: Parsed,
    clock_set_by: Step,
}

impl Controller {
    pub(super) fn understand(&mut self, text: &SecretString, reply: oneshot::Sender<Reply>) {
        let understood = match glowjar_import::understand(text.expose_secret()) {
            Err(refusal) => understood::refused(refusal, self.language),
            Ok(understood) => {
                let handle = self.unused_id().to_string();
                let view = understood::view(&understood, handle.clone(), self.language);
                let suggested_name = self.free_name(&view.suggested_name);
                if self.pastes.len() == MOST_PASTES {
                    self.pastes.remove(0);
                }
                let forgotten_at = self.clock.now() + PASTES_KEPT;
                self.pastes.push(Paste { handle, understood, forgotten_at });
                crate::view::UnderstoodView { suggested_name, ..view }
            }
        };
        tracing::info!(
            event = "pasted",
            source = ?understood.source,
            refused = understood.refusal.as_ref().map(|refusal| refusal.code.as_str())
        );
        let _ = reply.send(Reply::Understood { understood });
    }

    pub(super) fn forget_old_pastes(&mut self, now: Timestamp) {
        self.pastes.retain(|paste| paste.forgotten_at > now);
    }

    fn paste(&self, handle: &str) -> Option<&Understood> {
        let now = self.clock.now();
        let mut kept = self.pastes.iter().filter(|paste| paste.forgotten_at > now);
        kept.find(|paste| paste.handle == handle).map(|paste| &paste.understood)
    }

    pub(super) fn draft_of_understood(&self, handle: &str, reply: oneshot::Sender<Reply>) {
        let Some(understood) = self.paste(handle) else {
            return self.refuse(reply, "paste_forgotten", &[]);
        };
        let draft = understood::draft(understood, self.free_name(&understood::name(understood)));
        let draft = DraftView {
            name: draft.name,
            preset: draft.preset,
            token_endpoint: draft.token_endpoint,
            encoding: draft.encoding,
            client_authentication: draft.client_authentication,
            client_id: draft.client_id,
            grant: draft.grant,
            scopes: draft.scopes,
            renew_early_minutes: None,
            has_client_secret: draft.client_secret.is_some(),
            has_standby_secret: draft.standby_secret.is_some(),
            has_refresh_token: draft.refresh_token.is_some(),
        };
        let _ = reply.send(Reply::Draft { draft });
    }

    pub(super) fn add_understood(
        &mut self,
        handle: &str,
        name: String,
        anyway: Option<Anyway>,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(understood) = self.paste(handle) else {
            return self.refuse(reply, "paste_forgotten", &[]);
        };
        let draft = understood::draft(understood, name);
        self.save_profile(None, draft, None, anyway, reply);
    }

    /// Puts in the secrets of a paste where the form has none of its own.
    pub(super) fn with_pasted_secrets(&self, draft: Draft, handle: Option<&str>) -> Option<Draft> {
        let Some(handle) = handle else { return Some(draft) };
        let pasted = understood::draft(self.paste(handle)?, String::new());
        Some(Draft {
            client_secret: draft.client_secret.or(pasted.client_secret),
            standby_secret: draft.standby_secret.or(pasted.standby_secret),
            refresh_token: draft.refresh_token.or(pasted.refresh_token),
            ..draft
        })
    }

    /// Asks the provider for a token before anything is stored.
    pub(super) fn try_out(&mut self, mut parsed: Parsed, reply: oneshot::Sender<Reply>) {
        let secrets = Secrets {
            credential: parsed.credential.clone(),
            token: None,
            credential_is_unsaved: true,
        };
        let provider = parsed.profile.provider(self.sandbox_url.as_ref());
        let prepared = provider.and_then(|provider| {
            let of = |slot| Prepared::new(&parsed.profile, &secrets, slot, provider.clone());
            let standby = secrets.credential.standby_secret.is_some();
            Some((of(SecretSlot::Primary)?, standby.then(|| of(SecretSlot::Standby)).flatten()))
        });
        // The built-in sandbox does not run yet; the engine starts it.
        let Some((primary, standby)) = prepared else {
            return self.store_draft(parsed, reply);
        };
        parsed.credential = secrets.credential;
        let trial = Box::new(Trial { parsed, clock_set_by: self.clock_set_by });
        let (client, clock) = (self.client.clone(), self.clock.clone());
        self.start(async move {
            let mut outcome = primary.send(&client, clock.now()).await;
            if let (Err(refused), Some(standby)) = (&outcome, standby)
                && is_rejected_secret(refused)
            {
                outcome = standby.send(&client, clock.now()).await;
            }
            Event::Tried { trial, outcome: outcome.map(Box::new), reply }
        });
    }

    pub(super) fn tried(
        &mut self,
        trial: Trial,
        outcome: Result<Box<Issued>, RequestError>,
        reply: oneshot::Sender<Reply>,
    ) {
        let Trial { parsed, clock_set_by } = trial;
        let name = parsed.profile.name.as_str().to_owned();
        let issued = match outcome {
            Ok(issued) => issued,
            Err(error) => {
                tracing::warn!(event = "trial_failed", name, failure = ?error.failure, technical = %error.technical);
                let _ = reply.send(self.refusal(&parsed, &error));
                return;
            }
        };
        let step = clock_set_by.until(self.clock_set_by);
        tracing::info!(event = "trial_granted", name);
        let mut credential = parsed.credential.clone();
        if issued.refresh_token.is_some() {
            credential.refresh_token = issued.refresh_token;
        }
        if let Some(ends) = issued.refresh_token_ends {
            credential.refresh_token_ends = Some(ends.shifted(step));
        }
        let secrets = Secrets {
            credential,
            token: Some(Token {
                access_token: issued.access_token,
                validity: issued.validity.shifted(step),
                life_is_assumed: issued.lifetime_source == LifetimeSource::Assumed,
            }),
            credential_is_unsaved: true,
        };
        self.store_tried(parsed, secrets, reply);
    }

    /// A rotated refresh token exists nowhere else, so it goes straight into the keychain, before the profile's file.
    pub(super) fn store_tried(
        &mut self,
        parsed: Parsed,
        secrets: Secrets,
        reply: oneshot::Sender<Reply>,
    ) {
        let kept = secrets.keep(&self.keychain, parsed.profile.id, &parsed.profile.client_id);
        let parsed = Box::new(parsed);
        self.start(async move {
            Event::DraftStored { parsed, tried: Some(secrets), outcome: kept.await, reply }
        });
    }

    fn refusal(&self, parsed: &Parsed, error: &RequestError) -> Reply {
        let (trouble, can_wait) = match error.failure {
            Failure::Transient { cause, .. } => (Trouble::Transient(cause), true),
            Failure::Permanent(cause) => {
                (Trouble::Rejected(cause), cause == Permanent::AccountAction)
            }
        };
        let label = parsed.profile.provider_label(self.language);
        let technical = present::technical_view(Some(self.clock.now()), &error.technical);
        Reply::Refused {
            trouble: words::trial(self.language, trouble, &label).with_technical(technical),
            anyway: can_wait.then_some(Anyway::Untried),
        }
    }

    /// The keychain could not take what was to be saved.
    pub(super) fn not_kept(&self, trouble: KeychainTrouble) -> Reply {
        Reply::Refused {
            trouble: words::keychain(self.language, trouble)
                .with_technical(TechnicalView::default()),
            anyway: can_stay_in_memory(trouble).then_some(Anyway::InMemory),
        }
    }

    /// Remembers what a trial was given while it can't be stored.
    pub(super) fn keep_tried(&mut self, typed: &Credential, secrets: Secrets) {
        self.kept_trials
            .retain(|(known, _)| !known.has_refresh_token(typed.refresh_token.as_ref()));
        self.kept_trials.push((typed.clone(), secrets));
    }

    /// What an earlier trial was given and nobody could store is newer than what was typed.
    pub(super) fn take_kept(&mut self, parsed: &Parsed) -> Option<Secrets> {
        let typed = parsed.credential.refresh_token.as_ref()?;
        let at =
            self.kept_trials.iter().position(|(known, _)| known.has_refresh_token(Some(typed)))?;
        let (_, mut secrets) = self.kept_trials.remove(at);
        secrets.credential.client_secret = parsed.credential.client_secret.clone();
        secrets.credential.standby_secret = parsed.credential.standby_secret.clone();
        Some(secrets)
    }

    /// The name, or the name with a number that nobody has yet.
    pub(super) fn free_name(&self, name: &str) -> String {
        let taken = |name: &str| {
            self.profiles
                .values()
                .any(|known| known.name.as_str().to_lowercase() == name.to_lowercase())
        };
        std::iter::once(name.to_owned())
            .chain((2..).map(|number| format!("{name} {number}")))
            .find(|name| !taken(name))
            .unwrap_or_default()
    }
}

/// Not where a person can mend it at once.
pub(super) const fn can_stay_in_memory(trouble: KeychainTrouble) -> bool {
    match trouble {
        KeychainTrouble::NoDefault
        | KeychainTrouble::DefaultLocked
        | KeychainTrouble::Absent
        | KeychainTrouble::NotAnswering
        | KeychainTrouble::Refused => true,
        KeychainTrouble::Locked | KeychainTrouble::Incomplete | KeychainTrouble::Exhausted => false,
    }
}

fn is_rejected_secret(error: &RequestError) -> bool {
    matches!(error.failure, Failure::Permanent(Permanent::SecretRejected))
}
