//! What must hold whatever happens. Written from the promises, not from the engine.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use glowjar_lifecycle::{
    failure::{Failure, Permanent, RetryAfter, Transient},
    id::{Attempt, Generation, ProfileId},
    input::{Change, Effect, Input, SecretSlot},
    plan::SPACING,
    status::{Incident, Phase, Status, Trouble},
    time::Timestamp,
};

use super::chaos::{PROFILES, profile_of};

const PATIENCE: Duration = Duration::from_secs(120);
/// A click may be carried out this much later.
const CLICK_DELAY: Duration = Duration::from_secs(5);
const SHORTEST_RETRY: Duration = Duration::from_secs(1);
/// The longest `Retry-After` that is believed.
const LONGEST_ORDER: Duration = Duration::from_secs(86_400);

#[derive(Default)]
pub(crate) struct Rules {
    watched: HashMap<ProfileId, Watched>,
    announced: HashSet<Generation>,
}

/// One profile as seen from outside. Times count from the beginning, so that no set clock moves them.
#[derive(Default)]
struct Watched {
    paused: bool,
    in_flight: Option<InFlight>,
    /// The request before, if its secret was refused.
    refused_secret: Option<InFlight>,
    last_sent: Option<Duration>,
    last_answered: Option<Duration>,
    last_adopted: Option<Duration>,
    person_acted: Option<Duration>,
    not_before: Option<Duration>,
    keeping: Option<Generation>,
    /// The last moment at which there was a live token, or none was owed.
    excused_until: Duration,
    incident: Option<Incident>,
}

struct InFlight {
    attempt: Attempt,
    sent: Duration,
    secret: SecretSlot,
    is_second_secret: bool,
    was_edited: bool,
}

/// What there is to see of a profile at one moment.
pub(crate) struct Moment<'a> {
    pub(crate) profile: ProfileId,
    pub(crate) now: Timestamp,
    pub(crate) elapsed: Duration,
    pub(crate) wanted: &'a [Effect],
}

impl Rules {
    /// Takes note of what is about to happen.
    pub(crate) fn before(&mut self, elapsed: Duration, input: &Input) {
        match *input {
            Input::Woke => {
                self.watched.values_mut().for_each(|watched| watched.excuse(elapsed));
            }
            Input::ProfileAdded { profile, paused, .. } => {
                self.watched.entry(profile).or_insert_with(|| Watched {
                    paused,
                    excused_until: elapsed,
                    ..Watched::default()
                });
            }
            Input::ProfileRemoved { profile } => {
                self.watched.remove(&profile);
            }
            Input::RefreshRequested { profile } => {
                self.with(profile, |watched| watched.person_acted = Some(elapsed));
            }
            Input::PauseRequested { profile } => {
                self.with(profile, |watched| watched.paused = true);
            }
            Input::ResumeRequested { profile } => self.with(profile, |watched| {
                if std::mem::take(&mut watched.paused) {
                    watched.excuse(elapsed);
                }
            }),
            Input::ProfileChanged { profile, change, .. } => {
                self.with(profile, |watched| watched.edited(elapsed, change));
            }
            Input::Granted { profile, attempt, .. } => self.with(profile, |watched| {
                watched.answered(attempt);
            }),
            Input::Failed { profile, attempt, failure } => self.with(profile, |watched| {
                if watched.is_in_flight(attempt) {
                    watched.failed(elapsed, failure);
                }
            }),
            Input::Kept { profile, generation } | Input::KeepFailed { profile, generation, .. } => {
                self.with(profile, |watched| {
                    watched.keeping = watched.keeping.filter(|keeping| *keeping != generation);
                })
            }
            _ => {}
        }
    }

