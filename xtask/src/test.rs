//! `cargo xtask test`: everything that must hold before a change is shown to anybody, cheapest first.

mod figures;
mod outcomes;
mod table;
mod targets;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::arguments::TestOptions;
use crate::bundle;
use crate::disk;
use crate::failure::Failure;
use crate::project::Project;
use crate::run::{build_ui, program};
use crate::setup::{self, Scope};
use crate::steps::{Beside, Steps};
use crate::terminal::Consent;
use figures::Figures;
use outcomes::{outcomes, Outcome};
use table::Table;
use targets::Targets;

pub fn test(project: &Project, options: &TestOptions) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    if !options.filters.is_empty() {
        let targets = Targets::find(&project.root, &options.filters)?;
        some(project, &mut steps, &targets, options)?;
        steps.finish();
        return Ok(());
    }
    disk::make_room(project)?;
    steps.perform("setup", || setup::setup(project, Scope::Tests, Consent::find(options.yes)))?;
    // Of every platform: the licences of all of them are read, and no test of ours goes to the internet.
    steps.run("crates", &mut project.cargo(&["fetch", "--locked"]))?;
    let mut outcomes = Vec::new();
    let gallery = check(project, &mut steps, &mut outcomes)?;
    // The same targets as the tests want, so that nothing is built a second time with other features.
    let everything = ["--workspace", "--exclude", SIMULATION, "--locked"];
    let programs = steps
        .perform("build", || project.build(&[&everything[..], &["--all-targets"]].concat()))?;
    steps.run("simulation: build", simulation(project, &[]).arg("--no-run"))?;
    // By itself, since it is told by the clock how soon somebody has a token.
    let package = bundle::check_deb(project, &programs, &mut steps, Consent::find(options.yes));
    let pages = gallery.map_or(Ok(()), |gallery| steps.wait_for(gallery));
    let everything = everything.map(String::from);
    let years = Years::begin(project, &steps);
    let tests = run_tests(project, &programs, &everything, &[], &mut steps, &mut outcomes);
    let tests = tests.and(years.end(&mut steps, &mut outcomes));
    let examples = steps.run(
        "documentation tests",
        &mut project.cargo(&["test", "--workspace", "--locked", "--doc"]),
    );
    let table = Table::new(&outcomes);
    println!("\n{}", table);
    // One that fails hides no other.
    package.and(pages).and(tests).and(examples)?;
    steps.perform("failure modes", || whole(&table))?;
    steps.finish();
    Ok(())
}

