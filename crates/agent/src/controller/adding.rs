//! New profiles: understood from a paste or typed in, tried at the provider, and stored only if that works.

use std::time::Duration;

use glowjar_import::{Api, Understood};
use glowjar_ims::{ClientSecret, Issued, RequestError};
use glowjar_lifecycle::{
    failure::{Failure, Permanent, Transient},
    input::{KeychainTrouble, SecretSlot},
    plan,
    status::Trouble,
    time::{Step, Timestamp},
};
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::core::Core;
use crate::{
    credential::Credential,
    draft::{Parsed, ParsedProfile},
    event::{Asker, Event, Trial},
    joining,
    local_time::local_time,
    profile::Profile,
    profile_view,
    request::{Anyway, Draft, DraftView, Reply},
    secret_store::Secrets,
    texts,
    timed::{Due, Timed},
    token_requests::Prepared,
    understood,
    view::{GrantView, TechnicalView},
};

/// Long enough to read what was understood and to ask somebody; then the secret is dropped.
const PASTES_KEPT: Duration = Duration::from_secs(10 * 60);
/// Of the person, or of one program. Nobody adds more at once, and each holds a secret.
const MOST_OF_ONE: usize = 4;
/// Of all programs together, since a program can be copied under as many names as it likes.
const MOST_OF_PROGRAMS: usize = 16;
/// Each is the only copy of a rotated refresh token, so there is room for far more than anybody tries to save at once.
const MOST_KEPT: usize = 32;

/// Credentials on their way to a profile.
#[derive(Default)]
pub(super) struct Imports {
    pastes: Vec<Paste>,
    /// What trials were given that could not be stored, by what was typed.
    kept: Vec<(Credential, Secrets)>,
    /// Trials with a refresh token that got no answer in time, and may still arrive.
    given_up: Vec<GivenUp>,
    /// Trials that wait until such a one can't arrive any more.
    waiting: Vec<WaitingTrial>,
    /// The secrets that were made up for one-time words, so that the same word goes with the same secret if it is tried again.
    joining: Vec<Joining>,
}

struct Joining {
    word: ClientSecret,
    own: ClientSecret,
}

/// A profile that may be stored now.
pub(super) struct ToStore {
    pub parsed: Parsed,
    /// What the trial was given, if there was one.
    pub tried: Option<Secrets>,
    pub reply: oneshot::Sender<Reply>,
}

impl ToStore {
    const fn untried(parsed: Parsed, reply: oneshot::Sender<Reply>) -> Self {
        Self { parsed, tried: None, reply }
    }
}

/// A trial that got no answer in time.
struct GivenUp {
    typed: Credential,
    at: Timestamp,
}

/// A trial that is not sent before this time.
struct WaitingTrial {
    at: Timestamp,
    parsed: Parsed,
    reply: oneshot::Sender<Reply>,
}

/// What was understood, until it is used or forgotten.
struct Paste {
    handle: String,
    /// For this one alone. A program can neither use what a person pasted nor push it out.
    asker: Asker,
    understood: Understood,
    forgotten_at: Timestamp,
}

impl Imports {
    /// The oldest makes room: of the same asker, or, if there are too many of all programs, of the program that has most.
    fn add(&mut self, paste: Paste) {
        if self.of(&paste.asker).count() >= MOST_OF_ONE {
            self.forget_oldest_of(&paste.asker.clone());
        }
        let programs = || self.pastes.iter().filter(|it| it.asker != Asker::Person);
        if paste.asker != Asker::Person && programs().count() >= MOST_OF_PROGRAMS {
            let most = programs().map(|it| &it.asker).max_by_key(|asker| self.of(asker).count());
            if let Some(asker) = most.cloned() {
                self.forget_oldest_of(&asker);
            }
        }
        self.pastes.push(paste);
    }

    fn of(&self, asker: &Asker) -> impl Iterator<Item = &Paste> {
        self.pastes.iter().filter(move |paste| paste.asker == *asker)
    }

    fn forget_oldest_of(&mut self, asker: &Asker) {
        if let Some(place) = self.pastes.iter().position(|paste| paste.asker == *asker) {
            self.pastes.remove(place);
        }
    }

