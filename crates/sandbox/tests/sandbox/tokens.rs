//! What is granted, and in which shape; validate, revoke, userinfo, discovery.

use std::time::Duration;

use glowjar_sandbox::{
    CLIENT_ID, CLIENT_SECRET, DateHeader, ExpiresIn, NATIVE_CLIENT_ID, Outcome, Route,
    STANDBY_SECRET, Sandbox, ScopeShape, Settings, TokenForm, TokenType, WEB_CLIENT_ID,
    WEB_CLIENT_SECRET,
};
use serde_json::{Value, json};

use crate::ask::{access_token, bare_form, form, http, mint, refresh, send, start, text, told};

#[tokio::test]
async fn a_mint_is_answered_as_adobe_does() {
    let sandbox = start(Settings::default()).await;
    let response = send(mint(&sandbox)).await;
    assert!(response.headers().contains_key("x-debug-id"));
    assert_eq!(response.headers()["date"], "Thu, 01 Jan 2026 00:00:00 GMT");
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 86_399);
    assert!(body.get("refresh_token").is_none());
    assert!(body.get("scope").is_none());
    assert!(text(&body, "access_token").len() > 1_100);

    let requests = sandbox.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].wrong, Vec::<String>::new());
    assert_eq!(requests[0].answered.outcome, Outcome::Granted);
    assert_eq!(requests[0].field("client_secret"), Some(CLIENT_SECRET));
    assert_eq!(requests[0].header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn the_tutorials_request_is_taken_to_the_letter() {
    let sandbox = start(Settings::default()).await;
    let old = sandbox.issue_refresh_token(CLIENT_ID);
    let body = json!({ "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "refresh_token": old, "grant_type": "refresh_token" });
    let (status, granted) =
        told(http().post(format!("{}/oauth/token", sandbox.url())).json(&body)).await;
    assert_eq!(status, 200);
    assert!(sandbox.accepts(&text(&granted, "access_token")));
    assert!(sandbox.accepts(&text(&granted, "refresh_token")));

    let request = &sandbox.requests_to(Route::Token)[0];
    assert_eq!(request.wrong, Vec::<String>::new());
    assert_eq!(serde_json::from_slice::<Value>(&request.body).expect("JSON"), body);
    assert_eq!(request.answered.outcome, Outcome::Rotated);
}

#[tokio::test]
async fn the_tutorials_endpoint_also_mints() {
    let sandbox = start(Settings::default()).await;
    let body = json!({ "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials" });
    let (status, granted) =
        told(http().post(format!("{}/oauth/token", sandbox.url())).json(&body)).await;
    assert_eq!((status, &granted["token_type"]), (200, &json!("bearer")));
}

#[tokio::test]
async fn either_secret_is_taken_and_http_basic_as_well() {
    let sandbox = start(Settings::default()).await;
    let standby = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_secret", STANDBY_SECRET),
    ];
    assert_eq!(send(bare_form(&sandbox, "/ims/token/v3", &standby)).await.status(), 200);

    let encoded: String = url::form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    let basic = bare_form(&sandbox, "/ims/token/v3", &[("grant_type", "client_credentials")])
        .basic_auth(CLIENT_ID, Some(encoded));
    assert_eq!(send(basic).await.status(), 200);
}

#[tokio::test]
async fn a_public_client_refreshes_without_a_secret() {
    let sandbox = start(Settings::default()).await;
    let token = sandbox.issue_refresh_token(NATIVE_CLIENT_ID);
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", NATIVE_CLIENT_ID),
        ("refresh_token", &token),
    ];
    assert_eq!(send(bare_form(&sandbox, "/ims/token/v3", &fields)).await.status(), 200);
}

#[tokio::test]
async fn a_web_apps_mint_has_no_token_type() {
    let sandbox = start(Settings::default()).await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", WEB_CLIENT_ID),
        ("client_secret", WEB_CLIENT_SECRET),
    ];
    let (status, body) = told(bare_form(&sandbox, "/ims/token/v3", &fields)).await;
    assert_eq!(status, 200);
    assert!(body.get("token_type").is_none());
}

