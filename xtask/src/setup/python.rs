//! Python packages for the tests: installed to the letter of the lock file, hashes included, into a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// Does the environment differ from what the lock file says?
pub fn is_stale(folder: &Path) -> bool {
    match fs::read(lock(folder)) {
        Ok(locked) => fs::read(stamp(folder)).map_or(true, |installed| installed != locked),
        // No lock file: nothing was promised.
        Err(_) => false,
    }
}

pub fn install(folder: &Path) -> Result<(), Failure> {
    let environment = environment(folder);
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment), folder)?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
    ]);
    run(pip.arg(lock(folder)), folder)?;
    fs::copy(lock(folder), stamp(folder)).map(drop).map_err(|error| {
        Failure::new(format!("{} cannot be written: {}", stamp(folder).display(), error))
    })
}

fn run(command: &mut Command, folder: &Path) -> Result<(), Failure> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::new(format!(
            "pip could not install the packages of {}. On Debian and Ubuntu it needs the package python3-venv.",
            folder.display()
        ))),
        Err(error) => Err(Failure::new(format!("Python could not be started: {}", error))),
    }
}

fn lock(folder: &Path) -> PathBuf {
    folder.join("requirements.txt")
}

fn environment(folder: &Path) -> PathBuf {
    folder.join(".venv")
}

/// The lock file as it was when the environment was filled.
fn stamp(folder: &Path) -> PathBuf {
    environment(folder).join("installed-requirements.txt")
}
