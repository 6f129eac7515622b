//! Every mood of the keychain, and what a person is told of it.

use std::time::Instant;

use anyhow::{Context, Result};
use desktop::{App, KeychainState, PATIENCE, Parts, Query, Window, figures};
use glowjar_sandbox::{Rotation, Settings};

use super::{
    bug_report::files_with,
    fixture::{NAME, NO_ARGUMENTS, Scene, TITLE, fill, status_of},
};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f22_a_locked_keychain_is_said_at_once_and_work_goes_on_when_it_opens() -> Result<()> {
    start_with_bad_keychain(KeychainState::Locked, "The keychain is locked").await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f22_a_silent_keychain_is_said_at_once_and_work_goes_on_when_one_answers() -> Result<()> {
    start_with_bad_keychain(KeychainState::Silent, "The keychain is not answering").await
}

async fn start_with_bad_keychain(state: KeychainState, words: &str) -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let token = scene.copied_by_tray().await?;
    scene.app.terminate().await?;
    scene.desktop.keychain()?.replace(state).await?;
    let window = told_at_the_start(&mut scene, words).await?;
    scene.picture(&window, &format!("keychain-{state:?}").to_lowercase()).await?;

    match state {
        KeychainState::Locked => scene.desktop.keychain()?.unlock().await?,
        _ => scene.desktop.keychain()?.replace(KeychainState::Unlocked).await?,
    }
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    assert_eq!(scene.copied_by_tray().await?, token);
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f23_without_a_keychain_nothing_is_stored_anywhere() -> Result<()> {
    let parts = Parts { keychain: KeychainState::Absent, ..Parts::default() };
    let scene = Scene::with(parts, Settings::default()).await?;
    let window = scene.window().await?;
    let typed = scene.refreshing();
    fill(&window, &typed).await?;
    window.click(&Query::test_id("save-profile")).await?;
    let refused = Query::test_id("refused");
    window.wait_until(&refused, PATIENCE, |text| text.contains("There is no keychain")).await?;
    scene.picture(&window, "keychain-absent").await?;
    // Nothing typed is lost.
    let name = window.find(&Query::test_id("field-name")).await?.value().await?;
    assert_eq!(name, NAME);
    scene.assert_that_no_profile_is_kept()?;

    // In memory, if the person agrees.
    window.click(&Query::test_id("save-anyway")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let trouble = Query::test_id("trouble");
    window.wait_until(&trouble, PATIENCE, |text| text.contains("Not saved yet")).await?;
    scene.picture(&window, "in-memory").await?;
    assert!(!scene.copied_by_tray().await?.is_empty());
    let refresh_token = typed.refresh_token.unwrap_or_default();
    for secret in [typed.secret, refresh_token] {
        assert_eq!(files_with(&scene.desktop, &secret)?, Vec::<String>::new());
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f04_a_rotation_that_cant_be_stored_is_used_said_and_stored_later() -> Result<()> {
    let settings = Settings { rotation: Rotation::Strict, ..Settings::default() };
    let mut scene = Scene::at_work(settings).await?;
    let before = scene.copied_by_tray().await?;
    scene.desktop.keychain()?.lock().await?;
    let item = scene.item().await?;
    item.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    scene.wait_for_status("Not saved").await?;
    let fresh = scene.copied_by_tray().await?;
    assert_ne!(fresh, before);
    assert!(scene.sandbox.accepts(&fresh));
    let window = scene.open_window().await?;
    let trouble = Query::test_id("trouble");
    window.wait_until(&trouble, PATIENCE, |text| text.contains("Not saved")).await?;
    scene.picture(&window, "not-saved").await?;
    // Again, with the refresh token that is in memory alone: the old one would be refused.
    item.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    scene.sandbox.wait_for(glowjar_sandbox::Route::Token, 3).await;

    scene.desktop.keychain()?.unlock().await?;
    window.wait_until_gone(&trouble, PATIENCE).await?;
    scene.wait_for_status(&format!("{NAME}: valid until")).await?;
    let stored = scene.copied_by_tray().await?;
    drop(window);
    scene.crash_and_start().await?;
    scene.wait_for_status("valid until").await?;
    assert_eq!(scene.copied_by_tray().await?, stored);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f25_a_deleted_entry_is_asked_for_and_the_profile_stays() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    scene.app.terminate().await?;
    assert_eq!(scene.desktop.keychain()?.delete(&[]).await?, 2);
    let window = told_at_the_start(&mut scene, "The client secret is missing").await?;
    scene.picture(&window, "secret-missing").await?;
    paste_secrets(&scene, &window).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f24_an_entry_of_which_a_part_is_gone_is_said_to_be_incomplete_and_never_used() -> Result<()>
{
    let short = [("GLOWJAR_LONGEST_VALUE", "400")];
    let started = Scene::at_work_with(Parts::default(), Settings::default(), &short);
    let mut scene = Box::pin(started).await?;
    scene.app.terminate().await?;
    let keychain = scene.desktop.keychain()?;
    let names = keychain.entries().await?.into_iter().filter_map(|entry| {
        entry.attributes.get("username").filter(|name| name.contains("credential#")).cloned()
    });
    let last = names.max().context("the credential is not in parts")?;
    assert_eq!(keychain.delete(&[("username", &last)]).await?, 1);
    let window = told_at_the_start(&mut scene, "A stored secret is incomplete").await?;
    scene.picture(&window, "keychain-incomplete").await?;
    paste_secrets(&scene, &window).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f23_a_keychain_that_is_gone_is_said_and_used_when_it_comes() -> Result<()> {
    start_with_bad_keychain(KeychainState::Absent, "There is no keychain").await
}

async fn paste_secrets(scene: &Scene, window: &Window) -> Result<()> {
    let typed = scene.refreshing();
    window.click(&Query::test_id("trouble-action")).await?;
    window.fill(&Query::test_id("field-client-secret"), &typed.secret).await?;
    let refresh_token = typed.refresh_token.unwrap_or_default();
    window.fill(&Query::test_id("field-refresh-token"), &refresh_token).await?;
    window.click(&Query::test_id("save-profile")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_keychain_that_restarts_while_glowjar_runs_is_used_again() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    scene.desktop.keychain()?.replace(KeychainState::Unlocked).await?;
    scene.item().await?.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    scene.sandbox.wait_for(glowjar_sandbox::Route::Token, 2).await;
    let item = scene.item().await?;
    item.wait_until(PATIENCE, |menu| menu.clickable(&["Refresh now"]).is_ok()).await?;
    let token = scene.copied_by_tray().await?;
    scene.app.kill_hard().await?;
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    assert_eq!(scene.copied_by_tray().await?, token);
    Ok(())
}

/// Starts it with something wrong in its keychain: tray and window come up all the same and say what it is.
///
/// A keychain that never answers would hold them up for ever, if it could; how soon they are there is a figure for people,
/// since on a busy machine it says little.
pub async fn told_at_the_start(scene: &mut Scene, words: &str) -> Result<Window> {
    let since = Instant::now();
    scene.app = App::start(&scene.desktop, ["--show"])?;
    let item = scene.item().await?;
    let tray = since.elapsed();
    scene.desktop.screen()?.wait_for_window(TITLE, true, PATIENCE).await?;
    let shown = since.elapsed();
    item.wait_until(PATIENCE, |menu| status_of(menu).contains(words)).await?;
    let told = since.elapsed();
    figures::take_down(&format!(
        "“{words}”: tray after {:.1} s, window {:.1} s, told {:.1} s",
        tray.as_secs_f32(),
        shown.as_secs_f32(),
        told.as_secs_f32()
    ))?;
    let window = scene.window().await?;
    window.wait_until(&Query::test_id("hero-headline"), PATIENCE, |text| text == words).await?;
    window.wait_until(&Query::test_id("hero-name"), PATIENCE, |text| text == NAME).await?;
    assert!(item.menu().await?.clickable(&["Copy token"]).is_err());
    assert_eq!(scene.token_requests(), 1, "nothing was asked with what is not there");
    Ok(window)
}
