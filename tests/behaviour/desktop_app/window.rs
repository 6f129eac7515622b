//! The window's buttons.

use anyhow::Result;
use desktop::{PATIENCE, Parts, Query, timeouts::until};
use glowjar_sandbox::{AccessError, Answer, Gateway, Route, Settings};

use super::fixture::{NAME, Scene, TITLE, add, click_in_menu};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn refresh_now_shows_that_it_is_busy_and_sends_one_request() -> Result<()> {
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    add(&window, &scene.refreshing()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let refresh = Query::test_id("refresh-now");
    window.wait_until(&refresh, PATIENCE, |text| text == "Refresh now").await?;
    scene.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
    for _ in 0..5 {
        window.click(&refresh).await?;
    }
    let busy = window.wait_until(&refresh, PATIENCE, |text| text.starts_with("Refreshing")).await?;
    assert_eq!(busy.attribute("data-busy").await?.as_deref(), Some("true"));
    scene.picture(&window, "refreshing").await?;
    // Meanwhile the token in use can still be copied.
    window.click(&Query::test_id("copy-token")).await?;
    window.wait_for(&Query::test_id("clipboard-countdown"), PATIENCE).await?;

    scene.sandbox.release();
    window.wait_until(&refresh, PATIENCE, |text| text == "Refresh now").await?;
    assert_eq!(scene.token_requests(), 2);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn copy_token_puts_a_live_token_on_the_clipboard_until_it_is_cleared() -> Result<()> {
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    add(&window, &scene.minting()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    window.click(&Query::test_id("copy-token")).await?;
    window.wait_for(&Query::test_id("clipboard-countdown"), PATIENCE).await?;
    scene.picture(&window, "copied").await?;
    let clipboard = scene.desktop.clipboard()?;
    let token = clipboard.text().await?.unwrap_or_default();
    assert!(scene.sandbox.accepts(&token), "the copied token is not live");
    assert!(!window.text().await?.contains(&token[..8]), "the window shows a token");

    window.click(&Query::test_id("clear-clipboard")).await?;
    window.wait_until_gone(&Query::test_id("clipboard-countdown"), PATIENCE).await?;
    assert_eq!(clipboard.text().await?.unwrap_or_default(), "");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn check_access_tells_in_words_what_the_gateway_said() -> Result<()> {
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    add(&window, &scene.minting()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let result = Query::test_id("access-result");
    for (answer, works, words) in [
        (Answer::Normal, "true", "Firefly accepts this token"),
        (
            Answer::Gateway(Gateway::Access(AccessError::QuotaExhausted)),
            "false",
            "The quota is used up",
        ),
    ] {
        scene.sandbox.next(Route::Firefly, answer);
        click_in_menu(&window, "check-access").await?;
        let said = window.wait_until(&result, PATIENCE, |text| text.contains(words)).await?;
        assert_eq!(said.attribute("data-works").await?.as_deref(), Some(works));
        scene.picture(&window, &format!("access-{works}")).await?;
    }
    let requests = scene.sandbox.requests_to(Route::Firefly);
    assert!(requests.iter().all(|request| request.wrong.is_empty()), "{requests:?}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_profile_goes_after_a_question_and_its_secrets_go_with_it() -> Result<()> {
    let mut scene = Scene::new().await?;
    let window = scene.window().await?;
    add(&window, &scene.refreshing()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let keychain = scene.desktop.keychain()?;
    let both = || async { Ok((keychain.entries().await?.len() == 2).then_some(())) };
    until(PATIENCE, "a credential and a token in the keychain", both).await?;

    click_in_menu(&window, "remove-profile").await?;
    window.wait_for(&Query::test_id("confirm-remove"), PATIENCE).await?;
    scene.picture(&window, "remove").await?;
    window.click(&Query::test_id("cancel-remove")).await?;
    window.wait_until_gone(&Query::test_id("remove-dialog"), PATIENCE).await?;
    assert_eq!(scene.desktop.keychain()?.entries().await?.len(), 2);

    click_in_menu(&window, "remove-profile").await?;
    window.click(&Query::test_id("confirm-remove")).await?;
    window.wait_for(&Query::test_id("welcome"), PATIENCE).await?;
    let keychain = scene.desktop.keychain()?;
    // An entry may go while the list of them is read.
    let emptied = || async {
        Ok(keychain.entries().await.is_ok_and(|entries| entries.is_empty()).then_some(()))
    };
    until(PATIENCE, "an empty keychain", emptied).await?;
    scene.wait_for_status("no profile yet").await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_removal_that_is_undone_leaves_the_profile_the_token_it_had() -> Result<()> {
    let mut scene = Scene::new().await?;
    let window = scene.window().await?;
    add(&window, &scene.minting()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let token = scene.copied_by_tray().await?;

    click_in_menu(&window, "remove-profile").await?;
    window.click(&Query::test_id("confirm-remove")).await?;
    window.click(&Query::test_id("undo-remove")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    assert_eq!(window.find(&Query::test_id("hero-name")).await?.text().await?, NAME);
    scene.picture(&window, "removal-undone").await?;
    assert_eq!(scene.copied_by_tray().await?, token);

    // The keychain kept it as well.
    drop(window);
    scene.crash_and_start().await?;
    assert_eq!(scene.copied_by_tray().await?, token);
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_sandbox_is_one_click_away_and_its_token_is_accepted() -> Result<()> {
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    window.click(&Query::test_id("try-sandbox")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let accepted = Query::test_id("accepted-at");
    window.wait_until(&accepted, PATIENCE, |text| text.starts_with("Accepted by")).await?;
    click_in_menu(&window, "check-access").await?;
    let result = Query::test_id("access-result");
    window
        .wait_until(&result, PATIENCE, |text| text.contains("Firefly accepts this token"))
        .await?;
    scene.picture(&window, "sandbox").await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f57_at_scale_two_the_window_is_no_higher_than_the_screen() -> Result<()> {
    let scaled = [("GDK_SCALE", "2")];
    let scene = Scene::with_variables(Parts::default(), Settings::default(), &scaled).await?;
    let window = scene.window().await?;
    scene.picture(&window, "scale-2").await?;
    let (width, height) = scene.desktop.screen()?.size_of(TITLE).await?;
    // Of 1280 by 800 pixels, and 640 pixels are 1280 at this scale.
    assert!(width == 800 && (600..=760).contains(&height), "{width} by {height}");
    window.click(&Query::test_id("try-sandbox")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    scene.picture(&window, "scale-2-live").await
}
