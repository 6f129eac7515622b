//! When somebody says that a token is no good: the provider's check, and Firefly itself.

use std::time::Duration;

use glowjar_agent::{
    request::{Reply, Request},
    view::{AccessView, Level, PhaseView},
};
use glowjar_sandbox::{AccessError, Answer, Gateway, Outage, RetryAfter, Route};

use crate::test_app::{TestApp, drafts};

#[tokio::test]
async fn a_new_token_is_checked_once_at_the_provider() {
    let office = TestApp::open().await;
    office.add(drafts::minting()).await;
    let profile = office.when("the check", |profile| profile.checks.verified_at.is_some()).await;
    assert_eq!(profile.checks.verified_at, Some(office.clock.now().as_millis()));
    office.pass(Duration::from_secs(3_600)).await;
    assert_eq!(office.sandbox.requests_to(Route::Validate).len(), 1);
    office.assert_strict();
}

#[tokio::test]
async fn f10_the_server_wins_over_our_clock_and_one_refresh_is_made() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Validate, invalid());
    office.add(drafts::minting()).await;
    office
        .when("the refresh to be planned", |profile| {
            profile.phase == PhaseView::Holding
                && profile
                    .next_attempt_at
                    .is_some_and(|at| at - office.clock.now().as_millis() <= 30_000)
        })
        .await;
    office.pass(Duration::from_secs(60)).await;
    office.when("the check", |profile| profile.checks.verified_at.is_some()).await;
    assert_eq!(office.asked_so_far(), 2);
    assert!(office.shell.told().is_empty());
}

#[tokio::test]
async fn f10_a_provider_that_calls_every_token_invalid_starts_no_loop() {
    let office = TestApp::open().await;
    office.sandbox.until_cleared(Route::Validate, invalid());
    office.add(drafts::minting()).await;
    office.asked(1).await;
    office.within("the check", office.sandbox.wait_for(Route::Validate, 1)).await;
    office
        .when("the refresh to be planned", |profile| {
            profile.next_attempt_at.is_some_and(|at| at - office.clock.now().as_millis() <= 30_000)
        })
        .await;
    office.pass(Duration::from_secs(60)).await;
    office.within("the second check", office.sandbox.wait_for(Route::Validate, 2)).await;
    office.pass(Duration::from_secs(3_600)).await;
    assert_eq!(office.asked_so_far(), 2);
    assert!(office.profile().can_copy);
}

#[tokio::test]
async fn a_check_that_fails_says_nothing_against_the_token() {
    for answer in
        [Answer::InternalError, Answer::Cut, Answer::Portal(glowjar_sandbox::Portal::Page)]
    {
        let office = TestApp::open().await;
        office.sandbox.next(Route::Validate, answer);
        office.add(drafts::minting()).await;
        office.within("the check", office.sandbox.wait_for(Route::Validate, 1)).await;
        office.pass(Duration::from_secs(600)).await;
        assert_eq!(office.asked_so_far(), 1);
        assert_eq!(office.live().await.checks.verified_at, None);
    }
}

#[tokio::test]
async fn check_access_tells_that_firefly_takes_the_token() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let access = check_access(&office, &id).await;
    assert!(access.works, "{access:?}");
    let shown = office.when("it to be shown", |profile| profile.checks.access.is_some()).await;
    assert_eq!(shown.checks.access, Some(access));
    let calls = office.sandbox.requests_to(Route::Firefly);
    assert_eq!(calls.len(), 1, "only when asked");
    assert_eq!(calls[0].header("x-api-key"), Some(glowjar_sandbox::CLIENT_ID));
    office.assert_strict();
}

#[tokio::test]
async fn f10_a_401_from_firefly_starts_one_guarded_refresh() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.when("the check", |profile| profile.checks.verified_at.is_some()).await;
    office.advance(Duration::from_secs(3_600));
    office.sandbox.revoke_access_tokens();
    let access = check_access(&office, &id).await;
    assert!(!access.works);
    assert_eq!(access.technical.status, Some(401));
    check_access(&office, &id).await;

    office.asked(2).await;
    office.live().await;
    office.pass(Duration::from_secs(600)).await;
    assert_eq!(office.asked_so_far(), 2);
    assert!(check_access(&office, &id).await.works);
}

#[tokio::test]
async fn each_answer_of_the_gateway_is_told_in_words_and_costs_no_token() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    for (gateway, words) in [
        (Gateway::TokenMissing, "Firefly saw no token"),
        (Gateway::ApiKeyMissing, "Firefly does not know this client ID"),
        (Gateway::ApiKeyInvalid, "Firefly does not know this client ID"),
        (Gateway::Access(AccessError::QuotaExhausted), "The quota is used up"),
        (Gateway::Access(AccessError::UserNonEntitled), "Not entitled to Firefly"),
        (Gateway::Access(AccessError::UserProfileDenied), "This profile is not allowed"),
        (Gateway::Access(AccessError::InvalidImsScope), "A scope is missing"),
        (Gateway::TooManyRequests(RetryAfter::Seconds(60)), "Too many calls just now"),
        (Gateway::CannotValidate, "Firefly could not check the token"),
    ] {
        office.sandbox.next(Route::Firefly, Answer::Gateway(gateway));
        let access = check_access(&office, &id).await;
        assert_eq!((access.works, access.headline.as_str()), (false, words), "{gateway:?}");
    }
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    assert_eq!(check_access(&office, &id).await.headline, "Firefly can’t be reached");
    office.sandbox.end_outage().await.expect("its end");
    let profile = office.live().await;
    assert_eq!(profile.level, Level::Fresh);
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn a_provider_without_a_gateway_has_nothing_to_check() {
    let office = TestApp::open().await;
    let id = office.add(drafts::at(office.token_endpoint(), drafts::minting())).await;
    office.live().await;
    let reply = office.ask(Request::CheckAccess { profile: id }).await;
    assert!(matches!(&reply, Reply::Failed { code, .. } if code == "no_gateway"), "{reply:?}");
    assert!(office.sandbox.requests_to(Route::Firefly).is_empty());
}

async fn check_access(office: &TestApp, id: &str) -> AccessView {
    match office.ask(Request::CheckAccess { profile: id.to_owned() }).await {
        Reply::Access { access } => access,
        other => panic!("{other:?}"),
    }
}

fn invalid() -> Answer {
    Answer::Raw {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: r#"{"valid":false,"reason":"bad_signature"}"#.to_owned(),
    }
}
