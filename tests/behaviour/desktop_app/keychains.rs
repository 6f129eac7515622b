//! The keychains that people have beside a plain gnome-keyring: KeePassXC, KWallet, and keyrings of which none is open or the
//! default.

use anyhow::{Context, Result};
use desktop::{Keychain, KeychainState, PATIENCE, Parts, Query, Unlocking};
use glowjar_sandbox::{Rotation, Settings};

use super::{
    bug_report::files_with,
    fixture::{NAME, Scene, fill},
    keychain::told_at_the_start,
    restart::refresh_and_wait_until_stored,
};

type WithUnlocking = fn(Unlocking) -> KeychainState;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn what_keepassxc_keeps_is_found_after_a_restart() -> Result<()> {
    found_after_a_restart(KeychainState::KeePassXc).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn what_kwallet_keeps_is_found_after_a_restart() -> Result<()> {
    found_after_a_restart(KeychainState::KWallet).await
}

/// As after each login to KDE: the wallet is open, and its Secret Service says that it is locked.
#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_kwallet_that_was_opened_at_login_is_used_without_a_click() -> Result<()> {
    let parts = with(KeychainState::KWallet(Unlocking::Open));
    let mut scene = Box::pin(Scene::at_work_on(parts, Settings::default())).await?;
    let token = scene.copied_by_tray().await?;
    scene.desktop.keychain()?.replace(KeychainState::KWallet(Unlocking::OpenedAtLogin)).await?;
    scene.crash_and_start().await?;
    scene.wait_for_status("valid until").await?;
    assert_eq!(scene.copied_by_tray().await?, token);
    assert_eq!(scene.token_requests(), 1);
    assert!(!scene.desktop.screen()?.has_window("KDE Wallet Service").await?);
    Ok(())
}

