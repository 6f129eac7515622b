//! What a studio's admin has set, over what the person at the computer chose.

use std::{fs, time::Duration};

use glowjar_agent::{
    request::{Anyway, Draft, Field, Reply},
    view::{Choices, ManagedKey, Preset, ProxyView, Theme},
};

use crate::test_app::{MANAGED, NOON, TestApp, drafts};

#[tokio::test]
async fn what_is_set_holds_at_once_and_can_not_be_changed_and_the_person_s_own_comes_back() {
    let mut office = TestApp::open().await;
    let own = |it: &mut Choices| {
        it.clear_clipboard_after_seconds = 90;
        it.theme = Theme::Dark;
    };
    assert_eq!(office.change_settings(own).await, Reply::Done);
    let chosen = office.barrier().await.settings.choices;

    office.manage(r#"{"clearClipboardAfterSeconds": 20, "lockWithScreen": true}"#);
    let settings = office.barrier().await.settings;
    assert_eq!(settings.managed.source, MANAGED);
    let keys = [ManagedKey::ClearClipboardAfterSeconds, ManagedKey::LockWithScreen];
    assert_eq!(settings.managed.keys, keys);
    let set =
        Choices { clear_clipboard_after_seconds: 20, lock_with_screen: true, ..chosen.clone() };
    assert_eq!(settings.choices, set);
    let id = office.add(drafts::minting()).await;
    office.live().await;
    let Reply::Copied { clears_at } = office.copy(&id).await else { panic!("not copied") };
    assert_eq!(clears_at, (NOON as i64 + 20) * 1_000);

    let reply = office
        .change_settings(|it| {
            it.clear_clipboard_after_seconds = 3_600;
            it.lock_with_screen = false;
            it.theme = Theme::Light;
        })
        .await;
    let Reply::Invalid { fields } = reply else { panic!("{reply:?}") };
    let refused: Vec<_> = fields.iter().map(|it| (it.field, it.message.as_str())).collect();
    let why = "Your studio has set this. Its admin can change it.";
    let expected = [(Field::ClearClipboardAfterSeconds, why), (Field::LockWithScreen, why)];
    assert_eq!(refused, expected);
    let light = Choices { theme: Theme::Light, ..set };
    assert_eq!(office.barrier().await.settings.choices, light, "each by itself");

    // Nothing of it is written among the person's own.
    let kept = office.preferences.kept().choices;
    assert_eq!(kept, Choices { theme: Theme::Light, ..chosen.clone() });
    office.restart().await;
    assert_eq!(office.barrier().await.settings.choices, light);
    office.manage("{}");
    let settings = office.barrier().await.settings;
    assert_eq!(settings.choices, Choices { theme: Theme::Light, ..chosen });
    assert_eq!(settings.managed.keys, []);
}

#[tokio::test]
async fn the_system_starts_it_at_login_as_the_studio_says_and_then_again_as_the_person_chose() {
    let mut office = TestApp::open().await;
    office.manage(r#"{"startAtLogin": true}"#);
    office.barrier().await;
    assert!(office.shell.starts_at_login());
    office.manage("{}");
    office.barrier().await;
    assert!(!office.shell.starts_at_login());

    // The same while it does not run.
    office.end().await;
    office.manage(r#"{"startAtLogin": true}"#);
    office.start();
    office.barrier().await;
    assert!(office.shell.starts_at_login() && !office.preferences.kept().choices.start_at_login);
    let system = office.shell.clone();
    office.end().await;
    office.manage("{}");
    office.shell = system;
    office.start();
    office.barrier().await;
    assert!(!office.shell.starts_at_login());
}

#[tokio::test]
async fn a_desk_locks_after_the_studio_s_minutes_whatever_its_own_were() {
    let mut office = TestApp::open().await;
    office.presence.set_idle(Some(Duration::ZERO));
    assert_eq!(office.change_settings(|it| it.lock_after_minutes = Some(480)).await, Reply::Done);
    office.manage(r#"{"lockAfterMinutes": 1}"#);
    office.barrier().await;
    office.presence.set_idle(Some(Duration::from_secs(61)));
    office.advance(Duration::from_secs(61));
    let is_locked = |snapshot: &glowjar_agent::view::Snapshot| {
        snapshot.banners.iter().any(|banner| banner.code == "locked")
    };
    office.snapshot_when("it to lock", is_locked).await;
}

#[tokio::test]
async fn certificates_that_can_not_be_used_are_said_and_all_other_settings_hold() {
    let mut office = TestApp::open().await;
    let missing = office.folder.path().join("ca.pem").display().to_string();
    let policy = serde_json::json!({
        "extraCa": missing, "proxy": "http://127.0.0.1:9", "lockWithScreen": true,
    });
    let policy = policy.to_string();
    office.manage(&policy);
    let says_so = |snapshot: &glowjar_agent::view::Snapshot| {
        let told = |banner: &glowjar_agent::view::BannerView| {
            banner.code == "network_settings"
                && banner.cause.as_deref().is_some_and(|it| it.contains("can’t be read"))
        };
        snapshot.banners.iter().any(told)
    };
    let choices = office.snapshot_when("the reason", says_so).await.settings.choices;
    assert_eq!(choices.proxy, ProxyView::At { address: "http://127.0.0.1:9".to_owned() });
    assert!(choices.lock_with_screen);
    // What the person changes meanwhile is not refused for it.
    assert_eq!(office.change_settings(|it| it.theme = Theme::Dark).await, Reply::Done);

    let certificate = rcgen::generate_simple_self_signed(["proxy.example".to_owned()]);
    fs::write(&missing, certificate.expect("a certificate").cert.pem()).expect("written");
    office.manage("{}");
    office.manage(&policy);
    office.snapshot_when("no reason any more", |snapshot| !says_so(snapshot)).await;
}

#[tokio::test]
async fn what_has_no_effect_is_a_quiet_line_until_it_is_waved_away_and_comes_back_if_it_is_another()
{
    let mut office = TestApp::open().await;
    let line = |snapshot: glowjar_agent::view::Snapshot| {
        let banners = snapshot.banners.into_iter();
        banners.map(|it| it.code).find(|code| code.starts_with("managed:"))
    };
    office.manage(r#"{"lockWithScreen": true, "colour": "p8e-hush"}"#);
    let snapshot = office.barrier().await;
    let ignored = snapshot.settings.managed.ignored.clone();
    assert_eq!(ignored[0].key, "colour");
    assert!(!format!("{snapshot:?} {:?}", office.shell.tray()).contains("hush"));
    assert!(snapshot.settings.choices.lock_with_screen);
    assert_eq!(office.shell.tray().tooltip, "Glowjar: no profile yet");
    let code = line(snapshot).expect("a line");
    let request = glowjar_agent::request::Request::DismissBanner { code };
    assert_eq!(office.ask(request).await, Reply::Done);
    office.manage(r#"{"lockWithScreen": true, "taste": "sweet"}"#);
    assert_eq!(line(office.barrier().await), None);
    office.manage(r#"{"lockWithScreen": 7}"#);
    assert_eq!(line(office.barrier().await).as_deref(), Some("managed:not_a_boolean"));
    office.manage("{");
    let snapshot = office.barrier().await;
    assert!(!snapshot.settings.choices.lock_with_screen);
    assert_eq!(line(snapshot).as_deref(), Some("managed:not_json"));
}

#[tokio::test]
async fn a_profile_of_another_server_than_the_studio_s_keepers_is_refused_and_those_there_stay() {
    let mut office = TestApp::open().await;
    let before = office.add(drafts::minting()).await;
    office.live().await;
    office.manage(r#"{"onlyKeepers": true, "keepers": ["https://keeper1.studio.example:7443"]}"#);
    office.barrier().await;
    let keeper_at = |address: &str| Draft {
        name: "Firefly".to_owned(),
        preset: Preset::Keeper,
        token_endpoint: address.to_owned(),
        ..drafts::minting()
    };
    let other = Draft {
        name: "Other".to_owned(),
        preset: Preset::Custom,
        token_endpoint: office.token_endpoint(),
        ..drafts::minting()
    };
    for draft in [other, keeper_at("https://keeper1.studio.example.evil.example:7443")] {
        let reply = office.save(draft, Some(Anyway::Untried)).await;
        let Reply::Failed { code, message, .. } = reply else { panic!("{reply:?}") };
        assert_eq!(code, "managed_source");
        assert_eq!(message, "Your studio does not allow profiles of this server");
    }
    office.add(keeper_at("https://keeper1.studio.example:7443")).await;
    // What was there is renewed and renamed as ever.
    office.refresh(&before).await;
    let renamed = Draft { name: "Renamed".to_owned(), ..drafts::untouched(drafts::minting()) };
    assert!(matches!(office.edit(&before, renamed).await, Reply::Saved { .. }));
}
