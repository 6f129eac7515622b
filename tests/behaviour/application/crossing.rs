//! Changes that cross each other: one takes long, and another is made meanwhile.

use std::time::Duration;

use glowjar_agent::{
    request::{Draft, Field, Reply, Request},
    view::PhaseView,
};
use glowjar_lifecycle::time::Step;
use glowjar_sandbox::{CLIENT_SECRET, STANDBY_SECRET};

use crate::test_app::{TestApp, drafts, keychain::Mood};

/// With a file that is read slowly, as only Unix has one.
#[cfg(unix)]
mod slow_certificates;

/// And a second.
const TIME_TO_UNDO: Duration = Duration::from_secs(13);

/// The stored profile with another client secret.
fn with_secret(secret: &str) -> Draft {
    Draft { client_secret: Some(secret.into()), ..drafts::untouched(drafts::minting()) }
}

/// Saves `draft` with a keychain that does not answer before `meanwhile` is over.
async fn save_slowly(
    office: &TestApp,
    profile: &str,
    draft: Draft,
    meanwhile: impl Future<Output = ()>,
) -> Reply {
    let writes = office.keychain.tried().writes;
    office.keychain.set_mood(Mood::Silent);
    let meanwhile = async {
        let is_writing = office.keychain.tried_when(|tried| tried.writes > writes);
        office.within("the edit to be written", is_writing).await;
        meanwhile.await;
        office.keychain.set_mood(Mood::Open);
    };
    tokio::join!(office.edit(profile, draft), meanwhile).0
}

#[tokio::test]
async fn a_slow_save_keeps_the_pause_the_name_and_the_question_that_were_chosen_meanwhile() {
    let mut office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let profile = || id.clone();
    let saved = save_slowly(&office, &id, with_secret(STANDBY_SECRET), async {
        for request in [
            Request::Pause { profile: profile() },
            Request::Rename { profile: profile(), name: "Packaging".to_owned() },
            Request::AskFirst { profile: profile(), wanted: true },
        ] {
            assert_eq!(office.ask(request).await, Reply::Done);
        }
    });
    let saved = saved.await;
    assert!(matches!(saved, Reply::Saved { .. }), "{saved:?}");
    office.restart().await;
    let shown = office.when("the pause", |it| it.phase == PhaseView::Paused).await;
    assert_eq!(shown.name, "Packaging");
    let programs = office.ask(Request::Programs { profile: id.clone() }).await;
    assert!(matches!(programs, Reply::Programs { programs } if programs.asks_first));
    office.ask(Request::Resume { profile: id.clone() }).await;
    office.live().await;
    office.advance(Duration::from_secs(3_600));
    office.refresh(&id).await;
    let secrets: Vec<_> = office.asked(2).await;
    assert_eq!(secrets[1].field("client_secret"), Some(STANDBY_SECRET), "the edit counts, too");
}

#[tokio::test]
async fn a_slow_save_does_not_bring_a_profile_back_that_was_removed_meanwhile() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let remove = Request::RemoveProfile { profile: id.clone(), revoke: false };
    let saved = save_slowly(&office, &id, with_secret(STANDBY_SECRET), async {
        assert_eq!(office.ask(remove).await, Reply::Done);
    });
    let saved = saved.await;
    assert!(matches!(&saved, Reply::Failed { code, .. } if code == "unknown_profile"), "{saved:?}");
    assert!(office.barrier().await.profiles.is_empty());
    office.advance(TIME_TO_UNDO);
    let is_empty = office.keychain.tried_when(|_| office.keychain.entries().is_empty());
    office.within("an empty keychain", is_empty).await;
    assert!(office.profiles_file().load().expect("the file").profiles.is_empty());
}

