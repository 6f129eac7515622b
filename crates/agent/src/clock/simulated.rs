//! A clock on tokio's paused time, whose wall can be set and whose machine can sleep. What it reads goes through the
//! same arithmetic as the machine's clocks. Compiled for the simulation only.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use glowjar_lifecycle::time::{Step, Timestamp};
use tokio::{sync::watch, time::Instant};

use super::{Anchor, Clock, Jump, Kind, Reading, lock, observe};

/// Time that only passes when every task waits for it.
#[derive(Clone, Debug)]
pub struct Time {
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

impl Clock {
    /// Wants a tokio runtime with paused time. The wall clock shows `now`.
    #[must_use]
    pub fn simulated(now: Timestamp) -> Self {
        let start = Reading { wall: now.as_millis(), boot: 0, awake: 0 };
        Self(Kind::Simulated(Time {
            start,
            started: Instant::now(),
            anchor: Arc::new(Mutex::new(Anchor(start))),
            moved: watch::Sender::default(),
        }))
    }

    /// Sets the wall clock of a simulated machine.
    pub fn set(&self, step: Step) {
        if let Kind::Simulated(time) = &self.0 {
            time.moved.send_modify(|moved| {
                moved.set += step.as_millis();
                moved.times_set += 1;
            });
        }
    }

    /// A simulated machine slept for `span` and wakes up now.
    pub fn sleep(&self, span: Duration) {
        if let Kind::Simulated(time) = &self.0 {
            time.moved.send_modify(|moved| moved.slept += millis(span));
        }
    }
}

impl Time {
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_millis(lock(&self.anchor).time(self.read()))
    }

    pub(super) fn observe(&self) -> Vec<Jump> {
        observe(&self.anchor, self.read())
    }

    /// As the kernel's timer: rings at `at` on the wall clock, which passes in sleep, and as soon as that is set.
    pub(super) async fn sleep_until(&self, at: Timestamp) {
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

    fn read(&self) -> Reading {
        let Moved { set, slept, .. } = *self.moved.borrow();
        let elapsed = millis(self.started.elapsed());
        Reading {
            wall: self.start.wall + elapsed + slept + set,
            boot: elapsed + slept,
            awake: elapsed,
        }
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// tokio's timers reach about two years ahead.
const FAR: Duration = Duration::from_secs(365 * 86_400);
