//! From an admin's mail to a living token, and nothing stored that does not work.

use std::time::Duration;

use glowjar_agent::{
    request::{Anyway, Draft, Field, Reply, Request},
    view::{Action, LanguageChoice, PasteSource, Preset, UnderstoodView},
};
use glowjar_sandbox::{Answer, CLIENT_ID, CLIENT_SECRET, Outage, Refusal, Rotation, Route};

use crate::test_app::{TestApp, drafts, keychain::Mood};

fn command(office: &TestApp, secret: &str) -> String {
    drafts::mail(&office.token_endpoint(), secret)
}

async fn understand(office: &TestApp, text: &str) -> UnderstoodView {
    match office.ask(Request::Understand { text: text.into(), api: None }).await {
        Reply::Understood { understood } => understood,
        other => panic!("{other:?}"),
    }
}

async fn add(office: &TestApp, handle: &str, anyway: Option<Anyway>) -> Reply {
    let (handle, name) = (handle.to_owned(), "Campaign".to_owned());
    office.ask(Request::AddUnderstood { handle, name, anyway }).await
}

#[tokio::test]
async fn a_pasted_command_becomes_a_living_token_with_one_request() {
    let office = TestApp::open().await;
    let understood = understand(&office, &command(&office, CLIENT_SECRET)).await;
    assert_eq!(understood.source, PasteSource::Curl);
    assert_eq!(understood.client_id, CLIENT_ID);
    assert_eq!(understood.secret_length as usize, CLIENT_SECRET.len());
    assert!(office.barrier().await.profiles.is_empty(), "nothing is stored yet");

    let reply = add(&office, understood.handle.as_deref().expect("a handle"), None).await;
    let Reply::Saved { profile } = reply else { panic!("{reply:?}") };
    office.live().await;
    assert_eq!(office.asked_so_far(), 1, "the token of the trial is the token");
    assert!(office.sandbox.accepts(&office.copied(&profile).await));
    office.assert_strict();
}

#[tokio::test]
async fn what_has_ended_is_said_in_the_persons_language_and_the_credential_is_taken_all_the_same() {
    let office = TestApp::open().await;
    let credential =
        format!("FIREFLY_CLIENT_ID={CLIENT_ID}\nFIREFLY_CLIENT_SECRET={PLAIN_SECRET}\n");
    let calls = [
        (
            "https://image.adobe.io/pie/psdService/documentManifest",
            "ended_photoshop",
            "31 July 2026",
            "31. Juli 2026",
        ),
        (
            "https://image.adobe.io/lrService/autoTone",
            "ended_lightroom",
            "31 July 2026",
            "31. Juli 2026",
        ),
        (
            "https://firefly-api.adobe.io/v3/images/generate",
            "ended_firefly_waiting",
            "3 October 2025",
            "3. Oktober 2025",
        ),
    ];
    let warning = |it: &UnderstoodView, code: &str| {
        let found = it.warnings.iter().find(|it| it.code == code);
        found.map(|it| format!("{}. {}", it.message, it.advice)).unwrap_or_default()
    };
    let jwt = r#"{"CLIENT_ID":"abc","ACCOUNT_ID":"1@techacct","METASCOPES":"ent_ccas_sdk","PRIVATE_KEY":"-----BEGIN"}"#;
    for (call, code, english, _) in calls {
        let it = understand(
            &office,
            &format!("{credential}\ncurl -X POST {call} -H 'x-api-key: {CLIENT_ID}'\n"),
        )
        .await;
        assert!(it.handle.is_some(), "{call}: {it:?}");
        assert!(warning(&it, code).contains(english), "{call}: {it:?}");
    }
    let it = understand(&office, jwt).await;
    assert!(it.refusal.is_some_and(|it| it.advice.contains("1 March 2026")));
    office.change_settings(|it| it.language = LanguageChoice::De).await;
    for (call, code, _, german) in calls {
        let it = understand(&office, &format!("{credential}\ncurl -X POST {call}\n")).await;
        assert!(warning(&it, code).contains(german), "{call}: {it:?}");
    }
    let it = understand(&office, jwt).await;
    assert!(it.refusal.is_some_and(|it| it.advice.contains("1. März 2026")));
    let Reply::Presets { apis, .. } = office.ask(Request::Presets).await else { panic!("none") };
    let ended: Vec<_> = apis.iter().filter(|api| api.has_ended).collect();
    assert!(ended.len() == 2 && ended.iter().all(|api| api.help.contains("2026")), "{ended:?}");
}

