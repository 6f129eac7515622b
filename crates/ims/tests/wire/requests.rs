//! What arrives at the far end.

use glowjar_ims::{
    ClientAuthentication, ClientId, ClientSecret, Encoding, Grant, Provider, RefreshToken,
    Revocable, Scopes, TokenRequest,
};
use glowjar_sandbox::{
    CLIENT_SECRET, Client as SandboxClient, NATIVE_CLIENT_ID, Route, SEED_REFRESH_TOKEN,
};

use crate::far_end::{
    NOW, client, endpoint, mint, mint_with, provider, refresh, sandbox, sandbox_with,
};

#[tokio::test]
async fn the_seeds_request_arrives_to_the_letter() {
    let sandbox = sandbox_with(|settings| {
        settings.clients = vec![SandboxClient::web_app("YOUR_CLIENT_ID", "YOUR_CLIENT_SECRET")];
    })
    .await;
    let refresh_token = sandbox.issue_refresh_token("YOUR_CLIENT_ID");
    let request = TokenRequest {
        client_id: &ClientId::parse("YOUR_CLIENT_ID").unwrap(),
        secret: Some(&ClientSecret::parse("YOUR_CLIENT_SECRET").unwrap()),
        grant: Grant::RefreshToken {
            refresh_token: &RefreshToken::parse(refresh_token.as_str()).unwrap(),
            scopes: None,
        },
    };
    let provider = Provider::tutorial(&endpoint(&sandbox.url()));
    let issued = client().request_token(&provider, &request, NOW).await.unwrap();

    let arrived = &sandbox.requests()[0];
    assert_eq!((arrived.method.as_str(), arrived.path.as_str()), ("POST", "/oauth/token"));
    assert_eq!(arrived.header("content-type"), Some("application/json"));
    assert_eq!(arrived.query, None);
    let expected = concat!(
        r#"{"client_id":"YOUR_CLIENT_ID","client_secret":"YOUR_CLIENT_SECRET","#,
        r#""refresh_token":"TOKEN","grant_type":"refresh_token"}"#
    );
    assert_eq!(String::from_utf8_lossy(&arrived.body), expected.replace("TOKEN", &refresh_token));
    assert_eq!(arrived.wrong, Vec::<String>::new());
    assert!(sandbox.accepts(issued.access_token.expose()));
    assert!(sandbox.accepts(issued.refresh_token.unwrap().expose()));
}

