//! The command and the running application, both as people have them.

use std::process::Stdio;

use anyhow::{Context, Result};
use desktop::{
    PATIENCE, Parts, Query,
    process::{output_of, output_with_input},
};
use glowjar_sandbox::{Answer, CLIENT_ID, CLIENT_SECRET, Route, Settings};

use super::{
    bug_report::{files_with, parts},
    fixture::{NAME, Scene},
};
use crate::test_app::{drafts, programs::command_file};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f41_a_killed_application_is_told_at_once_and_started_again_by_the_next_who_asks()
-> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    let token = token(&scene).await?;
    assert!(scene.sandbox.accepts(&token));
    let mut status = scene.desktop.command(command_file());
    let status = String::from_utf8(
        output_of(
            {
                status.arg("status");
                status
            },
            PATIENCE,
        )
        .await?,
    )?;
    assert!(status.starts_with(NAME) && status.contains("Live"), "{status}");

    let asked = scene.sandbox.requests_to(Route::Token).len() as u64;
    scene.sandbox.next(Route::Token, Answer::Hang);
    let mut waiting = scene.desktop.command(command_file());
    waiting.args(["refresh", "--timeout", "10m"]).stderr(Stdio::piped()).kill_on_drop(true);
    let waiting = waiting.spawn()?;
    scene.sandbox.wait_for(Route::Token, asked + 1).await;
    scene.app.kill_hard().await?;
    let ended = tokio::time::timeout(PATIENCE, waiting.wait_with_output()).await??;
    assert_eq!(ended.status.code(), Some(4));
    assert_eq!(String::from_utf8(ended.stderr)?, "glowjar: Glowjar ended before it answered\n");

    let mut no_start = scene.desktop.command(command_file());
    assert_eq!(no_start.args(["token", "--no-start"]).output().await?.status.code(), Some(4));

    // Nothing is minted for it: the token is in the keychain.
    let asked = scene.sandbox.requests_to(Route::Token).len();
    let again = self::token(&scene).await.context("started again")?;
    assert_eq!(again, token);
    assert_eq!(scene.sandbox.requests_to(Route::Token).len(), asked);
    scene.item().await?.click(&["Quit"]).await?;
    let socket = scene.desktop.runtime_folder().join("glowjar/handout.sock");
    let gone = || async { Ok((!socket.exists()).then_some(())) };
    desktop::timeouts::until(PATIENCE, "the socket to go", gone).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f33_what_an_admin_sent_is_imported_and_only_the_keychain_has_the_secret() -> Result<()> {
    let trace = [("GLOWJAR_LOG", "trace")];
    let mut scene = Scene::with_variables(Parts::default(), Settings::default(), &trace).await?;
    let window = scene.window().await?;
    let mail = drafts::mail(&format!("{}/ims/token/v3", scene.sandbox.url()), CLIENT_SECRET);
    let mut command = scene.desktop.command(command_file());
    command.args(["import", "--name", NAME, "--format", "json"]);
    let told = output_with_input(command, mail.as_bytes(), PATIENCE).await?;
    window.wait_until(&Query::test_id("hero-name"), PATIENCE, |text| text == NAME).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    scene.picture(&window, "imported").await?;
    let token = token(&scene).await?;
    assert!(scene.sandbox.accepts(&token));
    assert_eq!(scene.sandbox.requests_to(Route::Token).len(), 1, "the trial's is the token");
    assert_eq!(scene.desktop.keychain()?.entries().await?.len(), 2);

    let told = String::from_utf8(told)?;
    assert!(told.contains(NAME) && told.contains(CLIENT_ID), "{told}");
    let output = scene.app.output();
    assert!(output.contains("TRACE") && output.contains("trial_granted"), "it was watched");
    for part in [CLIENT_SECRET, &token].into_iter().flat_map(parts) {
        assert!(!told.contains(part) && !output.contains(part), "{told}");
        assert_eq!(files_with(&scene.desktop, part)?, Vec::<String>::new());
    }
    Ok(())
}

async fn token(scene: &Scene) -> Result<String> {
    let mut command = scene.desktop.command(command_file());
    command.arg("token");
    Ok(String::from_utf8(output_of(command, PATIENCE).await?)?.trim_end().to_owned())
}
