//! `cargo xtask bench`: what Glowjar costs, as a release, in one table. No test, since a busy machine would fail it.

use std::process::Command;

use crate::disk;
use crate::failure::Failure;
use crate::project::Project;
use crate::run::{build_ui, program};
use crate::setup::{self, Scope};
use crate::steps::Steps;
use crate::terminal::Consent;

pub fn bench(project: &Project, quick: bool, consent: Consent) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    disk::make_room(project)?;
    let scope = if quick { Scope::Build } else { Scope::Session };
    steps.perform("setup", || setup::setup(project, scope, consent))?;
    let command = steps.perform("command", || project.release_command())?;
    let harness = ["--release", "--locked", "-p", "glowjar-tests", "--bin", "bench"];
    let harness = steps.perform("harness", || project.build(&harness))?;
    let exchange = ["--release", "--locked", "-p", "glowjar-token-endpoint", "--bench", "exchange"];
    let exchange = steps.perform("token endpoint", || project.build(&exchange))?;
    // Cargo puts a mark behind the name of a benchmark.
    let exchange = exchange.into_iter().find(|(name, _)| name.starts_with("exchange-"));
    let (_, exchange) = exchange.ok_or_else(|| Failure::new("cargo built no benchmark."))?;
    let mut bench = Command::new(program(&harness, "bench")?);
    bench.env("GLOWJAR_EXCHANGE", exchange);
    if !quick {
        steps.perform("ui: build", || build_ui(project))?;
        let app = ["--release", "--locked", "-p", "glowjar", "--bins", "--examples"];
        let app = steps.perform("application", || project.build(&app))?;
        bench.env("GLOWJAR_APP", program(&app, "glowjar-app")?);
        bench.env("GLOWJAR_EMPTY_TRAY", program(&app, "empty_tray")?);
    }
    bench.env("GLOWJAR_COMMAND", command).env("GLOWJAR_BENCH_FOLDER", project.root.join("target"));
    steps.run("measure", &mut bench)?;
    println!("Also in target/bench.md and target/bench.json.");
    steps.finish();
    Ok(())
}
