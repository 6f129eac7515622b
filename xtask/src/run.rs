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
        let programs = project.build(&["-p", "glowjar"])?;
        let app = program(&programs, "glowjar")?;
        return start(Command::new(app).args(&options.app_arguments));
    }

    println!("There is no display here: showing Glowjar at work in a private one.");
    // Both in one go, so that crates they share are built with one set of features.
    let programs = project.build(&["-p", "glowjar", "-p", "glowjar-tests", "--bins"])?;
    let mut tour = Command::new(program(&programs, "tour")?);
    tour.env("GLOWJAR_APP", program(&programs, "glowjar")?).current_dir(&project.root);
    if options.keep {
        tour.arg("--keep");
    }
    start(tour.args(&options.app_arguments))
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

fn start(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{} ended with {}.", name, status))),
        Err(error) => Err(Failure::new(format!("{} could not be started: {}", name, error))),
    }
}
