//! F33: nothing that is logged, printed or shown holds a secret.

use std::{
    io,
    sync::{Arc, Mutex},
};

use glowjar_ims::{
    ClientAuthentication, ClientSecret, ClientSettings, Encoding, Grant, Provider, ProxyChoice,
    RefreshToken, TokenRequest,
};
use glowjar_sandbox::{Answer, CLIENT_ID, CLIENT_SECRET, Portal, Route, SEED_REFRESH_TOKEN};

use crate::far_end::{client, client_id, endpoint, mint, provider, refresh, sandbox};

/// What was logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn f33_at_trace_level_no_log_line_holds_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process, so this hears the other tests as well, and the HTTP libraries in their own tasks.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let sandbox = sandbox().await;
    let refresh_token = sandbox.issue_refresh_token(CLIENT_ID);
    let mut secrets = vec![CLIENT_SECRET.to_owned(), refresh_token.clone()];
    for (path, encoding, client_authentication) in [
        ("/ims/token/v3", Encoding::Form, ClientAuthentication::Body),
        ("/ims/token/v3", Encoding::Form, ClientAuthentication::Basic),
        ("/oauth/token", Encoding::Json, ClientAuthentication::Body),
    ] {
        let provider = Provider {
            token_endpoint: endpoint(&format!("{}{path}", sandbox.url())),
            encoding,
            client_authentication,
            ..provider(&sandbox)
        };
        let issued = mint(&provider).await.unwrap();
        secrets.push(issued.access_token.expose().to_owned());
        client().verify(&provider, &client_id(), &issued.access_token).await;
        client()
            .check_access(provider.gateway.as_ref().unwrap(), &client_id(), &issued.access_token)
            .await;
    }
    let issued = refresh(&provider(&sandbox), &refresh_token).await.unwrap();
    secrets.push(issued.refresh_token.unwrap().expose().to_owned());
    for answer in
        [Answer::EchoedForm, Answer::Garbage, Answer::CutMidBody, Answer::Portal(Portal::Page)]
    {
        sandbox.next(Route::Token, answer);
        refresh(&provider(&sandbox), &refresh_token).await.unwrap_err();
    }

    let bytes = log.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("token issued") && text.contains("refused"), "{text}");
    for secret in secrets {
        // A JWT's first characters are the same in all of them and secret in none.
        let telling =
            if secret.starts_with("eyJ") { &secret[secret.len() - 12..] } else { &secret[..8] };
        assert!(!text.contains(telling), "{telling}");
    }
    assert!(!text.contains("Bearer ey") && !text.contains("Basic "));
}

#[tokio::test]
async fn f33_debug_of_every_public_type_hides_what_is_in_it() {
    let secret = ClientSecret::parse("p8e-first-secret").unwrap();
    let refresh_token = RefreshToken::parse("rt-first-token").unwrap();
    let request = TokenRequest {
        client_id: &client_id(),
        secret: Some(&secret),
        grant: Grant::RefreshToken { refresh_token: &refresh_token, scopes: None },
    };
    let settings = ClientSettings {
        extra_ca: Some(b"PEM-SECRET".to_vec()),
        proxy: ProxyChoice::At("http://joe:pr0xy-pass@proxy.example".to_owned()),
        ..ClientSettings::default()
    };
    let sandbox = sandbox().await;
    let issued = refresh(&provider(&sandbox), SEED_REFRESH_TOKEN).await.unwrap();
    let shown =
        format!("{request:?} {request:#?} {settings:?} {issued:?} {issued:#?} {:?}", client());
    assert!(shown.contains("[hidden]"));
    for hidden in [
        "p8e-firs",
        "rt-first",
        "PEM-SECRET",
        "pr0xy-pass",
        &issued.access_token.expose()[..8],
        &issued.refresh_token.unwrap().expose()[..8],
    ] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}

#[tokio::test]
async fn f33_a_failed_request_shows_neither_url_nor_secret() {
    let provider = Provider::custom(endpoint("https://localhost:1/token?key=in-the-query"));
    let error = mint(&provider).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("in-the-query") && !shown.contains(&CLIENT_SECRET[..8]), "{shown}");
}
