//! "Ask me the first time a program takes a token", with the command, the window and the toast that people have.

use std::process::{Output, Stdio};

use anyhow::{Context, Result};
use desktop::{PATIENCE, Query, Window, timeouts::until};
use glowjar_sandbox::Settings;

use super::fixture::Scene;
use crate::test_app::programs::command_file;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_program_waits_for_the_persons_answer_which_holds_until_it_is_forgotten() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    let notices = scene.desktop.notices()?;
    let window = scene.open_window().await?;
    window.click(&Query::test_id("programs-latest")).await?;
    window.click(&Query::test_id("asks-first")).await?;
    scene.picture(&window, "asks-first").await?;

    let waiting = Command::start(&scene)?;
    let card = window.wait_for(&Query::test_id("question"), PATIENCE).await?;
    let words = card.text().await?;
    let this = std::env::current_exe()?.display().to_string();
    assert!(words.contains("May ") && words.contains(&this), "{words}");
    scene.picture(&window, "question").await?;
    let toast = notices.wait_for(PATIENCE, |notice| notice.summary.starts_with("May ")).await?;
    let labels: Vec<_> = toast.actions.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(labels, ["Open Glowjar", "For an hour", "Until locked", "Always", "Never"]);
    window.click(&Query::test_id("consent-always")).await?;
    let token = waiting.token().await?;
    assert!(scene.sandbox.accepts(&token));
    window.wait_until_gone(&Query::test_id("question"), PATIENCE).await?;
    notices.wait_until(PATIENCE, |all| all.iter().all(|notice| notice.gone.is_some())).await?;
    assert!(!window.text().await?.contains(&token[..8]), "the window shows a token");

    // Remembered: nobody is asked.
    assert_eq!(Command::start(&scene)?.token().await?, token);
    window
        .wait_until(&Query::test_id("permission"), PATIENCE, |text| text.contains("may take"))
        .await?;
    window.click(&Query::test_id("forget")).await?;
    window.wait_until_gone(&Query::test_id("permission"), PATIENCE).await?;

    let waiting = Command::start(&scene)?;
    window.click(&Query::test_id("consent-never")).await?;
    assert_refused(&waiting.end().await?)?;
    assert_refused(&Command::start(&scene)?.end().await?)?;
    denied(&window).await?;
    scene.picture(&window, "not-allowed").await?;
    window.click(&Query::test_id("forget")).await?;

    // The toast does as well, with the window closed.
    scene.close(window).await?;
    let waiting = Command::start(&scene)?;
    let shown = notices.wait_for(PATIENCE, |notice| notice.gone.is_none()).await?;
    let (allow, _) = shown.actions.get(1).context("no button")?;
    assert_eq!(shown.actions[1].1, "For an hour");
    let file = scene.data_folder().join("permissions.json");
    let pressed = || async {
        notices.press(shown.id, allow).await?;
        let is_kept = std::fs::read_to_string(&file)?.contains("\"consent\": \"hour\"");
        Ok(is_kept.then_some(()))
    };
    until(PATIENCE, "the answer to be kept", pressed).await?;
    assert_eq!(waiting.token().await?, token);

    // The settings have everybody, for how long, and a way to be asked again.
    let window = scene.open_window().await?;
    window.click(&Query::test_id("open-settings")).await?;
    let until = |text: &str| text.contains("may take the token until") && text.contains("answered");
    window.wait_until(&Query::test_id("permission"), PATIENCE, until).await?;
    scene.picture(&window, "settings-programs").await?;
    window.click(&Query::test_id("forget")).await?;
    window.wait_until_gone(&Query::test_id("permission"), PATIENCE).await?;
    window.click(&Query::test_id("page-back")).await?;
    let waiting = Command::start(&scene)?;
    window.click(&Query::test_id("consent-untilLocked")).await?;
    assert_eq!(waiting.token().await?, token);
    let mut lock = scene.desktop.command(command_file());
    assert!(lock.arg("lock").status().await?.success());
    let unlock = Query::test_id("banner-action-locked");
    window.click(&unlock).await?;
    window.wait_until_gone(&unlock, PATIENCE).await?;
    let waiting = Command::start(&scene)?;
    window.click(&Query::test_id("consent-never")).await?;
    assert_refused(&waiting.end().await?)?;
    Ok(())
}

async fn denied(window: &Window) -> Result<()> {
    let permission = Query::test_id("permission");
    window.wait_until(&permission, PATIENCE, |text| text.contains("may not take")).await?;
    Ok(())
}

fn assert_refused(output: &Output) -> Result<()> {
    let said = std::str::from_utf8(&output.stderr)?;
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b""[..]), "{said}");
    assert!(said.contains("may not take tokens of"), "{said}");
    Ok(())
}

/// `glowjar token`, under way.
struct Command(tokio::process::Child);

impl Command {
    fn start(scene: &Scene) -> Result<Self> {
        let mut command = scene.desktop.command(command_file());
        command.args(["token", "--timeout", "10m"]).kill_on_drop(true);
        Ok(Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?))
    }

    async fn end(self) -> Result<Output> {
        let ended = tokio::time::timeout(PATIENCE, self.0.wait_with_output()).await;
        Ok(ended.context("the command does not end")??)
    }

    async fn token(self) -> Result<String> {
        let output = self.end().await?;
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }
}
