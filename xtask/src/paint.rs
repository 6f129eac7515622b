//! `cargo xtask paint`: how soon the window is painted. No test, since a busy machine would fail it.

use std::collections::HashMap;

use crate::failure::Failure;
use crate::project::Project;
use crate::run::{build_ui, program};
use crate::setup::{self, Scope};
use crate::steps::Steps;
use crate::terminal::Consent;

pub fn paint(project: &Project, release: bool, consent: Consent) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    steps.perform("setup", || setup::setup(project, Scope::Session, consent))?;
    steps.perform("ui: build", || build_ui(project))?;
    let builds: &[&[&str]] = if release { &RELEASE } else { &[&AS_FOR_TESTS] };
    let mut programs = HashMap::new();
    for arguments in builds {
        programs.extend(steps.perform("build", || project.build(arguments))?);
    }
    let mut paint = std::process::Command::new(program(&programs, "paint")?);
    paint.env("GLOWJAR_APP", program(&programs, "glowjar-app")?);
    paint.env("GLOWJAR_EMPTY_WINDOW", program(&programs, "empty_window")?);
    steps.run("paint", &mut paint)?;
    steps.finish();
    Ok(())
}

/// Nothing is built a second time after the tests.
const AS_FOR_TESTS: [&str; 3] = ["--workspace", "--all-targets", "--locked"];
/// In two, since examples of the tests' crate would bring along what a release must not have.
const RELEASE: [&[&str]; 2] = [
    &["--release", "--locked", "-p", "glowjar", "--bins", "--examples"],
    &["--release", "--locked", "-p", "glowjar-tests", "--bins"],
];
