//! Names, order, copies, the default, and removing with a way back.

use std::time::Duration;

use glowjar_agent::{
    request::{Draft, Field, Reply, Request},
    tray::Click,
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route};

use crate::test_app::{TestApp, drafts};

async fn remove(office: &TestApp, profile: &str, revoke: bool) {
    let remove = Request::RemoveProfile { profile: profile.to_owned(), revoke };
    assert_eq!(office.ask(remove).await, Reply::Done);
}

fn named(name: &str) -> Draft {
    Draft { name: name.to_owned(), ..drafts::minting() }
}

async fn names(office: &TestApp) -> Vec<String> {
    office.barrier().await.profiles.into_iter().map(|profile| profile.name).collect()
}

#[tokio::test]
async fn a_removed_profile_can_be_brought_back_with_its_token_and_secrets() {
    let office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    let token = office.copied(&id).await;
    remove(&office, &id, true).await;
    let snapshot = office.barrier().await;
    assert!(snapshot.profiles.is_empty());
    assert_eq!(snapshot.undo.expect("a way back").name, "Campaign");
    assert!(!office.keychain.entries().is_empty(), "nothing is deleted yet");

    let reply = office.ask(Request::UndoRemove).await;
    assert_eq!(reply, Reply::Saved { profile: id.clone() });
    office.live().await;
    assert_eq!(office.copied(&id).await, token);
    assert_eq!(office.asked_so_far(), 1);
    assert!(office.sandbox.requests_to(Route::Revoke).is_empty());
}

#[tokio::test]
async fn when_the_time_is_over_the_secrets_go_and_the_refresh_token_is_revoked() {
    let office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    remove(&office, &id, true).await;
    office.advance(Duration::from_secs(13));
    office.within("the revocation", office.sandbox.wait_for(Route::Revoke, 1)).await;
    let is_empty = office.keychain.tried_when(|_| office.keychain.entries().is_empty());
    office.within("an empty keychain", is_empty).await;
    let reply = office.ask(Request::UndoRemove).await;
    assert!(matches!(reply, Reply::Failed { .. }), "{reply:?}");
    let load = || office.profiles_file().load().expect("the file");
    assert!(load().profiles.is_empty());
    let forgotten = async {
        while !load().leaving.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    office.within("nothing to be left", forgotten).await;
}

#[tokio::test]
async fn a_removal_that_the_end_interrupted_is_finished_at_the_next_start() {
    let mut office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    remove(&office, &id, true).await;
    office.restart().await;
    office.within("the revocation", office.sandbox.wait_for(Route::Revoke, 1)).await;
    let is_empty = office.keychain.tried_when(|_| office.keychain.entries().is_empty());
    office.within("an empty keychain", is_empty).await;
    assert!(office.barrier().await.profiles.is_empty());
}

#[tokio::test]
async fn names_and_order_are_the_persons_and_outlive_a_restart() {
    let mut office = TestApp::open().await;
    let mut ids = Vec::new();
    for name in ["One", "Two", "Three"] {
        ids.push(office.add(named(name)).await);
    }
    let rename = |profile: &str, name: &str| Request::Rename {
        profile: profile.to_owned(),
        name: name.to_owned(),
    };
    assert_eq!(office.ask(rename(&ids[0], " Packaging ")).await, Reply::Done);
    for name in ["two", " "] {
        let Reply::Invalid { fields } = office.ask(rename(&ids[0], name)).await else {
            panic!("taken: {name}")
        };
        assert_eq!(fields[0].field, Field::Name);
    }
    let profiles = vec![ids[2].clone(), "gone".to_owned(), ids[0].clone()];
    assert_eq!(office.ask(Request::Reorder { profiles }).await, Reply::Done);
    assert_eq!(names(&office).await, ["Three", "Packaging", "Two"]);
    office.restart().await;
    assert_eq!(names(&office).await, ["Three", "Packaging", "Two"]);
}

#[tokio::test]
async fn a_duplicate_has_the_same_secret_and_a_token_of_its_own() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let reply = office.ask(Request::Duplicate { profile: id }).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    let requests = office.asked(2).await;
    assert_eq!(requests[1].field("client_secret"), Some(CLIENT_SECRET));
    assert_eq!(names(&office).await, ["Campaign", "Campaign 2"]);
}

#[tokio::test]
async fn a_duplicate_takes_no_refresh_token_along_and_says_that_it_needs_one_of_its_own() {
    let mut office =
        TestApp::with(|settings| settings.rotation = glowjar_sandbox::Rotation::Strict).await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    let reply = office.ask(Request::Duplicate { profile: id.clone() }).await;
    let Reply::Saved { profile: copy } = reply else { panic!("{reply:?}") };
    let lacks_its_own = |seen: &glowjar_agent::view::Snapshot| {
        let copy = seen.profiles.iter().find(|profile| profile.id == copy);
        let trouble = copy.and_then(|copy| copy.trouble.as_ref());
        trouble
            .is_some_and(|it| it.code == "refresh_token_missing" && it.advice.contains("duplicate"))
    };
    office.snapshot_when("what the duplicate lacks", lacks_its_own).await;
    assert_eq!(office.asked_so_far(), 1, "nothing is asked with a token of another");

    // The first goes on to renew, and the copy works with a sign-in of its own.
    let draft = Draft {
        name: "Campaign 2".to_owned(),
        refresh_token: Some(office.sandbox.issue_refresh_token(CLIENT_ID).into()),
        ..drafts::untouched(drafts::refreshing())
    };
    assert!(matches!(office.edit(&copy, draft).await, Reply::Saved { .. }));
    office.asked(2).await;
    for _ in 0..2 {
        office.advance(Duration::from_secs(3_600));
        for profile in [&id, &copy] {
            let asked = office.asked_so_far() as u64;
            office.refresh(profile).await;
            office.asked(asked + 1).await;
            office.settled().await;
        }
    }
    office.restart().await;
    let settled = office.settled().await;
    assert!(settled.profiles.iter().all(|profile| profile.can_copy && profile.trouble.is_none()));
}

#[tokio::test]
async fn the_default_profile_is_the_first_until_another_is_chosen() {
    let office = TestApp::open().await;
    let first = office.add(named("One")).await;
    let second = office.add(named("Two")).await;
    assert_eq!(office.barrier().await.default_profile, Some(first.clone()));
    office.ask(Request::SetDefault { profile: second.clone() }).await;
    let snapshot = office
        .snapshot_when("both tokens", |it| it.profiles.iter().all(|profile| profile.can_copy))
        .await;
    assert_eq!(snapshot.default_profile, Some(second.clone()));
    let expected = office.copied(&second).await;
    office.copied(&first).await;
    office.agent().click(Click::CopyDefault);
    office.barrier().await;
    assert_eq!(office.shell.clipboard(), Some(expected));
    remove(&office, &second, false).await;
    assert_eq!(office.barrier().await.default_profile, Some(first));
}
