//! Settings, languages, forms of copying, and the history.

use std::{fs, time::Duration};

use glowjar_agent::{
    request::{CopyFormat, Draft, Field, Reply, Request},
    view::{
        Choices, EntryKind, HistoryView, Hours, Language, LanguageChoice, NoticesWanted, ProxyView,
        TextSize, Theme,
    },
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Outage};

use crate::test_app::{NOON, TestApp, drafts};

async fn refused(office: &TestApp, field: Field, with: impl FnOnce(&mut Choices)) {
    let before = office.barrier().await.settings;
    match office.change_settings(with).await {
        Reply::Invalid { fields } => assert_eq!(fields[0].field, field, "{fields:?}"),
        other => panic!("{field:?} was taken: {other:?}"),
    }
    assert_eq!(office.barrier().await.settings, before, "nothing is taken over");
}

#[tokio::test]
async fn of_two_changes_made_before_the_page_knew_of_the_first_both_are_kept() {
    let office = TestApp::open().await;
    let from = office.barrier().await.settings.choices;
    let dark = Choices { theme: Theme::Dark, ..from.clone() };
    let at_login = Choices { start_at_login: true, ..from.clone() };
    for to in [dark, at_login] {
        let change = Request::ChangeSettings { from: from.clone(), to };
        assert_eq!(office.ask(change).await, Reply::Done);
    }
    let both = Choices { theme: Theme::Dark, start_at_login: true, ..from };
    assert_eq!(office.barrier().await.settings.choices, both);
}

#[tokio::test]
async fn settings_are_taken_into_use_at_once_and_outlive_a_restart() {
    let mut office = TestApp::open().await;
    office.presence.set_idle(Some(Duration::ZERO));
    let reply = office
        .change_settings(|it| {
            it.start_at_login = true;
            it.notices = NoticesWanted::WhenNeeded;
            it.clear_clipboard_after_seconds = 10;
            it.theme = Theme::Dark;
            it.language = LanguageChoice::De;
            it.hours = Hours::Twelve;
            it.text_size = TextSize::Largest;
            it.copy_shortcut = Some("Ctrl+Alt+T".to_owned());
            it.proxy = ProxyView::Direct;
            it.lock_with_screen = true;
            it.lock_after_minutes = Some(480);
        })
        .await;
    assert_eq!(reply, Reply::Done);
    assert!(office.shell.starts_at_login());
    assert_eq!(office.shell.shortcut().as_deref(), Some("Ctrl+Alt+T"));
    let id = office.add(drafts::minting()).await;
    assert_eq!(office.live().await.headline, "Gültig");
    let Reply::Copied { clears_at } = office.copy(&id).await else { panic!("not copied") };
    assert_eq!(clears_at, (NOON as i64 + 10) * 1_000);
    let before = office.barrier().await;
    office.restart().await;
    let after = office.barrier().await;
    assert_eq!(after.settings, before.settings);
    assert_eq!(after.settings.choices.hours, Hours::Twelve);
    assert_eq!(after.settings.choices.text_size, TextSize::Largest);
    assert_eq!((after.language, after.theme), (Language::De, Theme::Dark));
    assert_eq!(office.shell.shortcut().as_deref(), Some("Ctrl+Alt+T"));
}

#[tokio::test]
async fn bad_values_are_refused_at_their_field_and_change_nothing() {
    let office = TestApp::open().await;
    refused(&office, Field::ClearClipboardAfterSeconds, |it| {
        it.clear_clipboard_after_seconds = 4;
    })
    .await;
    refused(&office, Field::RenewEarlyMinutes, |it| it.renew_early_minutes = Some(0)).await;
    for minutes in [0, 481] {
        refused(&office, Field::LockAfterMinutes, |it| it.lock_after_minutes = Some(minutes)).await;
    }
    for address in
        ["", "socks5://localhost:1", "not a proxy", "http://me:secret@proxy.example:8080"]
    {
        let proxy = ProxyView::At { address: address.to_owned() };
        refused(&office, Field::Proxy, |it| it.proxy = proxy).await;
    }
    refused(&office, Field::ExtraCa, |it| it.extra_ca = Some("/no/such/file.pem".to_owned())).await;
    let nonsense = office.folder.path().join("ca.pem");
    fs::write(&nonsense, "nonsense").expect("written");
    let nonsense = nonsense.display().to_string();
    refused(&office, Field::ExtraCa, |it| it.extra_ca = Some(nonsense)).await;
    for keys in ["nonsense", "Ctrl+Alt+Del"] {
        refused(&office, Field::CopyShortcut, |it| it.copy_shortcut = Some(keys.to_owned())).await;
    }
}

