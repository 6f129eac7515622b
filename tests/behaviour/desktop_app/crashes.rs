//! Killed at every step between a reply and the end of storing it: the real application, the real keychain, and an
//! identity server that revokes everything when it sees a refresh token that was rotated away.

use std::{fs, os::unix::process::ExitStatusExt as _, path::Path};

use anyhow::{Context, Result, ensure};
use desktop::{App, PATIENCE, Parts, Query, figures};
use glowjar_sandbox::{CLIENT_SECRET, ConsolePlace, Rotation, Settings};

use super::{
    fixture::{NO_ARGUMENTS, Scene, add, click_in_menu},
    restart::refresh_and_wait_until_stored,
};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f03_killed_at_every_step_of_storing_the_next_renewal_works() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let order = folder.path().join("crash");
    let variables = [("GLOWJAR_CRASH_FILE", order.to_str().context("an odd folder")?)];
    let mut scene =
        Box::pin(Scene::at_work_with(Parts::default(), Settings::default(), &variables)).await?;
    let mut lost = Vec::new();
    for crash in &CRASHES {
        crash.happen(&mut scene, &order).await.with_context(|| crash.to_string())?;
        if let Err(error) = next_renewal(&mut scene).await {
            lost.push(format!("{crash}: {error:#}"));
            break;
        }
    }
    figures::take_down(&format!(
        "SIGKILL between reply and stored: {} runs, refresh tokens lost: {}",
        CRASHES.len(),
        lost.len()
    ))?;
    assert!(lost.is_empty(), "{lost:#?}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f03_killed_at_every_step_of_replacing_a_secret_the_profile_works() -> Result<()> {
    const NEW_SECRET: &str = "p8e-brand-new";
    let folder = tempfile::tempdir()?;
    let order = folder.path().join("crash");
    let variables = [("GLOWJAR_CRASH_FILE", order.to_str().context("an odd folder")?)];
    for confirms in [false, true] {
        for (point, pass, after) in REPLACING {
            let crash = before(point, pass, after);
            let accepted = |secrets: &[&str]| {
                let secrets = secrets.iter().map(|secret| (*secret).into()).collect();
                move |settings: &mut Settings| settings.clients[0].secrets = secrets
            };
            let mut settings = Settings::default();
            accepted(&[CLIENT_SECRET, NEW_SECRET])(&mut settings);
            let mut scene =
                Box::pin(Scene::with_variables(Parts::default(), settings, &variables)).await?;
            let window = scene.window().await?;
            add(&window, &scene.minting()).await?;
            window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
            click_in_menu(&window, "replace-secret").await?;
            let secret = Query::test_id("field-client-secret");
            window.wait_for(&secret, PATIENCE).await?;
            window.fill(&secret, NEW_SECRET).await?;
            if confirms {
                window.click(&Query::test_id("secret-replace")).await?;
                window.wait_for(&Query::test_id("secret-confirm"), PATIENCE).await?;
                scene.sandbox.change(accepted(&[NEW_SECRET]));
                scene.picture(&window, "secret-two").await?;
            }
            crash.arm(&order)?;
            let button = if confirms { "secret-confirm" } else { "secret-replace" };
            // It may die before it has answered the click.
            let _ = window.click(&Query::test_id(button)).await;
            let end = scene.app.wait(PATIENCE).await?;
            ensure!(end.signal() == Some(SIGKILL), "{crash}: it ended with {end}");
            fs::remove_file(&order)?;
            scene.app = App::start_with(&scene.desktop, NO_ARGUMENTS, &variables)?;
            scene.wait_for_status("valid until").await.with_context(|| crash.to_string())?;
            refresh_and_wait_until_stored(&scene).await.with_context(|| crash.to_string())?;
            ensure!(scene.sandbox.accepts(&scene.copied_by_tray().await?), "{crash}");
        }
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f03_killed_at_every_step_of_having_a_secret_made_the_profile_works() -> Result<()> {
    const PAGE: &str = "https://developer.adobe.com/console/projects/23294/45/credentials/436084/details/oauthservertoserver";
    let folder = tempfile::tempdir()?;
    let order = folder.path().join("crash");
    let variables = [("GLOWJAR_CRASH_FILE", order.to_str().context("an odd folder")?)];
    let (organization, credential) = ("23294".to_owned(), "436084".to_owned());
    let place = ConsolePlace { organization, credential };
    for (done, point, pass) in MAKING {
        let crash = before(point, pass, 0);
        let mut settings = Settings::default();
        settings.clients[0].secrets = vec![CLIENT_SECRET.into()];
        settings.clients[0].console = Some(place.clone());
        let mut scene =
            Box::pin(Scene::with_variables(Parts::default(), settings, &variables)).await?;
        let window = scene.window().await?;
        add(&window, &scene.minting()).await?;
        window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
        click_in_menu(&window, "replace-secret").await?;
        window.click(&Query::test_id("secret-by-api")).await?;
        window.fill(&Query::test_id("field-console-page"), PAGE).await?;
        window.click(&Query::test_id("secret-set-page")).await?;
        let make = Query::test_id("secret-make");
        window.wait_for(&make, PATIENCE).await?;
        let delete = Query::test_id("secret-delete-old");
        if done == Done::InUse {
            scene.picture(&window, "secret-by-api").await?;
            window.click(&make).await?;
            window.wait_for(&delete, PATIENCE).await?;
            scene.picture(&window, "secret-delete-old").await?;
        }
        crash.arm(&order)?;
        // It may die before it has answered the click.
        let _ = window.click(if done == Done::InUse { &delete } else { &make }).await;
        let end = scene.app.wait(PATIENCE).await?;
        ensure!(end.signal() == Some(SIGKILL), "{crash}: it ended with {end}");
        fs::remove_file(&order)?;
        scene.app = App::start_with(&scene.desktop, NO_ARGUMENTS, &variables)?;
        scene.wait_for_status("valid until").await.with_context(|| crash.to_string())?;
        refresh_and_wait_until_stored(&scene).await.with_context(|| crash.to_string())?;
        ensure!(scene.sandbox.accepts(&scene.copied_by_tray().await?), "{crash}");
        if (done, point) != (Done::PageSet, "secret-made") {
            continue;
        }
        // It was made, and nobody has it: looked after, another is made and the old one deleted.
        let window = scene.open_window().await?;
        click_in_menu(&window, "replace-secret").await?;
        window.click(&Query::test_id("secret-drop-lost")).await?;
        window.wait_for(&make, PATIENCE).await?;
        window.click(&make).await?;
        window.wait_for(&delete, PATIENCE).await?;
        window.click(&delete).await?;
        window.wait_for(&make, PATIENCE).await?;
        let left = scene.sandbox.settings().clients[0].secrets.clone();
        ensure!(left.len() == 1 && left[0] != CLIENT_SECRET, "the old one is there still");
        refresh_and_wait_until_stored(&scene).await?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    PageSet,
    /// The new secret was made, tried and taken into use.
    InUse,
}

/// Between the click and what comes after the last of it.
const MAKING: [(Done, &str, u32); 8] = [
    (Done::PageSet, "secret-to-be-made", 1),
    (Done::PageSet, "secret-made", 1),
    (Done::PageSet, "keychain-write", 1),
    (Done::PageSet, "keychain-written", 1),
    (Done::PageSet, "secret-tried", 1),
    (Done::PageSet, "keychain-written", 2),
    (Done::InUse, "secret-deleted", 1),
    (Done::InUse, "secret-tried", 1),
];

/// Between the provider's yes and the profile's entry in the list.
const REPLACING: [(&str, u32, u32); 5] = [
    ("secret-tried", 1, 0),
    ("keychain-write", 1, 10),
    ("keychain-written", 1, 0),
    ("keychain-written", 2, 0),
    ("keychain-written", 2, 5),
];

/// One way to die.
struct Crash {
    /// As the application calls it (`crash_points::pass`).
    point: &'static str,
    /// On which passing of the point.
    pass: u32,
    /// How long after it, to hit the call that follows. Milliseconds.
    after: u32,
    entries: Entries,
    /// What the server does with a refresh token that was used. Where the new one can't have been stored yet the old
    /// one has to work again, or nobody could help; where it must have been, the old one is dead.
    rotation: Rotation,
    keychain: Mood,
}

#[derive(Clone, Copy)]
enum Entries {
    Whole,
    /// So short that every value takes several.
    Split,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Willing,
    /// It refuses the new pair and stays so.
    Locked,
    /// It refuses the new pair, and the crash comes when it is written after all.
    LockedAtFirst,
}

impl Crash {
    async fn happen(&self, scene: &mut Scene, order: &Path) -> Result<()> {
        let file = order.to_str().context("an odd folder")?;
        let mut variables = vec![("GLOWJAR_CRASH_FILE", file)];
        if matches!(self.entries, Entries::Split) {
            variables.push(("GLOWJAR_LONGEST_VALUE", SHORT));
        }
        scene.app.terminate().await?;
        scene.app = App::start_with(&scene.desktop, NO_ARGUMENTS, &variables)?;
        scene.wait_for_status("valid until").await?;
        scene.sandbox.change(|settings| settings.rotation = self.rotation);
        let asked = scene.token_requests();
        if self.keychain != Mood::Willing {
            scene.desktop.keychain()?.lock().await?;
        }
        if self.keychain != Mood::LockedAtFirst {
            self.arm(order)?;
        }
        // It may die before it has answered the click.
        let _ = scene.item().await?.click_when_enabled(&["Refresh now"], PATIENCE).await;
        if self.keychain == Mood::LockedAtFirst {
            scene.wait_for_status("Not saved").await?;
            self.arm(order)?;
            scene.desktop.keychain()?.unlock().await?;
        }
        let end = scene.app.wait(PATIENCE).await?;
        ensure!(end.signal() == Some(SIGKILL), "it ended with {end}");
        ensure!(scene.token_requests() == asked + 1, "it asked more than once");
        fs::remove_file(order)?;
        if self.keychain == Mood::Locked {
            scene.desktop.keychain()?.unlock().await?;
        }
        scene.app = App::start_with(&scene.desktop, NO_ARGUMENTS, &variables)?;
        Ok(())
    }

    fn arm(&self, order: &Path) -> Result<()> {
        // Renamed, so that the application never reads half of it.
        let draft = order.with_extension("draft");
        fs::write(&draft, format!("{} {} {}", self.point, self.pass, self.after))?;
        Ok(fs::rename(draft, order)?)
    }
}

impl std::fmt::Display for Crash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let entries = match self.entries {
            Entries::Whole => "whole",
            Entries::Split => "split",
        };
        write!(f, "{} {} + {} ms, {entries} entries", self.point, self.pass, self.after)
    }
}

/// After a restart nothing is asked by itself, since the token lives, and the next renewal succeeds at once.
async fn next_renewal(scene: &mut Scene) -> Result<()> {
    scene.wait_for_status("valid until").await?;
    let asked = scene.token_requests();
    refresh_and_wait_until_stored(scene).await?;
    scene.wait_for_status("valid until").await?;
    ensure!(scene.token_requests() == asked + 1, "it took more than one request");
    ensure!(scene.sandbox.accepts(&scene.copied_by_tray().await?), "the token is no good");
    Ok(())
}

const fn before(point: &'static str, pass: u32, after: u32) -> Crash {
    let (entries, rotation) = (Entries::Whole, Rotation::UntilUsed);
    Crash { point, pass, after, entries, rotation, keychain: Mood::Willing }
}

const fn behind(point: &'static str, pass: u32, after: u32) -> Crash {
    Crash { rotation: Rotation::Strict, ..before(point, pass, after) }
}

const fn split(point: &'static str, pass: u32) -> Crash {
    Crash { entries: Entries::Split, ..before(point, pass, 0) }
}

const fn locked(point: &'static str, keychain: Mood, rotation: Rotation) -> Crash {
    Crash { keychain, rotation, ..before(point, 1, 0) }
}

const CRASHES: [Crash; 24] = [
    before("reply-read", 1, 0),
    before("taken-over", 1, 0),
    before("keychain-write", 1, 0),
    before("keychain-write", 1, 10),
    before("keychain-write", 1, 30),
    before("keychain-write", 1, 60),
    behind("keychain-written", 1, 0),
    behind("keychain-write", 2, 0),
    behind("keychain-write", 2, 20),
    behind("keychain-written", 2, 0),
    behind("stored", 1, 0),
    behind("unannounced", 1, 0),
    split("keychain-write", 1),
    split("keychain-written", 1),
    split("keychain-written", 2),
    split("keychain-delete", 1),
    split("keychain-written", 3),
    split("keychain-written", 4),
    split("keychain-written", 5),
    split("keychain-written", 6),
    split("keychain-delete", 2),
    locked("not-saved", Mood::Locked, Rotation::UntilUsed),
    locked("keychain-write", Mood::LockedAtFirst, Rotation::UntilUsed),
    locked("keychain-written", Mood::LockedAtFirst, Rotation::Strict),
];

const SHORT: &str = "400";
const SIGKILL: i32 = 9;
