//! The end of a sign-in, foretold while there is time, in simulated days and against real replies.

use std::time::Duration;

use glowjar_agent::{
    controller::HostEvent,
    notices::Notice,
    request::{Reply, Request},
    tray::{Click, Row},
    view::{ProfileView, SignInStep, Snapshot},
};
use glowjar_sandbox::Rotation;

use super::signing_in::{Browser, begin, begin_again, draft, saved};
use crate::test_app::{TestApp, drafts, shell::Told};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Signs in, where all refresh tokens of one sign-in end together after 14 days, or each begins anew.
async fn signed_in(slides: bool) -> (TestApp, String) {
    let office = TestApp::with(|settings| {
        settings.rotation = Rotation::Strict;
        settings.refresh_token_end_slides = slides;
    })
    .await;
    let begun = begin(&office, draft(&office), "").await;
    Browser::sign_in(&begun.address, "allow").await;
    let profile = saved(begun.ends.await.unwrap());
    office.live().await;
    (office, profile)
}

async fn forecasts(office: &TestApp) -> Vec<Notice> {
    // What was published is told right after.
    office.barrier().await;
    let told = office.shell.told().into_iter().filter_map(|told| match told {
        Told::Raised(notice) if notice.id.starts_with("sign-in-") => Some(notice),
        _ => None,
    });
    told.collect()
}

async fn titles(office: &TestApp) -> Vec<String> {
    forecasts(office).await.into_iter().map(|notice| notice.title).collect()
}

fn tray_rows(office: &TestApp) -> Vec<Click> {
    let clicks = office.shell.tray().menu.into_iter().filter_map(|row| match row {
        Row::Item { click, .. } => Some(click),
        _ => None,
    });
    clicks.collect()
}

#[tokio::test]
async fn fourteen_days_show_each_forecast_once_and_one_click_begins_the_sign_in() {
    let (office, profile) = signed_in(false).await;
    let is_near = |profile: &ProfileView| profile.sign_in_end.is_some_and(|end| end.is_near);
    office.pass(10 * DAY + 23 * HOUR).await;
    assert_eq!(forecasts(&office).await, []);
    assert!(!is_near(&office.live().await));
    assert!(!tray_rows(&office).contains(&Click::SignIn { profile: profile.clone() }));

    office.pass(HOUR).await;
    let [notice] = forecasts(&office).await.try_into().expect("one forecast");
    // 2030-01-01 was a Tuesday, and 12:00 here is of UTC.
    let day = notice.title.strip_prefix("Campaign: you’ll have to sign in again on ");
    assert!(matches!(day, Some("Monday" | "Tuesday")), "{}", notice.title);
    assert_eq!(notice.buttons[0].click, Click::SignIn { profile: profile.clone() });
    assert!(is_near(&office.live().await));
    assert!(tray_rows(&office).contains(&Click::SignIn { profile: profile.clone() }));
    assert!(office.shell.tray().tooltip.contains("sign in again by"), "{:?}", office.shell.tray());

    office.pass(2 * DAY + 23 * HOUR).await;
    assert_eq!(forecasts(&office).await.len(), 3, "{:?}", titles(&office).await);
    assert_eq!(office.shell.opened().len(), 1, "no browser opens by itself");

    office.agent().click(Click::SignIn { profile: profile.clone() });
    let waits = |snapshot: &Snapshot| {
        snapshot.sign_in.as_ref().is_some_and(|it| it.step == SignInStep::Waiting)
    };
    office.snapshot_when("a sign-in that waits", waits).await;
    let page = office.shell.opened().pop().expect("a page");
    Browser::sign_in(&page, "allow").await;
    office.when("a sign-in that is not near its end", |profile| !is_near(profile)).await;
    let told = office.shell.told();
    let id = format!("sign-in-{profile}");
    assert_eq!(told.last(), Some(&Told::Withdrawn(id)), "{told:?}");
    office.pass(3 * DAY).await;
    office.live().await;
    assert_eq!(forecasts(&office).await.len(), 3);
    office.assert_strict();
}

