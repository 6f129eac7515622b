//! What the panel shows is what the application means to show, row by row.

use anyhow::{Context, Result, ensure};
use desktop::{App, Menu, MenuEntry, PATIENCE};
use glowjar_sandbox::{Answer, Route, Settings};
use serde_json::{Value, json};

use super::fixture::{NAME, NO_ARGUMENTS, Scene, Typed, add};

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_after_a_restart_each_of_two_profiles_says_that_it_is_live() -> Result<()> {
    restarted_with(2).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_after_a_restart_each_of_twelve_profiles_says_that_it_is_live() -> Result<()> {
    restarted_with(12).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_after_a_restart_the_only_profile_says_that_it_is_live() -> Result<()> {
    restarted_with(1).await
}

async fn restarted_with(profiles: usize) -> Result<()> {
    let mut scene = Scene::at_work(Settings::default()).await?;
    if profiles > 1 {
        let window = scene.open_window().await?;
        for number in 2..=profiles {
            let name = format!("{NAME} {number}");
            let typed = Typed { name, ..scene.refreshing() };
            add(&window, &typed).await?;
        }
        scene.close(window).await?;
    }
    let are_live = |menu: &Menu| live(menu) == profiles.max(1) + usize::from(profiles > 1);
    scene.item().await?.wait_until(PATIENCE, are_live).await?;
    scene.app.terminate().await?;
    let calls = scene.desktop.bus()?.count_calls("/org/freedesktop/secrets").await?;
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    scene.item().await?.wait_until(PATIENCE, are_live).await?;
    let calls = calls.so_far();
    ensure!((2 * profiles..=MOST_CALLS + 4 * profiles).contains(&calls), "{calls} calls");
    ensure!(scene.app.tray_watch()?.wait_until_matched().await? > 0);
    scene.picture_of_menu(&format!("menu-of-{profiles}")).await
}

/// To find out what is open. Beside them each profile takes four to the keychain, a search and a reading for each entry.
const MOST_CALLS: usize = 24;

/// The rows that say so; with several profiles the first repeats one of them.
fn live(menu: &Menu) -> usize {
    menu.labels().iter().filter(|label| label.contains(": valid until ")).count()
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f42_through_a_thousand_changes_the_panel_shows_what_the_application_means() -> Result<()> {
    let scene = Scene::new().await?;
    let window = scene.window().await?;
    add(&window, &scene.minting()).await?;
    let item = scene.item().await?;
    let mut dice = Dice(42);
    let mut before = 0;
    for step in 0..1_000 {
        let snapshot = window.ask(json!({ "kind": "snapshot" })).await?["snapshot"].take();
        let change = dice.change(&scene, &snapshot);
        window.ask(change.clone()).await?;
        let snapshot = window.ask(json!({ "kind": "snapshot" })).await?["snapshot"].take();
        let names = names(&snapshot);
        item.wait_until(PATIENCE, |menu| names_profiles(menu, &names))
            .await
            .with_context(|| format!("step {step}, {change}, {names:?}"))?;
        let views = scene.app.tray_watch()?.wait_until_matched().await;
        let views = views.with_context(|| format!("step {step}, {change}"))?;
        ensure!(views >= before, "the application began anew");
        before = views;
    }
    // More or less one for each change, or the watch saw nothing.
    ensure!(before > 500, "{before} views");
    Ok(())
}

/// Whether these are the profiles in the menu, in this order.
fn names_profiles(menu: &Menu, names: &[String]) -> bool {
    let rows: Vec<&MenuEntry> =
        menu.entries.iter().filter(|entry| !entry.children.is_empty()).collect();
    let begins = |entry: &MenuEntry, name: &String| entry.label.starts_with(&format!("{name}: "));
    match names {
        [] => rows.is_empty(),
        [only] => begins(&menu.entries[0], only),
        several => {
            rows.len() == several.len()
                && rows.iter().zip(several).all(|(row, name)| begins(row, name))
        }
    }
}

fn names(snapshot: &Value) -> Vec<String> {
    let name = |profile: &Value| profile["name"].as_str().unwrap_or_default().to_owned();
    snapshot["profiles"].as_array().into_iter().flatten().map(name).collect()
}

/// The same throws each time.
struct Dice(u64);

impl Dice {
    /// Knuth's MMIX generator.
    fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    /// What somebody could do next.
    fn change(&mut self, scene: &Scene, snapshot: &Value) -> Value {
        let mut ids: Vec<&str> = snapshot["profiles"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|profile| profile["id"].as_str())
            .collect();
        if ids.is_empty() {
            return json!({ "kind": "undoRemove" });
        }
        let profile = ids[self.below(ids.len())];
        match self.below(14) {
            0 | 1 if ids.len() < MOST_PROFILES => {
                json!({ "kind": "duplicate", "profile": profile })
            }
            2 if ids.len() > 1 => json!({ "kind": "removeProfile", "profile": profile }),
            3 if ids.len() < MOST_PROFILES => json!({ "kind": "undoRemove" }),
            4 => {
                let first = self.below(ids.len());
                ids.rotate_left(first);
                json!({ "kind": "reorder", "profiles": ids })
            }
            5 | 6 => json!({ "kind": "pause", "profile": profile }),
            7 => json!({ "kind": "resume", "profile": profile }),
            8 => {
                let from = &snapshot["settings"]["choices"];
                let mut to = from.clone();
                to["language"] = Value::from(["en", "de"][self.below(2)]);
                json!({ "kind": "changeSettings", "from": from, "to": to })
            }
            9 => {
                if self.below(2) == 0 {
                    scene.sandbox.next(Route::Token, Answer::BadGateway);
                }
                json!({ "kind": "refreshNow", "profile": profile })
            }
            10 => {
                let kind = ["lock", "unlock"][self.below(2)];
                json!({ "kind": kind })
            }
            11 => json!({ "kind": "copyAs", "profile": profile, "format": "clientId" }),
            12 => json!({ "kind": "clearClipboard" }),
            _ => {
                let name = NAMES[self.below(NAMES.len())];
                let name = format!("{name} {}", self.below(MOST_PROFILES));
                json!({ "kind": "rename", "profile": profile, "name": name })
            }
        }
    }
}

const MOST_PROFILES: usize = 12;
/// What menus and markup could stumble over, and none too long to be shown whole.
const NAMES: [&str; 12] = [
    "Campaign",
    "R&D",
    "A_b",
    "__",
    "&&",
    "<b>Brand</b>",
    "Ünïcödé 絵",
    "100 %",
    "Copy as",
    "'q'",
    "a & _b",
    "&amp;",
];
