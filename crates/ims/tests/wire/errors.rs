//! Replies that bring no token.

use std::time::Duration;

use glowjar_ims::{ClientAuthentication, Provider, RequestError};
use glowjar_lifecycle::failure::{Failure, Permanent, RetryAfter, Transient};
use glowjar_sandbox::{
    Answer, CLIENT_ID, CLIENT_SECRET, DateHeader, Portal, Refusal, RetryAfter as Asked, Route,
    SEED_REFRESH_TOKEN,
};

use crate::far_end::{
    RawServer, client, endpoint, http, mint, mint_with, provider, refresh, sandbox, sandbox_with,
};

async fn answered(answer: Answer) -> RequestError {
    let sandbox = sandbox().await;
    sandbox.next(Route::Token, answer);
    let refresh_token = sandbox.issue_refresh_token(CLIENT_ID);
    let error = refresh(&provider(&sandbox), &refresh_token).await.unwrap_err();
    assert_eq!(sandbox.requests().len(), 1, "one request, whatever comes back");
    error
}

async fn raw(status: &str, headers: &str, body: &str) -> Failure {
    let server = RawServer::start(http(status, headers, body)).await;
    mint(&server.provider()).await.unwrap_err().failure
}

const fn later(cause: Transient) -> Failure {
    Failure::transient(cause)
}

#[tokio::test]
async fn each_of_adobes_refusals_is_told_from_the_others() {
    for refusal in Refusal::ALL {
        let expected = match refusal {
            Refusal::WrongClientSecret => Permanent::SecretRejected,
            Refusal::WrongClientId => Permanent::ClientRejected,
            Refusal::UnexpectedClientSecret => Permanent::SecretNotWanted,
            Refusal::InvalidRequest => Permanent::RequestRejected,
            Refusal::InvalidGrant | Refusal::InvalidToken | Refusal::AccessDenied => {
                Permanent::RefreshTokenRejected
            }
            Refusal::InvalidScope => Permanent::ScopeRejected,
            Refusal::UnauthorizedClient | Refusal::UnsupportedGrantType => {
                Permanent::GrantNotAllowed
            }
            Refusal::AccountTerms | Refusal::AccountEmail | Refusal::AccountAction => {
                Permanent::AccountAction
            }
        };
        let error = answered(Answer::Refusal(refusal)).await;
        assert_eq!(error.failure, Failure::Permanent(expected), "{refusal:?}");
        assert_eq!(error.technical.error.as_deref(), Some(refusal.error()));
        assert_eq!(error.technical.status, Some(400));
        assert!(error.technical.request_id.is_some());
    }
}

#[tokio::test]
async fn f19_a_wrong_secret_is_the_secrets_fault() {
    let sandbox = sandbox().await;
    let error = mint_with(&client(), &provider(&sandbox), "p8e-not-the-one").await.unwrap_err();
    assert_eq!(error.failure, Failure::Permanent(Permanent::SecretRejected));
    assert!(error.to_string().starts_with("the client secret was rejected"), "{error}");
}

