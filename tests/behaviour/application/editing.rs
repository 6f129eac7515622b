//! Profiles that change while things are under way.

use std::time::Duration;

use glowjar_agent::{
    request::{ClientAuthentication, Draft, Encoding, Field, Reply, Request},
    view::{PhaseView, Preset},
};
use glowjar_sandbox::{
    Answer, CLIENT_ID, CLIENT_SECRET, Refusal, Route, STANDBY_SECRET, WEB_CLIENT_ID,
    WEB_CLIENT_SECRET,
};

use crate::test_app::{TestApp, drafts, keychain::Mood};

/// And a second.
const TIME_TO_UNDO: Duration = Duration::from_secs(13);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_name_that_reads_like_another_is_refused_and_the_own_name_is_not() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    for name in ["Campaign", "campaign", "  CAMPAIGN\t"] {
        let faults = office.refused(Draft { name: name.to_owned(), ..drafts::minting() }).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].field, Field::Name);
    }
    let same = Draft { name: "campaign".to_owned(), ..drafts::untouched(drafts::minting()) };
    assert!(matches!(office.edit(&id, same).await, Reply::Saved { .. }));
    assert_eq!(office.barrier().await.profiles[0].name, "campaign");
}

#[tokio::test]
async fn a_new_name_or_margin_asks_for_nothing_and_keeps_the_token() {
    let office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    let before = office.live().await;
    let draft = Draft {
        name: "Packaging".to_owned(),
        renew_early_minutes: Some(120),
        ..drafts::untouched(drafts::minting())
    };
    office.edit(&id, draft).await;
    let after = office.when("the new name", |it| it.name == "Packaging").await;
    assert_eq!(after.validity, before.validity);
    let early = after.validity.map(|it| it.expires_at).zip(after.next_attempt_at);
    let early = early.map(|(end, next)| (end - next) / 60_000);
    assert!(early.is_some_and(|minutes| (96..=144).contains(&minutes)), "{early:?}");
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn a_form_comes_back_without_its_secrets_and_keeps_them_when_they_are_left_alone() {
    let office = TestApp::open().await;
    let draft = Draft { standby_secret: Some(STANDBY_SECRET.into()), ..drafts::refreshing() };
    let id = office.add(draft).await;
    office.live().await;
    let Reply::Draft { draft } = office.ask(Request::DraftOf { profile: id.clone() }).await else {
        panic!("no draft")
    };
    assert!(draft.has_client_secret && draft.has_standby_secret && draft.has_refresh_token);
    assert_eq!((draft.name.as_str(), draft.client_id.as_str()), ("Campaign", CLIENT_ID));
    let text = format!("{draft:?}");
    assert!(!text.contains("p8e-") && !text.contains("eyJ"), "{text}");

    let renamed = Draft { name: "Packaging".to_owned(), ..drafts::untouched(drafts::refreshing()) };
    office.edit(&id, renamed).await;
    let without_standby = Draft {
        name: "Packaging".to_owned(),
        standby_secret: Some("".into()),
        ..drafts::untouched(drafts::refreshing())
    };
    office.edit(&id, without_standby).await;
    let Reply::Draft { draft } = office.ask(Request::DraftOf { profile: id.clone() }).await else {
        panic!("no draft")
    };
    assert!(draft.has_client_secret && !draft.has_standby_secret && draft.has_refresh_token);
    office.advance(HOUR);
    let asked = office.asked_so_far() as u64;
    office.refresh(&id).await;
    office.asked(asked + 1).await;
    office.live().await;
}

#[tokio::test]
async fn a_secret_edited_while_the_old_one_is_in_flight_is_tried_before_anybody_is_called() {
    let office = TestApp::open().await;
    let refusal = Answer::Refusal(Refusal::WrongClientSecret);
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(refusal) });
    let id =
        office.add(Draft { client_secret: Some("yesterday's".into()), ..drafts::minting() }).await;
    office.asked(1).await;
    let draft =
        Draft { client_secret: Some(CLIENT_SECRET.into()), ..drafts::untouched(drafts::minting()) };
    office.edit(&id, draft).await;
    office.sandbox.release();
    office.live().await;
    assert_eq!(office.asked(2).await[1].field("client_secret"), Some(CLIENT_SECRET));
    assert!(office.shell.told().is_empty());
}

