//! macOS: `CLOCK_MONOTONIC_RAW` goes on while the system is asleep, `CLOCK_UPTIME_RAW` does not (`clock_gettime(3)`).
//!
//! `std::time::Instant` is the latter there, so it can't tell a sleep from a set clock. `CLOCK_MONOTONIC` is no way out:
//! it is steered by NTP. Both are read through `zeitstempel`, because a call of the system's is unsafe. Type-checked for
//! macOS, never run on one.

use std::time::Duration;

use glowjar_lifecycle::time::Timestamp;

use super::{
    arithmetic::{Counters, millis_of},
    sliced_sleep,
};

pub(super) fn counters() -> Counters {
    Counters { running: millis_of(zeitstempel::now()), awake: millis_of(zeitstempel::now_awake()) }
}

pub(super) async fn sleep(_at: Timestamp, left: Duration) {
    // App Nap stretches the timers of a program that nobody looks at. Held only shortly before a deadline, since it costs power.
    let _awake = (left <= NEAR).then(glowjar_system::Awake::hold);
    sliced_sleep(left).await;
}

/// Four of the slices that a sleep consists of.
const NEAR: Duration = Duration::from_secs(60);
