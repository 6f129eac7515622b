//! The one file that reads the clock.
//!
//! Time here is UTC that runs on through suspend and does not jump with the wall clock: it starts at the wall
//! clock's time and then follows the machine's boot-time clock. When the wall clock is set, [`Clock::observe`] says
//! by how much, once, and from then on time is the wall clock's again.

#[cfg(target_os = "linux")]
mod alarm;
mod pause;
#[cfg(feature = "simulated")]
pub mod simulated;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use glowjar_lifecycle::time::{Step, Timestamp};
use tokio::sync::watch;

pub(crate) use pause::pause;

/// Below this, a difference between wall clock and elapsed time is slewing by NTP and reading them one after the other.
const LEAST_STEP: i64 = 2_000;
/// Below this, a pause is not worth calling a sleep.
const LEAST_SLEEP: i64 = 2_000;

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

/// Three clocks read at the same moment, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reading {
    wall: i64,
    /// Counts through suspend.
    boot: i64,
    /// Stops in suspend.
    awake: i64,
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

/// The reading that time is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor(Reading);

impl Anchor {
    fn time(self, now: Reading) -> i64 {
        self.0.wall.saturating_add(now.boot - self.0.boot)
    }

    /// What happened since the anchor, and the new anchor if anything did.
    fn observe(self, now: Reading) -> (Self, Vec<Jump>) {
        let mut jumps = Vec::new();
        let mut anchor = self;
        let slept = (now.boot - self.0.boot) - (now.awake - self.0.awake);
        if slept >= LEAST_SLEEP {
            // Only the difference between the two is moved: time itself runs on.
            anchor.0.awake -= slept;
            jumps.push(Jump::Slept(Duration::from_millis(slept.unsigned_abs())));
        }
        let step = now.wall.saturating_sub(self.time(now));
        if step.abs() >= LEAST_STEP {
            anchor = Self(now);
            jumps.push(Jump::Stepped(Step::from_millis(step)));
        }
        (anchor, jumps)
    }
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System(Arc::new(Mutex::new(Anchor(read())))))
    }

    /// A clock that stands still until it is moved by hand.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        let reading = Reading { wall: start.as_millis(), boot: 0, awake: 0 };
        Self(Kind::Manual(watch::Sender::new(Hands { anchor: Anchor(reading), reading })))
    }

    /// Lets time pass on a manual clock; the machine's clock can't be moved.
    pub fn advance(&self, span: Duration) {
        self.turn(span, |reading, millis| reading.awake += millis);
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
                reading.boot = reading.boot.saturating_add(millis);
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
                sleep(on_the_wall, at.since(Timestamp::from_millis(time))).await;
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

#[cfg(target_os = "linux")]
async fn sleep(at: Timestamp, left: Duration) {
    if alarm::ring_at(at).await.is_err() {
        capped_sleep(left).await;
    }
}

#[cfg(not(target_os = "linux"))]
async fn sleep(_at: Timestamp, left: Duration) {
    capped_sleep(left).await;
}

/// tokio's clock stops in suspend, so a long sleep is cut into pieces and the caller looks again after each.
async fn capped_sleep(left: Duration) {
    const LONGEST: Duration = Duration::from_secs(60);
    tokio::time::sleep(left.min(LONGEST)).await;
}

fn observe(anchor: &Mutex<Anchor>, now: Reading) -> Vec<Jump> {
    let mut anchor = lock(anchor);
    let (next, jumps) = anchor.observe(now);
    *anchor = next;
    jumps
}

fn lock(anchor: &Mutex<Anchor>) -> std::sync::MutexGuard<'_, Anchor> {
    anchor.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn wall() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

#[cfg(target_os = "linux")]
fn read() -> Reading {
    use rustix::time::{ClockId, clock_gettime};
    let millis = |id| {
        let time = clock_gettime(id);
        time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    };
    Reading { wall: wall(), boot: millis(ClockId::Boottime), awake: millis(ClockId::Monotonic) }
}

/// macOS and Windows count `Instant` differently through suspend, and neither tells a sleep from a set clock here:
/// both are seen as a step of the wall clock, which re-plans just the same.
#[cfg(not(target_os = "linux"))]
fn read() -> Reading {
    use std::{sync::OnceLock, time::Instant};
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    let elapsed = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
    Reading { wall: wall(), boot: elapsed, awake: elapsed }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Reading = Reading { wall: 1_000_000, boot: 5_000, awake: 4_000 };
    const HOUR: i64 = 3_600_000;

    #[track_caller]
    fn check(later: Reading, time: i64, jumps: &[Jump]) {
        let (anchor, seen) = Anchor(START).observe(later);
        assert_eq!(seen, jumps);
        assert_eq!(anchor.time(later), time);
        assert_eq!(anchor.observe(later).1, [], "told once");
    }

    fn later(wall: i64, boot: i64, awake: i64) -> Reading {
        Reading { wall: START.wall + wall, boot: START.boot + boot, awake: START.awake + awake }
    }

    #[test]
    fn time_follows_the_wall_clock_while_nothing_happens() {
        check(later(HOUR, HOUR, HOUR), START.wall + HOUR, &[]);
    }

    #[test]
    fn f06_a_sleep_is_seen_and_time_runs_on_through_it() {
        check(
            later(8 * HOUR, 8 * HOUR, 1_000),
            START.wall + 8 * HOUR,
            &[Jump::Slept(Duration::from_secs(8 * 3_600 - 1))],
        );
    }

    #[test]
    fn f08_a_clock_that_is_set_back_is_a_step_back() {
        check(
            later(-HOUR, 1_000, 1_000),
            START.wall - HOUR,
            &[Jump::Stepped(Step::from_millis(-HOUR - 1_000))],
        );
    }

    #[test]
    fn a_clock_set_during_a_sleep_is_both() {
        check(
            later(3 * HOUR, 2 * HOUR, 0),
            START.wall + 3 * HOUR,
            &[Jump::Slept(Duration::from_secs(2 * 3_600)), Jump::Stepped(Step::from_millis(HOUR))],
        );
    }

    #[test]
    fn slewing_by_ntp_is_no_step() {
        check(later(HOUR + 1_500, HOUR, HOUR), START.wall + HOUR, &[]);
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
