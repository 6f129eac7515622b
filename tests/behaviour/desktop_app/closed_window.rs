//! A closed window costs nothing.

use anyhow::{Context, Result};
use desktop::{
    PATIENCE, Query,
    process_table::{descendants_of, signal},
};
use glowjar_sandbox::Settings;
use rustix::process::Signal;

use super::fixture::{Scene, names};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_closed_window_leaves_no_process_and_no_memory_behind() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let before = resident(&scene)?;
    for _ in 0..2 {
        let window = scene.open_window().await?;
        window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
        let open = scene.app.descendants();
        assert!(names(&open).contains(&"WebKitWebProcess"), "{open:?}");
        scene.close(window).await?;
    }
    let after = resident(&scene)?;
    assert!(after < before + GROWTH, "{before} bytes grew to {after}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_killed_window_comes_back_with_the_same_truth() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let window = scene.open_window().await?;
    let shown = expiry(&window).await?;
    drop(window);
    let child = scene
        .app
        .descendants()
        .into_iter()
        .find(|process| process.parent == scene.app.id())
        .context("no window process")?;
    let family = descendants_of(child.id);
    signal(child.id, Signal::KILL)?;
    scene.wait_until_alone().await?;
    for orphan in family {
        // WebKit's own processes notice by themselves that their parent is gone.
        desktop::timeouts::until(PATIENCE, format!("the end of {}", orphan.name), || async {
            Ok(desktop::process_table::process(orphan.id).is_none().then_some(()))
        })
        .await?;
    }
    assert!(scene.app.is_running());

    let window = scene.open_window().await?;
    assert_eq!(expiry(&window).await?, shown);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_window_goes_with_an_application_that_is_killed() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let window = scene.open_window().await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    drop(window);
    let family = scene.app.descendants();
    assert!(!family.is_empty());
    scene.app.kill_hard().await?;
    for child in family {
        desktop::timeouts::until(PATIENCE, format!("the end of {}", child.name), || async {
            Ok(desktop::process_table::process(child.id).is_none().then_some(()))
        })
        .await?;
    }
    Ok(())
}

async fn expiry(window: &desktop::Window) -> Result<String> {
    window.wait_for(&Query::test_id("expires-at"), PATIENCE).await?.text().await
}

fn resident(scene: &Scene) -> Result<u64> {
    Ok(scene.app.itself().context("it has ended")?.resident)
}

/// Allocators keep a little of what was freed; a web view would be a hundred times that.
const GROWTH: u64 = 8 * 1024 * 1024;
