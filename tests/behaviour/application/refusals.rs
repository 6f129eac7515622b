//! What the provider refuses for good: no storm, the live token stays, and a person is told what to do.

use std::time::Duration;

use glowjar_agent::{
    request::Draft,
    view::{Action, Level, PhaseView},
};
use glowjar_sandbox::{Answer, CLIENT_ID, CLIENT_SECRET, Refusal, Route, STANDBY_SECRET};

use crate::test_app::{TestApp, drafts};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn f18_a_dead_refresh_token_leaves_the_live_token_in_use_to_its_end() {
    let office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    office.pass(21 * HOUR).await;
    office.sandbox.revoke_refresh_tokens();
    office.refresh(&id).await;

    let profile = office.in_trouble("refresh_token_rejected").await;
    assert!(profile.can_copy);
    assert_eq!((profile.level, profile.phase), (Level::Attention, PhaseView::Halted));
    assert_eq!(profile.next_attempt_at, None, "asking again would not help");
    let row = office.shell.tray().tooltip;
    assert!(row.contains("The sign-in has ended, valid until"), "{row}");
    assert!(office.sandbox.accepts(&office.copied(&id).await));

    office.pass(2 * HOUR).await;
    assert!(office.sandbox.accepts(&office.copied(&id).await), "two hours on it is copied still");
    office.pass(2 * HOUR).await;
    let ended = office.when("its end", |profile| !profile.can_copy).await;
    assert_eq!(ended.level, Level::Attention);
    let requests = office.asked_so_far();
    let reply = office.copy(&id).await;
    assert!(format!("{reply:?}").contains("The sign-in has ended"), "{reply:?}");
    assert_eq!(office.asked_so_far(), requests);
    assert_eq!(office.told(1).await.len(), 1, "one notice for the incident");
}

#[tokio::test]
async fn f19_a_rejected_secret_stops_everything_after_the_standby_was_tried_once() {
    let office = TestApp::open().await;
    let wrong = Draft {
        client_secret: Some("yesterday's".into()),
        standby_secret: Some("the day before's".into()),
        ..drafts::minting()
    };
    let id = office.add(wrong).await;
    let profile = office.in_trouble("secret_rejected").await;
    assert_eq!(profile.trouble.and_then(|trouble| trouble.action), Some(Action::ReplaceSecret));
    office.pass(48 * HOUR).await;
    assert_eq!(office.asked_so_far(), 2, "each secret once, then silence");

    let right =
        Draft { client_secret: Some(CLIENT_SECRET.into()), ..drafts::untouched(drafts::minting()) };
    office.edit(&id, right).await;
    office.live().await;
    assert_eq!(office.asked_so_far(), 3);
}

#[tokio::test]
async fn f19_the_standby_secret_is_not_tried_for_any_other_refusal() {
    for refusal in [
        Refusal::WrongClientId,
        Refusal::UnexpectedClientSecret,
        Refusal::InvalidScope,
        Refusal::UnauthorizedClient,
        Refusal::UnsupportedGrantType,
        Refusal::InvalidRequest,
        Refusal::AccountTerms,
    ] {
        let office = TestApp::open().await;
        office.sandbox.next(Route::Token, Answer::Refusal(refusal));
        let draft = Draft { standby_secret: Some(STANDBY_SECRET.into()), ..drafts::minting() };
        office.add(draft).await;
        office.when("the halt", |profile| profile.phase == PhaseView::Halted).await;
        assert_eq!(office.asked_so_far(), 1, "{refusal:?}");
    }
}

#[tokio::test]
async fn each_refusal_is_said_in_its_own_words_with_the_one_thing_to_do() {
    use Action::{EditProfile, EditScopes, OpenAccountPage, ReplaceRefreshToken, ReplaceSecret};
    for (refusal, code, action) in [
        (Refusal::WrongClientSecret, "secret_rejected", ReplaceSecret),
        (Refusal::WrongClientId, "client_rejected", EditProfile),
        (Refusal::UnexpectedClientSecret, "secret_not_wanted", EditProfile),
        (Refusal::InvalidRequest, "request_rejected", EditProfile),
        (Refusal::InvalidGrant, "refresh_token_rejected", ReplaceRefreshToken),
        (Refusal::InvalidToken, "refresh_token_rejected", ReplaceRefreshToken),
        (Refusal::AccessDenied, "refresh_token_rejected", ReplaceRefreshToken),
        (Refusal::InvalidScope, "scope_rejected", EditScopes),
        (Refusal::UnauthorizedClient, "grant_not_allowed", EditProfile),
        (Refusal::UnsupportedGrantType, "grant_not_allowed", EditProfile),
        (Refusal::AccountTerms, "account_action", OpenAccountPage),
        (Refusal::AccountEmail, "account_action", OpenAccountPage),
        (Refusal::AccountAction, "account_action", OpenAccountPage),
    ] {
        let office = TestApp::open().await;
        office.sandbox.next(Route::Token, Answer::Refusal(refusal));
        let token = office.sandbox.issue_refresh_token(CLIENT_ID);
        let draft = Draft { refresh_token: Some(token.into()), ..drafts::refreshing() };
        office.add(draft).await;
        let profile = office.in_trouble(code).await;
        let trouble = profile.trouble.expect("the trouble");
        assert_eq!(trouble.action, Some(action), "{refusal:?}");
        assert_eq!(trouble.technical.status, Some(400));
        assert_eq!(trouble.technical.error.as_deref(), Some(refusal.error()));
        assert!(trouble.technical.request_id.is_some(), "{refusal:?}: {:?}", trouble.technical);
        office.asked(1).await;
    }
}

#[tokio::test]
async fn a_person_may_ask_again_after_a_refusal_and_is_served() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::AccountTerms));
    let id = office.add(drafts::minting()).await;
    let profile = office.in_trouble("account_action").await;
    assert!(profile.can_refresh);
    office.advance(Duration::from_secs(60));
    office.refresh(&id).await;
    office.live().await;
}
