//! Which system this is, and what it lacks.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::apt;
use super::packages::{Part, Probe, PARTS};
use super::Scope;
use crate::failure::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    Debian,
    Ubuntu,
    Fedora,
    Arch,
    Suse,
    OtherLinux,
    /// macOS and Windows bring a web view, and what linked xtask links the app.
    NotLinux,
}

impl System {
    pub fn here() -> Self {
        if !cfg!(target_os = "linux") {
            return System::NotLinux;
        }
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        Self::of_release(&release)
    }

    /// From `/etc/os-release`: its own ID first, then what it says it is like.
    fn of_release(release: &str) -> Self {
        let field =
            |key: &str| release.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
        let names = format!("{} {}", field("ID="), field("ID_LIKE="));
        let words = names.split(|character: char| character.is_whitespace() || character == '"');
        let known = |word| match word {
            "ubuntu" => Some(System::Ubuntu),
            "debian" => Some(System::Debian),
            "fedora" | "rhel" => Some(System::Fedora),
            "arch" => Some(System::Arch),
            "suse" | "opensuse" => Some(System::Suse),
            _ => None,
        };
        words.into_iter().find_map(known).unwrap_or(System::OtherLinux)
    }

    /// Do we install packages here, rather than name them?
    pub fn installs_packages(self) -> bool {
        matches!(self, System::Debian | System::Ubuntu)
    }

    pub fn missing(self, scope: Scope) -> Result<Vec<&'static Part>, Failure> {
        let wanted = PARTS
            .iter()
            .filter(|part| part.scope <= scope && self.has_a_package_for(part))
            .collect();
        match self {
            System::NotLinux => Ok(Vec::new()),
            System::Debian | System::Ubuntu => apt::missing(wanted),
            _ => Ok(wanted.into_iter().filter(|part| !is_present(part.probe)).collect()),
        }
    }

    pub fn name_of(self, part: &Part) -> &'static str {
        match self {
            System::Fedora => part.dnf,
            System::Arch => part.pacman,
            System::Suse => part.zypper,
            System::Debian | System::Ubuntu | System::OtherLinux | System::NotLinux => part.apt,
        }
    }

    /// What to type on a system we don't install on.
    pub fn advice(self, parts: &[&Part]) -> String {
        let command = match self {
            System::Fedora => "sudo dnf install",
            System::Arch => "sudo pacman -S --needed",
            System::Suse => "sudo zypper install",
            _ => {
                return String::from(
                    "Glowjar does not know this system's package manager. Above are Debian's names for what is \
                     missing: please install the like, then try again.",
                )
            }
        };
        let mut names: Vec<&str> = parts.iter().map(|part| self.name_of(part)).collect();
        names.sort_unstable();
        names.dedup();
        format!("Please install them, then try again:\n\n  {} {}", command, names.join(" "))
    }

    /// Ubuntu's Chromium is a snap, which neither apt nor a container can bring.
    fn has_a_package_for(self, part: &Part) -> bool {
        self != System::Ubuntu || part.apt != "chromium"
    }
}

pub fn find_program(name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    let path = env::var_os("PATH")?;
    let folders = env::split_paths(&path);
    folders
        .flat_map(|folder| {
            endings.iter().map(move |ending| folder.join(format!("{}{}", name, ending)))
        })
        .find(|candidate| candidate.is_file())
}

/// Those of these parts that are not there.
pub fn absent(parts: &'static [Part]) -> Vec<&'static Part> {
    parts.iter().filter(|part| !is_present(part.probe)).collect()
}

fn is_present(probe: Probe) -> bool {
    match probe {
        Probe::Program(name) => find_program(name).is_some(),
        Probe::Path(paths) => paths.iter().any(|path| Path::new(path).exists()),
        Probe::Library(name) => Command::new("pkg-config")
            .args(["--exists", name])
            .stderr(Stdio::null())
            .status()
            .map_or(false, |status| status.success()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_known_by_what_they_are_like() {
        let mint = "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        assert_eq!(System::of_release(mint), System::Ubuntu);
        assert_eq!(System::of_release("ID=debian\nVERSION_ID=\"12\"\n"), System::Debian);
        assert_eq!(
            System::of_release("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n"),
            System::Suse
        );
        assert_eq!(System::of_release("ID=endeavouros\nID_LIKE=arch\n"), System::Arch);
        assert_eq!(
            System::of_release("ID=rocky\nID_LIKE=\"rhel centos fedora\"\n"),
            System::Fedora
        );
        assert_eq!(System::of_release("ID=alpine\n"), System::OtherLinux);
        assert_eq!(System::of_release(""), System::OtherLinux);
    }

    #[test]
    fn other_systems_get_the_command_to_type() {
        let parts: Vec<&Part> = PARTS.iter().filter(|part| part.scope == Scope::Build).collect();
        let advice = System::Arch.advice(&parts);
        assert!(advice.ends_with(
            "sudo pacman -S --needed base-devel ca-certificates dbus libayatana-appindicator librsvg pkgconf protobuf webkit2gtk-4.1"
        ));
    }
}
