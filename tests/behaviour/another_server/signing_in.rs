//! A person signs in at a server that is not ours, on its own pages, with a real browser.

use std::{path::Path, process::Stdio};

use glowjar_agent::{
    clock::Clock,
    request::{ClientAuthentication, Draft, Reply, Request},
    view::{Action, SignInStep, SignInView, SignInWay},
};
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

use super::Server;
use crate::test_app::{TestApp, drafts};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and Chromium: cargo xtask test"]
async fn a_person_signs_in_at_a_server_that_is_not_ours_and_once_more_after_it_caught_a_reuse() {
    let server = Server::start().await;
    let office = office().await;
    let (address, ends) = begin(&office, signing_in(draft(&server, "public"))).await;
    let end = browser(&address, "allow").await;
    assert!(end.text.contains("You are signed in"), "{}", end.text);
    let Reply::Saved { profile } = ends.await.unwrap() else { panic!("not saved") };
    is_danas_and_renews(&office).await;
    assert!(server.is_active(&office.copied(&profile).await).await);

    let first = refresh_token(&office);
    for rotation in 1..=3 {
        rotates(&office, &profile).await;
        office.live().await;
        assert!(server.is_active(&office.copied(&profile).await).await, "rotation {rotation}");
    }

    // Somebody has copied it, and uses it after us.
    assert_eq!(server.refused(&first).await, "invalid_grant");
    office.refresh(&profile).await;
    let trouble = office.in_trouble("sign_in_ended").await.trouble.unwrap();
    assert_eq!(trouble.action, Some(Action::SignIn));
    assert!(trouble.advice.contains("used a second time"), "{}", trouble.advice);

    let again = Request::SignInAgain { profile: profile.clone(), way: None };
    let (address, ends) = begin(&office, again).await;
    browser(&address, "allow").await;
    assert_eq!(ends.await.unwrap(), Reply::Saved { profile: profile.clone() });
    let healed = office.live().await;
    assert_eq!(healed.trouble, None);
    assert!(server.is_active(&office.copied(&profile).await).await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and Chromium: cargo xtask test"]
async fn signing_out_ends_the_sign_in_at_a_server_that_is_not_ours() {
    let server = Server::start().await;
    let office = office().await;
    let (address, ends) = begin(&office, signing_in(draft(&server, "public"))).await;
    browser(&address, "allow").await;
    let Reply::Saved { profile } = ends.await.unwrap() else { panic!("not saved") };
    office.live().await;
    let (access, refresh) = (office.copied(&profile).await, refresh_token(&office));
    assert!(server.is_active(&access).await);
    assert_eq!(office.ask(Request::SignOut { profile }).await, Reply::Done);
    office
        .within("the sign-in to be ended there", async {
            while server.is_active(&access).await || office.keychain.contents().contains(&refresh) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    assert_eq!(server.refused(&refresh).await, "invalid_grant");
    assert_eq!(office.shell.told(), []);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and Chromium: cargo xtask test"]
async fn whoever_turns_back_on_its_pages_is_told_that_and_can_begin_again() {
    let server = Server::start().await;
    let office = office().await;
    for decision in ["abort", "abort-consent"] {
        let (address, ends) = begin(&office, signing_in(draft(&server, "public"))).await;
        let end = browser(&address, decision).await;
        assert!(end.text.contains("You are not signed in"), "{decision}: {}", end.text);
        let reply = ends.await.unwrap();
        assert!(
            matches!(&reply, Reply::Failed { code, .. } if code == "sign_in_denied"),
            "{decision}: {reply:?}"
        );
    }
    assert_eq!(office.keychain.entries(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and Chromium: cargo xtask test"]
async fn a_person_types_a_code_in_on_its_pages_and_agrees_turns_back_or_closes_them() {
    let server = Server::start().await;
    let office = office().await;
    let by_code = |name: &str| Request::SignIn {
        draft: Draft { name: name.to_owned(), ..draft(&server, name) },
        redirect: String::new(),
        way: SignInWay::Device,
    };
    let types_in = async |request: Request, decision: &str| {
        let agent = office.agent().clone();
        let ends = tokio::spawn(async move { agent.ask(request).await });
        let shown = waiting(&office).await;
        let (page, code) = (shown.address.unwrap(), shown.code.unwrap());
        let end = run_browser(&[&page, decision, "dana", &code]).await;
        (end.text, ends.await.unwrap())
    };
    for decision in ["abort", "abort-consent"] {
        let (text, reply) = types_in(by_code("public"), decision).await;
        assert!(text.contains("interrupted"), "{decision}: {text}");
        assert!(
            matches!(&reply, Reply::Failed { code, .. } if code == "sign_in_denied"),
            "{decision}: {reply:?}"
        );
        assert_eq!(office.keychain.entries(), [""; 0]);
    }
    assert_eq!(office.shell.opened(), [""; 0], "no browser opens by itself");

    let (text, reply) = types_in(by_code("public"), "allow").await;
    assert!(text.contains("Sign-in Success"), "{text}");
    let Reply::Saved { profile } = reply else { panic!("not saved: {reply:?}") };
    is_danas_and_renews(&office).await;
    rotates(&office, &profile).await;
    assert!(server.is_active(&office.copied(&profile).await).await);

    // As the last time, and then with a browser.
    let again = |way| Request::SignInAgain { profile: profile.clone(), way };
    let (_, reply) = types_in(again(None), "allow").await;
    assert_eq!(reply, Reply::Saved { profile: profile.clone() });
    let (address, ends) = begin(&office, again(Some(SignInWay::Browser))).await;
    browser(&address, "allow").await;
    assert_eq!(ends.await.unwrap(), Reply::Saved { profile: profile.clone() });
    office.live().await;
    let (_, reply) = types_in(by_code("person"), "allow").await;
    assert!(matches!(reply, Reply::Saved { .. }), "a client with a secret: {reply:?}");
}

/// `oidc-provider-mock` from PyPI, which is made of Authlib: it rotates as well, and keeps its keys elsewhere.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python and Chromium: cargo xtask test"]
async fn a_person_signs_in_at_a_second_server_that_is_not_ours() {
    let server = Mock::start(&[]).await;
    let office = office().await;
    let (address, ends) = begin(&office, signing_in(server.draft())).await;
    let end = browser(&address, "allow").await;
    assert!(end.text.contains("You are signed in"), "{}", end.text);
    let Reply::Saved { profile } = ends.await.unwrap() else { panic!("not saved") };
    office.live().await;
    for _ in 1..=3 {
        let before = office.copied(&profile).await;
        office.refresh(&profile).await;
        office
            .within("another token", async {
                while office.copied(&profile).await == before {
                    tokio::task::yield_now().await;
                }
            })
            .await;
        office.live().await;
    }

    let again = Request::SignInAgain { profile: profile.clone(), way: None };
    let (address, ends) = begin(&office, again).await;
    // It sends its refusals without the `state`, so that they could be anybody's.
    let end = browser(&address, "deny").await;
    assert!(end.text.contains("Glowjar still waits"), "{}", end.text);
    assert_eq!(office.ask(Request::CancelSignIn).await, Reply::Done);
    let reply = ends.await.unwrap();
    assert!(matches!(&reply, Reply::Failed { code, .. } if code == "sign_in_cancelled"));
    office.live().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python and Chromium: cargo xtask test"]
async fn a_server_that_gives_nothing_to_renew_with_gives_a_token_that_works() {
    let server = Mock::start(&["--no-refresh-token", "true"]).await;
    let office = office().await;
    let (address, ends) = begin(&office, signing_in(server.draft())).await;
    browser(&address, "allow").await;
    assert!(matches!(ends.await.unwrap(), Reply::Saved { .. }));
    let shown = office.live().await;
    assert!(shown.client.signed_in.is_some_and(|it| !it.renews));
    assert!(shown.can_copy);
}

/// A web application comes back to an address of its own, so what the browser shows at the end is pasted.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and Chromium: cargo xtask test"]
async fn the_address_that_its_browser_ended_at_is_pasted_once_and_no_more() {
    let server = Server::start().await;
    let office = office().await;
    let draft = draft(&server, "person");
    let redirect = "https://studio.example/back".to_owned();
    let (address, ends) =
        begin(&office, Request::SignIn { draft, redirect, way: SignInWay::Browser }).await;
    let end = browser(&address, "allow").await;
    let paste = || office.ask(Request::PasteSignIn { text: end.url.clone().into() });
    assert_eq!(paste().await, Reply::Done);
    assert!(matches!(ends.await.unwrap(), Reply::Saved { .. }));
    office.live().await;
    assert!(matches!(paste().await, Reply::Failed { code, .. } if code == "sign_in_over"));
}

/// `oidc-provider-mock`, on a port of its own.
pub struct Mock {
    pub url: String,
    _child: Child,
}

impl Mock {
    pub async fn start(more: &[&str]) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("token-clients/.venv/bin");
        let mut child = Command::new(program.join("oidc-provider-mock"))
            .args(["--port", "0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it is installed by `cargo xtask setup`");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let url = loop {
            let line = lines.next_line().await.expect("a log").expect("it tells where it is");
            if let Some((_, rest)) = line.split_once("running on ") {
                break rest.split_whitespace().next().expect("an address").to_owned();
            }
        };
        // Nobody else reads it, and a full pipe would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { url, _child: child }
    }

    /// It takes whatever client comes.
    fn draft(&self) -> Draft {
        let draft = Draft {
            client_id: "glowjar".to_owned(),
            client_authentication: ClientAuthentication::Body,
            client_secret: Some("mock+secret&".into()),
            scopes: "openid email".to_owned(),
            ..drafts::minting()
        };
        drafts::at(self.url.clone(), draft)
    }
}

async fn office() -> TestApp {
    let mut office = TestApp::closed(|_| {}).await;
    office.clock = Clock::system();
    office.start();
    office
}

fn signing_in(draft: Draft) -> Request {
    Request::SignIn { draft, redirect: String::new(), way: SignInWay::Browser }
}

/// The address is the server's own, as a person would have it.
fn draft(server: &Server, name: &str) -> Draft {
    let client = &server.ready.clients[name];
    let draft = Draft {
        client_id: client.client_id.clone(),
        client_authentication: match client.client_secret {
            Some(_) => ClientAuthentication::Body,
            None => ClientAuthentication::None,
        },
        client_secret: client.client_secret.clone().map(Into::into),
        scopes: "openid email offline_access firefly_api".to_owned(),
        ..drafts::minting()
    };
    drafts::at(server.ready.issuer.clone(), draft)
}

/// Until the page is open.
async fn begin(office: &TestApp, request: Request) -> (String, JoinHandle<Reply>) {
    let agent = office.agent().clone();
    let ends = tokio::spawn(async move { agent.ask(request).await });
    (waiting(office).await.address.unwrap(), ends)
}

async fn waiting(office: &TestApp) -> SignInView {
    let snapshot = office
        .snapshot_when("a sign-in that waits", |snapshot| {
            snapshot.sign_in.as_ref().is_some_and(|it| it.step == SignInStep::Waiting)
        })
        .await;
    *snapshot.sign_in.unwrap()
}

fn refresh_token(office: &TestApp) -> String {
    let kept = office.keychain.contents();
    let (_, rest) = kept.split_once("\"refresh_token\":\"").expect("a refresh token is kept");
    rest.split('"').next().unwrap().to_owned()
}

/// Where the browser ended.
#[derive(Deserialize)]
pub struct End {
    url: String,
    pub text: String,
}

async fn browser(address: &str, decision: &str) -> End {
    run_browser(&[address, decision]).await
}

pub async fn run_browser(arguments: &[&str]) -> End {
    let output = Command::new("node")
        .arg("browser.mjs")
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc-provider"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("Node.js starts");
    let told = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

async fn is_danas_and_renews(office: &TestApp) {
    let told = office
        .when("whose token it is", |profile| {
            profile.client.signed_in.as_ref().is_some_and(|it| it.account.is_some())
        })
        .await;
    let signed_in = told.client.signed_in.unwrap();
    assert_eq!(signed_in.account.as_deref(), Some("dana@studio.example"));
    assert!(signed_in.renews);
}

/// Renews, and waits for the next refresh token.
async fn rotates(office: &TestApp, profile: &str) {
    let before = refresh_token(office);
    office.refresh(profile).await;
    office
        .within("a rotation", async {
            while refresh_token(office) == before {
                tokio::task::yield_now().await;
            }
        })
        .await;
}
