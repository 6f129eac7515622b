//! The endpoint without a listener, in front of an issuer with two programs.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
};
use glowjar_token_endpoint::{
    Attempt, ClientAddress, Denied, Doorway, Issued, Issuer, Program, Refusal, SecretHash, Wanted,
    router,
};
use http_body_util::BodyExt;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tower::ServiceExt;

const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone, Default)]
struct Office {
    refused: Arc<Mutex<Vec<Attempt>>>,
    wanted: Arc<Mutex<Vec<(String, Wanted)>>>,
    /// Answers nothing while somebody holds it.
    busy: Arc<tokio::sync::Mutex<()>>,
}

impl Issuer for Office {
    fn program(&self, secret: &SecretHash) -> Option<Program> {
        [("ComfyUI", "secret-a"), ("n8n", "secret-b")]
            .map(|(name, secret)| Program { name: name.into(), secret: SecretHash::of(secret) })
            .into_iter()
            .find(|program| program.secret == *secret)
    }

    async fn issue(&self, program: Program, wanted: Wanted) -> Result<Issued, Refusal> {
        if program.name == "n8n" {
            drop(self.busy.lock().await);
        }
        self.wanted.lock().expect("a lock").push((program.name, wanted.clone()));
        match wanted.client_id.as_str() {
            "client-1" => Ok(Issued { access_token: "token-1".into(), seconds_left: 1_234 }),
            "locked" => Err(Refusal::PersonNeeded("Glowjar is locked".into())),
            "away" => Err(Refusal::NotNow("Adobe can't be reached".into())),
            _ => Err(Refusal::WrongClientId),
        }
    }

    async fn seconds_left(&self, client_id: String, token: SecretString) -> Option<u64> {
        (client_id == "client-1" && token.expose_secret() == "token-1").then_some(9)
    }

    fn refused(&self, attempt: Attempt) {
        self.refused.lock().expect("a lock").push(attempt);
    }
}

fn endpoint() -> (Router, Office) {
    let office = Office::default();
    (router(office.clone(), Doorway::loopback(4_711)), office)
}

fn asked(path: &str, kind: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header("host", "127.0.0.1:4711")
        .header("content-type", kind)
        .body(Body::from(body.to_owned()))
        .expect("a request")
}

fn form(secret: &str) -> String {
    format!("grant_type=client_credentials&client_id=client-1&client_secret={secret}&scope=a,b")
}

async fn body(response: Response<Body>) -> Value {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&bytes).unwrap_or(Value::Null)
}

async fn ask(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.expect("never fails")
}

