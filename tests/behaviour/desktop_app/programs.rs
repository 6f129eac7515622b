//! The command and the running application, both as people have them.

use std::process::Stdio;

use anyhow::{Context, Result};
use desktop::{PATIENCE, process::output_of};
use glowjar_sandbox::{Answer, Route, Settings};

use super::scene::{NAME, Scene};
use crate::office::programs::command_file;

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
    desktop::patience::until(PATIENCE, "the socket to go", gone).await
}

async fn token(scene: &Scene) -> Result<String> {
    let mut command = scene.desktop.command(command_file());
    command.arg("token");
    Ok(String::from_utf8(output_of(command, PATIENCE).await?)?.trim_end().to_owned())
}
