//! `cargo xtask studio`: a studio at work on this machine, for as long as one likes. The tests run the same for a minute.

use crate::arguments::Engine;
use crate::failure::Failure;
use crate::project::Project;
use crate::setup::{self, Scope};
use crate::steps::Steps;
use crate::terminal::Consent;

pub fn studio(
    project: &Project,
    minutes: u32,
    engine: Engine,
    consent: Consent,
) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    steps.perform("setup", || setup::setup(project, Scope::Tests, consent))?;
    let name = match engine {
        Engine::Etcd => "etcd",
        Engine::Postgres => "postgres",
    };
    let mut test = project.cargo(&["test", "--locked", "-p", "glowjar-keeper", "--test", "keeper"]);
    test.args(["--", "--nocapture", "at_work"]);
    test.env("GLOWJAR_STUDIO_MINUTES", minutes.to_string()).env("GLOWJAR_STUDIO_ENGINE", name);
    steps.run("studio", &mut test)?;
    steps.finish();
    Ok(())
}

/// How many desks a keeper bears, with the programs that people install.
pub fn many_desks(project: &Project, desks: u32, consent: Consent) -> Result<(), Failure> {
    let mut steps = Steps::begin();
    steps.perform("setup", || setup::setup(project, Scope::Tests, consent))?;
    let mut test = project.cargo(&[
        "test",
        "--release",
        "--locked",
        "-p",
        "glowjar-keeper",
        "--test",
        "keeper",
    ]);
    test.args(["--", "--nocapture", "many_desks"]);
    test.env("GLOWJAR_STUDIO_DESKS", desks.to_string());
    steps.run("many desks", &mut test)?;
    steps.finish();
    Ok(())
}