#[tokio::test]
async fn every_way_to_write_the_request_gets_adobe_s_reply_with_what_is_left_of_the_life() {
    let (router, office) = endpoint();
    let json = json!({
        "grant_type": "client_credentials", "client_id": "client-1",
        "client_secret": "secret-a", "scope": "a b",
    });
    let parts = ["grant_type=client_credentials", "client_id=client-1", "client_secret=secret-a"]
        .map(|pair| pair.split_once('=').expect("a pair"))
        .map(|(name, value)| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .concat();
    let mut basic = asked("/token", FORM, "grant_type=client_credentials&scope=a");
    // client-1:secret-a
    let value = "Basic Y2xpZW50LTE6c2VjcmV0LWE=".parse().expect("a header");
    basic.headers_mut().insert("authorization", value);
    let ways = [
        asked("/ims/token/v3", FORM, &form("secret-a")),
        asked("/ims/token/v2", "multipart/form-data; boundary=x", &format!("{parts}--x--\r\n")),
        asked("/oauth/token", "application/json; charset=utf-8", &json.to_string()),
        basic,
    ];
    for request in ways {
        let path = request.uri().to_string();
        let response = ask(&router, request).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let reply =
            json!({ "access_token": "token-1", "token_type": "bearer", "expires_in": 1234 });
        assert_eq!(body(response).await, reply, "{path}");
    }
    let wanted = office.wanted.lock().expect("a lock").clone();
    let scopes: Vec<_> = wanted.iter().map(|(_, wanted)| wanted.scopes.join("+")).collect();
    assert_eq!(scopes, ["a+b", "", "a+b", "a"]);
    assert!(wanted.iter().all(|(name, _)| name == "ComfyUI"));
}

#[tokio::test]
async fn refusals_are_adobe_s() {
    let (router, _) = endpoint();
    let with =
        |id: &str, grant: &str| format!("grant_type={grant}&client_id={id}&client_secret=secret-a");
    let cases = [
        (form("wrong"), 400, "invalid_client", "invalid client_secret parameter"),
        (with("other", "client_credentials"), 400, "invalid_client", "invalid client_id parameter"),
        (
            with("client-1", "refresh_token"),
            400,
            "unsupported_grant_type",
            "invalid grant_type parameter",
        ),
        (with("locked", "client_credentials"), 400, "access_denied", "Glowjar is locked"),
        (with("away", "client_credentials"), 503, "internal_error", "Adobe can't be reached"),
        (
            "grant_type=client_credentials&client_id=client-1".to_owned(),
            400,
            "invalid_client",
            "invalid client_secret parameter",
        ),
        ("client_id=client-1&client_secret=secret-a".to_owned(), 400, "invalid_request", ""),
        (String::new(), 400, "invalid_client", "invalid client_id parameter"),
    ];
    for (text, status, error, description) in cases {
        let response = ask(&router, asked("/ims/token/v3", FORM, &text)).await;
        assert_eq!(response.status().as_u16(), status, "{text}");
        let said = body(response).await;
        assert_eq!(said["error"], error, "{text}");
        let words = said["error_description"].as_str().expect("words");
        assert!(words.contains(description), "{text}: {words}");
        assert!(!said.to_string().contains("secret-a"), "{said}");
    }
    let huge = format!("{}&x={}", form("secret-a"), "x".repeat(20_000));
    let response = ask(&router, asked("/ims/token/v3", FORM, &huge)).await;
    assert!(response.status().is_client_error(), "{}", response.status());
    let twice = format!("{}&client_secret=secret-b", form("secret-a"));
    let response = ask(&router, asked("/ims/token/v3", FORM, &twice)).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST, "two secrets");
}

