//! `cargo xtask test`: everything that must hold before a change is shown to anybody, cheapest first.

mod figures;
mod outcomes;
mod table;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::TestOptions;
use crate::failure::Failure;
use crate::project::Project;
use crate::run::{build_ui, program};
use crate::setup::{self, Scope};
use crate::steps::{Beside, Steps};
use crate::terminal::Consent;
use figures::Figures;
use outcomes::{outcome, Outcome};
use table::Table;

pub fn test(project: &Project, options: &TestOptions) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    steps.perform("setup", || setup::setup(project, Scope::Tests, Consent::find(options.yes)))?;
    // Of every platform: the licence test reads about all of them, and no test of ours goes to the internet.
    steps.run("crates", &mut project.cargo(&["fetch", "--locked"]))?;
    let mut outcomes = Vec::new();
    let gallery = if options.filters.is_empty() {
        check(project, &mut steps, &mut outcomes)?
    } else {
        steps.perform("ui: build", || build_ui(project))?;
        None
    };
    // The same targets as the tests want, so that nothing is built a second time with other features.
    let programs =
        steps.perform("build", || project.build(&["--workspace", "--all-targets", "--locked"]))?;
    if let Some(gallery) = gallery {
        steps.wait_for(gallery, |_| {})?;
    }
    let tests = run_tests(project, &programs, &options.filters, &mut steps, &mut outcomes);
    if options.filters.is_empty() {
        let table = Table::new(&outcomes);
        println!("\n{}", table);
        tests?;
        steps.perform("failure modes", || whole(&table))?;
    } else {
        tests?;
    }
    steps.finish();
    Ok(())
}

/// What tells most mistakes while one works: the crates alone, so that neither Tauri nor a desktop is built.
pub fn quick(project: &Project, consent: Consent) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    steps.perform("setup", || setup::setup(project, Scope::Build, consent))?;
    steps.run("format", &mut project.cargo(&["fmt", "--all", "--check"]))?;
    let of_crates = |command: &[&str], rest: &[&str]| {
        let mut cargo = project.cargo(command);
        CRATES.iter().for_each(|name| {
            cargo.args(["--package", name]);
        });
        cargo.args(rest);
        cargo
    };
    steps.run("lints", &mut of_crates(&["clippy", "--locked"], &["--", "-D", "warnings"]))?;
    steps.run(
        "unit tests",
        &mut of_crates(&["test", "--locked", "--quiet", "--lib", "--bins"], &[]),
    )?;
    steps.run("ui: types", project.npm(&project.ui(), &["run", "--silent"]).arg("check"))?;
    steps.finish();
    Ok(())
}

/// The tests with that in their names, for longer.
pub fn fuzz(project: &Project, minutes: u32) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    let mut tests = project.cargo(&["test", "--workspace", "--locked", "--no-fail-fast", "fuzzed"]);
    steps.run("fuzzing", tests.env("GLOWJAR_FUZZ_MINUTES", minutes.to_string()))?;
    steps.finish();
    Ok(())
}

/// Elsewhere than on Linux the tests of the real desktop are left out.
fn whole(table: &Table<'_>) -> Result<(), Failure> {
    let gaps = table.gaps();
    if gaps.is_empty() || !cfg!(target_os = "linux") {
        Ok(())
    } else {
        Err(Failure::new(gaps.join(", ")))
    }
}

