//! Ending and starting again costs neither a token nor a setting.

use std::{fs, time::Duration};

use glowjar_agent::{
    profiles::Unreadable,
    request::{Anyway, Draft, Reply, Request},
    view::{Action, Level, PhaseView},
};
use glowjar_sandbox::{CLIENT_SECRET, Rotation};

use crate::test_app::{TestApp, drafts, shell::Told};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_restart_mints_nothing_while_the_token_lives() {
    let mut office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    let before = office.live().await;
    let token = office.copied(&profile).await;

    office.advance(HOUR);
    office.restart().await;
    let after = office.live().await;
    assert_eq!(after.validity, before.validity);
    assert_eq!(office.copied(&profile).await, token);
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn a_refusal_is_known_after_a_restart_until_a_renewal_succeeds() {
    let mut office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    let accepts = |office: &TestApp, secrets: &[&str]| {
        let secrets = secrets.iter().map(|secret| (*secret).into()).collect();
        office.sandbox.change(|settings| settings.clients[0].secrets = secrets);
    };
    accepts(&office, &[]);
    office.advance(HOUR);
    office.refresh(&profile).await;
    office.in_trouble("secret_rejected").await;
    let asked = office.asked_so_far();

    office.advance(HOUR);
    office.restart().await;
    let shown = office.in_trouble("secret_rejected").await;
    assert_eq!((shown.level, shown.can_copy), (Level::Attention, true));
    assert_eq!(shown.trouble.and_then(|trouble| trouble.action), Some(Action::ReplaceSecret));
    let told = office.told(1).await;
    assert!(matches!(&told[..], [Told::Raised(notice)] if notice.title.contains("rejected")));
    assert_eq!(office.asked_so_far(), asked, "nobody is asked while the token lives");
    // What was removed and brought back is as it was.
    let removal = Request::RemoveProfile { profile: profile.clone(), revoke: false };
    assert_eq!(office.ask(removal).await, Reply::Done);
    assert!(matches!(office.ask(Request::UndoRemove).await, Reply::Saved { .. }));
    office.in_trouble("secret_rejected").await;

    // It heals by itself where the provider takes the secret again, and that is remembered as well.
    accepts(&office, &[CLIENT_SECRET]);
    office.pass(24 * HOUR).await;
    office.live().await;
    assert_eq!(office.profile().trouble, None);
    office.restart().await;
    assert_eq!(office.live().await.trouble, None);
    assert_eq!(office.shell.told(), []);
}

#[tokio::test]
async fn a_restart_after_a_rotation_goes_on_with_the_newest_refresh_token() {
    let mut office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    office.add(drafts::refreshing()).await;
    office.live().await;
    for day in 1..=3 {
        office.pass(24 * HOUR).await;
        office.restart().await;
        office.live().await;
        assert_eq!(office.asked_so_far(), 1 + day, "the restart itself asks for nothing");
    }
    office.assert_strict();
}

#[tokio::test]
async fn a_token_that_died_while_the_application_was_off_is_renewed_at_once() {
    let mut office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    office.end().await;
    office.advance(48 * HOUR);
    office.start();
    office.live().await;
    assert_eq!(office.asked_so_far(), 2);
    assert!(office.sandbox.accepts(&office.copied(&profile).await));
}

#[tokio::test]
async fn pausing_is_remembered_and_resuming_too() {
    let mut office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    assert_eq!(office.ask(Request::Pause { profile: id.clone() }).await, Reply::Done);
    office.restart().await;
    let paused = office.when("the pause", |profile| profile.phase == PhaseView::Paused).await;
    assert_eq!(paused.next_attempt_at, None);

    office.when("the keychain to be read", |profile| profile.can_copy).await;
    office.advance(48 * HOUR);
    office.when("the token to end", |profile| !profile.can_copy).await;
    let reply = office.copy(&id).await;
    assert!(matches!(&reply, Reply::Failed { code, .. } if code == "no_live_token"), "{reply:?}");
    assert_eq!(office.asked_so_far(), 1, "a paused profile asks for nothing");
    assert!(office.shell.told().is_empty(), "and nobody is told of its end");

    assert_eq!(office.ask(Request::Resume { profile: id }).await, Reply::Done);
    office.live().await;
    assert_eq!(office.asked_so_far(), 2);
    office.restart().await;
    office.live().await;
}

#[tokio::test]
async fn f05_a_torn_profiles_file_is_kept_aside_and_the_application_runs() {
    let mut office = TestApp::open().await;
    office.add(drafts::minting()).await;
    office.live().await;
    office.end().await;
    let path = office.folder.path().join("profiles.json");
    let torn = fs::read_to_string(&path).expect("the file").split_off(40);
    fs::write(&path, &torn).expect("torn");

    let kept = office.profiles_file().load().expect("read").kept_aside.expect("kept aside");
    assert_eq!(kept.why, Unreadable::Corrupt);
    assert_eq!(fs::read_to_string(kept.copy).expect("the copy"), torn);
    office.start();
    office.add(drafts::minting()).await;
    office.live().await;
}

#[tokio::test]
async fn f05_a_profiles_file_that_cannot_be_written_leaves_everything_as_it_was() {
    let office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    let path = office.folder.path().join("profiles.json");
    let saved = fs::read(&path).expect("the file");
    let entries = office.keychain.entries();
    // Root may write anywhere, but nobody replaces a folder with a file.
    fs::rename(&path, office.folder.path().join("meanwhile.json")).expect("moved");
    fs::create_dir_all(path.join("in the way")).expect("a folder");

    let second = Draft { name: "Second".to_owned(), ..drafts::minting() };
    let reply = office.save(second, Some(Anyway::Untried)).await;
    assert_failed(&reply);
    let renamed = Draft { name: "Renamed".to_owned(), ..drafts::untouched(drafts::minting()) };
    assert_failed(&office.edit(&profile, renamed).await);
    assert_failed(&office.ask(Request::Pause { profile: profile.clone() }).await);
    assert_failed(
        &office.ask(Request::RemoveProfile { profile: profile.clone(), revoke: false }).await,
    );

    let snapshot = office.barrier().await;
    assert_eq!(snapshot.profiles.len(), 1);
    assert_eq!(snapshot.profiles[0].name, "Campaign");
    assert_eq!(snapshot.profiles[0].phase, PhaseView::Holding);
    assert!(office.sandbox.accepts(&office.copied(&profile).await));
    assert_eq!(fs::read(office.folder.path().join("meanwhile.json")).expect("the file"), saved);
    let is_forgotten = office.keychain.tried_when(|_| office.keychain.entries() == entries);
    office.within("the second's secret to be forgotten", is_forgotten).await;
}

fn assert_failed(reply: &Reply) {
    assert!(matches!(reply, Reply::Failed { code, .. } if code == "profiles_file"), "{reply:?}");
}