#[tokio::test]
async fn the_scopes_are_those_of_the_api_that_the_text_is_about_and_its_names_are_remembered() {
    let office = TestApp::open().await;
    let text = format!(
        "ADOBE_CLIENT_ID={CLIENT_ID}\nADOBE_CLIENT_SECRET={PLAIN_SECRET}\n\n# then\n# https://photoshop-api.adobe.io/v2/edit\n"
    );
    let it = understand(&office, &text).await;
    assert_eq!(it.scopes.api.as_deref(), Some("photoshop"), "{it:?}");
    assert_eq!(it.scopes.scopes, ["openid", "AdobeID", "read_organizations"]);
    let assumed = it.warnings.iter().find(|it| it.code == "scopes_assumed").expect("a remark");
    assert!(assumed.advice.contains("Photoshop API"), "{assumed:?}");
    let handle = it.handle.expect("a handle");
    let Reply::Draft { draft } = office.ask(Request::DraftOfUnderstood { handle }).await else {
        panic!("no form")
    };
    assert_eq!(draft.family.as_deref(), Some("adobe"));
    // Right for another API, so nothing is missing.
    let text =
        text.replace("\n\n", "\nADOBE_SCOPES=openid,AdobeID,indesign_services,creative_sdk\n\n");
    let it = understand(&office, &text).await;
    assert_eq!((it.scopes.api.as_deref(), it.warnings.as_slice()), (Some("indesign"), &[][..]));
}

#[tokio::test]
async fn a_wrong_secret_says_so_before_anything_is_stored() {
    let office = TestApp::open().await;
    let understood = understand(&office, &command(&office, "p8e-wrong-wrong-wrong-wrong")).await;
    let reply = add(&office, &understood.handle.expect("a handle"), None).await;
    let Reply::Refused { trouble, anyway } = reply else { panic!("{reply:?}") };
    assert_eq!(trouble.code, "secret_rejected");
    assert_eq!(trouble.action, Some(Action::ReplaceSecret));
    assert_eq!(anyway, None);
    assert!(office.barrier().await.profiles.is_empty());
    assert!(office.keychain.entries().is_empty());
    assert!(!office.folder.path().join("profiles.json").exists());
}

#[tokio::test]
async fn without_a_network_the_profile_can_be_saved_anyway() {
    let office = TestApp::open().await;
    let understood = understand(&office, &command(&office, CLIENT_SECRET)).await;
    let handle = understood.handle.expect("a handle");
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    let reply = add(&office, &handle, None).await;
    let Reply::Refused { trouble, anyway: Some(Anyway::Untried) } = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(trouble.code, "server");
    let reply = add(&office, &handle, Some(Anyway::Untried)).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    assert_eq!(office.barrier().await.profiles.len(), 1);
}

#[tokio::test]
async fn a_refresh_token_that_the_trial_rotated_is_the_one_that_is_stored() {
    let mut office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    let reply = office.save(drafts::at(office.token_endpoint(), drafts::refreshing()), None).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    office.live().await;
    office.advance(Duration::from_secs(3_600));
    office.restart().await;
    let profile = office.live().await;
    office.refresh(&profile.id).await;
    office.asked(2).await;
    office.live().await;
    assert_eq!(office.profile().trouble, None);
}

#[tokio::test]
async fn a_refresh_token_rotated_while_the_keychain_refuses_is_stored_at_the_next_try() {
    let office = TestApp::with(|settings| settings.rotation = Rotation::Strict).await;
    office.keychain.set_mood(Mood::Locked);
    let reply = office.save(drafts::at(office.token_endpoint(), drafts::refreshing()), None).await;
    let Reply::Refused { trouble, anyway: None } = reply else { panic!("{reply:?}") };
    assert_eq!(trouble.code, "keychain_locked");
    office.keychain.set_mood(Mood::Open);
    let reply = office.save(drafts::at(office.token_endpoint(), drafts::refreshing()), None).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    assert_eq!(office.asked_so_far(), 1, "the spent refresh token was not sent again");
    let profile = office.live().await;
    office.advance(Duration::from_secs(3_600));
    office.refresh(&profile.id).await;
    office.asked(2).await;
    office.live().await;
    assert_eq!(office.profile().trouble, None);
}

