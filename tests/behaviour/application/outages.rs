//! Networks and servers that go away and come back, with nobody's help.

use std::time::Duration;

use glowjar_agent::{
    controller::HostEvent,
    request::Reply,
    view::{Level, PhaseView},
};
use glowjar_sandbox::{Answer, Outage, Route};

use crate::test_app::{TestApp, drafts, shell::Told};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn f01_many_who_want_a_token_that_has_expired_share_one_request() {
    let office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.advance(48 * HOUR);
    let everyone = async {
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (agent, profile) = (office.agent().clone(), id.clone());
            callers.spawn(async move {
                agent.ask(glowjar_agent::request::Request::CopyToken { profile }).await
            });
        }
        callers.join_all().await
    };
    let release = async {
        office.asked(2).await;
        office.barrier().await;
        office.sandbox.release();
    };
    let (replies, ()) =
        office.within("all callers", async { tokio::join!(everyone, release) }).await;
    assert!(replies.iter().all(|reply| matches!(reply, Reply::Copied { .. })), "{replies:?}");
    assert_eq!(office.asked_so_far(), 2);
    assert!(office.sandbox.accepts(&office.shell.clipboard().expect("a token")));
}

#[tokio::test]
async fn f06_a_sleep_longer_than_the_tokens_life_ends_in_a_new_token_and_never_in_green() {
    let office = TestApp::open().await;
    office.add(drafts::minting()).await;
    office.live().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.advance(30 * HOUR);
    office.tell(HostEvent::Woke);
    let busy = office.when("the renewal", |it| it.phase == PhaseView::Refreshing).await;
    assert_eq!((busy.level, busy.can_copy), (Level::Busy, false));
    assert_eq!(office.shell.tray().icon, Level::Busy);
    office.asked(2).await;
    office.sandbox.release();
    office.live().await;
}

#[tokio::test]
async fn f20_twelve_hours_of_trouble_at_the_server_need_no_person_and_make_no_storm() {
    let office = TestApp::open().await;
    office.add(drafts::at(office.token_endpoint(), drafts::minting())).await;
    office.live().await;
    office.pass(22 * HOUR).await;
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    office.pass(12 * HOUR).await;
    let dark = office.profile();
    assert_eq!((dark.level, dark.can_copy), (Level::Attention, false));

    office.sandbox.end_outage().await.expect("its end");
    office.pass(2 * MINUTE).await;
    office.live().await;
    let requests = office.sandbox.requests_to(Route::Token);
    let gaps = requests.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at));
    assert!(gaps.flatten().all(|gap| gap >= Duration::from_secs(30)));
    let told = office.told(2).await;
    assert_eq!(told.len(), 2, "one notice in the night, and one that all is well: {told:?}");
}

#[tokio::test]
async fn f26_a_network_that_is_late_after_a_wake_raises_no_notice() {
    let office = TestApp::open().await;
    office.add(drafts::refreshing()).await;
    office.live().await;
    let contents = office.keychain.contents();
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.advance(30 * HOUR);
    office.tell(HostEvent::Woke);
    office.pass(Duration::from_secs(20)).await;
    assert_eq!(office.profile().level, Level::Attention);
    assert_eq!(office.keychain.contents(), contents, "the credential is untouched");

    office.sandbox.end_outage().await.expect("its end");
    office.pass(Duration::from_secs(5)).await;
    office.live().await;
    assert!(office.shell.told().is_empty());
}

#[tokio::test]
async fn f26_the_network_coming_back_is_taken_up_at_once() {
    let office = TestApp::open().await;
    office.add(drafts::minting()).await;
    office.live().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.pass(26 * HOUR).await;
    office.sandbox.end_outage().await.expect("its end");
    office.tell(HostEvent::Woke);
    office.live().await;
}

#[tokio::test]
async fn an_outage_that_the_token_outlives_is_told_to_nobody() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    office.pass(22 * HOUR).await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.pass(HOUR + MINUTE * 30).await;
    let waiting = office.profile();
    assert_eq!((waiting.level, waiting.can_copy), (Level::Soon, true));
    assert!(office.sandbox.accepts(&office.copied(&id).await));
    office.sandbox.end_outage().await.expect("its end");
    office.pass(5 * MINUTE).await;
    office.live().await;
    assert_eq!(office.shell.told(), [] as [Told; 0]);
}
