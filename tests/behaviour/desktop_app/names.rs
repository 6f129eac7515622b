//! Names that menus, markup, writing directions and paths could stumble over are shown as they were typed.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use desktop::{PATIENCE, Query, process::output_of};
use glowjar_sandbox::{Answer, Refusal, Route, Settings};
use serde_json::json;

use super::fixture::{Scene, status_of};
use crate::test_app::programs::command_file;

const NAMES: [&str; 6] = [
    "R&D &File __x _y",
    "<b>Brand</b> &amp; <img src=x>",
    "مشروع العلامة",
    "\u{202e}reversed\u{202c} mark",
    "../../glowjar-elsewhere",
    "/glowjar-elsewhere; $(id) `id` %n",
];

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn any_name_is_shown_as_it_was_typed_in_window_tray_notice_and_command() -> Result<()> {
    let scene = Box::pin(Scene::at_work(Settings::default())).await?;
    let window = scene.open_window().await?;
    let snapshot = window.ask(json!({ "kind": "snapshot" })).await?;
    let profile = snapshot["snapshot"]["profiles"][0]["id"].as_str().context("an id")?.to_owned();
    let item = scene.item().await?;
    let notices = scene.desktop.notices()?;
    for name in NAMES {
        window.ask(json!({ "kind": "rename", "profile": profile, "name": name })).await?;
        window
            .wait_until(&Query::test_id("hero-name"), PATIENCE, |text| text.contains(name))
            .await
            .with_context(|| format!("window: {name}"))?;
        let begins = |label: &str| label.starts_with(&format!("{name}: "));
        item.wait_until(PATIENCE, |menu| begins(status_of(menu)))
            .await
            .with_context(|| format!("tray: {name}"))?;
        let mut status = scene.desktop.command(command_file());
        status.arg("status");
        let said = String::from_utf8(output_of(status, PATIENCE).await?)?;
        ensure!(said.contains(name), "command: {name}: {said}");

        scene.sandbox.until_cleared(Route::Token, Answer::Refusal(Refusal::InvalidGrant));
        window.ask(json!({ "kind": "refreshNow", "profile": profile })).await?;
        // A summary is plain text (Desktop Notifications Specification, "Basic Design").
        notices
            .wait_for(PATIENCE, |notice| notice.summary.starts_with(&format!("{name}: ")))
            .await
            .with_context(|| format!("notice: {name}: {:#?}", notices.all()))?;
        scene.sandbox.clear();
        window.ask(json!({ "kind": "refreshNow", "profile": profile })).await?;
        let healed = format!("{name} is live again");
        notices.wait_for(PATIENCE, |notice| notice.summary == healed).await?;
        let live = format!("{name}: valid until ");
        item.wait_until(PATIENCE, |menu| status_of(menu).starts_with(&live)).await?;

        for kind in ["savePostman", "exportDiagnostics"] {
            window.ask(json!({ "kind": kind, "profile": profile })).await?;
        }
    }
    let home = scene.desktop.home();
    let desktop = home.parent().context("a folder")?;
    let mut found = Vec::new();
    named_elsewhere(desktop, &mut found)?;
    for outside in [desktop.parent().context("a folder")?, Path::new("/")] {
        found.extend(entries(outside)?.into_iter().filter(|path| is_elsewhere(path)));
    }
    // Without a folder for downloads, that is where files go that a person asked for.
    found.retain(|path| path.parent() != Some(&home));
    assert_eq!(found, Vec::<std::path::PathBuf>::new());
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    Ok(fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect())
}

fn is_elsewhere(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains("glowjar-elsewhere"))
}

/// Everything below this folder whose file's name is one of the names.
fn named_elsewhere(folder: &Path, into: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for path in entries(folder)? {
        if is_elsewhere(&path) {
            into.push(path.clone());
        }
        if path.is_dir() && !path.is_symlink() {
            named_elsewhere(&path, into)?;
        }
    }
    Ok(())
}
