//! What a studio's admin has set, as the person at the computer sees it, and the command in a terminal.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use desktop::{PATIENCE, Parts, Query, process::output_of, timeouts::until};
use glowjar_sandbox::Settings;
use serde_json::json;

use super::fixture::{Scene, add};
use crate::test_app::programs::command_file;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn what_the_studio_sets_is_shown_so_and_the_person_s_own_comes_back_without_it() -> Result<()>
{
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("managed.json");
    let path = file.display().to_string();
    write(&file, r#"{"startAtLogin": true, "lockAfterMinutes": 10, "clientSecret": "p8e-hush"}"#)?;
    let variables = [("GLOWJAR_TEST_MANAGED", path.as_str())];
    let scene = Scene::with_variables(Parts::default(), Settings::default(), &variables).await?;
    let window = scene.window().await?;
    add(&window, &scene.minting()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    window
        .wait_for(&Query::text("Some of your studio’s settings have no effect"), PATIENCE)
        .await?;

    window.click(&Query::test_id("open-settings")).await?;
    let start = Query::test_id("by-studio-start-at-login");
    window.wait_until(&start, PATIENCE, |text| text.contains("Set by your studio")).await?;
    window.wait_for(&Query::test_id("by-studio-lock-after-minutes"), PATIENCE).await?;
    assert!(!window.has(&Query::test_id("by-studio-lock-with-screen")).await?);
    let minutes = Query::test_id("field-lock-after-minutes");
    assert_eq!(window.find(&minutes).await?.value().await?, "10");
    let ignored = Query::test_id("studio-ignored");
    window.wait_until(&ignored, PATIENCE, |text| text.contains("clientSecret")).await?;
    scene.picture(&window, "settings-managed").await?;
    let entry = scene.desktop.home().join(".config/autostart/Glowjar.desktop");
    assert!(entry.exists(), "it starts at login");

    // Whoever asks in the window's way is refused as well.
    let snapshot = window.ask(json!({ "kind": "snapshot" })).await?;
    let from = snapshot["snapshot"]["settings"]["choices"].clone();
    let mut to = from.clone();
    to["lockAfterMinutes"] = json!(480);
    let reply = window.ask(json!({ "kind": "changeSettings", "from": from, "to": to })).await?;
    assert_eq!(reply["fields"][0]["field"], "lockAfterMinutes", "{reply}");
    assert!(!snapshot.to_string().contains("hush"));

    let told = status(&scene).await?;
    let lines: Vec<&str> = told.lines().collect();
    let set = [
        &*format!("Set in {path}:"),
        "  startAtLogin      true",
        "  lockAfterMinutes  10",
        &*format!("Without effect in {path}:"),
    ];
    assert_eq!(lines[..4], set, "{told}");
    assert!(lines[4].starts_with("  clientSecret      A secret must not stand here"), "{told}");

    // It is felt at once, by whichever way the file comes.
    let other = folder.path().join("new");
    write(&other, r#"{"lockWithScreen": true}"#)?;
    fs::rename(&other, &file)?;
    window.wait_for(&Query::test_id("by-studio-lock-with-screen"), PATIENCE).await?;
    window.wait_until_gone(&start, PATIENCE).await?;
    let gone = || async { Ok((!entry.exists()).then_some(())) };
    until(PATIENCE, "no entry to start at login", gone).await?;
    fs::remove_file(&file)?;
    window.wait_until_gone(&Query::test_id("studio"), PATIENCE).await?;
    assert_eq!(window.find(&minutes).await?.value().await?, "");
    assert_eq!(status(&scene).await?, format!("Nothing is set for this computer in {path}.\n"));
    write(&file, "{")?;
    window.wait_until(&ignored, PATIENCE, |text| text.contains("This is not JSON")).await?;
    assert!(!scene.app.output().contains("hush"), "said or logged");
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(file, text)?;
    fs::set_permissions(file, PermissionsExt::from_mode(0o644)).context("the file's mode")
}

async fn status(scene: &Scene) -> Result<String> {
    let mut command = scene.desktop.command(command_file());
    command.args(["status", "--managed"]);
    Ok(String::from_utf8(output_of(command, PATIENCE).await?)?)
}
