//! Started twice.

use anyhow::{Context, Result};
use desktop::{App, PATIENCE, Query, timeouts::until};
use glowjar_sandbox::Settings;
use rustix::process::{Pid, Signal, kill_process};

use super::fixture::{NO_ARGUMENTS, Scene, TITLE};

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

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_window_that_hangs_is_replaced_when_somebody_wants_to_see_it() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let window = scene.open_window().await?;
    drop(window);
    let own = scene.app.id();
    let its_window = || {
        let processes = scene.app.descendants();
        processes.into_iter().find(|process| process.parent == own).map(|process| process.id)
    };
    let hung = its_window().context("no window")?;
    let pid = Pid::from_raw(hung.cast_signed()).context("no process id")?;
    kill_process(pid, Signal::STOP)?;

    scene.item().await?.click(&["Open Glowjar"]).await?;
    let replaced = || async { Ok(its_window().filter(|window| *window != hung).map(drop)) };
    until(PATIENCE, "another window", replaced).await?;
    let window = scene.window().await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    scene.picture(&window, "replaced").await?;
    let windows = scene.app.descendants();
    assert_eq!(windows.iter().filter(|process| process.parent == own).count(), 1, "{windows:?}");
    Ok(())
}