#[tokio::test]
async fn a_mint_at_adobe_ims_is_a_form_that_a_strict_server_finds_nothing_wrong_with() {
    let sandbox = sandbox().await;
    let issued = mint(&provider(&sandbox)).await.unwrap();

    let arrived = &sandbox.requests()[0];
    assert_eq!(arrived.path, "/ims/token/v3");
    assert_eq!(arrived.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(arrived.header("accept"), Some("application/json"));
    assert!(arrived.header("user-agent").unwrap().starts_with("Glowjar/"));
    assert_eq!(arrived.header("accept-encoding"), None);
    assert_eq!(arrived.header("authorization"), None);
    assert_eq!(arrived.field("scope"), Some("openid,AdobeID,firefly_api"));
    assert_eq!(arrived.wrong, Vec::<String>::new());
    assert!(sandbox.accepts(issued.access_token.expose()));
}

#[tokio::test]
async fn f32_odd_secrets_arrive_exactly_in_every_encoding() {
    for secret in [
        "a b",
        " lead and trail ",
        "\"quoted\" 'twice'",
        "+&%=;,/?#",
        "100%25",
        "line\r\nend",
        "tab\there",
        "grüße \u{1f512}",
        "back\\slash",
        CLIENT_SECRET,
    ] {
        let sandbox = sandbox_with(|settings| {
            settings.clients =
                vec![SandboxClient::server_to_server(glowjar_sandbox::CLIENT_ID, secret)];
        })
        .await;
        let form = provider(&sandbox);
        let json = Provider {
            token_endpoint: endpoint(&format!("{}/oauth/token", sandbox.url())),
            encoding: Encoding::Json,
            ..form.clone()
        };
        let basic = Provider { client_authentication: ClientAuthentication::Basic, ..form.clone() };
        for provider in [form, json, basic] {
            let outcome = mint_with(&client(), &provider, secret).await;
            assert!(
                outcome.is_ok(),
                "{secret:?} {provider:?} {outcome:?} {:?}",
                sandbox.requests().last()
            );
        }
    }
}

#[tokio::test]
async fn a_public_client_never_sends_the_secret_it_was_given() {
    let sandbox = sandbox().await;
    let refresh_token = RefreshToken::parse(sandbox.issue_refresh_token(NATIVE_CLIENT_ID)).unwrap();
    let request = TokenRequest {
        client_id: &ClientId::parse(NATIVE_CLIENT_ID).unwrap(),
        secret: Some(&ClientSecret::parse("left over from before").unwrap()),
        grant: Grant::RefreshToken { refresh_token: &refresh_token, scopes: None },
    };
    let provider =
        Provider { client_authentication: ClientAuthentication::None, ..provider(&sandbox) };
    client().request_token(&provider, &request, NOW).await.unwrap();
    assert_eq!(sandbox.requests()[0].field("client_secret"), None);
    assert_eq!(sandbox.requests()[0].wrong, Vec::<String>::new());
}

#[tokio::test]
async fn scopes_are_sent_on_a_refresh_only_if_given() {
    let sandbox = sandbox().await;
    refresh(&provider(&sandbox), SEED_REFRESH_TOKEN).await.unwrap();
    assert_eq!(sandbox.requests()[0].field("scope"), None);
    assert_eq!(sandbox.requests()[0].wrong, Vec::<String>::new());
}

#[tokio::test]
async fn other_providers_get_their_scopes_with_spaces() {
    let sandbox = sandbox().await;
    let provider = Provider::custom(endpoint(&format!("{}/ims/token/v3", sandbox.url())));
    let secret = ClientSecret::parse(CLIENT_SECRET).unwrap();
    let scopes = Scopes::parse("openid,firefly_api").unwrap();
    let request = TokenRequest {
        client_id: &crate::far_end::client_id(),
        secret: Some(&secret),
        grant: Grant::ClientCredentials { scopes: &scopes },
    };
    client().request_token(&provider, &request, NOW).await.unwrap();
    assert_eq!(sandbox.requests()[0].field("scope"), Some("openid firefly_api"));
}

#[tokio::test]
async fn a_revoked_refresh_token_is_dead() {
    let sandbox = sandbox().await;
    let provider = provider(&sandbox);
    let token = sandbox.issue_refresh_token(glowjar_sandbox::CLIENT_ID);
    let secret = ClientSecret::parse(CLIENT_SECRET).unwrap();
    let refresh_token = RefreshToken::parse(token.as_str()).unwrap();
    client()
        .revoke(
            &provider,
            &crate::far_end::client_id(),
            Some(&secret),
            Revocable::Refresh(&refresh_token),
        )
        .await
        .unwrap();
    assert!(!sandbox.accepts(&token));
    assert_eq!(sandbox.requests_to(Route::Revoke)[0].wrong, Vec::<String>::new());
}

#[tokio::test]
async fn a_revoked_access_token_is_dead() {
    let sandbox = sandbox().await;
    let provider = provider(&sandbox);
    let secret = ClientSecret::parse(CLIENT_SECRET).unwrap();
    let issued = refresh(&provider, SEED_REFRESH_TOKEN).await.unwrap();
    let token = Revocable::Access(&issued.access_token);
    client().revoke(&provider, &crate::far_end::client_id(), Some(&secret), token).await.unwrap();
    assert!(!sandbox.accepts(issued.access_token.expose()));
    assert!(sandbox.accepts(issued.refresh_token.unwrap().expose()));
    assert_eq!(sandbox.requests_to(Route::Revoke)[0].wrong, Vec::<String>::new());
}

#[tokio::test]
async fn discovery_finds_the_token_endpoint() {
    let sandbox = sandbox().await;
    let metadata = client().discover(&endpoint(&format!("{}/ims", sandbox.url()))).await.unwrap();
    assert_eq!(metadata.token_endpoint.as_str(), format!("{}/ims/token/v3", sandbox.url()));
    assert!(metadata.grants.unwrap().contains(&"refresh_token".to_owned()));
}
