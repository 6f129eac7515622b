//! Signing in with a code that is typed in on whichever device (RFC 8628), at a strict server that also answers oddly.

use std::time::Duration;

use glowjar_agent::{
    request::{Draft, Reply, Request},
    view::{SignInStep, SignInView, SignInWay},
};
use glowjar_lifecycle::time::Step;
use glowjar_sandbox::{Answer, DeviceFlow, Outage, RetryAfter, Rotation, Route, Settings};
use tokio::task::JoinHandle;

use super::signing_in::{code_of, draft, saved};
use crate::test_app::TestApp;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_code_that_a_person_types_in_gives_a_token_that_is_renewed() {
    let office = office(|settings| settings.rotation = Rotation::Strict).await;
    let begun = begin(&office, draft(&office)).await;
    let SignInView { way, address, until, comes_back, stalled, has_other_way, .. } = &begun.shown;
    assert_eq!(
        (*way, *comes_back, *stalled, *has_other_way),
        (SignInWay::Device, true, false, true)
    );
    assert_eq!(address.as_deref(), Some(&*format!("{}/device", office.sandbox.url())));
    assert_eq!(*until - office.clock.now().as_millis(), 600_000);
    assert_eq!(office.shell.opened(), [""; 0], "no browser opens by itself");
    assert_eq!(office.ask(Request::ReopenSignIn).await, Reply::Done);
    let page = format!("{}/device?user_code={}", office.sandbox.url(), begun.code);
    assert_eq!(office.shell.opened(), [page], "the code is filled in");

    office.pass(12 * SECOND).await;
    assert_eq!(office.asked_so_far(), 2, "every five seconds");
    begun.decides(&office, "allow").await;
    office.pass(5 * SECOND).await;
    let profile = saved(begun.ends.await.unwrap());
    let shown = office
        .when("whose token it is", |profile| {
            profile.client.signed_in.as_ref().is_some_and(|it| it.account.is_some())
        })
        .await;
    assert_eq!(shown.id, profile);
    assert!(shown.client.signed_in.is_some_and(|it| it.renews));
    assert!(office.barrier().await.sign_in.is_none());
    office.live().await;
    office.pass(Duration::from_secs(72 * 3_600)).await;
    office.live().await;
    assert_eq!(office.asked_so_far(), 3 + 3, "three renewals");
    office.assert_strict();
}

#[tokio::test]
async fn whoever_says_no_or_lets_the_code_run_out_is_told_so_and_nothing_is_stored() {
    let office = office(|_| {}).await;
    let begun = begin(&office, draft(&office)).await;
    begun.decides(&office, "deny").await;
    office.pass(6 * SECOND).await;
    assert_eq!(code_of(&begun.ends.await.unwrap()), "sign_in_denied");

    let begun = begin(&office, draft(&office)).await;
    office.pass(599 * SECOND).await;
    assert!(office.snapshot().sign_in.is_some());
    office.pass(2 * SECOND).await;
    assert_eq!(code_of(&begun.ends.await.unwrap()), "sign_in_code_over");

    // The server says it before our clock does.
    let begun = begin(&office, draft(&office)).await;
    let expired = Answer::Raw {
        status: 400,
        headers: vec![("content-type".into(), "application/json".into())],
        body: r#"{"error":"expired_token"}"#.into(),
    };
    office.sandbox.next(Route::Token, expired);
    office.pass(6 * SECOND).await;
    assert_eq!(code_of(&begun.ends.await.unwrap()), "sign_in_code_over");
    assert_eq!(office.keychain.entries(), [""; 0]);
    assert!(office.barrier().await.sign_in.is_none());
    office.assert_strict();
}

