//! How the first token comes, by each grant and in each dress.

use glowjar_agent::{
    request::{ClientAuthentication, Draft, Encoding, Reply, Request},
    view::{GrantView, PhaseView, Preset},
};
use glowjar_sandbox::{
    CLIENT_ID, CLIENT_SECRET, NATIVE_CLIENT_ID, Route, SEED_REFRESH_TOKEN, STANDBY_SECRET,
};

use crate::test_app::{TestApp, drafts};

#[tokio::test]
async fn a_new_profile_mints_a_token_and_shows_how_long_it_lives() {
    let office = TestApp::open().await;
    office.add(drafts::minting()).await;

    let profile = office.live().await;
    let life = profile.validity.map(|validity| validity.expires_at - validity.issued_at);
    assert_eq!(life, Some(86_399_000));
    assert_eq!(profile.headline, "Live");
    assert!(profile.next_attempt_at.is_some());

    let requests = office.asked(1).await;
    let sent: Vec<&str> = requests[0].fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(sent, ["client_id", "client_secret", "grant_type", "scope"]);
    assert_eq!(requests[0].field("scope"), Some(drafts::SCOPES));
    office.assert_strict();
}

#[tokio::test]
async fn a_refresh_token_brings_the_first_token_and_its_successor_is_kept() {
    let office = TestApp::open().await;
    office.add(drafts::refreshing()).await;
    office.live().await;

    let requests = office.asked(1).await;
    assert_eq!(requests[0].field("grant_type"), Some("refresh_token"));
    assert_eq!(requests[0].field("refresh_token"), Some(SEED_REFRESH_TOKEN));
    assert!(!office.keychain.contents().contains(SEED_REFRESH_TOKEN), "the old one is replaced");
    office.assert_strict();
}

#[tokio::test]
async fn the_tutorials_request_goes_out_to_the_letter() {
    let office = TestApp::open().await;
    let draft = Draft {
        preset: Preset::Tutorial,
        token_endpoint: office.sandbox.url(),
        encoding: Encoding::Json,
        scopes: String::new(),
        ..drafts::refreshing()
    };
    office.add(draft).await;
    office.live().await;

    let request = office.asked(1).await.remove(0);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/oauth/token"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.query, None);
    let expected = format!(
        r#"{{"client_id":"{CLIENT_ID}","client_secret":"{CLIENT_SECRET}","refresh_token":"{SEED_REFRESH_TOKEN}","grant_type":"refresh_token"}}"#
    );
    assert_eq!(String::from_utf8_lossy(&request.body), expected);
    assert_eq!(request.wrong, [""; 0]);
}

#[tokio::test]
async fn http_basic_keeps_the_secret_out_of_the_body() {
    let office = TestApp::open().await;
    let basic = Draft { client_authentication: ClientAuthentication::Basic, ..drafts::minting() };
    office.add(drafts::at(office.token_endpoint(), basic)).await;
    office.live().await;

    let requests = office.asked(1).await;
    assert!(requests[0].header("authorization").is_some_and(|value| value.starts_with("Basic ")));
    assert_eq!(requests[0].field("client_secret"), None);
    office.assert_strict();
}

#[tokio::test]
async fn a_public_client_sends_no_secret_even_if_one_was_typed() {
    let office = TestApp::open().await;
    let draft = Draft {
        client_id: NATIVE_CLIENT_ID.to_owned(),
        client_authentication: ClientAuthentication::None,
        refresh_token: Some(office.sandbox.issue_refresh_token(NATIVE_CLIENT_ID).into()),
        ..drafts::refreshing()
    };
    office.add(draft).await;
    office.live().await;

    let requests = office.asked(1).await;
    assert_eq!(requests[0].field("client_secret"), None);
    assert_eq!(requests[0].header("authorization"), None);
    office.assert_strict();
}

#[tokio::test]
async fn the_standby_secret_takes_over_when_the_primary_was_removed() {
    let office = TestApp::open().await;
    office.sandbox.change(|settings| settings.clients[0].secrets = vec![STANDBY_SECRET.into()]);
    let draft = Draft { standby_secret: Some(STANDBY_SECRET.into()), ..drafts::minting() };
    let profile = office.add(draft).await;
    office.live().await;
    assert_eq!(secrets_sent(&office), [CLIENT_SECRET, STANDBY_SECRET]);

    office.advance(std::time::Duration::from_secs(60));
    office.refresh(&profile).await;
    office.asked(3).await;
    office.live().await;
    assert_eq!(secrets_sent(&office)[2..], [STANDBY_SECRET], "it goes first from now on");
}

#[tokio::test]
async fn one_click_on_try_the_sandbox_brings_a_live_token() {
    let office = TestApp::open().await;
    let first = office.ask(Request::TrySandbox).await;
    assert!(matches!(first, Reply::Saved { .. }), "{first:?}");
    let profile = office.live().await;
    assert_eq!((profile.name.as_str(), profile.client.grant), ("Sandbox", GrantView::RefreshToken));
    assert_eq!(office.snapshot().sandbox, Some(format!("{}/", office.sandbox.url())));

    assert_eq!(office.ask(Request::TrySandbox).await, first, "a second click finds the first's");
    assert_eq!(office.barrier().await.profiles.len(), 1);
}

#[tokio::test]
async fn refresh_now_makes_one_request_however_often_it_is_clicked() {
    let office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    office.advance(std::time::Duration::from_secs(60));

    let held = glowjar_sandbox::Answer::Held { then: Box::new(glowjar_sandbox::Answer::Normal) };
    office.sandbox.next(Route::Token, held);
    for _ in 0..10 {
        office.refresh(&profile).await;
    }
    let busy = office.when("the button to be busy", |profile| !profile.can_refresh).await;
    assert_eq!(busy.phase, PhaseView::Refreshing);
    assert!(busy.can_copy, "the old token is good meanwhile");
    office.asked(2).await;
    office.sandbox.release();
    office.live().await;
    for _ in 0..10 {
        office.refresh(&profile).await;
    }
    office.barrier().await;
    assert_eq!(office.asked_so_far(), 2, "clicks right after a new token wait their turn");
}

fn secrets_sent(office: &TestApp) -> Vec<String> {
    let requests = office.sandbox.requests_to(Route::Token);
    requests
        .iter()
        .map(|request| request.field("client_secret").unwrap_or_default().to_owned())
        .collect()
}