#[tokio::test]
async fn a_late_reply_to_another_identity_changes_nothing() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    let id = office.add(drafts::minting()).await;
    office.asked(1).await;
    let other = Draft {
        client_id: WEB_CLIENT_ID.to_owned(),
        client_secret: Some(WEB_CLIENT_SECRET.into()),
        ..drafts::minting()
    };
    office.edit(&id, other).await;
    office.live().await;
    let token = office.copied(&id).await;
    office.sandbox.release();
    office.barrier().await;
    assert_eq!(office.copied(&id).await, token);
    assert_eq!(office.asked(2).await[1].field("client_id"), Some(WEB_CLIENT_ID));
    assert!(check_access(&office, &id).await, "token and client id belong together");
}

#[tokio::test]
async fn a_rotation_that_is_stored_during_an_edit_does_not_undo_the_edit() {
    let mut office = TestApp::open().await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    office.advance(HOUR);
    let held = || Answer::Held { then: Box::new(Answer::Normal) };
    office.sandbox.next(Route::Token, held());
    office.refresh(&id).await;
    office.asked(2).await;

    let pasted = office.sandbox.issue_refresh_token(CLIENT_ID);
    let draft = Draft {
        refresh_token: Some(pasted.clone().into()),
        ..drafts::untouched(drafts::refreshing())
    };
    office.keychain.set_mood(Mood::Silent);
    let rotate_meanwhile = async {
        office.within("the edit", office.keychain.tried_when(|it| it.writes >= 3)).await;
        office.sandbox.next(Route::Token, Answer::Hang);
        office.sandbox.release();
        let now = office.clock.now().as_millis();
        let is_new = |validity: glowjar_agent::view::ValidityView| validity.issued_at == now;
        office.when("the rotation", |it| it.validity.is_some_and(is_new)).await;
        office.keychain.set_mood(Mood::Open);
    };
    let (reply, ()) = tokio::join!(office.edit(&id, draft), rotate_meanwhile);
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    office.asked(3).await;
    office.barrier().await;

    office.restart().await;
    let requests = office.asked(4).await;
    assert_eq!(requests[3].field("refresh_token"), Some(pasted.as_str()));
    office.live().await;
}

#[tokio::test]
async fn a_refresh_token_rotated_while_a_secret_is_edited_is_not_lost() {
    let mut office =
        TestApp::with(|settings| settings.rotation = glowjar_sandbox::Rotation::Strict).await;
    let id = office.add(drafts::refreshing()).await;
    office.live().await;
    office.advance(HOUR);
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    office.refresh(&id).await;
    office.asked(2).await;
    let draft = Draft {
        client_secret: Some(STANDBY_SECRET.into()),
        ..drafts::untouched(drafts::refreshing())
    };
    office.edit(&id, draft).await;
    office.sandbox.release();
    office.live().await;
    office.advance(HOUR);
    office.restart().await;
    office.live().await;
    office.refresh(&id).await;
    let requests = office.asked(3).await;
    assert_eq!(requests[2].field("client_secret"), Some(STANDBY_SECRET));
    office.live().await;
    assert_eq!(office.profile().trouble, None);
}

#[tokio::test]
async fn a_stored_secret_goes_only_to_the_server_it_was_given_for() {
    let office = TestApp::open().await;
    let id = office.add(drafts::at(office.token_endpoint(), drafts::minting())).await;
    office.live().await;
    let elsewhere = drafts::at("https://elsewhere.example/token".to_owned(), drafts::minting());
    let reply = office.edit(&id, drafts::untouched(elsewhere)).await;
    let Reply::Invalid { fields } = reply else { panic!("{reply:?}") };
    assert_eq!(fields.iter().map(|fault| fault.field).collect::<Vec<_>>(), [Field::ClientSecret]);

    let basic = Draft {
        client_authentication: ClientAuthentication::Basic,
        ..drafts::at(office.token_endpoint(), drafts::minting())
    };
    let reply = office.edit(&id, drafts::untouched(basic)).await;
    assert!(matches!(reply, Reply::Saved { .. }), "the same server, asked another way: {reply:?}");
    office.asked(2).await;
    office.live().await;
}

