//! A person signs in at the sandbox's page, and the code that comes back is exchanged.

use glowjar_ims::{
    AccessToken, CallbackError, Client, ClientId, Grant, Issued, Provider, Redirect, RequestError,
    Scopes, SignIn, TokenRequest,
};
use glowjar_lifecycle::failure::{Failure, Permanent};
use glowjar_sandbox::{NATIVE_CLIENT_ID, Sandbox};

use crate::far_end::{NOW, client, provider, sandbox};

struct Person {
    http: reqwest::Client,
}

impl Person {
    fn new() -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("a browser");
        Self { http: http.build().expect("a client") }
    }

    /// Where the browser ends after the person chose a link of the page.
    async fn chooses(&self, sign_in: &SignIn, link: &str) -> String {
        let page = self.http.get(sign_in.address()).send().await.expect("a page");
        assert_eq!(page.status(), 200);
        let base = page.url().clone();
        let html = page.text().await.expect("text");
        let href = html.split(&format!("id=\"{link}\" href=\"")).nth(1).expect("a link");
        let href = href.split('"').next().expect("its end").replace("&amp;", "&");
        let to = base.join(&href).expect("an address");
        let back = self.http.get(to).send().await.expect("a redirect");
        assert_eq!(back.status(), 302);
        back.headers()["location"].to_str().expect("text").to_owned()
    }
}

fn native() -> ClientId {
    ClientId::parse(NATIVE_CLIENT_ID).unwrap()
}

fn begin(provider: &Provider, scopes: &str) -> SignIn {
    let scopes = Scopes::parse(scopes).unwrap();
    SignIn::begin(provider, &native(), Redirect::loopback(4711), &scopes).unwrap()
}

async fn exchanged(
    client: &Client,
    provider: &Provider,
    grant: Grant<'_>,
) -> Result<Issued, RequestError> {
    let client_id = native();
    let request = TokenRequest { client_id: &client_id, secret: None, grant };
    client.request_token(provider, &request, NOW).await
}

fn accepts(sandbox: &Sandbox, token: &AccessToken) -> bool {
    sandbox.accepts(token.expose())
}

#[tokio::test]
async fn a_sign_in_ends_in_tokens_that_renew() {
    let sandbox = sandbox().await;
    let (client, provider) = (client(), provider(&sandbox));
    let sign_in = begin(&provider, "openid,AdobeID,firefly_api,offline_access");
    let back = Person::new().chooses(&sign_in, "allow").await;
    let code = sign_in.callback(&back).unwrap();
    let issued = exchanged(&client, &provider, sign_in.grant(&code)).await.unwrap();
    assert!(accepts(&sandbox, &issued.access_token));

    let refresh_token = issued.refresh_token.expect("offline_access was asked for");
    let grant = Grant::RefreshToken { refresh_token: &refresh_token, scopes: None };
    let renewed = exchanged(&client, &provider, grant).await.unwrap();
    assert!(accepts(&sandbox, &renewed.access_token));
    let wrong: Vec<_> = sandbox.requests().iter().flat_map(|it| it.wrong.clone()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn without_offline_access_there_is_a_token_and_no_refresh_token() {
    let sandbox = sandbox().await;
    let (client, provider) = (client(), provider(&sandbox));
    let sign_in = begin(&provider, "openid,firefly_api");
    let back = Person::new().chooses(&sign_in, "allow").await;
    let code = sign_in.callback(&back).unwrap();
    let issued = exchanged(&client, &provider, sign_in.grant(&code)).await.unwrap();
    assert!(issued.refresh_token.is_none());
    assert!(accepts(&sandbox, &issued.access_token));
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_own_sign_in() {
    let sandbox = sandbox().await;
    let (client, provider) = (client(), provider(&sandbox));
    let sign_in = begin(&provider, "openid");
    let back = Person::new().chooses(&sign_in, "allow").await;
    let code = sign_in.callback(&back).unwrap();

    let other = begin(&provider, "openid");
    assert_eq!(other.callback(&back).unwrap_err(), CallbackError::OtherSignIn);
    let error = exchanged(&client, &provider, other.grant(&code)).await.unwrap_err();
    assert_eq!(error.failure, Failure::Permanent(Permanent::GrantNotAllowed));
    // A wrong verifier has used the code up.
    let error = exchanged(&client, &provider, sign_in.grant(&code)).await.unwrap_err();
    let told = format!("{error:?}");
    assert!(!told.contains(code.expose()), "{told}");
}

#[tokio::test]
async fn a_person_may_say_no() {
    let sandbox = sandbox().await;
    let sign_in = begin(&provider(&sandbox), "openid");
    let back = Person::new().chooses(&sign_in, "deny").await;
    assert_eq!(sign_in.callback(&back).unwrap_err(), CallbackError::Denied);
}

#[tokio::test]
async fn the_sandboxs_pages_are_found_by_discovery() {
    let sandbox = sandbox().await;
    let issuer = sandbox.url().parse().unwrap();
    let metadata = client().discover(&issuer).await.unwrap();
    assert_eq!(metadata.authorization, provider(&sandbox).authorization);
    assert_eq!(metadata.device_authorization, None);
}