    pub(crate) fn effect(&mut self, elapsed: Duration, input: Option<&Input>, effect: &Effect) {
        let profile = profile_of(effect);
        let watched = self.watched.get_mut(&profile).expect("only of profiles that are there");
        match *effect {
            Effect::RequestToken { attempt, secret, .. } => {
                watched.request(elapsed, input, attempt, secret);
            }
            Effect::KeepToken { generation, .. } => {
                if matches!(input, Some(Input::Granted { profile: p, .. }) if *p == profile) {
                    watched.keeping = Some(generation);
                }
            }
            Effect::AnnounceToken { generation, .. } => {
                assert!(self.announced.insert(generation), "announced twice: {generation:?}");
                let is_settled = match input {
                    Some(
                        Input::Kept { generation: kept, .. }
                        | Input::KeepFailed { generation: kept, .. },
                    ) => *kept == generation,
                    Some(Input::SecretsOpened { .. } | Input::SecretsRechecked { .. }) => true,
                    _ => false,
                };
                assert!(is_settled, "announced before it was kept: {generation:?} at {input:?}");
            }
            Effect::OpenSecrets { .. } | Effect::RecheckSecrets { .. } => {}
        }
    }

    pub(crate) fn after(&mut self, moment: &Moment<'_>, status: Option<&Status>) {
        let (Some(watched), Some(status)) = (self.watched.get_mut(&moment.profile), status) else {
            return assert!(status.is_none() && !self.watched.contains_key(&moment.profile));
        };
        let live = status.token.filter(|token| token.live);
        if let Some(token) = live {
            let left = token.validity.expires_at.since(moment.now);
            watched.excused_until = moment.elapsed.saturating_add(left);
        } else {
            watched.excused_until = watched.excused_until.min(moment.elapsed);
        }
        watched.incident(moment.elapsed, status, live.is_some());
        can_be_left(moment, status);
    }

    /// A token that lives is in use until a newer one, another identity or the profile's end takes its place.
    pub(crate) fn token_is_not_lost(
        &self,
        profile: ProfileId,
        input: &Input,
        before: Option<&Status>,
        after: Option<&Status>,
    ) {
        let Some(before) = before.and_then(|status| status.token).filter(|token| token.live) else {
            return;
        };
        let expected = match *input {
            Input::ProfileRemoved { profile: p } if p == profile => return,
            Input::ProfileChanged { profile: p, change: Change::Identity, .. } if p == profile => {
                return;
            }
            Input::ClockStepped(step) => before.validity.expires_at.shifted(step),
            _ => before.validity.expires_at,
        };
        let after = after.and_then(|status| status.token).expect("the live token is gone");
        if after.generation == before.generation {
            assert_eq!(after.validity.expires_at, expected);
            return;
        }
        match *input {
            Input::Granted { .. } | Input::SecretsOpened { .. } => {}
            Input::SecretsRechecked { .. } => assert!(after.validity.expires_at > expected),
            _ => panic!("another token after {input:?}"),
        }
    }

    fn with(&mut self, profile: ProfileId, note: impl FnOnce(&mut Watched)) {
        if let Some(watched) = self.watched.get_mut(&profile) {
            note(watched);
        }
    }
}

impl Watched {
    fn excuse(&mut self, elapsed: Duration) {
        self.excused_until = self.excused_until.max(elapsed);
    }

    fn is_in_flight(&self, attempt: Attempt) -> bool {
        self.in_flight.as_ref().is_some_and(|in_flight| in_flight.attempt == attempt)
    }

    fn edited(&mut self, elapsed: Duration, change: Change) {
        match change {
            Change::Policy => {}
            Change::Credential => {
                self.person_acted = Some(elapsed);
                if let Some(in_flight) = &mut self.in_flight {
                    in_flight.was_edited = true;
                }
            }
            Change::Identity => {
                self.person_acted = Some(elapsed);
                (self.in_flight, self.keeping, self.not_before) = (None, None, None);
                self.excused_until = elapsed;
            }
        }
    }

    fn answered(&mut self, attempt: Attempt) {
        if self.is_in_flight(attempt) {
            self.last_answered = self.in_flight.take().map(|in_flight| in_flight.sent);
        }
    }

    fn failed(&mut self, elapsed: Duration, failure: Failure) {
        let Some(in_flight) = self.in_flight.take() else { return };
        match failure {
            Failure::Permanent(_) => self.last_answered = Some(in_flight.sent),
            Failure::Transient { cause, retry_after } => {
                if matches!(
                    cause,
                    Transient::Throttled
                        | Transient::Server
                        | Transient::BrokenReply
                        | Transient::Internal
                ) {
                    self.last_answered = Some(in_flight.sent);
                }
                if let Some(RetryAfter::Delay(delay)) = retry_after {
                    self.not_before = Some(elapsed + delay.min(LONGEST_ORDER));
                }
            }
        }
        if in_flight.was_edited {
            self.person_acted = Some(elapsed);
        }
        let is_secret = failure == Failure::Permanent(Permanent::SecretRejected);
        self.refused_secret = is_secret.then_some(in_flight);
    }