#[tokio::test]
async fn a_profile_removed_while_its_token_is_under_way_leaves_nothing_behind() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    let id = office.add(drafts::refreshing()).await;
    office.asked(1).await;
    assert_eq!(
        office.ask(Request::RemoveProfile { profile: id, revoke: false }).await,
        Reply::Done
    );
    office.sandbox.release();
    office.advance(TIME_TO_UNDO);
    let is_empty = office.keychain.tried_when(|_| office.keychain.entries().is_empty());
    office.within("an empty keychain", is_empty).await;
    assert!(office.barrier().await.profiles.is_empty());
    assert!(office.profiles_file().load().expect("the file").profiles.is_empty());
}

#[tokio::test]
async fn a_profile_paused_while_its_token_is_under_way_keeps_what_comes() {
    let office = TestApp::open().await;
    office.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    let id = office.add(drafts::refreshing()).await;
    office.asked(1).await;
    office.ask(Request::Pause { profile: id.clone() }).await;
    office.sandbox.release();
    let paused = office.when("the token", |it| it.can_copy).await;
    assert_eq!(paused.phase, PhaseView::Paused);
    office.ask(Request::Resume { profile: id }).await;
    office.live().await;
    assert_eq!(office.asked_so_far(), 1);
}

#[tokio::test]
async fn two_profiles_do_not_get_in_each_others_way() {
    let office = TestApp::open().await;
    let first = office.add(drafts::minting()).await;
    office.live().await;
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::InvalidScope));
    let second = Draft { name: "Packaging".to_owned(), ..drafts::refreshing() };
    let second = office.add(second).await;
    let snapshot = office
        .snapshot_when("the refusal", |it| {
            it.profiles.iter().any(|profile| profile.phase == PhaseView::Halted)
        })
        .await;
    let ids: Vec<_> = snapshot.profiles.iter().map(|profile| profile.id.clone()).collect();
    assert_eq!(ids, [first.clone(), second.clone()], "in the order they were made");
    assert!(office.sandbox.accepts(&office.copied(&first).await));
    let reply = office.copy(&second).await;
    assert!(matches!(reply, Reply::Failed { .. }), "{reply:?}");
}

#[tokio::test]
async fn the_form_offers_every_preset_and_a_draft_of_each_can_be_checked() {
    let office = TestApp::open().await;
    let Reply::Presets { presets, .. } = office.ask(Request::Presets).await else { panic!("none") };
    let offered: Vec<_> = presets.iter().map(|view| view.preset).collect();
    let all = [
        Preset::AdobeIms,
        Preset::AdobeImsStage,
        Preset::Keeper,
        Preset::Tutorial,
        Preset::Custom,
        Preset::Sandbox,
    ];
    assert_eq!(offered, all);
    for view in presets {
        let draft = Draft {
            preset: view.preset,
            token_endpoint: if view.custom_endpoint {
                "https://id.example".to_owned()
            } else {
                view.token_endpoint
            },
            encoding: view.encoding,
            client_authentication: view.client_authentication,
            scopes: view.default_scopes,
            ..drafts::minting()
        };
        assert!(matches!(draft.encoding, Encoding::Form | Encoding::Json));
        assert_eq!(
            office.ask(Request::CheckDraft { profile: None, draft, understood: None }).await,
            Reply::Done
        );
    }
    assert!(office.barrier().await.profiles.is_empty(), "checking stores nothing");
}

async fn check_access(office: &TestApp, id: &str) -> bool {
    match office.ask(Request::CheckAccess { profile: id.to_owned() }).await {
        Reply::Access { access } => access.works,
        other => panic!("{other:?}"),
    }
}