/// The tests that were named, and no more built than they want: neither lints nor the window's pages nor, if they lie in
/// `crates/`, Tauri.
fn some(
    project: &Project,
    steps: &mut Steps,
    targets: &Targets,
    options: &TestOptions,
) -> Result<(), Failure> {
    let scope = if targets.with_application { Scope::Tests } else { Scope::Build };
    steps.perform("setup", || setup::setup(project, scope, Consent::find(options.yes)))?;
    if targets.with_simulation {
        steps.run("simulation", &mut simulation(project, &options.filters))?;
    }
    if targets.only_simulation() {
        return Ok(());
    }
    let mut selected = vec![String::from("--locked")];
    if targets.only_crates() {
        // All of them, as `check` has it, so that what they use is built with the same features.
        selected.extend(CRATES.iter().map(|name| format!("--package={}", name)));
    } else {
        selected.extend(["--workspace", "--exclude", SIMULATION].map(String::from));
        // Even without the desktop it has the window's pages compiled in.
        steps.perform("ui: build", || build_ui(project))?;
    }
    selected.extend(targets.arguments());
    let mut built = selected.clone();
    if !targets.only_crates() {
        built.extend(["--bin", "glowjar", "--bin", "glowjar-keeper"].map(String::from));
        if targets.with_application {
            built.extend(["--bin", "glowjar-app"].map(String::from));
        }
    }
    let built: Vec<&str> = built.iter().map(String::as_str).collect();
    let programs = steps.perform("build", || project.build(&built))?;
    run_tests(project, &programs, &selected, &options.filters, steps, &mut Vec::new())
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

/// Writes what the tests compare with anew, from what the code does now. The diff is for a person to judge.
pub fn fixtures(project: &Project) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    for (name, package, test) in FIXTURES {
        let mut cargo = project.cargo(&["test", "--locked", "--quiet", "--package", package]);
        steps.run(name, cargo.args(["--test", test]).env("GLOWJAR_BLESS", "1"))?;
    }
    steps.finish();
    println!("Look at `git diff` before you commit.");
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
        steps.run(name, npm.args(script))?;
    }
    let report = Report::expect(project.root.join("target/vitest.xml"));
    let mut vitest = project.npm(&project.ui(), &["run", "--silent", "test", "--"]);
    vitest.args(["--reporter=default", "--reporter=junit"]);
    let ran =
        steps.run("ui: tests", vitest.arg(format!("--outputFile.junit={}", report.file.display())));
    outcomes.extend(report.outcomes());
    ran?;
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
    let deny = ["deny", "--offline", "--locked", "check", "--hide-inclusion-graph"];
    steps
        .run("licences and sources", project.cargo(&deny).args(["bans", "licenses", "sources"]))?;
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
    selected: &[String],
    filters: &[String],
    steps: &mut Steps,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), Failure> {
    // All of them, so that the table has no hole where another test failed.
    let mut tests = project.cargo(&["nextest", "run", "--no-fail-fast", "--profile", "together"]);
    // The desktop's tests mostly wait, and a keeper's do little else: three of those fit in as well.
    let at_once = thread::available_parallelism().map_or(1, usize::from) + 1;
    tests.args(selected).arg(format!("--test-threads={}", at_once * THREADS_OF_A_TEST + 3));
    // What they ignore by themselves wants the real desktop that only Linux can have as a private one.
    if cfg!(target_os = "linux") {
        tests.args(["--run-ignored", "all"]);
    }
    tests.args(filters);
    for (name, variable) in [
        ("glowjar-app", "GLOWJAR_APP"),
        ("glowjar", "GLOWJAR_COMMAND"),
        ("glowjar-keeper", "GLOWJAR_KEEPER"),
    ] {
        if let Ok(program) = program(programs, name) {
            tests.env(variable, program);
        }
    }
    let figures = Figures::expect();
    tests.env("GLOWJAR_FIGURES", &figures.file);
    let report = Report::expect(project.root.join("target/nextest/together/junit.xml"));
    let ran = steps.run("tests", &mut tests);
    figures.show();
    outcomes.extend(report.outcomes());
    ran
}

/// The simulation's tests, built with the optimisation that a thousand years want.
fn simulation(project: &Project, filters: &[String]) -> Command {
    let mut tests = project.cargo(&["nextest", "run", "--locked"]);
    tests.args([
        "--package",
        SIMULATION,
        "--cargo-profile",
        "simulation",
        "--profile",
        "simulation",
    ]);
    tests.args(filters);
    tests
}

/// The simulation while other tests run, which mostly wait.
struct Years {
    program: Beside,
    report: Report,
}

impl Years {
    fn begin(project: &Project, steps: &Steps) -> Self {
        let report = Report::expect(project.root.join("target/nextest/simulation/junit.xml"));
        Self { program: steps.start_beside("simulation", simulation(project, &[])), report }
    }

    fn end(self, steps: &mut Steps, outcomes: &mut Vec<Outcome>) -> Result<(), Failure> {
        let ran = steps.wait_for(self.program);
        outcomes.extend(self.report.outcomes());
        ran
    }
}

/// A file in JUnit's format that a test runner is about to write.
struct Report {
    file: PathBuf,
}

impl Report {
    /// One of an earlier run is no answer.
    fn expect(file: PathBuf) -> Self {
        let _ = fs::remove_file(&file);
        Self { file }
    }

    fn outcomes(&self) -> Vec<Outcome> {
        outcomes(&fs::read_to_string(&self.file).unwrap_or_default())
    }
}

/// All of `crates/` but what is for tests alone.
const CRATES: [&str; 10] = [
    "glowjar-lifecycle",
    "glowjar-claim",
    "glowjar-ims",
    "glowjar-import",
    "glowjar-keeper",
    "glowjar-protocol",
    "glowjar-cli",
    "glowjar-token-endpoint",
    "glowjar-agent",
    "glowjar-sandbox",
];

const SIMULATION: &str = "glowjar-simulation";

/// As `.config/nextest.toml` has it for the profile `together`.
const THREADS_OF_A_TEST: usize = 4;

const UI_SCRIPTS: [(&str, &[&str]); 4] = [
    ("ui: format", &["format:check"]),
    ("ui: lints", &["lint"]),
    ("ui: types", &["check"]),
    ("ui: build", &["build"]),
];

const FIXTURES: [(&str, &str, &str); 2] = [
    ("what is read out of samples", "glowjar-import", "samples"),
    ("the window's types", "glowjar-agent", "bindings"),
];
