//! A world in which anything happens at any time: answers come late, twice or to nobody, clocks are set to and fro,
//! people click, edit, pause and remove. The [`rules`](super::rules) look on.

use std::time::Duration;

use glowjar_lifecycle::{
    engine::Engine,
    failure::Failure,
    id::{Generation, ProfileId},
    input::{
        Change, Credential, Effect, Grant, GrantType, Holding, Input, KeychainTrouble, Policy,
    },
    status::Status,
    time::{Step, Timestamp},
    validity::Validity,
};

use super::rules::{Moment, Rules};

pub(crate) const PROFILES: [ProfileId; 2] = [ProfileId::new(1), ProfileId::new(2)];
const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// Something happens.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Time passes, from deadline to deadline.
    Runs(Duration),
    RunsToTheNextDeadline,
    Sleeps(Duration),
    ClockIsSet(Step),
    /// One of the effects that wait is answered.
    Answers(usize, Answer),
    /// An effect that was answered already, or is nobody's business any more, is answered.
    AnswersAgain(usize, Answer),
    Clicks(ProfileId),
    Pauses(ProfileId),
    Resumes(ProfileId),
    Edits(ProfileId, Policy, Change, Holding),
    Removes(ProfileId),
    Adds(ProfileId, Policy, bool),
    KeychainStirs,
    /// A consumer rejects the newest token, or the one so many before it.
    Rejects(ProfileId, usize),
}

/// What the world would say to any effect. Tokens live from now on, perhaps shorter than nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) outcome: Result<(), Failure>,
    pub(crate) keychain: Result<(), KeychainTrouble>,
    pub(crate) issued: Step,
    pub(crate) ends: Step,
    pub(crate) credential: Credential,
    pub(crate) standby_secret: bool,
    pub(crate) token_is_stored: bool,
    pub(crate) newer: bool,
}

