//! Signing in with a browser: from the click to a token that is renewed, and whatever else a browser may bring.

use std::time::Duration;

use glowjar_agent::{
    request::{ClientAuthentication, Draft, Field, Reply, Request},
    view::{Action, Preset, ProfileView, SignInStep, SignInWay, Snapshot},
};
use glowjar_sandbox::{Answer, NATIVE_CLIENT_ID, Rotation, Route};
use reqwest::{Method, StatusCode, header, redirect::Policy};
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinHandle};
use url::Url;

use crate::test_app::{TestApp, drafts};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_sign_in_gives_a_token_that_is_renewed_with_rotating_refresh_tokens_and_tells_who_it_is()
{
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    let begun = begin(&office, draft(&office), "").await;
    let page = Browser::sign_in(&begun.address, "allow").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("You are signed in"), "{}", page.text);
    let profile = saved(begun.ends.await.unwrap());

    let told = |profile: &ProfileView| {
        profile.client.signed_in.as_ref().is_some_and(|it| it.account.is_some())
    };
    let shown = office.when("whose token it is", told).await;
    let signed_in = shown.client.signed_in.unwrap();
    assert_eq!(signed_in.account.as_deref(), Some("dana@example.com"));
    assert!(signed_in.renews);
    assert_eq!(shown.id, profile);
    assert!(office.snapshot().sign_in.is_none());
    office.live().await;

    office.pass(72 * HOUR).await;
    let asked = office.sandbox.requests_to(Route::Token);
    assert_eq!(asked.len(), 4, "the code once, and three renewals");
    office.live().await;
    office.assert_strict();
}

#[tokio::test]
async fn what_was_signed_in_for_outlives_a_restart() {
    let mut office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "").await;
    Browser::sign_in(&begun.address, "allow").await;
    saved(begun.ends.await.unwrap());
    let token = office.live().await.validity;
    office.restart().await;
    let shown = office.live().await;
    assert_eq!(shown.validity, token, "nothing is asked for again");
    assert!(shown.client.signed_in.is_some_and(|it| it.renews));
    assert_eq!(office.asked_so_far(), 1);
}