    fn request(
        &mut self,
        elapsed: Duration,
        input: Option<&Input>,
        attempt: Attempt,
        secret: SecretSlot,
    ) {
        assert!(!self.paused, "a request while paused");
        assert_eq!(self.keeping, None, "a request before the token was kept");
        let not_before = self.not_before.take().unwrap_or_default();
        assert!(elapsed >= not_before, "a request {:?} too early", not_before - elapsed);

        let since = |moment: Option<Duration>| moment.map(|moment| elapsed.saturating_sub(moment));
        let is_refusal = matches!(input, Some(Input::Failed { .. }));
        let refused = self.refused_secret.take().filter(|_| is_refusal);
        let is_second_secret = refused.as_ref().is_some_and(|refused| !refused.was_edited);
        let is_adopting = matches!(input, Some(Input::SecretsRechecked { .. }));
        // A click that a sleep or a pause came upon is carried out when that ends.
        let is_late = matches!(input, Some(Input::Woke | Input::ResumeRequested { .. }));
        let is_wanted_by_a_person =
            since(self.person_acted.take()).is_some_and(|ago| ago <= CLICK_DELAY || is_late);
        if is_second_secret {
            let refused = refused.expect("a refusal came before");
            assert!(!refused.is_second_secret, "a third secret");
            assert_ne!(refused.secret, secret, "the same secret again");
        } else if is_adopting {
            assert!(since(self.last_adopted).is_none_or(|ago| ago >= SPACING), "a storm");
            self.last_adopted = Some(elapsed);
        } else if !is_wanted_by_a_person {
            let (answered, sent) = (since(self.last_answered), since(self.last_sent));
            assert!(answered.is_none_or(|ago| ago >= SPACING), "{answered:?} after an answer");
            assert!(sent.is_none_or(|ago| ago >= SHORTEST_RETRY), "{sent:?} after another");
        }
        assert!(self.in_flight.is_none(), "two requests in flight");
        self.last_sent = Some(elapsed);
        self.in_flight =
            Some(InFlight { attempt, sent: elapsed, secret, is_second_secret, was_edited: false });
    }

    fn incident(&mut self, elapsed: Duration, status: &Status, is_live: bool) {
        match status.incident {
            Some(Incident::NoLiveToken) => {
                assert!(!is_live, "cries wolf over a live token");
                let dark = elapsed.saturating_sub(self.excused_until);
                let is_new = self.incident.is_none();
                assert!(!is_new || dark >= PATIENCE, "calls after {dark:?} without a token");
            }
            Some(Incident::PersonNeeded) if self.incident != status.incident => {
                assert_eq!(status.phase, Phase::Halted);
                let needs_one = matches!(
                    status.trouble,
                    Some(
                        Trouble::Rejected(_)
                            | Trouble::SecretMissing
                            | Trouble::RefreshTokenMissing
                    )
                );
                assert!(needs_one, "calls a person for {:?}", status.trouble);
            }
            Some(Incident::PersonNeeded) | None => {}
        }
        assert!(status.incident.is_none() || !self.paused, "calls while paused");
        self.incident = status.incident;
    }
}

/// Each state ends by itself, or a person can end it, or somebody owes an answer.
fn can_be_left(moment: &Moment<'_>, status: &Status) {
    assert!(PROFILES.contains(&moment.profile));
    let is_planned = status.next_attempt_at.is_some_and(|at| at > moment.now);
    let is_owed = || moment.wanted.iter().any(|effect| profile_of(effect) == moment.profile);
    let can_be_left = match status.phase {
        Phase::Waiting { until } => is_planned && status.next_attempt_at == Some(until),
        Phase::Holding => is_planned && status.can_refresh,
        Phase::Halted => status.can_refresh,
        Phase::Empty | Phase::Acquiring { .. } | Phase::Refreshing { .. } => is_owed(),
        Phase::Paused => true,
    };
    assert!(can_be_left, "stuck: {status:?}");
}
