//! Two desktop sessions of one person: one home folder, and a screen, a bus and a run-time folder each.

use std::{env, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use desktop::{
    App, Desktop, KeychainState, PATIENCE, Parts, Query, TrayItem, Window, process::output_of,
    timeouts::until,
};
use glowjar_sandbox::{Rotation, Route, Settings};

use super::fixture::{NO_ARGUMENTS, Scene, TITLE, status_of};

/// The second session of a scene's person, with Glowjar started in it.
struct Second {
    // Dropped in this order: the application would call for a desktop that has gone.
    app: App,
    desktop: Desktop,
}

impl Second {
    async fn of(scene: &Scene) -> Result<Self> {
        let desktop = Box::pin(scene.desktop.start_another_session(Parts::default())).await?;
        let app = App::start(&desktop, NO_ARGUMENTS)?;
        app.wait_for_line(PATIENCE, |line| line.contains("following")).await?;
        Ok(Self { app, desktop })
    }

    async fn item(&self) -> Result<TrayItem> {
        self.desktop.tray()?.wait_for_item(PATIENCE).await
    }

    async fn copied_by_tray(&self) -> Result<String> {
        let clipboard = self.desktop.clipboard()?;
        clipboard.write("something else").await?;
        self.item().await?.click_when_enabled(&["Copy token"], PATIENCE).await?;
        let copied = clipboard.wait_until(PATIENCE, |text| text != Some("something else")).await?;
        copied.context("the clipboard is empty")
    }

    async fn window(&self) -> Result<Window> {
        self.item().await?.click(&["Open Glowjar"]).await?;
        self.desktop.screen()?.wait_for_window(TITLE, true, PATIENCE).await?;
        Box::pin(Window::attach(&self.desktop, &self.app, PATIENCE)).await
    }
}

fn rotating() -> Settings {
    Settings { rotation: Rotation::Strict, ..Settings::default() }
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f43_of_two_sessions_one_renews_and_no_rotation_is_lost() -> Result<()> {
    let scene = Box::pin(Scene::at_work(rotating())).await?;
    let second = Box::pin(Second::of(&scene)).await?;
    let refresh = ["Refresh now"];
    for round in 1..=6 {
        // Now from the one session, now from the other, and each time the one token reaches both.
        let item = if round % 2 == 0 { scene.item().await? } else { second.item().await? };
        let asked = scene.token_requests();
        item.click_when_enabled(&refresh, PATIENCE).await?;
        scene.sandbox.wait_for(Route::Token, asked + 1).await;
        item.wait_until(PATIENCE, |menu| menu.clickable(&refresh).is_ok()).await?;
        let token = scene.copied_by_tray().await?;
        assert!(scene.sandbox.accepts(&token), "round {round}");
        assert_eq!(second.copied_by_tray().await?, token, "round {round}");
        assert_eq!(scene.token_requests(), 1 + round);
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f43_the_second_session_shows_the_same_says_so_and_copies_for_itself() -> Result<()> {
    let scene = Box::pin(Scene::at_work(rotating())).await?;
    let mut second = Box::pin(Second::of(&scene)).await?;
    let item = second.item().await?;
    let menu = item.wait_until(PATIENCE, |menu| status_of(menu).contains("valid until")).await?;
    assert!(
        menu.entries.iter().any(|entry| entry.label.contains("your other session")),
        "{menu:?}"
    );
    let window = Box::pin(second.window()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let banner = Query::test_id("banner-following");
    window.wait_until(&banner, PATIENCE, |text| text.contains("your other session")).await?;

    scene.desktop.clipboard()?.write("of the first session").await?;
    let token = second.copied_by_tray().await?;
    assert!(scene.sandbox.accepts(&token));
    let first = scene.desktop.clipboard()?.text().await?;
    assert_eq!(first.as_deref(), Some("of the first session"));
    second.item().await?.click_when_enabled(&["Clear clipboard"], PATIENCE).await?;
    second.desktop.clipboard()?.wait_until(PATIENCE, |text| text.is_none()).await?;
    assert_eq!(token_by_command(&second.desktop).await?, token);
    assert_eq!(scene.token_requests(), 1);

    // Quitting concerns this session alone.
    second.item().await?.click(&["Quit"]).await?;
    assert!(second.app.wait(PATIENCE).await?.success());
    assert_eq!(scene.copied_by_tray().await?, token);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f43_the_second_session_takes_over_when_the_first_is_killed_and_keeps_the_token()
-> Result<()> {
    let mut scene = Box::pin(Scene::at_work(rotating())).await?;
    let second = Box::pin(Second::of(&scene)).await?;
    let token = scene.copied_by_tray().await?;
    scene.app.kill_hard().await?;
    second.app.wait_for_line(TAKEN_OVER, |line| line.contains("started")).await?;
    second
        .item()
        .await?
        .wait_until(PATIENCE, |menu| status_of(menu).contains("valid until"))
        .await?;
    assert_eq!(second.copied_by_tray().await?, token);
    assert_eq!(scene.token_requests(), 1);

    // It renews with the refresh token that the first stored last.
    for round in 1..=2 {
        second.item().await?.click_when_enabled(&["Refresh now"], PATIENCE).await?;
        scene.sandbox.wait_for(Route::Token, 1 + round).await;
        let is_new = || async {
            let copied = second.copied_by_tray().await?;
            Ok((copied != token && scene.sandbox.accepts(&copied)).then_some(()))
        };
        until(PATIENCE, "a new token", is_new).await?;
    }

    // Who comes back follows, although the lock file of before lies there.
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    scene.app.wait_for_line(PATIENCE, |line| line.contains("following")).await?;
    assert_eq!(scene.copied_by_tray().await?, second.copied_by_tray().await?);
    assert_eq!(scene.token_requests(), 3);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f43_a_start_on_the_same_display_with_another_bus_shows_the_window_and_ends() -> Result<()>
{
    let scene = Box::pin(Scene::at_work(Settings::default())).await?;
    let nobody = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")];
    let mut again = App::start_with(&scene.desktop, NO_ARGUMENTS, &nobody)?;
    assert!(again.wait(PATIENCE).await?.success(), "{}", again.output());
    scene.window().await?;
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f43_a_second_session_without_the_keychain_says_so_when_it_takes_over() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(rotating())).await?;
    let parts = Parts { keychain: KeychainState::Absent, ..Parts::default() };
    let desktop = Box::pin(scene.desktop.start_another_session(parts)).await?;
    let app = App::start(&desktop, NO_ARGUMENTS)?;
    app.wait_for_line(PATIENCE, |line| line.contains("following")).await?;
    scene.app.terminate().await?;
    app.wait_for_line(TAKEN_OVER, |line| line.contains("started")).await?;
    let item = desktop.tray()?.wait_for_item(PATIENCE).await?;
    item.wait_until(PATIENCE, |menu| status_of(menu).contains("keychain")).await?;
    // Nothing is asked with what isn't there.
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

async fn token_by_command(desktop: &Desktop) -> Result<String> {
    let program = env::var_os("GLOWJAR_COMMAND").map(PathBuf::from);
    let program = std::path::absolute(program.context("GLOWJAR_COMMAND isn't set")?)?;
    let mut command = desktop.command(program);
    command.args(["token", "--no-start"]);
    Ok(String::from_utf8(output_of(command, PATIENCE).await?)?.trim().to_owned())
}

/// What is promised.
const TAKEN_OVER: Duration = Duration::from_secs(5);
