//! Ten real minutes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, bail};
use desktop::{PATIENCE, TrayItem, timeouts::until};
use glowjar_sandbox::{Outage, Rotation, Route, Settings};

use super::fixture::Scene;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_minutes_token_is_held_for_ten_minutes_through_rotation_and_two_outages() -> Result<()> {
    let settings = Settings {
        access_token_lifetime: Duration::from_secs(60),
        rotation: Rotation::UntilUsed,
        ..Settings::default()
    };
    let scene = Arc::new(Scene::at_work(settings).await?);
    let weather = Arc::new(Weather::default());
    let tally = {
        let outages = tokio::spawn(bring_outages(Arc::clone(&scene), Arc::clone(&weather)));
        let tally = copy_again_and_again(&scene, &weather).await?;
        outages.await??;
        tally
    };
    let rotations = scene.token_requests();
    eprintln!("{tally:?}, {rotations} token requests");
    assert!(tally.live > 60 && tally.refused > 0, "{tally:?}");
    // A renewal every 45 s or so, and the retries of two outages: neither asleep nor a storm.
    assert!((8..80).contains(&rotations), "{rotations} token requests");
    let refused = scene.sandbox.requests_to(Route::Token);
    assert!(refused.iter().all(|sent| sent.wrong.is_empty()), "{refused:?}");
    Ok(())
}

#[derive(Debug, Default)]
struct Tally {
    live: u32,
    refused: u32,
}

/// Whether a token could be had.
#[derive(Debug, Default)]
struct Weather {
    is_bad: AtomicBool,
}

async fn bring_outages(scene: Arc<Scene>, weather: Arc<Weather>) -> Result<()> {
    for outage in [Outage::ConnectionRefused, Outage::Unavailable] {
        tokio::time::sleep(BETWEEN_OUTAGES).await;
        weather.is_bad.store(true, Ordering::SeqCst);
        scene.sandbox.set_outage(outage).await?;
        tokio::time::sleep(OUTAGE).await;
        scene.sandbox.end_outage().await?;
        tokio::time::sleep(NEXT_RETRY).await;
        weather.is_bad.store(false, Ordering::SeqCst);
    }
    Ok(())
}

/// What is on the clipboard after a click must be live. The entry is disabled while there is nothing to copy.
async fn copy_again_and_again(scene: &Scene, weather: &Weather) -> Result<Tally> {
    let item = scene.item().await?;
    let (mut tally, since) = (Tally::default(), Instant::now());
    while since.elapsed() < WATCHED {
        let next = tokio::time::sleep(EVERY);
        let was_bad = weather.is_bad.load(Ordering::SeqCst);
        let menu = item.menu().await?;
        // A token may end between the click and the look at it.
        let clicked_at = SystemTime::now();
        let outcome = match menu.clickable(&["Copy token"]) {
            Ok(entry) => copied(scene, &item, entry.id, was_bad).await,
            Err(_) if was_bad => Ok(None),
            Err(disabled) => Err(disabled),
        };
        match outcome.with_context(|| format!("after {:?}: {tally:?}", since.elapsed()))? {
            Some(token) if scene.sandbox.accepted_at(&token, clicked_at) => tally.live += 1,
            Some(_) => bail!("an expired token after {:?}: {tally:?}", since.elapsed()),
            None => tally.refused += 1,
        }
        next.await;
    }
    Ok(tally)
}

/// The token that a click put on the clipboard; nothing if it ran out just before the click, which a toast says. If it
/// ran out while the hand was on its way, GTK passes no click on, and the menu says why: its entry is disabled.
async fn copied(
    scene: &Scene,
    item: &TrayItem,
    entry: i32,
    may_run_out: bool,
) -> Result<Option<String>> {
    let (clipboard, notices) = (scene.desktop.clipboard()?, scene.desktop.notices()?);
    let refusals = || {
        let all = notices.all();
        all.iter().filter(|toast| toast.summary.starts_with("Nothing was copied")).count()
    };
    let before = refusals();
    clipboard.write(NOTHING_OF_OURS).await?;
    item.click_by_id(entry).await?;
    let answered = until(PATIENCE, "a token or a toast", || async {
        match clipboard.text().await? {
            Some(text) if text != NOTHING_OF_OURS => Ok(Some(Some(text))),
            _ if refusals() > before => Ok(Some(None)),
            _ if may_run_out && item.menu().await?.clickable(&["Copy token"]).is_err() => {
                Ok(Some(None))
            }
            _ => Ok(None),
        }
    });
    answered.await.with_context(|| scene.app.output())
}

const WATCHED: Duration = Duration::from_secs(600);
const BETWEEN_OUTAGES: Duration = Duration::from_secs(100);
/// Longer than a token lives.
const OUTAGE: Duration = Duration::from_secs(90);
/// The engine asks again this soon where there is no live token, and then the answer takes its time.
const NEXT_RETRY: Duration = Duration::from_secs(90);
const EVERY: Duration = Duration::from_secs(5);
const NOTHING_OF_OURS: &str = "something else";
