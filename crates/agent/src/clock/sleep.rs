//! A sleep that goes on while other things happen.

use std::fmt;

use futures_util::{FutureExt as _, future::BoxFuture};
use glowjar_lifecycle::time::Timestamp;

use super::Clock;

/// Sleeps until a time that is the same again after most of what happens. Then it goes on, since a timer of the kernel's takes
/// five calls of the system to be armed anew, and each hand-out waited for them.
pub(crate) struct Sleep {
    clock: Clock,
    going_on: Option<(Timestamp, BoxFuture<'static, ()>)>,
}

impl Sleep {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, going_on: None }
    }

    /// As [`Clock::sleep_until`]. If it is dropped before it returns, the next call with the same time goes on with it.
    #[expect(clippy::disallowed_methods, reason = "it is the controller's")]
    pub(crate) async fn until(&mut self, at: Timestamp) {
        let (_, sleep) = match self.going_on.take() {
            Some(it) if it.0 == at => self.going_on.insert(it),
            _ => {
                let clock = self.clock.clone();
                let sleep = async move { clock.sleep_until(at).await };
                self.going_on.insert((at, sleep.boxed()))
            }
        };
        sleep.as_mut().await;
        self.going_on = None;
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("at", &self.going_on.as_ref().map(|it| it.0)).finish()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
mod tests {
    use std::time::Duration;

    use glowjar_lifecycle::time::Step;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn it_returns_at_its_time_and_again_at_the_next() {
        let clock = Clock::manual(Timestamp::EPOCH);
        let mut sleep = Sleep::new(clock.clone());
        for hours in 1..=3 {
            let at = clock.now() + HOUR;
            assert!(sleep.until(at).now_or_never().is_none(), "hour {hours}");
            clock.advance(HOUR / 2);
            assert!(sleep.until(at).now_or_never().is_none(), "half of hour {hours}");
            clock.advance(HOUR / 2);
            assert!(sleep.until(at).now_or_never().is_some(), "hour {hours} is over");
        }
    }

    #[tokio::test]
    async fn an_earlier_time_counts_at_once_and_so_does_a_later_one() {
        let clock = Clock::manual(Timestamp::EPOCH);
        let mut sleep = Sleep::new(clock.clone());
        assert!(sleep.until(Timestamp::EPOCH + 2 * HOUR).now_or_never().is_none());
        assert!(sleep.until(Timestamp::EPOCH + HOUR).now_or_never().is_none());
        clock.advance(HOUR);
        assert!(sleep.until(Timestamp::EPOCH + 3 * HOUR).now_or_never().is_none());
        assert!(sleep.until(Timestamp::EPOCH + HOUR).now_or_never().is_some());
    }

    /// One that began before keeps no time of the clock that was.
    #[tokio::test]
    async fn f08_it_hears_of_a_set_clock_and_of_waking_while_it_goes_on() {
        let clock = Clock::manual(Timestamp::EPOCH);
        let mut sleep = Sleep::new(clock.clone());
        let far = Timestamp::EPOCH + 100 * HOUR;
        assert!(sleep.until(far).now_or_never().is_none());
        clock.set_by(Step::from_millis(-3_600_000));
        assert!(sleep.until(far).now_or_never().is_some());
        assert_eq!(clock.observe().len(), 1);
        assert!(sleep.until(far).now_or_never().is_none());
        clock.suspend(HOUR);
        assert!(sleep.until(far).now_or_never().is_some());
        assert_eq!(clock.observe().len(), 1);
        // Heard of by somebody else meanwhile: the rest of the time is still waited for.
        assert!(sleep.until(far).now_or_never().is_none());
        clock.set_by(Step::from_millis(60_000));
        assert_eq!(clock.observe().len(), 1);
        assert!(sleep.until(far).now_or_never().is_none());
        clock.advance(101 * HOUR);
        assert!(sleep.until(far).now_or_never().is_some());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_happens_meanwhile_leaves_the_kernels_timer_as_it_is() {
        let mut sleep = Sleep::new(Clock::system());
        let far = Clock::system().now() + HOUR;
        let timers = || {
            let files = std::fs::read_dir("/proc/self/fd").expect("Linux").flatten();
            let links = files.filter_map(|file| std::fs::read_link(file.path()).ok());
            links.filter(|link| link.ends_with("anon_inode:[timerfd]")).count()
        };
        assert!(sleep.until(far).now_or_never().is_none());
        let address = sleep.going_on.as_ref().map(|it| std::ptr::from_ref(&*it.1).addr());
        let before = timers();
        for _ in 0..3 {
            assert!(sleep.until(far).now_or_never().is_none());
        }
        assert_eq!(sleep.going_on.as_ref().map(|it| std::ptr::from_ref(&*it.1).addr()), address);
        assert_eq!(timers(), before);
    }
}