async fn found_after_a_restart(keychain: WithUnlocking) -> Result<()> {
    let settings = Settings { rotation: Rotation::Strict, ..Settings::default() };
    let mut scene = Box::pin(Scene::at_work_on(with(keychain(Unlocking::Open)), settings)).await?;
    let token = scene.copied_by_tray().await?;
    scene.crash_and_start().await?;
    scene.wait_for_status("valid until").await?;
    assert_eq!(scene.copied_by_tray().await?, token);
    assert_eq!(scene.token_requests(), 1);

    // The same entries are changed, and none is there twice.
    refresh_and_wait_until_stored(&scene).await?;
    let entries = scene.desktop.keychain()?.entries().await?;
    assert_eq!(entries.len(), 2, "{entries:?}");
    let fresh = scene.copied_by_tray().await?;
    assert_ne!(fresh, token);
    scene.crash_and_start().await?;
    scene.wait_for_status("valid until").await?;
    assert_eq!(scene.copied_by_tray().await?, fresh);
    assert_eq!(scene.token_requests(), 2);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f22_keepassxc_locked_at_the_start_is_said_and_opened_from_the_window() -> Result<()> {
    locked_at_the_start(KeychainState::KeePassXc).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f22_kwallet_locked_at_the_start_is_said_and_opened_from_the_window() -> Result<()> {
    locked_at_the_start(KeychainState::KWallet).await
}

async fn locked_at_the_start(keychain: WithUnlocking) -> Result<()> {
    let parts = with(keychain(Unlocking::Open));
    let mut scene = Box::pin(Scene::at_work_on(parts, Settings::default())).await?;
    let token = scene.copied_by_tray().await?;
    scene.app.terminate().await?;
    let locked = keychain(Unlocking::Locked);
    scene.desktop.keychain()?.replace(locked).await?;
    let window = told_at_the_start(&mut scene, "The keychain is locked").await?;

    window.click(&Query::test_id("trouble-action")).await?;
    refuse(&scene, locked).await?;
    // It is still said, and asking again is possible.
    let headline = Query::test_id("hero-headline");
    window.wait_until(&headline, PATIENCE, |text| text == "The keychain is locked").await?;
    window.click(&Query::test_id("trouble-action")).await?;
    unlock(&scene, locked).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    assert_eq!(scene.copied_by_tray().await?, token);
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f04_what_keepassxc_could_not_take_while_locked_is_stored_when_it_opens() -> Result<()> {
    locked_at_work(KeychainState::KeePassXc).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f04_what_kwallet_could_not_take_while_locked_is_stored_when_it_opens() -> Result<()> {
    locked_at_work(KeychainState::KWallet).await
}

async fn locked_at_work(keychain: WithUnlocking) -> Result<()> {
    let settings = Settings { rotation: Rotation::Strict, ..Settings::default() };
    let mut scene = Box::pin(Scene::at_work_on(with(keychain(Unlocking::Open)), settings)).await?;
    let before = scene.copied_by_tray().await?;
    let locked = keychain(Unlocking::Locked);
    scene.desktop.keychain()?.replace(locked).await?;
    scene.item().await?.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    scene.wait_for_status("Not saved").await?;
    let fresh = scene.copied_by_tray().await?;
    assert_ne!(fresh, before);
    assert!(scene.sandbox.accepts(&fresh));

    let window = scene.open_window().await?;
    window.click(&Query::test_id("trouble-action")).await?;
    refuse(&scene, locked).await?;
    scene.wait_for_status("Not saved").await?;
    assert_eq!(scene.copied_by_tray().await?, fresh, "it lives on in memory");
    window.click(&Query::test_id("trouble-action")).await?;
    unlock(&scene, locked).await?;
    scene.wait_for_status(&format!("{NAME}: valid until")).await?;
    scene.close(window).await?;
    scene.crash_and_start().await?;
    scene.wait_for_status("valid until").await?;
    assert_eq!(scene.copied_by_tray().await?, fresh);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f56_keepassxc_without_a_database_has_words_of_its_own() -> Result<()> {
    nothing_to_write_to(KeychainState::KeePassXc(Unlocking::Missing)).await.map(drop)
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f56_kwallet_without_a_wallet_has_words_of_its_own() -> Result<()> {
    nothing_to_write_to(KeychainState::KWallet(Unlocking::Missing)).await.map(drop)
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f56_a_fresh_user_without_any_keyring_is_told_so_and_not_that_it_is_locked() -> Result<()> {
    nothing_to_write_to(KeychainState::NoCollection).await.map(drop)
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f56_an_open_keyring_that_is_not_the_default_is_told_apart_from_a_locked_one() -> Result<()>
{
    nothing_to_write_to(KeychainState::NoDefault).await.map(drop)
}

/// Nothing is stored, nothing typed is lost, and the profile lives in memory if the person agrees.
async fn nothing_to_write_to(state: KeychainState) -> Result<Scene> {
    let mut scene = Scene::with(with(state), Settings::default()).await?;
    let window = scene.window().await?;
    let typed = scene.refreshing();
    fill(&window, &typed).await?;
    window.click(&Query::test_id("save-profile")).await?;
    let refused = Query::test_id("refused");
    let words = "There is no default keyring";
    window.wait_until(&refused, PATIENCE, |text| text.contains(words)).await?;
    scene.picture(&window, &format!("keychain-{state:?}").to_lowercase()).await?;
    scene.assert_that_no_profile_is_kept()?;

    window.click(&Query::test_id("save-anyway")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let trouble = Query::test_id("trouble");
    window.wait_until(&trouble, PATIENCE, |text| text.contains(words)).await?;
    window
        .wait_until(&Query::test_id("trouble-action"), PATIENCE, |text| text == "Create keyring")
        .await?;
    assert!(!scene.copied_by_tray().await?.is_empty());
    assert_eq!(scene.desktop.keychain()?.entries().await?, []);
    let refresh_token = typed.refresh_token.context("a refresh token was typed")?;
    for secret in [typed.secret, refresh_token] {
        assert_eq!(files_with(&scene.desktop, &secret)?, Vec::<String>::new());
    }
    Ok(scene)
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f56_a_default_keyring_that_is_locked_beside_an_open_one_has_its_own_words_and_remedy()
-> Result<()> {
    let mut scene = Scene::with(with(KeychainState::DefaultLocked), Settings::default()).await?;
    let window = scene.window().await?;
    fill(&window, &scene.refreshing()).await?;
    window.click(&Query::test_id("save-profile")).await?;
    let refused = Query::test_id("refused");
    window
        .wait_until(&refused, PATIENCE, |text| text.contains("The default keyring is locked"))
        .await?;
    scene.picture(&window, "keychain-default-locked").await?;

    // As the words advise.
    scene.desktop.keychain()?.make_login_default().await?;
    window.click(&Query::test_id("save-profile")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    assert_eq!(scene.desktop.keychain()?.entries().await?.len(), 2);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f56_secrets_in_an_open_keyring_are_used_though_another_is_the_default_and_locked()
-> Result<()> {
    let settings = Settings { rotation: Rotation::Strict, ..Settings::default() };
    let mut scene = Scene::at_work(settings).await?;
    let token = scene.copied_by_tray().await?;
    scene.desktop.keychain()?.replace(KeychainState::DefaultLocked).await?;
    scene.crash_and_start().await?;
    scene.wait_for_status("valid until").await?;
    assert_eq!(scene.copied_by_tray().await?, token);
    assert_eq!(scene.token_requests(), 1);

    // What is new goes where the old is, and not into the locked one.
    refresh_and_wait_until_stored(&scene).await?;
    let fresh = scene.copied_by_tray().await?;
    assert_ne!(fresh, token);
    assert_eq!(scene.desktop.keychain()?.entries().await?.len(), 2);
    scene.crash_and_start().await?;
    scene.wait_for_status("valid until").await?;
    assert_eq!(scene.copied_by_tray().await?, fresh);
    Ok(())
}

fn with(keychain: KeychainState) -> Parts {
    Parts { keychain, ..Parts::default() }
}

/// Closes the keychain's question for its password.
async fn refuse(scene: &Scene, keychain: KeychainState) -> Result<()> {
    let (screen, title) = (scene.desktop.screen()?, prompt(keychain)?);
    screen.wait_for_window(title, true, PATIENCE).await?;
    screen.activate(title).await?;
    screen.press("Escape").await?;
    screen.wait_for_window(title, false, PATIENCE).await
}

async fn unlock(scene: &Scene, keychain: KeychainState) -> Result<()> {
    let (screen, title) = (scene.desktop.screen()?, prompt(keychain)?);
    screen.wait_for_window(title, true, PATIENCE).await?;
    screen.activate(title).await?;
    screen.type_text(Keychain::password()).await?;
    screen.press("Return").await?;
    screen.wait_for_window(title, false, PATIENCE).await
}

fn prompt(keychain: KeychainState) -> Result<&'static str> {
    keychain.prompt().context("nothing asks for a password")
}
