//! Linux: `CLOCK_BOOTTIME` is `CLOCK_MONOTONIC` with the time that the machine was suspended (`clock_gettime(2)`), and a
//! timer of the kernel wakes up when the clock is set.

use std::time::Duration;

use glowjar_lifecycle::time::Timestamp;
use rustix::time::{ClockId, clock_gettime};

use super::{alarm, arithmetic::Counters, sliced_sleep};

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub(super) fn counters() -> Counters {
    let millis = |id| {
        let time = clock_gettime(id);
        time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    };
    Counters { running: millis(ClockId::Boottime), awake: millis(ClockId::Monotonic) }
}

/// Returns at `at` on the wall clock, which is `left` from now, or when the clock is set.
pub(super) async fn sleep(at: Timestamp, left: Duration) {
    if alarm::ring_at(at).await.is_err() {
        sliced_sleep(left).await;
    }
}
