//! What three counters of a machine say about time. Pure: every system's readings go through here.

use std::time::Duration;

use glowjar_lifecycle::time::Step;

use super::Jump;

/// Below this, a difference between wall clock and elapsed time is slewing by NTP and reading them one after the other.
const LEAST_STEP: i64 = 2_000;
/// Below this, a pause is not worth calling a sleep.
const LEAST_SLEEP: i64 = 2_000;
/// Reading three clocks takes microseconds. If it took this long, the machine slept in between, or the process was held up.
const LONGEST_READING: i64 = 500;
/// A machine that is so busy is measured well enough by the last try.
const READINGS: usize = 3;

/// Two counters of a system, in milliseconds since a moment of its own choice, at or near its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counters {
    /// Runs on while the machine sleeps or hibernates.
    pub running: i64,
    /// Stands still while it does.
    pub awake: i64,
}

#[cfg(not(target_os = "linux"))]
pub(super) fn millis_of(nanos: u64) -> i64 {
    i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)
}

/// The wall clock (UTC, in milliseconds since 1970) and the counters, read at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub wall: i64,
    pub counters: Counters,
}

/// The reading that time is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor(Reading);

impl Reading {
    /// Reads the wall clock between two readings of the counters, and again if the machine slept meanwhile: the sleep
    /// would be in one of them and not in the other, and so be taken for a set clock.
    pub(super) fn take(
        mut wall: impl FnMut() -> i64,
        mut counters: impl FnMut() -> Counters,
    ) -> Self {
        let mut before = counters();
        let mut reading = Self { wall: wall(), counters: counters() };
        for _ in 1..READINGS {
            let took = reading.counters.running.saturating_sub(before.running);
            if (0..LONGEST_READING).contains(&took) {
                break;
            }
            before = reading.counters;
            reading = Self { wall: wall(), counters: counters() };
        }
        reading
    }
}

impl Anchor {
    pub(super) fn new(reading: Reading) -> Self {
        Self(reading)
    }

    /// UTC in milliseconds that takes no notice of the wall clock's being set, however long the machine slept.
    pub(super) fn time(self, now: Reading) -> i64 {
        if self.has_run_backwards(now) {
            return now.wall.max(self.0.wall);
        }
        self.0.wall.saturating_add(self.since(now).max(0))
    }

    /// What happened since the anchor, and the new anchor if anything did.
    pub(super) fn observe(self, now: Reading) -> (Self, Vec<Jump>) {
        let mut jumps = Vec::new();
        let mut anchor = self;
        if self.has_run_backwards(now) {
            anchor.0 = Reading { wall: self.time(now), counters: now.counters };
        }
        let slept = anchor.slept(now);
        if slept >= LEAST_SLEEP {
            // Only the difference between the two is moved: time itself runs on.
            let awake = &mut anchor.0.counters.awake;
            *awake = awake.saturating_sub(slept);
            jumps.push(Jump::Slept(Duration::from_millis(slept.unsigned_abs())));
        }
        let step = now.wall.saturating_sub(anchor.time(now));
        if step.saturating_abs() >= LEAST_STEP {
            anchor = Self(now);
            jumps.push(Jump::Stepped(Step::from_millis(step)));
        }
        (anchor, jumps)
    }

    fn since(self, now: Reading) -> i64 {
        now.counters.running.saturating_sub(self.0.counters.running)
    }

    fn slept(self, now: Reading) -> i64 {
        let awake = now.counters.awake.saturating_sub(self.0.counters.awake);
        self.since(now).saturating_sub(awake)
    }

