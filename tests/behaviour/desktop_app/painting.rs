//! How the window comes onto the screen.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use desktop::{PATIENCE, Parts, Query, process::output_of, process_table::signal, timeouts::until};
use glowjar_sandbox::Settings;
use rustix::process::Signal;

use super::fixture::{Scene, TITLE};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_window_is_painted_without_the_graphics_card_unless_a_person_wants_it() -> Result<()> {
    let wanted = [("WEBKIT_DISABLE_COMPOSITING_MODE", "0")];
    for (variables, with_card) in [(&[][..], false), (&wanted[..], true)] {
        let scene =
            Box::pin(Scene::with_variables(Parts::default(), Settings::default(), variables))
                .await?;
        let window = scene.window().await?;
        let threads = threads_of_the_page(&scene)?;
        // Only what the graphics card is given has to be put together first.
        let composes = threads.iter().any(|name| name.ends_with("Compositor"));
        assert_eq!(composes, with_card, "{threads:?}");

        let picture = picture_file(&scene, "painted");
        window.picture(&picture).await?;
        let colors = colors_in(&scene, &picture).await?.len();
        assert!(colors > LEAST_COLORS, "the window shows {colors} colors");
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn the_window_shows_an_empty_jar_in_the_chosen_colors_until_its_page_is_there() -> Result<()>
{
    let scene = Scene::at_work(Settings::default()).await?;
    let dark = ["#1B1B1B", "#D2D2DA", "#C4C4CC"];
    for (theme, [surface, glass, lid]) in
        [(None, ["#FFFFFF", "#77777F", "#5C5C64"]), (Some("Dark"), dark)]
    {
        if let Some(theme) = theme {
            let window = scene.open_window().await?;
            window.click(&Query::test_id("open-settings")).await?;
            window.choose(&Query::test_id("field-theme"), theme).await?;
            scene.close(window).await?;
        }
        scene.item().await?.click(&["Open Glowjar"]).await?;
        let page = until(PATIENCE, "the page's process", || async { Ok(page_of(&scene)) }).await?;
        signal(page, Signal::STOP)?;
        scene.desktop.screen()?.wait_for_window(TITLE, true, PATIENCE).await?;
        let drawn = || async {
            let colors = colors_of(&scene, "before-the-page").await?;
            Ok((colors.len() > 1).then_some(colors))
        };
        let colors = until(PATIENCE, "the jar", drawn).await?;
        assert_eq!(colors.first().map(String::as_str), Some(surface), "{theme:?}: {colors:?}");
        for color in [glass, lid] {
            assert!(colors.iter().any(|it| it == color), "{theme:?}: no {color} in {colors:?}");
        }
        // And now without a snapshot.
        signal(scene.app.id(), Signal::STOP)?;
        signal(page, Signal::CONT)?;
        let worded = || async {
            let shown = colors_of(&scene, "before-the-snapshot").await?;
            // The first picture has no words.
            Ok((shown.len() > colors.len()).then_some(shown))
        };
        let colors = until(PATIENCE, "the page's words", worded).await;
        signal(scene.app.id(), Signal::CONT)?;
        let colors = colors?;
        assert_eq!(colors.first().map(String::as_str), Some(surface), "{theme:?}: {colors:?}");
        let moved = unlike_around_the_jar(&scene, "before-the-page", "before-the-snapshot").await?;
        assert!(moved < LEAST_UNLIKE, "{theme:?}: {moved} of the jar is elsewhere on the page");
        let window = scene.window().await?;
        window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
        let colors = colors_of(&scene, "in-the-end").await?;
        assert_eq!(colors.first().map(String::as_str), Some(surface), "{theme:?}: {colors:?}");
        scene.picture(&window, &format!("appearance-{}", theme.unwrap_or("System"))).await?;
        scene.close(window).await?;
    }
    Ok(())
}

fn threads_of_the_page(scene: &Scene) -> Result<BTreeSet<String>> {
    let page = page_of(scene).context("no page")?;
    let threads = fs::read_dir(format!("/proc/{page}/task"))?;
    // One that ends meanwhile has no name.
    let names =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("comm")).ok());
    Ok(names.map(|name| name.trim().to_owned()).collect())
}

fn page_of(scene: &Scene) -> Option<u32> {
    let all = scene.app.descendants();
    all.iter().find(|process| process.name == "WebKitWebProcess").map(|process| process.id)
}

/// The part of the pixels that differ between two pictures by more than the smoothing of an edge.
async fn unlike_around_the_jar(scene: &Scene, one: &str, other: &str) -> Result<f64> {
    let mut command = scene.desktop.command("convert");
    for name in [one, other] {
        command.arg(picture_file(scene, name));
    }
    // As wide as the window is, from below the bar to where words may come.
    command.args(["-crop", "400x136+0+40", "-compose", "difference", "-composite"]);
    command.args(["-colorspace", "gray", "-threshold", "30%", "-format", "%[fx:mean]", "info:"]);
    Ok(String::from_utf8(output_of(command, PATIENCE).await?)?.trim().parse()?)
}

fn picture_file(scene: &Scene, name: &str) -> PathBuf {
    scene.desktop.home().join(format!("{name}.png"))
}

/// What the window shows, the most frequent first, as `#RRGGBB`.
async fn colors_of(scene: &Scene, name: &str) -> Result<Vec<String>> {
    let picture = picture_file(scene, name);
    scene.desktop.screen()?.picture_of(TITLE, &picture).await?;
    colors_in(scene, &picture).await
}

async fn colors_in(scene: &Scene, picture: &Path) -> Result<Vec<String>> {
    let mut command = scene.desktop.command("convert");
    command.arg(picture).args(["-depth", "8", "-format", "%c", "histogram:info:-"]);
    let histogram = String::from_utf8(output_of(command, PATIENCE).await?)?;
    let mut counted: Vec<(u64, String)> = histogram
        .lines()
        .filter_map(|line| {
            let (count, rest) = line.split_once(':')?;
            let color = rest.split('#').nth(1)?.get(..6)?;
            Some((count.trim().parse().ok()?, format!("#{color}")))
        })
        .collect();
    counted.sort_unstable_by(|one, another| another.cmp(one));
    Ok(counted.into_iter().map(|(_, color)| color).collect())
}

/// A blank window has one, letters with smooth edges have some dozens.
const LEAST_COLORS: usize = 30;

/// Measured: none where the jars agree, 0.009 where one is a pixel aside.
const LEAST_UNLIKE: f64 = 0.003;
