//! Toasts: few, and only when a person can do something.

use anyhow::Result;
use desktop::{NoticeTaker, PATIENCE, Parts, TrayItem};
use glowjar_sandbox::{Answer, Refusal, Route, Settings};

use super::fixture::{NAME, Scene};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f30_one_toast_for_a_permanent_failure_and_one_when_it_is_healed() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let item = scene.item().await?;
    let notices = scene.desktop.notices()?;
    scene.sandbox.until_cleared(Route::Token, Answer::Refusal(Refusal::InvalidGrant));
    for asked in 2..=4 {
        refresh(&item).await?;
        scene.sandbox.wait_for(Route::Token, asked).await;
        scene.wait_for_status("sign-in has ended").await?;
    }
    let toast = notices.wait_for(PATIENCE, |notice| notice.summary.starts_with(NAME)).await?;
    assert!(toast.summary.contains("sign-in has ended"), "{toast:?}");
    assert!(toast.actions.contains(&("open".to_owned(), "Open Glowjar".to_owned())), "{toast:?}");
    assert_eq!(notices.all().len(), 1, "{:#?}", notices.all());

    notices.invoke(toast.id, "open").await?;
    let window = scene.window().await?;
    scene.picture(&window, "opened-by-toast").await?;
    scene.sandbox.clear();
    refresh(&item).await?;
    notices.wait_for(PATIENCE, |notice| notice.summary.contains("live again")).await?;
    scene.wait_for_status(&format!("{NAME}: valid until")).await?;
    assert_eq!(notices.all().len(), 2, "{:#?}", notices.all());
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f30_no_toast_while_the_token_lives_and_the_trouble_may_pass() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let item = scene.item().await?;
    scene.sandbox.until_cleared(Route::Token, Answer::Unavailable);
    for asked in 2..=3 {
        refresh(&item).await?;
        scene.sandbox.wait_for(Route::Token, asked).await;
        scene.wait_for_status("has trouble, valid until").await?;
    }
    scene.sandbox.clear();
    refresh(&item).await?;
    scene.wait_for_status(&format!("{NAME}: valid until")).await?;
    assert_eq!(scene.desktop.notices()?.all(), []);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_desktop_that_takes_no_toasts_is_no_trouble() -> Result<()> {
    let parts = Parts { notices: NoticeTaker::Nobody, ..Parts::default() };
    let mut scene = Scene::at_work_on(parts, Settings::default()).await?;
    let item = scene.item().await?;
    scene.sandbox.until_cleared(Route::Token, Answer::Refusal(Refusal::InvalidGrant));
    refresh(&item).await?;
    scene.wait_for_status("sign-in has ended").await?;
    scene.sandbox.clear();
    refresh(&item).await?;
    scene.wait_for_status(&format!("{NAME}: valid until")).await?;
    assert!(scene.app.is_running());
    assert!(!scene.app.output().contains("panicked"));
    Ok(())
}

async fn refresh(item: &TrayItem) -> Result<()> {
    item.click_when_enabled(&["Refresh now"], PATIENCE).await
}
