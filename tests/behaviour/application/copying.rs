//! A click that puts a token on the clipboard, and what becomes of it there.

use std::time::Duration;

use glowjar_agent::{
    request::{Anyway, Reply, Request},
    tray::Click,
    view::PhaseView,
};
use glowjar_sandbox::{Answer, Outage, Refusal, Route};

use crate::test_app::{TestApp, drafts, shell::Told};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn f31_a_copied_token_is_cleared_after_a_minute() {
    let (office, id) = with_live_token().await;
    let Reply::Copied { clears_at } = office.copy(&id).await else { panic!("not copied") };
    let shown = office.snapshot_when("it to be shown", |it| it.clipboard.is_some()).await;
    assert_eq!(shown.clipboard.map(|it| (it.profile, it.clears_at)), Some((id, clears_at)));

    office.pass(59 * SECOND).await;
    assert!(office.shell.clipboard().is_some());
    office.pass(SECOND).await;
    assert_eq!(office.shell.clipboard(), None);
    assert_eq!(office.snapshot().clipboard, None);
    office.pass(HOUR).await;
    assert_eq!(office.shell.clearings(), 1);
}

#[tokio::test]
async fn f31_a_token_that_reaches_a_slow_clipboard_late_is_cleared_after_a_minute() {
    let (mut office, id) = with_live_token().await;
    office.shell.slow_clipboard();
    let Reply::Failed { code, .. } = office.copy(&id).await else { panic!("not too late") };
    assert_eq!(code, "clipboard_slow");
    office.snapshot_when("it to be shown", |it| it.clipboard.is_some()).await;
    assert!(office.shell.clipboard().is_some(), "it arrived");
    office.pass(60 * SECOND).await;
    assert_eq!(office.shell.clipboard(), None);

    office.copy(&id).await;
    let shell = office.shell.clone();
    office.end().await;
    assert_eq!(shell.clipboard(), None, "quitting clears it as well");
}

#[tokio::test]
async fn f31_copying_again_starts_the_minute_anew() {
    let (office, id) = with_live_token().await;
    office.copied(&id).await;
    office.pass(40 * SECOND).await;
    office.copied(&id).await;
    office.pass(40 * SECOND).await;
    assert!(office.shell.clipboard().is_some());
    office.pass(20 * SECOND).await;
    assert_eq!(office.shell.clipboard(), None);
}

#[tokio::test]
async fn f31_what_the_person_copied_meanwhile_is_untouched() {
    let (office, id) = with_live_token().await;
    office.copied(&id).await;
    office.shell.copy_by_hand("a colour");
    office.pass(61 * SECOND).await;
    assert_eq!(office.shell.clipboard().as_deref(), Some("a colour"));
}

#[tokio::test]
async fn f31_on_quit_the_clipboard_is_cleared_if_there_was_a_token_on_it() {
    let (mut office, id) = with_live_token().await;
    office.copied(&id).await;
    let shell = office.shell.clone();
    office.end().await;
    assert_eq!((shell.clipboard(), shell.clearings()), (None, 1));

    office.start();
    office.live().await;
    let shell = office.shell.clone();
    office.end().await;
    assert_eq!(shell.clearings(), 0);
}

#[tokio::test]
async fn f31_clearing_by_hand_and_removing_the_profile_clear_at_once() {
    let (office, id) = with_live_token().await;
    office.copied(&id).await;
    assert_eq!(office.ask(Request::ClearClipboard).await, Reply::Done);
    assert_eq!(office.shell.clipboard(), None);
    assert_eq!(office.barrier().await.clipboard, None);

    office.copied(&id).await;
    office.ask(Request::RemoveProfile { profile: id, revoke: false }).await;
    assert_eq!(office.shell.clipboard(), None);
}

#[tokio::test]
async fn copying_an_expired_token_waits_for_the_new_one() {
    let (office, id) = with_live_token().await;
    let old = office.copied(&id).await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.advance(48 * HOUR);
    let release = async {
        office.asked(2).await;
        office.barrier().await;
        assert_ne!(office.shell.clipboard().as_deref(), Some(old.as_str()), "cleared long ago");
        office.sandbox.release();
    };
    let (new, ()) = tokio::join!(office.copied(&id), release);
    assert_ne!(new, old);
    assert!(office.sandbox.accepts(&new));
}

#[tokio::test]
async fn copying_fails_with_the_reason_when_no_token_can_be_had() {
    let (office, id) = with_live_token().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.advance(48 * HOUR);
    office.when("the end of the token", |it| it.phase == PhaseView::Waiting).await;
    office.advance(6 * SECOND);
    let reply = office.copy(&id).await;
    let Reply::Failed { code, message, .. } = reply else { panic!("{reply:?}") };
    assert_eq!(code, "no_live_token");
    assert_eq!(message, "Nothing was copied: Sandbox can’t be reached");
    assert_eq!(office.shell.clipboard(), None);
}

