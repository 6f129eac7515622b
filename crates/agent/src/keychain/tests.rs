//! In simulated time: a keychain that takes its time with each job.

use std::{future::Future, pin::Pin};

use super::*;

/// Answers after this long, each job after the one before.
struct Slow(Duration);

impl Keychain for Slow {
    fn read(&self, _: &str) -> Result<Option<SecretSlice<u8>>, KeychainTrouble> {
        Ok(None)
    }

    fn write(&self, _: &str, _: &SecretSlice<u8>) -> Result<(), KeychainTrouble> {
        Ok(())
    }

    fn delete(&self, _: &str) -> Result<(), KeychainTrouble> {
        Ok(())
    }

    fn unlock(&self) -> Result<(), KeychainTrouble> {
        Ok(())
    }

    fn longest_value(&self) -> usize {
        usize::MAX
    }

    fn is_simulated(&self) -> bool {
        true
    }

    fn wait_in_simulated_time(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let never = std::future::pending::<()>();
        Box::pin(async move { drop(tokio::time::timeout(self.0, never).await) })
    }
}

/// Reads so many pairs of entries at once, and says which were answered.
async fn answered(keychain: Slow, count: usize) -> Vec<bool> {
    let thread = KeychainThread::start(Arc::new(keychain), Arc::new(|| {}));
    let read = |n| {
        let thread = thread.clone();
        tokio::spawn(async move {
            thread.read_both(format!("{n}/credential"), format!("{n}/token")).await.is_ok()
        })
    };
    let mut answered = Vec::new();
    for read in (0..count).map(read).collect::<Vec<_>>() {
        answered.push(read.await.expect("no panic"));
    }
    answered
}

#[tokio::test(start_paused = true)]
async fn the_last_of_hundreds_of_profiles_waits_as_long_as_the_keychain_answers_others() {
    assert_eq!(answered(Slow(READ_LIMIT / 4), 300).await, [true; 300]);
}

#[tokio::test(start_paused = true)]
async fn a_keychain_that_ends_nothing_is_given_up_in_time() {
    let never = Slow(Duration::from_secs(3_600));
    let all = tokio::time::timeout(READ_LIMIT * 2, answered(never, 300)).await;
    assert_eq!(all, Ok(vec![false; 300]));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_panics_counts_as_ended() {
    let ended = Arc::new(AtomicU64::new(0));
    let job = Job {
        given_up: Arc::default(),
        ended: Ended(Arc::clone(&ended)),
        call: Box::new(|_| panic!("as a system's library may")),
    };
    let run = catch_unwind(AssertUnwindSafe(|| job.run(&Slow(Duration::ZERO))));
    assert!(run.is_err());
    assert_eq!(ended.load(Ordering::Relaxed), 1);
}