    fn understood(&self, handle: &str, asker: &Asker, now: Timestamp) -> Option<&Understood> {
        let mut kept = self.of(asker).filter(|paste| paste.forgotten_at > now);
        kept.find(|paste| paste.handle == handle).map(|paste| &paste.understood)
    }

    /// Remembers what a trial was given while it can't be stored. Without a refresh token, the next trial is given as
    /// much.
    pub(super) fn keep_tried(&mut self, typed: &Credential, secrets: Secrets) {
        if typed.refresh_token.is_none() {
            return;
        }
        self.kept.retain(|(known, _)| !known.has_refresh_token(typed.refresh_token.as_ref()));
        if self.kept.len() == MOST_KEPT {
            self.kept.remove(0);
        }
        self.kept.push((typed.clone(), secrets));
    }

    /// A trial with this refresh token got no answer in time.
    fn keep_given_up(&mut self, typed: Credential, at: Timestamp) {
        self.given_up.retain(|known| {
            at < known.at + plan::LATE_ARRIVAL
                && !known.typed.has_refresh_token(typed.refresh_token.as_ref())
        });
        self.given_up.push(GivenUp { typed, at });
    }

    /// When a trial with the same refresh token was given up that may still arrive.
    pub(super) fn given_up_at(&self, credential: &Credential, now: Timestamp) -> Option<Timestamp> {
        let token = Some(credential.refresh_token.as_ref()?);
        let mut same = self.given_up.iter().filter(|it| it.typed.has_refresh_token(token));
        same.find(|it| now < it.at + plan::LATE_ARRIVAL).map(|it| it.at)
    }

    /// In sleep the system sent nothing, so what may still arrive has as long as before.
    pub(super) fn woke(&mut self, now: Timestamp) {
        for given_up in &mut self.given_up {
            given_up.at = given_up.at.max(now);
        }
        for trial in &mut self.waiting {
            trial.at = trial.at.max(now + plan::LATE_ARRIVAL);
        }
    }

    fn take_due(&mut self, now: Timestamp) -> Vec<WaitingTrial> {
        let (due, waiting) = self.waiting.drain(..).partition(|trial| trial.at <= now);
        self.waiting = waiting;
        due
    }

    /// Puts a secret of this desk's own in the place of a one-time word, by which the keeper is told of it.
    pub(super) fn join(&mut self, parsed: &mut Parsed) {
        let ParsedProfile::New(profile) = &parsed.profile else { return };
        let typed = parsed.credential.client_secret.as_ref();
        let Some(word) = typed.filter(|it| joining::joins(profile, it)).cloned() else { return };
        let known = self.joining.iter().find(|it| it.word.expose() == word.expose());
        // Without random numbers the word stays, which is refused.
        let Some(own) = known.map(|it| it.own.clone()).or_else(joining::own_secret) else { return };
        if known.is_none() {
            if self.joining.len() == MOST_KEPT {
                self.joining.remove(0);
            }
            self.joining.push(Joining { word: word.clone(), own: own.clone() });
        }
        parsed.credential.client_secret = Some(own);
        parsed.one_time_word = Some(word);
    }

    /// What an earlier trial was given and nobody could store is newer than what was typed.
    pub(super) fn take_kept(&mut self, credential: &Credential) -> Option<Secrets> {
        let typed = credential.refresh_token.as_ref()?;
        let at = self.kept.iter().position(|(known, _)| known.has_refresh_token(Some(typed)))?;
        let (_, mut secrets) = self.kept.remove(at);
        secrets.credential.client_secret = credential.client_secret.clone();
        secrets.credential.standby_secret = credential.standby_secret.clone();
        Some(secrets)
    }
}

impl Timed for Imports {
    fn deadline(&self) -> Option<Timestamp> {
        let pastes = self.pastes.iter().map(|paste| paste.forgotten_at);
        pastes.chain(self.waiting.iter().map(|trial| trial.at)).min()
    }

