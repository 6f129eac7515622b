//! `cargo xtask bundle`: the packages people install, made by Tauri's own bundler.

use std::process::Command;

use crate::failure::Failure;
use crate::project::Project;
use crate::setup::{self, Scope};
use crate::steps::Steps;
use crate::terminal::Consent;

pub fn bundle(project: &Project, consent: Consent) -> Result<(), Failure> {
    setup::setup(project, Scope::Build, consent)?;
    let name = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let tauri = project.ui().join("node_modules/.bin").join(name);
    if !tauri.exists() {
        return Err(Failure::new(
            "Tauri's bundler is missing: add `@tauri-apps/cli` to the devDependencies of ui/package.json.",
        ));
    }
    let mut steps = Steps::begin();
    steps.run("window's pages", &mut project.npm(&project.ui(), &["run", "--silent", "build"]))?;
    let command = steps.perform("command", || project.release_command())?;
    // Beside the application, where each finds the other.
    let command = command.to_string_lossy().replace('\\', "\\\\");
    let files = format!(r#"{{"files":{{"/usr/bin/glowjar":"{}"}}}}"#, command);
    let config = format!(r#"{{"bundle":{{"linux":{{"deb":{},"rpm":{}}}}}}}"#, files, files);
    steps.run(
        "packages",
        Command::new(tauri)
            .args(["build", "--config", &config])
            .current_dir(project.root.join("src-tauri")),
    )?;
    steps.finish();
    Ok(())
}
