//! Settings that reach beyond the application: into the desktop's own folders, and to its keys.

use std::{fs, io::ErrorKind, path::Path};

use anyhow::{Context, Result};
use desktop::{App, Desktop, PATIENCE, Parts, Query, Window, app::app_file, timeouts::until};
use glowjar_sandbox::{Sandbox, Settings};
use tempfile::TempDir;

use super::fixture::{NO_ARGUMENTS, Scene, TITLE};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn start_at_login_is_written_where_the_desktop_looks_for_it_and_taken_away_again()
-> Result<()> {
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    let file = scene.desktop.home().join(".config/autostart/Glowjar.desktop");
    assert!(!file.exists(), "nobody has asked for it yet");

    window.click(&Query::test_id("open-settings")).await?;
    let start = Query::test_id("field-start-at-login");
    window.click(&start).await?;
    let written = || async {
        match fs::read_to_string(&file) {
            Ok(text) => Ok(text.lines().any(|line| line.starts_with("Exec=")).then_some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    let text = until(PATIENCE, "an entry to start at login", written).await?;
    let program = app_file()?;
    let started = text.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap_or_default();
    assert_eq!(started.trim(), format!("\"{}\"", program.display()), "{text}");
    assert!(text.lines().any(|line| line == "Type=Application"), "{text}");
    scene.picture(&window, "settings-login").await?;

    window.click(&start).await?;
    let gone = || async { Ok((!file.exists()).then_some(())) };
    until(PATIENCE, "no entry to start at login", gone).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_global_shortcut_copies_the_token_wherever_it_is_pressed() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let token = scene.copied_by_tray().await?;
    let clipboard = scene.desktop.clipboard()?;
    let screen = scene.desktop.screen()?;

    let window = scene.open_window().await?;
    press_in_field(&scene, &window).await?;
    let field = Query::test_id("field-copy-shortcut");
    until(PATIENCE, "the shortcut in its field", || shows(&window, SHOWN)).await?;
    window.wait_for(&Query::test_id("remove-copy-shortcut"), PATIENCE).await?;
    assert!(!window.has(&Query::test_id("error-copy-shortcut")).await?);
    scene.picture(&window, "settings-shortcut").await?;
    scene.close(window).await?;

    // No window is left to take the keys.
    clipboard.write("something else").await?;
    screen.press(KEYS).await?;
    let copied = clipboard.wait_until(PATIENCE, |text| text != Some("something else")).await?;
    assert_eq!(copied.as_deref(), Some(token.as_str()));

    let window = scene.open_window().await?;
    window.click(&Query::test_id("open-settings")).await?;
    window.click(&Query::test_id("remove-copy-shortcut")).await?;
    window.wait_until_gone(&Query::test_id("remove-copy-shortcut"), PATIENCE).await?;
    // Given back: the keys reach the field again, which they don't while they are taken.
    window.click(&field).await?;
    screen.press(KEYS).await?;
    until(PATIENCE, "the keys in the field", || shows(&window, SHOWN)).await
}

async fn press_in_field(scene: &Scene, window: &Window) -> Result<()> {
    window.click(&Query::test_id("open-settings")).await?;
    let screen = scene.desktop.screen()?;
    screen.activate(TITLE).await?;
    window.click(&Query::test_id("field-copy-shortcut")).await?;
    screen.press(KEYS).await
}

async fn shows(window: &Window, keys: &str) -> Result<Option<()>> {
    let field = window.find(&Query::test_id("field-copy-shortcut")).await?;
    Ok((field.value().await? == keys).then_some(()))
}

const KEYS: &str = "ctrl+alt+t";
const SHOWN: &str = "Ctrl+Alt+T";

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f53_a_program_whose_file_was_replaced_starts_at_login_from_the_new_one() -> Result<()> {
    let folder = own_folder()?;
    let program = folder.path().join("My $5 100% apps").join("glowjar-app");
    install(&program)?;
    let (scene, window) = open_program(&program).await?;
    fs::remove_file(&program)?;
    install(&program)?;
    let told = fs::read_link(format!("/proc/{}/exe", scene.app.id()))?;
    assert!(told.to_string_lossy().ends_with(" (deleted)"), "{told:?}");

    window.click(&Query::test_id("field-start-at-login")).await?;
    let file = scene.desktop.home().join(".config/autostart/Glowjar.desktop");
    let written = || async { Ok(fs::read_to_string(&file).ok().filter(|text| !text.is_empty())) };
    let text = until(PATIENCE, "an entry to start at login", written).await?;
    let folder = folder.path().display();
    let exec = format!(r#"Exec="{folder}/My \\$5 100%% apps/glowjar-app""#);
    assert!(text.lines().any(|line| line.trim_end() == exec), "{exec}\n{text}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f53_a_program_whose_file_was_removed_says_that_it_cannot_start_at_login() -> Result<()> {
    let folder = own_folder()?;
    let program = folder.path().join("glowjar-app");
    install(&program)?;
    let (scene, window) = open_program(&program).await?;
    fs::remove_file(&program)?;
    window.click(&Query::test_id("field-start-at-login")).await?;
    let error = Query::test_id("error-start-at-login");
    window.wait_until(&error, PATIENCE, |text| text.contains("was removed or moved")).await?;
    scene.picture(&window, "settings-program-removed").await?;
    assert!(!scene.desktop.home().join(".config/autostart/Glowjar.desktop").exists());
    Ok(())
}

/// Beside the application under test, so that a link to it can lie there.
pub(super) fn own_folder() -> Result<TempDir> {
    let file = app_file()?;
    Ok(tempfile::tempdir_in(file.parent().context("a file in no folder")?)?)
}

fn install(program: &Path) -> Result<()> {
    fs::create_dir_all(program.parent().context("a file in no folder")?)?;
    Ok(fs::hard_link(app_file()?, program)?)
}

/// Runs this program and opens its window's settings.
async fn open_program(program: &Path) -> Result<(Scene, Window)> {
    let sandbox = Sandbox::start(Settings::default()).await?;
    let desktop = Box::pin(Desktop::start(Parts::default())).await?;
    let app = App::start_program(&desktop, program, NO_ARGUMENTS, &[])?;
    let scene = Scene { app, desktop, sandbox };
    let window = scene.window().await?;
    window.click(&Query::test_id("open-settings")).await?;
    Ok((scene, window))
}
