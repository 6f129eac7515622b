//! `cargo xtask bundle`: the packages people install, made by Tauri's own bundler.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
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
            "Tauri's bundler is missing, which nothing else needs. In ui/: `npm install --no-save @tauri-apps/cli@2`",
        ));
    }
    let mut steps = Steps::begin();
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
    steps.run("packages", &mut packages)?;
    steps.finish();
    Ok(())
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
