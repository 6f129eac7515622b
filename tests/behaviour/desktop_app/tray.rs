//! The tray: what its menu says, and what its clicks do.

use anyhow::Result;
use desktop::{App, PATIENCE};
use glowjar_sandbox::{Answer, Route, Settings};

use super::fixture::{NAME, NO_ARGUMENTS, Scene, status_of};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_tray_copies_the_live_token_hidden_from_clipboard_histories() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let item = scene.item().await?;
    let menu = scene.wait_for_status(&format!("{NAME}: valid until")).await?;
    assert_eq!(
        menu.labels(),
        [
            status_of(&menu),
            "Copy token",
            "Copy as",
            "Refresh now",
            "Pause",
            "Lock",
            "Open Glowjar",
            "Quit"
        ]
    );
    assert!(menu.clickable(&[status_of(&menu)]).is_err());
    assert!(std::fs::read(item.icon_path().await?)?.starts_with(b"\x89PNG"));

    let token = scene.copied_by_tray().await?;
    assert!(scene.sandbox.accepts(&token), "the copied token is not live");
    let clipboard = scene.desktop.clipboard()?;
    assert_eq!(clipboard.read("x-kde-passwordManagerHint").await?, "secret");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f31_quitting_clears_the_clipboard_of_our_token_and_of_nothing_else() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let clipboard = scene.desktop.clipboard()?;
    for copied_since in [Some("a person's own"), None] {
        scene.copied_by_tray().await?;
        if let Some(text) = copied_since {
            clipboard.write(text).await?;
        }
        scene.item().await?.click(&["Quit"]).await?;
        assert!(scene.app.wait(PATIENCE).await?.success());
        let left = clipboard.wait_until(PATIENCE, |text| text == copied_since).await?;
        assert_eq!(left.as_deref(), copied_since);
        scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f01_however_often_refresh_is_clicked_one_request_goes_out() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let item = scene.item().await?;
    let before = scene.copied_by_tray().await?;
    scene.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    let refresh = ["Refresh now"];
    let menu = item.wait_until(PATIENCE, |menu| menu.clickable(&refresh).is_ok()).await?;
    let id = menu.clickable(&refresh)?.id;
    for _ in 0..10 {
        item.click_by_id(id).await?;
    }
    scene.sandbox.wait_for(Route::Token, 2).await;
    // Busy: the entry can't be clicked, and a host that clicks all the same achieves nothing.
    item.wait_until(PATIENCE, |menu| menu.clickable(&refresh).is_err()).await?;
    for _ in 0..10 {
        item.click_by_id(id).await?;
    }
    scene.sandbox.release();
    item.wait_until(PATIENCE, |menu| menu.clickable(&refresh).is_ok()).await?;
    let after = scene.copied_by_tray().await?;
    assert_ne!(before, after);
    assert_eq!(scene.token_requests(), 2);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_click_on_a_disabled_entry_does_nothing() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let item = scene.item().await?;
    item.click_by_id(item.menu().await?.entries[0].id).await?;
    item.click(&["Pause"]).await?;
    let paused = item.wait_until(PATIENCE, |menu| menu.has(&["Resume"])).await?;
    if let Some(refresh) = paused.entry(&["Refresh now"]) {
        assert!(!refresh.enabled);
        item.click_by_id(refresh.id).await?;
    }
    item.click(&["Resume"]).await?;
    item.wait_until(PATIENCE, |menu| menu.has(&["Pause"])).await?;
    assert!(scene.app.is_running());
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}