#[tokio::test]
async fn each_setting_is_taken_over_or_refused_by_itself() {
    let mut office = TestApp::open().await;
    office.shell.refuse_to_start_at_login();
    let reply = office
        .change_settings(|it| {
            it.copy_shortcut = Some("Ctrl+Alt+T".to_owned());
            it.start_at_login = true;
            it.clear_clipboard_after_seconds = 4;
            it.extra_ca = Some("/no/such/file.pem".to_owned());
            it.theme = Theme::Dark;
        })
        .await;
    let Reply::Invalid { fields } = reply else { panic!("{reply:?}") };
    let mut refused: Vec<Field> = fields.iter().map(|trouble| trouble.field).collect();
    refused.sort_by_key(|field| format!("{field:?}"));
    assert_eq!(refused, [Field::ClearClipboardAfterSeconds, Field::ExtraCa, Field::StartAtLogin]);
    for _ in 0..2 {
        let choices = office.barrier().await.settings.choices;
        assert_eq!(choices.copy_shortcut.as_deref(), Some("Ctrl+Alt+T"));
        assert_eq!(office.shell.shortcut(), choices.copy_shortcut);
        assert_eq!(choices.theme, Theme::Dark);
        let Choices { start_at_login, clear_clipboard_after_seconds, extra_ca, .. } = choices;
        assert_eq!((start_at_login, clear_clipboard_after_seconds, extra_ca), (false, 60, None));
        assert!(!office.shell.starts_at_login());
        // It is so after a restart as well.
        office.restart().await;
    }
}

#[tokio::test]
async fn a_shortcut_that_is_refused_keeps_nothing_else_back() {
    let office = TestApp::open().await;
    let reply = office
        .change_settings(|it| {
            it.copy_shortcut = Some("Ctrl+Alt+Del".to_owned());
            it.start_at_login = true;
        })
        .await;
    let Reply::Invalid { fields } = reply else { panic!("{reply:?}") };
    assert_eq!(fields.iter().map(|it| it.field).collect::<Vec<_>>(), [Field::CopyShortcut]);
    assert!(office.shell.starts_at_login());
    let choices = office.barrier().await.settings.choices;
    assert_eq!((choices.copy_shortcut, choices.start_at_login), (None, true));
    assert_eq!(office.shell.shortcut(), None);
}

#[tokio::test]
async fn the_systems_language_is_followed() {
    let mut office = TestApp::closed(|_| {}).await;
    office.languages = vec!["de-AT".to_owned()];
    office.start();
    assert_eq!(office.barrier().await.language, Language::De);
    assert_eq!(office.shell.tray().tooltip, "Glowjar: noch kein Profil");
}

