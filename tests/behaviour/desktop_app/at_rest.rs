//! With the window closed and nothing to do.

use std::{collections::HashMap, ffi::OsString, fs, time::Duration};

use anyhow::{Context, Result};
use glowjar_sandbox::Settings;

use super::fixture::Scene;

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f36_at_rest_it_hardly_wakes_up_and_does_not_grow() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    scene.wait_for_status("valid until").await?;
    // What the closing of the window left to do is done after a moment that gives no sign.
    tokio::time::sleep(SETTLING).await;
    let (awake_before, before) = (switches(scene.app.id())?, resident(&scene)?);
    tokio::time::sleep(WATCHED).await;
    let (awake_after, after) = (switches(scene.app.id())?, resident(&scene)?);
    let since = |thread| awake_before.get(thread).copied().unwrap_or(0);
    let woken: u64 = awake_after.iter().map(|(thread, count)| count - since(thread)).sum();
    eprintln!("{woken} wake-ups in {WATCHED:?}, {before} to {after} bytes");
    assert!(woken < MOST_WAKEUPS, "{woken} wake-ups in {WATCHED:?}");
    assert!(after <= before + MOST_GROWTH, "{before} bytes grew to {after}");
    Ok(())
}

/// How often each of its threads gave up the processor, to be woken again.
fn switches(id: u32) -> Result<HashMap<OsString, u64>> {
    let threads = fs::read_dir(format!("/proc/{id}/task"))?;
    let count = |thread: std::io::Result<fs::DirEntry>| {
        let thread = thread?;
        let status = fs::read_to_string(thread.path().join("status"))?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        Ok((thread.file_name(), count.context("no such count")?.trim().parse()?))
    };
    threads.map(count).collect()
}

fn resident(scene: &Scene) -> Result<u64> {
    Ok(scene.app.itself().context("it has ended")?.resident)
}

const SETTLING: Duration = Duration::from_secs(3);
const WATCHED: Duration = Duration::from_secs(40);
/// Half a wake-up a second: GTK and the bus have their own reasons now and then, a poll of any kind has more.
const MOST_WAKEUPS: u64 = 20;
const MOST_GROWTH: u64 = 256 * 1024;
