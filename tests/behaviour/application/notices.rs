//! Toasts: one per incident, none while there is time to heal, taken back when healed.

use std::time::Duration;

use glowjar_agent::{
    controller::HostEvent,
    notices::Urgency,
    request::{Draft, Reply, Request},
    view::{BannerView, Level},
};
use glowjar_sandbox::{Answer, CLIENT_SECRET, Outage, Refusal, Route};

use crate::test_app::{TestApp, drafts, shell::Told};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn f30_a_night_of_failures_is_one_notice_and_its_end_another_in_its_place() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.pass(36 * HOUR).await;
    let told = office.told(1).await;
    let [Told::Raised(notice)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(notice.id, format!("profile-{id}"));
    assert_eq!(notice.title, "Campaign: Sandbox can’t be reached");
    assert_eq!(notice.urgency, Urgency::Normal);

    office.sandbox.end_outage().await.expect("its end");
    office.pass(2 * MINUTE).await;
    let told = office.told(2).await;
    let Told::Raised(healed) = &told[1] else { panic!("{told:?}") };
    assert_eq!(
        (healed.id.as_str(), healed.title.as_str()),
        (notice.id.as_str(), "Campaign is live again")
    );
    office.pass(48 * HOUR).await;
    assert_eq!(office.shell.told().len(), 2);
    assert!(office.shell.opened().is_empty(), "no browser opens by itself");
}

#[tokio::test]
async fn f30_two_minutes_without_a_token_are_not_worth_a_notice() {
    let office = TestApp::open().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    office.add(drafts::minting()).await;
    office.pass(2 * MINUTE - Duration::from_secs(1)).await;
    assert!(office.shell.told().is_empty());
    office.pass(Duration::from_secs(1)).await;
    assert_eq!(office.told(1).await.len(), 1);
}

#[tokio::test]
async fn f30_a_request_that_takes_for_ever_is_told_of_in_words() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Token, Answer::Hang);
    office.add(drafts::minting()).await;
    office.asked(1).await;
    office.advance(2 * MINUTE);
    let told = office.told(1).await;
    let [Told::Raised(notice)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(notice.title, "Campaign: There is no live token");
    assert!(notice.body.contains("longer than it should"), "{}", notice.body);
}

#[tokio::test]
async fn f30_an_outage_that_ends_in_a_refusal_calls_the_person_after_all() {
    let office = TestApp::open().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    let id = office.add(drafts::refreshing()).await;
    office.pass(10 * MINUTE).await;
    office.told(1).await;
    office.sandbox.revoke_refresh_tokens();
    office.sandbox.end_outage().await.expect("its end");
    office.pass(2 * MINUTE).await;
    office.in_trouble("refresh_token_rejected").await;
    let told = office.told(2).await;
    let Told::Raised(notice) = &told[1] else { panic!("{told:?}") };
    assert_eq!(notice.id, format!("profile-{id}"), "in the place of the first");
    assert_eq!(
        (notice.title.as_str(), notice.urgency),
        ("Campaign: The sign-in has ended", Urgency::Critical)
    );
    office.pass(HOUR).await;
    assert_eq!(office.shell.told().len(), 2);
}

#[tokio::test]
async fn a_person_is_called_once_and_the_notice_taken_back_when_they_act() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::WrongClientSecret));
    let id = office.add(drafts::minting()).await;
    let told = office.told(1).await;
    let Told::Raised(notice) = &told[0] else { panic!("{told:?}") };
    assert_eq!(notice.urgency, Urgency::Critical);
    assert_eq!(notice.title, "Campaign: The client secret was rejected");

    let draft = Draft {
        client_secret: Some(format!("{CLIENT_SECRET} ").into()),
        ..drafts::untouched(drafts::minting())
    };
    office.edit(&id, draft).await;
    assert_eq!(office.told(2).await[1], Told::Withdrawn(notice.id.clone()));
    let told = office.told(3).await;
    assert!(matches!(&told[2], Told::Raised(again) if again.id == notice.id), "{told:?}");

    assert_eq!(
        office.ask(Request::RemoveProfile { profile: id, revoke: false }).await,
        Reply::Done
    );
    assert_eq!(office.told(4).await[3], Told::Withdrawn(notice.id.clone()));
}

#[tokio::test]
async fn pausing_takes_the_notice_back() {
    let office = TestApp::open().await;
    office.sandbox.set_outage(Outage::ConnectionRefused).await.expect("an outage");
    let id = office.add(drafts::minting()).await;
    office.pass(5 * MINUTE).await;
    office.told(1).await;
    office.ask(Request::Pause { profile: id }).await;
    assert!(matches!(office.told(2).await[1], Told::Withdrawn(_)));
    assert_eq!(office.shell.tray().icon, Level::Off);
}

#[tokio::test]
async fn a_banner_that_was_waved_away_stays_away_after_a_restart_too() {
    let mut office = TestApp::open().await;
    let banner = |code: &str, dismissible| BannerView {
        code: code.to_owned(),
        level: Level::Soon,
        headline: "No tray".to_owned(),
        advice: String::new(),
        action: None,
        dismissible,
        cause: None,
    };
    for banner in [banner("no_tray", true), banner("no_tray", true), banner("no_disk", false)] {
        office.tell(HostEvent::BannerRaised(banner));
    }
    assert_eq!(office.barrier().await.banners.len(), 2);
    for code in ["no_tray", "no_disk", "unheard_of"] {
        office.ask(Request::DismissBanner { code: code.to_owned() }).await;
    }
    let left = office.barrier().await.banners;
    assert_eq!(left, [banner("no_disk", false)], "only what may be waved away is");

    office.restart().await;
    office.tell(HostEvent::BannerRaised(banner("no_tray", true)));
    assert_eq!(office.barrier().await.banners, []);
    assert_eq!(office.preferences.kept().dismissed_banners, ["no_tray"]);
    office.tell(HostEvent::BannerRaised(banner("no_disk", false)));
    office.tell(HostEvent::BannerCleared { code: "no_disk".to_owned() });
    assert_eq!(office.barrier().await.banners, []);
}
