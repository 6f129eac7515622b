//! The one file, with its folder, that reads the clock.
//!
//! Time here is UTC that runs on through suspend and does not jump with the wall clock: it starts at the wall
//! clock's time and then follows a counter of the machine that no one can set and that goes on while it sleeps. When the
//! wall clock is set, [`Clock::observe`] says by how much, once, and from then on time is the wall clock's again.

#[cfg(target_os = "linux")]
mod alarm;
mod arithmetic;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod pause;
#[cfg(feature = "simulated")]
pub mod simulated;
mod sleep;
#[cfg(windows)]
mod windows;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use glowjar_lifecycle::time::{Step, Timestamp};
use tokio::sync::watch;

use arithmetic::{Anchor, Counters, Reading};
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

pub(crate) use pause::pause;
#[cfg(test)]
pub(crate) use pause::timed;
pub(crate) use sleep::Sleep;

/// Tells the time and sleeps.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System(Arc<Mutex<Anchor>>),
    Manual(watch::Sender<Hands>),
    #[cfg(feature = "simulated")]
    Simulated(simulated::Time),
}

/// Something happened to time itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// The wall clock was set.
    Stepped(Step),
    /// The machine slept for so long.
    Slept(Duration),
}

/// A clock that is moved by hand: what a machine's would show, and how far that was looked at.
#[derive(Clone, Copy, Debug)]
struct Hands {
    anchor: Anchor,
    reading: Reading,
}

impl Hands {
    fn time(&self) -> i64 {
        self.anchor.time(self.reading)
    }

    /// The kernel's timer fires as well when the clock is set and after a suspend.
    fn has_jumped(&self) -> bool {
        !self.anchor.observe(self.reading).1.is_empty()
    }
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System(Arc::new(Mutex::new(Anchor::new(read())))))
    }

    /// Wants a tokio runtime with paused time. The wall clock shows `now`.
    #[cfg(feature = "simulated")]
    #[must_use]
    pub fn simulated(now: Timestamp, system: simulated::System) -> Self {
        Self(Kind::Simulated(simulated::Time::new(now, system)))
    }

    /// Sets the wall clock of a simulated machine.
    #[cfg(feature = "simulated")]
    pub fn set(&self, step: Step) {
        if let Kind::Simulated(time) = &self.0 {
            time.set(step);
        }
    }

    /// A simulated machine slept for `span` and wakes up now.
    #[cfg(feature = "simulated")]
    pub fn sleep(&self, span: Duration) {
        if let Kind::Simulated(time) = &self.0 {
            time.sleep(span);
        }
    }

    /// The day in UTC by the machine's clock, e.g. `2026-11-29`.
    #[must_use]
    pub fn day(&self) -> String {
        let now = jiff::Timestamp::from_millisecond(self.now().as_millis()).unwrap_or_default();
        now.strftime("%F").to_string()
    }

    /// A clock that stands still until it is moved by hand.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        let counters = Counters { running: 0, awake: 0 };
        let reading = Reading { wall: start.as_millis(), counters };
        Self(Kind::Manual(watch::Sender::new(Hands { anchor: Anchor::new(reading), reading })))
    }

    /// Lets time pass on a manual clock; the machine's clock can't be moved.
    pub fn advance(&self, span: Duration) {
        self.turn(span, |reading, millis| reading.counters.awake += millis);
    }

    /// As [`Clock::advance`], while the machine sleeps.
    pub fn suspend(&self, span: Duration) {
        self.turn(span, |_, _| {});
    }

    /// Sets the wall clock of a manual clock, as a person or NTP would.
    pub fn set_by(&self, step: Step) {
        self.turn(Duration::ZERO, |reading, _| reading.wall += step.as_millis());
    }

    fn turn(&self, span: Duration, more: impl FnOnce(&mut Reading, i64)) {
        if let Kind::Manual(hands) = &self.0 {
            let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
            hands.send_modify(|Hands { reading, .. }| {
                reading.wall = reading.wall.saturating_add(millis);
                reading.counters.running = reading.counters.running.saturating_add(millis);
                more(reading, millis);
            });
        }
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System(anchor) => Timestamp::from_millis(lock(anchor).time(read())),
            Kind::Manual(hands) => Timestamp::from_millis(hands.borrow().time()),
            #[cfg(feature = "simulated")]
            Kind::Simulated(time) => time.now(),
        }
    }

    /// What happened to time since the last call.
    #[must_use]
    pub fn observe(&self) -> Vec<Jump> {
        match &self.0 {
            Kind::System(anchor) => observe(anchor, read()),
            Kind::Manual(hands) => {
                let mut jumps = Vec::new();
                hands.send_if_modified(|hands| {
                    (hands.anchor, jumps) = hands.anchor.observe(hands.reading);
                    !jumps.is_empty()
                });
                jumps
            }
            #[cfg(feature = "simulated")]
            Kind::Simulated(time) => time.observe(),
        }
    }

    /// Returns at `at`, or earlier if the clock was set or the machine woke up; the caller looks again.
    /// Only the controller sleeps.
    pub async fn sleep_until(&self, at: Timestamp) {
        match &self.0 {
            Kind::System(anchor) => {
                let now = read();
                let time = lock(anchor).time(now);
                // The kernel's timer goes by the wall clock, which NTP slews away from ours by up to a step.
                let on_the_wall = at.shifted(Step::from_millis(now.wall.saturating_sub(time)));
                system::sleep(on_the_wall, at.since(Timestamp::from_millis(time))).await;
            }
            Kind::Manual(hands) => {
                let is_over = |hands: &Hands| hands.time() >= at.as_millis() || hands.has_jumped();
                // The sender lives as long as `self`, so waiting can't fail.
                let _ = hands.subscribe().wait_for(is_over).await;
            }
            #[cfg(feature = "simulated")]
            Kind::Simulated(time) => time.sleep_until(at).await,
        }
    }
}

