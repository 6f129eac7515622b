//! `cargo xtask bundle`: the packages people install, made by Tauri's own bundler, and on Debian and its kin the keeper's, made by
//! `crates/keeper/package/deb.sh`. `--check` installs them in a clean Debian, upgrades and removes them (`tests/package`).

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::failure::Failure;
use crate::project::Project;
use crate::run::program;
use crate::setup::{self, Scope};
use crate::steps::Steps;
use crate::terminal::Consent;

pub fn bundle(project: &Project, checks: bool, consent: Consent) -> Result<(), Failure> {
    if checks && !cfg!(target_os = "linux") {
        return Err(Failure::new("`--check` tries packages for Linux, on Linux."));
    }
    setup::setup(project, Scope::Build, consent)?;
    if checks {
        setup::install_for_packages(consent)?;
    }
    let mut steps = Steps::begin();
    let tauri = steps.perform("Tauri's bundler", || bundler(project))?;
    steps.run("window's pages", &mut project.npm(&project.ui(), &["run", "--silent", "build"]))?;
    let command = steps.perform("command", || project.release_command())?;
    let pages = steps.perform("manual and completions", || Pages::print(project, &command))?;
    let config = config(&command, &pages);
    let mut packages = Command::new(tauri);
    packages.args(["build", "--config", &config]).current_dir(project.root.join("src-tauri"));
    // As in the release workflow, which wants more kinds than a machine without network can make.
    if let Ok(kinds) = env::var("GLOWJAR_BUNDLES") {
        packages.args(["--bundles", &kinds]);
    }
    let begun = SystemTime::now();
    steps.run("packages", packages.args(["--", "--locked"]))?;
    let keeper = if cfg!(target_os = "linux") && Path::new("/usr/bin/dpkg-deb").exists() {
        Some(steps.perform("keeper", || {
            let built = project.build(&["--release", "--locked", "-p", KEEPER, "--bin", KEEPER])?;
            let program = program(&built, KEEPER)?;
            keeper_deb(project, program, &program.with_file_name("bundle").join("keeper"))
        })?)
    } else {
        println!("\n── keeper ── left out: its package is for Debian and its kin");
        None
    };
    if checks {
        let deb = newest_package(&command, "deb", begun)?;
        let rpm = newest_package(&command, "rpm", begun)?;
        let driver = steps.perform("driver", || {
            project.build(&["--locked", "-p", "glowjar-tests", "--bin", "package"])
        })?;
        let keeper = keeper.ok_or_else(|| Failure::new("There is no dpkg-deb here."))?;
        let packages = [
            ("GLOWJAR_DEB", deb.as_path()),
            ("GLOWJAR_RPM", rpm.as_path()),
            ("GLOWJAR_KEEPER_DEB", keeper.as_path()),
        ];
        let mut tour = in_clean_debian(project, &packages, program(&driver, "package")?, consent)?;
        steps.run(CLEAN_DEBIAN, &mut tour)?;
    }
    steps.finish();
    Ok(())
}

/// Has the programs that were built for the tests installed in a clean Debian as a `.deb`, upgraded and removed.
pub fn check_deb(
    project: &Project,
    programs: &HashMap<String, PathBuf>,
    steps: &mut Steps,
    consent: Consent,
) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !setup::can_mount() {
        println!("\n── {} ── left out: it takes root, and the right to mount", CLEAN_DEBIAN);
        return Ok(());
    }
    steps.perform("what makes it", || setup::install_for_packages(consent))?;
    let deb = steps.perform("package", || {
        let tauri = bundler(project)?;
        // Copies, since the bundler writes into what it packs, and other tests run these programs.
        let target = project.root.join("target/package");
        let (app, command) = (target.join("debug/glowjar-app"), target.join("glowjar"));
        strip(program(programs, "glowjar-app")?, &app)?;
        strip(program(programs, "glowjar")?, &command)?;
        let pages = Pages::print(project, &command)?;
        let begun = SystemTime::now();
        let mut pack = Command::new(tauri);
        pack.args(["bundle", "--debug", "--bundles", "deb"]);
        pack.args(["--config", &config(&command, &pages)]);
        pack.current_dir(project.root.join("src-tauri")).env("CARGO_TARGET_DIR", &target);
        succeed(pack.stdout(Stdio::null()).stderr(Stdio::null()))?;
        newest_package(&app, "deb", begun)
    })?;
    let keeper = steps.perform("keeper's package", || {
        keeper_deb(project, program(programs, KEEPER)?, &project.root.join("target/package"))
    })?;
    let tour = program(programs, "package")?;
    let packages = [("GLOWJAR_DEB", deb.as_path()), ("GLOWJAR_KEEPER_DEB", keeper.as_path())];
    let mut tour = in_clean_debian(project, &packages, tour, consent)?;
    steps.run(CLEAN_DEBIAN, &mut tour)
}

/// The keeper's package, made in this folder.
fn keeper_deb(project: &Project, program: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let script = project.root.join("crates/keeper/package/deb.sh");
    let made = Command::new(&script)
        .arg(program)
        .arg(folder)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("{}: {}", script.display(), error)))?;
    let file = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
    if made.status.success() && file.exists() {
        return Ok(file);
    }
    Err(Failure::new(format!("{} ended with {}", script.display(), made.status)))
}

/// A tenth of it is what a package is for.
fn strip(program: &Path, copy: &Path) -> Result<(), Failure> {
    let folder = copy.parent().unwrap_or(copy);
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("{}: {}", folder.display(), error)))?;
    succeed(Command::new("strip").arg("-o").arg(copy).arg(program))
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{:?} ended with {}", command, status))),
        Err(error) => Err(Failure::new(format!("{:?} could not be started: {}", command, error))),
    }
}

