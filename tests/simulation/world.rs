//! Everything outside the application: true time, the network, providers, the keychain and the desktop, with the
//! ledger that watches over it. It outlives each process of the application.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use glowjar_agent::clock::{Clock, simulated::System};
use glowjar_lifecycle::time::{Step, Timestamp};
use tokio::{sync::Notify, time::Instant};

use crate::{
    dice::Dice,
    keychain::Entries,
    late::LateRequests,
    ledger::Ledger,
    provider::Issuer,
    story::{Death, Moment, Network, Part, Story},
};

/// 2030-01-01 12:00 UTC: where every story begins.
pub const START: i64 = 1_893_499_200_000;

/// Cheap to clone: the application's ports are all this one.
#[derive(Clone)]
pub struct World(Arc<Mutex<State>>);

pub struct State {
    pub cast: Vec<Part>,
    pub dice: Dice,
    pub network: Option<Spell<Network>>,
    pub issuers: Vec<Issuer>,
    pub late: LateRequests,
    pub keychain: Entries,
    pub ledger: Ledger,
    /// How far the wall clock was set since the beginning, in milliseconds.
    pub set: i64,
    /// Counts sleeps, so that whoever waited through one knows.
    pub sleeps: u32,
    /// How the process is to die next, and for how long it then stays dead.
    pub death: Option<(Death, Duration)>,
    /// Tells whoever drives the story that this life is over.
    pub over: Arc<Notify>,
    is_over: bool,
    violation: Option<String>,
    life: Option<Life>,
    /// True time when the last life ended.
    ended: Duration,
    timeline: Option<String>,
}

/// A state of affairs that lasts until a moment.
#[derive(Clone, Copy, Debug)]
pub struct Spell<T> {
    pub what: T,
    pub until: Duration,
}

impl<T: Copy> Spell<T> {
    pub fn at(spell: Option<Self>, now: Duration) -> Option<T> {
        spell.filter(|spell| now < spell.until).map(|spell| spell.what)
    }
}

/// One process of the application.
struct Life {
    began: Duration,
    started: Instant,
    slept: Duration,
    clock: Clock,
}

impl World {
    pub fn new(story: &Story, is_recorded: bool) -> Self {
        let issuers = story.cast.iter().enumerate().map(|(place, part)| Issuer::new(place, *part));
        Self(Arc::new(Mutex::new(State {
            cast: story.cast.clone(),
            dice: Dice::from_seed(story.seed),
            network: None,
            issuers: issuers.collect(),
            late: LateRequests::default(),
            keychain: Entries::new(story.longest_value),
            ledger: Ledger::new(&story.cast),
            set: 0,
            sleeps: 0,
            death: None,
            over: Arc::default(),
            is_over: false,
            violation: None,
            life: None,
            ended: Duration::ZERO,
            timeline: is_recorded.then(String::new),
        })))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// True time since the beginning, through sleep and death.
    pub fn now(&self) -> Duration {
        match &self.life {
            Some(life) => life.began + life.started.elapsed() + life.slept,
            None => self.ended,
        }
    }

    /// Since this process began, without sleep.
    pub fn awake(&self) -> Duration {
        self.life.as_ref().map_or(Duration::ZERO, |life| life.started.elapsed())
    }

    /// What the machine's clock shows.
    pub fn wall(&self) -> i64 {
        self.server_clock() + self.set
    }

    /// What every server's clock shows, in milliseconds since the epoch.
    pub fn server_clock(&self) -> i64 {
        START + self.now().as_millis() as i64
    }

    /// A process starts, inside its runtime.
    pub fn begin_life(&mut self, system: System) -> Clock {
        let clock = Clock::simulated(Timestamp::from_millis(self.wall()), system);
        let began = self.ended;
        let life =
            Life { began, started: Instant::now(), slept: Duration::ZERO, clock: clock.clone() };
        self.life = Some(life);
        self.is_over = false;
        self.over = Arc::default();
        self.ledger.process_began(began, self.set);
        self.note(|| "the application starts".to_owned());
        clock
    }

    /// The process is gone. Still inside its runtime.
    pub fn end_life(&mut self) {
        self.weigh();
        let now = self.now();
        self.note(|| "the application is gone".to_owned());
        if let Some(words) = self.ledger.process_ended(now, &self.keychain) {
            self.violate(words);
        }
        self.keychain.process_ended();
        self.late.process_ended();
        self.ended = now;
        self.life = None;
    }

    /// Nobody runs; time passes.
    pub fn skip_to(&mut self, at: Duration) {
        self.ended = self.ended.max(at);
    }

    pub fn sleep(&mut self, span: Duration) {
        self.weigh();
        if let Some(life) = &mut self.life {
            life.slept += span;
            life.clock.sleep(span);
        }
        self.sleeps += 1;
        self.late.sleep(span);
        let now = self.now();
        self.ledger.woke(now);
    }

    pub fn set_clock(&mut self, millis: i64) {
        self.weigh();
        self.set += millis;
        if let Some(life) = &self.life {
            life.clock.set(Step::from_millis(millis));
        }
        let now = self.now();
        self.ledger.clock_was_set(now);
    }

    /// Looks at how every profile fares, before anything changes.
    pub fn weigh(&mut self) {
        if self.life.is_none() || self.is_over {
            return;
        }
        let (now, awake, wall) = (self.now(), self.awake(), self.wall());
        for place in 0..self.cast.len() {
            let good_since = [
                self.network.map(|spell| spell.until),
                self.issuers[place].trouble_until(),
                self.keychain.spell().map(|spell| spell.until),
            ];
            let good_since = good_since.into_iter().flatten().max().unwrap_or_default();
            if let Some(words) = self.ledger.weigh(place, now, awake, wall, good_since) {
                self.violate(format!("profile {place}: {words}"));
            }
        }
        self.ledger.weighed(now);
    }

    /// The process stops at this very step: nothing that it still does has an effect.
    pub fn die(&mut self) {
        self.is_over = true;
        self.over.notify_one();
    }

    pub fn is_quitting(&self) -> bool {
        self.is_over || self.death.is_some_and(|(death, _)| death == Death::Quit)
    }

    pub fn is_over(&self) -> bool {
        self.is_over
    }

    pub fn violate(&mut self, words: String) {
        self.note(|| format!("VIOLATION: {words}"));
        if self.violation.is_none() {
            self.violation = Some(format!("{}: {words}", Moment(self.now())));
        }
        self.die();
    }

    pub fn violation(&self) -> Option<&str> {
        self.violation.as_deref()
    }

    pub fn check(&mut self, result: Result<(), String>) {
        if let Err(words) = result {
            self.violate(words);
        }
    }

    pub fn note(&mut self, words: impl FnOnce() -> String) {
        let now = self.now();
        if let Some(timeline) = &mut self.timeline {
            let _ = writeln!(timeline, "{} {}", Moment(now), words());
        }
    }

    pub fn timeline(&mut self) -> String {
        self.timeline.take().unwrap_or_default()
    }
}
