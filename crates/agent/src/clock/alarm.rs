//! A real-time timer of the kernel. It counts through suspend and also fires when the wall clock is set
//! (`timerfd_create(2)`, `TFD_TIMER_CANCEL_ON_SET`), so that nothing has to poll for either.

use std::io;

use glowjar_lifecycle::time::Timestamp;
use rustix::{
    fd::OwnedFd,
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    },
};
use tokio::io::unix::AsyncFd;

/// Returns at `at`, or as soon as the wall clock is set.
pub(super) async fn ring_at(at: Timestamp) -> io::Result<()> {
    let timer: OwnedFd =
        timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let setting = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec {
            tv_sec: at.as_millis().max(0) / 1_000,
            // An all-zero setting would disarm the timer, so that a deadline at the epoch never came.
            tv_nsec: at.as_millis().max(0) % 1_000 * 1_000_000 + 1,
        },
    };
    timerfd_settime(
        &timer,
        TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET,
        &setting,
    )?;
    #[expect(
        deprecated,
        reason = "its replacement is unsafe; an owned descriptor that is dropped here is sound"
    )]
    let timer = AsyncFd::new(timer)?;
    // Reading would tell how often it fired, or that it was cancelled; the caller looks at the clock anyway.
    timer.readable().await?.clear_ready();
    Ok(())
}
