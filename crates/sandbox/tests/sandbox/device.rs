//! The device flow (RFC 8628): announced where it is turned on, strict about who asks too soon.

use std::time::Duration;

use glowjar_sandbox::{DeviceFlow, NATIVE_CLIENT_ID, Outcome, Sandbox, Settings};
use serde_json::Value;

use crate::ask::{bare_form, http, send, start, text, told};

async fn with_codes() -> Sandbox {
    start(Settings { device_flow: Some(DeviceFlow::default()), ..Settings::default() }).await
}

async fn begin(sandbox: &Sandbox) -> (u16, Value) {
    let fields = [("client_id", NATIVE_CLIENT_ID), ("scope", "openid,offline_access")];
    told(bare_form(sandbox, "/device_authorization", &fields)).await
}

async fn poll(sandbox: &Sandbox, code: &str) -> (u16, Value) {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let fields = [("grant_type", grant), ("client_id", NATIVE_CLIENT_ID), ("device_code", code)];
    told(bare_form(sandbox, "/ims/token/v3", &fields)).await
}

async fn decide(page: &str, decision: &str) {
    assert_eq!(send(http().get(format!("{page}&decision={decision}"))).await.status(), 200);
}

#[tokio::test]
async fn a_code_brings_a_token_once_and_only_after_a_person_agreed() {
    let sandbox = with_codes().await;
    let (status, begun) = begin(&sandbox).await;
    assert_eq!(status, 200);
    assert_eq!((&begun["interval"], &begun["expires_in"]), (&5.into(), &600.into()));
    let (code, page) = (text(&begun, "device_code"), text(&begun, "verification_uri_complete"));
    assert_eq!(poll(&sandbox, &code).await.1["error"], "authorization_pending");
    decide(&page, "allow").await;
    sandbox.advance(Duration::from_secs(5));
    let (status, granted) = poll(&sandbox, &code).await;
    assert_eq!(status, 200);
    assert!(sandbox.accepts(&text(&granted, "access_token")));
    assert!(sandbox.accepts(&text(&granted, "refresh_token")));
    let wrong: Vec<_> = sandbox.requests().iter().flat_map(|it| it.wrong.clone()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(poll(&sandbox, &code).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn who_asks_too_soon_is_told_to_slow_down_and_has_to_wait_longer_from_then_on() {
    let sandbox = with_codes().await;
    let code = text(&begin(&sandbox).await.1, "device_code");
    for (wait, error) in [
        (0, "authorization_pending"),
        (4, "slow_down"),
        (9, "slow_down"),
        (15, "authorization_pending"),
        (600, "expired_token"),
    ] {
        sandbox.advance(Duration::from_secs(wait));
        assert_eq!(poll(&sandbox, &code).await.1["error"], error, "after {wait} s");
    }
    let requests = sandbox.requests();
    let wrong = requests.iter().filter(|it| !it.wrong.is_empty()).count();
    assert_eq!(wrong, 2);
    assert!(requests.iter().skip(1).all(|it| it.answered.outcome == Outcome::Refused));
}

#[tokio::test]
async fn a_no_is_told_and_another_client_learns_nothing() {
    let sandbox = with_codes().await;
    let begun = begin(&sandbox).await.1;
    decide(&text(&begun, "verification_uri_complete"), "deny").await;
    let code = text(&begun, "device_code");
    assert_eq!(poll(&sandbox, &code).await.1["error"], "access_denied");
    assert_eq!(poll(&sandbox, "made-up").await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn without_the_setting_there_is_no_such_flow() {
    let sandbox = start(Settings::default()).await;
    let place = format!("{}/.well-known/openid-configuration", sandbox.url());
    assert_eq!(told(http().get(place)).await.1.get("device_authorization_endpoint"), None);
    assert_eq!(begin(&sandbox).await.0, 400);
    assert_eq!(poll(&sandbox, "made-up").await.1["error"], "unsupported_grant_type");
}