/// Ends with the gallery still being looked at, where there is one.
fn check(
    project: &Project,
    steps: &mut Steps,
    outcomes: &mut Vec<Outcome>,
) -> Result<Option<Beside>, Failure> {
    const XTASK: &str = "xtask/Cargo.toml";
    steps.run("format", &mut project.cargo(&["fmt", "--all", "--check"]))?;
    steps
        .run("xtask: format", &mut project.cargo(&["fmt", "--manifest-path", XTASK, "--check"]))?;
    for (name, script) in UI_SCRIPTS {
        let mut npm = project.npm(&project.ui(), &["run", "--silent"]);
        steps.run_reading(name, npm.args(script), |line| outcomes.extend(outcome(line)))?;
    }
    // Looks at pages with one core, where the lints want both only now and then.
    // Ubuntu has its Chromium as a snap, which setup does not install; elsewhere than on Linux it is up to the person.
    let gallery = if Path::new("/usr/bin/chromium").exists() {
        let gallery = project.npm(&project.ui(), &["run", "--silent", "gallery:test"]);
        Some(steps.start_beside("ui: gallery", gallery))
    } else {
        println!(
            "\n── ui: gallery ── left out: there is no /usr/bin/chromium to look at the pages with"
        );
        None
    };
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    steps.run("lints", &mut project.cargo(&clippy))?;
    let clippy = ["clippy", "--manifest-path", XTASK, "--all-targets", "--", "-D", "warnings"];
    steps.run("xtask: lints", &mut project.cargo(&clippy))?;
    steps
        .run("xtask: tests", &mut project.cargo(&["test", "--quiet", "--manifest-path", XTASK]))?;
    Ok(gallery)
}

fn run_tests(
    project: &Project,
    programs: &HashMap<String, PathBuf>,
    filters: &[String],
    steps: &mut Steps,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), Failure> {
    // The thousand years take minutes of one core, the desktop's tests mostly wait: side by side.
    let years = filters.is_empty().then(|| {
        let mut years = project.cargo(&["test", "--workspace", "--locked", "--test", "simulation"]);
        years.args(["--", "--nocapture", YEARS]);
        steps.start_beside("tests: simulated years", behind_others(years))
    });
    // All of them, so that the table has no hole where a test of another binary failed.
    let mut tests = project.cargo(&["test", "--workspace", "--locked", "--no-fail-fast", "--"]);
    // What they ignore by themselves wants the real desktop that only Linux can have as a private one.
    if cfg!(target_os = "linux") {
        tests.arg("--include-ignored");
    }
    if years.is_some() {
        tests.args(["--skip", YEARS]);
    }
    tests.args(filters);
    tests.env("GLOWJAR_APP", program(programs, "glowjar-app")?);
    tests.env("GLOWJAR_COMMAND", program(programs, "glowjar")?);
    let figures = Figures::expect();
    tests.env("GLOWJAR_FIGURES", &figures.file);
    let ran = steps.run_reading("tests", &mut tests, |line| outcomes.extend(outcome(line)));
    figures.show();
    let years = match years {
        Some(years) => {
            let before = outcomes.len();
            let lived = steps.wait_for(years, |line| outcomes.extend(outcome(line)));
            lived.and_then(|()| {
                if outcomes.len() > before {
                    Ok(())
                } else {
                    Err(Failure::new(format!("no test is called {}", YEARS)))
                }
            })
        }
        None => Ok(()),
    };
    ran.and(years)
}

/// Gives way to everything else that wants the processor.
fn behind_others(command: Command) -> Command {
    if !cfg!(unix) {
        return command;
    }
    let mut polite = Command::new("nice");
    polite.args(["-n", "10"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => polite.env(name, value),
            None => polite.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        polite.current_dir(folder);
    }
    polite
}

/// All of `crates/` but what is for tests alone.
const CRATES: [&str; 7] = [
    "glowjar-lifecycle",
    "glowjar-ims",
    "glowjar-import",
    "glowjar-protocol",
    "glowjar-cli",
    "glowjar-agent",
    "glowjar-sandbox",
];

/// The simulation's longest test by far.
const YEARS: &str = "every_profile_year";

const UI_SCRIPTS: [(&str, &[&str]); 5] = [
    ("ui: format", &["format:check"]),
    ("ui: lints", &["lint"]),
    ("ui: types", &["check"]),
    ("ui: tests", &["test", "--", "--reporter=verbose"]),
    ("ui: build", &["build"]),
];
