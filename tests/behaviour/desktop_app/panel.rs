//! Panels that come late, go, and come back.

use std::time::{Duration, Instant};

use anyhow::Result;
use desktop::{App, PATIENCE, Query};
use glowjar_sandbox::Settings;

use super::fixture::{NO_ARGUMENTS, Scene, status_of};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f34_the_icon_is_back_soon_after_the_panel_was_restarted() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    scene.wait_for_status("valid until").await?;
    for _ in 0..2 {
        scene.desktop.panel()?.stop().await?;
        scene.desktop.panel()?.resume().await?;
        let since = Instant::now();
        let item = scene.desktop.tray()?.wait_for_item(PATIENCE).await?;
        assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
        assert!(status_of(&item.menu().await?).contains("valid until"));
        assert!(scene.sandbox.accepts(&scene.copied_by_tray().await?));
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f34_a_desktop_without_a_panel_is_told_once_and_one_that_comes_late_is_used() -> Result<()>
{
    let mut scene = Scene::at_work(Settings::default()).await?;
    scene.app.terminate().await?;
    scene.desktop.panel()?.stop().await?;
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    // Nobody could click an icon, so the window opens by itself.
    let window = scene.window().await?;
    let banner = Query::test_id("banner-no_tray");
    window.wait_until(&banner, PATIENCE, |text| text.contains("shows no tray icons")).await?;
    assert_eq!(window.find_all(&banner).await?.len(), 1);
    scene.picture(&window, "no-tray").await?;
    scene.close(window).await?;

    let mut second = App::start(&scene.desktop, NO_ARGUMENTS)?;
    assert!(second.wait(PATIENCE).await?.success());
    let window = scene.window().await?;
    window.wait_for(&banner, PATIENCE).await?;

    scene.desktop.panel()?.resume().await?;
    let since = Instant::now();
    scene.desktop.tray()?.wait_for_item(PATIENCE).await?;
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    window.wait_until_gone(&banner, PATIENCE).await
}

/// Failure mode F34's own limit.
const SOON: Duration = Duration::from_secs(10);
