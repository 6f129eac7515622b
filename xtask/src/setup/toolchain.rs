//! Rust and Node: present, and new enough. Nothing here installs them; one clear line says where they come from.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::system::find_program;
use crate::failure::Failure;
use crate::project::Project;

/// The Rust that is in use.
#[derive(Debug)]
pub struct Toolchain {
    rustc: OsString,
}

impl Toolchain {
    /// Fails with one line if Rust, Node or npm is missing or too old.
    pub fn check(project: &Project) -> Result<Self, Failure> {
        const SOURCE: &str = "https://rustup.rs";
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        let wanted = stated(project, "Cargo.toml", "rust-version")?;
        let answer = output(Command::new(&rustc).arg("--version")).ok_or_else(|| {
            Failure::new(format!("Rust {} or newer is needed. Get it from {}", wanted, SOURCE))
        })?;
        require("Rust", &answer, &wanted, SOURCE)?;
        check_node(project)?;
        Ok(Self { rustc })
    }

    /// What `cargo fmt` and `cargo clippy` want; rustup's minimal profile and some distributions leave them out.
    pub fn missing_components(&self) -> Vec<&'static str> {
        let sysroot =
            output(Command::new(&self.rustc).args(["--print", "sysroot"])).unwrap_or_default();
        let programs = PathBuf::from(sysroot).join("bin");
        let is_missing = |program: &str| {
            !programs.join(format!("{}{}", program, env::consts::EXE_SUFFIX)).exists()
        };
        let components = [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")];
        components
            .iter()
            .filter(|(_, program)| is_missing(program))
            .map(|(component, _)| *component)
            .collect()
    }

    pub fn has_rustup(&self) -> bool {
        find_program("rustup").is_some()
    }
}

fn check_node(project: &Project) -> Result<(), Failure> {
    const SOURCE: &str = "https://nodejs.org";
    let wanted =
        stated(project, "ui/package.json", "\"node\"").unwrap_or_else(|_| String::from("20"));
    let answer = output(Command::new("node").arg("--version")).ok_or_else(|| {
        Failure::new(format!("Node {} or newer is needed. Get it from {}", wanted, SOURCE))
    })?;
    require("Node", &answer, &wanted, SOURCE)?;
    if find_program("npm").is_none() {
        let message = format!(
            "npm is needed, which comes with Node from {} but is missing beside this one.",
            SOURCE
        );
        return Err(Failure::new(message));
    }
    Ok(())
}

fn require(name: &str, answer: &str, wanted: &str, source: &str) -> Result<(), Failure> {
    let found = numbers(answer);
    if found >= numbers(wanted) {
        return Ok(());
    }
    let shown: Vec<String> = found.iter().map(u32::to_string).collect();
    let message = format!(
        "{} {} or newer is needed; this is {}. Get it from {}",
        name,
        wanted,
        shown.join("."),
        source
    );
    Err(Failure::new(message))
}

/// A version that one of our own files states, in a line such as `rust-version = "1.90"` or `"node": ">=20.19"`.
fn stated(project: &Project, file: &str, key: &str) -> Result<String, Failure> {
    let text = fs::read_to_string(project.root.join(file))
        .map_err(|error| Failure::new(format!("{} cannot be read: {}", file, error)))?;
    let position = text.find(key).map(|start| start + key.len());
    let version =
        position.and_then(|start| text[start..].lines().next()).map(numbers).unwrap_or_default();
    if version.is_empty() {
        return Err(Failure::new(format!("{} states no {}.", file, key)));
    }
    Ok(version.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
}

/// The first dotted number in a text: `rustc 1.95.0-nightly (…)` is 1, 95, 0.
fn numbers(text: &str) -> Vec<u32> {
    let from = match text.find(|character: char| character.is_ascii_digit()) {
        Some(start) => &text[start..],
        None => return Vec::new(),
    };
    let end = from
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(from.len());
    from[..end].split('.').filter_map(|part| part.parse().ok()).collect()
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    if !output.status.success() {
        return None;
    }
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_rust_is_told_so_in_one_line() {
        let refusal = require("Rust", "rustc 1.63.0", "1.90", "https://rustup.rs")
            .map_err(|failure| failure.to_string());
        let line = "Rust 1.90 or newer is needed; this is 1.63.0. Get it from https://rustup.rs";
        assert_eq!(refusal, Err(line.to_owned()));
    }

    #[test]
    fn versions_compare_by_number_and_not_by_letter() {
        assert!(require("Rust", "rustc 1.100.0-nightly (abc 2027-01-01)", "1.90", "").is_ok());
        assert!(require("Rust", "rustc 1.90.0", "1.90", "").is_ok());
        assert!(require("Node", "v20.20.2", "20.19", "").is_ok());
        assert!(require("Node", "v18.20.4", "20.19", "").is_err());
        assert!(require("Node", "no number at all", "20", "").is_err());
    }
}
