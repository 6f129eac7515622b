//! A desk of a studio, as the person at it sees it.

use anyhow::Result;
use desktop::{PATIENCE, Query, Window};

use super::{
    fixture::{Scene, status_of},
    paste::paste,
};
use crate::studio_keeper::Keeper;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_studios_line_is_pasted_once_and_window_and_tray_say_when_its_keeper_is_halted_or_away()
-> Result<()> {
    let scene = Scene::new().await?;
    let mut keeper = Keeper::of(&scene.sandbox);
    let line = keeper.told(&["admit", "desk-07"], "");
    let window = scene.window().await?;
    window.click(&Query::test_id("paste-text")).await?;
    paste(&scene, &line).await?;
    window.wait_for(&Query::test_id("understood"), PATIENCE).await?;
    window
        .wait_until(&Query::test_id("understood"), PATIENCE, |text| {
            text.contains("This joins your studio’s keeper")
        })
        .await?;
    scene.picture(&window, "studio-understood").await?;
    window.click(&Query::test_id("save-understood")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    let token = scene.copied_by_tray().await?;
    assert!(scene.sandbox.accepts(&token), "the token is not live");
    assert_eq!(scene.token_requests(), 1, "the keeper's own");

    keeper.told(&["halt", "firefly", "--why", "the secret leaked"], "");
    // The desk hears of it; nobody asks.
    let trouble = Query::test_id("trouble");
    let is_halted = |text: &str| text.contains("gives out no tokens for now");
    window.wait_until(&trouble, PATIENCE, is_halted).await?;
    let details = Query::test_id("trouble-details");
    window.click(&Query::text("Technical details").inside(details.clone())).await?;
    window.wait_until(&details, PATIENCE, |text| text.contains("the secret leaked")).await?;
    says(&scene, "gives out no tokens for now").await?;
    scene.picture(&window, "studio-halted").await?;
    let withholds =
        |menu: &desktop::Menu| menu.entry(&["Copy token"]).is_some_and(|row| !row.enabled);
    scene.item().await?.wait_until(PATIENCE, withholds).await?;
    keeper.told(&["resume", "firefly"], "");
    // Likewise, with the token that is there.
    window.wait_until_gone(&Query::test_id("trouble"), PATIENCE).await?;
    assert_eq!(scene.copied_by_tray().await?, token);

    keeper.kill();
    refreshed(&window, "Your studio’s keeper can’t be reached").await?;
    says(&scene, "keeper can’t be reached").await?;
    scene.picture(&window, "studio-away").await?;
    assert_eq!(scene.copied_by_tray().await?, token);
    keeper.start();
    window.wait_until_gone(&Query::test_id("trouble"), PATIENCE * 3).await?;
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

/// Asks for a token, and waits until the window says this of it. Gives where its details are.
async fn refreshed(window: &Window, words: &str) -> Result<Query> {
    window.click(&Query::test_id("refresh-now")).await?;
    // A person's click waits as well until half a minute after the last answer.
    let trouble = Query::test_id("trouble");
    window.wait_until(&trouble, PATIENCE * 3, |text| text.contains(words)).await?;
    Ok(Query::test_id("trouble-details"))
}

async fn says(scene: &Scene, words: &str) -> Result<()> {
    let says = |menu: &desktop::Menu| {
        status_of(menu).contains(words) || menu.entries.iter().any(|row| row.label.contains(words))
    };
    scene.item().await?.wait_until(PATIENCE, says).await?;
    Ok(())
}
