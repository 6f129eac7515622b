//! What `cargo xtask run` shows on a machine without a display: the very same app at work on a private desktop.
//!
//! `tour [--keep] [APP ARGUMENTS]`, with the app in the environment variable `GLOWJAR_APP`. It ends with 0 only if
//! everything on the [`checklist`] was really seen.

use std::{env, process::ExitCode};

use anyhow::{Context, Result, anyhow};
use checklist::Checklist;
use desktop::{App, Desktop, Parts};
use diary::Diary;
use pictures::Pictures;
use story::Story;
use tokio::signal::unix::{SignalKind, signal};

mod checklist;
mod diary;
mod event;
mod mouse;
mod pictures;
mod proof;
mod story;

#[tokio::main]
pub async fn main() -> ExitCode {
    let mut app_arguments: Vec<String> = env::args().skip(1).collect();
    let keep = app_arguments.first().is_some_and(|first| first == "--keep");
    if keep {
        app_arguments.remove(0);
    }
    let checklist = Checklist::new(keep);
    // Whichever way this ends, dropping the tour ends everything it has started.
    let outcome = tokio::select! {
        outcome = tour(&checklist, keep, &app_arguments) => outcome,
        stopped = interrupted() => stopped.map(|()| println!("\nStopped; everything is put away.")),
    };
    match outcome {
        Ok(()) if checklist.is_complete() => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn tour(checklist: &Checklist, keep: bool, app_arguments: &[String]) -> Result<()> {
    let pictures = Pictures::in_target_folder()?;
    let diary = Diary::begin();
    diary.tell(
        "desktop",
        "starting a screen, a message bus, a keychain, a panel and a notice taker",
    );
    let mut desktop = Desktop::start(Parts::default()).await.context("no private desktop")?;
    let arguments = SANDBOX.iter().copied().chain(app_arguments.iter().map(String::as_str));
    let mut app = App::start_with(&desktop, arguments, &[("NO_COLOR", "1")])?;

    let mut outcome = {
        let (desktop, app, diary, pictures) = (&desktop, &app, &diary, &pictures);
        tokio::select! {
            outcome = Story { desktop, app, diary, checklist, pictures }.play() => outcome,
            () = diary.follow(app) => Err(anyhow!("Glowjar ended in the middle of the tour")),
        }
    };
    if outcome.is_ok() {
        outcome = story::look_into_keychain(&mut desktop, &diary, checklist).await;
    }
    if outcome.is_ok() && !keep {
        outcome = story::quit(&desktop, &mut app, &diary, checklist).await;
    }
    println!("\n{checklist}\nScreenshots: {}", pictures.folder().display());
    if let Err(error) = outcome {
        println!("\nThe tour went wrong: {error:#}\n\nGlowjar's last lines:\n{}", last_lines(&app));
    }
    if keep {
        println!("\n{}", how_to_look(&desktop));
        diary.follow(&app).await;
        println!("Glowjar has ended.");
    }
    Ok(())
}

/// Returns when a person or the system wants this to end.
async fn interrupted() -> Result<()> {
    let (mut interrupt, mut terminate, mut hang_up) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}

fn last_lines(app: &App) -> String {
    let lines = app.lines();
    let last = lines.iter().skip(lines.len().saturating_sub(LAST_LINES));
    last.map(|line| format!("    {}\n", line.text)).collect()
}

fn how_to_look(desktop: &Desktop) -> String {
    const SHOWN: [&str; 4] = ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME"];
    let variables: Vec<String> = desktop
        .env()
        .into_iter()
        .filter(|(name, _)| SHOWN.iter().any(|shown| name == shown))
        .map(|(name, value)| format!("{}={}", name.to_string_lossy(), value.to_string_lossy()))
        .collect();
    let app = env::var("GLOWJAR_APP").unwrap_or_else(|_| "glowjar-app".to_owned());
    format!(
        "It goes on running until you press Ctrl-C. To look at it, in another terminal:\n    \
         export {}\n    \
         import -window root now.png     # a picture of the whole screen\n    \
         {app} --show     # opens the window",
        variables.join(" ")
    )
}

/// A minute: long enough for a person to follow, short enough to see several renewals.
const SANDBOX: [&str; 3] = ["--sandbox", "--sandbox-token-life", "60"];
const LAST_LINES: usize = 30;
