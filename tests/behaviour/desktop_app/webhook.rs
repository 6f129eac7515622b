//! Alerts to a server of one's own, set in the real window: a receiver that nobody here wrote the HTTP of checks each signature.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use desktop::{App, PATIENCE, Query};

use super::fixture::{NO_ARGUMENTS, Scene, add};
use crate::webhook_receiver::{Receiver, SECRET, Told, this_computer};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_server_is_told_which_computer_needs_a_person_also_over_a_crash_and_when_it_is_well()
-> Result<()> {
    const NEW_SECRET: &str = "p8e-brand-new";
    let mut server = Receiver::start(&[]).await;
    let mut scene = Scene::new().await?;
    let window = scene.window().await?;
    add(&window, &scene.minting()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    window.click(&Query::test_id("open-settings")).await?;
    let address = format!("http://127.0.0.1:{}/glowjar?token=hunter2", server.port);
    window.fill(&Query::test_id("field-webhook-address"), &address).await?;
    window.fill(&Query::test_id("field-webhook-secret"), SECRET).await?;
    window.click(&Query::test_id("webhook-begin")).await?;
    let on = Query::test_id("webhook-on");
    window.wait_until(&on, PATIENCE, |text| !text.contains("hunter2")).await?;
    window.click(&Query::test_id("webhook-try")).await?;
    is_ours(&next(&mut server).await?, "test")?;
    scene.picture(&window, "settings-webhook").await?;
    scene.close(window).await?;

    scene.sandbox.change(|settings| settings.clients[0].secrets = vec![NEW_SECRET.into()]);
    scene.item().await?.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    let told = next(&mut server).await?;
    is_ours(&told, "profile.person_needed")?;
    ensure!(told.profile()["code"] == "secret_rejected", "{:?}", told.message);
    scene.wait_for_status("rejected").await?;

    // A crash later it is so still, and the server knows it already, or is told by the same message.
    scene.app.kill_hard().await?;
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    scene.wait_for_status("rejected").await?;
    let window = scene.open_window().await?;
    window.click(&Query::test_id("trouble-action")).await?;
    window.fill(&Query::test_id("field-client-secret"), NEW_SECRET).await?;
    window.click(&Query::test_id("secret-replace")).await?;
    window.wait_for(&Query::test_id("secret-done"), PATIENCE).await?;
    let mut last = next(&mut server).await?;
    if last.id == told.id {
        // The crash came before it was written down that this had arrived.
        last = next(&mut server).await?;
    }
    is_ours(&last, "profile.well")
}

async fn next(server: &mut Receiver) -> Result<Told> {
    tokio::time::timeout(PATIENCE + SOME, server.next()).await.context("no message came")
}

fn is_ours(told: &Told, kind: &str) -> Result<()> {
    ensure!(told.kind() == kind && told.verified && told.fresh, "{told:?}");
    let computer = this_computer();
    ensure!(told.message["data"]["computer"] == *computer, "{:?}", told.message);
    ensure!(told.text().contains(&computer), "{}", told.text());
    let message = told.message.to_string();
    ensure!(!message.contains("hunter2") && !message.contains("whsec_"), "{message}");
    Ok(())
}

/// Past the first pause after a message that did not get through.
const SOME: Duration = Duration::from_secs(10);