#[tokio::test]
async fn a_server_that_wants_it_slower_is_asked_less_often_from_then_on() {
    let office = office(|_| {}).await;
    let begun = begin(&office, draft(&office)).await;
    // With 200, as GitHub has it.
    for status in [400, 200] {
        let body = r#"{"error":"slow_down"}"#.to_owned();
        office.sandbox.next(Route::Token, Answer::Raw { status, headers: vec![], body });
    }
    office.pass(6 * SECOND).await;
    assert_eq!(office.asked_so_far(), 1);
    office.pass(9 * SECOND).await;
    assert_eq!(office.asked_so_far(), 2, "after ten seconds");
    office.pass(14 * SECOND).await;
    assert_eq!(office.asked_so_far(), 2);
    office.pass(SECOND).await;
    assert_eq!(office.asked_so_far(), 3, "after fifteen");
    begun.decides(&office, "allow").await;
    office.pass(16 * SECOND).await;
    saved(begun.ends.await.unwrap());
    office.assert_strict();
}

#[tokio::test]
async fn no_answer_is_waited_out_with_growing_pauses_and_said_and_the_code_still_counts() {
    let office = office(|_| {}).await;
    let begun = begin(&office, draft(&office)).await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.unwrap();
    office.pass(6 * SECOND).await;
    assert!(office.barrier().await.sign_in.unwrap().stalled);
    office.pass(120 * SECOND).await;
    assert_eq!(office.barrier().await.sign_in.unwrap().step, SignInStep::Waiting);
    office.sandbox.end_outage().await.unwrap();
    for answer in [
        Answer::InternalError,
        Answer::Garbage,
        Answer::Portal(glowjar_sandbox::Portal::Page),
        Answer::Cut,
        Answer::Throttled(RetryAfter::Seconds(30)),
    ] {
        office.sandbox.next(Route::Token, answer.clone());
        let asked = office.asked_so_far();
        office.pass(61 * SECOND).await;
        assert!(office.asked_so_far() > asked, "{answer:?}");
        assert!(office.barrier().await.sign_in.is_some(), "{answer:?}");
    }
    begun.decides(&office, "allow").await;
    office.pass(61 * SECOND).await;
    saved(begun.ends.await.unwrap());
    office.live().await;
    office.assert_strict();
}

#[tokio::test]
async fn there_is_one_sign_in_at_a_time_and_a_cancelled_one_asks_no_more() {
    let office = office(|_| {}).await;
    let begun = begin(&office, draft(&office)).await;
    for way in [SignInWay::Browser, SignInWay::Device] {
        let request = Request::SignIn { draft: draft(&office), redirect: String::new(), way };
        assert_eq!(code_of(&office.ask(request).await), "sign_in_running");
    }
    let paste = Request::PasteSignIn { text: "code=x&state=y".into() };
    assert!(matches!(office.ask(paste).await, Reply::Failed { .. }));
    assert!(office.barrier().await.sign_in.is_some(), "what is pasted is no answer to it");
    assert_eq!(office.ask(Request::CancelSignIn).await, Reply::Done);
    assert_eq!(code_of(&begun.ends.await.unwrap()), "sign_in_cancelled");
    let asked = office.asked_so_far();
    office.pass(60 * SECOND).await;
    assert_eq!(office.asked_so_far(), asked);
    assert_eq!(office.keychain.entries(), [""; 0]);
}

#[tokio::test]
async fn a_profile_remembers_the_way_and_the_other_one_can_be_taken() {
    let mut office = office(|_| {}).await;
    let begun = begin(&office, draft(&office)).await;
    begun.decides(&office, "allow").await;
    office.pass(6 * SECOND).await;
    let profile = saved(begun.ends.await.unwrap());
    office.live().await;
    office.restart().await;
    office.live().await;
    let begun =
        begin_with(&office, Request::SignInAgain { profile: profile.clone(), way: None }).await;
    begun.decides(&office, "allow").await;
    office.pass(6 * SECOND).await;
    assert_eq!(saved(begun.ends.await.unwrap()), profile);

    let agent = office.agent().clone();
    let browser = Request::SignInAgain { profile, way: Some(SignInWay::Browser) };
    let ends = tokio::spawn(async move { agent.ask(browser).await });
    let shown = waiting(&office).await;
    assert_eq!((shown.way, shown.has_other_way, shown.code), (SignInWay::Browser, true, None));
    assert_eq!(office.shell.opened(), [shown.address.unwrap()]);
    office.ask(Request::CancelSignIn).await;
    ends.await.unwrap();
}

