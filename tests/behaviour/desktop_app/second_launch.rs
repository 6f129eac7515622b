//! Started twice.

use anyhow::Result;
use desktop::{App, PATIENCE, Query};
use glowjar_sandbox::Settings;

use super::scene::{NO_ARGUMENTS, Scene, TITLE};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f37_a_second_launch_shows_the_window_of_the_first_and_ends() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let mut second = App::start(&scene.desktop, NO_ARGUMENTS)?;
    assert!(second.wait(PATIENCE).await?.success());
    let window = scene.window().await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;

    // With the window open already there is still one, and one icon.
    let mut third = App::start(&scene.desktop, NO_ARGUMENTS)?;
    assert!(third.wait(PATIENCE).await?.success());
    assert!(scene.desktop.screen()?.has_window(TITLE).await?);
    let own = scene.app.id();
    let windows = scene.app.descendants();
    assert_eq!(windows.iter().filter(|process| process.parent == own).count(), 1, "{windows:?}");
    assert_eq!(scene.desktop.tray()?.items().await?.len(), 1);
    assert!(scene.app.is_running());
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}
