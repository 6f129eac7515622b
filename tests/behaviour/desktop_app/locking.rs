//! Locked with the screen, or because nobody is there, on a real bus and a real X server.

use anyhow::{Result, ensure};
use desktop::{PATIENCE, Query, ScreenLock, timeouts::until};
use glowjar_sandbox::Settings;

use super::fixture::Scene;
use crate::test_app::programs::{Ran, command_file, ran};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn with_the_screen_locked_no_program_gets_a_token() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let window = scene.open_window().await?;
    window.click(&Query::test_id("open-settings")).await?;
    let settings = Query::test_id("settings");
    let untold = "does not say when its screen is locked";
    window.wait_until(&settings, PATIENCE, |text| text.contains(untold)).await?;
    let screen = ScreenLock::start(scene.desktop.bus()?).await?;
    window.wait_until(&settings, PATIENCE, |text| !text.contains(untold)).await?;

    // Nobody wanted that yet.
    screen.turn(true).await?;
    screen.turn(false).await?;
    window.click(&Query::test_id("field-lock-with-screen")).await?;
    let banner = Query::test_id("banner-locked");
    ensure!(token(&scene).await?.code == Some(0));
    scene.picture(&window, "settings-locking").await?;
    window.click(&Query::test_id("page-back")).await?;

    screen.turn(true).await?;
    let refused = token_when(&scene, Some(3)).await?;
    ensure!(refused.out.is_empty());
    let words = "Glowjar is locked. It unlocks by itself when the screen is unlocked.";
    ensure!(refused.err == format!("glowjar: {words}\n"), "{}", refused.err);
    window.wait_until(&banner, PATIENCE, |text| text.contains("with the screen")).await?;
    scene.picture(&window, "locked-with-the-screen").await?;

    // Whoever starts it again behind the locked screen finds it locked.
    drop(window);
    scene.crash_and_start().await?;
    token_when(&scene, Some(3)).await?;

    screen.turn(false).await?;
    let token = token_when(&scene, Some(0)).await?.out;
    ensure!(scene.sandbox.accepts(token.trim_end()));
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn after_a_minute_without_anybody_no_program_gets_a_token() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let window = scene.open_window().await?;
    window.click(&Query::test_id("open-settings")).await?;
    window.fill(&Query::test_id("field-lock-after-minutes"), "1").await?;
    window.press(ENTER).await?;
    window.click(&Query::test_id("page-back")).await?;
    let refused = token_when(&scene, Some(3)).await?;
    ensure!(refused.err == "glowjar: Glowjar is locked. Unlock it in its window.\n");
    window.click(&Query::test_id("banner-action-locked")).await?;
    token_when(&scene, Some(0)).await?;
    Ok(())
}

const ENTER: char = '\u{e007}';

async fn token(scene: &Scene) -> Result<Ran> {
    let mut command = scene.desktop.command(command_file());
    Ok(ran(command.arg("token").kill_on_drop(true).output().await))
}

/// Asks until it ends like this. Nobody here can tell when a signal has arrived.
async fn token_when(scene: &Scene, code: Option<i32>) -> Result<Ran> {
    let asked = || async {
        let ran = token(scene).await?;
        Ok((ran.code == code).then_some(ran))
    };
    until(PATIENCE * 3, &format!("glowjar token to end with {code:?}"), asked).await
}
