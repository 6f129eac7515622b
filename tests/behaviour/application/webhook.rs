//! A server of the person's own is told when a profile needs a person and when it is well again: Python's `http.server`, which
//! checks each signature with Python's `hmac`, and which is down, wrong, slow, moved, or another than its certificate says.

use std::time::Duration;

use glowjar_agent::{
    request::{Draft, Field, Reply, Request},
    view::Snapshot,
};
use glowjar_sandbox::CLIENT_SECRET;

use crate::{
    test_app::{TestApp, drafts},
    webhook_receiver::{Receiver, SECRET, Told, this_computer},
};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_server_is_told_once_when_a_person_is_needed_and_once_when_all_is_well_again() {
    let (mut office, mut server, profile) = in_trouble(&[]).await;
    let told = next(&office, &mut server).await;
    assert!(told.verified && told.fresh);
    assert_eq!(told.path, "/glowjar?token=hunter2");
    assert_eq!(told.kind(), "profile.person_needed");
    assert_eq!(told.profile()["code"], "secret_rejected");
    assert_eq!(told.profile()["id"], *profile);
    let name = office.profile().name;
    assert_eq!(told.profile()["name"], *name);
    let computer = told.message["data"]["computer"].as_str().expect("which computer").to_owned();
    assert_eq!(computer, this_computer());
    assert!(told.text().starts_with(&format!("{name} on {computer}: ")), "{}", told.text());
    assert!(told.text().contains("The client secret was rejected"), "{}", told.text());
    for secret in ["hunter2", "wrong-secret", CLIENT_SECRET, "whsec_"] {
        assert!(!told.message.to_string().contains(secret), "{secret}");
    }

    // Before that is kept, a crash would have it sent once more.
    let is_kept = || office.preferences.kept().webhook.is_some_and(|kept| kept.told.len() == 1);
    office
        .within("what was told to be kept", async {
            while !is_kept() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    // Neither time nor a restart tells it again.
    office.pass(3_600 * SECOND).await;
    office.restart().await;
    office.in_trouble("secret_rejected").await;
    office.pass(25 * 3_600 * SECOND).await;
    office.in_trouble("secret_rejected").await;
    mend(&office, &profile).await;
    let told = next(&office, &mut server).await;
    assert_eq!((told.kind(), told.verified), ("profile.well", true));
    assert_eq!(told.text(), format!("{name} on {computer}: well again."));
    assert!(office.barrier().await.banners.is_empty());
    office.pass(3_600 * SECOND).await;
    server.has_no_more().await;
}

#[tokio::test]
async fn what_a_crash_left_in_doubt_is_told_once_more_as_the_same_message() {
    let (mut office, mut server, profile) = in_trouble(&["--answers", "slow"]).await;
    let first = next(&office, &mut server).await;
    // It has it, and Glowjar never hears of that.
    office.restart().await;
    office.in_trouble("secret_rejected").await;
    let again = next(&office, &mut server).await;
    assert_eq!((&*again.id, again.kind()), (&*first.id, "profile.person_needed"));
    assert_eq!(again.message["timestamp"], first.message["timestamp"]);
    mend(&office, &profile).await;
    assert_eq!(next(&office, &mut server).await.kind(), "profile.well");
    office.pass(3_600 * SECOND).await;
    server.has_no_more().await;
}

#[tokio::test]
async fn trouble_that_a_server_may_have_heard_of_before_a_crash_is_told_to_be_over() {
    let (mut office, mut server, profile) = in_trouble(&["--answers", "slow"]).await;
    next(&office, &mut server).await;
    mend(&office, &profile).await;
    office.restart().await;
    office.live().await;
    office.pass(24 * 3_600 * SECOND).await;
    let well = next(&office, &mut server).await;
    assert_eq!((well.kind(), well.verified), ("profile.well", true));
    office.pass(3_600 * SECOND).await;
    server.has_no_more().await;
}

#[tokio::test]
async fn a_server_that_fails_is_tried_again_with_growing_pauses_and_that_is_said() {
    let (office, mut server, _) = in_trouble(&["--answers", "500,404,302"]).await;
    let first = next(&office, &mut server).await;
    for (pause, status) in [(5, "500"), (30, "404"), (120, "302")] {
        let banner = banner(&office, status).await;
        assert!(banner.contains("didn’t") || banner.contains("did not"), "{banner}");
        assert!(!banner.contains("hunter2"), "{banner}");
        office.advance((pause - 1) * SECOND);
        office.barrier().await;
        office.advance(SECOND);
        let again = next(&office, &mut server).await;
        assert_eq!((&again.id, again.verified), (&first.id, true), "the same message");
        // A redirect is not followed: the next one comes to the same place.
        assert_eq!(again.path, first.path);
    }
    office.snapshot_when("all well", |snapshot| snapshot.banners.is_empty()).await;
}

#[tokio::test]
async fn what_happened_while_a_server_was_down_or_slow_is_told_as_it_is_at_last() {
    let mut office = TestApp::closed(|_| {}).await;
    office.give_up_after(Duration::from_millis(300));
    office.start();
    let mut server = Receiver::start(&["--answers", "slow"]).await;
    let port = server.port;
    set(&office, &server).await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    break_it(&office, &profile).await;
    next(&office, &mut server).await;
    banner(&office, "in time").await;
    server.stop().await;
    office.advance(6 * SECOND);
    banner(&office, "connection").await;
    // It heals meanwhile, of which nobody has to be told who never heard of the trouble.
    mend(&office, &profile).await;
    let mut server = Receiver::start(&["--port", &port.to_string()]).await;
    office.pass(3_600 * SECOND).await;
    server.has_no_more().await;
    let mut server = Receiver::start(&["--port", &port.to_string()]).await;
    break_it(&office, &profile).await;
    let told = next(&office, &mut server).await;
    assert_eq!((told.kind(), told.verified), ("profile.person_needed", true));
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_vouches_for_is_told_nothing() {
    let office = TestApp::open().await;
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let pem = office.folder.path().join("server.pem");
    std::fs::write(&pem, made.cert.pem() + &made.signing_key.serialize_pem()).unwrap();
    let mut server = Receiver::start(&["--certificate", &pem.display().to_string()]).await;
    let address = format!("https://127.0.0.1:{}/", server.port);
    assert_eq!(office.ask(request(&address, SECRET)).await, Reply::Done);
    let Reply::Failed { code, cause, .. } = office.ask(Request::TryWebhook).await else {
        panic!("it arrived")
    };
    assert_eq!(code, "webhook_not_delivered");
    assert!(cause.as_deref().is_some_and(|cause| cause.contains("certificate")), "{cause:?}");
    server.has_no_more().await;
}

#[tokio::test]
async fn a_test_message_is_sent_at_a_click_and_nothing_once_it_is_turned_off() {
    let office = TestApp::open().await;
    assert!(
        matches!(office.ask(Request::TryWebhook).await, Reply::Failed { code, .. } if code == "webhook_off")
    );
    let mut server = Receiver::start(&[]).await;
    set(&office, &server).await;
    let shown = office.barrier().await.settings.webhook;
    assert_eq!(shown, Some(format!("http://127.0.0.1:{}", server.port)));
    assert_eq!(office.ask(Request::TryWebhook).await, Reply::Done);
    let told = next(&office, &mut server).await;
    assert_eq!((told.kind(), told.verified), ("test", true));

    let profile = office.add(drafts::minting()).await;
    office.live().await;
    assert_eq!(office.ask(request("", "")).await, Reply::Done);
    assert_eq!(office.barrier().await.settings.webhook, None);
    assert!(!office.keychain.contents().contains("whsec_"));
    break_it(&office, &profile).await;
    office.pass(60 * SECOND).await;
    server.has_no_more().await;
    // What is already so when it is set is told as well.
    let mut server = Receiver::start(&[]).await;
    set(&office, &server).await;
    assert_eq!(next(&office, &mut server).await.kind(), "profile.person_needed");
}

#[tokio::test]
async fn an_address_without_encryption_and_a_secret_that_is_none_are_refused_at_their_fields() {
    let office = TestApp::open().await;
    for (address, secret, wrong) in [
        ("http://alerts.example/", SECRET, vec![Field::WebhookAddress]),
        ("nonsense", "short", vec![Field::WebhookAddress, Field::WebhookSecret]),
        ("https://alerts.example/", "whsec_c2hvcnQ=", vec![Field::WebhookSecret]),
    ] {
        let Reply::Invalid { fields } = office.ask(request(address, secret)).await else {
            panic!("{address}")
        };
        assert_eq!(fields.iter().map(|it| it.field).collect::<Vec<_>>(), wrong, "{address}");
    }
    assert_eq!(office.keychain.entries(), [""; 0]);
}

fn request(address: &str, secret: &str) -> Request {
    Request::SetWebhook { address: address.into(), signing_secret: secret.into() }
}

async fn set(office: &TestApp, server: &Receiver) {
    let address = format!("http://127.0.0.1:{}/glowjar?token=hunter2", server.port);
    assert_eq!(office.ask(request(&address, SECRET)).await, Reply::Done);
}

/// A profile whose secret is refused, while a server that answers so is told of it.
async fn in_trouble(answers: &[&str]) -> (TestApp, Receiver, String) {
    let office = TestApp::open().await;
    let server = Receiver::start(answers).await;
    set(&office, &server).await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    break_it(&office, &profile).await;
    (office, server, profile)
}

async fn next(office: &TestApp, server: &mut Receiver) -> Told {
    office.within("a message", server.next()).await
}

async fn break_it(office: &TestApp, profile: &str) {
    let draft = drafts::untouched(drafts::minting());
    let wrong = Draft { client_secret: Some("wrong-secret".into()), ..draft };
    office.edit(profile, wrong).await;
    office.in_trouble("secret_rejected").await;
}

async fn mend(office: &TestApp, profile: &str) {
    let draft = drafts::untouched(drafts::minting());
    office.edit(profile, Draft { client_secret: Some(CLIENT_SECRET.into()), ..draft }).await;
    office.live().await;
}

async fn banner(office: &TestApp, cause: &str) -> String {
    let says = |snapshot: &Snapshot| {
        let banner = snapshot.banners.iter().find(|banner| banner.code == "webhook");
        banner.and_then(|banner| banner.cause.as_ref()).is_some_and(|told| told.contains(cause))
    };
    let shown = office.snapshot_when("a banner", says).await;
    let banner = shown.banners.into_iter().find(|banner| banner.code == "webhook").unwrap();
    format!("{} {}", banner.advice, banner.cause.unwrap_or_default())
}