#[tokio::test]
async fn the_error_string_decides_and_not_the_status() {
    let json = "content-type: application/json\r\n";
    for status in ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "500 Oops"] {
        assert_eq!(
            raw(status, json, r#"{"error":"invalid_scope"}"#).await,
            Failure::Permanent(Permanent::ScopeRejected),
            "{status}"
        );
    }
    assert_eq!(
        raw("400 Bad Request", json, r#"{"error":"server_error"}"#).await,
        later(Transient::Server)
    );
    assert_eq!(
        raw("400 Bad Request", json, r#"{"error":"something_new"}"#).await,
        Failure::Permanent(Permanent::RequestRejected)
    );
    assert_eq!(
        raw("503 Busy", json, r#"{"error":"something_new"}"#).await,
        later(Transient::Server)
    );
}

#[tokio::test]
async fn invalid_client_without_words_suspects_the_secret_if_one_was_sent() {
    let server =
        RawServer::start(http("401 Unauthorized", "", r#"{"error":"invalid_client"}"#)).await;
    let with_secret = server.provider();
    let without =
        Provider { client_authentication: ClientAuthentication::None, ..server.provider() };
    for (provider, expected) in
        [(with_secret, Permanent::SecretRejected), (without, Permanent::ClientRejected)]
    {
        let error = mint(&provider).await.unwrap_err();
        assert_eq!(error.failure, Failure::Permanent(expected));
    }
}

#[tokio::test]
async fn without_a_refresh_token_invalid_grant_is_not_its_fault() {
    assert_eq!(
        raw("400 Bad Request", "", r#"{"error":"invalid_grant"}"#).await,
        Failure::Permanent(Permanent::GrantNotAllowed)
    );
}

#[tokio::test]
async fn f13_retry_after_is_passed_on_exactly() {
    let check = async |asked, expected: Option<u64>| {
        let failure = answered(Answer::Throttled(asked)).await.failure;
        let retry_after = expected.map(|seconds| RetryAfter::Delay(Duration::from_secs(seconds)));
        assert_eq!(failure, Failure::Transient { cause: Transient::Throttled, retry_after });
    };
    check(Asked::Seconds(120), Some(120)).await;
    check(Asked::Seconds(3_244), Some(3_244)).await;
    check(Asked::DateIn { wait: Duration::from_secs(90) }, Some(90)).await;
    check(Asked::Missing, None).await;
}

#[tokio::test]
async fn f13_other_trouble_may_ask_for_patience_too() {
    assert_eq!(
        raw("503 Busy", "retry-after: 7\r\n", "").await,
        Failure::Transient {
            cause: Transient::Server,
            retry_after: Some(RetryAfter::Delay(Duration::from_secs(7)))
        }
    );
}

#[tokio::test]
async fn f14_a_captive_portal_is_not_a_verdict() {
    for portal in [
        Portal::Page,
        Portal::Redirect,
        Portal::Error { status: 400 },
        Portal::Error { status: 401 },
        Portal::Error { status: 403 },
        Portal::Error { status: 404 },
        Portal::Error { status: 511 },
    ] {
        let error = answered(Answer::Portal(portal)).await;
        assert_eq!(error.failure, later(Transient::CaptivePortal), "{portal:?}");
    }
    let page = "<!doctype html><title>Welcome</title>";
    assert_eq!(
        raw("200 OK", "content-type: text/plain\r\n", page).await,
        later(Transient::CaptivePortal)
    );
    assert_eq!(
        raw("200 OK", "content-type: text/html\r\n", "Welcome").await,
        later(Transient::CaptivePortal)
    );
}

#[tokio::test]
async fn f15_a_broken_reply_is_not_a_verdict_either() {
    for answer in [
        Answer::ErrorInside200,
        Answer::NoAccessToken,
        Answer::Garbage,
        Answer::Truncated,
        Answer::Empty { status: 200 },
        Answer::Empty { status: 204 },
        Answer::Empty { status: 400 },
    ] {
        let error = answered(answer.clone()).await;
        assert_eq!(error.failure, later(Transient::BrokenReply), "{answer:?}");
    }
    for body in ["", "null", "[]", "\"x\"", "{", r#"{"access_token":"a","error":"invalid_grant"}"#]
    {
        assert_eq!(raw("200 OK", "", body).await, later(Transient::BrokenReply), "{body}");
    }
}

/// Found by fuzzing: a refusal that was torn on its way once stopped a profile for good.
#[tokio::test]
async fn f15_a_refusal_that_is_torn_is_no_verdict() {
    let json = "content-type: application/json\r\n";
    for torn in [r#"{"error":"invalid_cl"#, r#"ror":"invalid_client"}"#, "[]", "null"] {
        assert_eq!(raw("400 Bad", json, torn).await, later(Transient::BrokenReply), "{torn}");
    }
    assert_eq!(raw("400 Bad", "", r#"{"error":"#).await, later(Transient::BrokenReply));
    let words = raw("400 Bad", "content-type: text/plain\r\n", "no such client").await;
    assert_eq!(words, Failure::Permanent(Permanent::RequestRejected), "words are an answer");
}

#[tokio::test]
async fn f20_the_servers_trouble_is_the_servers() {
    for answer in [
        Answer::InternalError,
        Answer::BadGateway,
        Answer::Unavailable,
        Answer::Empty { status: 500 },
        Answer::Empty { status: 408 },
    ] {
        let error = answered(answer.clone()).await;
        assert_eq!(error.failure, later(Transient::Server), "{answer:?}");
    }
}

#[tokio::test]
async fn f09_an_error_reply_tells_the_time_as_well() {
    let date = DateHeader::Behind(Duration::from_secs(420));
    let sandbox = sandbox_with(|settings| settings.date = date).await;
    sandbox.next(Route::Token, Answer::InternalError);
    let error = mint(&provider(&sandbox)).await.unwrap_err();
    assert_eq!(error.skew.unwrap().ahead_millis(), 420_000);
}

#[tokio::test]
async fn a_wrong_path_is_no_token_endpoint() {
    let sandbox = sandbox().await;
    let error =
        mint(&Provider::custom(endpoint(&format!("{}/nowhere", sandbox.url())))).await.unwrap_err();
    assert_eq!(error.failure, Failure::Permanent(Permanent::EndpointMissing));
    assert_eq!(raw("405 No", "", "").await, Failure::Permanent(Permanent::EndpointMissing));
    assert_eq!(
        raw("308 Moved", "location: /elsewhere\r\n", "").await,
        Failure::Permanent(Permanent::EndpointMissing)
    );
}

#[tokio::test]
async fn f27_a_redirect_is_not_followed() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let other = RawServer::start(http("200 OK", "", r#"{"access_token":"stolen"}"#)).await;
        let location =
            format!("location: {}/token\r\n", other.url.replace("127.0.0.1", "localhost"));
        assert_eq!(raw(status, &location, "").await, later(Transient::CaptivePortal), "{status}");
        assert_eq!(other.connections(), 0);
    }
}

#[tokio::test]
async fn f33_an_echoing_server_gives_nothing_away() {
    for provider in [
        |url: &str| Provider::sandbox(&endpoint(url)),
        |url: &str| Provider::tutorial(&endpoint(url)),
    ] {
        let sandbox = sandbox().await;
        sandbox.next(Route::Token, Answer::EchoedForm);
        let provider = provider(&sandbox.url());
        let error = refresh(&provider, SEED_REFRESH_TOKEN).await.unwrap_err();
        assert_eq!(error.failure, Failure::Permanent(Permanent::RequestRejected));
        let shown = format!("{error} {error:?} {:?}", error.technical);
        for secret in [CLIENT_SECRET, SEED_REFRESH_TOKEN] {
            for part in [&secret[..8], &secret[8..16], &secret[secret.len() - 8..]] {
                assert!(!shown.contains(part), "{shown}");
            }
        }
        assert!(error.technical.description.unwrap().contains("[hidden]"));
    }
}
