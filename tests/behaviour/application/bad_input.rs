//! What people paste by mistake: a message at the field, nothing stored, nothing lost.

use glowjar_agent::{
    request::{Draft, Field, Request},
    view::Preset,
};

use crate::test_app::{TestApp, drafts};

const MEGABYTE: usize = 1024 * 1024;

#[tokio::test]
async fn each_fault_is_said_at_its_field_and_nothing_is_stored() {
    let office = TestApp::open().await;
    let at = |endpoint: &str| drafts::at(endpoint.to_owned(), drafts::minting());
    let huge = || "x".repeat(MEGABYTE);
    let faulty = [
        (Field::TokenEndpoint, at("")),
        (Field::TokenEndpoint, at("not an address")),
        (Field::TokenEndpoint, at("https://")),
        (Field::TokenEndpoint, at("ftp://id.example/token")),
        (Field::TokenEndpoint, at("http://id.example/token")),
        (Field::TokenEndpoint, at("http://127.0.0.1.id.example/token")),
        (Field::TokenEndpoint, at("https://user:pass@id.example/token")),
        (Field::TokenEndpoint, at("https://id.example/token#part")),
        (Field::TokenEndpoint, at(&huge())),
        (Field::Name, Draft { name: String::new(), ..drafts::minting() }),
        (Field::Name, Draft { name: " \t".to_owned(), ..drafts::minting() }),
        (Field::Name, Draft { name: "x".repeat(201), ..drafts::minting() }),
        (Field::Name, Draft { name: "two\nlines".to_owned(), ..drafts::minting() }),
        (Field::Name, Draft { name: huge(), ..drafts::minting() }),
        (Field::ClientId, Draft { client_id: String::new(), ..drafts::minting() }),
        (Field::ClientId, Draft { client_id: "two\nlines".to_owned(), ..drafts::minting() }),
        (Field::ClientId, Draft { client_id: huge(), ..drafts::minting() }),
        (Field::ClientSecret, Draft { client_secret: None, ..drafts::minting() }),
        (Field::ClientSecret, Draft { client_secret: Some("".into()), ..drafts::minting() }),
        (Field::ClientSecret, Draft { client_secret: Some(" \r\n".into()), ..drafts::minting() }),
        (Field::ClientSecret, Draft { client_secret: Some(huge().into()), ..drafts::minting() }),
        (Field::StandbySecret, Draft { standby_secret: Some(" ".into()), ..drafts::minting() }),
        (Field::StandbySecret, Draft { standby_secret: Some(huge().into()), ..drafts::minting() }),
        (Field::RefreshToken, Draft { refresh_token: None, ..drafts::refreshing() }),
        (Field::RefreshToken, Draft { refresh_token: Some("\t".into()), ..drafts::refreshing() }),
        (Field::RefreshToken, Draft { refresh_token: Some(huge().into()), ..drafts::refreshing() }),
        (Field::Scopes, Draft { scopes: "openid,\"firefly\"".to_owned(), ..drafts::minting() }),
        (Field::Scopes, Draft { scopes: "opénid".to_owned(), ..drafts::minting() }),
        (Field::Scopes, Draft { scopes: huge(), ..drafts::minting() }),
        (
            Field::Scopes,
            Draft { preset: Preset::AdobeIms, scopes: " ,, ".to_owned(), ..drafts::minting() },
        ),
        (Field::RenewEarlyMinutes, Draft { renew_early_minutes: Some(0), ..drafts::minting() }),
        (Field::RenewEarlyMinutes, Draft { renew_early_minutes: Some(1_441), ..drafts::minting() }),
    ];
    for (n, (field, draft)) in faulty.into_iter().enumerate() {
        let faults = office.refused(draft).await;
        let fields: Vec<Field> = faults.iter().map(|fault| fault.field).collect();
        assert_eq!(fields, [field], "draft {n}: {faults:?}");
        let message = &faults[0].message;
        assert!((5..=200).contains(&message.len()), "draft {n}: {message}");
        assert!(message.starts_with(char::is_uppercase) && message.ends_with('.'), "{message}");
    }
    assert!(office.barrier().await.profiles.is_empty());
    assert!(office.keychain.entries().is_empty());
    assert!(!office.folder.path().join("profiles.json").exists());
    assert!(office.sandbox.requests().is_empty());
}

#[tokio::test]
async fn every_fault_of_a_form_is_said_at_once() {
    let office = TestApp::open().await;
    let faults = office
        .refused(Draft {
            name: String::new(),
            client_id: String::new(),
            client_secret: Some("".into()),
            refresh_token: Some("".into()),
            scopes: "\"".to_owned(),
            renew_early_minutes: Some(0),
            ..drafts::at("nowhere".to_owned(), drafts::refreshing())
        })
        .await;
    let mut fields: Vec<Field> = faults.iter().map(|fault| fault.field).collect();
    fields.sort_by_key(|field| format!("{field:?}"));
    use Field::{
        ClientId, ClientSecret, Name, RefreshToken, RenewEarlyMinutes, Scopes, TokenEndpoint,
    };
    let each =
        [ClientId, ClientSecret, Name, RefreshToken, RenewEarlyMinutes, Scopes, TokenEndpoint];
    assert_eq!(fields, each);
}

#[tokio::test]
async fn a_faulty_edit_leaves_the_profile_and_its_secrets_as_they_were() {
    let mut office = TestApp::open().await;
    let id = office.add(drafts::minting()).await;
    let before = office.live().await;
    let contents = office.keychain.contents();
    let faulty = Draft {
        name: "Renamed".to_owned(),
        client_secret: Some("x".repeat(MEGABYTE).into()),
        ..drafts::minting()
    };
    let reply = office.edit(&id, faulty).await;
    assert!(format!("{reply:?}").contains("ClientSecret"), "{reply:?}");
    assert_eq!(office.keychain.contents(), contents);
    office.restart().await;
    let after = office.live().await;
    assert_eq!((after.name, after.validity), (before.name, before.validity));
}

#[tokio::test]
async fn a_name_in_any_script_and_of_two_hundred_characters_is_a_name() {
    let mut office = TestApp::open().await;
    let long = "日".repeat(200);
    let names = [
        "مشروع الربيع",
        "Κύμα ✨",
        "🫙🫙🫙",
        "<b>&amp;_x_</b>",
        "../../etc",
        "O'Neil \"Q\"",
        &long,
    ];
    for name in names {
        office.add(Draft { name: name.to_owned(), ..drafts::minting() }).await;
    }
    office.restart().await;
    let snapshot =
        office.snapshot_when("the profiles", |it| it.profiles.len() == names.len()).await;
    let shown: Vec<&str> = snapshot.profiles.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(shown, names);
}

#[tokio::test]
async fn what_copying_adds_around_an_id_or_a_list_is_dropped() {
    let office = TestApp::open().await;
    let draft = Draft {
        name: "  Campaign \r\n".to_owned(),
        client_id: format!("\t{} \r\n", glowjar_sandbox::CLIENT_ID),
        scopes: " openid ,\r\n firefly_api,openid ".to_owned(),
        ..drafts::minting()
    };
    let id = office.add(draft).await;
    let profile = office.live().await;
    assert_eq!(profile.name, "Campaign");
    let requests = office.asked(1).await;
    assert_eq!(requests[0].field("scope"), Some("openid,firefly_api"));
    office.ask(Request::RemoveProfile { profile: id, revoke: false }).await;
    office.assert_strict();
}
