//! Clocks that are wrong.

use std::time::Duration;

use glowjar_agent::{
    clock::Clock,
    request::{Reply, Request},
    view::{Level, ProfileView},
};
use glowjar_lifecycle::time::{Step, Timestamp};
use glowjar_sandbox::{Answer, Outage, Route};

use crate::test_app::{NOON, TestApp, drafts, keychain::Mood};

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
    let mut office = TestApp::open().await;
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

#[tokio::test]
async fn f08_a_clock_that_is_set_while_we_run_moves_every_deadline_at_once_and_asks_for_nothing() {
    let two_days = Step::from_millis(48 * 3_600_000);
    for step in [Step::from_millis(-3_600_000), two_days] {
        let office = TestApp::open().await;
        let id = office.add(drafts::minting()).await;
        let before = office.live().await;
        let ends = |profile: &ProfileView| profile.validity.map(|validity| validity.expires_at);
        let moved = |at: Option<i64>| at.map(|at| at + step.as_millis());

        office.clock.set_by(step);
        let after = office.when("new times", |now| ends(now) == moved(ends(&before))).await;
        assert_eq!(after.next_attempt_at, moved(before.next_attempt_at));
        assert!(office.sandbox.accepts(&office.copied(&id).await));
        // What is left of its life is as long as it was.
        let renewal = Timestamp::from_millis(after.next_attempt_at.expect("a plan"));
        office.pass(renewal.since(office.clock.now()) - Duration::from_secs(60)).await;
        assert_eq!(office.asked_so_far(), 1, "{step:?}");
        office.pass(Duration::from_secs(60)).await;
        office.asked(2).await;
        office.live().await;
    }
}

#[tokio::test]
async fn f07_waking_after_the_deadline_and_after_the_end_renews_at_once() {
    for asleep in [23 * HOUR + HOUR / 2, 30 * HOUR] {
        let office = TestApp::open().await;
        let id = office.add(drafts::minting()).await;
        office.live().await;
        office.sandbox.advance(asleep);
        office.clock.suspend(asleep);
        office.asked(2).await;
        office.live().await;
        assert!(office.sandbox.accepts(&office.copied(&id).await));
        assert_eq!(office.asked_so_far(), 2, "{asleep:?}");
    }
}

#[tokio::test]
async fn f31_a_set_clock_and_a_short_sleep_leave_a_copied_token_its_minute() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    office.copied(&id).await;
    office.clock.set_by(Step::from_millis(3_600_000));
    office.clock.suspend(Duration::from_secs(30));
    let snapshot = office.settled().await;
    let clears_at = snapshot.clipboard.expect("it is still there").clears_at;
    let left = Timestamp::from_millis(clears_at).since(office.clock.now());
    assert_eq!(left, Duration::from_secs(30));
    office.clock.suspend(Duration::from_secs(30));
    office.snapshot_when("the clipboard to be cleared", |seen| seen.clipboard.is_none()).await;
}

#[tokio::test]
async fn a_copy_that_waits_for_its_token_waits_as_long_when_the_clock_is_set() {
    for (step, is_held) in [(HOUR_AHEAD, true), (HOUR_BACK, false)] {
        let office = TestApp::open().await;
        let id = office.add(drafts::minting()).await;
        office.live().await;
        office.advance(25 * HOUR);
        let held = Answer::Held { then: Box::new(Answer::Normal) };
        office.sandbox.next(Route::Token, if is_held { held } else { Answer::Hang });
        let waiting = tokio::spawn({
            let (agent, profile) = (office.agent().clone(), id.clone());
            async move { agent.ask(Request::CopyToken { profile }).await }
        });
        office.asked(2).await;
        office.clock.set_by(step);
        office.barrier().await;
        if is_held {
            assert!(!waiting.is_finished(), "half a minute is not over");
            office.sandbox.release();
        } else {
            office.advance(Duration::from_secs(36));
        }
        let reply = office.within("the copy", waiting).await.expect("a reply");
        assert_eq!(matches!(reply, Reply::Copied { .. }), is_held, "{reply:?}");
    }
}

#[tokio::test]
async fn what_a_removed_profile_held_keeps_its_life_when_the_clock_is_set_before_it_is_brought_back()
 {
    for step in [HOUR_AHEAD, HOUR_BACK] {
        let office = TestApp::open().await;
        let id = office.add(drafts::minting()).await;
        let before = left(&office, &office.live().await);
        office.ask(Request::RemoveProfile { profile: id, revoke: false }).await;
        office.clock.set_by(step);
        assert!(office.barrier().await.undo.is_some(), "{step:?}");
        assert!(matches!(office.ask(Request::UndoRemove).await, Reply::Saved { .. }));
        assert_eq!(left(&office, &office.live().await), before, "{step:?}");
        assert_eq!(office.asked_so_far(), 1);
    }
}

#[tokio::test]
async fn what_a_trial_brought_and_the_keychain_did_not_take_keeps_its_life_when_the_clock_is_set() {
    let office = TestApp::open().await;
    let draft = || drafts::at(office.token_endpoint(), drafts::refreshing());
    office.keychain.set_mood(Mood::Full);
    let reply = office.save(draft(), None).await;
    assert!(matches!(reply, Reply::Refused { .. }), "{reply:?}");
    office.clock.set_by(HOUR_AHEAD);
    office.barrier().await;
    office.keychain.set_mood(Mood::Open);
    let reply = office.save(draft(), None).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    // A day, but for what the request may have taken.
    let left = left(&office, &office.live().await);
    assert!((24 * HOUR - Duration::from_secs(5)..=24 * HOUR).contains(&left), "{left:?}");
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn what_was_seen_a_minute_ago_is_a_minute_old_on_every_clock() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.when("a token that was looked at", |it| it.checks.verified_at.is_some()).await;
    office.ask(Request::CheckAccess { profile: id.clone() }).await;
    office.advance(Duration::from_secs(60));
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    office.refresh(&id).await;
    let before = office.in_trouble("server").await;
    office.clock.set_by(HOUR_AHEAD);
    office.barrier().await;
    let after = office.profile();
    let ages = |it: &ProfileView| {
        let failed_at = it.trouble.as_ref().and_then(|it| it.technical.at);
        [it.checks.verified_at, it.checks.access.as_ref().map(|it| it.at), failed_at]
    };
    let moved = ages(&before).map(|at| at.map(|at| at + HOUR_AHEAD.as_millis()));
    assert!(moved.iter().all(Option::is_some), "{before:?}");
    assert_eq!(ages(&after), moved);
}

fn left(office: &TestApp, profile: &ProfileView) -> Duration {
    let ends = profile.validity.expect("a token").expires_at;
    Timestamp::from_millis(ends).since(office.clock.now())
}

const HOUR_AHEAD: Step = Step::from_millis(3_600_000);
const HOUR_BACK: Step = Step::from_millis(-3_600_000);

async fn with_clock_ahead(seconds: i64) -> TestApp {
    let mut office = TestApp::closed(|_| {}).await;
    office.clock = Clock::manual(Timestamp::from_millis((NOON as i64 + seconds) * 1_000));
    office.start();
    office
}
