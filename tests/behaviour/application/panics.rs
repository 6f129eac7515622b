//! A bug in one piece of work costs that piece of work and nothing else.

use std::{sync::atomic::Ordering, time::Duration};

use glowjar_agent::{
    request::{Anyway, Reply, Request},
    view::Snapshot,
};

use crate::test_app::{TestApp, drafts};

#[tokio::test]
async fn a_request_whose_task_panics_is_a_failed_one_and_the_next_is_made() {
    let office = TestApp::open().await;
    office.sandbox_panics.store(true, Ordering::SeqCst);
    office.add(drafts::minting()).await;
    office.in_trouble("internal").await;
    assert_eq!(office.asked_so_far(), 0);
    office.pass(Duration::from_secs(120)).await;
    office.asked(1).await;
    office.live().await;
}

#[tokio::test]
async fn whoever_waits_for_work_that_panics_is_told_so() {
    let office = TestApp::open().await;
    office.sandbox_panics.store(true, Ordering::SeqCst);
    let reply = office.ask(Request::TrySandbox).await;
    assert!(matches!(&reply, Reply::Failed { code, .. } if code == "internal"), "{reply:?}");
    let reply = office.ask(Request::TrySandbox).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
}

#[tokio::test]
async fn an_idle_computer_is_locked_although_the_first_look_at_it_panicked() {
    let office = TestApp::open().await;
    office.presence.panic_once();
    office.presence.set_idle(Some(Duration::from_secs(60 * 60)));
    office.change_settings(|it| it.lock_after_minutes = Some(5)).await;
    let asked = async {
        while office.presence.asked() < 1 {
            office.barrier().await;
        }
    };
    office.within("the first look", asked).await;
    for _ in 0..3 {
        office.barrier().await;
    }
    office.advance(Duration::from_secs(5 * 60));
    let is_locked = |seen: &Snapshot| seen.banners.iter().any(|banner| banner.code == "locked");
    office.snapshot_when("the lock", is_locked).await;
}

#[tokio::test]
async fn a_keychain_that_panics_once_is_asked_again() {
    let office = TestApp::open().await;
    office.keychain.panic_once();
    let reply = office.save(drafts::minting(), Some(Anyway::Untried)).await;
    assert!(matches!(reply, Reply::Refused { .. }), "{reply:?}");
    let reply = office.save(drafts::minting(), Some(Anyway::Untried)).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    office.live().await;
}