#[tokio::test]
async fn a_sign_in_that_each_renewal_puts_off_is_never_foretold() {
    let (office, _) = signed_in(true).await;
    office.pass(45 * DAY).await;
    office.live().await;
    assert_eq!(forecasts(&office).await, []);
    assert!(office.live().await.sign_in_end.is_some_and(|end| end.slides && !end.is_near));
}

#[tokio::test]
async fn what_was_foretold_before_a_restart_is_not_foretold_again() {
    let (mut office, _) = signed_in(false).await;
    office.pass(12 * DAY).await;
    assert_eq!(forecasts(&office).await.len(), 1);
    for _ in 0..3 {
        office.restart().await;
        office.live().await;
        assert_eq!(forecasts(&office).await, [], "another desktop, and nothing new to say there");
    }
    office.pass(DAY + HOUR).await;
    assert_eq!(forecasts(&office).await.len(), 1);
    office.restart().await;
    office.live().await;
    assert_eq!(forecasts(&office).await, []);
}

#[tokio::test]
async fn who_comes_back_from_a_holiday_is_told_what_holds_now_and_not_what_held_meanwhile() {
    let (office, _) = signed_in(false).await;
    office.pass(9 * DAY).await;
    office.clock.suspend(4 * DAY + 12 * HOUR);
    office.sandbox.advance(4 * DAY + 12 * HOUR);
    office.tell(HostEvent::Woke);
    office.when("a near end", |profile| profile.sign_in_end.is_some_and(|end| end.is_near)).await;
    office.barrier().await;
    let [title] = titles(&office).await.try_into().expect("one forecast");
    assert!(title.contains(" to sign in again "), "{title}");
}

#[tokio::test]
async fn a_refresh_token_that_was_pasted_is_foretold_in_other_words() {
    let office = TestApp::with(|settings| {
        settings.rotation = Rotation::Strict;
        settings.refresh_token_end_slides = false;
    })
    .await;
    let token = office.sandbox.issue_refresh_token(glowjar_sandbox::CLIENT_ID);
    let draft =
        glowjar_agent::request::Draft { refresh_token: Some(token.into()), ..drafts::refreshing() };
    office.add(draft).await;
    office.live().await;
    office.pass(12 * DAY).await;
    let [notice] = forecasts(&office).await.try_into().expect("one forecast");
    assert!(notice.title.contains("you’ll need a new refresh token"), "{}", notice.title);
    assert_eq!(notice.buttons[0].click, Click::OpenWindow);
}

#[tokio::test]
async fn a_profile_that_can_not_renew_is_foretold_two_hours_ahead() {
    let office = TestApp::open().await;
    office.sandbox.next(glowjar_sandbox::Route::Token, glowjar_sandbox::Answer::NoRefreshToken);
    let begun = begin(&office, draft(&office), "").await;
    Browser::sign_in(&begun.address, "allow").await;
    let profile = saved(begun.ends.await.unwrap());
    office.live().await;
    office.pass(21 * HOUR).await;
    assert_eq!(forecasts(&office).await, []);
    office.pass(HOUR + HOUR / 2).await;
    assert_eq!(forecasts(&office).await.len(), 1);
    let begun = begin_again(&office, &profile).await;
    Browser::sign_in(&begun.address, "allow").await;
    saved(begun.ends.await.unwrap());
}

#[tokio::test]
async fn a_paused_profile_is_not_foretold_and_a_removed_one_takes_its_notice_along() {
    let (office, profile) = signed_in(false).await;
    office.pass(10 * DAY).await;
    assert_eq!(office.ask(Request::Pause { profile: profile.clone() }).await, Reply::Done);
    office.pass(2 * DAY).await;
    assert_eq!(forecasts(&office).await, []);
    assert_eq!(office.ask(Request::Resume { profile: profile.clone() }).await, Reply::Done);
    office.live().await;
    office.barrier().await;
    assert_eq!(forecasts(&office).await.len(), 1);
    let remove = Request::RemoveProfile { profile: profile.clone(), revoke: false };
    assert_eq!(office.ask(remove).await, Reply::Done);
    office.barrier().await;
    let id = format!("sign-in-{profile}");
    assert!(office.shell.told().contains(&Told::Withdrawn(id)));
}
