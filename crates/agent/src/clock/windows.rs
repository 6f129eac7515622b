//! Windows: `QueryInterruptTime` counts the time in sleep and hibernation, `QueryUnbiasedInterruptTime` only that in which
//! the system works. Both move by one clock interrupt, mostly 15.6 ms.
//! <https://learn.microsoft.com/windows/win32/sysinfo/interrupt-time>
//!
//! They are read through `zeitstempel` (feature `win10plus`), because a call of the system's is unsafe.
//! Type-checked for Windows, never run on one.

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
    sliced_sleep(left).await;
}