pub(crate) struct World {
    engine: Engine,
    elapsed: Duration,
    set: Step,
    wanted: Vec<Effect>,
    answered: Vec<Effect>,
    generations: Vec<(ProfileId, Generation)>,
    rules: Rules,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut world = Self {
            engine: Engine::new(seed),
            elapsed: Duration::ZERO,
            set: Step::from_millis(0),
            wanted: Vec::new(),
            answered: Vec::new(),
            generations: Vec::new(),
            rules: Rules::default(),
        };
        for (profile, grant) in
            PROFILES.into_iter().zip([GrantType::RefreshToken, GrantType::ClientCredentials])
        {
            let policy = Policy { grant, renew_early: None };
            world.feed(Input::ProfileAdded { profile, policy, paused: false });
        }
        world
    }

    pub(crate) fn act(&mut self, act: &Act) {
        match *act {
            Act::Runs(span) => self.run(span),
            Act::RunsToTheNextDeadline => {
                let next = self.engine.poll_timeout().map(|next| next.at.since(self.now()));
                self.run(next.unwrap_or_default());
            }
            Act::Sleeps(span) => {
                self.elapsed += span;
                self.feed(Input::Woke);
            }
            Act::ClockIsSet(step) => {
                self.set = Step::from_millis(self.set.as_millis() + step.as_millis());
                self.feed(Input::ClockStepped(step));
            }
            Act::Answers(which, answer) => {
                if !self.wanted.is_empty() {
                    let effect = self.wanted.remove(which % self.wanted.len());
                    self.answered.push(effect);
                    self.answer(effect, answer);
                }
            }
            Act::AnswersAgain(which, answer) => {
                if let Some(&effect) = self.answered.get(which % self.answered.len().max(1)) {
                    self.answer(effect, answer);
                }
            }
            Act::Clicks(profile) => self.feed(Input::RefreshRequested { profile }),
            Act::Pauses(profile) => self.feed(Input::PauseRequested { profile }),
            Act::Resumes(profile) => self.feed(Input::ResumeRequested { profile }),
            Act::Edits(profile, policy, change, holding) => {
                if change == Change::Identity {
                    self.give_up(profile);
                }
                self.feed(Input::ProfileChanged { profile, policy, change, holding });
            }
            Act::Removes(profile) => {
                self.give_up(profile);
                self.feed(Input::ProfileRemoved { profile });
            }
            Act::Adds(profile, policy, paused) => {
                self.feed(Input::ProfileAdded { profile, policy, paused });
            }
            Act::KeychainStirs => self.feed(Input::KeychainChanged),
            Act::Rejects(profile, ago) => {
                let mut of_profile = self.generations.iter().rev().filter(|(p, _)| *p == profile);
                if let Some(&(_, generation)) = of_profile.nth(ago) {
                    self.feed(Input::TokenRejected { profile, generation });
                }
            }
        }
    }

    fn now(&self) -> Timestamp {
        (START + self.elapsed).shifted(self.set)
    }

    fn status(&self, profile: ProfileId) -> Option<Status> {
        self.engine.status(profile, self.now())
    }

    fn run(&mut self, span: Duration) {
        let end = self.elapsed + span;
        while let Some(next) = self.engine.poll_timeout() {
            let left = next.at.since(self.now());
            if self.elapsed + left > end {
                break;
            }
            self.elapsed += left;
            self.settle(None);
        }
        self.elapsed = end;
        self.settle(None);
    }

    fn feed(&mut self, input: Input) {
        let before = PROFILES.map(|profile| self.status(profile));
        self.rules.before(self.elapsed, &input);
        self.engine.handle_input(self.now(), input);
        self.settle(Some(&input));
        for (profile, before) in PROFILES.into_iter().zip(before) {
            let after = self.status(profile);
            self.rules.token_is_not_lost(profile, &input, before.as_ref(), after.as_ref());
        }
    }

    /// Does what is due, until nothing is: the engine must not want to be asked at the same moment for ever.
    fn settle(&mut self, input: Option<&Input>) {
        let now = self.now();
        self.drain(input);
        let mut turns = 0;
        while let Some(next) = self.engine.poll_timeout().filter(|next| next.at <= now) {
            turns += 1;
            assert!(turns <= 4, "it never settles: {next:?}");
            self.engine.handle_timeout(now);
            self.drain(None);
        }
        for profile in PROFILES {
            let moment = Moment { profile, now, elapsed: self.elapsed, wanted: &self.wanted };
            self.rules.after(&moment, self.engine.status(profile, now).as_ref());
        }
    }

    fn drain(&mut self, input: Option<&Input>) {
        while let Some(effect) = self.engine.poll_effect() {
            self.rules.effect(self.elapsed, input, &effect);
            match effect {
                Effect::AnnounceToken { profile, generation } => {
                    self.generations.push((profile, generation));
                }
                _ => self.wanted.push(effect),
            }
        }
    }

    /// Nobody works for this profile any more, though an answer may be on its way.
    fn give_up(&mut self, profile: ProfileId) {
        let given_up = self.wanted.extract_if(.., |effect| profile_of(effect) == profile);
        self.answered.extend(given_up);
    }

    fn answer(&mut self, effect: Effect, answer: Answer) {
        let now = self.now();
        let validity = Validity {
            issued_at: now.shifted(answer.issued),
            expires_at: now.shifted(answer.ends),
        };
        let holding = Holding {
            credential: answer.credential,
            standby_secret: answer.standby_secret,
            token: answer.token_is_stored.then_some(validity),
            refresh_token_ends: None,
        };
        let input = match effect {
            Effect::OpenSecrets { profile } => match answer.keychain {
                Ok(()) => Input::SecretsOpened { profile, holding },
                Err(trouble) => Input::SecretsUnavailable { profile, trouble },
            },
            Effect::RequestToken { profile, attempt, .. } => match answer.outcome {
                Ok(()) => {
                    let grant = Grant { validity, refresh_token_ends: None, skew: None };
                    Input::Granted { profile, attempt, grant }
                }
                Err(failure) => Input::Failed { profile, attempt, failure },
            },
            Effect::RecheckSecrets { profile, attempt } => match answer.keychain {
                Ok(()) => {
                    let newer = answer.newer;
                    Input::SecretsRechecked { profile, attempt, newer, holding }
                }
                Err(trouble) => Input::SecretsUnavailable { profile, trouble },
            },
            Effect::KeepToken { profile, generation } => match answer.keychain {
                Ok(()) => Input::Kept { profile, generation },
                Err(trouble) => Input::KeepFailed { profile, generation, trouble },
            },
            Effect::AnnounceToken { .. } => return,
        };
        self.feed(input);
    }
}

pub(crate) fn profile_of(effect: &Effect) -> ProfileId {
    match *effect {
        Effect::OpenSecrets { profile }
        | Effect::RequestToken { profile, .. }
        | Effect::RecheckSecrets { profile, .. }
        | Effect::KeepToken { profile, .. }
        | Effect::AnnounceToken { profile, .. } => profile,
    }
}
