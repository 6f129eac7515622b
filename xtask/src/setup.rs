//! What this machine lacks for the task at hand: found out, said, and installed.

mod apt;
mod cargo_tools;
mod npm;
mod packages;
mod python;
mod system;
mod toolchain;

use std::path::PathBuf;
use std::process::Command;

pub use apt::{as_root, can_mount};
pub use system::find_program;

use crate::failure::Failure;
use crate::project::Project;
use crate::terminal::Consent;
use packages::Part;
use system::System;
use toolchain::Toolchain;

/// How much is wanted. Each holds the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// To build and start the app.
    Build,
    /// To show it in a private virtual desktop.
    Session,
    /// To run every test.
    Tests,
}

/// Installs what is missing. Quick and silent if nothing is.
pub fn setup(project: &Project, scope: Scope, consent: Consent) -> Result<(), Failure> {
    let toolchain = Toolchain::check(project)?;
    let system = System::here();
    let gaps = Gaps::find(project, &toolchain, system, scope)?;
    if gaps.is_empty() {
        return Ok(());
    }
    println!("{}", gaps.described(project));
    if !system.installs_packages() && !gaps.parts.is_empty() {
        return Err(Failure::new(system.advice(&gaps.parts)));
    }
    // What only fills this folder needs no permission.
    if gaps.touch_the_system() && !consent.obtain("Install them?")? {
        return Err(Failure::new("Nothing was installed."));
    }
    gaps.fill(project, consent)
}

/// Has apt bring the C compilers for Windows, and Wine, where they are missing.
pub fn install_for_windows(consent: Consent) -> Result<(), Failure> {
    install_parts(packages::FOR_WINDOWS, consent)
}

/// Has apt bring what makes a clean Debian to try a package in.
pub fn install_for_packages(consent: Consent) -> Result<(), Failure> {
    install_parts(packages::FOR_PACKAGES, consent)
}

fn install_parts(parts: &'static [Part], consent: Consent) -> Result<(), Failure> {
    let missing = system::absent(parts);
    if missing.is_empty() {
        return Ok(());
    }
    let system = System::here();
    if !system.installs_packages() {
        return Err(Failure::new(system.advice(&missing)));
    }
    let names: Vec<&str> = missing.iter().map(|part| part.apt).collect();
    println!("Missing, to be installed: {}", names.join(" "));
    if !consent.obtain("Install them?")? {
        return Err(Failure::new("Nothing was installed."));
    }
    apt::install(&missing, consent)
}

/// What is missing, by who can bring it.
#[derive(Debug)]
struct Gaps {
    parts: Vec<&'static Part>,
    system: System,
    rust_components: Vec<&'static str>,
    npm_folders: Vec<PathBuf>,
    python_folders: Vec<PathBuf>,
    cargo_tools: Vec<&'static str>,
}

impl Gaps {
    fn find(
        project: &Project,
        toolchain: &Toolchain,
        system: System,
        scope: Scope,
    ) -> Result<Self, Failure> {
        let mut npm_folders = vec![project.ui()];
        let mut python_folders = Vec::new();
        if scope == Scope::Tests {
            npm_folders.push(project.root.join("tests/oidc-provider"));
            npm_folders.push(project.root.join("tests/adobe-clients"));
            npm_folders.push(project.root.join("tests/adobe-sdk"));
            npm_folders.push(project.root.join("tests/token-clients"));
            python_folders.push(project.root.join("tests/token-clients"));
        }
        npm_folders.retain(|folder| npm::is_stale(folder));
        python_folders.retain(|folder| python::is_stale(folder));
        let rust_components =
            if scope == Scope::Tests { toolchain.missing_components() } else { Vec::new() };
        if !rust_components.is_empty() && !toolchain.has_rustup() {
            let wanted = rust_components.join(" and ");
            return Err(Failure::new(format!(
                "{} missing: install them the way you installed Rust.",
                wanted
            )));
        }
        let cargo_tools = if scope == Scope::Tests { cargo_tools::missing() } else { Vec::new() };
        Ok(Self {
            parts: system.missing(scope)?,
            system,
            rust_components,
            npm_folders,
            python_folders,
            cargo_tools,
        })
    }

    fn is_empty(&self) -> bool {
        self.npm_folders.is_empty() && self.python_folders.is_empty() && !self.touch_the_system()
    }

    fn touch_the_system(&self) -> bool {
        !self.parts.is_empty() || !self.rust_components.is_empty() || !self.cargo_tools.is_empty()
    }

    fn described(&self, project: &Project) -> String {
        let heading =
            if self.system.installs_packages() { "Missing, to be installed:" } else { "Missing:" };
        let mut lines = vec![String::from(heading)];
        let mut line = |from: &str, names: Vec<String>| {
            if !names.is_empty() {
                lines.push(wrapped(&format!("  {:<9}", from), &names));
            }
        };
        line(
            "packages",
            self.parts.iter().map(|part| self.system.name_of(part).to_owned()).collect(),
        );
        line("rustup", self.rust_components.iter().map(|&name| name.to_owned()).collect());
        let shown = |folders: &[PathBuf]| {
            let shown = folders.iter().map(|folder| {
                folder.strip_prefix(&project.root).unwrap_or(folder).display().to_string()
            });
            shown.map(|folder| format!("{}/", folder)).collect()
        };
        line("npm", shown(&self.npm_folders));
        line("pip", shown(&self.python_folders));
        line("crates", self.cargo_tools.iter().map(|&name| name.to_owned()).collect());
        lines.join("\n")
    }

    fn fill(&self, project: &Project, consent: Consent) -> Result<(), Failure> {
        if !self.parts.is_empty() {
            apt::install(&self.parts, consent)?;
        }
        if !self.rust_components.is_empty() {
            let mut rustup = Command::new("rustup");
            let status = rustup.args(["component", "add"]).args(&self.rust_components).status();
            if !status.map_or(false, |status| status.success()) {
                return Err(Failure::new("rustup could not add its components."));
            }
        }
        for tool in &self.cargo_tools {
            cargo_tools::install(project, tool)?;
        }
        for folder in &self.npm_folders {
            println!(
                "npm packages of {} …",
                folder.strip_prefix(&project.root).unwrap_or(folder).display()
            );
            npm::install(project, folder)?;
        }
        for folder in &self.python_folders {
            println!(
                "Python packages of {} …",
                folder.strip_prefix(&project.root).unwrap_or(folder).display()
            );
            python::install(folder)?;
        }
        Ok(())
    }
}

/// Names after a heading, on lines a terminal can hold.
fn wrapped(heading: &str, names: &[String]) -> String {
    const WIDTH: usize = 100;
    let margin = " ".repeat(heading.len());
    let mut text = heading.to_owned();
    let mut column = heading.len();
    for (index, name) in names.iter().enumerate() {
        if index > 0 && column + 1 + name.len() > WIDTH {
            text += "\n";
            text += &margin;
            column = margin.len();
        }
        text += " ";
        text += name;
        column += 1 + name.len();
    }
    text
}
