//! The engine alone: one profile's renewal from the deadline to the announcement, beside any number of others that rest.

use std::{hint::black_box, time::Instant};

use glowjar_lifecycle::{
    engine::Engine,
    id::ProfileId,
    input::{Credential, Effect, Grant, GrantType, Holding, Input, Policy},
    time::{Step, Timestamp},
    validity::Validity,
};

use crate::on_linux::{
    processes::share_of_memory,
    table::{Table, median},
};

pub fn measure(table: &mut Table) {
    for profiles in [1, 300, 10_000] {
        let before = share_of_memory(std::process::id()).unwrap_or_default();
        let mut resting = Resting::with(profiles);
        if profiles == 10_000 {
            let grown = share_of_memory(std::process::id()).unwrap_or_default() - before;
            table.add("engine, memory a profile, of 10000", grown / profiles as f64, "kB");
        }
        let mut micros: Vec<f64> = (0..RENEWALS).map(|_| resting.renew_one()).collect();
        let middle = median(&mut micros).unwrap_or_default();
        table.add(format!("engine, one step of a renewal, {profiles} profiles"), middle, "µs");
    }
}

/// All of them hold a token.
struct Resting {
    engine: Engine,
    now: Timestamp,
}

impl Resting {
    fn with(profiles: u64) -> Self {
        let mut resting = Self { engine: Engine::new(1), now: Timestamp::from_millis(START) };
        for id in 0..profiles {
            let policy = Policy { grant: GrantType::ClientCredentials, renew_early: None };
            let profile = ProfileId::new(id);
            resting
                .engine
                .handle_input(resting.now, Input::ProfileAdded { profile, policy, paused: false });
            resting.answer_everything();
        }
        resting
    }

    /// Microseconds for each input and timeout of the next renewal that is due, the question for the next deadline included.
    fn renew_one(&mut self) -> f64 {
        if let Some(next) = self.engine.poll_timeout() {
            self.now = self.now.max(next.at);
        }
        let begun = Instant::now();
        let steps = self.answer_everything();
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(steps.max(1))
    }

    /// As keychain and provider would at once.
    fn answer_everything(&mut self) -> u32 {
        let mut steps = 1;
        self.engine.handle_timeout(self.now);
        while let Some(effect) = self.engine.poll_effect() {
            if let Some(input) = self.answer(effect) {
                steps += 1;
                self.engine.handle_input(self.now, input);
                self.engine.handle_timeout(self.now);
            }
            black_box(self.engine.poll_timeout());
        }
        steps
    }

    fn answer(&self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::OpenSecrets { profile } => {
                Some(Input::SecretsOpened { profile, holding: HOLDING })
            }
            Effect::RequestToken { profile, attempt, .. } => {
                let expires_at = self.now.shifted(Step::from_millis(DAY));
                let validity = Validity { issued_at: self.now, expires_at };
                let grant = Grant { validity, refresh_token_ends: None, skew: None };
                Some(Input::Granted { profile, attempt, grant })
            }
            Effect::KeepToken { profile, generation } => Some(Input::Kept { profile, generation }),
            Effect::RecheckSecrets { .. } | Effect::AnnounceToken { .. } => None,
        }
    }
}

const HOLDING: Holding = Holding {
    credential: Credential::Complete,
    standby_secret: false,
    token: None,
    refresh_token_ends: None,
};
const START: i64 = 1_790_000_000_000;
const DAY: i64 = 86_400_000;
const RENEWALS: usize = 200;
