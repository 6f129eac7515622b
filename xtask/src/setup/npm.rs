//! npm packages: installed to the letter of the lock file, and only when it changed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::project::Project;

/// Does `node_modules` differ from what the lock file says?
pub fn is_stale(folder: &Path) -> bool {
    match fs::read(lock(folder)) {
        Ok(locked) => fs::read(stamp(folder)).map_or(true, |installed| installed != locked),
        // No lock file: nothing was promised.
        Err(_) => false,
    }
}

pub fn install(project: &Project, folder: &Path) -> Result<(), Failure> {
    let status = project
        .npm(folder, &["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .status()
        .map_err(|error| Failure::new(format!("npm could not be started: {}", error)))?;
    if !status.success() {
        return Err(Failure::new(format!(
            "npm could not install the packages of {}.",
            folder.display()
        )));
    }
    fs::copy(lock(folder), stamp(folder)).map(drop).map_err(|error| {
        Failure::new(format!("{} cannot be written: {}", stamp(folder).display(), error))
    })
}

fn lock(folder: &Path) -> PathBuf {
    folder.join("package-lock.json")
}

/// The lock file as it was when `node_modules` was filled. `npm ci` empties the folder first, so a half-done
/// installation leaves none.
fn stamp(folder: &Path) -> PathBuf {
    folder.join("node_modules/.installed-lock.json")
}
