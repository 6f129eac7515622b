//! Newer versions of Glowjar: told of quietly, to those who want that, and installed when they say so.

use std::{sync::Arc, time::Duration};

use glowjar_agent::{
    ports::UpdateError,
    request::{Reply, Request},
    view::{Action, BannerView, Level},
};

use crate::test_app::{TestApp, updates::MemoryUpdates};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Where updates are offered, and wanted.
async fn wanting() -> TestApp {
    let mut office = TestApp::closed(|_| {}).await;
    office.updates = Arc::new(MemoryUpdates::offered(true));
    office.start();
    office
}

async fn want(office: &TestApp) {
    assert_eq!(office.change_settings(|it| it.look_for_updates = true).await, Reply::Done);
}

async fn looked(office: &TestApp, times: usize) {
    let mut looked = office.updates.looked();
    let enough = looked.wait_for(|looked| *looked >= times);
    assert_eq!(*office.within("a look", enough).await.expect("updates"), times);
    office.barrier().await;
}

async fn line(office: &TestApp, version: &str) -> BannerView {
    let code = format!("update-{version}");
    let is_there = |banner: &BannerView| banner.code == code;
    let snapshot = office.snapshot_when(&code, |it| it.banners.iter().any(is_there)).await;
    snapshot.banners.into_iter().find(is_there).expect("a line")
}

#[tokio::test]
async fn nobody_looks_for_updates_before_a_person_wants_that_or_where_there_are_none() {
    let office = wanting().await;
    office.updates.release("9.0.0");
    assert!(office.barrier().await.settings.updates_are_offered);
    office.advance(10 * DAY);
    office.barrier().await;
    assert_eq!(*office.updates.looked().borrow(), 0);

    let managed = TestApp::open().await;
    managed.updates.release("9.0.0");
    want(&managed).await;
    managed.advance(10 * DAY);
    let snapshot = managed.barrier().await;
    assert!(!snapshot.settings.updates_are_offered && snapshot.banners.is_empty());
    assert_eq!(*managed.updates.looked().borrow(), 0);
}

#[tokio::test]
async fn once_wanted_it_is_looked_at_once_and_then_once_a_day() {
    let mut office = wanting().await;
    want(&office).await;
    looked(&office, 1).await;
    office.advance(DAY - HOUR);
    looked(&office, 1).await;
    office.advance(HOUR);
    looked(&office, 2).await;
    // Without a network it is tried again the same day.
    office.updates.answer(Err("no network".to_owned()));
    office.advance(DAY);
    looked(&office, 3).await;
    office.advance(4 * HOUR);
    looked(&office, 4).await;
    assert!(office.barrier().await.banners.is_empty(), "nothing a person has to know");
    // After a restart as well.
    office.restart().await;
    looked(&office, 5).await;
    office.change_settings(|it| it.look_for_updates = false).await;
    office.advance(10 * DAY);
    looked(&office, 5).await;
}

#[tokio::test]
async fn a_newer_version_is_a_quiet_line_until_it_is_waved_away_or_nobody_wants_it_any_more() {
    let office = wanting().await;
    office.updates.release("9.0.0");
    want(&office).await;
    let shown = line(&office, "9.0.0").await;
    assert_eq!((shown.level, shown.action), (Level::Off, Some(Action::InstallUpdate)));
    assert!(shown.headline.contains("9.0.0") && shown.advice.contains("0.0.0"), "{shown:?}");
    assert_eq!(office.shell.told(), [], "no toast");

    office.ask(Request::DismissBanner { code: shown.code }).await;
    office.advance(DAY);
    looked(&office, 2).await;
    assert!(office.barrier().await.banners.is_empty(), "it was waved away");
    office.updates.release("9.1.0");
    office.advance(DAY);
    line(&office, "9.1.0").await;
    office.change_settings(|it| it.look_for_updates = false).await;
    assert!(office.barrier().await.banners.is_empty());
    let Reply::Failed { .. } = office.ask(Request::InstallUpdate).await else {
        panic!("installed what nobody wants")
    };
}

#[tokio::test]
async fn what_could_not_be_installed_says_why_and_can_be_tried_again() {
    let office = wanting().await;
    office.updates.release("9.0.0");
    want(&office).await;
    line(&office, "9.0.0").await;
    for (error, expected) in [
        (UpdateError::Unreachable("cut off".to_owned()), "could not be fetched"),
        (UpdateError::NotGenuine("another key".to_owned()), "not genuine"),
        (UpdateError::NotWritten("read-only".to_owned()), "could not be put in place"),
    ] {
        let cause = error.to_string().split_once(": ").expect("a cause").1.to_owned();
        office.updates.fail(error);
        match office.ask(Request::InstallUpdate).await {
            Reply::Failed { message, cause: told, .. } => {
                assert!(message.contains(expected), "{message}");
                assert_eq!(told, Some(cause), "{message}");
            }
            other => panic!("{expected}: {other:?}"),
        }
        line(&office, "9.0.0").await;
    }
    assert_eq!(office.ask(Request::InstallUpdate).await, Reply::Done);
}
