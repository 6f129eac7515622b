//! How soon the window is painted after it was opened from the tray, beside an empty Tauri window in the same run:
//! `cargo xtask paint`. Fails if it takes longer than is promised.
//!
//! Seen from outside, as a person sees it: from the click, or the start of the program, to the picture on the screen.

use std::{
    env,
    fs::read_to_string,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use desktop::{
    Desktop, PATIENCE, Parts, Process, TrayItem, app::app_file, process_table::descendants_of,
    timeouts::until,
};
use screen_watch::{Eye, Seen};

mod screen_watch;

#[tokio::main]
pub async fn main() -> ExitCode {
    match Box::pin(measure()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<bool> {
    let empty = env::var_os("GLOWJAR_EMPTY_WINDOW").map(PathBuf::from);
    let empty = empty.context("GLOWJAR_EMPTY_WINDOW isn't set: `cargo xtask paint` sets it")?;
    println!("load before: {}", load());
    let desktop = Desktop::start(Parts::default()).await?;
    // Or the page would never be as it is in the end.
    desktop.keep_still()?;
    let display = desktop.env().into_iter().find(|(name, _)| name == "DISPLAY");
    let eye = Eye::open(&display.context("no screen")?.1.to_string_lossy())?;
    let mut app = desktop.command(app_file()?);
    app.args(["--sandbox", "--sandbox-token-life", "86400"]);
    let app = Process::start(app)?;
    let item = desktop.tray()?.wait_for_item(PATIENCE).await?;
    item.wait_until(PATIENCE, |menu| menu.clickable(&[COPY]).is_ok()).await?;

    let (mut floor, mut ours) = (Times::default(), Times::default());
    for round in 0..=ROUNDS {
        // In turn, so that whatever else the machine does is spread over both.
        let both = (
            open_empty(&desktop, &eye, &empty).await?,
            open_ours(&desktop, &eye, &item, &app).await?,
        );
        // The first ones read everything from the disk.
        if round > 0 {
            floor.push(&both.0);
            ours.push(&both.1);
        }
    }
    Ok(report(floor, ours))
}

async fn open_empty(desktop: &Desktop, eye: &Eye, program: &PathBuf) -> Result<Seen> {
    let watched = eye.watch(EMPTY);
    let begun = Instant::now();
    let mut process = Process::start(desktop.command(program))?;
    let seen = watched.since(begun).await?;
    desktop.screen()?.close_window(EMPTY).await?;
    process.wait(PATIENCE).await?;
    Ok(seen)
}

async fn open_ours(desktop: &Desktop, eye: &Eye, item: &TrayItem, app: &Process) -> Result<Seen> {
    let id = item.menu().await?.clickable(&["Open Glowjar"])?.id;
    let watched = eye.watch(OURS);
    let begun = Instant::now();
    item.click_by_id(id).await?;
    let seen = watched.since(begun).await?;
    desktop.screen()?.close_window(OURS).await?;
    let alone = || async { Ok(descendants_of(app.id()).is_empty().then_some(())) };
    until(PATIENCE, "the window's processes to end", alone).await?;
    Ok(seen)
}

#[derive(Default)]
struct Times {
    painted: Vec<Duration>,
    settled: Vec<Duration>,
}

impl Times {
    fn push(&mut self, seen: &Seen) {
        self.painted.push(seen.painted);
        self.settled.push(seen.settled);
    }
}

fn report(mut floor: Times, mut ours: Times) -> bool {
    println!("load after: {}", load());
    println!("from click or start, medians of {ROUNDS} (fastest to slowest):");
    let empty = row("empty window, painted", &mut floor.painted);
    let painted = row("Glowjar, painted", &mut ours.painted);
    let settled = row("Glowjar, all of it", &mut ours.settled);
    let ratio = |time: Duration| time.as_secs_f64() / empty.as_secs_f64();
    println!(
        "ratio to the empty window: painted {:.2}, all of it {:.2}",
        ratio(painted),
        ratio(settled)
    );
    if ratio(painted) > LIMIT {
        println!("more than {LIMIT} times the empty window");
    }
    ratio(painted) <= LIMIT
}

fn row(name: &str, times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    let (least, median, most) = (at(0), at(times.len() / 2), at(times.len().saturating_sub(1)));
    println!(
        "{name:24}{:>5} ms  ({} to {})",
        median.as_millis(),
        least.as_millis(),
        most.as_millis()
    );
    median
}

/// The processes that wanted to run in the last minute; what is measured is worth little if there were many.
fn load() -> String {
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

const OURS: &str = "Glowjar";
/// As `src-tauri/examples/empty_window.rs` calls it.
const EMPTY: &str = "Empty";
const COPY: &str = "Copy token";
const ROUNDS: usize = 15;
/// Ours begins with a picture that needs no page.
const LIMIT: f64 = 0.5;
