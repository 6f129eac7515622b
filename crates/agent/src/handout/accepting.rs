//! What a listener does when the system lets nobody in, which is mostly because all file descriptors are in use.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use crate::clock::pause;

/// Pauses while connections can't be accepted, instead of asking again at once, and says so once: while descriptors are
/// short, each one that comes back lets somebody in before the next is refused, and that is still the same shortage.
#[derive(Debug, Default)]
pub(crate) struct Accepting {
    /// How often it failed since it last succeeded.
    failures: u32,
    shortage: Option<Shortage>,
}

/// That connections can't be accepted, from when it was said until [`ENOUGH`] were let in one after the other.
#[derive(Debug, Default)]
struct Shortage {
    failures: u32,
    /// How many were let in since the last failure.
    let_in: u32,
}

impl Accepting {
    /// What was accepted, or nothing after a pause.
    pub(crate) async fn took_in<T>(&mut self, accepted: io::Result<T>) -> Option<T> {
        let error = match accepted {
            Ok(accepted) => {
                self.failures = 0;
                self.let_in_another();
                return Some(accepted);
            }
            Err(error) => error,
        };
        if is_of_one_connection(&error) {
            return None;
        }
        if self.shortage.is_none() {
            tracing::warn!(event = "not_accepting", %error);
        }
        let shortage = self.shortage.get_or_insert_default();
        shortage.failures = shortage.failures.saturating_add(1);
        shortage.let_in = 0;
        self.failures = self.failures.saturating_add(1);
        pause(pause_after(self.failures)).await;
        None
    }

    fn let_in_another(&mut self) {
        let Some(shortage) = &mut self.shortage else { return };
        shortage.let_in += 1;
        if shortage.let_in >= ENOUGH {
            tracing::info!(event = "accepting_again", failures = shortage.failures);
            self.shortage = None;
        }
    }
}

/// How many connections a listener has open at a time: `most`, or a quarter of the files that this process may have open,
/// so that enough is left for keychain, window and provider.
pub(crate) fn most_connections(most: usize) -> usize {
    most.min(files_allowed() / 4).max(LEAST)
}

#[cfg(target_os = "linux")]
fn files_allowed() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

/// What macOS allows a program that was started from the desktop; Windows has no such limit.
#[cfg(not(target_os = "linux"))]
const fn files_allowed() -> usize {
    256
}

/// How long a connection may say nothing: usually `patience`, and a tenth of it while half of the places are taken. So
/// silent ones leave soon, and one that wants something gets its turn.
pub(crate) fn patience(patience: Duration, free: usize, most: usize) -> Duration {
    if free * 2 < most { patience / 10 } else { patience }
}

/// Whether only this one connection is lost.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}

/// Doubles from 20 ms up to a second: descriptors come back when connections end, and a program that waits to be let in
/// should not notice much of the pause.
fn pause_after(failures: u32) -> Duration {
    SHORTEST.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(LONGEST)
}

/// Some have to be let in, however few files there may be.
const LEAST: usize = 8;
const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);
/// So many in a row are let in only when descriptors are no longer short: no listener has so many come back at once.
const ENOUGH: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::timed;

    #[test]
    fn f55_pauses_grow_to_a_second_and_no_further() {
        let millis: Vec<u128> =
            [1, 2, 3, 4, 5, 6, 7, 8, u32::MAX].map(|n| pause_after(n).as_millis()).to_vec();
        assert_eq!(millis, [20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
    }

    #[test]
    fn f55_connections_take_a_quarter_of_the_files_at_most() {
        assert_eq!(most_connections(4), 8);
        assert!(most_connections(400) <= 400);
        assert!(most_connections(usize::MAX) <= (files_allowed() / 4).max(8));
    }

    #[test]
    fn f55_who_is_silent_leaves_sooner_while_it_is_crowded() {
        let usual = Duration::from_secs(5);
        assert_eq!(patience(usual, 32, 32), usual);
        assert_eq!(patience(usual, 16, 32), usual);
        assert_eq!(patience(usual, 15, 32), Duration::from_millis(500));
        assert_eq!(patience(usual, 0, 32), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn f55_a_minute_without_descriptors_is_some_dozens_of_tries_and_not_millions() {
        let mut accepting = Accepting::default();
        let (mut tries, mut spent) = (0, Duration::ZERO);
        while spent < Duration::from_secs(60) {
            let refused = accepting.took_in::<()>(Err(io::Error::from_raw_os_error(24)));
            let (none, span) = timed(refused).await;
            assert_eq!(none, None);
            spent += span;
            tries += 1;
        }
        assert!((60..80).contains(&tries), "{tries}");
        assert_eq!(accepting.took_in(Ok(7)).await, Some(7));
        assert_eq!(accepting.failures, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn f55_a_shortage_lasts_until_many_were_let_in_one_after_the_other() {
        let mut accepting = Accepting::default();
        for _ in 0..3 {
            assert_eq!(accepting.took_in::<()>(Err(io::Error::from_raw_os_error(24))).await, None);
            for _ in 0..ENOUGH - 1 {
                accepting.took_in(Ok(())).await;
            }
            assert!(accepting.shortage.is_some(), "it would be said again with each failure");
        }
        accepting.took_in(Ok(())).await;
        assert!(accepting.shortage.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn f55_a_connection_that_broke_off_before_it_was_accepted_holds_nobody_up() {
        let mut accepting = Accepting::default();
        let broken = Err::<(), _>(ErrorKind::ConnectionAborted.into());
        assert_eq!(timed(accepting.took_in(broken)).await, (None, Duration::ZERO));
    }
}