    /// A virtual machine that was restored elsewhere can do this. Then only the wall clock says how much time passed, and
    /// to take that for a set clock would let every token live on for as long.
    fn has_run_backwards(self, now: Reading) -> bool {
        self.since(now) <= -LEAST_STEP
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    const SECOND: i64 = 1_000;
    const HOUR: i64 = 3_600 * SECOND;
    const DAY: i64 = 24 * HOUR;
    /// 2026-11-28.
    const NOON: i64 = 1_795_867_200_000;

    /// How the counters of a system come about: where they begin, and how finely they count, in microseconds.
    #[derive(Clone, Copy, Debug)]
    struct System {
        name: &'static str,
        running: i64,
        awake: i64,
        tick: i64,
    }

    const SYSTEMS: [System; 3] = [
        // Nanoseconds since the start; asleep for two hours since.
        System { name: "Linux", running: 9 * HOUR, awake: 7 * HOUR, tick: 1 },
        // Ticks of 41.7 ns (24 MHz) on Apple's own processors; a week since the start, mostly with its lid closed.
        System { name: "macOS", running: 7 * DAY, awake: 11 * HOUR, tick: 1 },
        // Interrupt time moves by a clock interrupt, 15.625 ms apart; and it just came out of hibernation.
        System { name: "Windows", running: 30 * DAY, awake: 3 * SECOND, tick: 15_625 },
    ];

    impl System {
        /// `awake` and `slept` since the first reading, and by how much the wall clock was set; in milliseconds.
        fn reads(self, awake: i64, slept: i64, set: i64) -> Reading {
            let count = |millis: i64| {
                let micros = millis.saturating_mul(1_000);
                micros.saturating_sub(micros.rem_euclid(self.tick)) / 1_000
            };
            Reading {
                wall: NOON + awake + slept + set,
                counters: Counters {
                    running: count(self.running + awake + slept),
                    awake: count(self.awake + awake),
                },
            }
        }
    }

    fn slept(millis: i64) -> Jump {
        Jump::Slept(Duration::from_millis(millis.unsigned_abs()))
    }

    fn stepped(millis: i64) -> Jump {
        Jump::Stepped(Step::from_millis(millis))
    }

    /// As equal as ticks of a 64th of a second allow.
    #[track_caller]
    fn assert_close(seen: i64, expected: i64, what: &str) {
        assert!((seen - expected).abs() <= 32, "{what}: {seen} instead of {expected}");
    }

    fn millis(jump: Jump) -> i64 {
        match jump {
            Jump::Slept(span) => i64::try_from(span.as_millis()).unwrap(),
            Jump::Stepped(step) => step.as_millis(),
        }
    }

    /// On every system, `awake`, `slept` and `set` since the anchor are seen as `jumps`, once, and time is then `time` after
    /// the anchor.
    #[track_caller]
    fn check([awake, sleep, set]: [i64; 3], time: i64, jumps: &[Jump]) {
        for system in SYSTEMS {
            let name = system.name;
            let now = system.reads(awake, sleep, set);
            let before = Anchor(system.reads(0, 0, 0));
            assert_close(before.time(now), NOON + awake + sleep, name);
            let (anchor, seen) = before.observe(now);
            assert_eq!(seen.len(), jumps.len(), "{name}: {seen:?}");
            for (seen, expected) in seen.into_iter().zip(jumps) {
                let kind = std::mem::discriminant::<Jump>;
                assert_eq!(kind(&seen), kind(expected), "{name}: {seen:?}");
                assert_close(millis(seen), millis(*expected), name);
            }
            assert_close(anchor.time(now), NOON + time, name);
            assert_eq!(anchor.observe(now).1, [], "{name}: told once");
        }
    }

    #[test]
    fn time_follows_the_wall_clock_while_nothing_happens() {
        check([0, 0, 0], 0, &[]);
        check([1, 0, 0], 1, &[]);
        check([HOUR, 0, 0], HOUR, &[]);
        check([400 * DAY, 0, 0], 400 * DAY, &[]);
    }

    #[test]
    fn f06_a_sleep_is_a_sleep_on_every_system_and_no_set_clock() {
        check([SECOND, 8 * HOUR, 0], 8 * HOUR + SECOND, &[slept(8 * HOUR)]);
        check([0, 3 * SECOND, 0], 3 * SECOND, &[slept(3 * SECOND)]);
        // Hibernated over the holidays.
        check([5 * SECOND, 20 * DAY, 0], 20 * DAY + 5 * SECOND, &[slept(20 * DAY)]);
    }

    #[test]
    fn f08_a_set_clock_is_a_step_on_every_system() {
        for set in [-HOUR, HOUR, -3 * DAY, 400 * DAY, -3 * SECOND, 3 * SECOND] {
            check([SECOND, 0, set], SECOND + set, &[stepped(set)]);
        }
    }

    #[test]
    fn a_clock_set_during_a_sleep_is_both_on_every_system() {
        for set in [HOUR, -HOUR, -2 * HOUR] {
            check([0, 2 * HOUR, set], 2 * HOUR + set, &[slept(2 * HOUR), stepped(set)]);
        }
    }

    #[test]
    fn slewing_by_ntp_and_a_short_pause_are_neither() {
        for set in [1_500, -1_500] {
            check([HOUR, 0, set], HOUR, &[]);
        }
        check([HOUR, 1_500, 0], HOUR + 1_500, &[]);
    }

    #[test]
    fn many_short_pauses_make_one_sleep() {
        check([10 * SECOND, 3 * 900, 0], 12_700, &[slept(2_700)]);
    }

    #[test]
    fn a_counter_that_begins_anew_takes_the_wall_clock_s_word_for_what_passed() {
        for system in SYSTEMS {
            let anchor = Anchor(system.reads(0, 0, 0));
            let anew = Counters { running: SECOND, awake: SECOND };
            let now = Reading { wall: NOON + 3 * DAY, counters: anew };
            assert_eq!(anchor.time(now), NOON + 3 * DAY, "{}", system.name);
            let (anchor, jumps) = anchor.observe(now);
            assert_eq!(jumps, [], "{}: no token lives three days longer", system.name);
            assert_eq!(anchor.time(now), NOON + 3 * DAY);
            assert_eq!(anchor.observe(now).1, []);
        }
    }

    #[test]
    fn neither_time_nor_a_counter_runs_back_by_a_trifle() {
        let anchor = Anchor(Reading { wall: NOON, counters: Counters { running: 50, awake: 40 } });
        let now = Reading { wall: NOON - 10, counters: Counters { running: 0, awake: 30 } };
        assert_eq!(anchor.time(now), NOON);
        assert_eq!(anchor.observe(now), (anchor, vec![]));
    }

    #[test]
    fn a_sleep_between_two_of_the_three_readings_is_noticed_and_they_are_taken_again() {
        // The machine falls asleep before the reading of that number, and wakes up eight hours later.
        for asleep_before in 0..4 {
            let readings = Cell::new(0);
            let slept = || {
                readings.set(readings.get() + 1);
                if readings.get() > asleep_before { 8 * HOUR } else { 0 }
            };
            let now = Reading::take(
                || NOON + slept(),
                || Counters { running: 5 * SECOND + slept(), awake: 5 * SECOND },
            );
            let (asleep, wall) = (now.counters.running - 5 * SECOND, now.wall - NOON);
            assert_eq!(asleep, wall, "asleep before reading {asleep_before}");
        }
    }

    #[test]
    fn clocks_that_are_never_read_in_time_are_read_a_few_times_and_no_more() {
        let calls = Cell::new(0);
        let counters = || {
            calls.set(calls.get() + 1);
            Counters { running: calls.get() * HOUR, awake: 0 }
        };
        Reading::take(|| NOON, counters);
        assert_eq!(calls.get(), 1 + READINGS as i64);
    }

    fn any_reading() -> impl Strategy<Value = Reading> {
        let edge =
            prop_oneof![Just(i64::MIN), Just(-1), Just(0), Just(1), Just(i64::MAX), any::<i64>()];
        (edge.clone(), edge.clone(), edge).prop_map(|(wall, running, awake)| Reading {
            wall,
            counters: Counters { running, awake },
        })
    }

    proptest! {
        #[test]
        fn no_reading_however_absurd_overflows_or_makes_time_run_back(
            anchor in any_reading(),
            now in any_reading(),
        ) {
            let anchor = Anchor(anchor);
            prop_assert!(anchor.time(now) >= anchor.0.wall);
            let (next, _) = anchor.observe(now);
            let _ = (next.time(now), next.observe(now));
        }

        #[test]
        fn time_and_wall_clock_agree_after_anything_was_observed(
            awake in 0..400 * DAY,
            sleep in 0..400 * DAY,
            set in -400 * DAY..400 * DAY,
        ) {
            for system in SYSTEMS {
                let now = system.reads(awake, sleep, set);
                let (anchor, jumps) = Anchor(system.reads(0, 0, 0)).observe(now);
                prop_assert!((anchor.time(now) - now.wall).abs() <= LEAST_STEP);
                let steps: i64 = jumps
                    .iter()
                    .filter(|jump| matches!(jump, Jump::Stepped(_)))
                    .map(|jump| millis(*jump))
                    .sum();
                prop_assert!((steps - set).abs() <= LEAST_STEP, "{}: {jumps:?}", system.name);
            }
        }
    }
}
