//! A profile's story as a timeline: time passes, something happens, somebody looks.
//!
//! Whoever tells a story plays everything around the engine: keychain, provider, person and clock. Whatever the
//! engine wants and the story does not expect makes it fail.

mod seen;

use std::{fmt, time::Duration};

use glowjar_lifecycle::{
    engine::Engine,
    failure::{Failure, Permanent, RetryAfter, Transient},
    id::{Attempt, Generation, ProfileId},
    input::{
        Change, Credential, Effect, Grant, GrantType, Holding, Input, KeychainTrouble, Policy,
    },
    time::{Step, Timestamp},
    validity::Validity,
};

use super::span::{back, forward, span};

pub(crate) const PROFILE: ProfileId = ProfileId::new(7);
pub(crate) const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

pub(crate) const CLIENT_CREDENTIALS: Policy =
    Policy { grant: GrantType::ClientCredentials, renew_early: None };
pub(crate) const REFRESH_TOKEN: Policy =
    Policy { grant: GrantType::RefreshToken, renew_early: None };

/// The credential is complete, and no token is stored.
pub(crate) const EMPTY: Holding = Holding {
    credential: Credential::Complete,
    standby_secret: false,
    token: None,
    refresh_token_ends: None,
};
pub(crate) const WITH_STANDBY: Holding = Holding { standby_secret: true, ..EMPTY };

pub(crate) struct Story {
    engine: Engine,
    policy: Policy,
    /// What our clock shows.
    pub(crate) now: Timestamp,
    /// How far our clock was set since the beginning.
    set: Step,
    /// What the engine wants and has not been answered.
    wanted: Vec<Effect>,
    /// When it asked for a token, by time since the beginning.
    asked: Vec<Duration>,
    /// What it announced, oldest first.
    announced: Vec<Generation>,
    /// How often it called a person.
    called: usize,
    was_calling: bool,
}

/// A profile that was just added; the keychain has not been read.
pub(crate) fn story(policy: Policy) -> Story {
    seeded_story(policy, 1)
}

pub(crate) fn seeded_story(policy: Policy, seed: u64) -> Story {
    let mut story = Story {
        engine: Engine::new(seed),
        policy,
        now: START,
        set: Step::from_millis(0),
        wanted: Vec::new(),
        asked: Vec::new(),
        announced: Vec::new(),
        called: 0,
        was_calling: false,
    };
    story.happens(Input::ProfileAdded { profile: PROFILE, policy, paused: false });
    story
}

/// A profile that got its first token at 0 s.
pub(crate) fn holding(policy: Policy, lifetime: &str) -> Story {
    let mut story = story(policy);
    story.opens(EMPTY).grants(lifetime).keeps();
    story
}

/// Time.
impl Story {
    /// Lets time run until so long after the beginning.
    #[track_caller]
    pub(crate) fn at(&mut self, time: &str) -> &mut Self {
        let elapsed = self.elapsed();
        let left = span(time).checked_sub(elapsed);
        self.run(left.unwrap_or_else(|| panic!("{time} is over: it is {elapsed:?}")))
    }

    pub(crate) fn after(&mut self, time: &str) -> &mut Self {
        self.run(span(time))
    }

    /// Lets time run until something is due.
    #[track_caller]
    pub(crate) fn next_deadline(&mut self) -> &mut Self {
        let next = self.engine.poll_timeout().expect("something is due some day");
        self.run(next.at.since(self.now))
    }

    /// Lets time run until it asks for a token.
    #[track_caller]
    pub(crate) fn next_request(&mut self) -> &mut Self {
        while !self.is_asking() {
            self.next_deadline();
        }
        self
    }

    /// Lets time run until something is due, or so long after the beginning.
    pub(crate) fn next_deadline_by(&mut self, time: &str) -> &mut Self {
        let end = self.beginning() + span(time);
        let next = self.engine.poll_timeout().map_or(end, |next| next.at.min(end));
        self.run(next.since(self.now))
    }

    /// The beginning, as our clock has it now.
    pub(crate) fn beginning(&self) -> Timestamp {
        START.shifted(self.set)
    }