/// A wrong `state`, none, another host's name, another path, another method, web pages that ask by themselves, and an
/// address of 10 MB.
#[tokio::test]
async fn a_callback_with_a_wrong_state_stores_nothing_and_ends_no_sign_in() {
    ends_nothing(async |redirect, state| {
        for query in [
            "code=forged&state=wrong",
            "code=forged",
            "error=access_denied",
            "error=access_denied&state=wrong",
            &format!("code=forged&state={state}&state=wrong"),
            "",
        ] {
            let page = get(format!("{redirect}?{query}")).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::OK);
            let text = page.text().await.unwrap();
            assert!(text.contains("does not belong to the sign-in"), "{query}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_callback_for_a_foreign_host_stores_nothing_and_ends_no_sign_in() {
    ends_nothing(async |redirect, state| {
        for host in ["evil.example", "localhost", "127.0.0.1"] {
            let request = get(good(redirect, state)).header(header::HOST, host);
            assert_eq!(status(request).await, StatusCode::FORBIDDEN, "{host}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_web_page_asks_for_by_itself_stores_nothing_and_ends_no_sign_in() {
    ends_nothing(async |redirect, state| {
        let good = good(redirect, state);
        let get = || get(good.clone());
        for request in [
            get().header("sec-fetch-mode", "no-cors").header("sec-fetch-dest", "image"),
            get().header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "iframe"),
            get().header(header::ORIGIN, "https://evil.example"),
        ] {
            assert_eq!(status(request).await, StatusCode::FORBIDDEN);
        }
        for method in [Method::POST, Method::OPTIONS, Method::HEAD] {
            let request = reqwest_browser().request(method, &good);
            assert_eq!(status(request).await, StatusCode::METHOD_NOT_ALLOWED);
        }
        let elsewhere = good.replace("/signed-in", "/favicon.ico");
        assert_eq!(status(reqwest_browser().get(elsewhere)).await, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_query_of_ten_megabytes_stores_nothing_and_ends_no_sign_in() {
    ends_nothing(async |redirect, _| {
        assert!(sends_ten_megabytes(redirect).await, "the far end hangs up");
    })
    .await;
}

/// What is done with the redirect's address and this sign-in's own `state` is no answer: nothing is stored and no code tried,
/// and the person who decides after that gets their token.
async fn ends_nothing(forge: impl AsyncFnOnce(&str, &str)) {
    let office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "").await;
    forge(&begun.redirect(), &begun.state()).await;
    let shown = office.barrier().await;
    assert_eq!(shown.sign_in.map(|it| it.step), Some(SignInStep::Waiting));
    assert!(shown.profiles.is_empty());
    assert_eq!(office.keychain.entries(), [""; 0]);
    assert_eq!(office.asked_so_far(), 0, "no code is tried");
    Browser::sign_in(&begun.address, "allow").await;
    saved(begun.ends.await.unwrap());
    office.live().await;
}

fn get(address: String) -> reqwest::RequestBuilder {
    reqwest_browser().get(address)
}

async fn status(request: reqwest::RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

fn good(redirect: &str, state: &str) -> String {
    format!("{redirect}?code=forged&state={state}")
}

#[tokio::test]
async fn an_address_that_was_used_once_brings_nothing_more() {
    let office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "").await;
    let address = Browser::decided(&begun.address, "allow").await;
    Browser::arrive(&address).await;
    saved(begun.ends.await.unwrap());
    office.live().await;
    // The second tab, and the back button.
    office
        .within("the port to be free", async {
            while let Ok(page) = reqwest_browser().get(&address).send().await {
                assert_eq!(page.status(), StatusCode::GONE);
            }
        })
        .await;
    let paste = office.ask(Request::PasteSignIn { text: address.clone().into() }).await;
    assert_eq!(code_of(&paste), "sign_in_over");

    let next = begin(&office, Draft { name: "Another".to_owned(), ..draft(&office) }, "").await;
    let paste = office.ask(Request::PasteSignIn { text: address.into() }).await;
    assert_eq!(code_of(&paste), "sign_in_other_address");
    assert_eq!(office.ask(Request::CancelSignIn).await, Reply::Done);
    assert_eq!(code_of(&next.ends.await.unwrap()), "sign_in_cancelled");
    assert_eq!(office.snapshot().profiles.len(), 1);
}

#[tokio::test]
async fn a_person_who_says_no_is_told_so_and_nothing_is_stored() {
    let office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "").await;
    let page = Browser::sign_in(&begun.address, "deny").await;
    assert!(page.text.contains("You are not signed in"), "{}", page.text);
    assert_eq!(code_of(&begun.ends.await.unwrap()), "sign_in_denied");
    assert_eq!(office.keychain.entries(), [""; 0]);
    assert!(office.barrier().await.sign_in.is_none());
}

#[tokio::test]
async fn a_sign_in_that_fails_after_its_window_was_closed_is_said_in_the_next_one_each_time() {
    let office = TestApp::open().await;
    for _ in 0..2 {
        let begun = begin(&office, draft(&office), "").await;
        assert!(office.barrier().await.banners.is_empty(), "a new one makes the old one forgotten");
        begun.ends.abort();
        assert!(begun.ends.await.is_err_and(|it| it.is_cancelled()));
        Browser::sign_in(&begun.address, "deny").await;
        let banner = office.barrier().await.banners.pop().expect("a banner");
        assert_eq!((&*banner.code, banner.dismissible), ("sign_in_failed", true));
        assert_eq!(banner.headline, "The sign-in was refused");
        office.ask(Request::DismissBanner { code: banner.code }).await;
        assert!(office.barrier().await.banners.is_empty());
    }
    let begun = begin(&office, draft(&office), "").await;
    begun.ends.abort();
    Browser::sign_in(&begun.address, "deny").await;
    assert_eq!(office.barrier().await.banners.len(), 1);
    begin(&office, draft(&office), "").await;
    assert!(office.barrier().await.banners.is_empty());
}

#[tokio::test]
async fn what_the_browser_ended_at_can_be_pasted_from_wherever_it_was() {
    let office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "https://studio.example/back").await;
    assert!(!begun.shown.comes_back);
    let address = Browser::decided(&begun.address, "allow").await;
    assert!(address.starts_with("https://studio.example/back?"), "{address}");
    let paste =
        async |text: &str| office.ask(Request::PasteSignIn { text: text.to_owned().into() }).await;
    for (text, why) in [
        ("hello", "sign_in_no_code"),
        ("https://studio.example/", "sign_in_other_address"),
        ("https://studio.example/back?code=x&state=y", "sign_in_other"),
        (&begun.address, "sign_in_still_there"),
    ] {
        let reply = paste(text).await;
        assert_eq!(code_of(&reply), why, "{text}");
        assert!(!reply.is_of_the_sign_in(), "{text}");
    }
    let reply = paste(&format!(" <{address}>\n")).await;
    assert!(reply == Reply::Done && reply.is_of_the_sign_in());
    saved(begun.ends.await.unwrap());
    office.live().await;
}

#[tokio::test]
async fn each_refusal_of_the_provider_is_of_the_sign_in_that_it_ends_and_of_none_after_that() {
    let office = TestApp::open().await;
    for error in [
        "access_denied",
        "interaction_required",
        "invalid_scope",
        "unauthorized_client",
        "temporarily_unavailable",
        "made_up",
    ] {
        let begun = begin(&office, draft(&office), "https://studio.example/back").await;
        let address = format!("https://studio.example/back?error={error}&state={}", begun.state());
        let paste = || office.ask(Request::PasteSignIn { text: address.clone().into() });
        assert!(paste().await.is_of_the_sign_in(), "{error}");
        assert!(matches!(begun.ends.await, Ok(Reply::Failed { .. })), "{error}");
        assert!(!paste().await.is_of_the_sign_in(), "{error}, a second time");
    }
}

#[tokio::test]
async fn a_sign_in_that_nobody_ends_ends_by_itself_and_gives_its_port_back() {
    let office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "").await;
    let again = begin_in_background(&office, draft(&office), "");
    assert_eq!(code_of(&again.await.unwrap()), "sign_in_running");
    office.clock.advance(Duration::from_secs(599));
    office.barrier().await;
    assert!(office.snapshot().sign_in.is_some());
    office.clock.advance(Duration::from_secs(2));
    let redirect = begun.redirect();
    assert_eq!(code_of(&begun.ends.await.unwrap()), "sign_in_time_over");
    assert!(office.barrier().await.sign_in.is_none());
    office
        .within("the port to be free", async {
            while reqwest_browser().get(&redirect).send().await.is_ok() {
                tokio::task::yield_now().await;
            }
        })
        .await;
}

#[tokio::test]
async fn a_browser_tab_opens_only_when_a_person_asks_and_again_when_they_ask_again() {
    let office = TestApp::open().await;
    assert_eq!(code_of(&office.ask(Request::ReopenSignIn).await), "sign_in_over");
    let begun = begin(&office, draft(&office), "").await;
    assert_eq!(office.ask(Request::ReopenSignIn).await, Reply::Done);
    assert_eq!(office.shell.opened(), [begun.address.clone(), begun.address]);
}

#[tokio::test]
async fn a_code_that_is_no_good_any_more_stores_nothing() {
    let office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "").await;
    let address = format!("{}?code=used-up&state={}", begun.redirect(), begun.state());
    Browser::arrive(&address).await;
    assert_eq!(code_of(&begun.ends.await.unwrap()), "sign_in_code_refused");
    assert_eq!(office.keychain.entries(), [""; 0]);
    assert!(office.barrier().await.profiles.is_empty());
}

#[tokio::test]
async fn a_port_that_another_program_has_is_said_before_a_browser_opens() {
    let office = TestApp::open().await;
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let redirect = format!("http://127.0.0.1:{}/back", taken.local_addr().unwrap().port());
    let reply = begin_in_background(&office, draft(&office), &redirect).await.unwrap();
    assert_eq!(code_of(&reply), "sign_in_port_taken");
    assert_eq!(office.shell.opened(), [""; 0]);
}

#[tokio::test]
async fn another_program_s_call_of_adobe_s_scheme_stores_nothing_and_ends_no_sign_in() {
    const SCHEME: &str = "adobe+0123456789abcdef0123456789abcdef01234567";
    let office = TestApp::open().await;
    let redirect = format!("{SCHEME}://adobeid/{NATIVE_CLIENT_ID}");
    let begun = begin(&office, draft(&office), &redirect).await;
    assert!(begun.shown.comes_back);
    assert_eq!(office.shell.schemes(), [SCHEME]);
    let state = begun.state();
    let call = async |address: String| {
        code_of(&office.ask(Request::PasteSignIn { text: address.into() }).await)
    };
    let other = SCHEME.replace('0', "f");
    for address in [
        format!("{redirect}?code=forged"),
        format!("{redirect}?code=forged&state=wrong"),
        format!("{redirect}?error=access_denied&state=wrong"),
        format!("{other}://adobeid/{NATIVE_CLIENT_ID}?code=forged&state={state}"),
        format!("{SCHEME}://adobeid/another?code=forged&state={state}"),
        format!("{redirect}?code={}&state={state}", "a".repeat(10 * 1_024 * 1_024)),
    ] {
        let _ = call(address).await;
        let shown = office.barrier().await;
        assert_eq!(shown.sign_in.map(|it| it.step), Some(SignInStep::Waiting));
    }
    assert_eq!((office.asked_so_far(), office.keychain.entries().len()), (0, 0));
    let address = Browser::decided(&begun.address, "allow").await;
    office.ask(Request::PasteSignIn { text: address.clone().into() }).await;
    saved(begun.ends.await.unwrap());
    office.live().await;
    assert_eq!(call(address).await, "sign_in_over", "a second time it brings nothing");
}

#[tokio::test]
async fn where_the_system_takes_no_scheme_the_address_is_asked_for() {
    let office = TestApp::open().await;
    office.shell.refuse_schemes();
    let redirect =
        format!("adobe+0123456789abcdef0123456789abcdef01234567://adobeid/{NATIVE_CLIENT_ID}");
    let begun = begin(&office, draft(&office), &redirect).await;
    assert!(!begun.shown.comes_back);
}

#[tokio::test]
async fn a_server_that_names_no_sign_in_page_is_said_to() {
    let office = TestApp::open().await;
    office.sandbox.until_cleared(Route::Discovery, Answer::Empty { status: 404 });
    let reply = begin_in_background(&office, draft(&office), "").await.unwrap();
    assert_eq!(code_of(&reply), "sign_in_not_found");
}

#[tokio::test]
async fn adobe_wants_the_redirect_address_that_is_registered() {
    let office = TestApp::open().await;
    for (redirect, preset) in [("", Preset::AdobeIms), ("http://studio.example", Preset::Custom)] {
        let draft = Draft { preset, ..draft(&office) };
        let reply = begin_in_background(&office, draft, redirect).await.unwrap();
        let Reply::Invalid { fields } = reply else { panic!("{reply:?}") };
        assert_eq!(fields.iter().map(|it| it.field).collect::<Vec<_>>(), [Field::Redirect]);
    }
    assert!(office.snapshot().sign_in.is_none());
}

/// Adobe's own pages contradict each other on whether one comes.
#[tokio::test]
async fn without_a_refresh_token_a_profile_works_until_its_token_ends_and_says_so() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Token, Answer::NoRefreshToken);
    let begun = begin(&office, draft(&office), "").await;
    Browser::sign_in(&begun.address, "allow").await;
    let profile = saved(begun.ends.await.unwrap());
    let shown = office.live().await;
    assert!(!shown.client.signed_in.unwrap().renews);

    // Somewhat before its end.
    office.pass(Duration::from_secs(23 * 3_600 + 55 * 60)).await;
    let shown = office.in_trouble("sign_in_once_more").await;
    assert!(shown.can_copy, "it works until its end");
    assert_eq!(shown.trouble.unwrap().action, Some(Action::SignIn));
    assert_eq!(office.asked_so_far(), 1, "there is nothing to ask with");

    let begun = begin_again(&office, &profile).await;
    Browser::sign_in(&begun.address, "allow").await;
    assert_eq!(saved(begun.ends.await.unwrap()), profile);
    let shown = office.live().await;
    assert!(shown.client.signed_in.unwrap().renews);
    assert_eq!(office.snapshot().profiles.len(), 1);
    office.assert_strict();
}

#[tokio::test]
async fn a_sign_in_that_the_provider_ended_is_healed_by_one_more() {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    let begun = begin(&office, draft(&office), "").await;
    Browser::sign_in(&begun.address, "allow").await;
    let profile = saved(begun.ends.await.unwrap());
    office.live().await;

    office.sandbox.revoke_refresh_tokens();
    office.advance(HOUR);
    office.refresh(&profile).await;
    let trouble = office.in_trouble("sign_in_ended").await.trouble.unwrap();
    assert_eq!(trouble.action, Some(Action::SignIn));

    let begun = begin_again(&office, &profile).await;
    Browser::sign_in(&begun.address, "allow").await;
    assert_eq!(saved(begun.ends.await.unwrap()), profile);
    let shown = office.live().await;
    assert_eq!(shown.trouble, None);
    let asked = office.asked_so_far();
    office.advance(HOUR);
    office.refresh(&profile).await;
    office.asked(asked as u64 + 1).await;
    office.live().await;
}

#[tokio::test]
async fn f33_nothing_of_a_sign_in_is_shown_that_a_token_could_be_had_with() {
    let office = TestApp::open().await;
    let begun = begin(&office, draft(&office), "").await;
    let address = Browser::decided(&begun.address, "allow").await;
    let code = Url::parse(&address).unwrap();
    let code = code.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    Browser::arrive(&address).await;
    saved(begun.ends.await.unwrap());
    office.live().await;
    let kept = office.keychain.contents();
    assert!(kept.contains("refresh_token"));
    let shown = format!("{} {:?}", office.shell.debug(), office.snapshot());
    assert!(!shown.contains(&code) && !kept.contains(&code), "the code");
    assert!(!shown.contains("eyJhbG"), "a token");
    let file = std::fs::read_to_string(office.folder.path().join("profiles.json")).unwrap();
    assert!(!file.contains(&code) && !file.contains("eyJhbG") && !file.contains(&begun.address));
}

/// A sign-in that waits for a browser.
pub(super) struct Begun {
    pub(super) address: String,
    shown: glowjar_agent::view::SignInView,
    pub(super) ends: JoinHandle<Reply>,
}

impl Begun {
    fn field(&self, name: &str) -> String {
        let url = Url::parse(&self.address).unwrap();
        let value = url.query_pairs().find(|(key, _)| key == name).map(|it| it.1.into_owned());
        value.unwrap_or_else(|| panic!("no {name} in {}", self.address))
    }

    fn redirect(&self) -> String {
        self.field("redirect_uri")
    }

    fn state(&self) -> String {
        self.field("state")
    }
}

pub(super) async fn begin(office: &TestApp, draft: Draft, redirect: &str) -> Begun {
    let ends = begin_in_background(office, draft, redirect);
    waiting(office, ends).await
}

pub(super) async fn begin_again(office: &TestApp, profile: &str) -> Begun {
    let (agent, profile) = (office.agent().clone(), profile.to_owned());
    let ends =
        tokio::spawn(async move { agent.ask(Request::SignInAgain { profile, way: None }).await });
    waiting(office, ends).await
}

fn begin_in_background(office: &TestApp, draft: Draft, redirect: &str) -> JoinHandle<Reply> {
    let (agent, redirect) = (office.agent().clone(), redirect.to_owned());
    let way = SignInWay::Browser;
    tokio::spawn(async move { agent.ask(Request::SignIn { draft, redirect, way }).await })
}

async fn waiting(office: &TestApp, ends: JoinHandle<Reply>) -> Begun {
    let waits = |snapshot: &Snapshot| {
        snapshot.sign_in.as_ref().is_some_and(|it| it.step == SignInStep::Waiting)
    };
    let shown = *office.snapshot_when("a sign-in that waits", waits).await.sign_in.unwrap();
    let address = office.shell.opened().last().cloned().expect("a page was opened");
    assert_eq!(shown.address.as_deref(), Some(address.as_str()));
    Begun { address, shown, ends }
}

/// Where the sandbox is, as its address and nothing more.
pub(super) fn draft(office: &TestApp) -> Draft {
    let draft = Draft {
        client_id: NATIVE_CLIENT_ID.to_owned(),
        client_authentication: ClientAuthentication::None,
        client_secret: None,
        scopes: "openid,AdobeID,firefly_api,offline_access".to_owned(),
        ..drafts::minting()
    };
    drafts::at(office.sandbox.url(), draft)
}

pub(super) fn saved(reply: Reply) -> String {
    match reply {
        Reply::Saved { profile } => profile,
        other => panic!("not saved: {other:?}"),
    }
}

pub(super) fn code_of(reply: &Reply) -> String {
    match reply {
        Reply::Failed { code, .. } => code.clone(),
        other => panic!("it did not fail: {other:?}"),
    }
}

/// As much of a browser as a sign-in needs.
pub(super) struct Browser;

pub(super) struct Shown {
    status: StatusCode,
    text: String,
}

impl Browser {
    pub(super) async fn sign_in(address: &str, decision: &str) -> Shown {
        Self::arrive(&Self::decided(address, decision).await).await
    }

    /// Where the provider sends the browser.
    async fn decided(address: &str, decision: &str) -> String {
        let page = reqwest_browser().get(address).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let address = format!("{address}&decision={decision}");
        let sent = reqwest_browser().get(address).send().await.unwrap();
        sent.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    async fn arrive(address: &str) -> Shown {
        let request = reqwest_browser()
            .get(address)
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-site", "cross-site");
        let page = request.send().await.unwrap();
        Shown { status: page.status(), text: page.text().await.unwrap() }
    }
}

fn reqwest_browser() -> reqwest::Client {
    reqwest::Client::builder()
        .user_agent("Browser")
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// Whether the far end hangs up or refuses, instead of taking it all in.
async fn sends_ten_megabytes(redirect: &str) -> bool {
    let url = Url::parse(redirect).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
    let head = format!("GET {}?code=", url.path());
    let mut sent = stream.write_all(head.as_bytes()).await;
    let piece = vec![b'a'; 64 * 1_024];
    for _ in 0..160 {
        if sent.is_err() {
            return true;
        }
        sent = stream.write_all(&piece).await;
    }
    sent.is_err()
}