/// `tests/package` with these packages, as root.
fn in_clean_debian(
    project: &Project,
    packages: &[(&str, &Path)],
    tour: &Path,
    consent: Consent,
) -> Result<Command, Failure> {
    let mut command = setup::as_root(consent)?;
    for (name, package) in packages {
        command.arg(variable(name, package));
    }
    command.arg(variable("GLOWJAR_CLEAN_DEBIAN", &project.root.join("target/clean-debian")));
    command.arg(tour);
    Ok(command)
}

/// Tauri's bundler, which nothing else needs, in a folder of its own below the target folder.
fn bundler(project: &Project) -> Result<PathBuf, Failure> {
    let folder = project.root.join("target/bundler").join(TAURI.replace(['@', '/'], "-"));
    let name = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let tauri = folder.join("node_modules/.bin").join(name);
    if tauri.exists() {
        return Ok(tauri);
    }
    fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("{}: {}", folder.display(), error)))?;
    let mut npm = project.npm(&folder, &["install", "--no-audit", "--no-fund", "--loglevel=error"]);
    let installed = npm.arg("--prefix").arg(&folder).arg(TAURI).status();
    match installed {
        Ok(status) if status.success() && tauri.exists() => Ok(tauri),
        _ => Err(Failure::new(format!("npm could not install {}.", TAURI))),
    }
}

/// The package that was made since. Only cargo knows the target folder: it is one of those around the command.
fn newest_package(command: &Path, kind: &str, since: SystemTime) -> Result<PathBuf, Failure> {
    let of = |profile: &str| Path::new(profile).join("bundle").join(kind);
    let bundles = [of("release"), of("debug")];
    let folders = command.ancestors().flat_map(|it| bundles.iter().map(move |to| it.join(to)));
    let files = folders.filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut packages = files.map(|file| file.path()).filter(|path| {
        let made = fs::metadata(path).and_then(|facts| facts.modified());
        path.extension().map_or(false, |it| it == kind) && made.map_or(false, |made| made >= since)
    });
    packages.next().ok_or_else(|| Failure::new(format!("No `.{}` was made.", kind)))
}

fn variable(name: &str, value: &Path) -> OsString {
    let mut text = OsString::from(name);
    text.push("=");
    text.push(value);
    text
}

/// What the command prints about itself, as files for a package.
struct Pages {
    folder: PathBuf,
}

impl Pages {
    fn print(project: &Project, command: &Path) -> Result<Self, Failure> {
        let folder = project.root.join("target/pages");
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::new(format!("{}: {}", folder.display(), error)))?;
        for (name, arguments, _) in PAGES {
            let printed = Command::new(command)
                .args(*arguments)
                .output()
                .map_err(|error| Failure::new(format!("{}: {}", command.display(), error)))?;
            if !printed.status.success() || printed.stdout.is_empty() {
                return Err(Failure::new(format!("`glowjar {}` failed.", arguments.join(" "))));
            }
            fs::write(folder.join(name), printed.stdout)
                .map_err(|error| Failure::new(format!("{}: {}", name, error)))?;
        }
        Ok(Self { folder })
    }
}

/// File name, what prints it, and where a Linux package has it.
const PAGES: &[(&str, &[&str], &str)] = &[
    ("glowjar.1", &["man"], "/usr/share/man/man1/glowjar.1"),
    ("glowjar.bash", &["completions", "bash"], "/usr/share/bash-completion/completions/glowjar"),
    ("_glowjar", &["completions", "zsh"], "/usr/share/zsh/vendor-completions/_glowjar"),
    ("glowjar.fish", &["completions", "fish"], "/usr/share/fish/vendor_completions.d/glowjar.fish"),
];

/// The command beside the application, where each finds the other, in each system's way.
fn config(command: &Path, pages: &Pages) -> String {
    let mut files = vec![entry("/usr/bin/glowjar", command)];
    files.extend(PAGES.iter().map(|(name, _, place)| entry(place, &pages.folder.join(name))));
    let linux = format!(r#"{{"files":{{{}}}}}"#, files.join(","));
    let macos = format!(r#"{{"files":{{{}}}}}"#, entry("MacOS/glowjar", command));
    let windows = if cfg!(windows) {
        format!(r#","resources":{{"{}":"glowjar.exe"}}"#, escaped(command))
    } else {
        String::new()
    };
    format!(
        r#"{{"bundle":{{"linux":{{"deb":{},"rpm":{}}},"macOS":{}{}}}}}"#,
        linux, linux, macos, windows
    )
}

/// One member of a JSON object.
fn entry(place: &str, file: &Path) -> String {
    format!(r#""{}":"{}""#, place, escaped(file))
}

fn escaped(file: &Path) -> String {
    file.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"")
}

const CLEAN_DEBIAN: &str = "a clean Debian";
/// The package of cargo's, and its program.
const KEEPER: &str = "glowjar-keeper";
/// The version that was tried.
const TAURI: &str = "@tauri-apps/cli@2.12.5";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_the_command_and_what_it_prints_about_itself() {
        let pages = Pages { folder: PathBuf::from("/t/pages") };
        let config = config(Path::new("/t/a \"b\"/glowjar"), &pages);
        assert!(config.contains(r#""/usr/bin/glowjar":"/t/a \"b\"/glowjar""#), "{}", config);
        assert!(config.contains(r#""/usr/share/man/man1/glowjar.1":"/t/pages/glowjar.1""#));
        assert!(config.contains(r#""macOS":{"files":{"MacOS/glowjar":"#));
    }
}
