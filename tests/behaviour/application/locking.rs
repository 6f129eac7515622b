//! Locked by itself: with the screen, or when nobody is there.

use std::time::Duration;

use glowjar_agent::{
    controller::HostEvent::{ScreenLockWatched, ScreenLocked, ScreenUnlocked},
    request::{Reply, Request},
    tray::Click,
};
use glowjar_sandbox::{Answer, Route};

use crate::test_app::{TestApp, drafts};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn with_the_screen_it_locks_and_unlocks_by_itself() {
    let (office, id) = one_profile().await;
    office.change_settings(|it| it.lock_with_screen = true).await;
    office.copied(&id).await;
    office.tell(ScreenLocked);
    assert!(is_locked(&office).await);
    assert_eq!(office.shell.clipboard(), None, "what was copied is taken back");
    assert!(is_refused(office.copy(&id).await));
    assert!(office.barrier().await.banners[0].advice.contains("until you unlock the screen"));
    office.tell(ScreenUnlocked);
    assert!(!is_locked(&office).await);
    office.copied(&id).await;
}

#[tokio::test]
async fn a_locked_screen_changes_nothing_unless_that_was_chosen() {
    let (office, id) = one_profile().await;
    office.tell(ScreenLocked);
    assert!(!is_locked(&office).await);
    office.copied(&id).await;
}

#[tokio::test]
async fn what_a_person_locked_stays_locked_whatever_the_screen_does() {
    let (office, _) = one_profile().await;
    office.change_settings(|it| it.lock_with_screen = true).await;
    // Before the screen's lock, and while it is locked.
    for happens_first in [true, false] {
        if happens_first {
            office.ask(Request::Lock).await;
        }
        office.tell(ScreenLocked);
        if !happens_first {
            office.ask(Request::Lock).await;
        }
        office.tell(ScreenUnlocked);
        assert!(is_locked(&office).await, "{happens_first}");
        office.ask(Request::Unlock).await;
        assert!(!is_locked(&office).await);
    }
}

#[tokio::test]
async fn the_tray_locks_and_leads_to_the_window_to_unlock() {
    let (office, id) = one_profile().await;
    office.agent().click(Click::Lock);
    assert!(is_locked(&office).await);
    assert!(is_refused(office.copy(&id).await));
    office.agent().click(Click::Unlock);
    assert!(is_locked(&office).await, "the window alone unlocks");
    assert_eq!(office.shell.opened(), ["window"]);
}

#[tokio::test]
async fn with_nobody_there_it_locks_and_asks_no_sooner_than_that_can_be() {
    let (office, id) = one_profile().await;
    office.presence.set_idle(Some(3 * MINUTE));
    office.change_settings(|it| it.lock_after_minutes = Some(10)).await;
    asked(&office, 1).await;
    office.advance(7 * MINUTE - Duration::from_millis(1));
    office.barrier().await;
    assert_eq!(office.presence.asked(), 1, "nothing can have become of it yet");
    // Somebody was there two minutes ago.
    office.presence.set_idle(Some(2 * MINUTE));
    office.advance(Duration::from_millis(1));
    asked(&office, 2).await;
    assert!(!is_locked(&office).await);
    office.presence.set_idle(Some(10 * MINUTE));
    office.advance(8 * MINUTE);
    asked(&office, 3).await;
    assert!(is_locked(&office).await);
    assert!(is_refused(office.copy(&id).await));

    // Locked, nobody needs to be asked; unlocked, it counts anew.
    office.advance(60 * MINUTE);
    office.barrier().await;
    assert_eq!(office.presence.asked(), 3);
    office.presence.set_idle(Some(Duration::ZERO));
    office.ask(Request::Unlock).await;
    asked(&office, 4).await;
    assert!(!is_locked(&office).await);
    office.copied(&id).await;
}

#[tokio::test]
async fn whoever_unlocks_the_screen_unlocks_what_locked_for_want_of_them() {
    let (office, _) = one_profile().await;
    office.presence.set_idle(Some(10 * MINUTE));
    office.change_settings(|it| it.lock_after_minutes = Some(10)).await;
    asked(&office, 1).await;
    assert!(is_locked(&office).await);
    office.tell(ScreenLocked);
    office.presence.set_idle(Some(Duration::ZERO));
    office.tell(ScreenUnlocked);
    assert!(!is_locked(&office).await);
}

