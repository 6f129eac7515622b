//! An ordinary client of ours.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Clock, Sandbox, Settings};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect};
use serde_json::Value;

/// A sandbox whose clock stands still unless advanced.
pub async fn start(settings: Settings) -> Sandbox {
    let clock = Clock::StandingAt(SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600));
    Sandbox::start(Settings { clock, ..settings }).await.expect("a free port")
}

/// One for all: without connections kept open it may be shared by tests that each have a runtime of their own.
pub fn http() -> Client {
    static ONE: LazyLock<Client> =
        LazyLock::new(|| builder().pool_max_idle_per_host(0).build().expect("a client"));
    ONE.clone()
}

pub fn builder() -> ClientBuilder {
    let builder = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .user_agent("glowjar-sandbox-tests");
    // Reading the system's certificates would take longer than everything else here.
    builder.tls_certs_only([])
}

/// A form to `/ims/token/v3`, with the demo client's credentials added.
pub fn form(sandbox: &Sandbox, fields: &[(&str, &str)]) -> RequestBuilder {
    let mut all = vec![("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)];
    all.extend(fields);
    bare_form(sandbox, "/ims/token/v3", &all)
}

pub fn bare_form(sandbox: &Sandbox, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    http().post(format!("{}{path}", sandbox.url())).form(fields)
}

pub fn mint(sandbox: &Sandbox) -> RequestBuilder {
    form(sandbox, &[("grant_type", "client_credentials")])
}

pub fn refresh(sandbox: &Sandbox, token: &str) -> RequestBuilder {
    form(sandbox, &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

pub async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

/// Status and JSON body.
pub async fn told(request: RequestBuilder) -> (u16, Value) {
    let response = send(request).await;
    let status = response.status().as_u16();
    (status, response.json().await.expect("JSON"))
}

/// The text of a field that must be there.
pub fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in the reply")).to_owned()
}

/// The access token of a fresh mint.
pub async fn access_token(sandbox: &Sandbox) -> String {
    let (status, body) = told(mint(sandbox)).await;
    assert_eq!(status, 200);
    text(&body, "access_token")
}
