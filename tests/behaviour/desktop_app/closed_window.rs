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

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_window_that_is_closed_while_somebody_types_ends_well() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let screen = scene.desktop.screen()?;
    let is_typing = async {
        loop {
            // A key that neither the window nor the window manager does anything with.
            screen.press("F9").await?;
        }
    };
    let closed_again_and_again = async {
        for _ in 0..TIMES {
            let window = scene.open_window().await?;
            scene.close(window).await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        ended = is_typing => ended,
        closed = closed_again_and_again => closed,
    }?;
    let output = scene.app.output();
    let ends: Vec<&str> = output.lines().filter(|line| line.contains("window closed")).collect();
    // The window in which the profile was typed in is one more.
    assert!(ends.len() >= TIMES, "{ends:?}");
    assert!(ends.iter().all(|end| end.contains("exit status: 0")), "{ends:#?}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_crash_of_either_process_leaves_no_picture_of_its_memory() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let window = scene.open_window().await?;
    let of_the_window = scene.app.descendants().into_iter().map(|process| process.id);
    for id in of_the_window.chain([scene.app.id()]) {
        let limits = std::fs::read_to_string(format!("/proc/{id}/limits"))?;
        let core = limits.lines().find(|line| line.starts_with("Max core file size"));
        let allowed = core.context("no such limit")?.split_whitespace().nth(4);
        assert_eq!(allowed, Some("0"), "{id}: {core:?}");
    }
    scene.close(window).await
}

async fn expiry(window: &desktop::Window) -> Result<String> {
    window.wait_for(&Query::test_id("expires-at"), PATIENCE).await?.text().await
}

fn resident(scene: &Scene) -> Result<u64> {
    Ok(scene.app.itself().context("it has ended")?.resident)
}

/// Allocators keep a little of what was freed; a web view would be a hundred times that.
const GROWTH: u64 = 8 * 1024 * 1024;
/// With a key that comes while exit handlers run, one end in forty was a crash.
const TIMES: usize = 20;
