//! Where this repository is, and how its builders are called.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::failure::Failure;

#[derive(Debug)]
pub struct Project {
    pub root: PathBuf,
}

impl Project {
    pub fn here() -> Self {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: xtask.parent().unwrap_or(xtask).to_path_buf() }
    }

    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command =
            Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        command.args(arguments).current_dir(&self.root);
        // Set for xtask by the cargo that started it; build scripts watching them would run again.
        for name in
            ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"]
        {
            command.env_remove(name);
        }
        command
    }

    pub fn npm(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.args(arguments).current_dir(folder);
        command
    }

    /// Builds, and tells where each program came to lie, by name: only cargo knows the target folder for certain.
    pub fn build(&self, arguments: &[&str]) -> Result<HashMap<String, PathBuf>, Failure> {
        self.build_with(arguments, |_| {})
    }

    /// As [`Project::build`], by a cargo that was prepared for it.
    pub fn build_with(
        &self,
        arguments: &[&str],
        prepare: impl FnOnce(&mut Command),
    ) -> Result<HashMap<String, PathBuf>, Failure> {
        let mut command = self.cargo(&["build", "--message-format=json-render-diagnostics"]);
        prepare(&mut command);
        let output = command
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Failure::new(format!("cargo could not be started: {}", error)))?;
        if !output.status.success() {
            return Err(Failure::new("The build failed."));
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        Ok(messages
            .lines()
            .filter_map(executable)
            .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
            .collect())
    }

    /// Where cargo puts what it builds, by the environment, its configuration, or below the repository.
    pub fn target_folder(&self) -> Result<PathBuf, Failure> {
        let output = self
            .cargo(&["metadata", "--format-version=1", "--no-deps", "--offline"])
            .output()
            .map_err(|error| Failure::new(format!("cargo could not be started: {}", error)))?;
        path_of("target_directory", &String::from_utf8_lossy(&output.stdout))
            .ok_or_else(|| Failure::new("cargo does not say where it puts what it builds."))
    }

    /// The command `glowjar` as people get it. On Linux it is linked statically: half the work of so short a program would
    /// be to find and bind libc.
    pub fn release_command(&self) -> Result<PathBuf, Failure> {
        let mut arguments = vec![String::from("--release")];
        arguments.extend(["--locked", "-p", "glowjar-cli"].map(String::from));
        let host = self.host().filter(|host| host.ends_with("-linux-gnu"));
        if let Some(host) = host {
            // With a target named, the flags are not for build scripts and macros, which can't be static.
            arguments.push(format!("--target={}", host));
            let flags = r#"["-Ctarget-feature=+crt-static"]"#;
            arguments.push(format!("--config=target.{}.rustflags={}", host, flags));
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut programs = self.build(&arguments)?;
        programs.remove("glowjar").ok_or_else(|| Failure::new("The build made no `glowjar`."))
    }

    /// The system that is built on and for, as the compiler calls it.
    fn host(&self) -> Option<String> {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        let output = Command::new(rustc).arg("-vV").current_dir(&self.root).output().ok()?;
        let facts = String::from_utf8(output.stdout).ok()?;
        facts.lines().find_map(|line| line.strip_prefix("host: ")).map(String::from)
    }

    /// Has a source of the face changed since it was last built?
    pub fn ui_is_stale(&self) -> bool {
        match modified(&self.ui().join("dist/index.html")) {
            // Its sentences lie outside, where the rest of Glowjar finds them as well.
            Some(built) => newest(&self.ui(), true)
                .max(newest(&self.root.join("words"), true))
                .map_or(true, |changed| changed > built),
            None => true,
        }
    }
}

/// The `executable` of one of cargo's JSON messages.
fn executable(message: &str) -> Option<PathBuf> {
    path_of("executable", message)
}

/// The path of that name in what cargo prints as JSON, which spares this crate a JSON parser by having no spaces.
fn path_of(name: &str, message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once(&format!("\"{}\":\"", name))?;
    let (path, _) = rest.split_once('"')?;
    Some(PathBuf::from(path.replace("\\\\", "\\")))
}

/// When anything below `folder` last changed. Folders count as well: a removed file changes only its folder.
fn newest(folder: &Path, is_top: bool) -> Option<SystemTime> {
    let mut newest = if is_top { None } else { modified(folder) };
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let name = entry.file_name();
        if is_top && (name == "node_modules" || name == "dist") {
            continue;
        }
        let changed = match entry.file_type() {
            Ok(kind) if kind.is_dir() => self::newest(&entry.path(), false),
            _ => modified(&entry.path()),
        };
        newest = newest.max(changed);
    }
    newest
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|facts| facts.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_is_read_from_cargos_message() {
        let message =
            r#"{"reason":"compiler-artifact","executable":"/tmp/a b/glowjar","fresh":true}"#;
        assert_eq!(executable(message), Some(PathBuf::from("/tmp/a b/glowjar")));
        assert_eq!(executable(r#"{"reason":"compiler-artifact","executable":null}"#), None);
        let windows = r#"{"executable":"C:\\target\\debug\\glowjar.exe"}"#;
        assert_eq!(executable(windows), Some(PathBuf::from(r"C:\target\debug\glowjar.exe")));
    }
}
