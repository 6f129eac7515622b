//! `cargo xtask run`: the app in front of a person, or at work in a private desktop where there is no display.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::RunOptions;
use crate::failure::Failure;
use crate::project::Project;
use crate::setup::{self, Scope};
use crate::terminal::Consent;

pub fn run(project: &Project, options: &RunOptions) -> Result<(), Failure> {
    let shown = has_display();
    let scope = if shown { Scope::Build } else { Scope::Session };
    setup::setup(project, scope, Consent::find(options.yes))?;
    build_ui(project)?;

    if shown {
        let programs = project.build(&["-p", "glowjar", "-p", "glowjar-cli"])?;
        let app = program(&programs, "glowjar-app")?;
        return become_program(Command::new(app).args(&options.app_arguments));
    }

    println!("There is no display here: showing Glowjar at work in a private one.");
    // Both in one go, so that crates they share are built with one set of features.
    let programs =
        project.build(&["-p", "glowjar", "-p", "glowjar-cli", "-p", "glowjar-tests", "--bins"])?;
    let mut tour = Command::new(program(&programs, "tour")?);
    tour.env("GLOWJAR_APP", program(&programs, "glowjar-app")?).current_dir(&project.root);
    if options.keep {
        tour.arg("--keep");
    }
    become_program(tour.args(&options.app_arguments))
}

/// Builds the face if any of its sources changed.
pub fn build_ui(project: &Project) -> Result<(), Failure> {
    if !project.ui_is_stale() {
        return Ok(());
    }
    println!("Building the window's pages …");
    start(&mut project.npm(&project.ui(), &["run", "--silent", "build"]))
}

pub fn program<'a>(
    programs: &'a std::collections::HashMap<String, PathBuf>,
    name: &str,
) -> Result<&'a Path, Failure> {
    programs
        .get(name)
        .map(PathBuf::as_path)
        .ok_or_else(|| Failure::new(format!("The build made no program called `{}`.", name)))
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).map_or(false, |value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Leaves this process to `command`: Ctrl-C and other signals reach it alone, and its exit status is the answer.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    Err(not_started(command, &error))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<(), Failure> {
    start(command)
}

fn start(command: &mut Command) -> Result<(), Failure> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{} ended with {}.", name(command), status))),
        Err(error) => Err(not_started(command, &error)),
    }
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} could not be started: {}", name(command), error))
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
