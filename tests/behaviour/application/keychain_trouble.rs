//! Locked, absent, silent, losing things: each is a trouble of its own, and none costs a profile.

use std::time::{Duration, Instant};

use glowjar_agent::{
    controller::HostEvent,
    request::{Anyway, Draft, Reply, Request},
    view::{Action, Level, Snapshot},
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route};

use crate::test_app::{TestApp, drafts, keychain::Mood};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn f22_a_silent_keychain_is_said_within_two_seconds_and_waited_for() {
    let mut office = with_profile(drafts::minting()).await;
    office.keychain.set_mood(Mood::Silent);
    let start = Instant::now();
    office.start();
    office.when("the window to show the profile meanwhile", |profile| !profile.can_copy).await;
    let profile = office.in_trouble("keychain_not_answering").await;
    // Two seconds, on a machine that does nothing else.
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!(profile.level, Level::Attention);
    assert!(office.shell.tray().tooltip.contains("The keychain is not answering"));

    office.keychain.set_mood(Mood::Open);
    office.live().await;
    assert_eq!(office.asked_so_far(), 1, "it went on by itself, with the stored token");
}

#[tokio::test]
async fn f22_a_keychain_that_falls_silent_after_a_rotation_gets_the_token_later() {
    let office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    office.keychain.set_mood(Mood::Silent);
    office.advance(HOUR);
    office.refresh(&id).await;
    let unsaved = office.when("the warning", |profile| profile.not_saved).await;
    assert!(unsaved.can_copy);
    office.keychain.set_mood(Mood::Open);
    office.when("it to be saved by itself", |profile| !profile.not_saved).await;
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn f22_a_locked_keychain_is_never_no_profile_and_one_click_unlocks_it() {
    let mut office = with_profile(drafts::minting()).await;
    office.keychain.set_mood(Mood::Locked);
    office.start();
    let profile = office.in_trouble("keychain_locked").await;
    let trouble = profile.trouble.expect("the trouble");
    assert_eq!(trouble.action, Some(Action::UnlockKeychain));

    assert_eq!(office.ask(Request::UnlockKeychain).await, Reply::Done);
    office.live().await;
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn f22_a_prompt_that_is_waved_away_changes_nothing_and_unlocking_elsewhere_is_noticed() {
    let mut office = with_profile(drafts::minting()).await;
    office.keychain.set_mood(Mood::Locked);
    office.keychain.refuse_to_unlock();
    office.start();
    office.in_trouble("keychain_locked").await;
    office.ask(Request::UnlockKeychain).await;
    office.in_trouble("keychain_locked").await;

    office.keychain.set_mood(Mood::Open);
    office.advance(Duration::from_secs(30));
    office.live().await;
}

#[tokio::test]
async fn f23_without_a_keychain_nothing_is_stored_and_that_is_said() {
    let office = TestApp::open().await;
    office.keychain.set_mood(Mood::Absent);
    let Reply::Refused { trouble, anyway } =
        office.save(drafts::minting(), Some(Anyway::Untried)).await
    else {
        panic!("saved");
    };
    assert_eq!((&*trouble.code, anyway), ("keychain_absent", Some(Anyway::InMemory)));
    assert!(office.barrier().await.profiles.is_empty());
    nothing_is_left(&office).await;
    let kept = std::fs::read_to_string(office.folder.path().join("profiles.json"));
    assert!(!kept.expect("the list").contains(CLIENT_ID));
}

#[tokio::test]
async fn f23_without_a_keychain_tokens_live_in_memory_if_the_person_agrees_and_no_longer() {
    let mut office = in_memory().await;
    office.pass(48 * HOUR).await;
    assert!(office.profile().can_copy, "renewed as any other");
    let file = std::fs::read_to_string(office.folder.path().join("profiles.json"));
    assert!(!file.expect("the profile is listed").contains(CLIENT_SECRET));

    office.end().await;
    office.start();
    assert!(!office.in_trouble("keychain_absent").await.can_copy);
}

#[tokio::test]
async fn f22_a_locked_keychain_is_to_be_unlocked_and_not_gone_around() {
    let office = TestApp::open().await;
    office.keychain.set_mood(Mood::Locked);
    let reply = office.save(drafts::minting(), Some(Anyway::InMemory)).await;
    let Reply::Refused { trouble, anyway: None } = reply else { panic!("{reply:?}") };
    assert_eq!(trouble.code, "keychain_locked");
    assert!(office.barrier().await.profiles.is_empty());
}

#[tokio::test]
async fn f23_what_lives_in_memory_is_stored_as_soon_as_there_is_a_keychain() {
    let mut office = in_memory().await;
    office.keychain.set_mood(Mood::Open);
    office.advance(Duration::from_secs(60));
    office.when("saved", |profile| !profile.not_saved).await;

    office.end().await;
    let before = office.asked_so_far();
    office.start();
    office.live().await;
    assert_eq!(office.asked_so_far(), before, "the stored token is still the one");
}

#[tokio::test]
async fn f23_a_keychain_that_is_gone_after_a_restart_is_said_and_the_profile_stays() {
    let mut office = with_profile(drafts::minting()).await;
    office.keychain.set_mood(Mood::Absent);
    office.start();
    let profile = office.in_trouble("keychain_absent").await;
    assert_eq!(profile.level, Level::Attention);
    office.advance(Duration::from_secs(60));
    office.keychain.set_mood(Mood::Open);
    office.advance(Duration::from_secs(60));
    office.live().await;
}

#[tokio::test]
async fn f24_what_is_longer_than_an_entry_comes_back_whole_or_not_at_all() {
    let mut office = TestApp::closed(|_| {}).await;
    office.keychain = office.keychain.with_entries_up_to(2_560);
    office.start();
    let long = "s".repeat(6_000);
    office.sandbox.change(|settings| settings.clients[0].secrets = vec![long.clone()]);
    let draft = Draft { client_secret: Some(long.into()), ..drafts::minting() };
    let id = office.add(draft).await;
    office.live().await;
    assert!(office.keychain.entries().len() > 2, "{:?}", office.keychain.entries());
    office.restart().await;
    office.live().await;
    office.advance(HOUR);
    office.refresh(&id).await;
    office.asked(2).await;
    office.live().await;

    office.end().await;
    let last = office.keychain.entries().into_iter().filter(|name| name.contains("credential"));
    office.keychain.lose(&last.max().expect("a part"));
    office.start();
    let profile = office.in_trouble("keychain_incomplete").await;
    assert_eq!(profile.trouble.and_then(|it| it.action), Some(Action::ReplaceSecret));
    assert_eq!(office.asked_so_far(), 2, "a truncated secret is never sent");

    let again = Draft { client_secret: Some(CLIENT_SECRET.into()), ..drafts::minting() };
    office.sandbox.change(|settings| settings.clients[0].secrets = vec![CLIENT_SECRET.into()]);
    office.edit(&id, again).await;
    office.live().await;
}

#[tokio::test]
async fn f24_a_token_of_which_a_part_is_gone_is_replaced_without_a_person() {
    let mut office = TestApp::closed(|_| {}).await;
    office.keychain = office.keychain.with_entries_up_to(300);
    office.start();
    office.add(drafts::minting()).await;
    office.live().await;
    office.end().await;
    let parts = office.keychain.entries().into_iter().filter(|name| name.contains("token#"));
    office.keychain.lose(&parts.max().expect("a part"));
    office.start();
    assert_eq!(office.live().await.trouble, None);
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn f24_an_entry_that_claims_absurd_sizes_is_incomplete_and_other_profiles_go_on() {
    for (parts, bytes) in [(1, u64::MAX), (u64::MAX, u64::MAX), (2, 1 << 40)] {
        let mut office = TestApp::closed(|_| {}).await;
        office.keychain = office.keychain.with_entries_up_to(2_560);
        office.start();
        let damaged = office.add(drafts::minting()).await;
        let other = Draft { name: "Other".to_owned(), ..drafts::minting() };
        let other = office.add(other).await;
        office.asked(2).await;
        office.settled().await;
        office.end().await;
        let main = format!(r#"{{"parts":{parts},"bytes":{bytes},"set":"A"}}"#);
        office.keychain.damage(&format!("{damaged}/credential"), &main);
        office.start();
        let told = |snapshot: &Snapshot| {
            // None are there at first.
            let [first, second] = snapshot.profiles.as_slice() else { return false };
            let trouble = first.trouble.as_ref();
            trouble.is_some_and(|it| it.code == "keychain_incomplete") && second.can_copy
        };
        office.snapshot_when("the trouble of one and the token of the other", told).await;
        assert!(!office.copied(&other).await.is_empty());

        let again = Draft { client_secret: Some(CLIENT_SECRET.into()), ..drafts::minting() };
        office.edit(&damaged, again).await;
        let mended = |snapshot: &Snapshot| snapshot.profiles[0].can_copy;
        office.snapshot_when("a token with the secret typed anew", mended).await;
    }
}

#[tokio::test]
async fn f25_a_secret_that_was_deleted_behind_our_back_is_asked_for_and_the_profile_stays() {
    let mut office = with_profile(drafts::minting()).await;
    office.keychain.lose("/credential");
    office.start();
    let profile = office.in_trouble("secret_missing").await;
    assert!(profile.can_copy, "the token is still there");
    assert_eq!(profile.trouble.and_then(|it| it.action), Some(Action::ReplaceSecret));

    let draft =
        Draft { client_secret: Some(CLIENT_SECRET.into()), ..drafts::untouched(drafts::minting()) };
    let reply = office.edit(&profile.id, draft).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    office.live().await;
}

#[tokio::test]
async fn f25_a_deleted_refresh_token_is_asked_for() {
    let mut office = with_profile(drafts::refreshing()).await;
    office.keychain.lose("/credential");
    office.keychain.lose("/token");
    office.start();
    // The client secret lay in the same entry and is asked for first.
    let profile = office.in_trouble("secret_missing").await;
    let reply = office.edit(&profile.id, drafts::untouched(drafts::refreshing())).await;
    let Reply::Invalid { fields } = reply else { panic!("{reply:?}") };
    assert_eq!(fields.len(), 2, "{fields:?}");
    let fresh = office.sandbox.issue_refresh_token(glowjar_sandbox::CLIENT_ID);
    office
        .edit(&profile.id, Draft { refresh_token: Some(fresh.into()), ..drafts::refreshing() })
        .await;
    office.live().await;
}

#[tokio::test]
async fn a_token_entry_that_is_gone_costs_one_request() {
    let mut office = with_profile(drafts::refreshing()).await;
    office.keychain.lose("/token");
    office.start();
    office.live().await;
    assert_eq!(office.asked_so_far(), 2);
}

#[tokio::test]
async fn removing_a_profile_leaves_nothing_in_the_keychain() {
    let office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    assert_eq!(
        office.ask(Request::RemoveProfile { profile: id, revoke: false }).await,
        Reply::Done
    );
    office.advance(Duration::from_secs(13));
    let is_empty = office.keychain.tried_when(|_| office.keychain.entries().is_empty());
    office.within("an empty keychain", is_empty).await;
    assert!(office.barrier().await.profiles.is_empty());
}

#[tokio::test]
async fn what_was_removed_is_remembered_over_restarts_until_the_keychain_has_deleted_it() {
    let mut office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    office.keychain.set_mood(Mood::Locked);
    let remove = Request::RemoveProfile { profile: id, revoke: true };
    assert_eq!(office.ask(remove).await, Reply::Done);
    office.advance(Duration::from_secs(13));
    office.barrier().await;
    for _ in 0..2 {
        assert_eq!(office.profiles_file().load().expect("the file").leaving.len(), 1);
        assert_eq!(office.keychain.entries().len(), 2);
        office.restart().await;
        office.barrier().await;
    }
    let reads = office.keychain.tried().reads;
    office.keychain.set_mood(Mood::Open);
    office.tell(HostEvent::KeychainChanged);
    nothing_is_left(&office).await;
    assert!(office.keychain.tried().reads > reads);
    office.within("the revocation", office.sandbox.wait_for(Route::Revoke, 1)).await;
}

#[tokio::test]
async fn a_keychain_that_does_not_tell_that_it_was_unlocked_is_asked_again() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let remove = Request::RemoveProfile { profile: id, revoke: false };
    assert_eq!(office.ask(remove).await, Reply::Done);
    let reads = office.keychain.tried().reads;
    office.keychain.set_mood(Mood::Locked);
    office.advance(Duration::from_secs(13));
    office.within("a try", office.keychain.tried_when(|tried| tried.reads > reads)).await;
    office.barrier().await;
    office.keychain.set_mood(Mood::Open);
    office.advance(HOUR);
    nothing_is_left(&office).await;
}

#[tokio::test]
async fn a_power_cut_at_any_step_of_a_removal_leaves_no_secrets_after_the_next_start() {
    for changes in 0..2 {
        let mut office = TestApp::open().await;
        let id = office.add(drafts::refreshing()).await;
        office.live().await;
        let remove = Request::RemoveProfile { profile: id, revoke: false };
        assert_eq!(office.ask(remove).await, Reply::Done);
        office.keychain.cut_power_after(changes);
        office.advance(Duration::from_secs(13));
        office.within("the power cut", office.keychain.tried_when(|tried| tried.is_cut)).await;
        office.keychain = office.keychain.after_power_cut();
        office.restart().await;
        nothing_is_left(&office).await;
    }
}

/// A new profile, tried and untried, whole and in parts: how it is saved, and how many changes of the keychain that takes.
const WAYS_OF_ADDING: [(Option<Anyway>, usize); 4] = [
    (Some(Anyway::Untried), usize::MAX),
    (Some(Anyway::Untried), 100),
    (None, usize::MAX),
    (None, 100),
];

fn new_profile(office: &TestApp) -> Draft {
    drafts::at(office.token_endpoint(), drafts::refreshing())
}

#[tokio::test]
async fn a_power_cut_at_any_step_of_adding_a_profile_leaves_no_secrets_that_nobody_owns() {
    for (anyway, longest) in WAYS_OF_ADDING {
        let mut cuts = 0;
        loop {
            let mut office = TestApp::closed(|_| {}).await;
            office.keychain = office.keychain.with_entries_up_to(longest);
            office.start();
            office.keychain.cut_power_after(cuts);
            let draft = new_profile(&office);
            let cut = office.keychain.clone();
            let is_saved = tokio::select! {
                reply = office.save(draft, anyway) => matches!(reply, Reply::Saved { .. }),
                () = cut.tried_when(|tried| tried.is_cut) => false,
            };
            if is_saved {
                break;
            }
            office.keychain = office.keychain.after_power_cut();
            office.restart().await;
            nothing_is_left(&office).await;
            assert!(office.barrier().await.profiles.is_empty());
            // What was typed is not spoilt: it can be added again.
            let id = office.add(new_profile(&office)).await;
            let entries = office.keychain.entries();
            assert!(entries.iter().all(|entry| entry.starts_with(&id)), "{entries:?}");
            cuts += 1;
        }
        assert!(cuts > 0, "{anyway:?}, {longest}: no step was found");
    }
}

#[tokio::test]
async fn a_crash_between_the_keychain_and_the_list_of_profiles_leaves_no_secrets_that_nobody_owns()
{
    for (anyway, longest) in WAYS_OF_ADDING {
        let mut office = TestApp::closed(|_| {}).await;
        office.keychain = office.keychain.with_entries_up_to(longest);
        office.start();
        let file = office.folder.path().join("profiles.json");
        let changes = office.keychain.tried().changes;
        office.keychain.set_mood(Mood::Silent);
        let meanwhile = async {
            let is_writing =
                office.keychain.tried_when(|tried| tried.writes > 0 || tried.reads > 0);
            office.within("the secrets to be written", is_writing).await;
            let before = std::fs::read(&file).expect("named before anything is stored");
            assert_eq!(office.keychain.tried().changes, changes);
            office.keychain.set_mood(Mood::Open);
            before
        };
        let (reply, before) = tokio::join!(office.save(new_profile(&office), anyway), meanwhile);
        assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
        assert!(!office.keychain.entries().is_empty());
        office.end().await;
        // As if it had died before the list was written.
        std::fs::write(&file, before).expect("written");
        office.start();
        nothing_is_left(&office).await;
        assert!(office.barrier().await.profiles.is_empty());
    }
}

/// Neither in the keychain nor in the list of what is leaving.
async fn nothing_is_left(office: &TestApp) {
    let is_left = || {
        let loaded = office.profiles_file().load().expect("the file");
        !loaded.leaving.is_empty() || !office.keychain.entries().is_empty()
    };
    let gone = async {
        while is_left() {
            tokio::task::yield_now().await;
        }
    };
    office.within("everything to be gone", gone).await;
}

/// A profile that lives in memory, since there is no keychain.
async fn in_memory() -> TestApp {
    let office = TestApp::open().await;
    office.keychain.set_mood(Mood::Absent);
    let reply = office.save(drafts::minting(), Some(Anyway::InMemory)).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    office.when("a live token, not saved", |profile| profile.can_copy && profile.not_saved).await;
    office
}

/// A profile with a live token, and the application ended.
async fn with_profile(draft: Draft) -> TestApp {
    let mut office = TestApp::open().await;
    office.add(draft).await;
    office.live().await;
    office.end().await;
    office.advance(HOUR);
    office
}

#[tokio::test]
async fn a_profile_that_could_not_be_saved_leaves_nothing_in_a_keychain_that_answers_late() {
    let office = TestApp::open().await;
    office.keychain.set_mood(Mood::Silent);
    let reply = office.save(drafts::minting(), Some(Anyway::Untried)).await;
    let Reply::Refused { trouble, .. } = reply else { panic!("saved") };
    assert_eq!(trouble.code, "keychain_not_answering");

    office.keychain.set_mood(Mood::Open);
    let other = office.add(Draft { name: "Packaging".to_owned(), ..drafts::minting() }).await;
    let entries = office.keychain.entries();
    assert!(entries.iter().all(|entry| entry.starts_with(&other)), "{entries:?}");
}
