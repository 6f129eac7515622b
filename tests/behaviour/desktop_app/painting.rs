//! How the window comes onto the screen.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};
use desktop::{Desktop, PATIENCE, Parts, process::output_of};
use glowjar_sandbox::Settings;

use super::scene::Scene;

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

        let picture = scene.desktop.home().join("window.png");
        window.picture(&picture).await?;
        let colours = colours_in(&scene.desktop, &picture.to_string_lossy()).await?;
        assert!(colours > LEAST_COLOURS, "the window shows {colours} colours");
    }
    Ok(())
}

fn threads_of_the_page(scene: &Scene) -> Result<BTreeSet<String>> {
    let all = scene.app.descendants();
    let page = all.iter().find(|process| process.name == "WebKitWebProcess").context("no page")?;
    let threads = fs::read_dir(format!("/proc/{}/task", page.id))?;
    // One that ends meanwhile has no name.
    let names =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("comm")).ok());
    Ok(names.map(|name| name.trim().to_owned()).collect())
}

async fn colours_in(desktop: &Desktop, picture: &str) -> Result<u32> {
    let mut command = desktop.command("identify");
    command.args(["-format", "%k", picture]);
    Ok(String::from_utf8(output_of(command, PATIENCE).await?)?.trim().parse()?)
}

/// A blank window has one; letters with smooth edges have some dozens.
const LEAST_COLOURS: u32 = 30;