#[tokio::test]
async fn a_server_without_codes_and_one_that_gives_an_odd_one_are_said() {
    let office = TestApp::open().await;
    let reply = office.ask(by_code(draft(&office))).await;
    assert_eq!(code_of(&reply), "sign_in_no_device");
    office.sandbox.change(|settings| settings.device_flow = Some(DeviceFlow::default()));
    for body in [
        "{}",
        r#"{"device_code":"x","user_code":"A","verification_uri":"javascript:alert(1)","expires_in":60}"#,
        r#"{"device_code":"x","user_code":"A\u202eB","verification_uri":"https://id.example/","expires_in":60}"#,
        "<html>Hello</html>",
    ] {
        let answer = Answer::Raw { status: 200, headers: vec![], body: body.to_owned() };
        office.sandbox.next(Route::DeviceAuthorization, answer);
        let reply = office.ask(by_code(draft(&office))).await;
        assert!(matches!(reply, Reply::Refused { .. }), "{body}: {reply:?}");
    }
    assert!(office.barrier().await.sign_in.is_none());
    let unknown = Draft { client_id: "nobody".to_owned(), ..draft(&office) };
    assert!(matches!(office.ask(by_code(unknown)).await, Reply::Refused { .. }));
    assert_eq!((office.asked_so_far(), office.keychain.entries().len()), (0, 0));
}

#[tokio::test]
async fn f08_a_clock_that_is_set_changes_neither_the_code_s_time_nor_the_interval() {
    let office = office(|_| {}).await;
    let begun = begin(&office, draft(&office)).await;
    let left = |office: &TestApp, shown: SignInView| shown.until - office.clock.now().as_millis();
    for hours in [2, -5] {
        office.clock.set_by(Step::from_millis(hours * 3_600_000));
        office.barrier().await;
        let shown = *office.barrier().await.sign_in.expect("it waits");
        assert_eq!(left(&office, shown), 600_000, "{hours} h");
    }
    begun.decides(&office, "allow").await;
    office.pass(6 * SECOND).await;
    saved(begun.ends.await.unwrap());
    office.live().await;
}

/// A sign-in that waits for a person with a code.
struct Begun {
    shown: SignInView,
    code: String,
    ends: JoinHandle<Reply>,
}

impl Begun {
    /// On the sandbox's page.
    async fn decides(&self, office: &TestApp, decision: &str) {
        let browser = reqwest::Client::builder().user_agent("Browser").no_proxy().build().unwrap();
        // As a person types it.
        let code = self.code.to_lowercase();
        let page = format!("{}/device?user_code={code}", office.sandbox.url());
        let text = browser.get(&page).send().await.unwrap().text().await.unwrap();
        assert!(text.contains("asks for access"), "{text}");
        let page = format!("{page}&decision={decision}");
        assert!(browser.get(page).send().await.unwrap().status().is_success());
    }
}

async fn office(change: impl FnOnce(&mut Settings)) -> TestApp {
    TestApp::with(|settings| {
        settings.device_flow = Some(DeviceFlow::default());
        change(settings);
    })
    .await
}

fn by_code(draft: Draft) -> Request {
    Request::SignIn { draft, redirect: String::new(), way: SignInWay::Device }
}

async fn begin(office: &TestApp, draft: Draft) -> Begun {
    begin_with(office, by_code(draft)).await
}

async fn begin_with(office: &TestApp, request: Request) -> Begun {
    let agent = office.agent().clone();
    let ends = tokio::spawn(async move { agent.ask(request).await });
    let shown = waiting(office).await;
    let code = shown.code.clone().expect("a code");
    Begun { shown, code, ends }
}

async fn waiting(office: &TestApp) -> SignInView {
    let waits = |snapshot: &glowjar_agent::view::Snapshot| {
        snapshot.sign_in.as_ref().is_some_and(|it| it.step == SignInStep::Waiting)
    };
    *office.snapshot_when("a sign-in that waits", waits).await.sign_in.unwrap()
}
