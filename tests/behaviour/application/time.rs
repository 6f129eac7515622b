//! Clocks that are wrong.

use std::time::Duration;

use glowjar_agent::{clock::Clock, view::Level};
use glowjar_lifecycle::time::Timestamp;

use crate::office::{NOON, Office, drafts};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn f09_on_a_clock_that_is_two_days_fast_the_token_is_used_and_minted_once() {
    let office = with_clock_ahead(48 * 3_600).await;
    let id = office.add(drafts::minting()).await;
    let profile = office.live().await;
    let trouble = profile.trouble.expect("a word about the clock");
    assert_eq!(
        (trouble.code.as_str(), trouble.headline.as_str()),
        ("clock_skew", "Your clock is 2 days fast")
    );
    assert_eq!(profile.level, Level::Fresh);
    office.pass(20 * HOUR).await;
    assert_eq!(office.asked_so_far(), 1);
    assert!(office.sandbox.accepts(&office.copied(&id).await));
}

#[tokio::test]
async fn f10_on_a_clock_that_is_slow_a_token_is_renewed_before_it_ends() {
    let office = with_clock_ahead(-7 * 60).await;
    let id = office.add(drafts::minting()).await;
    let profile = office.live().await;
    assert_eq!(profile.headline, "Your clock is 7 min slow");
    for _ in 0..30 {
        office.pass(HOUR).await;
        assert!(office.sandbox.accepts(&office.copied(&id).await));
    }
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn f08_a_token_from_the_future_after_a_restart_is_renewed_and_no_lock_out() {
    let mut office = Office::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    office.end().await;
    // The person set the clock back by two hours while the application was off.
    office.clock = Clock::manual(Timestamp::from_millis((NOON as i64 - 7_200) * 1_000));
    office.start();
    office.asked(2).await;
    let profile = office.live().await;
    assert!(profile.headline.contains("slow"), "{}", profile.headline);
    office.pass(2 * HOUR).await;
    assert_eq!(office.asked_so_far(), 2);
    assert!(office.sandbox.accepts(&office.copied(&id).await));
}

async fn with_clock_ahead(seconds: i64) -> Office {
    let mut office = Office::closed(|_| {}).await;
    office.clock = Clock::manual(Timestamp::from_millis((NOON as i64 + seconds) * 1_000));
    office.start();
    office
}