#[tokio::test]
async fn a_refused_paste_has_its_reason_and_nothing_behind_it() {
    let office = TestApp::open().await;
    for (text, code) in [
        ("", "empty"),
        ("hello there", "nothing"),
        (
            "curl -X POST 'https://ims-na1.adobelogin.com/ims/token/v3' -d 'client_id=a&client_sec",
            "cut_off",
        ),
        ("x-api-key: 0123456789abcdef", "api_key_only"),
    ] {
        let understood = understand(&office, text).await;
        assert_eq!(understood.handle, None, "{text}");
        assert_eq!(understood.refusal.expect("a reason").code, code, "{text}");
    }
    // RFC 7519; they end an hour after and before the office's noon.
    for (claims, code) in
        [("eyJleHAiOjE4OTM1MDI4MDB9", "token_ends"), ("eyJleHAiOjE4OTM0OTU2MDB9", "token_over")]
    {
        let token = format!("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.c2lnbmF0dXJl");
        let refusal = understand(&office, &token).await.refusal.expect("a reason");
        assert_eq!(refusal.code, code, "{refusal:?}");
        assert!(refusal.message.contains(':') || refusal.advice.contains(':'), "{refusal:?}");
    }
    let long = understand(&office, &"x".repeat(1024 * 1024)).await;
    assert_eq!(long.refusal.expect("a reason").code, "too_long");
}

#[tokio::test]
async fn a_paste_is_forgotten_after_some_minutes() {
    let office = TestApp::open().await;
    let understood = understand(&office, &command(&office, CLIENT_SECRET)).await;
    office.advance(Duration::from_secs(11 * 60));
    let reply = add(&office, &understood.handle.expect("a handle"), None).await;
    let Reply::Failed { code, .. } = reply else { panic!("{reply:?}") };
    assert_eq!(code, "paste_forgotten");
}

#[tokio::test]
async fn what_was_understood_fills_in_the_form_and_its_secret_is_used_unseen() {
    let office = TestApp::open().await;
    let understood = understand(&office, &command(&office, CLIENT_SECRET)).await;
    let handle = understood.handle.expect("a handle");
    let ask = Request::DraftOfUnderstood { handle: handle.clone() };
    let Reply::Draft { draft } = office.ask(ask).await else { panic!("no draft") };
    assert!(draft.has_client_secret);
    assert_eq!(draft.preset, Preset::Custom);
    let form = drafts::untouched(drafts::at(draft.token_endpoint, drafts::minting()));
    let save =
        |draft, understood| Request::SaveProfile { profile: None, draft, understood, anyway: None };
    let Reply::Invalid { fields } =
        office.ask(save(drafts::untouched(drafts::minting()), None)).await
    else {
        panic!("saved without a secret")
    };
    assert_eq!(fields[0].field, Field::ClientSecret);
    let reply = office.ask(save(form, Some(handle))).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
    office.live().await;
}

#[tokio::test]
async fn the_standby_secret_is_tried_before_a_new_profile_is_refused() {
    let office = TestApp::open().await;
    let draft = Draft {
        client_secret: Some("p8e-old-old-old".into()),
        standby_secret: Some(CLIENT_SECRET.into()),
        ..drafts::minting()
    };
    office.sandbox.next(Route::Token, Answer::Refusal(Refusal::InvalidScope));
    let at = |draft| drafts::at(office.token_endpoint(), draft);
    let Reply::Refused { trouble, .. } = office.save(at(draft), None).await else {
        panic!("saved with a scope that is not allowed")
    };
    assert_eq!(trouble.code, "scope_rejected");
    let draft = Draft {
        client_secret: Some("p8e-old-old-old".into()),
        standby_secret: Some(CLIENT_SECRET.into()),
        ..drafts::minting()
    };
    let reply = office.save(at(draft), None).await;
    assert!(matches!(reply, Reply::Saved { .. }), "{reply:?}");
}

/// With nothing in it that any shell or file would read otherwise.
const PLAIN_SECRET: &str = "p8e-Kq3vZtB7yXw9LmN2rTfH5sJdCgAqP1u0";
