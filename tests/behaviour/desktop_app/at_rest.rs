//! With the window closed and nothing to do.

use std::{collections::HashMap, ffi::OsString, fs, time::Duration};

use anyhow::{Context, Result};
use desktop::process_table::descendants_of;
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
    let own = std::path::PathBuf::from(format!("/proc/{}", scene.app.id()));
    let count = |folder| Ok::<_, std::io::Error>(fs::read_dir(own.join(folder))?.count());
    let (threads, files) = (count("task")?, count("fd")?);
    eprintln!("{threads} threads, {files} open files");
    assert_eq!(descendants_of(scene.app.id()).len(), 0, "other processes than its own");
    assert!(threads <= MOST_THREADS && files <= MOST_FILES, "{threads} threads, {files} files");
    Ok(())
}

/// What is typed elsewhere on the desktop is nobody's business, least of all that of a program with secrets.
#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f36_keys_that_are_typed_elsewhere_do_not_reach_it() -> Result<()> {
    let scene = Scene::at_work(Settings::default()).await?;
    scene.wait_for_status("valid until").await?;
    tokio::time::sleep(SETTLING).await;
    let before = switches(scene.app.id())?;
    scene.desktop.screen()?.type_text(&"something private ".repeat(20)).await?;
    let after = switches(scene.app.id())?;
    let since = |thread| before.get(thread).copied().unwrap_or(0);
    let woken: u64 = after.iter().map(|(thread, count)| count - since(thread)).sum();
    eprintln!("{woken} wake-ups while 360 keys were pressed and let go");
    assert!(woken < MOST_WAKEUPS, "{woken} wake-ups");
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
/// 11 were seen, and 34 files.
const MOST_THREADS: usize = 30;
const MOST_FILES: usize = 100;
