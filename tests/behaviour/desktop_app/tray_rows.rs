//! What the panel shows is what the application means to show, row by row.

use anyhow::{Context, Result, ensure};
use desktop::{App, Menu, PATIENCE, Window};
use glowjar_sandbox::Settings;

use super::scene::{NAME, NO_ARGUMENTS, Scene, Typed, add};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_after_a_restart_each_of_two_profiles_says_that_it_is_live() -> Result<()> {
    restarted_with(2).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_after_a_restart_each_of_twelve_profiles_says_that_it_is_live() -> Result<()> {
    restarted_with(12).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_after_a_restart_the_only_profile_says_that_it_is_live() -> Result<()> {
    restarted_with(1).await
}

async fn restarted_with(profiles: usize) -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    if profiles > 1 {
        let window = scene.open_window().await?;
        for number in 2..=profiles {
            let name = format!("{NAME} {number}");
            let typed = Typed { name, ..scene.refreshing() };
            add(&window, &typed).await?;
        }
        scene.close(window).await?;
    }
    let are_live = |menu: &Menu| live(menu) == profiles.max(1) + usize::from(profiles > 1);
    scene.item().await?.wait_until(PATIENCE, are_live).await?;
    scene.app.terminate().await?;
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    scene.item().await?.wait_until(PATIENCE, are_live).await?;
    ensure!(scene.app.tray_watch()?.wait_until_matched().await? > 0);
    Ok(())
}

/// The rows that say so; with several profiles the first repeats one of them.
fn live(menu: &Menu) -> usize {
    menu.labels().iter().filter(|label| label.contains(": valid until ")).count()
}
