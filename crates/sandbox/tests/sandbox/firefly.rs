//! The stand-in for the Firefly API and the gateway before it.

use std::time::Duration;

use glowjar_sandbox::{
    AccessError, Answer, CLIENT_ID, Gateway, RetryAfter, Route, Sandbox, Settings, WEB_CLIENT_ID,
};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::ask::{access_token, http, send, start, told};

fn ask(sandbox: &Sandbox) -> RequestBuilder {
    http()
        .get(format!("{}/v3/custom-models?start=0&limit=1", sandbox.url()))
        .header("x-request-id", "1")
}

#[tokio::test]
async fn a_live_token_with_its_client_id_gets_in() {
    let sandbox = start(Settings::default()).await;
    let token = access_token(&sandbox).await;
    let (status, body) =
        told(ask(&sandbox).bearer_auth(token).header("x-api-key", CLIENT_ID)).await;
    assert_eq!((status, &body["total_count"]), (200, &json!(0)));
    assert_eq!(sandbox.requests_to(Route::Firefly)[0].wrong, Vec::<String>::new());
}

#[tokio::test]
async fn each_lack_gets_the_gateways_own_words() {
    let sandbox = start(Settings::default()).await;
    let token = access_token(&sandbox).await;
    for (request, status, code, message) in [
        (ask(&sandbox).bearer_auth(&token), 403, "403000", "Api Key is required"),
        (
            ask(&sandbox).bearer_auth(&token).header("x-api-key", "stranger"),
            403,
            "403003",
            "Api Key is invalid",
        ),
        (
            ask(&sandbox).bearer_auth(&token).header("x-api-key", WEB_CLIENT_ID),
            403,
            "403003",
            "Api Key is invalid",
        ),
        (ask(&sandbox).header("x-api-key", CLIENT_ID), 403, "403010", "Oauth token is missing"),
        (
            ask(&sandbox).bearer_auth("junk").header("x-api-key", CLIENT_ID),
            401,
            "401013",
            "Oauth token is not valid",
        ),
    ] {
        assert_eq!(
            told(request).await,
            (status, json!({ "error_code": code, "message": message }))
        );
    }
    sandbox.change(|settings| settings.error_code_is_number = true);
    let request = ask(&sandbox).header("x-api-key", CLIENT_ID);
    assert_eq!(told(request).await.1["error_code"], json!(403_010));
}

#[tokio::test]
async fn f10_an_expired_or_revoked_token_is_not_let_in() {
    let sandbox =
        start(Settings { access_token_lifetime: Duration::from_secs(60), ..Settings::default() })
            .await;
    let get = |token: &str| ask(&sandbox).bearer_auth(token).header("x-api-key", CLIENT_ID);
    let token = access_token(&sandbox).await;
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(told(get(&token)).await.1["error_code"], "401013");
    let token = access_token(&sandbox).await;
    sandbox.revoke_access_tokens();
    assert_eq!(told(get(&token)).await.1["error_code"], "401013");
    assert!(
        sandbox.requests().pop().expect("recorded").wrong.contains(&"it was revoked".to_owned())
    );
}

#[tokio::test]
async fn every_word_of_the_gateway_can_be_scripted() {
    let sandbox = start(Settings::default()).await;
    for (gateway, status, code, header) in [
        (Gateway::TokenNotValid, 401, "401013", None),
        (Gateway::TokenMissing, 403, "403010", None),
        (Gateway::ApiKeyMissing, 403, "403000", None),
        (Gateway::ApiKeyInvalid, 403, "403003", None),
        (Gateway::CannotValidate, 503, "503010", None),
        (
            Gateway::TooManyRequests(RetryAfter::Seconds(60)),
            429,
            "429050",
            Some(("retry-after", "60")),
        ),
        (
            Gateway::Access(AccessError::QuotaExhausted),
            403,
            "access_error",
            Some(("x-access-error", "quota_exhausted")),
        ),
        (
            Gateway::Access(AccessError::UserNonEntitled),
            403,
            "access_error",
            Some(("x-access-error", "user_non_entitled")),
        ),
        (
            Gateway::Access(AccessError::UserProfileDenied),
            403,
            "access_error",
            Some(("x-access-error", "user_profile_denied")),
        ),
        (
            Gateway::Access(AccessError::InvalidImsScope),
            403,
            "access_error",
            Some(("x-access-error", "invalid_ims_scope")),
        ),
    ] {
        sandbox.next(Route::Firefly, Answer::Gateway(gateway));
        let response = send(ask(&sandbox)).await;
        assert_eq!(response.status(), status);
        if let Some((name, value)) = header {
            assert_eq!(response.headers()[name], value);
        }
        let body: serde_json::Value = response.json().await.expect("JSON");
        assert_eq!(body["error_code"], code);
    }
}
