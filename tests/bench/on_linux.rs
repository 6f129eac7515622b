//! `cargo xtask bench`: what Glowjar costs, as one table. It judges nothing: a busy machine would fail it. Times that stand
//! in one line were taken in turn, so that whatever else the machine does is spread over all of them.

use std::{
    env,
    fs::{read_to_string, write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, Result};
use table::Table;

mod application;
mod command;
mod endpoint;
mod engine;
mod processes;
mod table;

#[tokio::main]
pub async fn main() -> ExitCode {
    match Box::pin(measure()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<()> {
    let mut table = Table::new(machine());
    engine::measure(&mut table);
    command::measure(&file("GLOWJAR_COMMAND")?, &mut table)?;
    endpoint::measure(&file("GLOWJAR_EXCHANGE")?, &mut table)?;
    if let Ok(app) = file("GLOWJAR_APP") {
        let most = env::var("GLOWJAR_BENCH_PROFILES").ok().and_then(|text| text.parse().ok());
        let (empty, most) = (file("GLOWJAR_EMPTY_TRAY")?, most.unwrap_or(USUAL_PROFILES));
        Box::pin(application::measure(&app, &empty, most, &mut table)).await?;
    }
    println!("{}", table.markdown());
    if let Ok(folder) = file("GLOWJAR_BENCH_FOLDER") {
        write(folder.join("bench.md"), table.markdown())?;
        write(folder.join("bench.json"), table.json())?;
    }
    Ok(())
}

fn file(variable: &str) -> Result<PathBuf> {
    let value = env::var_os(variable).map(PathBuf::from);
    value.with_context(|| format!("{variable} isn't set: `cargo xtask bench` sets it"))
}

/// The processor, how many there are, and how many processes wanted them in the last minute.
fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let facts = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = facts.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{processors} × {}, load {load}", model.map_or("unknown", |(_, name)| name))
}

/// As many as a studio with many clients may have.
const USUAL_PROFILES: usize = 300;