#[tokio::test]
async fn an_edit_that_a_removal_overtook_is_not_in_what_is_brought_back() {
    let mut office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let remove = Request::RemoveProfile { profile: id.clone(), revoke: false };
    let saved = save_slowly(&office, &id, with_secret("never meant"), async {
        assert_eq!(office.ask(remove).await, Reply::Done);
    });
    assert!(matches!(saved.await, Reply::Failed { .. }));
    assert!(matches!(office.ask(Request::UndoRemove).await, Reply::Saved { .. }));
    let has_the_old = office.keychain.tried_when(|_| {
        let kept = office.keychain.contents();
        kept.contains(CLIENT_SECRET) && !kept.contains("never meant")
    });
    office.within("the keychain to hold the old secret again", has_the_old).await;
    office.restart().await;
    office.live().await;
    office.advance(Duration::from_secs(3_600));
    office.refresh(&id).await;
    assert_eq!(office.asked(2).await[1].field("client_secret"), Some(CLIENT_SECRET));
}

#[tokio::test]
async fn of_two_edits_that_cross_each_other_both_count() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let standby =
        Draft { standby_secret: Some("second".into()), ..drafts::untouched(drafts::minting()) };
    let mut second = None;
    let first = save_slowly(&office, &id, with_secret(STANDBY_SECRET), async {
        second = Some(tokio::spawn({
            let (agent, profile) = (office.agent().clone(), Some(id.clone()));
            async move {
                let (understood, anyway) = (None, None);
                agent
                    .ask(Request::SaveProfile { profile, draft: standby, understood, anyway })
                    .await
            }
        }));
        office.barrier().await;
    });
    let first = first.await;
    let second = office.within("the second edit", second.expect("an edit")).await.expect("a reply");
    for reply in [&first, &second] {
        assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    }
    let kept = office.keychain.contents();
    assert!(kept.contains(STANDBY_SECRET) && kept.contains("second"), "one of them is lost");
}

#[tokio::test]
async fn a_name_that_another_profile_took_while_the_first_was_saved_is_not_given_twice() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let other = Draft { name: "Packaging".to_owned(), ..drafts::minting() };
    let other = office.add(other).await;
    office.snapshot_when("both", |it| it.profiles.iter().all(|profile| profile.can_copy)).await;
    let draft = Draft { name: "Winter".to_owned(), ..with_secret(STANDBY_SECRET) };
    let rename = Request::Rename { profile: other, name: "winter".to_owned() };
    let saved = save_slowly(&office, &id, draft, async {
        assert_eq!(office.ask(rename).await, Reply::Done);
    });
    let saved = saved.await;
    let Reply::Invalid { fields } = saved else { panic!("{saved:?}") };
    assert_eq!(fields.iter().map(|fault| fault.field).collect::<Vec<_>>(), [Field::Name]);
    let names = office.barrier().await.profiles.into_iter().map(|profile| profile.name);
    assert_eq!(names.collect::<Vec<_>>(), ["Campaign", "winter"]);
    let kept = office.keychain.tried_when(|_| !office.keychain.contents().contains(STANDBY_SECRET));
    office.within("the keychain to hold the old secret again", kept).await;
}

#[tokio::test]
async fn a_token_that_came_before_the_clock_was_set_and_is_stored_after_keeps_its_life() {
    let office = TestApp::open().await;
    let draft = drafts::at(office.token_endpoint(), drafts::minting());
    office.keychain.set_mood(Mood::Silent);
    let meanwhile = async {
        let is_writing = office.keychain.tried_when(|tried| tried.writes > 0);
        office.within("the token to be written", is_writing).await;
        office.clock.set_by(Step::from_millis(10 * 3_600_000));
        office.barrier().await;
        office.keychain.set_mood(Mood::Open);
    };
    let (saved, ()) = tokio::join!(office.save(draft, None), meanwhile);
    assert!(matches!(saved, Reply::Saved { .. }), "{saved:?}");
    let validity = office.live().await.validity.expect("a token");
    // A day, but for what the request may have taken.
    let left = validity.expires_at - office.clock.now().as_millis();
    assert!((24 * 3_600_000 - 5_000..=24 * 3_600_000).contains(&left), "{left}");
}