    /// Every request fails from now until so long after the beginning.
    pub(crate) fn is_cut_off_until(&mut self, time: &str, cause: Transient) -> &mut Self {
        while self.elapsed() < span(time) {
            if self.is_asking() {
                self.fails(cause);
            }
            self.next_deadline_by(time);
        }
        self
    }

    /// Runs from deadline to deadline, as the controller does.
    fn run(&mut self, time: Duration) -> &mut Self {
        let end = self.now + time;
        while let Some(wakeup) = self.engine.poll_timeout().filter(|wakeup| wakeup.at <= end) {
            self.now = wakeup.at;
            self.due();
        }
        self.now = end;
        self.due();
        self
    }

    /// Time passes, nobody looks at deadlines, and then the machine wakes up.
    pub(crate) fn sleeps(&mut self, time: &str) -> &mut Self {
        self.now = self.now + span(time);
        self.happens(Input::Woke)
    }

    pub(crate) fn clock_is_set_forward(&mut self, by: &str) -> &mut Self {
        self.set_clock(forward(span(by)))
    }

    pub(crate) fn clock_is_set_back(&mut self, by: &str) -> &mut Self {
        self.set_clock(back(span(by)))
    }

    fn set_clock(&mut self, step: Step) -> &mut Self {
        self.now = self.now.shifted(step);
        self.set = Step::from_millis(self.set.as_millis() + step.as_millis());
        self.happens(Input::ClockStepped(step))
    }

    /// Time since the beginning, whatever was done to the clock.
    fn elapsed(&self) -> Duration {
        self.now.since(self.beginning())
    }

    fn due(&mut self) {
        self.engine.handle_timeout(self.now);
        self.collect();
    }
}

/// What happens.
impl Story {
    pub(crate) fn happens(&mut self, input: Input) -> &mut Self {
        self.engine.handle_input(self.now, input);
        self.collect();
        self
    }

    #[track_caller]
    pub(crate) fn opens(&mut self, holding: Holding) -> &mut Self {
        self.take_opening();
        self.happens(Input::SecretsOpened { profile: PROFILE, holding })
    }

    #[track_caller]
    pub(crate) fn cannot_open(&mut self, trouble: KeychainTrouble) -> &mut Self {
        self.take_opening();
        self.happens(Input::SecretsUnavailable { profile: PROFILE, trouble })
    }

    /// The provider issues a token of this life; the token is not kept yet.
    #[track_caller]
    pub(crate) fn grants(&mut self, lifetime: &str) -> &mut Self {
        let grant = Grant { validity: self.token(lifetime), refresh_token_ends: None, skew: None };
        self.grants_with(grant)
    }

    #[track_caller]
    pub(crate) fn grants_with(&mut self, grant: Grant) -> &mut Self {
        let attempt = self.take_request();
        self.happens(Input::Granted { profile: PROFILE, attempt, grant })
    }

    #[track_caller]
    pub(crate) fn fails(&mut self, cause: Transient) -> &mut Self {
        self.fails_with(Failure::transient(cause))
    }

    #[track_caller]
    pub(crate) fn throttles(&mut self, retry_after: RetryAfter) -> &mut Self {
        let retry_after = Some(retry_after);
        self.fails_with(Failure::Transient { cause: Transient::Throttled, retry_after })
    }

    #[track_caller]
    pub(crate) fn refuses(&mut self, cause: Permanent) -> &mut Self {
        self.fails_with(Failure::Permanent(cause))
    }

    #[track_caller]
    pub(crate) fn fails_with(&mut self, failure: Failure) -> &mut Self {
        let attempt = self.take_request();
        self.happens(Input::Failed { profile: PROFILE, attempt, failure })
    }

    #[track_caller]
    pub(crate) fn keeps(&mut self) -> &mut Self {
        let generation = self.take_keep();
        self.happens(Input::Kept { profile: PROFILE, generation })
    }

    #[track_caller]
    pub(crate) fn cannot_keep(&mut self, trouble: KeychainTrouble) -> &mut Self {
        let generation = self.take_keep();
        self.happens(Input::KeepFailed { profile: PROFILE, generation, trouble })
    }