#[tokio::test]
async fn a_thousand_wrong_secrets_get_nothing_are_told_of_and_keep_nobody_else_waiting() {
    let (router, office) = endpoint();
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for n in 0..1_000 {
        let request = asked("/ims/token/v3", FORM, &form(&format!("wrong-{n}")));
        let response = ask(&router, request).await;
        *statuses.entry(response.status().as_u16()).or_default() += 1;
        assert!(body(response).await.get("access_token").is_none());
    }
    assert!(statuses.keys().eq([400, 429].iter()), "{statuses:?}");
    assert!(statuses[&400] < 100, "{statuses:?}");
    let refused = office.refused.lock().expect("a lock").clone();
    assert_eq!(refused, vec![Attempt::WrongSecret; 1_000]);
    let response = ask(&router, asked("/ims/token/v3", FORM, &form("secret-a"))).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn wrong_secrets_from_one_address_are_slowed_down_there_alone() {
    let (router, office) = endpoint();
    let from = |address: &str, secret: &str| {
        let mut request = asked("/ims/token/v3", FORM, &form(secret));
        request.extensions_mut().insert(ClientAddress(address.parse().expect("an address")));
        request
    };
    for n in 0..1_000 {
        ask(&router, from("10.0.0.7", &format!("wrong-{n}"))).await;
        // All addresses of one IPv6 network are one.
        ask(&router, from(&format!("2001:db8::{n:x}"), &format!("wrong-{n}"))).await;
    }
    for (address, status) in [
        ("10.0.0.7", StatusCode::TOO_MANY_REQUESTS),
        ("::ffff:10.0.0.7", StatusCode::TOO_MANY_REQUESTS),
        ("2001:db8::ffff:1", StatusCode::TOO_MANY_REQUESTS),
        ("10.0.0.8", StatusCode::BAD_REQUEST),
        ("2001:db8:0:1::1", StatusCode::BAD_REQUEST),
    ] {
        let response = ask(&router, from(address, "mistyped")).await;
        assert_eq!(response.status(), status, "{address}");
    }
    // Who is known is not slowed down, even there.
    assert_eq!(ask(&router, from("10.0.0.7", "secret-a")).await.status(), StatusCode::OK);
    let wanted = office.wanted.lock().expect("a lock").clone();
    assert_eq!(wanted[0].1.from, "10.0.0.7".parse().ok());
}

#[tokio::test]
async fn a_program_that_asks_without_end_or_waits_for_ever_keeps_no_other_from_its_token() {
    let (router, office) = endpoint();
    let held = office.busy.lock().await;
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let router = router.clone();
            tokio::spawn(async move {
                let request = asked("/ims/token/v3", FORM, &form("secret-b"));
                ask(&router, request).await.status().as_u16()
            })
        })
        .collect();
    // Each comes to where it waits, or is refused.
    while office.refused.lock().expect("a lock").len() < 84 {
        tokio::task::yield_now().await;
    }
    let response = ask(&router, asked("/ims/token/v3", FORM, &form("secret-a"))).await;
    assert_eq!(response.status(), StatusCode::OK);
    drop(held);
    let mut served = 0;
    for request in waiting {
        served += usize::from(request.await.expect("it ends") == 200);
    }
    assert_eq!(served, 16);
    let response = ask(&router, asked("/ims/token/v3", FORM, &form("secret-b"))).await;
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        assert!(response.headers().contains_key("retry-after"));
    }
}

#[tokio::test]
async fn f39_web_pages_and_other_names_are_refused_at_every_path() {
    let (router, office) = endpoint();
    for path in ["/ims/token/v3", "/ims/validate_token/v1"] {
        let mut page = asked(path, FORM, &form("secret-a"));
        page.headers_mut().insert("origin", "https://evil.example".parse().expect("a header"));
        assert_eq!(ask(&router, page).await.status(), StatusCode::FORBIDDEN);
        let mut rebound = asked(path, FORM, &form("secret-a"));
        rebound.headers_mut().insert("host", "evil.example:4711".parse().expect("a header"));
        assert_eq!(ask(&router, rebound).await.status(), StatusCode::FORBIDDEN);
    }
    let preflight = Request::options("/ims/token/v3").header("host", "127.0.0.1:4711");
    let preflight = preflight.body(Body::empty()).expect("a request");
    assert_eq!(ask(&router, preflight).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    let refused = office.refused.lock().expect("a lock").clone();
    let both = [Attempt::Denied(Denied::Browser), Attempt::Denied(Denied::Host)];
    assert_eq!(refused, [both.clone(), both].concat());
}

#[tokio::test]
async fn a_token_is_valid_as_long_as_the_issuer_says() {
    let (router, _) = endpoint();
    let ask_for = async |token: &str| {
        let text = format!("type=access_token&client_id=client-1&token={token}");
        body(ask(&router, asked("/ims/validate_token/v1", FORM, &text)).await).await
    };
    let valid = ask_for("token-1").await;
    assert_eq!((&valid["valid"], &valid["token"]["expires_in"]), (&json!(true), &json!("9000")));
    assert_eq!(ask_for("token-2").await["valid"], false);
}

#[tokio::test]
async fn discovery_leads_to_the_token_address() {
    let (router, _) = endpoint();
    let request = Request::get("/ims/.well-known/openid-configuration");
    let request = request.header("host", "localhost:4711").body(Body::empty()).expect("a request");
    let said = body(ask(&router, request).await).await;
    assert_eq!(said["token_endpoint"], "http://127.0.0.1:4711/ims/token/v3");
    assert_eq!(said["issuer"], "http://127.0.0.1:4711/ims");
}
