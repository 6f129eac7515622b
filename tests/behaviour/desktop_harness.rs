//! The harness itself: a test that leans on a crooked desktop says nothing about the application.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, Result, ensure};
use desktop::{
    Desktop, KeychainState, NoticeTaker, PATIENCE, Parts, keychain::Entry, process::output_of,
    process_table::marked, timeouts::until,
};
use zbus::{Connection, zvariant::Value};

mod sandbox;
mod stand_in_item;
mod tray;
mod window;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_desktop_starts_whole_and_leaves_nothing_behind() -> Result<()> {
    let desktop = Desktop::start(Parts::default()).await?;
    let names: Vec<_> = desktop.processes().into_iter().map(|process| process.name).collect();
    for part in ["Xvfb", "dbus-daemon", "gnome-keyring-daemon", "openbox", "xfce4-panel"] {
        assert!(names.iter().any(|name| name == part), "no {part} among {names:?}");
    }
    let picture = desktop.home().join("screen.png");
    desktop.screen()?.picture(&picture).await?;
    assert!(std::fs::read(&picture)?.starts_with(b"\x89PNG"));

    let (mark, home) = (desktop.mark().to_owned(), desktop.home());
    drop(desktop);
    assert_eq!(marked(&mark), []);
    assert!(!home.exists());
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_panic_leaves_nothing_behind_either() -> Result<()> {
    let (mark, told) = tokio::sync::oneshot::channel();
    let failed = tokio::spawn(async move {
        let desktop = Desktop::start(Parts { panel: false, ..Parts::default() }).await.unwrap();
        // A grandchild that has left its parent and its process group.
        let mut stray = desktop.command("sh");
        stray.args(["-c", "setsid --fork sleep 1000 >/dev/null 2>&1"]);
        output_of(stray, PATIENCE).await.unwrap();
        let is_there = || async {
            Ok(desktop.processes().into_iter().find(|process| process.name == "sleep"))
        };
        until(PATIENCE, "the stray", is_there).await.unwrap();
        mark.send(desktop.mark().to_owned()).unwrap();
        panic!("on purpose");
    });
    assert!(failed.await.is_err());
    assert_eq!(marked(&told.await?), []);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn desktops_side_by_side_do_not_see_each_other() -> Result<()> {
    let parts = Parts { panel: false, ..Parts::default() };
    let (mut one, mut other) = tokio::try_join!(Desktop::start(parts), Desktop::start(parts))?;
    store(&one, "here", "a secret").await?;
    one.clipboard()?.write("copied here").await?;
    assert_eq!(entries_of(&mut one).await?.len(), 1);
    assert_eq!(entries_of(&mut other).await?, []);
    assert_eq!(one.clipboard()?.text().await?.as_deref(), Some("copied here"));
    assert_eq!(other.clipboard()?.text().await?, None);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_keychain_stores_lists_and_forgets() -> Result<()> {
    let mut desktop = start_with_keychain(KeychainState::Unlocked).await?;
    store(&desktop, "one", "first secret").await?;
    store(&desktop, "two", "second secret").await?;
    assert_eq!(lookup(&desktop, "one").await?, "first secret");
    assert_eq!(entries_of(&mut desktop).await?.len(), 2);
    assert_eq!(desktop.keychain()?.delete(&[("entry", "one")]).await?, 1);
    assert!(lookup(&desktop, "one").await.is_err());
    assert_eq!(lookup(&desktop, "two").await?, "second secret");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_keychain_locks_unlocks_and_keeps_what_it_has_over_a_restart() -> Result<()> {
    let mut desktop = start_with_keychain(KeychainState::Unlocked).await?;
    store(&desktop, "one", "the secret").await?;
    desktop.keychain()?.lock().await?;
    assert!(entries_of(&mut desktop).await?.iter().all(|entry| entry.locked));
    desktop.keychain()?.unlock().await?;
    assert_eq!(lookup(&desktop, "one").await?, "the secret");
    desktop.keychain()?.replace(KeychainState::Absent).await?;
    assert!(lookup(&desktop, "one").await.is_err());
    desktop.keychain()?.replace(KeychainState::Locked).await?;
    assert!(entries_of(&mut desktop).await?.iter().all(|entry| entry.locked));
    desktop.keychain()?.unlock().await?;
    assert_eq!(lookup(&desktop, "one").await?, "the secret");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_fresh_user_has_a_keychain_without_a_collection() -> Result<()> {
    let mut desktop = start_with_keychain(KeychainState::NoCollection).await?;
    assert_eq!(entries_of(&mut desktop).await?, []);
    assert!(desktop.keychain()?.lock().await.is_err());
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_silent_keychain_takes_calls_and_never_answers() -> Result<()> {
    let desktop = start_with_keychain(KeychainState::Silent).await?;
    let bus = desktop.bus()?.connection();
    let call =
        bus.call_method(Some(SECRETS), SECRETS_PATH, Some(SERVICE), "ReadAlias", &("default",));
    // An error would have come at once: the bus knows the name, and that is all anybody can tell.
    assert!(tokio::time::timeout(Duration::from_millis(500), call).await.is_err());
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn without_a_keychain_the_bus_says_so_at_once() -> Result<()> {
    let desktop = start_with_keychain(KeychainState::Absent).await?;
    let bus = desktop.bus()?.connection();
    let answer = bus
        .call_method(Some(SECRETS), SECRETS_PATH, Some(SERVICE), "ReadAlias", &("default",))
        .await;
    let error = answer.err().context("somebody answered")?.to_string();
    assert!(error.contains("ServiceUnknown"), "{error}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn notices_are_recorded_replaced_withdrawn_and_clicked() -> Result<()> {
    let desktop = Desktop::start(Parts { notices: NoticeTaker::Recorder, ..Parts::bare() }).await?;
    let program = desktop.bus()?.new_connection().await?;
    let first = notify(&program, 0, "Secret rejected").await?;
    let notices = desktop.notices()?;
    let notice = notices.wait_for(PATIENCE, |notice| notice.summary == "Secret rejected").await?;
    assert_eq!(notice.actions, [("open".to_owned(), "Open Glowjar".to_owned())]);
    assert_eq!(notice.urgency, Some(2));

    assert_eq!(notify(&program, first, "Secret still rejected").await?, first);
    assert_eq!(notices.shown().len(), 1);
    notices.invoke(first, "open").await?;
    assert_eq!(notices.shown(), []);

    let second = notify(&program, 0, "Recovered").await?;
    assert_ne!(first, second);
    program
        .call_method(
            Some(NOTIFICATIONS),
            NOTIFICATIONS_PATH,
            Some(NOTIFICATIONS),
            "CloseNotification",
            &second,
        )
        .await?;
    notices.wait_until(PATIENCE, |all| all.iter().all(|notice| notice.gone.is_some())).await?;
    assert_eq!(notices.all().len(), 3);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_real_dunst_takes_notices_too() -> Result<()> {
    let parts = Parts {
        notices: NoticeTaker::Dunst,
        keychain: KeychainState::Absent,
        panel: false,
        ..Parts::default()
    };
    let desktop = Desktop::start(parts).await?;
    let program = desktop.bus()?.new_connection().await?;
    assert_ne!(notify(&program, 0, "Secret rejected").await?, 0);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_clipboard_tells_what_is_on_it() -> Result<()> {
    let desktop =
        Desktop::start(Parts { panel: false, keychain: KeychainState::Absent, ..Parts::default() })
            .await?;
    let clipboard = desktop.clipboard()?;
    assert_eq!(clipboard.text().await?, None);
    clipboard.write("ünï\ncode ").await?;
    let text = clipboard.wait_until(PATIENCE, |text| text.is_some()).await?;
    assert_eq!(text.as_deref(), Some("ünï\ncode "));
    assert!(clipboard.targets().await?.iter().any(|target| target == "UTF8_STRING"));
    Ok(())
}

async fn start_with_keychain(keychain: KeychainState) -> Result<Desktop> {
    Desktop::start(Parts { keychain, ..Parts::bare() }).await
}

async fn entries_of(desktop: &mut Desktop) -> Result<Vec<Entry>> {
    desktop.keychain()?.entries().await
}

async fn store(desktop: &Desktop, name: &str, secret: &str) -> Result<()> {
    let mut command = desktop.command("secret-tool");
    command.args([
        "store",
        &format!("--label={name}"),
        "service",
        "glowjar-harness",
        "entry",
        name,
    ]);
    desktop::process::output_with_input(command, secret.as_bytes(), PATIENCE).await.map(drop)
}

async fn lookup(desktop: &Desktop, name: &str) -> Result<String> {
    let mut command = desktop.command("secret-tool");
    command.args(["lookup", "service", "glowjar-harness", "entry", name]);
    Ok(String::from_utf8(output_of(command, PATIENCE).await?)?)
}

async fn notify(program: &Connection, replaces: u32, summary: &str) -> Result<u32> {
    let hints = HashMap::from([("urgency", Value::U8(2))]);
    let arguments =
        ("Glowjar", replaces, "", summary, "body", vec!["open", "Open Glowjar"], hints, -1_i32);
    let answer = program
        .call_method(
            Some(NOTIFICATIONS),
            NOTIFICATIONS_PATH,
            Some(NOTIFICATIONS),
            "Notify",
            &arguments,
        )
        .await?;
    let id: u32 = answer.body().deserialize()?;
    ensure!(id > 0, "0 is no id");
    Ok(id)
}

const SECRETS: &str = "org.freedesktop.secrets";
const SECRETS_PATH: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";