#[tokio::test]
async fn each_form_of_copying_holds_what_it_says() {
    let office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    let token = office.copied(&profile).await;
    let copied = async |format| {
        let reply = office.ask(Request::CopyAs { profile: profile.clone(), format }).await;
        assert!(matches!(reply, Reply::Copied { .. }), "{reply:?}");
        office.shell.clipboard().expect("something")
    };
    assert_eq!(copied(CopyFormat::Token).await, token);
    assert_eq!(copied(CopyFormat::ClientId).await, CLIENT_ID);
    assert_eq!(copied(CopyFormat::Header).await, format!("Authorization: Bearer {token}"));
    assert_eq!(
        copied(CopyFormat::Env).await,
        format!("FIREFLY_SERVICES_ACCESS_TOKEN={token}\nFIREFLY_SERVICES_CLIENT_ID={CLIENT_ID}\n")
    );
    let chosen = Draft { family: Some("adobe".to_owned()), ..drafts::untouched(drafts::minting()) };
    office.edit(&profile, chosen).await;
    office.barrier().await;
    assert_eq!(office.profile().client.env_name, "ADOBE_ACCESS_TOKEN");
    let tray = format!("{:?}", office.shell.tray());
    assert!(tray.contains(".env lines (ADOBE_ACCESS_TOKEN)"), "{tray}");
    let lines = copied(CopyFormat::Env).await;
    let id = format!("ADOBE_API_KEY={CLIENT_ID}\nADOBE_CLIENT_ID={CLIENT_ID}\n");
    let scopes = "ADOBE_SCOPES='openid,AdobeID,firefly_api,ff_apis'\n";
    assert_eq!(lines, format!("ADOBE_ACCESS_TOKEN={token}\n{id}{scopes}"), "as exec names them");
    let curl = copied(CopyFormat::Curl).await;
    assert!(curl.contains(&format!("-H 'Authorization: Bearer {token}'")), "{curl}");
    assert!(curl.contains(&format!("-H 'x-api-key: {CLIENT_ID}'")), "{curl}");

    let reply = office.ask(Request::SavePostman { profile }).await;
    let Reply::FileSaved { path } = reply else { panic!("{reply:?}") };
    let file: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).expect("the file")).expect("JSON");
    assert_eq!(file["values"][0]["value"], token.as_str());
    assert_eq!(file["_postman_variable_scope"], "environment");
}

#[tokio::test]
async fn details_and_diagnostics_hold_the_cause_and_no_secret() {
    let office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    let token = office.copied(&profile).await;
    let ask = || Request::CopyDetails { profile: profile.clone() };
    assert!(matches!(office.ask(ask()).await, Reply::Failed { .. }), "there is no trouble");
    office.advance(Duration::from_secs(3_600));
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    office.refresh(&profile).await;
    office.in_trouble("server").await;
    assert_eq!(office.ask(ask()).await, Reply::Done);
    let details = office.shell.clipboard().expect("details");
    assert!(details.contains("HTTP status: 503"), "{details}");

    fs::create_dir_all(office.folders().logs).expect("a folder");
    fs::write(office.folders().logs.join("glowjar.2030-01-01.log"), "granted\n").expect("a log");
    let reply = office.ask(Request::ExportDiagnostics).await;
    let Reply::FileSaved { path } = reply else { panic!("{reply:?}") };
    let text = fs::read_to_string(path).expect("the file");
    assert!(text.contains("trouble: server") && text.contains("granted"), "{text}");
    for secret in [token.as_str(), CLIENT_SECRET] {
        let beginning = &secret[..8];
        assert!(!details.contains(beginning) && !text.contains(beginning), "{text}");
    }
}

async fn history(office: &TestApp, profile: &str) -> HistoryView {
    let since = (NOON as i64 - 24 * 3_600) * 1_000;
    match office.ask(Request::History { profile: profile.to_owned(), since }).await {
        Reply::History { history } => history,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_history_tells_the_day_and_outlives_a_restart() {
    let mut office = TestApp::open().await;
    let profile = office.add(drafts::minting()).await;
    office.live().await;
    office.copied(&profile).await;
    office.advance(Duration::from_secs(3_600));
    office.sandbox.set_outage(Outage::Unavailable).await.expect("an outage");
    office.refresh(&profile).await;
    office.in_trouble("server").await;
    office.sandbox.end_outage().await.expect("its end");
    office.advance(Duration::from_secs(600));
    office.refresh(&profile).await;
    office.live().await;
    let kinds =
        |history: &HistoryView| history.entries.iter().map(|entry| entry.kind).collect::<Vec<_>>();
    let told = history(&office, &profile).await;
    use EntryKind::{Copied, Ended, Failed, Granted, Recovered, Renewed, Started};
    assert_eq!(kinds(&told), [Started, Granted, Copied, Failed, Recovered, Renewed]);
    assert_eq!(told.entries[3].headline, "Sandbox has trouble");
    assert_eq!(told.validity.len(), 1, "one bar without a gap: {:?}", told.validity);
    office.restart().await;
    let told = history(&office, &profile).await;
    assert_eq!(kinds(&told)[5..], [Renewed, Ended, Started]);
}
