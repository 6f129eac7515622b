//! Which window messages of Windows mean something here. Plain numbers, so that it is tested on every system.

#![cfg_attr(not(any(windows, test)), allow(dead_code, reason = "only Windows sends messages"))]

use std::time::Duration;

use crate::Event;

/// Nothing for a message of no interest.
pub(crate) fn event(message: u32, parameter: usize) -> Option<Event> {
    match (message, parameter) {
        (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK) => Some(Event::ScreenLocked),
        (WM_WTSSESSION_CHANGE, WTS_SESSION_UNLOCK) => Some(Event::ScreenUnlocked),
        (WM_POWERBROADCAST, PBT_APMRESUMEAUTOMATIC) => Some(Event::Woke),
        (WM_CLOSE, _) => Some(Event::AskedToEnd),
        // Zero: somebody else refused, and the session goes on.
        (WM_ENDSESSION, 1..) => Some(Event::SessionEnds),
        _ => None,
    }
}

/// Both are counters of milliseconds that start again after 49.7 days.
pub(crate) fn idle_time(now: u32, last_input: u32) -> Duration {
    Duration::from_millis(u64::from(now.wrapping_sub(last_input)))
}

// Numbers of Microsoft's `winuser.h` and `wtsapi32.h`.
const WM_CLOSE: u32 = 0x0010;
const WM_ENDSESSION: u32 = 0x0016;
const WM_POWERBROADCAST: u32 = 0x0218;
const WM_WTSSESSION_CHANGE: u32 = 0x02b1;
/// Comes after every sleep; another one comes only if a person woke the computer.
const PBT_APMRESUMEAUTOMATIC: usize = 0x12;
const WTS_SESSION_LOCK: usize = 7;
const WTS_SESSION_UNLOCK: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_wake_and_end_are_heard_and_nothing_else() {
        assert_eq!(event(0x2b1, 7), Some(Event::ScreenLocked));
        assert_eq!(event(0x2b1, 8), Some(Event::ScreenUnlocked));
        // Another session was connected.
        assert_eq!(event(0x2b1, 1), None);
        assert_eq!(event(0x218, 0x12), Some(Event::Woke));
        // The computer is about to sleep.
        assert_eq!(event(0x218, 4), None);
        assert_eq!(event(0x10, 0), Some(Event::AskedToEnd));
        assert_eq!(event(0x400, 7), None);
    }

    #[test]
    fn a_session_whose_end_somebody_refused_goes_on() {
        assert_eq!(event(0x16, 0), None);
        assert_eq!(event(0x16, 1), Some(Event::SessionEnds));
    }

    #[test]
    fn idle_time_is_right_when_the_counter_starts_again() {
        assert_eq!(idle_time(90_000, 30_000), Duration::from_secs(60));
        assert_eq!(idle_time(500, u32::MAX - 499), Duration::from_secs(1));
    }
}