#[tokio::test]
async fn copying_right_after_a_failure_waits_for_the_try_that_may_help() {
    let (office, id) = with_live_token().await;
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    office.advance(30 * HOUR);
    office.when("the failure", |it| it.phase == PhaseView::Waiting).await;
    office.sandbox.end_outage().await.expect("its end");
    let a_moment_later = async {
        office.barrier().await;
        office.advance(5 * SECOND);
    };
    let (token, ()) = tokio::join!(office.copied(&id), a_moment_later);
    assert!(office.sandbox.accepts(&token));
}

#[tokio::test]
async fn copying_gives_up_when_nothing_is_answered() {
    let (office, id) = with_live_token().await;
    office.sandbox.next(Route::Token, Answer::Hang);
    office.advance(48 * HOUR);
    let wait = async {
        office.asked(2).await;
        office.barrier().await;
        office.advance(36 * SECOND);
    };
    let (reply, ()) = tokio::join!(office.copy(&id), wait);
    assert!(matches!(&reply, Reply::Failed { code, .. } if code == "no_live_token"), "{reply:?}");
}

#[tokio::test]
async fn a_click_in_the_tray_copies_and_says_in_a_toast_when_it_cannot() {
    let (office, id) = with_live_token().await;
    office.agent().click(Click::CopyToken { profile: id.clone() });
    office.snapshot_when("the copy", |it| it.clipboard.is_some()).await;
    assert!(office.sandbox.accepts(&office.shell.clipboard().expect("a token")));

    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::WrongClientSecret));
    office.advance(48 * HOUR);
    office.in_trouble("secret_rejected").await;
    office.told(1).await;
    office.agent().click(Click::CopyToken { profile: id });
    let told = office.told(2).await;
    let Told::Raised(notice) = &told[1] else { panic!("{told:?}") };
    assert_eq!(notice.id, "copy");
    assert_eq!(notice.title, "Nothing was copied: The client secret was rejected");
    assert_eq!(office.shell.clipboard(), None);
}

#[tokio::test]
async fn a_clipboard_that_is_not_available_is_said() {
    let (office, id) = with_live_token().await;
    office.shell.break_clipboard();
    let reply = office.copy(&id).await;
    assert!(matches!(&reply, Reply::Failed { code, .. } if code == "clipboard"), "{reply:?}");
    assert_eq!(office.barrier().await.clipboard, None);
}

#[tokio::test]
async fn the_other_rows_of_the_tray_do_what_they_say() {
    let (office, id) = with_live_token().await;
    office.agent().click(Click::OpenWindow);
    office.agent().click(Click::Pause { profile: id.clone() });
    office.when("the pause", |it| it.phase == PhaseView::Paused).await;
    office.agent().click(Click::RefreshNow { profile: id.clone() });
    office.barrier().await;
    assert_eq!(
        office.asked_so_far(),
        1,
        "a disabled row can be clicked over D-Bus and does nothing"
    );
    office.agent().click(Click::Resume { profile: id.clone() });
    office.live().await;
    office.advance(60 * SECOND);
    office.agent().click(Click::RefreshNow { profile: id });
    office.asked(2).await;
    office.live().await;
    office.agent().click(Click::CopyToken { profile: "gone".to_owned() });
    office.agent().click(Click::Quit);
    office.barrier().await;
    assert_eq!(office.shell.opened(), ["window", "quit"]);
}

#[tokio::test]
async fn a_profile_that_is_gone_is_said_to_be_gone() {
    let office = TestApp::open().await;
    for profile in ["", "gone", "ffffffffffffffff"] {
        let profile = profile.to_owned();
        for request in [
            Request::CopyToken { profile: profile.clone() },
            Request::RefreshNow { profile: profile.clone() },
            Request::CheckAccess { profile: profile.clone() },
            Request::DraftOf { profile: profile.clone() },
            Request::RemoveProfile { profile: profile.clone(), revoke: false },
            Request::Pause { profile: profile.clone() },
            Request::Resume { profile: profile.clone() },
            Request::SaveProfile {
                profile: Some(profile),
                draft: drafts::minting(),
                understood: None,
                anyway: Some(Anyway::Untried),
            },
        ] {
            let reply = office.ask(request).await;
            let is_gone = matches!(&reply, Reply::Failed { code, .. } if code == "unknown_profile");
            assert!(is_gone, "{reply:?}");
        }
    }
    assert!(office.barrier().await.profiles.is_empty());
}

async fn with_live_token() -> (TestApp, String) {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    (office, id)
}
