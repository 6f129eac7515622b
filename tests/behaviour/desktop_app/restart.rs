//! Killed at any moment and started again.

use anyhow::Result;
use desktop::PATIENCE;
use glowjar_sandbox::{Answer, Rotation, Route, Settings};

use super::fixture::Scene;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f03_a_killed_application_mints_nothing_while_its_token_lives() -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let token = scene.copied_by_tray().await?;
    for _ in 0..3 {
        scene.crash_and_start().await?;
        scene.wait_for_status("valid until").await?;
        assert_eq!(scene.copied_by_tray().await?, token);
        assert_eq!(scene.token_requests(), 1);
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f03_a_rotated_refresh_token_survives_a_kill_as_soon_as_it_is_stored() -> Result<()> {
    let settings = Settings { rotation: Rotation::Strict, ..Settings::default() };
    let mut scene = Scene::at_work(settings).await?;
    for round in 1..=3 {
        refresh_and_wait_until_stored(&scene).await?;
        assert_eq!(scene.token_requests(), 1 + round);
        let token = scene.copied_by_tray().await?;
        scene.crash_and_start().await?;
        scene.wait_for_status("valid until").await?;
        assert_eq!(scene.copied_by_tray().await?, token);
    }
    // Had the old refresh token come back, using it once more would have ended its whole family.
    refresh_and_wait_until_stored(&scene).await?;
    assert!(scene.sandbox.accepts(&scene.copied_by_tray().await?));
    Ok(())
}

/// The entry can be clicked again once the new pair is in the keychain.
pub async fn refresh_and_wait_until_stored(scene: &Scene) -> Result<()> {
    let item = scene.item().await?;
    let asked = scene.token_requests();
    scene.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    let refresh = ["Refresh now"];
    item.click_when_enabled(&refresh, PATIENCE).await?;
    scene.sandbox.wait_for(Route::Token, asked + 1).await;
    item.wait_until(PATIENCE, |menu| menu.clickable(&refresh).is_err()).await?;
    scene.sandbox.release();
    item.wait_until(PATIENCE, |menu| menu.clickable(&refresh).is_ok()).await?;
    Ok(())
}