    fn shift(&mut self, step: Step) {
        for paste in &mut self.pastes {
            paste.forgotten_at = paste.forgotten_at.shifted(step);
        }
        for (typed, secrets) in &mut self.kept {
            typed.shift(step);
            secrets.shift(step);
        }
        for given_up in &mut self.given_up {
            given_up.typed.shift(step);
            given_up.at = given_up.at.shifted(step);
        }
        for trial in &mut self.waiting {
            trial.at = trial.at.shifted(step);
            trial.parsed.credential.shift(step);
        }
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.pastes.retain(|paste| paste.forgotten_at > now);
        self.given_up.retain(|it| now < it.at + plan::LATE_ARRIVAL);
        self.waiting.iter().any(|trial| trial.at <= now).then_some(Due::TrialsSent)
    }
}

impl Imports {
    pub(super) fn understand(
        &mut self,
        core: &Core,
        (text, api): (&SecretString, Option<&'static Api>),
        asker: Asker,
        reply: oneshot::Sender<Reply>,
    ) {
        let understood = match glowjar_import::understand(text.expose_secret()) {
            Err(refusal) => {
                let (now, zone) = (core.clock.now(), TimeZone::system());
                let time = |at| local_time(at, now, &zone, core.language);
                understood::refused(refusal, core.language, now, time)
            }
            Ok(mut understood) => {
                if let Some(api) = api {
                    understood.take_scopes_of(api);
                }
                let handle = core.profiles.unused_id().to_string();
                let view = understood::view(&understood, handle.clone(), core.language);
                let suggested_name = core.profiles.free_name(&view.suggested_name);
                let forgotten_at = core.clock.now() + PASTES_KEPT;
                self.add(Paste { handle, asker, understood, forgotten_at });
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

    fn paste(&self, core: &Core, handle: &str, asker: &Asker) -> Option<&Understood> {
        self.understood(handle, asker, core.clock.now())
    }

    pub(super) fn draft_of_understood(
        &self,
        core: &Core,
        handle: &str,
        reply: oneshot::Sender<Reply>,
    ) {
        let Some(understood) = self.paste(core, handle, &Asker::Person) else {
            return core.refuse(reply, "paste_forgotten", &[]);
        };
        let name = core.profiles.free_name(&understood::name(understood));
        let draft = understood::draft(understood, name);
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
            family: draft.family,
            has_client_secret: draft.client_secret.is_some(),
            has_standby_secret: draft.standby_secret.is_some(),
            has_refresh_token: draft.refresh_token.is_some(),
        };
        let _ = reply.send(Reply::Draft { draft });
    }

    /// `None` if it was forgotten meanwhile, or is not for `asker`.
    pub(super) fn draft_of(
        &self,
        core: &Core,
        handle: &str,
        asker: &Asker,
        name: String,
    ) -> Option<Draft> {
        self.paste(core, handle, asker).map(|understood| understood::draft(understood, name))
    }

    /// Puts in the secrets of a paste where the form has none of its own.
    pub(super) fn with_pasted_secrets(
        &self,
        core: &Core,
        draft: Draft,
        handle: Option<&str>,
    ) -> Option<Draft> {
        let Some(handle) = handle else { return Some(draft) };
        let pasted = understood::draft(self.paste(core, handle, &Asker::Person)?, String::new());
        Some(Draft {
            client_secret: draft.client_secret.or(pasted.client_secret),
            standby_secret: draft.standby_secret.or(pasted.standby_secret),
            refresh_token: draft.refresh_token.or(pasted.refresh_token),
            authority: draft.authority.or(pasted.authority),
            ..draft
        })
    }

    /// Asks the provider for a token before anything is stored. Where an earlier trial with the same refresh token may
    /// still arrive, that is waited out. What can't be tried is returned, to be stored as it is.
    pub(super) fn try_out(
        &mut self,
        core: &Core,
        parsed: Parsed,
        reply: oneshot::Sender<Reply>,
    ) -> Option<ToStore> {
        match self.given_up_at(&parsed.credential, core.clock.now()) {
            Some(at) => {
                let at = at + plan::LATE_ARRIVAL;
                self.waiting.push(WaitingTrial { at, parsed, reply });
                None
            }
            None => send_trial(core, parsed, reply),
        }
    }

    /// Sends the trials that have waited long enough, and for whose outcome somebody still waits.
    pub(super) fn send_waiting_trials(&mut self, core: &Core, now: Timestamp) -> Vec<ToStore> {
        let due = self.take_due(now).into_iter().filter(|trial| !trial.reply.is_closed());
        due.filter_map(|WaitingTrial { parsed, reply, .. }| self.try_out(core, parsed, reply))
            .collect()
    }

    /// Returns what is to be stored with what it was given.
    pub(super) fn tried(
        &mut self,
        core: &Core,
        trial: Trial,
        outcome: Result<Box<Issued>, RequestError>,
        reply: oneshot::Sender<Reply>,
    ) -> Option<ToStore> {
        let Trial { parsed, is_refused_word, sent } = trial;
        let ParsedProfile::New(profile) = &parsed.profile else {
            return Some(ToStore::untried(parsed, reply));
        };
        let name = profile.name.as_str().to_owned();
        let issued = match outcome {
            Ok(issued) => issued,
            Err(error) => {
                tracing::warn!(event = "trial_failed", name, failure = ?error.failure, technical = %error.technical);
                let is_unanswered =
                    matches!(error.failure, Failure::Transient { cause: Transient::Timeout, .. });
                if is_unanswered && profile.grant == GrantView::RefreshToken {
                    self.keep_given_up(parsed.credential.clone(), core.clock.now());
                }
                let _ = reply.send(match is_refused_word {
                    true => not_let_in(core, profile, &error),
                    false => refusal(core, profile, &error),
                });
                return None;
            }
        };
        let step = core.requests.step_since(sent);
        tracing::info!(event = "trial_granted", name);
        let usual = profile.usual_sign_in_life();
        let secrets = Secrets::granted(parsed.credential.clone(), *issued, step, usual);
        Some(ToStore { parsed, tried: Some(secrets), reply })
    }
}

fn send_trial(core: &Core, mut parsed: Parsed, reply: oneshot::Sender<Reply>) -> Option<ToStore> {
    let secrets =
        Secrets { credential: parsed.credential.clone(), token: None, credential_is_unsaved: true };
    let ParsedProfile::New(profile) = &parsed.profile else {
        return Some(ToStore::untried(parsed, reply));
    };
    let provider = profile.provider(core.sandbox.url.as_ref());
    let prepared = provider.and_then(|provider| {
        let of = |slot| Prepared::new(profile, &secrets, slot, provider.clone());
        let standby = secrets.credential.standby_secret.is_some();
        Some((of(SecretSlot::Primary)?, standby.then(|| of(SecretSlot::Standby)).flatten()))
    });
    // The built-in sandbox does not run yet; the engine starts it.
    let Some((primary, standby)) = prepared else {
        return Some(ToStore::untried(parsed, reply));
    };
    parsed.credential = secrets.credential;
    let mut trial = Box::new(Trial { parsed, is_refused_word: false, sent: core.requests.now() });
    let (client, clock) = (core.client.clone(), core.clock.clone());
    core.tasks.start(None, async move {
        if let Some(word) = &trial.parsed.one_time_word
            && let Err(error) = primary.join(&client, word).await
        {
            trial.is_refused_word = true;
            return Event::Tried { trial, outcome: Err(error), reply };
        }
        let mut outcome = primary.send(&client, clock.now()).await;
        if let (Err(refused), Some(standby)) = (&outcome, standby)
            && is_rejected_secret(refused)
        {
            outcome = standby.send(&client, clock.now()).await;
        }
        Event::Tried { trial, outcome: outcome.map(Box::new), reply }
    });
    None
}

fn refusal(core: &Core, profile: &Profile, error: &RequestError) -> Reply {
    let (trouble, can_wait) = match error.failure {
        Failure::Transient { cause, .. } => (Trouble::Transient(cause), true),
        Failure::Permanent(cause) => (Trouble::Rejected(cause), cause == Permanent::AccountAction),
    };
    let label = profile.provider_label(core.language);
    let technical = profile_view::technical_view(Some(core.clock.now()), &error.technical);
    Reply::Refused {
        trouble: texts::trial(core.language, trouble, &label).with_technical(technical),
        anyway: can_wait.then_some(Anyway::Untried),
    }
}

/// The keeper did not take this desk in. Nothing that could be saved would ever work.
fn not_let_in(core: &Core, profile: &Profile, error: &RequestError) -> Reply {
    let refusal = refusal(core, profile, error);
    let Reply::Refused { trouble, .. } = refusal else { return refusal };
    let words = match error.failure {
        Failure::Permanent(_) => texts::word_refused(core.language),
        Failure::Transient { .. } => return Reply::Refused { trouble, anyway: None },
    };
    Reply::Refused { trouble: words.with_technical(trouble.technical), anyway: None }
}

/// The keychain could not take what was to be saved.
pub(super) fn not_kept(core: &Core, trouble: KeychainTrouble) -> Reply {
    Reply::Refused {
        trouble: texts::keychain(core.language, trouble).with_technical(TechnicalView::default()),
        anyway: can_stay_in_memory(trouble).then_some(Anyway::InMemory),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handout::Program;

    fn program(name: &str) -> Asker {
        Asker::Program(Program { file: name.to_owned(), sender: None })
    }

    fn paste(handle: &str, asker: Asker) -> Paste {
        let text = "curl https://id.example/token -d grant_type=client_credentials \
                    -d client_id=abc -d client_secret=p8e-secret";
        let understood = glowjar_import::understand(text).expect("a credential");
        Paste {
            handle: handle.to_owned(),
            asker,
            understood,
            forgotten_at: Timestamp::from_millis(9),
        }
    }

    fn has(imports: &Imports, handle: &str, asker: &Asker) -> bool {
        imports.understood(handle, asker, Timestamp::EPOCH).is_some()
    }

    #[test]
    fn no_number_of_programs_and_of_their_texts_pushes_out_what_a_person_pasted() {
        let mut imports = Imports::default();
        imports.add(paste("mine", Asker::Person));
        for n in 0..100 {
            imports.add(paste(&format!("one {n}"), program("/bin/one")));
            imports.add(paste(&format!("made up {n}"), program(&format!("/tmp/{n}"))));
        }
        assert!(has(&imports, "mine", &Asker::Person));
        assert!(has(&imports, "one 99", &program("/bin/one")), "the newest of each is there");
        assert!(has(&imports, "made up 99", &program("/tmp/99")));
        assert_eq!(imports.pastes.len(), 1 + MOST_OF_PROGRAMS);
        for n in 0..MOST_OF_ONE {
            imports.add(paste(&format!("mine {n}"), Asker::Person));
        }
        assert!(!has(&imports, "mine", &Asker::Person), "a person's own pushes it out");
        assert_eq!(imports.of(&Asker::Person).count(), MOST_OF_ONE);
    }

    #[test]
    fn what_was_pasted_is_for_who_pasted_it() {
        let mut imports = Imports::default();
        imports.add(paste("mine", Asker::Person));
        imports.add(paste("its", program("/bin/one")));
        assert!(!has(&imports, "mine", &program("/bin/one")));
        assert!(!has(&imports, "its", &Asker::Person));
        assert!(!has(&imports, "its", &program("/bin/other")));
    }

    #[test]
    fn what_trials_were_given_takes_room_for_so_many_and_no_more() {
        let mut imports = Imports::default();
        let typed = |n: usize| Credential {
            refresh_token: glowjar_ims::RefreshToken::parse(format!("rt-{n}")).ok(),
            ..Credential::default()
        };
        imports.keep_tried(&Credential::default(), Secrets::default());
        for n in 0..100 {
            imports.keep_tried(&typed(n), Secrets::default());
        }
        assert_eq!(imports.kept.len(), MOST_KEPT);
        assert!(imports.take_kept(&typed(99)).is_some() && imports.take_kept(&typed(99)).is_none());
    }
}
