//! Trouble in the window: its cause, what to do about it, and how it heals.

use anyhow::Result;
use desktop::{PATIENCE, Query, Window};
use glowjar_sandbox::{Answer, CLIENT_ID, Refusal, Route, Sandbox};

use super::fixture::{Scene, Typed, add};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f19_a_rejected_secret_is_explained_and_healed_by_pasting_the_new_one() -> Result<()> {
    let scene = Scene::new().await?;
    let window = live(&scene, &scene.minting()).await?;
    let token = scene.copied_by_tray().await?;
    change_secret(&scene.sandbox, NEW_SECRET);
    window.click(&Query::test_id("refresh-now")).await?;
    window
        .wait_until(&Query::test_id("trouble"), PATIENCE, |text| {
            text.contains("secret was rejected")
        })
        .await?;
    let details = Query::test_id("trouble-details");
    window.click(&Query::text("Technical details").inside(details.clone())).await?;
    window.wait_until(&details, PATIENCE, |text| text.contains("invalid_client")).await?;
    scene.picture(&window, "secret-rejected").await?;
    // The token in use is as good as before.
    window.click(&Query::test_id("copy-token")).await?;
    window.wait_for(&Query::test_id("clipboard-countdown"), PATIENCE).await?;
    assert_eq!(scene.desktop.clipboard()?.text().await?.as_deref(), Some(token.as_str()));
    let asked = scene.token_requests();

    window.click(&Query::test_id("trouble-action")).await?;
    let secret = Query::test_id("field-client-secret");
    window.wait_for(&secret, PATIENCE).await?;
    assert_eq!(window.find(&secret).await?.value().await?, "", "a secret came back out");
    window.wait_for(&Query::test_id("secret-lost"), PATIENCE).await?;
    scene.picture(&window, "secret-lost").await?;
    window.fill(&secret, NEW_SECRET).await?;
    window.click(&Query::test_id("secret-replace")).await?;
    window.wait_for(&Query::test_id("secret-done"), PATIENCE).await?;
    assert!(!window.has(&Query::test_id("secret-confirm")).await?, "an old one was kept");
    window.click(&Query::test_id("secret-close")).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    window.wait_until_gone(&Query::test_id("trouble"), PATIENCE).await?;
    assert_eq!(scene.token_requests(), asked + 1);
    assert_ne!(scene.copied_by_tray().await?, token);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f18_a_refused_refresh_token_leaves_the_live_token_in_use() -> Result<()> {
    let scene = Scene::new().await?;
    let window = live(&scene, &scene.refreshing()).await?;
    scene.sandbox.until_cleared(Route::Token, Answer::Refusal(Refusal::InvalidGrant));
    window.click(&Query::test_id("refresh-now")).await?;
    window
        .wait_until(&Query::test_id("trouble"), PATIENCE, |text| text.contains("sign-in has ended"))
        .await?;
    assert!(window.has(&Query::test_id("hero-countdown")).await?);
    scene.picture(&window, "sign-in-ended").await?;
    scene.wait_for_status("valid until").await?;
    assert!(scene.sandbox.accepts(&scene.copied_by_tray().await?));
    assert_eq!(scene.token_requests(), 2);

    scene.sandbox.clear();
    window.click(&Query::test_id("trouble-action")).await?;
    let fresh = scene.sandbox.issue_refresh_token(CLIENT_ID);
    window.fill(&Query::test_id("field-refresh-token"), &fresh).await?;
    window.click(&Query::test_id("save-profile")).await?;
    window.wait_until_gone(&Query::test_id("trouble"), PATIENCE).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_server_in_trouble_is_named_and_asked_again_without_a_person() -> Result<()> {
    let scene = Scene::new().await?;
    let window = live(&scene, &scene.refreshing()).await?;
    scene.sandbox.next(Route::Token, Answer::Unavailable);
    window.click(&Query::test_id("refresh-now")).await?;
    window.wait_for(&Query::test_id("trouble"), PATIENCE).await?;
    window
        .wait_until(&Query::test_id("renews-at"), PATIENCE, |text| text.starts_with("Trying again"))
        .await?;
    scene.picture(&window, "server-trouble").await?;
    window.wait_until_gone(&Query::test_id("trouble"), PATIENCE).await?;
    assert_eq!(scene.token_requests(), 3);
    Ok(())
}

async fn live(scene: &Scene, typed: &Typed) -> Result<Window> {
    let window = scene.window().await?;
    add(&window, typed).await?;
    // The token is there a moment before it is stored, and meanwhile the button is busy.
    let refresh = Query::test_id("refresh-now");
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    window.wait_until(&refresh, PATIENCE, |text| text == "Refresh now").await?;
    Ok(window)
}

/// As an admin does in the Developer Console: the old one is refused from now on.
fn change_secret(sandbox: &Sandbox, secret: &str) {
    sandbox.change(|settings| {
        for client in settings.clients.iter_mut().filter(|client| client.id == CLIENT_ID) {
            client.secrets = vec![secret.to_owned()];
        }
    });
}

const NEW_SECRET: &str = "p8e-brand+new&secret%";