#[tokio::test]
async fn every_shape_of_a_reply_can_be_had() {
    let sandbox =
        start(Settings { access_token_lifetime: Duration::from_secs(60), ..Settings::default() })
            .await;
    for (shape, value) in [
        (ExpiresIn::Seconds, json!(60)),
        (ExpiresIn::Milliseconds, json!(60_000)),
        (ExpiresIn::String, json!("60")),
        (ExpiresIn::Null, Value::Null),
        (ExpiresIn::Raw("-5".into()), json!(-5)),
        (ExpiresIn::Raw("1e300".into()), json!(1e300)),
    ] {
        sandbox.change(|settings| settings.expires_in = shape);
        assert_eq!(told(mint(&sandbox)).await.1["expires_in"], value);
    }
    sandbox.change(|settings| {
        settings.expires_in = ExpiresIn::Missing;
        settings.token_type = TokenType::Missing;
        settings.scope = ScopeShape::Null;
    });
    let (_, body) = told(mint(&sandbox)).await;
    assert!(body.get("expires_in").is_none() && body.get("token_type").is_none());
    assert_eq!(body.get("scope"), Some(&Value::Null));

    sandbox.change(|settings| {
        settings.expires_in = ExpiresIn::Raw("NaN".into());
        settings.token_type = TokenType::Capitalised;
        settings.scope = ScopeShape::Spaces;
    });
    let scoped =
        form(&sandbox, &[("grant_type", "client_credentials"), ("scope", "openid,AdobeID")]);
    let body = send(scoped).await.text().await.expect("text");
    assert!(
        body.ends_with(r#""token_type":"Bearer","expires_in":NaN,"scope":"openid AdobeID"}"#),
        "{}",
        body.len()
    );
}

#[tokio::test]
async fn tokens_end_on_the_sandboxs_own_clock() {
    for token_form in [TokenForm::Jwt, TokenForm::JwtWithExp, TokenForm::Opaque] {
        let sandbox = start(Settings {
            access_token_lifetime: Duration::from_secs(60),
            token_form,
            ..Settings::default()
        })
        .await;
        let token = access_token(&sandbox).await;
        sandbox.advance(Duration::from_millis(59_999));
        assert!(sandbox.accepts(&token));
        sandbox.advance(Duration::from_millis(1));
        assert!(!sandbox.accepts(&token));
    }
}

#[tokio::test]
async fn the_date_header_can_be_off_or_missing() {
    let sandbox = start(Settings::default()).await;
    for (date, shown) in [
        (DateHeader::Ahead(Duration::from_secs(420)), Some("Thu, 01 Jan 2026 00:07:00 GMT")),
        (DateHeader::Behind(Duration::from_secs(60)), Some("Wed, 31 Dec 2025 23:59:00 GMT")),
        (DateHeader::Missing, None),
    ] {
        sandbox.change(|settings| settings.date = date);
        let response = send(mint(&sandbox)).await;
        assert_eq!(response.headers().get("date").map(|date| date.to_str().expect("text")), shown);
    }
}

async fn validity(sandbox: &Sandbox, kind: &str, token: &str) -> Value {
    let fields = [("type", kind), ("client_id", CLIENT_ID), ("token", token)];
    let (status, body) = told(bare_form(sandbox, "/ims/validate_token/v1", &fields)).await;
    assert_eq!(status, 200);
    body
}

#[tokio::test]
async fn validate_tells_a_good_token_from_a_bad_one() {
    let sandbox = start(Settings::default()).await;
    let token = access_token(&sandbox).await;
    let good = validity(&sandbox, "access_token", &token).await;
    assert_eq!(good["valid"], true);
    assert_eq!(good["token"]["client_id"], CLIENT_ID);
    assert_eq!(good["token"]["expires_in"], "86399000");

    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    assert_eq!(
        validity(&sandbox, "access_token", &forged).await,
        json!({ "valid": false, "reason": "bad_signature" })
    );
    assert_eq!(
        validity(&sandbox, "refresh_token", &token).await,
        json!({ "valid": false, "reason": "bad_token" })
    );
    sandbox.advance(Duration::from_secs(86_400));
    assert_eq!(
        validity(&sandbox, "access_token", &token).await,
        json!({ "valid": false, "reason": "expired" })
    );
}

#[tokio::test]
async fn a_revoked_token_is_no_good_any_more() {
    let sandbox = start(Settings::default()).await;
    let access = access_token(&sandbox).await;
    let refresh_token = sandbox.issue_refresh_token(CLIENT_ID);
    for token in [&access, &refresh_token] {
        let fields = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("token", token)];
        let response = send(bare_form(&sandbox, "/ims/revoke", &fields)).await;
        assert_eq!(
            (response.status().as_u16(), response.text().await.expect("text").as_str()),
            (200, "")
        );
        assert!(!sandbox.accepts(token));
    }
    assert_eq!(validity(&sandbox, "access_token", &access).await["reason"], "revoked");
    assert_eq!(told(refresh(&sandbox, &refresh_token)).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn everything_issued_so_far_can_be_revoked_at_once() {
    let sandbox = start(Settings::default()).await;
    let (access, refresh_token) =
        (access_token(&sandbox).await, sandbox.issue_refresh_token(CLIENT_ID));
    sandbox.revoke_access_tokens();
    sandbox.revoke_refresh_tokens();
    assert!(!sandbox.accepts(&access) && !sandbox.accepts(&refresh_token));
    assert!(sandbox.accepts(&access_token(&sandbox).await));
    assert!(sandbox.accepts(&sandbox.issue_refresh_token(CLIENT_ID)));
}

#[tokio::test]
async fn userinfo_knows_whom_a_token_speaks_for() {
    let sandbox = start(Settings::default()).await;
    let url = format!("{}/ims/userinfo/v2", sandbox.url());
    let (status, body) = told(http().get(&url).bearer_auth(access_token(&sandbox).await)).await;
    assert_eq!((status, text(&body, "sub")), (200, format!("{CLIENT_ID}@techacct.adobe.com")));
    assert_eq!(send(http().get(&url)).await.status(), 401);
}

#[tokio::test]
async fn discovery_leads_to_the_token_endpoint() {
    let sandbox = start(Settings::default()).await;
    for path in ["/.well-known/openid-configuration", "/ims/.well-known/openid-configuration"] {
        let (status, body) = told(http().get(format!("{}{path}", sandbox.url()))).await;
        assert_eq!(status, 200);
        let issuer = text(&body, "issuer");
        assert_eq!(
            format!("{issuer}/.well-known/openid-configuration"),
            format!("{}{path}", sandbox.url())
        );
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ];
        assert_eq!(
            send(http().post(text(&body, "token_endpoint")).form(&fields)).await.status(),
            200
        );
    }
}
