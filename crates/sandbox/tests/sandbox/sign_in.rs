//! The browser sign-in: page, redirect, code, PKCE.

use glowjar_sandbox::{NATIVE_CLIENT_ID, Outcome, Sandbox, Settings, WEB_CLIENT_ID};
use serde_json::Value;
use url::Url;

use crate::ask::{bare_form, http, send, start, text, told};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://localhost:8443/back";

fn page(sandbox: &Sandbox, changes: &[(&str, &str)]) -> Url {
    let mut fields = vec![
        ("client_id", NATIVE_CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid,AdobeID,firefly_api,offline_access"),
        ("state", "s1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        fields.retain(|(kept, _)| kept != name);
        fields.extend((!value.is_empty()).then_some((*name, *value)));
    }
    Url::parse_with_params(&format!("{}/ims/authorize/v2", sandbox.url()), fields).expect("a URL")
}

/// Where the sign-in sends the browser, as the fields of that URL.
async fn sent_back(url: Url) -> Vec<(String, String)> {
    let response = send(http().get(url)).await;
    assert_eq!(response.status(), 302);
    let to = Url::parse(response.headers()["location"].to_str().expect("text")).expect("a URL");
    assert!(to.as_str().starts_with(REDIRECT), "{to}");
    to.query_pairs().into_owned().collect()
}

async fn code(sandbox: &Sandbox, changes: &[(&str, &str)]) -> String {
    let back = sent_back(page(sandbox, &[changes, &[("decision", "allow")]].concat())).await;
    assert_eq!(back[1], ("state".to_owned(), "s1".to_owned()));
    assert_eq!(back[0].0, "code");
    back[0].1.clone()
}

async fn redeem(sandbox: &Sandbox, code: &str, redirect: &str, verifier: &str) -> (u16, Value) {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", NATIVE_CLIENT_ID),
        ("code", code),
        ("redirect_uri", redirect),
        ("code_verifier", verifier),
    ];
    told(bare_form(sandbox, "/ims/token/v3", &fields)).await
}

#[tokio::test]
async fn a_sign_in_ends_in_a_refresh_token() {
    let sandbox = start(Settings::default()).await;
    let response = send(http().get(page(&sandbox, &[]))).await;
    assert_eq!(response.status(), 200);
    let html = response.text().await.expect("text");
    let allow = html
        .split("id=\"allow\" href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link");
    let back = sent_back(
        Url::parse(&format!("{}{}", sandbox.url(), allow.replace("&amp;", "&"))).expect("a URL"),
    )
    .await;

    let (status, body) = redeem(&sandbox, &back[0].1, REDIRECT, VERIFIER).await;
    assert_eq!(status, 200, "{body:?}");
    let token = text(&body, "refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", NATIVE_CLIENT_ID),
        ("refresh_token", &token),
    ];
    assert_eq!(send(bare_form(&sandbox, "/ims/token/v3", &fields)).await.status(), 200);
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let sandbox = start(Settings::default()).await;
    let code = code(&sandbox, &[("scope", "openid")]).await;
    let (status, body) = redeem(&sandbox, &code, REDIRECT, VERIFIER).await;
    assert_eq!(status, 200);
    assert!(body.get("refresh_token").is_none());
}

#[tokio::test]
async fn a_code_is_good_once_for_its_own_redirect_and_verifier() {
    let sandbox = start(Settings::default()).await;
    let other = "A".repeat(43);
    for (redirect, verifier, words) in [
        ("https://localhost:8443/other", VERIFIER, "redirect_uri is not"),
        (REDIRECT, other.as_str(), "does not fit"),
        (REDIRECT, "short", "43 to 128"),
    ] {
        let code = code(&sandbox, &[]).await;
        assert_eq!(redeem(&sandbox, &code, redirect, verifier).await.1["error"], "invalid_grant");
        assert!(sandbox.requests().pop().expect("recorded").wrong[0].contains(words));
        assert_eq!(
            redeem(&sandbox, &code, REDIRECT, VERIFIER).await.1["error"],
            "invalid_grant",
            "used up"
        );
    }
}

#[tokio::test]
async fn a_person_may_deny() {
    let sandbox = start(Settings::default()).await;
    let back = sent_back(page(&sandbox, &[("decision", "deny")])).await;
    assert_eq!(back[0], ("error".to_owned(), "access_denied".to_owned()));
}

#[tokio::test]
async fn a_bad_request_goes_back_with_its_error_or_to_a_page() {
    let sandbox = start(Settings::default()).await;
    for (change, error) in [
        (("code_challenge_method", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("state", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "nonsense"), "invalid_scope"),
    ] {
        let back = sent_back(page(&sandbox, &[change])).await;
        assert_eq!(back[0], ("error".to_owned(), error.to_owned()), "{change:?}");
        assert_eq!(sandbox.requests().pop().expect("recorded").answered.outcome, Outcome::Refused);
    }
    for change in
        [("client_id", "stranger"), ("redirect_uri", "http://example.com/"), ("redirect_uri", "")]
    {
        assert_eq!(send(http().get(page(&sandbox, &[change]))).await.status(), 400, "{change:?}");
    }
}

#[tokio::test]
async fn adobes_own_scheme_is_a_redirect_too() {
    let sandbox = start(Settings::default()).await;
    let scheme = format!("adobe+{}://adobeid/{WEB_CLIENT_ID}", "0f".repeat(20));
    let url = page(
        &sandbox,
        &[("client_id", WEB_CLIENT_ID), ("redirect_uri", &scheme), ("decision", "allow")],
    );
    let response = send(http().get(url)).await;
    assert!(
        response.headers()["location"]
            .to_str()
            .expect("text")
            .starts_with(&format!("{scheme}?code="))
    );
}
