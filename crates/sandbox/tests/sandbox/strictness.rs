//! What is refused, with which error, and whether the words name the mistake.

use glowjar_sandbox::{
    CLIENT_ID, CLIENT_SECRET, NATIVE_CLIENT_ID, Outcome, Sandbox, Settings, WEB_CLIENT_ID,
};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::ask::{bare_form, form, http, mint, send, start, told};

/// Sends, and checks status 400, `error`, and the words of what was wrong.
async fn refused(sandbox: &Sandbox, request: RequestBuilder, error: &str, words: &str) {
    let (status, body) = told(request).await;
    assert_eq!((status, body["error"].as_str()), (400, Some(error)), "{words}");
    let last = sandbox.requests().pop().expect("recorded");
    assert_eq!(last.answered.outcome, Outcome::Refused);
    assert!(
        last.wrong.iter().any(|wrong| wrong.contains(words)),
        "{words} is not among {:?}",
        last.wrong
    );
    assert!(
        !format!("{last} {last:?} {:?}", last.wrong).contains(CLIENT_SECRET),
        "a secret in words"
    );
}

/// This text as form body.
fn raw(sandbox: &Sandbox, body: impl Into<String>) -> RequestBuilder {
    let url = format!("{}/ims/token/v3", sandbox.url());
    http().post(url).header("content-type", "application/x-www-form-urlencoded").body(body.into())
}

fn with_secret(sandbox: &Sandbox, secret: &str) -> RequestBuilder {
    bare_form(
        sandbox,
        "/ims/token/v3",
        &[
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT_ID),
            ("client_secret", secret),
        ],
    )
}

