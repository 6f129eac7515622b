//! Asking whether a token works: at the provider and at the Firefly gateway.

use std::time::Duration;

use glowjar_ims::{Access, AccessReport, AccessToken, Denial, Gateway, Provider, Verification};
use glowjar_lifecycle::failure::{Failure, RetryAfter, Transient};
use glowjar_sandbox::{
    AccessError, Answer, Gateway as Says, Portal, RetryAfter as Asked, Route, Sandbox,
};

use crate::far_end::{
    client, client_id, closed_port, endpoint, mint, provider, sandbox, sandbox_with,
};

async fn token(sandbox: &Sandbox) -> AccessToken {
    mint(&provider(sandbox)).await.unwrap().access_token
}

async fn access(sandbox: &Sandbox, token: &AccessToken) -> AccessReport {
    let gateway = provider(sandbox).gateway.unwrap();
    client().check_access(&gateway, &client_id(), token).await
}

async fn check(answer: Answer, expected: Access) -> AccessReport {
    let sandbox = sandbox().await;
    let token = token(&sandbox).await;
    sandbox.next(Route::Firefly, answer.clone());
    let report = access(&sandbox, &token).await;
    assert_eq!(report.access, expected, "{answer:?}");
    report
}

#[tokio::test]
async fn a_good_token_works_by_a_call_that_costs_nothing() {
    let sandbox = sandbox().await;
    let token = token(&sandbox).await;
    let report = access(&sandbox, &token).await;
    assert_eq!(report.access, Access::Works, "{report:?}");

    let arrived = &sandbox.requests_to(Route::Firefly)[0];
    assert_eq!((arrived.method.as_str(), arrived.path.as_str()), ("GET", "/v3/custom-models"));
    assert_eq!(arrived.query.as_deref(), Some("start=0&limit=1"));
    assert_eq!(arrived.header("x-api-key"), Some(client_id().as_str()));
    assert_eq!(arrived.header("authorization").unwrap(), format!("Bearer {}", token.expose()));
    assert_eq!(arrived.header("x-request-id").unwrap().len(), 32);
    assert_eq!(arrived.wrong, Vec::<String>::new());
}

#[tokio::test]
async fn each_of_the_gateways_answers_is_told_from_the_others() {
    for (says, expected) in [
        (Says::TokenNotValid, Access::TokenRejected),
        (Says::TokenMissing, Access::TokenMissing),
        (Says::ApiKeyMissing, Access::ClientRejected),
        (Says::ApiKeyInvalid, Access::ClientRejected),
        (Says::Access(AccessError::QuotaExhausted), Access::Denied(Denial::QuotaExhausted)),
        (Says::Access(AccessError::UserNonEntitled), Access::Denied(Denial::UserNotEntitled)),
        (Says::Access(AccessError::UserProfileDenied), Access::Denied(Denial::ProfileDenied)),
        (Says::Access(AccessError::InvalidImsScope), Access::Denied(Denial::ScopeMissing)),
        (Says::CannotValidate, Access::TokenUnchecked),
        (
            Says::TooManyRequests(Asked::Seconds(15)),
            Access::Throttled { retry_after: Some(RetryAfter::Delay(Duration::from_secs(15))) },
        ),
    ] {
        check(Answer::Gateway(says), expected).await;
    }
}