#[tokio::test]
async fn whoever_unlocks_was_there_though_the_system_did_not_see_it() {
    let (office, id) = one_profile().await;
    office.presence.set_idle(Some(30 * MINUTE));
    office.change_settings(|it| it.lock_after_minutes = Some(10)).await;
    asked(&office, 1).await;
    assert!(is_locked(&office).await);
    office.ask(Request::Unlock).await;
    asked(&office, 2).await;
    assert!(!is_locked(&office).await);
    office.copied(&id).await;
    office.advance(10 * MINUTE);
    asked(&office, 3).await;
    assert!(is_locked(&office).await);
}

#[tokio::test]
async fn a_computer_that_slept_for_so_long_had_nobody_at_it() {
    let (office, _) = one_profile().await;
    office.presence.set_idle(Some(Duration::ZERO));
    office.change_settings(|it| it.lock_after_minutes = Some(10)).await;
    asked(&office, 1).await;
    // The first question may still be answered by what was before the sleep.
    office.clock.suspend(9 * MINUTE);
    office.barrier().await;
    assert!(!is_locked(&office).await);
    office.clock.suspend(10 * MINUTE);
    office.barrier().await;
    assert!(is_locked(&office).await);
}

#[tokio::test]
async fn nobody_is_asked_while_it_is_off() {
    let (office, _) = one_profile().await;
    office.presence.set_idle(Some(60 * MINUTE));
    office.advance(10 * MINUTE);
    assert!(!is_locked(&office).await);
    office.change_settings(|it| it.lock_after_minutes = Some(120)).await;
    asked(&office, 1).await;
    office.change_settings(|it| it.lock_after_minutes = None).await;
    office.advance(60 * MINUTE);
    assert!(!is_locked(&office).await);
    assert_eq!(office.presence.asked(), 1);
}

#[tokio::test]
async fn a_desktop_that_does_not_say_is_told_of_in_the_settings() {
    let (office, _) = one_profile().await;
    let told = |settings: glowjar_agent::view::SettingsView| {
        (settings.screen_lock_is_told, settings.idleness_is_told)
    };
    assert_eq!(told(office.barrier().await.settings), (true, true), "not known yet");
    office.tell(ScreenLockWatched { works: false });
    office.change_settings(|it| it.lock_after_minutes = Some(10)).await;
    asked(&office, 1).await;
    assert_eq!(told(office.barrier().await.settings), (false, false));
    // It had only just come up.
    office.tell(ScreenLockWatched { works: true });
    office.presence.set_idle(Some(MINUTE));
    office.advance(10 * MINUTE);
    asked(&office, 2).await;
    assert_eq!(told(office.barrier().await.settings), (true, true));
    assert!(!is_locked(&office).await);
}

#[tokio::test]
async fn the_choice_holds_from_the_start_of_the_next_run() {
    let (mut office, _) = one_profile().await;
    office.presence.set_idle(Some(MINUTE));
    office.change_settings(|it| it.lock_after_minutes = Some(10)).await;
    asked(&office, 1).await;
    office.restart().await;
    asked(&office, 2).await;
    office.presence.set_idle(Some(10 * MINUTE));
    office.advance(9 * MINUTE);
    asked(&office, 3).await;
    assert!(is_locked(&office).await);
}

#[tokio::test]
async fn a_copy_that_still_waits_for_its_token_is_refused_by_the_lock() {
    let (office, id) = one_profile().await;
    office.advance(60 * MINUTE);
    office.advance(24 * 60 * MINUTE);
    office.sandbox.next(Route::Token, Answer::Hang);
    let before = office.asked_so_far() as u64;
    let agent = office.agent().clone();
    let copy = tokio::spawn({
        let profile = id.clone();
        async move { agent.ask(Request::CopyToken { profile }).await }
    });
    office.asked(before + 1).await;
    office.ask(Request::Lock).await;
    let reply = office.within("the copy's answer", copy).await.expect("an answer");
    assert!(is_refused(reply));
}

async fn one_profile() -> (TestApp, String) {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    (office, id)
}

async fn is_locked(office: &TestApp) -> bool {
    office.barrier().await.banners.iter().any(|banner| banner.code == "locked")
}

fn is_refused(reply: Reply) -> bool {
    matches!(&reply, Reply::Failed { code, .. } if code == "locked")
}

/// Waits until it was asked so many times how long nobody was there.
async fn asked(office: &TestApp, times: usize) {
    let asked = async {
        while office.presence.asked() < times {
            office.barrier().await;
        }
    };
    office.within(&format!("question {times}"), asked).await;
    assert_eq!(office.presence.asked(), times);
}
