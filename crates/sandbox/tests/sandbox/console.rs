//! The stand-in for the console's API of client secrets.

use std::time::Duration;

use glowjar_sandbox::{
    Answer, CLIENT_ID, CLIENT_SECRET, Client, ConsolePlace, Route, STANDBY_SECRET, Sandbox,
    Settings,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::ask::{form, http, mint, send, start, told};

const SECRETS: &str = "/console/organizations/23294/credentials/436084/secrets";

/// A credential with one secret, whose project has the I/O Management API.
async fn office() -> Sandbox {
    let mut settings = Settings::default();
    let place = ConsolePlace { organization: "23294".to_owned(), credential: "436084".to_owned() };
    settings.clients[0].secrets = vec![CLIENT_SECRET.to_owned()];
    settings.clients[0].console = Some(place);
    start(settings).await
}

fn ask(sandbox: &Sandbox, method: Method, path: &str) -> RequestBuilder {
    http().request(method, format!("{}{path}", sandbox.url())).header("x-api-key", CLIENT_ID)
}

async fn token(sandbox: &Sandbox, scope: &str) -> String {
    let fields = [("grant_type", "client_credentials"), ("scope", scope)];
    let (_, body) = told(form(sandbox, &fields)).await;
    body["access_token"].as_str().expect("a token").to_owned()
}

const BOTH: &str = "adobeio_api,read_client_secret,manage_client_secrets";

async fn list(sandbox: &Sandbox, token: &str) -> Vec<Value> {
    let (status, body) = told(ask(sandbox, Method::GET, SECRETS).bearer_auth(token)).await;
    assert_eq!((status, &body["client_id"]), (200, &json!(CLIENT_ID)));
    body["client_secrets"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_secret_is_made_listed_without_itself_used_and_deleted() {
    let sandbox = office().await;
    let token = token(&sandbox, BOTH).await;
    sandbox.advance(Duration::from_secs(60));
    let (status, made) = told(ask(&sandbox, Method::POST, SECRETS).bearer_auth(&token)).await;
    assert_eq!(status, 201);
    let secret = made["client_secret"].as_str().expect("the secret");
    let listed = list(&sandbox, &token).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["secret_usages"][0]["grant_type"], "client_credentials");
    assert_eq!((&listed[1]["uuid"], &listed[1]["secret_usages"]), (&made["uuid"], &Value::Null));
    assert!(!format!("{listed:?}").contains(secret));

    let with_it = [("grant_type", "client_credentials"), ("client_secret", secret)];
    let with_it = [("client_id", CLIENT_ID)].into_iter().chain(with_it).collect::<Vec<_>>();
    let request = crate::ask::bare_form(&sandbox, "/ims/token/v3", &with_it);
    assert_eq!(send(request).await.status(), 200);
    assert!(!list(&sandbox, &token).await[1]["secret_usages"].is_null());

    let (status, _) = told(ask(&sandbox, Method::POST, SECRETS).bearer_auth(&token)).await;
    assert_eq!(status, 409, "two are the most");
    let old = format!("{SECRETS}/{}", listed[0]["uuid"].as_str().unwrap());
    let delete = || ask(&sandbox, Method::DELETE, &old).bearer_auth(&token);
    assert_eq!(send(delete()).await.status(), 204);
    assert_eq!(send(delete()).await.status(), 404);
    assert_eq!(send(mint(&sandbox)).await.status(), 400, "the old one is refused");
    assert_eq!(list(&sandbox, &token).await.len(), 1);
}

#[tokio::test]
async fn who_lacks_a_scope_a_key_or_the_place_is_refused() {
    let sandbox = office().await;
    let token = token(&sandbox, BOTH).await;
    let reads = self::token(&sandbox, "adobeio_api,read_client_secret").await;
    let plain = self::token(&sandbox, "openid").await;
    let at = |path: &str| ask(&sandbox, Method::GET, path);
    let elsewhere = SECRETS.replace("436084", "1");
    for (request, status) in [
        (at(SECRETS), 403),
        (at(SECRETS).bearer_auth("junk"), 401),
        (at(SECRETS).bearer_auth(&plain), 403),
        (ask(&sandbox, Method::POST, SECRETS).bearer_auth(&reads), 403),
        (at(&elsewhere).bearer_auth(&token), 404),
        (at("/console/organizations/23294").bearer_auth(&token), 404),
        (ask(&sandbox, Method::DELETE, SECRETS).bearer_auth(&token), 405),
    ] {
        assert_eq!(send(request).await.status(), status);
    }
    assert_eq!(list(&sandbox, &reads).await.len(), 1);
    // Without the API in its project nobody is granted its scopes.
    let sandbox = start(Settings::default()).await;
    let fields = [("grant_type", "client_credentials"), ("scope", BOTH)];
    let (status, body) = told(form(&sandbox, &fields)).await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_scope")));
}

#[tokio::test]
async fn an_answer_that_is_lost_was_carried_out_and_one_that_is_scripted_was_not() {
    let sandbox = office().await;
    let token = token(&sandbox, BOTH).await;
    let make = || ask(&sandbox, Method::POST, SECRETS).bearer_auth(&token);
    sandbox.next(Route::Console, Answer::InternalError);
    assert_eq!(send(make()).await.status(), 500);
    assert_eq!(list(&sandbox, &token).await.len(), 1);
    sandbox.next(Route::Console, Answer::Lost);
    assert!(make().send().await.is_err());
    assert_eq!(list(&sandbox, &token).await.len(), 2);
}

#[test]
fn a_client_s_debug_shows_its_place_and_no_secret() {
    let place = ConsolePlace { organization: "23294".into(), credential: "436084".into() };
    let client = Client { console: Some(place), ..Client::server_to_server("a", STANDBY_SECRET) };
    let text = format!("{client:?}");
    assert!(text.contains("23294") && !text.contains(STANDBY_SECRET), "{text}");
}
