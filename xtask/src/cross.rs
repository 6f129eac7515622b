//! `cargo xtask windows` and `cargo xtask macos`: checks and lints the whole workspace for a system that this is not. What is
//! made for Windows then runs under Wine.
//!
//! Compilers bring what is needed: rustup the standard library, mingw-w64 (Windows) or zig (macOS) the C that some crates
//! are written in. Nothing is linked for macOS.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::disk;
use crate::failure::Failure;
use crate::project::Project;
use crate::run::program;
use crate::setup::{self, Scope};
use crate::steps::Steps;
use crate::terminal::Consent;
use crate::wine::{self, Lacking, Wine};

/// A system that Glowjar is checked for from Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    Windows,
    MacOs,
}

/// As rustc calls it, and as zig does where zig compiles its C.
type Target = (&'static str, &'static str);

impl System {
    const fn targets(self) -> &'static [Target] {
        match self {
            System::Windows => &[(WINDOWS, "")],
            System::MacOs => &[
                ("aarch64-apple-darwin", "aarch64-macos"),
                ("x86_64-apple-darwin", "x86_64-macos"),
            ],
        }
    }
}

pub fn check(project: &Project, system: System, consent: Consent) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new(
            "This checks from Linux what Glowjar does elsewhere. On Windows and macOS themselves: `cargo xtask check`.",
        ));
    }
    disk::make_room(project)?;
    // The tour of a Wine desktop wants what any desktop of the tests does.
    let scope = if system == System::Windows { Scope::Session } else { Scope::Build };
    setup::setup(project, scope, consent)?;
    let mut steps = Steps::begin();
    if project.ui_is_stale() {
        // The application holds the window's pages.
        steps.run(
            "window's pages",
            &mut project.npm(&project.ui(), &["run", "--silent", "build"]),
        )?;
    }
    steps.perform("standard library", || add_targets(system.targets()))?;
    if let System::Windows = system {
        setup::install_for_windows(consent)?;
    }
    let zig = match system {
        System::Windows => None,
        System::MacOs => Some(steps.perform("zig", || zig(project))?),
    };
    for (target, zig_target) in system.targets() {
        let mut clippy =
            project.cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--keep-going"]);
        clippy.args(["--target", target]);
        let suffix = target.replace('-', "_");
        match &zig {
            None => lend_mingw(&mut clippy),
            Some(python) => {
                let compiler = project.root.join("xtask/apple-cc.sh");
                clippy
                    .env(format!("CC_{}", suffix), &compiler)
                    .env(format!("CXX_{}", suffix), &compiler)
                    .env(format!("AR_{}", suffix), "ar")
                    .env("GLOWJAR_ZIG_PYTHON", python)
                    .env("GLOWJAR_ZIG_TARGET", zig_target)
                    // Otherwise Apple's own tools would be asked where the SDK is.
                    .env("SDKROOT", project.root.join("xtask"));
            }
        }
        clippy.args(["--", "-D", "warnings"]);
        steps.run(&format!("lints for {}", target), &mut clippy)?;
    }
    if let System::Windows = system {
        run_under_wine(project, &mut steps)?;
    }
    steps.finish();
    Ok(())
}

/// The tests of every crate, and a tour of a desktop.
fn run_under_wine(project: &Project, steps: &mut Steps) -> Result<(), Failure> {
    let target = format!("--target={}", WINDOWS);
    let lacking = steps.perform("what Wine lacks", || Lacking::compile(project))?;
    let programs = steps.perform("programs and tests for Windows", || {
        let all = ["--workspace", "--all-targets", "--locked", "--profile=simulation", &target];
        project.build_with(&all, |build| {
            lend_mingw(build);
            lacking.lend(build);
        })
    })?;
    let folder = program(&programs, "glowjar-app")?.with_file_name("");
    let driver = steps.perform("driver", || {
        project.build(&["--locked", "-p", "glowjar-tests", "--bin", "wine"])
    })?;
    let (desktop, own) = steps.perform("Wine", || {
        let desktop = Wine::set_up(project, &folder, "wine")?;
        Ok((desktop, Wine::set_up(project, &folder, "wine-tests")?))
    })?;
    // Mostly it waits: for renewals, and for what is painted.
    let mut tour = Command::new(program(&driver, "wine")?);
    desktop.lend(&mut tour);
    let tour = steps.start_beside("a desktop of Wine's", tour);
    wine::announce_skipped();
    let mut tests = project.cargo(&["test", "--workspace", "--no-fail-fast", "--locked", &target]);
    // The simulation's tests are among them. It decides the same on every system, and Linux has it live a thousand years.
    tests.arg("--profile=simulation").env("GLOWJAR_YEARS", "2");
    lend_mingw(&mut tests);
    lacking.lend(&mut tests);
    own.lend(&mut tests);
    tests.arg("--").args(wine::test_arguments());
    let tested = steps.run("tests under Wine", &mut tests);
    steps.wait_for(tour).and(tested)
}

/// Has cargo compile C for Windows, and leave out what would tell a debugger: it doubles the time to link.
fn lend_mingw(command: &mut Command) {
    let suffix = WINDOWS.replace('-', "_");
    for (tool, program) in [("CC", "gcc"), ("CXX", "g++"), ("AR", "ar")] {
        command.env(format!("{}_{}", tool, suffix), format!("{}{}", MINGW, program));
    }
    command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_TEST_DEBUG", "0");
}

/// Has rustup bring the standard library for each target. One that is there already is no error.
fn add_targets(targets: &[Target]) -> Result<(), Failure> {
    let names: Vec<&str> = targets.iter().map(|(name, _)| *name).collect();
    let added = Command::new("rustup").args(["target", "add"]).args(&names).status();
    match added {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::new(format!(
            "rustup could not add {}. A Rust that is not rustup's needs its standard library for them from where it came.",
            names.join(" and ")
        ))),
    }
}

/// A Python that has zig, in a folder of its own below the target folder: zig is on PyPI, and in few distributions.
fn zig(project: &Project) -> Result<PathBuf, Failure> {
    let folder = project.root.join("target/zig");
    let python = folder.join("bin/python");
    let has_zig = |python: &PathBuf| {
        let mut asked = Command::new(python);
        asked.args(["-m", "ziglang", "version"]).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().map_or(false, |status| status.success())
    };
    if has_zig(&python) {
        return Ok(python);
    }
    fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("{}: {}", folder.display(), error)))?;
    let environment = Command::new("python3").args(["-m", "venv"]).arg(&folder).status();
    let installed = environment.map_or(false, |status| status.success())
        && Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", ZIG])
            .status()
            .map_or(false, |status| status.success());
    if installed && has_zig(&python) {
        return Ok(python);
    }
    Err(Failure::new(format!(
        "zig could not be installed, which compiles C for macOS. It takes Python 3 with `venv` (python3-venv on Debian), and `pip install {}` must work.",
        ZIG
    )))
}

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MINGW: &str = "x86_64-w64-mingw32-";
/// The version that was tried.
const ZIG: &str = "ziglang==0.17.1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_mac_are_checked() {
        let names: Vec<&str> = System::MacOs.targets().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["aarch64-apple-darwin", "x86_64-apple-darwin"]);
    }
}