/// Returns when `left` is over, or after a quarter of a minute. tokio's timers stand still while the machine sleeps and know
/// nothing of a set clock, so where the system has no timer that does, the caller looks again after each slice.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
async fn sliced_sleep(left: Duration) {
    tokio::time::sleep(left.min(LONGEST_SLICE)).await;
}

/// How late a machine that woke up may be with what was due in its sleep. A person who opens the lid should find a token soon,
/// and four looks at the clock a minute cost nothing that could be measured.
const LONGEST_SLICE: Duration = Duration::from_secs(15);

fn observe(anchor: &Mutex<Anchor>, now: Reading) -> Vec<Jump> {
    let mut anchor = lock(anchor);
    let (next, jumps) = anchor.observe(now);
    *anchor = next;
    jumps
}

fn lock(anchor: &Mutex<Anchor>) -> std::sync::MutexGuard<'_, Anchor> {
    anchor.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn read() -> Reading {
    Reading::take(wall, system::counters)
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn wall() -> i64 {
    let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn this_machine_s_counters_run_and_the_one_that_goes_on_in_sleep_is_ahead() {
        let first = system::counters();
        let next = system::counters();
        assert!(first.running > 0 && first.awake > 0, "{first:?}");
        assert!(next.running >= first.running && next.awake >= first.awake, "{first:?}, {next:?}");
        // Read one after the other, and each by itself cut to whole ticks.
        assert!(first.running + 16 >= first.awake, "{first:?}");
    }

    #[tokio::test]
    async fn f07_a_deadline_in_the_past_is_over_at_once() {
        Clock::system().sleep_until(Timestamp::EPOCH).await;
        Clock::manual(Timestamp::from_millis(5)).sleep_until(Timestamp::from_millis(4)).await;
    }

    #[tokio::test]
    async fn f08_a_sleeper_hears_of_a_set_clock_and_of_waking_long_before_its_time() {
        let clock = Clock::manual(Timestamp::from_millis(0));
        for (jump, expected) in
            [(Step::from_millis(-HOUR), -HOUR), (Step::from_millis(2 * HOUR), HOUR)]
        {
            clock.set_by(jump);
            clock.sleep_until(Timestamp::from_millis(100 * HOUR)).await;
            assert_eq!(clock.observe(), [Jump::Stepped(jump)]);
            assert_eq!(clock.now().as_millis(), expected);
        }
        clock.suspend(Duration::from_secs(3_600));
        clock.sleep_until(Timestamp::from_millis(100 * HOUR)).await;
        assert_eq!(clock.observe(), [Jump::Slept(Duration::from_secs(3_600))]);
        assert_eq!(clock.now().as_millis(), 2 * HOUR);
        assert_eq!(clock.observe(), []);
    }
}