#[tokio::test]
async fn a_dead_token_may_be_answered_with_403_and_any_other_403_is_not_about_the_token() {
    let says = |body: &str, headers: &[(&str, &str)]| {
        let kind = ("content-type", "application/json");
        let headers = [&[kind], headers].concat();
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Answer::Raw { status: 403, headers: headers.collect(), body: body.into() }
    };
    for body in [
        r#"{"error_code":"401013","message":"Oauth token is not valid"}"#,
        r#"{"error_code":401013}"#,
        r#"{"error":"invalid_token","error_description":"expired"}"#,
        r#"{"error_code":"403","message":"Oauth token is not valid"}"#,
    ] {
        check(says(body, &[]), Access::TokenRejected).await;
    }
    check(says(r#"{"error":"insufficient_scope"}"#, &[]), Access::Forbidden).await;
    check(says(r#"{"message":"Access denied"}"#, &[]), Access::Forbidden).await;
    let quota = [("x-access-error", "quota_exhausted")];
    let body = r#"{"error":"invalid_token"}"#;
    check(says(body, &quota), Access::Denied(Denial::QuotaExhausted)).await;
}

#[tokio::test]
async fn error_codes_may_be_numbers() {
    let sandbox = sandbox_with(|settings| settings.error_code_is_number = true).await;
    let token = token(&sandbox).await;
    sandbox.next(Route::Firefly, Answer::Gateway(Says::CannotValidate));
    let report = access(&sandbox, &token).await;
    assert_eq!(report.access, Access::TokenUnchecked);
    assert_eq!(report.technical.error.as_deref(), Some("503010"));
}

#[tokio::test]
async fn other_trouble_says_nothing_about_the_token() {
    let unreachable = |cause| Access::Unreachable(Failure::transient(cause));
    check(Answer::Portal(Portal::Page), unreachable(Transient::CaptivePortal)).await;
    check(Answer::Portal(Portal::Error { status: 401 }), unreachable(Transient::CaptivePortal))
        .await;
    check(Answer::Portal(Portal::Redirect), unreachable(Transient::CaptivePortal)).await;
    check(Answer::Unavailable, unreachable(Transient::Server)).await;
    check(Answer::Garbage, unreachable(Transient::BrokenReply)).await;
    check(Answer::Cut, unreachable(Transient::Connect)).await;
    check(Answer::Empty { status: 403 }, Access::Forbidden).await;
    check(Answer::Empty { status: 401 }, Access::TokenRejected).await;
}

#[tokio::test]
async fn f10_a_token_the_server_no_longer_takes_is_rejected() {
    let sandbox = sandbox().await;
    let token = token(&sandbox).await;
    sandbox.revoke_access_tokens();
    assert_eq!(access(&sandbox, &token).await.access, Access::TokenRejected);
}

#[tokio::test]
async fn the_provider_verifies_its_own_tokens() {
    let sandbox = sandbox().await;
    let provider = provider(&sandbox);
    let token = token(&sandbox).await;
    assert_eq!(client().verify(&provider, &client_id(), &token).await, Verification::Valid);
    assert_eq!(sandbox.requests_to(Route::Validate)[0].wrong, Vec::<String>::new());

    sandbox.revoke_access_tokens();
    let verification = client().verify(&provider, &client_id(), &token).await;
    assert!(matches!(verification, Verification::Invalid { .. }), "{verification:?}");
}

#[tokio::test]
async fn no_answer_is_no_verdict() {
    let sandbox = sandbox().await;
    let provider = provider(&sandbox);
    let token = token(&sandbox).await;
    for answer in [
        Answer::InternalError,
        Answer::Unavailable,
        Answer::Portal(Portal::Page),
        Answer::Cut,
        Answer::Garbage,
        Answer::Empty { status: 200 },
    ] {
        sandbox.next(Route::Validate, answer.clone());
        let verification = client().verify(&provider, &client_id(), &token).await;
        assert_eq!(verification, Verification::Unknown, "{answer:?}");
    }
    let nowhere = endpoint(&format!("http://127.0.0.1:{}", closed_port().await));
    let without_endpoint = Provider::custom(nowhere);
    assert_eq!(
        client().verify(&without_endpoint, &client_id(), &token).await,
        Verification::Unknown
    );
}

#[tokio::test]
async fn f33_neither_report_nor_reason_shows_an_echoed_token() {
    let sandbox = sandbox().await;
    let token = token(&sandbox).await;
    let body = format!(
        r#"{{"valid":false,"reason":"bad {0}","error_code":"{0}","message":"{0}"}}"#,
        token.expose()
    );
    let answer = Answer::Raw { status: 200, headers: vec![], body: body.clone() };
    sandbox.next(Route::Validate, answer);
    let verification = client().verify(&provider(&sandbox), &client_id(), &token).await;
    let headers = vec![
        ("x-access-error".to_owned(), token.expose().to_owned()),
        ("x-request-id".to_owned(), token.expose().to_owned()),
    ];
    sandbox.next(Route::Firefly, Answer::Raw { status: 403, headers, body });
    let report = access(&sandbox, &token).await;
    let shown = format!("{verification:?} {report:?}");
    assert!(shown.contains("[hidden]") && !shown.contains(&token.expose()[..8]), "{shown}");
}

#[tokio::test]
async fn a_provider_may_have_no_gateway() {
    assert_eq!(Provider::custom(endpoint("https://id.example/token")).gateway, None);
    assert!(Gateway::new(endpoint("https://id.example")).is_err());
}
