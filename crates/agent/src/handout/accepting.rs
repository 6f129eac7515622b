//! What a listener does when the system lets nobody in, which is mostly because all file descriptors are in use.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use crate::clock::pause;

/// Pauses while connections can't be accepted, instead of asking again at once, and says so once.
#[derive(Debug, Default)]
pub(crate) struct Accepting {
    /// How often it failed since it last succeeded.
    failures: u32,
}

impl Accepting {
    /// What was accepted, or nothing after a pause.
    pub(crate) async fn took_in<T>(&mut self, accepted: io::Result<T>) -> Option<T> {
        let error = match accepted {
            Ok(accepted) => {
                if self.failures > 0 {
                    tracing::info!(event = "accepting_again", failures = self.failures);
                }
                self.failures = 0;
                return Some(accepted);
            }
            Err(error) => error,
        };
        if is_of_one_connection(&error) {
            return None;
        }
        if self.failures == 0 {
            tracing::warn!(event = "not_accepting", %error);
        }
        self.failures = self.failures.saturating_add(1);
        pause(pause_after(self.failures)).await;
        None
    }
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

const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f55_pauses_grow_to_a_second_and_no_further() {
        let millis: Vec<u128> =
            [1, 2, 3, 4, 5, 6, 7, 8, u32::MAX].map(|n| pause_after(n).as_millis()).to_vec();
        assert_eq!(millis, [20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn f55_a_minute_without_descriptors_is_some_dozens_of_tries_and_not_millions() {
        let mut accepting = Accepting::default();
        let begun = tokio::time::Instant::now();
        let mut tries = 0;
        while begun.elapsed() < Duration::from_secs(60) {
            let none = accepting.took_in::<()>(Err(io::Error::from_raw_os_error(24))).await;
            assert_eq!(none, None);
            tries += 1;
        }
        assert!((60..80).contains(&tries), "{tries}");
        assert_eq!(accepting.took_in(Ok(7)).await, Some(7));
        assert_eq!(accepting.failures, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn f55_a_connection_that_broke_off_before_it_was_accepted_holds_nobody_up() {
        let mut accepting = Accepting::default();
        let begun = tokio::time::Instant::now();
        let broken = Err::<(), _>(ErrorKind::ConnectionAborted.into());
        assert_eq!(accepting.took_in(broken).await, None);
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