#[tokio::test]
async fn a_wrong_credential_gets_adobes_own_words() {
    let sandbox = start(Settings::default()).await;
    let (status, body) = told(with_secret(&sandbox, "nonsense")).await;
    assert_eq!(
        (status, body),
        (
            400,
            json!({ "error": "invalid_client", "error_description": "invalid client_secret parameter" })
        )
    );
    let stranger = bare_form(
        &sandbox,
        "/ims/token/v3",
        &[("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "y")],
    );
    let (status, body) = told(stranger).await;
    assert_eq!(
        (status, body),
        (
            400,
            json!({ "error": "invalid_client", "error_description": "invalid client_id parameter" })
        )
    );
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", NATIVE_CLIENT_ID),
        ("client_secret", "y"),
        ("refresh_token", "z"),
    ];
    let (status, body) = told(bare_form(&sandbox, "/ims/token/v3", &fields)).await;
    assert_eq!(
        (status, body),
        (
            400,
            json!({ "error": "invalid_client", "error_description": "unexpected client_secret parameter" })
        )
    );
}

#[tokio::test]
async fn f32_a_badly_encoded_secret_is_told_from_a_wrong_one() {
    let sandbox = start(Settings::default()).await;
    let once: String = url::form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    for (secret, words) in [
        ("nonsense", "client_secret is wrong"),
        (&format!(" {CLIENT_SECRET}\n"), "white space around client_secret"),
        (&CLIENT_SECRET.replace('+', " "), "decoded once too often"),
        (&once, "percent-encoded twice"),
        (CLIENT_SECRET.split('&').next().expect("a part"), "ends where an & was"),
    ] {
        refused(&sandbox, with_secret(&sandbox, secret), "invalid_client", words).await;
    }
    // As the official SDK does it: pasted into the body as it is.
    let unencoded = format!(
        "grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
    );
    refused(&sandbox, raw(&sandbox, unencoded), "invalid_client", "ends where an & was").await;
    let basic = bare_form(&sandbox, "/ims/token/v3", &[("grant_type", "client_credentials")])
        .basic_auth(CLIENT_ID, Some(CLIENT_SECRET));
    refused(&sandbox, basic, "invalid_client", "was not form-urlencoded before HTTP Basic").await;
}

#[tokio::test]
async fn each_endpoint_insists_on_its_encoding() {
    let sandbox = start(Settings::default()).await;
    let json = json!({ "grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
    let to_ims = http().post(format!("{}/ims/token/v3", sandbox.url())).json(&json);
    refused(
        &sandbox,
        to_ims,
        "invalid_request",
        "takes application/x-www-form-urlencoded, not application/json",
    )
    .await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
    ];
    let to_tutorial = bare_form(&sandbox, "/oauth/token", &fields);
    refused(
        &sandbox,
        to_tutorial,
        "invalid_request",
        "takes application/json, not application/x-www-form-urlencoded",
    )
    .await;
    let number =
        http().post(format!("{}/oauth/token", sandbox.url())).json(&json!({ "grant_type": 1 }));
    refused(&sandbox, number, "invalid_request", "grant_type is not a string").await;
}

#[tokio::test]
async fn a_careless_form_is_refused() {
    let sandbox = start(Settings::default()).await;
    let start = format!("grant_type=client_credentials&client_id={CLIENT_ID}");
    refused(
        &sandbox,
        raw(&sandbox, format!("{start}&client_secret=100%")),
        "invalid_request",
        "percent-encoded",
    )
    .await;
    refused(
        &sandbox,
        raw(&sandbox, format!("{start}&client_id=other")),
        "invalid_request",
        "client_id is repeated",
    )
    .await;
    refused(
        &sandbox,
        raw(&sandbox, format!("client_id={CLIENT_ID}")),
        "unsupported_grant_type",
        "grant_type is missing",
    )
    .await;
    refused(&sandbox, raw(&sandbox, start), "invalid_client", "client_secret is missing").await;
    refused(
        &sandbox,
        raw(&sandbox, "grant_type=password"),
        "unsupported_grant_type",
        "nobody knows this grant_type",
    )
    .await;
}

#[tokio::test]
async fn a_client_gets_only_what_it_may() {
    let sandbox = start(Settings::default()).await;
    let mint_publicly = bare_form(
        &sandbox,
        "/ims/token/v3",
        &[("grant_type", "client_credentials"), ("client_id", NATIVE_CLIENT_ID)],
    );
    refused(
        &sandbox,
        mint_publicly,
        "unauthorized_client",
        "may not use the grant client_credentials",
    )
    .await;
    let scoped = |scope| form(&sandbox, &[("grant_type", "client_credentials"), ("scope", scope)]);
    refused(&sandbox, scoped("openid,firefly_enterprise"), "invalid_scope", "does not have").await;
    refused(&sandbox, scoped("openid,adobeid"), "invalid_scope", "wrong case").await;
    refused(&sandbox, scoped(","), "invalid_scope", "scope is empty").await;
    assert_eq!(send(scoped("openid AdobeID")).await.status(), 200);
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_client() {
    let sandbox = start(Settings::default()).await;
    let token = sandbox.issue_refresh_token(WEB_CLIENT_ID);
    let refresh = form(&sandbox, &[("grant_type", "refresh_token"), ("refresh_token", &token)]);
    refused(&sandbox, refresh, "invalid_grant", "issued to another client").await;
    let refresh = form(&sandbox, &[("grant_type", "refresh_token"), ("refresh_token", "nonsense")]);
    refused(&sandbox, refresh, "invalid_grant", "not a token of this sandbox").await;
    let refresh = form(&sandbox, &[("grant_type", "refresh_token"), ("refresh_token", "")]);
    refused(&sandbox, refresh, "invalid_request", "refresh_token is empty").await;
}

#[tokio::test]
async fn a_secret_in_the_query_or_shown_twice_is_refused() {
    let sandbox = start(Settings::default()).await;
    let url = format!("{}/ims/token/v3?client_secret=x", sandbox.url());
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
    ];
    refused(
        &sandbox,
        http().post(url).form(&fields),
        "invalid_request",
        "client_secret is in the query",
    )
    .await;
    refused(
        &sandbox,
        mint(&sandbox).basic_auth(CLIENT_ID, Some("x")),
        "invalid_request",
        "authenticates twice",
    )
    .await;
}

fn anonymous() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client")
}

#[tokio::test]
async fn what_is_merely_odd_is_granted_and_remarked() {
    let sandbox = start(Settings::default()).await;
    let odd = anonymous().post(format!("{}/ims/token/v3", sandbox.url()));
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("scopes", "openid"),
    ];
    assert_eq!(send(odd.form(&fields)).await.status(), 200);
    let wrong = &sandbox.requests()[0].wrong;
    assert_eq!(wrong, &["the request has no user-agent", "nobody asked for a field scopes"]);
}

#[tokio::test]
async fn wrong_methods_unknown_paths_and_huge_bodies_are_turned_away() {
    let sandbox = start(Settings::default()).await;
    let at = |path: &str| format!("{}{path}", sandbox.url());
    let response = send(http().get(at("/ims/token/v3"))).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["allow"]),
        (405, &"POST".parse().expect("a value"))
    );
    assert_eq!(send(http().post(at("/oauth/v2/token"))).await.status(), 404);
    let huge = http().post(at("/ims/token/v3")).body("a".repeat(2 * 1024 * 1024)).send().await;
    // The sandbox does not read on, so the client may still be writing when the connection ends.
    assert!(huge.is_err() || huge.is_ok_and(|response| response.status() == 413));
    let requests = sandbox.wait_for_requests(3).await;
    assert_eq!(requests[2].answered.status, Some(413));
    assert_eq!((requests[1].route, requests[1].answered.status), (None, Some(404)));
}