    /// The keychain was read again and holds another refresh token than the refused one, or does not.
    #[track_caller]
    pub(crate) fn rechecks(&mut self, newer: bool, holding: Holding) -> &mut Self {
        let attempt = self.take_recheck();
        self.happens(Input::SecretsRechecked { profile: PROFILE, attempt, newer, holding })
    }

    #[track_caller]
    pub(crate) fn cannot_recheck(&mut self, trouble: KeychainTrouble) -> &mut Self {
        self.take_recheck();
        self.happens(Input::SecretsUnavailable { profile: PROFILE, trouble })
    }

    /// The profile is removed.
    pub(crate) fn forget(&mut self) -> &mut Self {
        self.wanted.clear();
        self.happens(Input::ProfileRemoved { profile: PROFILE })
    }

    pub(crate) fn clicks(&mut self) -> &mut Self {
        self.happens(Input::RefreshRequested { profile: PROFILE })
    }

    pub(crate) fn pauses(&mut self) -> &mut Self {
        self.happens(Input::PauseRequested { profile: PROFILE })
    }

    pub(crate) fn resumes(&mut self) -> &mut Self {
        self.happens(Input::ResumeRequested { profile: PROFILE })
    }

    pub(crate) fn edits(&mut self, change: Change, holding: Holding) -> &mut Self {
        let policy = self.policy;
        self.happens(Input::ProfileChanged { profile: PROFILE, policy, change, holding })
    }

    pub(crate) fn consumer_gets_401(&mut self, generation: Generation) -> &mut Self {
        self.happens(Input::TokenRejected { profile: PROFILE, generation })
    }

    /// A token issued now.
    pub(crate) fn token(&self, lifetime: &str) -> Validity {
        Validity { issued_at: self.now, expires_at: self.now + span(lifetime) }
    }
}

/// What the engine wants.
impl Story {
    fn collect(&mut self) {
        while let Some(effect) = self.engine.poll_effect() {
            match effect {
                Effect::AnnounceToken { generation, .. } => self.announced.push(generation),
                Effect::RequestToken { .. } => {
                    self.asked.push(self.elapsed());
                    self.wanted.push(effect);
                }
                _ => self.wanted.push(effect),
            }
        }
        let calls = self.engine.status(PROFILE, self.now).is_some_and(|s| s.incident.is_some());
        self.called += usize::from(calls && !self.was_calling);
        self.was_calling = calls;
    }

    #[track_caller]
    fn take_opening(&mut self) {
        self.take("read the keychain", |e| matches!(e, Effect::OpenSecrets { .. }).then_some(()));
    }

    #[track_caller]
    fn take_request(&mut self) -> Attempt {
        self.take("ask for a token", |effect| match effect {
            Effect::RequestToken { attempt, .. } => Some(*attempt),
            _ => None,
        })
    }

    #[track_caller]
    fn take_keep(&mut self) -> Generation {
        self.take("keep a token", |effect| match effect {
            Effect::KeepToken { generation, .. } => Some(*generation),
            _ => None,
        })
    }

    #[track_caller]
    fn take_recheck(&mut self) -> Attempt {
        self.take("read the keychain again", |effect| match effect {
            Effect::RecheckSecrets { attempt, .. } => Some(*attempt),
            _ => None,
        })
    }

    /// The oldest wish of this kind is being answered.
    #[track_caller]
    fn take<T>(&mut self, wish: &str, is_it: impl Fn(&Effect) -> Option<T>) -> T {
        let found = self.wanted.iter().enumerate().find_map(|(n, e)| Some((n, is_it(e)?)));
        let (place, id) = found.unwrap_or_else(|| panic!("it does not {wish}\n{self:?}"));
        self.wanted.remove(place);
        id
    }
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Story")
            .field("elapsed", &self.elapsed())
            .field("status", &self.engine.status(PROFILE, self.now))
            .field("wanted", &self.wanted)
            .field("asked", &self.asked.iter().rev().take(8).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
