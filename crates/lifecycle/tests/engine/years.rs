//! Months of [`weather`](super::weather): a live token whenever the provider could be reached for two minutes in a
//! row, nobody called while there was time to heal, and never more requests than promised.

use std::time::Duration;

use glowjar_lifecycle::{
    engine::Engine,
    failure::{Failure, RetryAfter},
    id::ProfileId,
    input::{Change, Credential, Effect, Grant, GrantType, Holding, Input, Policy},
    status::{Phase, Status},
    time::{Step, Timestamp},
    validity::Validity,
};

use super::{
    ledger::{Figures, Ledger},
    weather::{DAY, Dice, Keychain, Provider},
};

#[test]
fn years_of_day_tokens() {
    check(GrantType::ClientCredentials, DAY, 90 * DAY);
}

#[test]
fn years_of_hour_tokens_from_refresh_tokens() {
    check(GrantType::RefreshToken, Duration::from_secs(3_600), 40 * DAY);
}

#[test]
fn months_of_minute_tokens() {
    check(GrantType::RefreshToken, Duration::from_secs(60), 4 * DAY);
}

/// `GLOWJAR_SEEDS` asks for more worlds than a dozen; `--nocapture` shows the figures.
fn check(grant: GrantType, lifetime: Duration, span: Duration) {
    let seeds = std::env::var("GLOWJAR_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    let seeds = seeds.unwrap_or(12);
    let mut figures = Figures::default();
    for seed in 0..seeds {
        let mut world = World::new(seed, grant, lifetime);
        while world.elapsed < span {
            world.step();
        }
        figures.add(world.ledger.figures());
    }
    eprintln!("{lifetime:?} tokens: {figures}");
    assert!(figures.tell_a_story(), "nothing happened: {figures}");
}

const PROFILE: ProfileId = ProfileId::new(1);
const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

struct World {
    engine: Engine,
    ledger: Ledger,
    dice: Dice,
    policy: Policy,
    lifetime: Duration,
    elapsed: Duration,
    /// How far the clock was set since the beginning.
    set: i64,
    provider: Provider,
    provider_until: Duration,
    /// The provider ordered silence until then.
    silent_until: Duration,
    keychain: Keychain,
    keychain_until: Duration,
    disturbed_at: Duration,
    /// Answers on their way.
    coming: Vec<(Duration, Input)>,
}

impl World {
    fn new(seed: u64, grant: GrantType, lifetime: Duration) -> Self {
        let policy = Policy { grant, renew_early: None };
        let mut world = Self {
            engine: Engine::new(seed),
            ledger: Ledger::default(),
            dice: Dice(seed),
            policy,
            lifetime,
            elapsed: Duration::ZERO,
            set: 0,
            provider: Provider::Grants,
            provider_until: DAY / 24,
            silent_until: Duration::ZERO,
            keychain: Keychain::Open,
            keychain_until: DAY / 12,
            disturbed_at: DAY / 6,
            coming: Vec::new(),
        };
        world.feed(Input::ProfileAdded { profile: PROFILE, policy, paused: false });
        world
    }

    fn now(&self) -> Timestamp {
        (START + self.elapsed).shifted(Step::from_millis(self.set))
    }

    fn status(&self) -> Status {
        self.engine.status(PROFILE, self.now()).expect("the profile is there")
    }

    /// Goes on to whatever comes next.
    fn step(&mut self) {
        let due = self.engine.poll_timeout().map(|next| next.at.since(self.now()) + self.elapsed);
        let answer = self.coming.iter().map(|(at, _)| *at).min();
        let ends = [self.provider_until, self.keychain_until, self.disturbed_at];
        let next = ends.into_iter().chain(due).chain(answer).min().expect("there are ends");
        let span = next.saturating_sub(self.elapsed);
        self.ledger.passes(span, self.status().token.is_some_and(|token| token.live));
        self.elapsed += span;

        if self.provider_until <= self.elapsed {
            let (provider, span) = self.provider.next(&mut self.dice);
            (self.provider, self.provider_until) = (provider, self.elapsed + span);
        }
        if self.keychain_until <= self.elapsed {
            let (keychain, span) = self.keychain.next(&mut self.dice);
            (self.keychain, self.keychain_until) = (keychain, self.elapsed + span);
        }
        while let Some(place) = self.coming.iter().position(|(at, _)| *at <= self.elapsed) {
            let (_, input) = self.coming.swap_remove(place);
            self.take(input);
        }
        if self.disturbed_at <= self.elapsed {
            self.disturb();
            self.disturbed_at = self.elapsed + self.dice.span(Duration::from_secs(60), 2 * DAY);
        }
        self.engine.handle_timeout(self.now());
        self.settle();
    }

    /// People, programs, lids and clocks.
    fn disturb(&mut self) {
        match self.dice.below(6) {
            0 => {
                self.ledger.clicks();
                self.feed(Input::RefreshRequested { profile: PROFILE });
            }
            1 => self.feed(Input::KeychainChanged),
            2 => {
                if let Some(token) = self.status().token {
                    let generation = token.generation;
                    self.feed(Input::TokenRejected { profile: PROFILE, generation });
                }
            }
            3 => {
                let span = self.dice.span(Duration::from_secs(60), DAY);
                self.ledger.sleeps(span);
                self.elapsed += span;
                self.feed(Input::Woke);
            }
            4 => {
                let millis = self.dice.below(14_400_000).cast_signed() - 7_200_000;
                self.set_clock(millis);
            }
            // The person who was called comes at last.
            _ if self.status().phase == Phase::Halted => {
                self.ledger.clicks();
                let (policy, change, holding) = (self.policy, Change::Credential, self.holding());
                self.feed(Input::ProfileChanged { profile: PROFILE, policy, change, holding });
            }
            _ => {}
        }
    }

    /// Answers on their way tell times of the clock that was.
    fn set_clock(&mut self, millis: i64) {
        let step = Step::from_millis(millis);
        self.set += millis;
        for (_, input) in &mut self.coming {
            if let Input::Granted { grant, .. } = input {
                grant.validity.issued_at = grant.validity.issued_at.shifted(step);
                grant.validity.expires_at = grant.validity.expires_at.shifted(step);
            }
        }
        self.feed(Input::ClockStepped(step));
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Granted { .. } => {
                let needed = DAY.as_secs().div_ceil(self.lifetime.as_secs() * 3 / 4);
                self.ledger.is_granted(needed as usize);
            }
            Input::Failed { failure, .. } => {
                self.ledger.fails();
                let ordered = match failure {
                    Failure::Transient { retry_after: Some(RetryAfter::Delay(delay)), .. } => delay,
                    _ => Duration::ZERO,
                };
                self.silent_until = self.elapsed + ordered;
            }
            _ => {}
        }
        self.feed(input);
    }

    fn feed(&mut self, input: Input) {
        self.engine.handle_input(self.now(), input);
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(effect) = self.engine.poll_effect() {
            if let Some((takes, input)) = self.answer(effect) {
                self.coming.push((self.elapsed + takes, input));
            }
        }
        let is_good = self.provider == Provider::Grants
            && self.keychain == Keychain::Open
            && self.silent_until <= self.elapsed;
        self.ledger.looks(is_good, &self.status());
    }

    fn answer(&mut self, effect: Effect) -> Option<(Duration, Input)> {
        let opened = match self.keychain {
            Keychain::Open => Ok(self.holding()),
            Keychain::Fails(trouble) => Err(trouble),
        };
        let soon = Duration::from_millis(5 + self.dice.below(1_500));
        Some(match effect {
            Effect::OpenSecrets { profile } => match opened {
                Ok(holding) => (soon, Input::SecretsOpened { profile, holding }),
                Err(trouble) => (soon, Input::SecretsUnavailable { profile, trouble }),
            },
            Effect::RecheckSecrets { profile, attempt } => match opened {
                Ok(holding) => {
                    let newer = self.dice.below(2) == 0;
                    (soon, Input::SecretsRechecked { profile, attempt, newer, holding })
                }
                Err(trouble) => (soon, Input::SecretsUnavailable { profile, trouble }),
            },
            Effect::KeepToken { profile, generation } => match opened {
                Ok(_) => (soon, Input::Kept { profile, generation }),
                Err(trouble) => (soon, Input::KeepFailed { profile, generation, trouble }),
            },
            Effect::RequestToken { profile, attempt, .. } => {
                self.ledger.asks();
                let (outcome, takes) = self.provider.answer(&mut self.dice);
                let issued_at = self.now();
                let validity = Validity { issued_at, expires_at: issued_at + self.lifetime };
                let grant = Grant { validity, refresh_token_ends: None, skew: None };
                match outcome {
                    Ok(()) => (takes, Input::Granted { profile, attempt, grant }),
                    Err(failure) => (takes, Input::Failed { profile, attempt, failure }),
                }
            }
            Effect::AnnounceToken { .. } => return None,
        })
    }

    fn holding(&self) -> Holding {
        Holding {
            credential: Credential::Complete,
            standby_secret: true,
            token: self.status().token.map(|token| token.validity),
            refresh_token_ends: None,
        }
    }
}
