//! A clock on tokio's paused time, whose wall can be set and whose machine can sleep. What it reads goes through the
//! same arithmetic as the machine's clocks. Compiled for the simulation only.

#![expect(clippy::disallowed_methods, reason = "tokio's paused time is the simulated clock")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use glowjar_lifecycle::{
    fault_injection::{InjectedFault, is_committed},
    time::{Step, Timestamp},
};
use tokio::{sync::watch, time::Instant};

use super::{
    Jump, LONGEST_SLICE,
    arithmetic::{Anchor, Counters, Reading},
    lock, observe,
};

/// Whose counters are read and whose timer wakes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    Linux,
    MacOs,
    Windows,
}

impl System {
    pub const ALL: [Self; 3] = [Self::Linux, Self::MacOs, Self::Windows];

    /// What the counters show at the start, in milliseconds: they begin at some moment of the system's choice.
    const fn counters_at_start(self) -> Counters {
        match self {
            Self::Linux => Counters { running: 32_400_000, awake: 25_200_000 },
            Self::MacOs => Counters { running: 604_800_123, awake: 39_600_456 },
            Self::Windows => Counters { running: 2_592_000_000, awake: 3_015 },
        }
    }

    /// A counter as finely as the system shows it.
    const fn shown(self, millis: i64) -> i64 {
        match self {
            Self::Linux | Self::MacOs => millis,
            // 64 clock interrupts a second.
            Self::Windows => millis * 64 / 1_000 * 1_000 / 64,
        }
    }
}

/// Time that only passes when every task waits for it.
#[derive(Clone, Debug)]
pub struct Time {
    system: System,
    start: Reading,
    started: Instant,
    anchor: Arc<Mutex<Anchor>>,
    moved: watch::Sender<Moved>,
}

/// What tokio's time knows nothing of, in milliseconds since the start.
#[derive(Clone, Copy, Debug, Default)]
struct Moved {
    set: i64,
    slept: i64,
    times_set: u32,
}

impl Time {
    pub(super) fn new(now: Timestamp, system: System) -> Self {
        let start = Reading { wall: now.as_millis(), counters: system.counters_at_start() };
        Self {
            system,
            start,
            started: Instant::now(),
            anchor: Arc::new(Mutex::new(Anchor::new(start))),
            moved: watch::Sender::default(),
        }
    }

    pub(super) fn set(&self, step: Step) {
        self.moved.send_modify(|moved| {
            moved.set += step.as_millis();
            moved.times_set += 1;
        });
    }

    pub(super) fn sleep(&self, span: Duration) {
        self.moved.send_modify(|moved| moved.slept += millis(span));
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_millis(lock(&self.anchor).time(self.read()))
    }

    pub(super) fn observe(&self) -> Vec<Jump> {
        observe(&self.anchor, self.read())
    }

    pub(super) async fn sleep_until(&self, at: Timestamp) {
        match self.system {
            System::Linux => self.ring_at(at).await,
            System::MacOs | System::Windows => self.look_now_and_then(at.since(self.now())).await,
        }
    }

    /// As the kernel's timer: rings at `at` on the wall clock, which passes in sleep, and as soon as that is set.
    async fn ring_at(&self, at: Timestamp) {
        let mut moved = self.moved.subscribe();
        let times_set = moved.borrow_and_update().times_set;
        loop {
            let left = at.since(self.now());
            tokio::select! {
                biased;
                _ = moved.changed() => {
                    if moved.borrow_and_update().times_set != times_set {
                        return;
                    }
                }
                () = tokio::time::sleep(left.min(FAR)) => {
                    if left <= FAR {
                        return;
                    }
                }
            }
        }
    }

    /// As in slices, at the end of each of which the caller looks at the clock; those after which nothing would be seen are
    /// left out, or a year would take minutes.
    async fn look_now_and_then(&self, left: Duration) {
        let mut moved = self.moved.subscribe();
        let began = Instant::now();
        tokio::select! {
            biased;
            _ = moved.changed() => {
                let elapsed = began.elapsed();
                let slices = millis(elapsed) / millis(LONGEST_SLICE) + 1;
                let slices = u32::try_from(slices).unwrap_or(u32::MAX);
                let rest = left.min(LONGEST_SLICE * slices).saturating_sub(elapsed);
                tokio::time::sleep(rest).await;
            }
            () = tokio::time::sleep(left.min(FAR)) => {}
        }
    }

    fn read(&self) -> Reading {
        let Moved { set, slept, .. } = *self.moved.borrow();
        let elapsed = millis(self.started.elapsed());
        let counted =
            if is_committed(InjectedFault::ClockStopsInSleep) { elapsed } else { elapsed + slept };
        let Counters { running, awake } = self.start.counters;
        Reading {
            wall: self.start.wall + elapsed + slept + set,
            counters: Counters {
                running: self.system.shown(running + counted),
                awake: self.system.shown(awake + elapsed),
            },
        }
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// tokio's timers reach about two years ahead.
const FAR: Duration = Duration::from_secs(365 * 86_400);
