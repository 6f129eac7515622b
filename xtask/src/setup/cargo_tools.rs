//! Subcommands of cargo that run or judge the tests: built from crates.io where they are missing.

use super::system::find_program;
use crate::failure::Failure;
use crate::project::Project;

const TOOLS: [&str; 2] = ["cargo-deny", "cargo-nextest"];

pub fn missing() -> Vec<&'static str> {
    TOOLS.iter().copied().filter(|tool| find_program(tool).is_none()).collect()
}

/// Takes minutes.
pub fn install(project: &Project, tool: &str) -> Result<(), Failure> {
    println!("{} …", tool);
    let mut cargo = project.cargo(&["install", "--locked", "--quiet", tool]);
    // Outside of the repository, whose settings are not for it.
    let status = cargo.current_dir(std::env::temp_dir()).status();
    if status.map_or(false, |status| status.success()) && find_program(tool).is_some() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{} could not be installed. Try `cargo install --locked {}`, and see that cargo's bin folder is in PATH.",
            tool, tool
        )))
    }
}
